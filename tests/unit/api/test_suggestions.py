"""What helps a rep to answer, over HTTP: suggestions, knowledge, guides and the check of words while he writes."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from bot.db import Database
from bot.delivery.model import Allowance
from bot.handoff.model import Conversation, Owner
from bot.suggesting.model import SuggestionFeedback
from bot.transcripts.model import Speaker
from bot.transcripts.service import add_line
from tests.factories import MORNING, add_waiting, conversation_of, hear
from tests.product import UnderTest, eventually, text_message
from tests.unit.api.conftest import Browser
from tests.unit.test_inbound import push

KEY = "key-00000001"
RECEIPT = "电子回单怎么下载"


@pytest.fixture
def rep(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("rep")


@pytest.fixture
def chat(database: Database, rep: Browser, product: UnderTest) -> int:
    """A chat the rep has, whose customer has just asked for his receipt."""
    product.understands(RECEIPT, "e_receipt")
    found = add_waiting(database)
    hear(database, found, RECEIPT)
    assert rep.post(f"/api/handoffs/{found}/accept").status_code == 200
    return found


def suggested(browser: Browser, chat: int):
    answer = browser.get(f"/api/handoffs/{chat}/suggestions")
    assert answer.status_code == 200, answer.json
    return answer.json


def change(database: Database, chat: int, **columns: object) -> None:
    with database.transaction() as session:
        row = session.get_one(Conversation, chat)
        for name, value in columns.items():
            setattr(row, name, value)


# ---- suggestions ---------------------------------------------------------------------------------------------------


def test_three_approved_answers_with_source_version_and_why(rep: Browser, chat: int) -> None:
    found = suggested(rep, chat)

    assert (found["by"], found["risk"]) == ("model", None)
    assert 1 <= len(found["items"]) <= 3
    first = found["items"][0]
    assert (first["source"], first["why"]) == ("answer.e_receipt", "intent")
    assert first["version"] >= 1
    assert first["text"]
    assert found["line_id"] == 1


def test_while_the_model_is_away_keywords_suggest_and_say_so(rep: Browser, product: UnderTest, chat: int) -> None:
    product.fakes.nlu.is_down = True

    found = suggested(rep, chat)

    assert found["by"] == "keywords"
    assert "answer.e_receipt" in [one["source"] for one in found["items"]]


def test_they_follow_what_the_customer_writes(rep: Browser, product: UnderTest, database: Database, chat: int) -> None:
    rep.post(f"/api/handoffs/{chat}/replies", {"client_key": KEY, "text": "您稍等"})
    product.understands("网银密码忘了", "ebank_password_reset")
    line = hear(database, chat, "网银密码忘了")

    found = suggested(rep, chat)

    assert found["line_id"] == line
    assert found["items"][0]["source"] == "answer.ebank_password_reset"


def test_what_is_written_in_pieces_is_read_together(rep: Browser, product: UnderTest, database: Database) -> None:
    other = add_waiting(database, 2)
    for piece in ("我那个", "网银密码", "忘了"):
        hear(database, other, piece)

    suggested(rep, other)

    assert product.fakes.nlu.asked[-1] == "我那个，网银密码，忘了"


def test_a_tapped_line_is_not_read_by_the_model(
    rep: Browser, product: UnderTest, database: Database, chat: int
) -> None:
    with database.transaction() as session:
        line = add_line(session, chat, Speaker.CUSTOMER, "卡住了", MORNING, kind="choice").id
    change(database, chat, session={"guide": ["loan_drawdown", 2], "flow": "guide", "step": "stuck"})

    found = suggested(rep, chat)

    assert found["line_id"] == line
    assert product.fakes.nlu.asked == []
    assert next(one["why"] for one in found["items"]) == "step"


def test_a_customer_who_said_nothing_gets_no_suggestions(rep: Browser, database: Database) -> None:
    silent = add_waiting(database, 2)

    assert suggested(rep, silent) == {"line_id": None, "by": "model", "risk": None, "items": []}


def test_no_product_is_suggested_to_whoever_is_being_cheated(
    rep: Browser, product: UnderTest, database: Database, chat: int
) -> None:
    product.understands("想贷二三十万", "loan_apply")
    hear(database, chat, "想贷二三十万")
    change(database, chat, session={"slots": {"risk": "客户已受骗"}})

    found = suggested(rep, chat)

    assert found["risk"] == "fraud"
    assert {one["kind"] for one in found["items"]} <= {"answer", "tip"}
    assert "110" in found["items"][0]["text"]


def test_nothing_to_buy_is_suggested_on_the_complaints_desk(rep: Browser, database: Database, chat: int) -> None:
    change(database, chat, skill="complaint")

    assert suggested(rep, chat)["risk"] == "complaint"


@pytest.mark.parametrize("path", ["suggestions", "knowledge?text=回单", "guide"])
def test_help_is_for_chats_one_may_read(signed_in: Callable[[str], Browser], chat: int, path: str) -> None:
    assert signed_in("rep2").client.get(f"/api/handoffs/{chat}/{path}").status_code == 404


def test_what_became_of_a_suggestion_is_kept_by_ids_and_the_last_word_counts(
    rep: Browser, database: Database, chat: int
) -> None:
    body = {"line_id": 1, "source": "answer.e_receipt", "version": 1, "place": 1, "by": "model"}

    for use in ("rejected", "edited", "edited"):
        assert rep.post(f"/api/handoffs/{chat}/suggestions/uses", {**body, "use": use}).status_code == 204

    with database.reading() as session:
        kept = session.scalars(select(SuggestionFeedback)).one()
    assert (kept.use, kept.username, kept.source, kept.line_id) == ("edited", "rep", "answer.e_receipt", 1)
    assert not any("回单" in str(value) for value in vars(kept).values())


def test_a_suggestion_answers_a_customers_line_of_this_chat(rep: Browser, database: Database, chat: int) -> None:
    other = hear(database, add_waiting(database, 2))
    body = {"source": "answer.e_receipt", "version": 1, "place": 1, "by": "model", "use": "used"}
    said = rep.post(f"/api/handoffs/{chat}/replies", {"client_key": KEY, "text": "您稍等"}).json["id"]

    for line in (other, said, 999):
        answer = rep.post(f"/api/handoffs/{chat}/suggestions/uses", {**body, "line_id": line})
        assert answer.status_code == 404


# ---- knowledge -----------------------------------------------------------------------------------------------------


def test_products_show_rate_version_and_why_they_do_not_suit(rep: Browser, database: Database, chat: int) -> None:
    change(database, chat, session={"slots": {"collateral": False, "amount": [90_000_000_000, 90_000_000_000]}})

    items = rep.get(f"/api/handoffs/{chat}/knowledge", kind="product").json["items"]

    assert {one["fit"]["verdict"] for one in items} >= {"no"}
    assert all(one["fit"]["reason"] and one["figures"]["rate"].endswith("%") and one["version"] for one in items)
    assert [one["withheld"] for one in items] == [None] * len(items)


def test_products_are_withheld_from_whoever_is_being_cheated(rep: Browser, database: Database, chat: int) -> None:
    change(database, chat, session={"slots": {"risk": "疑似诈骗"}})

    items = rep.get(f"/api/handoffs/{chat}/knowledge", kind="product").json["items"]

    assert {one["withheld"] for one in items} == {"fraud"}


# ---- guides --------------------------------------------------------------------------------------------------------


def test_a_guide_is_sent_and_the_customer_is_moved_to_a_step(
    rep: Browser, product: UnderTest, database: Database, chat: int
) -> None:
    nothing = rep.get(f"/api/handoffs/{chat}/guide").json
    assert nothing["current"] is None
    assert "loan_drawdown" in [guide for guide, _ in nothing["others"]]
    rep.post(f"/api/handoffs/{chat}/replies", {"client_key": KEY, "card": "guide:loan_drawdown"})
    assert rep.get(f"/api/handoffs/{chat}/guide").json["current"]["at"] == 1
    before = conversation_of(database, chat).version

    sent = rep.post(f"/api/handoffs/{chat}/guide", {"client_key": "key-00000002", "guide": "loan_drawdown", "step": 3})

    assert (sent.status_code, sent.json["kind"], sent.json["detail"]["step"]) == (202, "guide", 3)
    current = rep.get(f"/api/handoffs/{chat}/guide").json["current"]
    assert (current["id"], current["at"], current["is_stuck"]) == ("loan_drawdown", 3, False)
    assert [step["number"] for step in current["steps"]] == list(range(1, len(current["steps"]) + 1))
    assert any(step["faults"] for step in current["steps"])
    assert "第3步" in rep.get(f"/api/handoffs/{chat}").json["card"]["guide"]
    assert conversation_of(database, chat).version == before + 1
    assert eventually(lambda: len(product.fakes.wechat.sent) == 2)
    assert "3" in product.fakes.wechat.sent[-1][1].text
    assert next(choice.id for choice in product.fakes.wechat.sent[-1][1].choices) == "guide:loan_drawdown:3:done"


def test_from_there_the_customer_goes_on(rep: Browser, product: UnderTest, database: Database, chat: int) -> None:
    rep.post(f"/api/handoffs/{chat}/guide", {"client_key": KEY, "guide": "loan_drawdown", "step": 2})

    push(product, text_message(product.fakes.clock, "", follower="o-loan-1", menu_choice="guide:loan_drawdown:2:done"))

    assert rep.get(f"/api/handoffs/{chat}/guide").json["current"]["at"] == 3


def test_the_last_message_may_be_a_step_when_the_rep_knows_it(rep: Browser, chat: int, database: Database) -> None:
    with database.transaction() as session:
        session.execute(update(Allowance).values(used=Allowance.total - 1))
    body = {"client_key": KEY, "guide": "loan_drawdown", "step": 2}

    asked = rep.post(f"/api/handoffs/{chat}/guide", body)
    sent = rep.post(f"/api/handoffs/{chat}/guide", {**body, "is_last_confirmed": True})

    assert (asked.status_code, asked.json["code"], sent.status_code) == (422, "last_message", 202)


@pytest.mark.parametrize(("guide", "step", "place"), [("gone", 1, "guide"), ("loan_drawdown", 99, "step")])
def test_a_step_that_is_not_there_is_refused(rep: Browser, chat: int, guide: str, step: int, place: str) -> None:
    answer = rep.post(f"/api/handoffs/{chat}/guide", {"client_key": KEY, "guide": guide, "step": step})

    assert (answer.status_code, answer.json["fields"]["places"]) == (422, [place])


# ---- who has the chat ----------------------------------------------------------------------------------------------


def test_when_somebody_else_has_taken_the_chat_nothing_goes_and_it_is_said_who_has_it(
    rep: Browser, product: UnderTest, database: Database, chat: int
) -> None:
    change(database, chat, owner=Owner.ACTIVE, rep="rep2")

    refused = rep.post(f"/api/handoffs/{chat}/replies", {"client_key": KEY, "text": "我写了很久的话"})

    assert (refused.status_code, refused.json["code"]) == (409, "case_not_yours")
    assert refused.json["fields"]["owner"] == "小周"
    assert product.fakes.wechat.sent == []


# ---- words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "rules"),
    [("您好，请稍等", []), ("把验证码发我", ["C22"]), ("百分百批贷，利率3.1%", None)],
)
def test_words_are_checked_while_they_are_written(rep: Browser, words: str, rules: list[str] | None) -> None:
    found = rep.post("/api/wording/check", {"text": words}).json["findings"]

    if rules is None:
        assert {one["grade"] for one in found} >= {"block"}
    else:
        assert [one["rule"] for one in found] == rules
    assert all(one["excerpt"] for one in found)
