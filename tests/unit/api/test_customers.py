"""Customers over HTTP: who finds whom, what each may see, the timeline, notes and tags, the bank's word."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.audit.model import Act, AuditAct
from bot.clock import FixedClock
from bot.complaints.filing import file_complaint
from bot.core_bank import CreditLimit, LimitState
from bot.customers.consents import Proof, keep_word
from bot.customers.model import BankFact, Follower
from bot.customers.rules import IdentityLevel, Purpose
from bot.db import Database
from bot.followups.service import promise
from bot.handoff.model import Conversation, Outcome, Owner
from bot.leads.recording import note_need
from bot.outbox import OutboxRow
from bot.ports import Points
from bot.referrals.model import ReferralReason
from bot.referrals.sending import Asked, Origin
from bot.staff.model import StaffMember
from bot.timeline.sources import SOURCES
from tests.factories import MORNING, add_follower, add_waiting, conversation_of, hear
from tests.product import UnderTest
from tests.unit.api.conftest import OTHER_BRANCH, OUR_BRANCH, Browser

PHONE, FIRM = "13812345678", "陶家小馆餐饮有限公司"
HOUR = timedelta(hours=1)


def add_customer(database: Database, number: int = 1, *, branch: str = OUR_BRANCH, skill: str = "ebank") -> int:
    """A bound customer who came to a desk that neither rep serves; his id."""
    chat = add_waiting(database, number, skill=skill)
    hear(database, chat, "在吗")
    follower_id = conversation_of(database, chat).follower_id
    with database.transaction() as session:
        row = session.get_one(Follower, follower_id)
        row.firm_id, row.firm_name, row.branch = f"F{number:05d}", FIRM, branch
        row.contact, row.phone, row.identity_level = "陶先生", PHONE, int(IdentityLevel.BOUND)
        session.get_one(Conversation, chat).owner = Owner.CLOSED
    return follower_id


def chat_of(database: Database, follower_id: int) -> int:
    with database.reading() as session:
        return session.scalars(select(Conversation.id).where(Conversation.follower_id == follower_id)).one()


def served_by(database: Database, follower_id: int, rep: str, owner: Owner = Owner.CLOSED) -> None:
    with database.transaction() as session:
        row = session.get_one(Conversation, chat_of(database, follower_id))
        row.rep, row.owner, row.outcome, row.outcome_note = rep, owner, Outcome.SOLVED, "办好了"


def ids(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.json
    return [row["id"] for row in answer.json["items"]]


def acts(database: Database) -> list[tuple[str, Act, int | None]]:
    with database.reading() as session:
        return [(row.username, row.act, row.follower_id) for row in session.scalars(select(AuditAct))]


def test_a_rep_finds_his_own_and_a_supervisor_all(signed_in: Callable[[str], Browser], database: Database) -> None:
    mine, nobodys = add_customer(database, 1), add_customer(database, 2)
    served_by(database, mine, "rep")

    assert ids(signed_in("rep").get("/api/customers")) == [mine]
    assert ids(signed_in("rep2").get("/api/customers")) == []
    assert set(ids(signed_in("supervisor").get("/api/customers"))) == {mine, nobodys}


@pytest.mark.parametrize("text", ["陶家小馆", "5678", PHONE, "F00001", "f00001"])
def test_he_is_found_by_what_is_known_of_him(
    signed_in: Callable[[str], Browser], database: Database, text: str
) -> None:
    one = add_customer(database, 1)
    add_follower(database, "o-else")

    assert ids(signed_in("supervisor").get("/api/customers", text=text)) == [one]
    assert ids(signed_in("rep").get("/api/customers", text=text)) == []


def test_a_branch_finds_its_own_customers_and_never_anothers(
    signed_in: Callable[[str], Browser], database: Database
) -> None:
    ours, theirs = add_customer(database, 1), add_customer(database, 2, branch=OTHER_BRANCH)
    branch = signed_in("branch")

    assert ids(branch.get("/api/customers")) == [ours]
    assert ids(branch.get("/api/customers", text="F00002")) == []
    for path in ("", "/bank", "/timeline"):
        assert branch.get(f"/api/customers/{theirs}{path}").status_code == 404
    body = {"field": "phone", "reason": "要联系客户"}
    assert branch.post(f"/api/customers/{theirs}/unmask", body).status_code == 404
    assert branch.post(f"/api/customers/{ours}/unmask", body).json["value"] == PHONE


def test_what_is_referred_to_a_branch_is_its_customer(
    signed_in: Callable[[str], Browser], product: UnderTest, database: Database
) -> None:
    theirs = add_customer(database, 2, branch=OTHER_BRANCH)
    asked = Asked(OUR_BRANCH, ReferralReason.ON_SITE, "客户就近办理")
    sent = product.bot.referrals.send(theirs, Origin(chat_of(database, theirs)), asked, "rep")
    branch = signed_in("branch")

    assert ids(branch.get("/api/customers")) == [theirs]
    branch.post(f"/api/referrals/{sent.id}/give-back", {"reason": "不归我们"})

    assert ids(branch.get("/api/customers")) == []


def test_somebody_of_no_branch_finds_nobody(signed_in: Callable[[str], Browser], database: Database) -> None:
    add_customer(database, 1)
    with database.transaction() as session:
        session.get_one(StaffMember, "branch").branch = None

    assert ids(signed_in("branch").get("/api/customers")) == []


def test_pages_go_on_where_they_ended(signed_in: Callable[[str], Browser], database: Database) -> None:
    everybody = {add_customer(database, number) for number in range(1, 8)}
    boss, seen, cursor = signed_in("supervisor"), list[int](), None

    while True:
        page = boss.get("/api/customers", limit=3, **({"cursor": cursor} if cursor else {})).json
        seen += [row["id"] for row in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break

    assert (len(seen), set(seen)) == (7, everybody)


@pytest.mark.parametrize("cursor", ["x", "WzFd", "WyIyMDI2LTExLTI0IiwgMV0=", "eyJhIjogMX0="])
def test_a_cursor_that_is_not_ours_is_refused(signed_in: Callable[[str], Browser], cursor: str) -> None:
    assert signed_in("supervisor").get("/api/customers", cursor=cursor).status_code == 422


def test_personal_data_are_masked_until_a_reason_is_given(
    signed_in: Callable[[str], Browser], database: Database
) -> None:
    one, boss = add_customer(database), signed_in("supervisor")

    page = boss.get(f"/api/customers/{one}")
    shown = boss.post(f"/api/customers/{one}/unmask", {"field": "contact", "reason": "客户来电核对"})

    assert PHONE not in page.text
    assert (page.json["customer"]["phone"], shown.json["value"]) == ("138****5678", "陶先生")
    assert ("supervisor", Act.CUSTOMER_UNMASKED, one) in acts(database)


def test_a_look_is_written_down_once_unless_it_is_ones_own_chat(
    signed_in: Callable[[str], Browser], database: Database
) -> None:
    one, other = add_customer(database, 1), add_customer(database, 2)
    served_by(database, one, "rep", Owner.ACTIVE)
    served_by(database, other, "rep")
    rep = signed_in("rep")

    for path in (one, other):
        rep.get(f"/api/customers/{path}")
        rep.get(f"/api/customers/{path}/timeline")

    assert acts(database) == [("rep", Act.CUSTOMER_READ, other)]


def test_who_only_came_to_his_desk_is_found_without_words_and_phone(
    signed_in: Callable[[str], Browser], database: Database
) -> None:
    one = add_customer(database, skill="loan")
    served_by(database, one, "rep2")
    rep = signed_in("rep")

    page = rep.get(f"/api/customers/{one}").json
    line = rep.get(f"/api/customers/{one}/timeline").json["items"][0]

    assert page["customer"]["is_his"] is False
    assert (line["what"], line["words"], line["link"]) == ("chat", None, None)
    assert line["facts"]["outcome"] == "solved"
    for path, body in (("unmask", {"field": "phone", "reason": "想看一下"}), ("notes", {"text": "备注"})):
        assert rep.post(f"/api/customers/{one}/{path}", body).status_code == 403
    assert rep.get(f"/api/customers/{one}/bank").status_code == 403
    his = signed_in("rep2").get(f"/api/customers/{one}/timeline").json["items"][0]
    assert (his["words"], his["link"]["page"]) == ("办好了", "desk")


def add_history(product: UnderTest, database: Database, follower_id: int) -> None:
    """Something in every table, an hour apart."""
    chat = chat_of(database, follower_id)
    served_by(database, follower_id, "rep")
    with database.transaction() as session:
        follower = session.get_one(Follower, follower_id)
        row = session.get_one(Conversation, chat)
        row.rating, row.rating_asked_at = 5, MORNING + HOUR
        one = promise(
            session,
            follower_id=follower_id,
            conversation_id=chat,
            skill="loan",
            reason="约回电",
            phone=PHONE,
            due_at=MORNING + 9 * HOUR,
            now=MORNING + 2 * HOUR,
        )
        file_complaint(
            session,
            follower_id=follower_id,
            conversation_id=chat,
            text="太慢",
            about_rep="rep2",
            now=MORNING + 3 * HOUR,
        )
        keep_word(
            session, follower, Purpose.MARKETING, MORNING + 4 * HOUR, MORNING, Proof("chat", "v1", "p"), granted=False
        )
        session.add(
            BankFact(
                event_id=f"e{follower_id}",
                type="drawdown_paid",
                follower_id=follower_id,
                amount_fen=100,
                occurred_at=MORNING + 5 * HOUR,
                received_at=MORNING,
            )
        )
        session.add(
            BankFact(
                event_id=f"f{follower_id}",
                type="account_frozen",
                follower_id=follower_id,
                occurred_at=MORNING + 5 * HOUR,
                received_at=MORNING,
            )
        )
    clock = product.fakes.clock
    clock.at = MORNING + 6 * HOUR
    product.bot.referrals.send(follower_id, Origin(chat), Asked(OUR_BRANCH, ReferralReason.CASH, "上门收款"), "rep")
    product.bot.followups.finish(one.id, "rep", "已回电", None, None)


def test_everything_stands_in_one_line_newest_first(
    signed_in: Callable[[str], Browser], product: UnderTest, database: Database
) -> None:
    one = add_customer(database)
    add_history(product, database, one)
    boss = signed_in("supervisor")
    boss.post(f"/api/customers/{one}/notes", {"text": "下周再联系"})

    page = boss.get(f"/api/customers/{one}/timeline").json

    found = [row["what"] for row in page["items"]]
    assert found == [
        "followup.done",
        "referral.sent",
        "note",
        "bank_fact",
        "consent",
        "complaint.filed",
        "followup.promised",
        "rating",
        "chat",
    ]
    assert [row["at"] for row in page["items"]] == sorted((row["at"] for row in page["items"]), reverse=True)
    assert "account_frozen" not in str(page)


def test_calls_and_leads_stand_in_the_line_too(
    signed_in: Callable[[str], Browser], product: UnderTest, database: Database
) -> None:
    one = add_customer(database)
    with database.transaction() as session:
        follower = session.get_one(Follower, one)
        row = promise(
            session,
            follower_id=one,
            conversation_id=None,
            skill="loan",
            reason="看看办得怎样",
            phone=None,
            due_at=MORNING + HOUR,
            now=MORNING,
        )
        row.owner = "rep"
        note_need(session, follower, None, {"industry": "餐饮"}, MORNING + 2 * HOUR, source=None)
        followup_id = row.id
    product.fakes.clock.at = MORNING + HOUR
    body = {"client_key": "key-00000001", "code": "no_answer", "note": "响了一分钟"}
    signed_in("rep").post(f"/api/followups/{followup_id}/attempts", body)

    found = signed_in("supervisor").get(f"/api/customers/{one}/timeline", kind=["call", "lead"]).json["items"]

    assert [(row["what"], row["facts"].get("code") or row["facts"].get("stage")) for row in found] == [
        ("lead.stage", "enquiry"),
        ("followup.attempt", "no_answer"),
        ("followup.promised", None),
    ]
    assert found[1]["words"] == "响了一分钟"
    assert found[0]["link"]["page"] == "leads"


def test_a_timeline_is_narrowed_and_read_page_by_page(
    signed_in: Callable[[str], Browser], product: UnderTest, database: Database
) -> None:
    one = add_customer(database)
    add_history(product, database, one)
    boss, seen, cursor = signed_in("supervisor"), list[str](), None

    while True:
        page = boss.get(f"/api/customers/{one}/timeline", limit=2, **({"cursor": cursor} if cursor else {})).json
        seen += [row["key"] for row in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    narrow = boss.get(f"/api/customers/{one}/timeline", kind=["call", "rating"]).json["items"]

    assert len(seen) == len(set(seen)) == 8
    assert [row["what"] for row in narrow] == ["followup.done", "followup.promised", "rating"]


def test_a_branch_reads_what_is_between_it_and_the_customer(
    signed_in: Callable[[str], Browser], product: UnderTest, database: Database
) -> None:
    one = add_customer(database)
    add_history(product, database, one)

    answer = signed_in("branch").get(f"/api/customers/{one}/timeline")
    page = signed_in("branch").get(f"/api/customers/{one}").json

    assert [row["kind"] for row in answer.json["items"]] == ["referral", "bank", "consent"]
    assert (page["tasks"], page["complaints"], len(page["referrals"])) == ([], [], 1)


def test_the_rep_complained_of_does_not_read_of_it(
    signed_in: Callable[[str], Browser], product: UnderTest, database: Database
) -> None:
    one = add_customer(database)
    add_history(product, database, one)
    served_by(database, one, "rep2")

    answer = signed_in("rep2").get(f"/api/customers/{one}/timeline")

    assert "complaint" not in {row["kind"] for row in answer.json["items"]}
    assert signed_in("rep2").get(f"/api/customers/{one}").json["complaints"] == []


def test_what_was_found_out_about_a_complaint_is_read_by_its_handler_and_supervisors(
    signed_in: Callable[[str], Browser], product: UnderTest, database: Database
) -> None:
    one = add_customer(database)
    add_history(product, database, one)
    boss, rep = signed_in("supervisor"), signed_in("rep")
    boss.post("/api/complaints/1/notes", {"text": "听了录音"})

    def notes(reader: Browser) -> list[str]:
        page = reader.get(f"/api/customers/{one}/timeline", kind="complaint").json
        return [row["words"] for row in page["items"] if row["what"] == "complaint.note"]

    assert (notes(boss), notes(rep)) == (["听了录音"], [])
    assert rep.post("/api/complaints/1/take").status_code == 204
    assert notes(rep) == ["听了录音"]


def test_contacts_of_one_firm_stand_together(signed_in: Callable[[str], Browser], database: Database) -> None:
    one, other = add_customer(database, 1), add_customer(database, 2)
    with database.transaction() as session:
        session.get_one(Follower, other).firm_id = "F00001"
    boss = signed_in("supervisor")

    page = boss.get(f"/api/customers/{one}").json
    whole = boss.get(f"/api/customers/{one}/timeline", firm=True).json["items"]

    assert [row["id"] for row in page["contacts"]] == [other]
    assert {row["customer_id"] for row in whole} == {one, other}


def test_notes_and_tags_are_kept_with_who_and_when(signed_in: Callable[[str], Browser], database: Database) -> None:
    one = add_customer(database)
    served_by(database, one, "rep")
    rep = signed_in("rep")

    assert rep.post(f"/api/customers/{one}/notes", {"text": "密码是 123456，旺季用款"}).status_code == 204
    for _ in range(2):
        assert rep.post(f"/api/customers/{one}/tags", {"tag": "seasonal", "source": "call"}).status_code == 204
    page = rep.get(f"/api/customers/{one}").json
    words = rep.get(f"/api/customers/{one}/timeline", kind="note").json["items"]

    assert [(tag["label"], tag["source"], tag["by"]) for tag in page["tags"]] == [("旺季用款", "call", "某rep")]
    assert ["123456" in (row["words"] or "") for row in words] == [False, False]
    for _ in range(2):
        assert rep.write("DELETE", f"/api/customers/{one}/tags/seasonal").status_code == 204
    assert rep.get(f"/api/customers/{one}").json["tags"] == []
    assert rep.post(f"/api/customers/{one}/tags", {"tag": "rich", "source": "call"}).status_code == 422
    with database.reading() as session:
        assert "customer.changed" in set(session.scalars(select(OutboxRow.type)))


def test_the_bank_is_asked_live_and_may_be_away(
    signed_in: Callable[[str], Browser], product: UnderTest, database: Database
) -> None:
    one, bank, boss = add_customer(database), product.fakes.bank, signed_in("supervisor")
    bank.points["F00001"] = Points(2600, ((1100, date(2027, 1, 1)),))
    bank.limits["F00001"] = [CreditLimit("经营快贷", LimitState.EFFECTIVE, 30_000_000, 10_000_000, date(2027, 5, 1))]

    found = boss.get(f"/api/customers/{one}/bank").json
    bank.is_down = True
    away = boss.get(f"/api/customers/{one}/bank").json

    assert (found["points"]["balance"], found["limits"][0]["available_fen"], found["loans"]) == (2600, 10_000_000, None)
    assert (away["is_bound"], away["points"], away["limits"]) == (True, None, None)


def test_who_acts_for_no_firm_is_not_asked_about(
    signed_in: Callable[[str], Browser], product: UnderTest, database: Database
) -> None:
    one = add_customer(database)
    with database.transaction() as session:
        session.get_one(Follower, one).firm_id = None

    assert signed_in("supervisor").get(f"/api/customers/{one}/bank").json["is_bound"] is False
    assert product.fakes.bank.asked == []


def test_every_source_is_of_a_table_with_its_follower() -> None:
    assert all(hasattr(source.through or source.table, "follower_id") for source in SOURCES)
    assert len({source.what for source in SOURCES}) == len(SOURCES)


def test_what_was_said_to_the_bot_alone_is_only_told_of(
    signed_in: Callable[[str], Browser], database: Database, clock: FixedClock
) -> None:
    one = add_customer(database)
    with database.transaction() as session:
        session.get_one(Conversation, chat_of(database, one)).queued_at = None

    line = signed_in("supervisor").get(f"/api/customers/{one}/timeline").json["items"][0]

    assert (line["facts"], line["words"], line["link"]) == ({"state": "bot"}, None, None)
