"""Accept once, claim in order, answer once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import FixedClock
from bot.db import Database
from bot.inbox import Answered, AnswerMode, Inbox, InboxRow, RowState, finish
from bot.messages import InboundMessage, MessageKind

WAIT = timedelta(seconds=4)


def message(clock: FixedClock, number: int = 1, follower: str = "o-tao") -> InboundMessage:
    return InboundMessage(
        MessageKind.TEXT, follower, "gh_1", clock.now(), dedupe_key=f"m:{number}:{follower}", text="你好"
    )


@pytest.fixture
def inbox(database: Database) -> Inbox:
    return Inbox(database)


def row_of(database: Database, row_id: int) -> InboxRow:
    with database.reading() as session:
        return session.get_one(InboxRow, row_id)


def done(database: Database, claim: Any, clock: FixedClock, body: str = "answer") -> AnswerMode | None:
    with database.transaction() as session:
        answered = finish(session, claim, clock.now(), lambda: body)
    return answered.mode if answered else None


def test_a_new_push_is_stored_and_claimed_in_one_go(inbox: Inbox, clock: FixedClock) -> None:
    accepted = inbox.accept(message(clock), "safe", clock.now(), WAIT)

    assert accepted.claim is not None
    assert accepted.claim.message.text == "你好"
    assert accepted.claim.push_mode == "safe"


def test_a_repeat_finds_the_row_of_the_first_and_claims_nothing(inbox: Inbox, clock: FixedClock) -> None:
    first = inbox.accept(message(clock), "plain", clock.now(), WAIT)

    second = inbox.accept(message(clock), "plain", clock.now(), WAIT)

    assert second.row_id == first.row_id
    assert second.claim is None


def test_a_repeat_gives_the_answer_more_time(inbox: Inbox, database: Database, clock: FixedClock) -> None:
    accepted = inbox.accept(message(clock), "plain", clock.now(), WAIT)
    clock.advance(5)
    assert accepted.claim is not None

    inbox.accept(message(clock), "plain", clock.now(), WAIT)

    assert done(database, accepted.claim, clock) is AnswerMode.PASSIVE


def test_the_second_push_of_a_follower_waits_for_the_first(inbox: Inbox, database: Database, clock: FixedClock) -> None:
    first = inbox.accept(message(clock, 1), "plain", clock.now(), WAIT)
    second = inbox.accept(message(clock, 2), "plain", clock.now(), WAIT)
    assert second.claim is None
    assert inbox.claim_next("o-tao", clock.now()) is None

    done(database, first.claim, clock)
    claim = inbox.claim_next("o-tao", clock.now())

    assert claim is not None
    assert claim.row_id == second.row_id


def test_another_followers_push_does_not_wait(inbox: Inbox, clock: FixedClock) -> None:
    inbox.accept(message(clock, 1, "o-tao"), "plain", clock.now(), WAIT)

    other = inbox.accept(message(clock, 1, "o-zhang"), "plain", clock.now(), WAIT)

    assert other.claim is not None


def test_a_dead_process_gives_its_row_up_when_the_lease_ends(
    inbox: Inbox, database: Database, clock: FixedClock
) -> None:
    first = inbox.accept(message(clock), "plain", clock.now(), WAIT)
    clock.advance(6.1)

    second = inbox.claim_next("o-tao", clock.now())

    assert second is not None
    assert second.attempt == 2
    assert done(database, first.claim, clock) is None, "the first claim must not finish what the second works on"
    assert done(database, second, clock) is AnswerMode.LATER


def test_an_answer_in_time_is_passive_and_stays_the_same_for_every_repeat(
    inbox: Inbox, database: Database, clock: FixedClock
) -> None:
    accepted = inbox.accept(message(clock), "plain", clock.now(), WAIT)
    done(database, accepted.claim, clock, "<xml>1</xml>")

    repeat = inbox.accept(message(clock), "plain", clock.now(), WAIT)
    found = inbox.find_answer(repeat.row_id)

    assert found is not None
    assert (found.mode, found.body) == (AnswerMode.PASSIVE, "<xml>1</xml>")
    assert inbox.give_up_waiting(repeat.row_id).body == "<xml>1</xml>"


def test_giving_up_first_makes_the_answer_leave_later(inbox: Inbox, database: Database, clock: FixedClock) -> None:
    accepted = inbox.accept(message(clock), "plain", clock.now(), WAIT)

    given_up = inbox.give_up_waiting(accepted.row_id)

    assert (given_up.mode, given_up.body) == (AnswerMode.LATER, "")
    assert done(database, accepted.claim, clock) is AnswerMode.LATER
    assert inbox.give_up_waiting(accepted.row_id).body == ""


def test_silence_is_an_answer_too(inbox: Inbox, database: Database, clock: FixedClock) -> None:
    accepted = inbox.accept(message(clock), "plain", clock.now(), WAIT)
    clock.advance(10)
    assert accepted.claim is not None

    with database.transaction() as session:
        answered = finish(session, accepted.claim, clock.now(), None)

    assert answered == Answered(AnswerMode.PASSIVE, "")
    found = inbox.find_answer(accepted.row_id)
    assert found is not None
    assert found.body == ""


def test_an_unfinished_row_is_left_behind_after_a_second_and_a_parked_one_never(
    inbox: Inbox, database: Database, clock: FixedClock
) -> None:
    accepted = inbox.accept(message(clock), "plain", clock.now(), WAIT)
    assert accepted.claim is not None
    assert inbox.followers_left_behind(clock.now()) == []

    inbox.release(accepted.claim)
    clock.advance(1.5)
    assert inbox.followers_left_behind(clock.now()) == ["o-tao"]

    claim = inbox.claim_next("o-tao", clock.now())
    assert claim is not None
    inbox.park(claim, "ValueError")
    clock.advance(60)
    assert inbox.followers_left_behind(clock.now()) == []
    assert row_of(database, accepted.row_id).state is RowState.PARKED


def test_a_message_survives_the_row(clock: FixedClock) -> None:
    said = message(clock)

    assert InboundMessage.from_json(said.to_json()) == said


def test_what_is_for_the_record_is_noted_once_in_the_transaction_that_keeps_it(
    inbox: Inbox, database: Database, clock: FixedClock
) -> None:
    noted: list[str] = []

    def note(session: Session, told: InboundMessage, _: datetime) -> None:
        assert session.scalar(select(InboxRow.state).where(InboxRow.dedupe_key == told.dedupe_key)) is RowState.DONE
        noted.append(told.dedupe_key)

    kept = [inbox.record(message(clock), "plain", clock.now(), note) for _ in range(2)]

    assert (kept, noted) == ([True, False], ["m:1:o-tao"])


def test_a_push_whose_note_fails_is_not_kept_so_that_it_comes_again(
    inbox: Inbox, database: Database, clock: FixedClock
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no room")

    with pytest.raises(RuntimeError):
        inbox.record(message(clock), "plain", clock.now(), fail)

    assert inbox.record(message(clock), "plain", clock.now(), lambda *_: None)
