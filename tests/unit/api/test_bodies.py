"""Every body of the published document: a field it does not know is refused, wherever it stands, and changes nothing."""

import json
from typing import Any

import pytest

from bot.db import Database
from bot.handoff.model import Owner
from config.settings import ROOT
from tests.factories import add_waiting, conversation_of
from tests.unit.api.conftest import Browser

DOCUMENT = json.loads((ROOT / "api" / "openapi.json").read_text(encoding="utf-8"))
SCHEMAS = DOCUMENT["components"]["schemas"]
# What an attacker would like to set: columns of the rows behind the bodies, and one nobody knows.
WISHES = (
    "id",
    "role",
    "owner",
    "rep",
    "version",
    "fence",
    "is_enabled",
    "capacity",
    "password_hash",
    "follower_id",
    "x",
)
VERSION: dict[str, Any] = {
    "title": "京东卡",
    "owner": "权益岗",
    "source": "权益目录",
    "effective_from": "2026-11-01",
    "body": {"questions": ["能换京东卡吗"], "text": "现在不能。"},
}
RULES: dict[str, Any] = {
    "strategy": "longest_idle",
    "order": "waiting",
    "weight": 1,
    "offer_s": 20,
    "misses_before_break": 2,
    "dedicated_wait_s": 60,
    "last_rep_wait_s": 40,
    "overflow_to": None,
    "overflow_after_s": 0,
    "first_reply_s": 60,
    "wrap_up_s": 30,
}
MORNING_AT = "2026-03-10T02:00:00+00:00"
EVENING_AT = "2026-03-10T10:00:00+00:00"
ARTICLE: dict[str, Any] = {
    "title": "账户提醒",
    "author": "普惠服务",
    "digest": "",
    "body": "<p>好</p>",
    "kind": "service",
    "goal": "激活",
}
CAMPAIGN: dict[str, Any] = {
    "name": "惠企贴息",
    "goal": "activate",
    "metric": "applications",
    "message_class": "marketing",
    "included": [1],
    "variants": [{"article_version_id": 1, "share": 100}],
    "not_before": MORNING_AT,
    "not_after": EVENING_AT,
}
GOOD: dict[str, dict[str, Any]] = {
    "ComplaintCloseIn": {"result": "已致歉并退费", "told_by": "phone"},
    "ExtensionIn": {"reason": "要调录音"},
    "RuleIn": {"rule": {"field": "branch", "op": "any_of", "value": ["鼓楼支行"]}},
    "SegmentIn": {"name": "鼓楼", "rule": {"field": "branch", "op": "any_of", "value": ["鼓楼支行"]}},
    "SegmentChangeIn": {
        "name": "鼓楼",
        "rule": {"field": "branch", "op": "any_of", "value": ["鼓楼支行"]},
        "version": 1,
    },
    "ListIn": {
        "name": "鼓楼重点",
        "purpose": "提质活动",
        "basis": "consent",
        "branch": "鼓楼支行",
        "expires_on": "2026-12-31",
        "file_name": "list.csv",
        "size": 20,
    },
    "PartIn": {"content": "5omL5py6"},
    "ColumnsIn": {"mapping": ["phone"], "data_as_of": "2026-11-24"},
    "SignIn": {"username": "rep", "password": "x"},
    "StatusIn": {"status": "ready"},
    "DeclineIn": {"reason": "busy"},
    "TransferIn": {"skill": "ebank"},
    "CloseIn": {"outcome": "solved"},
    "GuideStepIn": {"client_key": "key-00000001", "guide": "loan_drawdown", "step": 2},
    "NoteIn": {"client_key": "key-00000001", "text": "已核实营业执照", "mentions": ["rep2"]},
    "PictureIn": {"client_key": "key-00000001", "content": "iVBORw0KGgo="},
    "SuggestionUseIn": {
        "line_id": 1,
        "source": "faq.invoice_fees",
        "version": 1,
        "place": 1,
        "by": "model",
        "use": "used",
    },
    "WordingIn": {"text": "您好"},
    "ReplyIn": {"client_key": "key-00000001", "text": "您好"},
    "FollowupDoneIn": {"result": "已回电"},
    "DecideIn": {"decision": "ignore", "utterances": [{"parse_id": 1, "text": "回单"}]},
    "ProposeAgainIn": {"intent": "e_receipt", "text": "回单"},
    "SendBackIn": {"reason": "换个意图"},
    "AnsweredIn": {"result": "已补答案"},
    "CorrectIn": {"intent": "e_receipt"},
    "VersionIn": VERSION,
    "PreviewIn": {**VERSION, "kind": "faq", "key": "jd_card"},
    "ApproveIn": {"content_hash": "a" * 64},
    "UnmaskIn": {"field": "phone", "reason": "核对回电号码"},
    "ReasonIn": {"reason": "客户申请导出"},
    "KnowledgeReasonIn": {"reason": "换个说法"},
    "DataRequestIn": {"conversation_id": 1, "kind": "show", "proved_by": "现场核对身份证原件"},
    "HoldIn": {"conversation_id": 1, "reason": "法院调取证据"},
    "DossierIn": {"reason": "监管复核"},
    "HandlerIn": {"username": "rep2"},
    "ComplaintNoteIn": {"text": "已听录音"},
    "RemarkIn": {"text": "下周再联系"},
    "TagIn": {"tag": "dialect", "source": "chat"},
    "DeskChangeIn": {"rules": RULES, "thresholds": None, "seen": 0, "reason": "旺季人多"},
    "WhatIfIn": {"rules": RULES},
    "FollowupIn": {"due_at": EVENING_AT, "reason": "看看办得顺不顺利"},
    "AttemptIn": {"client_key": "key-00000001", "code": "no_answer"},
    "AnswersIn": {"tree": "ukey", "answers": ["new"]},
    "ElderIn": {"is_elder": True},
    "ReassignIn": {"to": "rep2"},
    "TickIn": {"item": "tip_lend"},
    "AssignIn": {"rep": "rep2", "note": "客户着急"},
    "CloseChatIn": {"outcome": "solved"},
    "CallIn": {"due_at": EVENING_AT, "reason": "看看办得顺不顺利"},
    "ReadIn": {"line_id": 1},
    "ReturnIn": {"note": "额度已告知"},
    "TakeOverIn": {"note": "我来处理"},
    "LeadIn": {"conversation_id": 1},
    "NeedIn": {"industry": "餐饮"},
    "StageIn": {"stage": "applied", "evidence": "客户截图"},
    "ViewingIn": {"handoff_id": 1},
    "AppealIn": {"words": "客户当时已挂断"},
    "MarksIn": {"marks": {"prompt": "good"}, "reasons": {}},
    "SettleIn": {"answer": "维持原评"},
    "ReferralIn": {"customer_id": 1, "reason": "cash", "ask": "上门收款"},
    "AnswerIn": {"answer": "已上门"},
    "GiveBackIn": {"reason": "不是本行客户"},
    "ResendIn": {"branch": "鼓楼支行", "ask": "上门收款"},
    "PersonIn": {"skills": ["loan"], "capacity": 3, "seen": 1},
    "AbsenceIn": {"away_for": "leave", "starts_at": MORNING_AT, "ends_at": EVENING_AT, "seen": 1},
    "DedicateIn": {"conversation_id": 1},
    "ForcedStatusIn": {"status": "break"},
    "WeekIn": {"monday": "2026-03-09", "shifts": [], "seen": 1},
    "CampaignIn": CAMPAIGN,
    "CampaignSaveIn": {**CAMPAIGN, "revision": 1},
    "CampaignCopyIn": {"name": "惠企贴息二期"},
    "CampaignApproveIn": {"content_hash": "a" * 64},
    "CampaignSendBackIn": {"reason": "缺风险提示", "marks": [{"place": "variants.1", "words": "写上年化利率"}]},
    "CampaignReasonIn": {"reason": "换图"},
    "ChunkSettleIn": {"went": True, "reason": "后台有记录"},
    "OutsideBookIn": {"segment_id": 1},
    "CopyWeekIn": {"source": "2026-03-09", "target": "2026-03-16"},
    "ArticleBeginIn": {"template": "loan_product"},
    "ArticleWordsIn": ARTICLE,
    "ArticleSaveIn": {**ARTICLE, "revision": 1},
    "ArticleRevisionIn": {"revision": 1},
    "ArticleRestoreIn": {"number": 1, "revision": 1},
    "ArticleArchiveIn": {"is_archived": True},
    "ArticlePictureIn": {"content": "iVBORw0KGgo="},
    "ArticleTesterIn": {"openid": "o-ann", "label": "安经理"},
    "ArticlePreviewIn": {"testers": [1]},
}


