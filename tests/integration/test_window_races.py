"""Lines that join while others claim, flush and close; one rating, one promise: on both databases, at the same time."""

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import func, select

from bot.clock import FixedClock
from bot.compliance.rules import check_outbound
from bot.db import Database
from bot.delivery.guard import OutboundGuard
from bot.delivery.model import Allowance, Delivery
from bot.delivery.service import Deliverer
from bot.dialogue.aftercare import Aftercare
from bot.followups.model import Followup
from bot.handoff.model import Conversation, Owner
from bot.handoff.replies import RepMessage, RepReplies
from bot.messages import Reply
from bot.rescue.calls import Calls, Wanted
from bot.rescue.model import Rescue
from bot.rescue.service import Rescues
from bot.transcripts.model import Line, Speaker
from config.content import load_content
from config.rules import load_wording
from tests.at_once import at_once, verdicts
from tests.factories import MORNING, add_waiting, conversation_of, hear
from tests.fakes import FakeWaker, FakeWeChat, FixedContents

CHECK = partial(check_outbound, wording=load_wording())
GUARD = OutboundGuard(CHECK)
ROUNDS = 12


def open_chat(database: Database, number: int = 1, used: int = 2, owner: Owner = Owner.ACTIVE) -> int:
    """A chat of rep01 with 5 - `used` messages left."""
    chat = add_waiting(database, number)
    hear(database, chat)
    with database.transaction() as session:
        row = session.get_one(Conversation, chat)
        row.owner, row.rep, row.accepted_at = owner, "rep01", MORNING
        mine = select(Allowance).where(Allowance.follower_id == row.follower_id)
        session.scalars(mine).one().used = used
    return chat


def replies(database: Database, wechat: FakeWeChat, clock: FixedClock) -> RepReplies:
    return RepReplies(database, Deliverer(database, wechat, clock), CHECK, FakeWaker(), clock, _Idle())


class _Idle(ThreadPoolExecutor):
    """Sends nothing by itself: the race is run by hand."""

    def submit(self, *_args: Any, **_more: Any) -> Future[Any]:
        return Future()


def say(found: RepReplies, chat: int, text: str) -> int:
    return found.send(chat, "rep01", RepMessage(f"key-{text}-00000", Reply(text, is_ai=False))).id


def test_a_line_that_joins_while_the_row_is_claimed_is_lost_by_neither(
    both_databases: Database, clock: FixedClock
) -> None:
    """The claim's clock is ahead: for it the row is due, for the joining rep it still waits."""
    ahead = FixedClock(clock.now())
    ahead.advance(7)
    for number in range(ROUNDS):
        wechat = FakeWeChat()
        chat, found = open_chat(both_databases, number), replies(both_databases, wechat, clock)
        say(found, chat, "一")

        at_once(partial(say, found, chat, "二"), Deliverer(both_databases, wechat, ahead).sweep)
        later = FixedClock(clock.now())
        later.advance(30)
        Deliverer(both_databases, wechat, later).sweep()

        said = "\n".join(reply.text for _, reply in wechat.sent)
        assert said == "一\n二"
        with both_databases.reading() as session:
            used = session.scalars(select(Allowance.used).order_by(Allowance.id.desc()).limit(1)).one()
        assert used == 2 + len(wechat.sent)


def test_lines_said_at_once_are_each_said_once(both_databases: Database, clock: FixedClock) -> None:
    wechat = FakeWeChat()
    chat, found = open_chat(both_databases), replies(both_databases, wechat, clock)

    at_once(*[partial(say, found, chat, f"第{number}句") for number in range(6)])
    clock.advance(30)
    Deliverer(both_databases, wechat, clock).sweep()

    [(_, reply)] = wechat.sent
    assert sorted(reply.text.split("\n")) == [f"第{number}句" for number in range(6)]
    with both_databases.reading() as session:
        lines = session.scalars(select(Line).where(Line.speaker == Speaker.REP).order_by(Line.id)).all()
        assert session.scalars(select(func.count()).select_from(Delivery)).one() == 1
    # As they were written, so they are read.
    assert reply.text == "\n".join(line.text for line in lines)
    assert len({line.delivery_id for line in lines}) == 1


