"""The holder: read again when something was published, at most twice a second, and never worse than it was."""

import io
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text, update

from bot.clock import FixedClock, local_day
from bot.db import Database
from bot.knowledge.edition import Kind
from bot.knowledge.live import LiveContent
from bot.knowledge.model import KnowledgeVersion
from bot.knowledge.service import Knowledge
from config.content import load_content
from config.overlay import overlay
from config.seeds import seed_editions
from tests.factories import MORNING, add_approved
from tests.unit.config.test_overlay import answer, edition

SEED = load_content()
SEED_TEXT = SEED.replies["goodbye"].text


class Ticks:
    """Monotonic seconds, moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def live(database: Database, ticks: Ticks) -> LiveContent:
    return LiveContent(database, SEED, overlay, ticks)


@pytest.fixture
def knowledge(database: Database, clock: FixedClock) -> Knowledge:
    return Knowledge(database, clock, seed_editions(SEED), lambda _: [])


def publish(knowledge: Knowledge, wanted: str = "慢走。") -> int:
    return add_approved(knowledge, answer(wanted)).id


def said(live: LiveContent) -> str:
    return live.for_branch(MORNING, None).replies["goodbye"].text


def named(live: LiveContent, now: datetime) -> str | None:
    product = live.for_branch(now, None).find_product("jingying_kuaidai", local_day(now))
    return product.name if product else None


def faqs(live: LiveContent) -> set[str]:
    return {entry.key for entry in live.for_branch(MORNING, None).entries if entry.kind is Kind.FAQ}


def test_an_approval_is_live_at_the_next_look(live: LiveContent, knowledge: Knowledge, ticks: Ticks) -> None:
    assert said(live) == SEED_TEXT

    publish(knowledge)

    assert said(live) == SEED_TEXT
    ticks.now = 0.5
    assert said(live) == "慢走。"


def test_a_new_process_has_it_at_once_and_what_is_retired_is_gone(
    live: LiveContent, knowledge: Knowledge, ticks: Ticks
) -> None:
    published = add_approved(knowledge, edition(Kind.FAQ, "invoice_fees")).id
    assert "invoice_fees" in faqs(live)

    knowledge.retire(published, "ann", "写错了")
    ticks.now = 1

    assert "invoice_fees" not in faqs(live)


def test_a_version_retired_before_its_first_day_ends_nothing(
    live: LiveContent, knowledge: Knowledge, clock: FixedClock
) -> None:
    add_approved(knowledge, edition(Kind.PRODUCT, "jingying_kuaidai", title="经营快贷二版"))
    new_year = edition(Kind.PRODUCT, "jingying_kuaidai", title="经营快贷三版", effective_from=date(2027, 1, 1))
    faulty = add_approved(knowledge, new_year)
    clock.advance(20 * 24 * 3600)

    knowledge.retire(faulty.id, "ann", "利率写错了")

    assert named(live, MORNING + timedelta(days=60)) == "经营快贷二版"


def test_a_version_retired_on_its_first_day_ends_its_item(
    live: LiveContent, knowledge: Knowledge, clock: FixedClock
) -> None:
    add_approved(knowledge, edition(Kind.PRODUCT, "jingying_kuaidai", title="经营快贷二版"))
    today = edition(Kind.PRODUCT, "jingying_kuaidai", title="经营快贷三版", effective_from=date(2026, 11, 24))
    faulty = add_approved(knowledge, today)

    knowledge.retire(faulty.id, "ann", "利率写错了")

    assert named(live, MORNING) is None


def test_nothing_new_gives_the_very_same_content(live: LiveContent, knowledge: Knowledge, ticks: Ticks) -> None:
    first = live.for_branch(MORNING, None)
    knowledge.save(answer("只是草稿"), "ann")
    ticks.now = 1

    assert live.for_branch(MORNING, None) is first


def test_a_day_ends_what_ends_with_it(live: LiveContent, knowledge: Knowledge, ticks: Ticks) -> None:
    draft = knowledge.save(answer("今天", effective_until=date(2026, 11, 24)), "ann")
    knowledge.submit(draft.id, "ann")
    knowledge.approve(draft.id, "ben", draft.content_hash)

    assert said(live) == "今天"
    assert live.for_branch(MORNING + timedelta(days=1), None).replies["goodbye"].text == SEED_TEXT


def test_each_branch_hears_its_own_and_the_console_everything(live: LiveContent, knowledge: Knowledge) -> None:
    draft = knowledge.save(edition(Kind.POLICY, "hefei", regions=("合肥",)), "ann")
    knowledge.submit(draft.id, "ann")
    knowledge.approve(draft.id, "ben", draft.content_hash)

    def keys(branch: str | None) -> set[str]:
        return {entry.key for entry in live.for_branch(MORNING, branch).entries}

    assert "hefei" in keys("合肥支行")
    assert "hefei" not in keys("北京支行")
    assert "hefei" in {entry.key for entry in live.everywhere(MORNING).entries}


def test_a_failed_look_keeps_the_last_good_content_and_is_told_once(
    live: LiveContent, knowledge: Knowledge, database: Database, ticks: Ticks, log_lines: io.StringIO
) -> None:
    publish(knowledge)
    assert said(live) == "慢走。"
    publish(knowledge, "别的")
    with database.transaction() as session:
        session.execute(update(KnowledgeVersion).values(body={"broken": True}))

    for ticks.now in (1, 2, 3):
        assert said(live) == "慢走。"

    assert log_lines.getvalue().count("knowledge_refresh_failed") == 1
    with database.transaction() as session:
        session.execute(update(KnowledgeVersion).values(body={"text": "好了", "choices": []}))
    ticks.now = 4
    assert said(live) == "好了"


def test_without_its_tables_the_files_speak(live: LiveContent, database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("DROP TABLE knowledge_acts"))

    assert said(live) == SEED_TEXT