# What stands in a path where something is named, and what only a branch may do.
SOMETHING = {"{number}": "1", "{kind}": "faq", "{key}": "jd_card", "{desk}": "loan", "{username}": "rep"}
BY_BRANCHES = ("/answer", "/give-back")


def _body_of(operation: dict[str, Any]) -> str | None:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return content["schema"]["$ref"].rsplit("/", 1)[-1] if content else None


BODIES = [
    (method.upper(), path, name)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if (name := _body_of(operation)) is not None
]


def _person(path: str) -> str:
    """Who may call it: the second person's word is the reviewer's alone, articles, audiences and campaigns are the
    marketer's, a branch answers for itself.
    """
    if path.startswith(("/api/knowledge", "/api/campaigns")) and path.endswith(("approve", "send-back")):
        return "reviewer"
    if path.startswith(("/api/article", "/api/audience", "/api/campaigns", "/api/mass")):
        return "marketer"
    return "branch" if path.endswith(BY_BRANCHES) else "supervisor"


def _address(path: str, number: int) -> str:
    for place, something in {"{id}": str(number), **SOMETHING}.items():
        path = path.replace(place, something)
    return path


def test_every_body_has_its_probe() -> None:
    assert {name for _, _, name in BODIES} == set(GOOD)


@pytest.mark.parametrize("name", GOOD)
def test_the_document_says_that_nothing_more_is_taken(name: str) -> None:
    assert SCHEMAS[name]["additionalProperties"] is False


@pytest.mark.parametrize(("method", "path", "name"), BODIES)
def test_a_field_the_body_does_not_know_is_refused_and_named(
    signed_in, database: Database, method: str, path: str, name: str
) -> None:
    browser: Browser = signed_in("supervisor")
    chat = add_waiting(database)
    browser.post(f"/api/handoffs/{chat}/accept")
    caller: Browser = signed_in(_person(path))
    wishes = [wish for wish in WISHES if wish not in SCHEMAS[name]["properties"]]

    for wish in wishes:
        answer = caller.write(method, _address(path, chat), {**GOOD[name], wish: 1})
        assert (answer.status_code, answer.json["fields"]) == (422, {"places": [wish]}), (wish, answer.json)

    row = conversation_of(database, chat)
    assert (row.owner, row.rep, row.version) == (Owner.ACTIVE, "supervisor", 2)


@pytest.mark.parametrize(("method", "path", "name"), BODIES)
def test_a_null_character_is_refused_before_it_reaches_a_database(signed_in, method: str, path: str, name: str) -> None:
    browser: Browser = signed_in(_person(path))

    for key, value in GOOD[name].items():
        answer = browser.write(method, _address(path, 1), {**GOOD[name], key: f"{value}\0"})
        assert answer.status_code == 422, (key, answer.json)
