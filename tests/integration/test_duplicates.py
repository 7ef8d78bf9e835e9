"""Whoever opened an account without WeChat follows, binds his firm, and is one customer with all that was written."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from bot.audit.model import Act, AuditAct
from bot.audit.service import Doer, Thing, note
from bot.clock import FixedClock
from bot.complaints.filing import file_complaint
from bot.complaints.model import Complaint, ComplaintState, ToldBy
from bot.complaints.notes import notes_of
from bot.customers.consents import Proof, keep_word
from bot.customers.model import Consent, Follower, IdentityFact
from bot.customers.remarks import CustomerTag, TagSource, put_tag, tags_on
from bot.customers.rules import Purpose
from bot.customers.service import bind, by_firm
from bot.db import Base, Database
from bot.dialogue.bank_work import BankNews
from bot.dialogue.bindings import IdentityNews
from bot.duplicates.merging import absorb_firm_record
from bot.duplicates.tables import ENTERED_ANEW, MOVED, STAYING
from bot.followups.model import Followup
from bot.handoff.model import Conversation, Owner
from bot.leads.model import Lead, LeadStage, LeadStageChange
from bot.leads.recording import go, open_lead
from bot.ports import Firm
from bot.privacy.exporting import held_of
from bot.privacy.model import DataRequest, LegalHold, RequestKind, RequestState
from config.settings import Settings
from tests.factories import MORNING, add_follower
from tests.product import make, text_message
from tests.unit.privacy.people import FIRM_NAME, NAME, PHONE, add_chat, add_everything

FIRM = Firm("F1", FIRM_NAME, NAME, "茶叶", "城东支行", date(2026, 11, 23), "ben")
LATER = MORNING + timedelta(days=1)


@pytest.fixture
def old(both_databases: Database) -> int:
    """Somebody known by his firm, with something in every table that a rep or the bank can fill."""
    found = add_everything(both_databases)
    with both_databases.transaction() as session:
        row = session.get_one(Follower, found)
        row.openid, row.is_following, row.last_rep, row.chosen_rep = by_firm("F1"), False, "ann", "cat"
        say_no(session, row, "p1")
        note(session, MORNING, Doer("rep"), Act.CUSTOMER_UNMASKED, Thing("follower", found, found))
        session.add(LegalHold(follower_id=found, reason="法院甲", set_by="boss", set_at=MORNING))
    return found


@pytest.fixture
def real(both_databases: Database, old: int) -> int:
    """The same man, who follows since today and is bound."""
    found = add_follower(both_databases, "o-real")
    with both_databases.transaction() as session:
        row = session.get_one(Follower, found)
        row.first_seen_at = row.last_seen_at = LATER
        bind(row, FIRM)
    return found


@pytest.fixture
def merge(both_databases: Database, real: int) -> Callable[[], bool]:
    def act() -> bool:
        with both_databases.transaction() as session:
            return absorb_firm_record(session, session.get_one(Follower, real), LATER)

    return act


def say_no(session, follower: Follower, proof: str) -> None:
    keep_word(session, follower, Purpose.MARKETING, MORNING, MORNING, Proof("bank_page", "v1", proof), granted=False)


def counts(database: Database, follower_id: int) -> dict[str, int]:
    with database.reading() as session:
        return {
            name: session.scalar(select(func.count()).where(Base.metadata.tables[name].c.follower_id == follower_id))
            or 0
            for name in (*MOVED, *ENTERED_ANEW)
        }


def test_everything_comes_together_and_is_told_by_the_audit(
    both_databases: Database, old: int, real: int, merge: Callable[[], bool]
) -> None:
    had = counts(both_databases, old)
    assert sum(1 for number in had.values() if number) >= 10

    assert (merge(), merge()) == (True, False)

    assert counts(both_databases, real) == had
    with both_databases.reading() as session:
        row = session.get_one(Follower, real)
        assert session.get(Follower, old) is None
        assert (row.phone, row.last_rep, row.dedicated_rep, row.bank_rep) == (PHONE, "ann", "cat", "ben")
        assert (row.first_seen_at, row.last_seen_at, row.opted_out_at) == (MORNING, LATER, MORNING)
        told = session.scalars(select(AuditAct).where(AuditAct.act == Act.CUSTOMER_MERGED)).one()
        assert (told.username, told.object_id, told.follower_id) == ("bank", old, real)
        consent = session.scalars(select(Consent)).one()
        assert (consent.follower_id, consent.proof, consent.at, consent.recorded_at) == (real, "p1", MORNING, MORNING)


def test_looks_at_the_old_record_are_told_him(both_databases: Database, real: int, merge: Callable[[], bool]) -> None:
    merge()

    assert STAYING == ("audit_acts",)
    with both_databases.reading() as session:
        looks = [one for one in held_of(session, real) if one.label == "查阅记录"]
    assert [one.count for one in looks] == [2]


def test_two_of_what_may_be_there_once_become_one(
    both_databases: Database, old: int, real: int, merge: Callable[[], bool]
) -> None:
    with both_databases.transaction() as session:
        mine, his = session.get_one(Follower, real), session.get_one(Follower, old)
        put_tag(session, real, "dialect", TagSource.CHAT, "ann", LATER)
        session.add(LegalHold(follower_id=real, reason="法院乙", set_by="boss", set_at=LATER))
        for number, follower_id in enumerate((old, real)):
            row = DataRequest(follower_id=follower_id, kind=RequestKind.SHOW, created_at=MORNING)
            row.due_at = MORNING + timedelta(days=15 - number)
            session.add(row)
        first = open_lead(session, his, None, "quick_loan", MORNING)
        first.need, first.owner = {"amount": {"value": 1, "by": "ann"}, "term": {"value": 6, "by": "ann"}}, "ann"
        second = open_lead(session, mine, None, "quick_loan", LATER)
        second.need = {"amount": {"value": 2, "by": "customer"}}
        go(session, second, LeadStage.APPLIED, "bank", "e9", LATER)
    chats = [add_chat(both_databases, follower_id, "我要投诉", with_people=True) for follower_id in (old, real)]
    with both_databases.transaction() as session:
        for number, (chat, text) in enumerate(zip(chats, ("踢皮球", "还在踢"), strict=True)):
            session.get_one(Conversation, chat).owner = Owner.ACTIVE
            follower_id = (old, real)[number]
            at = MORNING + timedelta(days=number)
            file_complaint(session, follower_id=follower_id, conversation_id=chat, text=text, about_rep=None, now=at)

    assert merge()

    with both_databases.reading() as session:
        assert len(tags_on(session, real)) == 1
        assert len(session.scalars(select(CustomerTag)).all()) == 2
        [hold] = session.scalars(select(LegalHold).where(LegalHold.lifted_at.is_(None)))
        assert hold.reason == "法院乙；法院甲"
        [asked] = session.scalars(select(DataRequest).where(DataRequest.state == RequestState.OPEN))
        assert asked.due_at == MORNING + timedelta(days=14)
        [lead] = session.scalars(select(Lead))
        assert (lead.stage, lead.owner, lead.opened_at) == (LeadStage.APPLIED, "ann", MORNING)
        assert {name: entry["value"] for name, entry in lead.need.items()} == {"amount": 2, "term": 6}
        assert len(session.scalars(select(LeadStageChange).where(LeadStageChange.lead_id == lead.id)).all()) == 3
        [complaint] = session.scalars(select(Complaint).where(Complaint.state == ComplaintState.OPEN))
        assert complaint.text == "踢皮球"
        assert "还在踢" in notes_of(session, complaint.id)[0].text
        is_open = Conversation.owner != Owner.CLOSED
        assert session.scalars(select(Conversation.id).where(is_open)).all() == [chats[1]]
        assert set(session.scalars(select(Conversation.follower_id))) == {real}


def test_whom_a_complaint_that_went_into_another_is_about_does_not_handle_that_one(
    both_databases: Database, old: int, real: int, merge: Callable[[], bool]
) -> None:
    chats = [add_chat(both_databases, follower_id, "我要投诉", with_people=True) for follower_id in (old, real)]
    with both_databases.transaction() as session:
        session.execute(update(Complaint).values(state=ComplaintState.CLOSED, result="好了", told_by=ToldBy.PHONE))
        who = ((old, None, MORNING), (real, "ann", LATER))
        for chat, (follower_id, about, at) in zip(chats, who, strict=True):
            file_complaint(
                session, follower_id=follower_id, conversation_id=chat, text="踢皮球", about_rep=about, now=at
            )

    merge()

    with both_databases.reading() as session:
        [complaint] = session.scalars(select(Complaint).where(Complaint.state == ComplaintState.OPEN))
    assert (complaint.text, complaint.about_rep) == ("踢皮球", "ann")


def test_a_clerk_who_binds_the_firm_is_not_its_owner(
    both_databases: Database, old: int, real: int, merge: Callable[[], bool]
) -> None:
    with both_databases.transaction() as session:
        bind(session.get_one(Follower, real), replace(FIRM, contact="李出纳"))

    assert not merge()
    assert counts(both_databases, old)["followups"] == 1


@pytest.mark.parametrize("way", ["binding", "turn"])
def test_the_owner_of_a_new_account_binds_and_keeps_his_promised_call(
    settings: Settings, database: Database, clock: FixedClock, way: str
) -> None:
    product = make(settings, database, clock)
    opened = BankNews("e1", "account_opened", None, "F1", None, None, MORNING, contact=NAME, phone=PHONE)
    product.bot.aftercare.take_news(opened)
    product.fakes.bank.firms["o-tao"] = FIRM

    if way == "binding":
        product.bot.bindings.take(IdentityNews("b1", IdentityFact.BOUND, "o-tao", "F1", None, MORNING))
    else:
        accepted = product.bot.inbox.accept(text_message(clock, "你好"), "plain", clock.now(), timedelta(seconds=4))
        product.bot.turns.answer("o-tao", accepted, float("inf"))

    with database.reading() as session:
        follower = session.scalars(select(Follower)).one()
        assert (follower.openid, session.scalars(select(Followup)).one().follower_id) == ("o-tao", follower.id)
    # Later news of the firm find him.
    product.bot.aftercare.take_news(replace(opened, event_id="e2"))
    with database.reading() as session:
        assert session.scalars(select(func.count()).select_from(Follower)).one() == 1
