"""What the bank says takes two people, one step after the other, and leaves its traces."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import FixedClock
from bot.db import Database
from bot.errors import BotError, InvalidInput, NeverSilent, NotFound, SamePerson, UnfitContent, VersionStateConflict
from bot.knowledge.edition import Edition, Flaw, Kind
from bot.knowledge.model import KnowledgeAct, KnowledgeVersion, VersionState
from bot.knowledge.queries import revision
from bot.knowledge.service import Knowledge
from bot.outbox import read_after
from tests.factories import add_approved
from tests.unit.config.test_overlay import SEEDS, answer, edition


def object_to_bad(edition: Edition) -> list[Flaw]:
    return [Flaw("wording", "C5", "必批")] if edition.body.get("text") == "必批" else []


@pytest.fixture
def knowledge(database: Database, clock: FixedClock) -> Knowledge:
    return Knowledge(database, clock, SEEDS, object_to_bad)


def approved(knowledge: Knowledge, text: str = "慢走。") -> KnowledgeVersion:
    return add_approved(knowledge, answer(text))


def acts(database: Database) -> list[tuple[str, str, int]]:
    with database.reading() as session:
        found = session.scalars(select(KnowledgeAct).order_by(KnowledgeAct.id))
        return [(act.username, act.act, act.number) for act in found]


def test_numbers_go_on_above_the_files_own(knowledge: Knowledge) -> None:
    assert SEEDS[answer("x").kind, "goodbye"].number == 1

    first, second = approved(knowledge), approved(knowledge, "再见。")

    assert (first.number, second.number) == (2, 3)


def test_two_people_publish_and_every_step_is_kept(knowledge: Knowledge, database: Database) -> None:
    version = approved(knowledge)

    assert (version.state, version.author, version.reviewer) == (VersionState.APPROVED, "ann", "ben")
    assert acts(database) == [("ann", "saved", 2), ("ann", "submitted", 2), ("ben", "approved", 2)]
    with database.reading() as session:
        events = [row.payload["act"] for row in read_after(session, 0) if row.type == "knowledge.changed"]
        assert revision(session)[1] == 1
    assert events == ["saved", "submitted", "approved"]


@pytest.mark.parametrize(
    "review",
    [lambda one, v: one.approve(v.id, "ann", v.content_hash), lambda one, v: one.send_back(v.id, "ann", "不行")],
)
def test_nobody_reviews_his_own_words(
    knowledge: Knowledge, review: Callable[[Knowledge, KnowledgeVersion], object]
) -> None:
    draft = knowledge.save(answer("慢走。"), "ann")
    knowledge.submit(draft.id, "ann")

    with pytest.raises(SamePerson):
        review(knowledge, draft)


def test_what_was_sent_back_is_improved_and_then_somebody_elses(knowledge: Knowledge, database: Database) -> None:
    draft = knowledge.save(answer("走吧。"), "ann")
    knowledge.submit(draft.id, "ann")
    assert knowledge.send_back(draft.id, "ben", "太冷淡").reason == "太冷淡"

    again = knowledge.save(answer("慢走。"), "ben")

    assert (again.id, again.author, again.reviewer, again.state) == (draft.id, "ben", None, VersionState.DRAFT)
    knowledge.submit(again.id, "ben")
    with pytest.raises(SamePerson):
        knowledge.approve(again.id, "ben", again.content_hash)
    knowledge.approve(again.id, "ann", again.content_hash)


def test_only_the_words_that_were_looked_at_are_approved(knowledge: Knowledge) -> None:
    draft = knowledge.save(answer("慢走。"), "ann")
    knowledge.submit(draft.id, "ann")

    with pytest.raises(VersionStateConflict):
        knowledge.approve(draft.id, "ben", "0" * 64)


@pytest.mark.parametrize(
    "change",
    [
        {"title": "别的"},
        {"owner": "别人"},
        {"source": "别处"},
        {"regions": ("合肥",)},
        {"effective_until": date(2027, 1, 1)},
    ],
)
def test_the_hash_is_of_everything_that_is_approved(knowledge: Knowledge, change: dict[str, Any]) -> None:
    first = knowledge.save(answer("慢走。"), "ann").content_hash

    assert knowledge.save(replace(answer("慢走。"), **change), "ann").content_hash != first


def test_what_may_not_be_said_is_neither_submitted_nor_approved(knowledge: Knowledge) -> None:
    draft = knowledge.save(answer("必批"), "ann")

    with pytest.raises(UnfitContent) as refused:
        knowledge.submit(draft.id, "ann")

    assert refused.value.fields["flaws"] == [{"place": "wording", "reason": "C5", "words": "必批"}]


def test_rules_that_came_after_the_submission_stop_the_approval(
    knowledge: Knowledge, database: Database, clock: FixedClock
) -> None:
    draft = knowledge.save(answer("必批"), "ann")
    Knowledge(database, clock, SEEDS, lambda _: []).submit(draft.id, "ann")

    with pytest.raises(UnfitContent):
        knowledge.approve(draft.id, "ben", draft.content_hash)


def test_a_roll_back_is_a_new_version_for_a_second_person(knowledge: Knowledge, clock: FixedClock) -> None:
    first = approved(knowledge)
    approved(knowledge, "写错了")
    clock.advance(24 * 3600)

    back = knowledge.roll_back(first.id, "cid", "新的写错了")

    assert (back.number, back.copied_from, back.state, back.author) == (4, 2, VersionState.SUBMITTED, "cid")
    assert (back.body, back.effective_from, back.reason) == (first.body, date(2026, 11, 25), "新的写错了")
    with pytest.raises(SamePerson):
        knowledge.approve(back.id, "cid", back.content_hash)
    assert knowledge.approve(back.id, "ann", back.content_hash).state is VersionState.APPROVED


@pytest.mark.parametrize(("kind", "key"), [(Kind.ANSWER, "goodbye"), (Kind.GUIDE, "loan_apply")])
def test_nobody_alone_brings_the_files_older_words_back(
    knowledge: Knowledge, database: Database, kind: Kind, key: str
) -> None:
    version = add_approved(knowledge, edition(kind, key))

    with pytest.raises(NeverSilent):
        knowledge.retire(version.id, "ann", "x")

    with database.reading() as session:
        assert session.get_one(KnowledgeVersion, version.id).state is VersionState.APPROVED
    assert acts(database)[-1] == ("ben", "approved", version.number)


@pytest.mark.parametrize(
    ("kind", "key"), [(Kind.PRODUCT, "jingying_kuaidai"), (Kind.FAQ, "invoice_fees"), (Kind.GUIDE, "new_guide")]
)
def test_one_person_may_silence_what_then_is_not_said_at_all(knowledge: Knowledge, kind: Kind, key: str) -> None:
    body = SEEDS[Kind.GUIDE, "loan_apply"].body if kind is Kind.GUIDE else SEEDS[kind, key].body
    version = add_approved(knowledge, edition(kind, key, body=body))

    assert knowledge.retire(version.id, "ann", "x").state is VersionState.RETIRED


def test_a_roll_back_waits_until_the_open_version_is_decided(knowledge: Knowledge) -> None:
    first = approved(knowledge)
    draft = knowledge.save(answer("新的"), "ann")

    with pytest.raises(VersionStateConflict):
        knowledge.roll_back(first.id, "ann", "快")

    knowledge.discard(draft.id, "ann")
    assert knowledge.roll_back(first.id, "ann", "快").number == 3


def test_a_discarded_draft_leaves_its_trace(knowledge: Knowledge, database: Database) -> None:
    draft = knowledge.save(answer("算了"), "ann")

    knowledge.discard(draft.id, "ann")

    with database.reading() as session:
        assert session.scalars(select(KnowledgeVersion)).all() == []
    assert acts(database)[-1] == ("ann", "discarded", 2)


def test_an_end_before_the_beginning_is_refused(knowledge: Knowledge) -> None:
    with pytest.raises(InvalidInput):
        knowledge.save(answer("慢走。", effective_until=date(2026, 10, 1)), "ann")


@pytest.mark.parametrize(
    "act",
    [
        lambda one, number: one.submit(number, "ann"),
        lambda one, number: one.approve(number, "cid", "0" * 64),
        lambda one, number: one.send_back(number, "cid", "x"),
        lambda one, number: one.discard(number, "ann"),
    ],
)
def test_what_is_approved_is_not_changed_any_more(
    knowledge: Knowledge, act: Callable[[Knowledge, int], object]
) -> None:
    version = approved(knowledge)

    with pytest.raises(VersionStateConflict):
        act(knowledge, version.id)


def test_what_waits_for_review_is_not_written_on(knowledge: Knowledge) -> None:
    draft = knowledge.save(answer("慢走。"), "ann")
    knowledge.submit(draft.id, "ann")

    with pytest.raises(VersionStateConflict):
        knowledge.save(answer("快走。"), "ann")


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda one: one.submit(99, "ann"), NotFound),
        (lambda one: one.roll_back(99, "ann", "x"), NotFound),
        (lambda one: one.retire(99, "ann", "x"), NotFound),
    ],
)
def test_what_is_not_there_is_not_found(
    knowledge: Knowledge, act: Callable[[Knowledge], object], error: type[BotError]
) -> None:
    with pytest.raises(error):
        act(knowledge)
