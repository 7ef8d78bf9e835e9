"""Two people, one open version an item: what the database itself refuses, on SQLite and PostgreSQL alike; and an approval
that is live in another process's holder.
"""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bot.clock import FixedClock
from bot.db import Database
from bot.errors import VersionStateConflict
from bot.knowledge.live import LiveContent
from bot.knowledge.model import KnowledgeAct, KnowledgeVersion, VersionState
from bot.knowledge.service import Knowledge
from config.content import load_content
from config.overlay import overlay
from config.seeds import seed_editions
from tests.at_once import verdicts
from tests.factories import MORNING
from tests.unit.config.test_overlay import answer

WRITERS = 6
SEED = load_content()


@pytest.fixture
def knowledge(both_databases: Database, clock: FixedClock) -> Knowledge:
    return Knowledge(both_databases, clock, seed_editions(SEED), lambda _: [])


@pytest.fixture
def submitted(knowledge: Knowledge) -> KnowledgeVersion:
    return knowledge.submit(knowledge.save(answer("慢走。"), "ann").id, "ann")


@pytest.mark.parametrize(
    "change",
    [
        {"reviewer": "ann"},
        {"state": VersionState.APPROVED},
        {"state": VersionState.RETIRED},
        {"state": VersionState.APPROVED, "reviewer": "ann"},
        {"effective_until": date(2020, 1, 1)},
    ],
)
def test_the_table_refuses_what_one_person_alone_decided(
    both_databases: Database, submitted: KnowledgeVersion, change: dict[str, object]
) -> None:
    with pytest.raises(IntegrityError), both_databases.transaction() as session:
        session.execute(update(KnowledgeVersion).where(KnowledgeVersion.id == submitted.id).values(**change))

    with both_databases.reading() as session:
        assert session.get_one(KnowledgeVersion, submitted.id).state is VersionState.SUBMITTED


def test_an_item_has_one_open_version(both_databases: Database, submitted: KnowledgeVersion) -> None:
    names = [column.key for column in KnowledgeVersion.__table__.columns if column.key != "id"]
    columns = {name: getattr(submitted, name) for name in names}

    with pytest.raises(IntegrityError), both_databases.transaction() as session:
        session.add(KnowledgeVersion(**{**columns, "number": 9}))


def test_writers_of_a_new_item_end_with_one_version(both_databases: Database, knowledge: Knowledge) -> None:
    def write(number: int) -> Callable[[], object]:
        return lambda: knowledge.save(answer(f"第{number}个"), f"writer{number}")

    results = verdicts(*[write(number) for number in range(WRITERS)])

    assert set(results) <= {"done", VersionStateConflict.code}
    with both_databases.reading() as session:
        assert len(session.scalars(select(KnowledgeVersion)).all()) == 1
        assert len(session.scalars(select(KnowledgeAct)).all()) == results.count("done") >= 1


def test_a_version_is_approved_or_sent_back_but_never_both(
    both_databases: Database, knowledge: Knowledge, submitted: KnowledgeVersion
) -> None:
    results = verdicts(
        lambda: knowledge.approve(submitted.id, "ben", submitted.content_hash),
        lambda: knowledge.send_back(submitted.id, "cid", "太短"),
        lambda: knowledge.approve(submitted.id, "dan", submitted.content_hash),
    )

    assert sorted(results) == ["done", VersionStateConflict.code, VersionStateConflict.code]


def test_another_process_says_it_within_a_second(
    both_databases: Database, knowledge: Knowledge, submitted: KnowledgeVersion
) -> None:
    now = [0.0]
    other = LiveContent(both_databases, SEED, overlay, lambda: now[0])
    assert other.for_branch(MORNING, None).say("goodbye").source == "goodbye@1"

    knowledge.approve(submitted.id, "ben", submitted.content_hash)
    now[0] = 0.99

    reply = other.for_branch(MORNING, None).say("goodbye")
    assert (reply.text, reply.source) == ("慢走。", "goodbye@2")