def test_flush_and_sweep_and_another_line_send_each_word_once(both_databases: Database, clock: FixedClock) -> None:
    for number in range(ROUNDS):
        wechat = FakeWeChat()
        chat, found = open_chat(both_databases, number), replies(both_databases, wechat, clock)
        say(found, chat, "一")

        at_once(
            partial(found.flush, chat, "rep01"),
            partial(say, found, chat, "二"),
            Deliverer(both_databases, wechat, clock).sweep,
        )
        later = FixedClock(clock.now())
        later.advance(30)
        Deliverer(both_databases, wechat, later).sweep()

        assert "\n".join(reply.text for _, reply in wechat.sent) == "一\n二"


def test_a_rating_is_asked_once_however_often_it_is_wanted_at_once(both_databases: Database, clock: FixedClock) -> None:
    wechat, content = FakeWeChat(), FixedContents(load_content())
    aftercare = Aftercare(both_databases, Deliverer(both_databases, wechat, clock), content, clock, GUARD)
    chat = open_chat(both_databases, used=4)

    at_once(*[partial(aftercare.ask_rating, chat) for _ in range(6)])

    assert len(wechat.sent) == 1
    assert conversation_of(both_databases, chat).rating_asked_at == MORNING


def test_the_last_message_is_taken_by_the_rep_or_the_question_never_by_both(
    both_databases: Database, clock: FixedClock
) -> None:
    for number in range(ROUNDS):
        wechat = FakeWeChat()
        chat, found = open_chat(both_databases, number, used=4), replies(both_databases, wechat, clock)
        content = FixedContents(load_content())
        aftercare = Aftercare(both_databases, Deliverer(both_databases, wechat, clock), content, clock, GUARD)
        message = RepMessage("key-00000001", Reply("再见" * 40, is_ai=False), is_last_confirmed=True)

        said, asked = verdicts(partial(found.send, chat, "rep01", message), partial(aftercare.ask_rating, chat))

        row = conversation_of(both_databases, chat)
        assert (said, asked) in {("done", "done"), ("send_refused", "done")}
        assert (row.rating_asked_at is None) == (said == "done")
        assert row.rating_skipped == ("allowance_spent" if said == "done" else None)


def test_sweeps_at_once_find_and_settle_a_window_once(both_databases: Database, clock: FixedClock) -> None:
    content = FixedContents(load_content())
    deliverer = Deliverer(both_databases, FakeWeChat(), clock)
    rescues = Rescues(both_databases, deliverer, content, GUARD, clock)
    open_chat(both_databases)
    clock.advance(60 * 3600)

    at_once(*[rescues.sweep for _ in range(4)])
    rescues.sweep()

    with both_databases.reading() as session:
        assert session.scalars(select(func.count()).select_from(Rescue)).one() == 1
        assert session.scalars(select(func.count()).select_from(Followup)).one() == 1


def test_a_rep_and_the_end_of_the_window_promise_one_call(both_databases: Database, clock: FixedClock) -> None:
    content = load_content()
    deliverer = Deliverer(both_databases, FakeWeChat(), clock)
    rescues = Rescues(both_databases, deliverer, FixedContents(content), GUARD, clock)
    chat = open_chat(both_databases)
    clock.advance(60 * 3600)
    due_at = clock.now() + timedelta(hours=17)
    calls = Calls(both_databases, clock)

    at_once(partial(calls.promise_call, chat, "rep01", Wanted("回电", due_at=due_at), content), rescues.sweep)
    rescues.sweep()

    with both_databases.reading() as session:
        assert session.scalars(select(func.count()).select_from(Followup)).one() == 1
