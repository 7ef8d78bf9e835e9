"""知识库 over HTTP: the list, the editor's preview, the two people, and the reps' search."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from api.knowledge_schemas import VersionIn
from bot.clock import FixedClock
from tests.product import UnderTest
from tests.unit.api.conftest import Browser

FAQ: dict[str, Any] = {
    "title": "京东卡",
    "owner": "权益岗",
    "source": "权益目录",
    "regions": [],
    "effective_from": "2026-11-01",
    "effective_until": None,
    "body": {"questions": ["积分能不能换京东卡"], "text": "现在不能换京东卡，能换的在{app}→我的权益里看。"},
}
ITEM = "/api/knowledge/items/faq/jd_card"


@pytest.fixture
def marketer(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("marketer")


@pytest.fixture
def reviewer(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("reviewer")


def submitted(marketer: Browser, **more: object) -> dict[str, Any]:
    draft = marketer.write("PUT", ITEM, {**FAQ, **more}).json
    answer = marketer.post(f"/api/knowledge/versions/{draft['id']}/submit")
    assert answer.status_code == 200, answer.json
    found: dict[str, Any] = answer.json
    return found


def approve(reviewer: Browser, version: dict[str, Any]) -> Any:
    body = {"content_hash": version["content_hash"]}
    return reviewer.post(f"/api/knowledge/versions/{version['id']}/approve", body)


def test_the_list_shows_what_came_with_the_release(marketer: Browser, product: UnderTest) -> None:
    page = marketer.get("/api/knowledge/items", kind="faq", limit=5).json

    assert (len(page["items"]), page["next"], page["waiting"]) == (5, 5, 0)
    row = page["items"][0]
    assert (row["key"], row["state"], row["number"], row["live"]) == ("invoice_fees", "seed", 1, 1)
    assert page["total"] == sum(kind == "faq" for kind, _ in product.bot.knowledge.seeds)


def test_pages_follow_each_other(marketer: Browser) -> None:
    first = marketer.get("/api/knowledge/items", kind="product", limit=6).json
    rest = marketer.get("/api/knowledge/items", kind="product", limit=6, after=first["next"]).json

    assert [len(first["items"]), len(rest["items"]), rest["next"]] == [6, 4, None]


def test_words_find_items_best_first(marketer: Browser) -> None:
    items = marketer.get("/api/knowledge/items", text="怎么开发票").json["items"]

    assert items[0]["key"] in ("invoice_fees", "invoice_interest")


def test_two_people_make_an_answer_live(
    marketer: Browser, reviewer: Browser, signed_in: Callable[[str], Browser], product: UnderTest
) -> None:
    version = submitted(marketer)
    assert reviewer.get("/api/knowledge/items", state="submitted").json["waiting"] == 1

    answer = approve(reviewer, version)

    assert (answer.status_code, answer.json["state"], answer.json["reviewer_name"]) == (200, "approved", "某reviewer")
    item = marketer.get(ITEM).json
    assert (item["live"], item["versions"][0]["is_live"]) == (1, True)
    assert [(act["name"], act["act"]) for act in item["acts"]] == [
        ("某marketer", "saved"),
        ("某marketer", "submitted"),
        ("某reviewer", "approved"),
    ]
    product.bot.live._looks_at = 0.0
    (hit,) = signed_in("rep").get("/api/knowledge/search", text="京东卡", limit=1).json["items"]
    assert (hit["kind"], hit["key"], hit["number"]) == ("faq", "jd_card", 1)
    assert "企业手机银行→我的权益" in hit["text"]


def test_a_supervisor_writes_but_never_approves(
    signed_in: Callable[[str], Browser], marketer: Browser, reviewer: Browser
) -> None:
    supervisor = signed_in("supervisor")
    version = submitted(supervisor)

    assert approve(supervisor, version).status_code == 403
    assert approve(marketer, version).status_code == 403
    assert approve(reviewer, version).status_code == 200


def test_the_reviewer_sends_back_with_a_reason_without_phone_numbers(marketer: Browser, reviewer: Browser) -> None:
    version = submitted(marketer)

    answer = reviewer.post(f"/api/knowledge/versions/{version['id']}/send-back", {"reason": "问过13812345678，不对"})

    assert (answer.json["state"], answer.json["reason"]) == ("sent_back", "问过[已屏蔽]，不对")


def test_what_may_not_be_said_is_not_submitted(marketer: Browser) -> None:
    body = {"questions": ["能批吗"], "text": "我们的贷款必批，{nobody}。"}
    draft = marketer.write("PUT", ITEM, {**FAQ, "body": body}).json

    answer = marketer.post(f"/api/knowledge/versions/{draft['id']}/submit")

    assert (answer.status_code, answer.json["code"]) == (422, "unfit_content")
    assert {(flaw["reason"], flaw["words"]) for flaw in answer.json["fields"]["flaws"]} == {
        ("unknown_blank", "nobody"),
        ("C5", "必批"),
    }


def test_words_changed_after_the_look_are_not_approved(marketer: Browser, reviewer: Browser) -> None:
    version = submitted(marketer)

    answer = approve(reviewer, {**version, "content_hash": "0" * 64})

    assert (answer.status_code, answer.json["code"]) == (409, "version_state_conflict")


def test_a_roll_back_is_reviewed_again_and_a_retired_item_is_silent(marketer: Browser, reviewer: Browser) -> None:
    first = approve(reviewer, submitted(marketer)).json
    second = approve(reviewer, submitted(marketer, title="京东卡二")).json
    assert marketer.get(ITEM).json["live"] == 2

    back = marketer.post(f"/api/knowledge/versions/{first['id']}/roll-back", {"reason": "第二版不准"}).json
    assert (back["number"], back["copied_from"], back["state"]) == (3, 1, "submitted")
    third = approve(reviewer, back).json

    reviewer.post(f"/api/knowledge/versions/{third['id']}/retire", {"reason": "活动结束"})
    assert marketer.get(ITEM).json["live"] is None
    assert second["number"] == 2


def test_an_answer_of_the_files_is_replaced_not_retired(marketer: Browser, reviewer: Browser) -> None:
    item = "/api/knowledge/items/answer/goodbye"
    draft = marketer.write("PUT", item, {**FAQ, "body": {"text": "慢走。"}}).json
    version = approve(reviewer, marketer.post(f"/api/knowledge/versions/{draft['id']}/submit").json).json

    answer = marketer.post(f"/api/knowledge/versions/{version['id']}/retire", {"reason": "不喜欢"})

    assert (answer.status_code, answer.json["code"]) == (403, "never_silent")
    assert marketer.get(item).json["live"] == version["number"]


def test_a_version_retired_before_its_first_day_leaves_the_live_one(
    marketer: Browser, reviewer: Browser, clock: FixedClock
) -> None:
    approve(reviewer, submitted(marketer))
    coming = approve(reviewer, submitted(marketer, effective_from="2026-11-25")).json

    marketer.post(f"/api/knowledge/versions/{coming['id']}/retire", {"reason": "写错了"})
    clock.advance(24 * 3600)

    assert marketer.get(ITEM).json["live"] == 1
    row = marketer.get("/api/knowledge/items", state="retired").json["items"][0]
    assert (row["key"], row["live"]) == ("jd_card", 1)


def test_a_draft_can_be_given_up(marketer: Browser) -> None:
    draft = marketer.write("PUT", ITEM, FAQ).json

    assert marketer.post(f"/api/knowledge/versions/{draft['id']}/discard").status_code == 204
    assert marketer.get(ITEM).status_code == 404


def preview(browser: Browser, kind: str, key: str, body: object, **more: object) -> Any:
    answer = browser.post("/api/knowledge/preview", {**FAQ, "kind": kind, "key": key, "body": body, **more})
    assert answer.status_code == 200, answer.json
    return answer.json


def test_the_preview_is_what_the_follower_would_see(marketer: Browser) -> None:
    shown = preview(marketer, "faq", "jd_card", FAQ["body"])

    (bubble,) = shown["bubbles"]
    assert bubble["text"] == "现在不能换京东卡，能换的在企业手机银行→我的权益里看。"
    assert [choice["text"] for choice in bubble["choices"]] == ["解决了", "没解决", "人工"]
    assert (shown["flaws"], shown["findings"]) == ([], [])


def test_the_preview_shows_the_page_a_line_opens(marketer: Browser, product: UnderTest) -> None:
    (version,) = marketer.get("/api/knowledge/items/answer/binding_start").json["versions"]

    shown = preview(marketer, "answer", "binding_start", version["body"])

    assert shown["flaws"] == []
    pages = [choice["url"] for choice in shown["bubbles"][0]["choices"]]
    assert pages == [product.bot.settings.bank_bind_url, None]


def test_a_strange_page_is_named_and_not_submitted(marketer: Browser) -> None:
    line = {"id": "identity:bind", "text": "去绑定企业", "url": "https://evil.example/x"}
    body = {"text": "点下面。", "choices": [line]}
    draft = marketer.write("PUT", "/api/knowledge/items/answer/binding_start", {**FAQ, "body": body}).json

    answer = marketer.post(f"/api/knowledge/versions/{draft['id']}/submit")

    flaw = {"place": "choices", "reason": "unknown_page", "words": "https://evil.example/x"}
    assert (answer.status_code, answer.json["fields"]["flaws"]) == (422, [flaw])
    assert preview(marketer, "answer", "binding_start", body)["bubbles"] == []


@pytest.mark.parametrize(
    ("kind", "key"), [("product", "jingying_kuaidai"), ("guide", "loan_apply"), ("answer", "greet")]
)
def test_every_kind_has_a_preview(marketer: Browser, kind: str, key: str) -> None:
    (version,) = marketer.get(f"/api/knowledge/items/{kind}/{key}").json["versions"]

    shown = preview(marketer, kind, key, version["body"], title=version["title"])

    assert shown["flaws"] == []
    assert shown["bubbles"]
    assert "〔time_of_day〕" in shown["bubbles"][0]["text"] or kind != "answer"


def test_the_preview_marks_what_stops_and_what_only_warns(marketer: Browser) -> None:
    shown = preview(marketer, "faq", "x1", {"questions": ["问"], "text": "必批，手续费免费。"})

    assert {(one["excerpt"], one["grade"]) for one in shown["findings"]} == {("必批", "block"), ("免费", "warn")}


@pytest.mark.parametrize(
    "body", [{}, {"text": "{no}", "questions": ["问"]}, {"text": 1}, {"questions": "问", "text": "x"}]
)
def test_a_body_that_does_not_fit_is_told_not_shown(marketer: Browser, body: object) -> None:
    shown = preview(marketer, "faq", "x1", body)

    assert shown["bubbles"] == []
    assert shown["flaws"]


@pytest.mark.parametrize("bad", ["\0", "\ud800", float("nan")])
def test_what_no_database_can_keep_is_refused(bad: object) -> None:
    with pytest.raises(ValidationError):
        VersionIn.model_validate({**FAQ, "body": {"text": [{"a": bad}]}})


def test_reps_search_every_kind_and_get_the_card_to_send(signed_in: Callable[[str], Browser]) -> None:
    rep = signed_in("rep")

    hits = rep.get("/api/knowledge/search", text="经营快贷申请步骤", limit=10).json["items"]

    cards = {hit["card"] for hit in hits}
    assert {"product:jingying_kuaidai", "guide:loan_apply"} <= cards
    assert {hit["kind"] for hit in rep.get("/api/knowledge/search", text="电子回单怎么下载").json["items"]} >= {
        "answer"
    }
