"""The bank's word on identity and consent: kept once, in any order, told to the follower when his binding changed."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from bot.clock import FixedClock
from bot.compliance.rules import check_outbound
from bot.customers.consents import standing_of
from bot.customers.model import BankFact, Consent, Follower, IdentityFact
from bot.customers.rules import IdentityLevel, Purpose
from bot.db import Database
from bot.delivery.guard import OutboundGuard
from bot.delivery.service import Deliverer
from bot.dialogue.aftercare import Aftercare
from bot.dialogue.bank_work import BankNews
from bot.dialogue.bindings import Bindings, IdentityNews, Word
from bot.handoff.model import Conversation, Owner
from bot.knowledge.content import Content
from bot.knowledge.edition import Kind
from bot.outbox import OutboxRow
from bot.ports import Firm
from bot.transcripts.model import Line, Speaker
from config.rules import load_wording
from config.settings import Settings
from tests.factories import MORNING, add_approved, add_follower, add_waiting, hear
from tests.fakes import FakeBank, FakeWeChat, FixedContents
from tests.product import make

GUARD = OutboundGuard(partial(check_outbound, wording=load_wording()))
OPENID = "o-general-1"
FIRM = Firm("F2", "张记汽配商行", "张先生", "零售", "城东支行", date(2020, 1, 5), "rep02")
BOUND = IdentityNews("b1", IdentityFact.BOUND, OPENID, "F2", None, MORNING)
UNBOUND = replace(BOUND, event_id="u1", type=IdentityFact.UNBOUND, occurred_at=MORNING + timedelta(minutes=1))
YES = Word(Purpose.MARKETING, granted=True, text_version="2026-11", channel="bank_page")
AGREED = replace(BOUND, event_id="c1", type=IdentityFact.CONSENT, firm_id=None, word=YES)


@pytest.fixture
def bank() -> FakeBank:
    bank = FakeBank()
    bank.firms[OPENID] = FIRM
    return bank


@pytest.fixture
def wechat() -> FakeWeChat:
    return FakeWeChat()


@pytest.fixture
def deliverer(database: Database, wechat: FakeWeChat, clock: FixedClock) -> Deliverer:
    return Deliverer(database, wechat, clock)


@pytest.fixture
def bindings(database: Database, deliverer: Deliverer, content: Content, bank: FakeBank, clock: FixedClock) -> Bindings:
    return Bindings(database, deliverer, FixedContents(content), bank, clock, GUARD)


@pytest.fixture
def chat(database: Database) -> int:
    """A conversation the bot has; its follower may be written to."""
    found = add_waiting(database, skill="general")
    with database.transaction() as session:
        row = session.get_one(Conversation, found)
        row.owner, row.queued_at = Owner.BOT, None
    hear(database, found)
    return found


def follower(database: Database) -> Follower:
    with database.reading() as session:
        return session.scalars(select(Follower)).one()


def level(database: Database) -> IdentityLevel:
    return IdentityLevel(follower(database).identity_level)


# ---- binding -------------------------------------------------------------------------------------------------------


def test_a_binding_makes_him_bound_and_tells_him_once(
    bindings: Bindings, database: Database, wechat: FakeWeChat, chat: int
) -> None:
    assert [bindings.take(BOUND), bindings.take(BOUND)] == [True, False]

    found = follower(database)
    assert (found.firm_id, found.firm_name, found.dedicated_rep) == ("F2", FIRM.name, "rep02")
    assert level(database) is IdentityLevel.BOUND
    [(openid, told)] = wechat.sent
    assert openid == OPENID
    assert FIRM.name in told.text
    assert [choice.id for choice in told.choices] == ["ask:points_balance", "ask:loan_progress"]
    with database.reading() as session:
        assert [line.kind for line in session.scalars(select(Line).where(Line.speaker == Speaker.SYSTEM))] == ["notice"]
        assert [fact.type for fact in session.scalars(select(BankFact))] == ["binding_created"]


def test_the_notice_says_what_was_approved_last(
    settings: Settings, database: Database, clock: FixedClock, chat: int
) -> None:
    product = make(settings, database, clock)
    product.fakes.bank.firms[OPENID] = FIRM
    seed = product.bot.knowledge.seeds[Kind.ANSWER, "binding_done"]
    add_approved(
        product.bot.knowledge, replace(seed, body={"text": "{firm}绑好了。"}, effective_from=date(2026, 11, 1))
    )

    product.bot.bindings.take(BOUND)

    assert product.fakes.wechat.sent[-1][1].text == f"{FIRM.name}绑好了。"


def test_a_secret_in_a_name_of_the_bank_goes_nowhere(
    bindings: Bindings, database: Database, bank: FakeBank, wechat: FakeWeChat, chat: int
) -> None:
    bank.firms[OPENID] = replace(FIRM, name="张记6222021202041701419")

    bindings.take(BOUND)

    [(_, told)] = wechat.sent
    assert told.source == "notice_withheld@1"
    with database.reading() as session:
        assert [line.text for line in session.scalars(select(Line).where(Line.speaker == Speaker.SYSTEM))] == [
            told.text
        ]


def test_the_reps_screen_is_told_that_the_customer_changed(bindings: Bindings, database: Database, chat: int) -> None:
    bindings.take(BOUND)

    with database.reading() as session:
        changed = select(OutboxRow.conversation_id).where(OutboxRow.type == "customer.changed")
        assert session.scalars(changed).all() == [chat]


def test_a_shut_window_keeps_the_word_back_but_not_the_binding(
    bindings: Bindings, database: Database, wechat: FakeWeChat, chat: int, clock: FixedClock
) -> None:
    clock.advance(49 * 3600)

    assert bindings.take(BOUND)

    assert wechat.sent == []
    assert level(database) is IdentityLevel.BOUND
    with database.reading() as session:
        notice = session.scalars(select(Line).where(Line.speaker == Speaker.SYSTEM)).one()
    assert notice.detail["not_sent"] == "window_closed"


def test_a_silent_bank_binds_by_the_firms_number_and_names_nobody(
    bindings: Bindings, database: Database, wechat: FakeWeChat, chat: int, bank: FakeBank
) -> None:
    bank.is_down = True

    bindings.take(BOUND)

    assert (follower(database).firm_id, follower(database).firm_name) == ("F2", None)
    assert level(database) is IdentityLevel.BOUND
    assert wechat.sent[0][1].text.startswith("企业绑定好了")


def test_a_firm_the_bank_does_not_name_any_more_lends_no_name(
    bindings: Bindings, database: Database, chat: int, bank: FakeBank
) -> None:
    bindings.take(replace(BOUND, firm_id="F9"))

    assert (follower(database).firm_id, follower(database).firm_name) == ("F9", None)


def test_unbinding_takes_the_firm_away_and_says_so(
    bindings: Bindings, database: Database, wechat: FakeWeChat, chat: int
) -> None:
    bindings.take(BOUND)

    assert bindings.take(UNBOUND)

    found = follower(database)
    assert (found.firm_id, found.firm_name, found.contact, found.branch) == (None, None, None, None)
    assert level(database) is IdentityLevel.FOLLOWER
    assert "已解除" in wechat.sent[-1][1].text


def test_unbinding_who_is_not_bound_says_nothing(bindings: Bindings, wechat: FakeWeChat, chat: int) -> None:
    assert bindings.take(UNBOUND)

    assert wechat.sent == []


def test_a_binding_that_arrives_after_its_end_binds_nobody(
    bindings: Bindings, database: Database, wechat: FakeWeChat, chat: int
) -> None:
    bindings.take(UNBOUND)

    assert bindings.take(BOUND)

    assert level(database) is IdentityLevel.FOLLOWER
    assert wechat.sent == []


def test_who_binds_again_is_told_again(bindings: Bindings, wechat: FakeWeChat, chat: int) -> None:
    again = replace(BOUND, event_id="b2", occurred_at=MORNING + timedelta(minutes=2))

    for news in (BOUND, UNBOUND, again):
        bindings.take(news)

    assert len(wechat.sent) == 3


def test_who_left_the_account_hears_nothing(
    bindings: Bindings, database: Database, wechat: FakeWeChat, chat: int
) -> None:
    with database.transaction() as session:
        session.scalars(select(Follower)).one().is_following = False

    bindings.take(BOUND)

    assert wechat.sent == []


def test_a_stranger_the_bank_speaks_of_is_written_down_as_not_following(
    bindings: Bindings, database: Database, wechat: FakeWeChat
) -> None:
    bindings.take(AGREED)

    assert not follower(database).is_following
    assert follower(database).unfollowed_at == MORNING
    with database.reading() as session:
        assert session.scalars(select(Consent.granted)).all() == [True]
    assert wechat.sent == []


# ---- the phone -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (IdentityLevel.FOLLOWER, IdentityLevel.PHONE_VERIFIED),
        (IdentityLevel.PHONE_VERIFIED, IdentityLevel.PHONE_VERIFIED),
        (IdentityLevel.BOUND, IdentityLevel.BOUND),
    ],
)
def test_a_checked_phone_raises_the_level_and_never_lowers_it(
    bindings: Bindings, database: Database, wechat: FakeWeChat, before: IdentityLevel, after: IdentityLevel
) -> None:
    follower_id = add_follower(database, OPENID)
    with database.transaction() as session:
        session.get_one(Follower, follower_id).identity_level = int(before)

    bindings.take(replace(BOUND, event_id="p1", type=IdentityFact.PHONE_VERIFIED, firm_id=None))

    assert level(database) is after
    assert wechat.sent == []


# ---- consents ------------------------------------------------------------------------------------------------------


def test_a_consent_is_kept_with_the_banks_event_as_its_proof(
    bindings: Bindings, database: Database, wechat: FakeWeChat, chat: int
) -> None:
    assert [bindings.take(AGREED), bindings.take(AGREED)] == [True, False]

    with database.reading() as session:
        row = session.scalars(select(Consent)).one()
        standing = standing_of(session, row.follower_id)
    assert (row.proof, row.channel, row.text_version, row.at) == ("c1", "bank_page", "2026-11", MORNING)
    assert standing[Purpose.MARKETING].granted
    assert wechat.sent == []


def test_no_word_to_service_notices_keeps_the_banks_news_from_the_chat(
    bindings: Bindings, database: Database, wechat: FakeWeChat, chat: int, deliverer: Deliverer, content: Content
) -> None:
    no = replace(YES, purpose=Purpose.SERVICE, granted=False)
    bindings.take(replace(AGREED, word=no))
    aftercare = Aftercare(database, deliverer, FixedContents(content), bindings.clock, GUARD)

    aftercare.take_news(BankNews("e1", "points_redeemed", OPENID, None, None, None, MORNING))

    assert wechat.sent == []
    with database.reading() as session:
        notice = session.scalars(select(Line).where(Line.speaker == Speaker.SYSTEM)).one()
    assert notice.detail["not_sent"] == "no_consent"
