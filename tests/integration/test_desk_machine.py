"""The desk under random hands: whatever reps, supervisors, customers, timers and Redis do, these hold.

One owner a chat; what a rep has, is asked about and wraps up weighs no more than he may; one offer a rep; after a sweep
every waiting chat stands in its line, no first word is overdue, and nobody waits while a rep of its desk is ready,
alive, has room and has not turned it down, unless it is worth waiting for one who knows the customer.
"""

from collections import Counter
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import event, select

from bot.audit.model import AuditAct
from bot.audit.service import Doer
from bot.clock import FixedClock
from bot.customers.model import Follower
from bot.db import Base, Database
from bot.errors import CapacityReached, Refused, RepAbsent
from bot.handoff import rules
from bot.handoff.model import Conversation, Outcome, Owner
from bot.handoff.routing import Routing
from bot.handoff.service import Desk
from bot.handoff.serving import has_spoken
from bot.handoff.supervising import Supervision
from bot.handoff.transitions import close_by_bot, is_abandoned, open_handoff
from bot.messages import HandoffRequest
from bot.staff.model import RepStatus, StaffMember
from tests.factories import DESK_RULES, MORNING, add_rep, add_waiting, hear
from tests.fakes import FakeQueue, FakeWaker

RUNS, STEPS = 200, 30
REPS = {"rep01": (("loan",), 1), "rep02": (("loan", "fraud"), 2), "rep03": (("general",), 1), "rep04": (("loan",), 3)}
BOSS = Doer("rep02")
# A chat of the fraud desk weighs two; the loan desk overflows to the general one.
DESKS = ("loan", "fraud")
HELD = (Owner.OFFERED, Owner.ACTIVE)

_home = TemporaryDirectory(prefix="desk-machine-")
_database = Database(f"sqlite:///{Path(_home.name) / 'desk.db'}")


@event.listens_for(_database.engine, "connect")
def _no_disk_flush(connection: Any, _record: object) -> None:
    # Nothing here outlives the process, so no commit need reach the disk.
    connection.execute("PRAGMA synchronous=OFF")


rep_names = st.sampled_from(sorted(REPS))
picks = st.integers(0, 11)


class DeskMachine(RuleBasedStateMachine):
    """A day at the desk, over SQLite and the queue's fake, whose screens grow silent with the clock."""

    @initialize(
        statuses=st.lists(st.sampled_from(RepStatus), min_size=len(REPS), max_size=len(REPS)),
        skills=st.lists(st.sampled_from(DESKS), min_size=4, max_size=8),
    )
    def open_desk(self, statuses: list[RepStatus], skills: list[str]) -> None:
        Base.metadata.create_all(_database.engine)
        with _database.transaction() as session:
            for table in reversed(Base.metadata.sorted_tables):
                # What supervisors did is never deleted; its rows refer to nothing.
                if table.name != AuditAct.__tablename__:
                    session.execute(table.delete())
        self.clock, self.queue = FixedClock(MORNING), FakeQueue()
        self.desk = Desk(_database, Routing(_database, self.queue, FakeWaker(), self.clock, DESK_RULES), self.clock)
        self.supervision = Supervision(_database, self.desk.routing, self.clock)
        self.chats: list[int] = []
        self.versions: dict[int, int] = {}
        for (name, (served, capacity)), status in zip(REPS.items(), statuses, strict=True):
            add_rep(_database, name, skills=served, capacity=capacity, status=status)
            self.desk.routing.beat(name)
        for skill in skills:
            self.somebody_asks_for_a_human(skill, 0, is_told=True)

    def teardown(self) -> None:
        """However the day went: with Redis back, one sweep puts everything right."""
        if hasattr(self, "queue"):
            self.queue.is_down = False
            self.sweep()

    # ---- customers ---------------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.chats) < 12)
    @rule(
        skill=st.sampled_from(DESKS),
        priority=st.sampled_from([0, 0, 90]),
        is_told=st.booleans(),
        dedicated=st.none() | rep_names,
    )
    def somebody_asks_for_a_human(self, skill: str, priority: int, is_told: bool, dedicated: str | None = None) -> None:
        chat = add_waiting(_database, len(self.chats), skill=skill, priority=priority, queued_at=self.clock.now())
        hear(_database, chat, at=self.clock.now())
        with _database.transaction() as session:
            follower_id = session.get_one(Conversation, chat).follower_id
            session.get_one(Follower, follower_id).dedicated_rep = dedicated
        self.chats.append(chat)
        if is_told:  # else the process died between commit and wake
            self.desk.routing.wake(chat)

    @rule(pick=picks)
    def a_customer_writes(self, pick: int) -> None:
        hear(_database, self._chat(pick), at=self.clock.now())

    @rule(pick=picks)
    def a_customer_leaves(self, pick: int) -> None:
        chat = self._chat(pick)
        with _database.transaction() as session:
            row = session.get_one(Conversation, chat)
            if row.owner not in (Owner.QUEUED, Owner.OFFERED):
                return
            close_by_bot(session, row, Outcome.NO_REPLY, self.clock.now())
        self.desk.routing.forget(chat)

    @precondition(lambda self: any(row.queued_at for row in self._with(Owner.BOT)))
    @rule(pick=picks, skill=st.sampled_from(DESKS))
    def who_was_returned_asks_again(self, pick: int, skill: str) -> None:
        with _database.transaction() as session:
            row = session.get_one(Conversation, self._one_of(Owner.BOT, pick).id)
            open_handoff(session, row, HandoffRequest(skill, "还要人工"), {}, self.clock.now())
        self.desk.routing.wake(row.id)

    # ---- supervisors -------------------------------------------------------------------------------------------

    @rule(pick=picks, rep=rep_names)
    def assign(self, pick: int, rep: str) -> None:
        with suppress(Refused):
            self.supervision.assign(self._chat(pick), BOSS, rep, "")

    @rule(pick=picks)
    def take_over(self, pick: int) -> None:
        with suppress(Refused):
            self.supervision.take_over(self._chat(pick), BOSS, "")

    # ---- reps --------------------------------------------------------------------------------------------------

    @rule(pick=picks, rep=rep_names)
    def accept_any(self, pick: int, rep: str) -> None:
        with suppress(Refused):
            self.desk.accept(self._chat(pick), rep)

    @precondition(lambda self: self._with(Owner.QUEUED))
    @rule(pick=picks, rep=rep_names)
    def accept_from_the_line(self, pick: int, rep: str) -> None:
        with suppress(CapacityReached):
            self.desk.accept(self._one_of(Owner.QUEUED, pick).id, rep)

    @precondition(lambda self: self._with(Owner.OFFERED))
    @rule(pick=picks, is_accepted=st.booleans())
    def the_asked_rep_answers(self, pick: int, is_accepted: bool) -> None:
        row = self._one_of(Owner.OFFERED, pick)
        assert row.rep is not None
        if not is_accepted:
            self.desk.decline(row.id, row.rep, "busy")
            return
        with suppress(Refused):
            self.desk.accept(row.id, row.rep)

    @rule(pick=picks, rep=rep_names)
    def a_wrong_rep_tries(self, pick: int, rep: str) -> None:
        row = self._rows()[pick % len(self.chats)]
        if row.rep == rep:
            return
        for act in (
            lambda: self.desk.decline(row.id, rep, "busy"),
            lambda: self.desk.close(row.id, rep, Outcome.SOLVED, ""),
            lambda: self.desk.transfer(row.id, rep, skill="loan", to=None, note=""),
            lambda: self.supervision.give_back(row.id, Doer(rep), "", [], of=rep),
            lambda: self.desk.wrap_up(row.id, rep),
            lambda: self.desk.correct_outcome(row.id, rep, Outcome.SOLVED, ""),
        ):
            try:
                act()
            except Refused:
                continue
            raise AssertionError(f"{rep} moved a chat of {row.rep}")

    @precondition(lambda self: self._with(Owner.ACTIVE))
    @rule(pick=picks, skill=st.sampled_from(DESKS), to=st.none() | rep_names)
    def transfer(self, pick: int, skill: str, to: str | None) -> None:
        row = self._one_of(Owner.ACTIVE, pick)
        with suppress(RepAbsent):
            self.desk.transfer(row.id, row.rep or "", skill=skill, to=to, note="")

    @precondition(lambda self: self._with(Owner.ACTIVE))
    @rule(pick=picks)
    def a_rep_says_something(self, pick: int) -> None:
        row = self._one_of(Owner.ACTIVE, pick)
        with _database.transaction() as session:
            session.get_one(Conversation, row.id).last_rep_at = self.clock.now()

    @precondition(lambda self: self._with(Owner.ACTIVE))
    @rule(pick=picks)
    def give_back_to_the_bot(self, pick: int) -> None:
        row = self._one_of(Owner.ACTIVE, pick)
        self.supervision.give_back(row.id, Doer(row.rep or ""), "", [], of=row.rep)

    @precondition(lambda self: self._with(Owner.CLOSED))
    @rule(pick=picks)
    def end_the_wrap_up(self, pick: int) -> None:
        row = self._one_of(Owner.CLOSED, pick)
        if row.rep is not None:
            self.desk.wrap_up(row.id, row.rep)

    @precondition(lambda self: self._with(Owner.ACTIVE))
    @rule(pick=picks)
    def close(self, pick: int) -> None:
        row = self._one_of(Owner.ACTIVE, pick)
        self.desk.close(row.id, row.rep or "", Outcome.SOLVED, "")

    @rule(rep=rep_names, status=st.sampled_from(RepStatus))
    def say(self, rep: str, status: RepStatus) -> None:
        self.desk.set_status(rep, status)

    @rule(rep=rep_names)
    def beat(self, rep: str) -> None:
        self.desk.routing.beat(rep)

    # ---- time and Redis ----------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([1, 21, 31, 61, 121, 3600]), alive=st.sets(rep_names))
    def time_passes(self, seconds: int, alive: set[str]) -> None:
        self.clock.advance(seconds)
        self.queue.silent = {rep: silent + seconds for rep, silent in self.queue.silent.items()}
        for rep in alive:
            self.desk.routing.beat(rep)
        self.sweep()

    @rule()
    def redis_is_flushed(self) -> None:
        self.queue.lose()

    @rule()
    def redis_goes_or_comes(self) -> None:
        self.queue.is_down = not self.queue.is_down

    @rule()
    def sweep(self) -> None:
        self.desk.routing.sweep()

        if not self.queue.is_down:
            self._check_everybody_stands_in_line()
            self._check_nobody_waits_for_a_free_rep()
            self._check_silent_reps_hold_nobody()
        self._check_nobody_waits_for_a_first_word()

    # ---- what always holds -------------------------------------------------------------------------------------

    @invariant()
    def every_chat_has_one_owner_and_no_rep_too_many(self) -> None:
        rows = self._rows()
        for row in rows:
            assert row.rep in REPS if row.owner in HELD else row.owner is not Owner.QUEUED or row.rep is None
            if row.owner in HELD:
                assert (row.offer_expires_at is not None) == (row.owner is Owner.OFFERED)
            assert (row.closed_at is not None) == (row.owner is Owner.CLOSED)
            assert row.version >= self.versions.get(row.id, 0), "a version never falls"
            self.versions[row.id] = row.version
        load = self._loads()
        for rep, (_, capacity) in REPS.items():
            assert load[rep] <= capacity
            assert sum(row.rep == rep and row.owner is Owner.OFFERED for row in rows) <= 1

    def _check_everybody_stands_in_line(self) -> None:
        for skill in DESKS:
            waiting = {row.id for row in self._with(Owner.QUEUED) if row.skill == skill}
            assert waiting <= set(self.queue.waiting(skill, 99)), "a waiting chat is lost to Redis"

    def _check_nobody_waits_for_a_free_rep(self) -> None:
        silences = self.queue.silences()
        load = self._loads()
        asked = {row.rep for row in self._with(Owner.OFFERED)}
        with _database.reading() as session:
            ready = session.scalars(select(StaffMember).where(StaffMember.status == RepStatus.READY)).all()
        for row in self._with(Owner.QUEUED):
            waited_s = (self.clock.now() - (row.queued_at or self.clock.now())).total_seconds()
            desk = DESK_RULES[row.skill or ""]
            skills = {row.skill, desk.overflow_to if 0 < desk.overflow_after_s <= waited_s else None}
            if waited_s < desk.dedicated_wait_s + desk.dedicated_wait_s + desk.last_rep_wait_s:
                # Somebody who knows him may be waited for; the tables of the rules say when.
                continue
            for rep in ready:
                is_free = (
                    bool(skills & {*rep.skills})
                    and load[rep.username] + min(desk.weight, rep.capacity) <= rep.capacity
                    and rep.username not in asked
                    and silences.get(rep.username, 1e9) < rules.NO_OFFERS_AFTER_S
                    and rep.username not in row.declined_by
                )
                assert not is_free, f"{rep.username} is free and chat {row.id} waits"

    def _check_nobody_waits_for_a_first_word(self) -> None:
        for row in self._with(Owner.ACTIVE):
            is_overdue = row.reply_due_at is not None and row.reply_due_at <= self.clock.now()
            assert not is_overdue or has_spoken(row), "a rep who never said a word keeps his customer"

    def _check_silent_reps_hold_nobody(self) -> None:
        silences = self.queue.silences()
        for row in self._rows():
            if row.owner in HELD:
                assert row.rep in silences, "nobody watches the screen of a rep who holds a chat"
                assert not is_abandoned(row, silences[row.rep])

    def _loads(self) -> Counter[str]:
        load: Counter[str] = Counter()
        for row in self._rows():
            is_wrapped_up = row.wrap_up_until is not None and row.wrap_up_until > self.clock.now()
            if row.rep is not None and (row.owner in HELD or (row.owner is Owner.CLOSED and is_wrapped_up)):
                load[row.rep] += row.weight
        return load

    def _rows(self) -> list[Conversation]:
        with _database.reading() as session:
            return list(session.scalars(select(Conversation).order_by(Conversation.id)))

    def _with(self, owner: Owner) -> list[Conversation]:
        return [row for row in self._rows() if row.owner is owner]

    def _one_of(self, owner: Owner, pick: int) -> Conversation:
        rows = self._with(owner)
        return rows[pick % len(rows)]

    def _chat(self, pick: int) -> int:
        return self.chats[pick % len(self.chats)]


DeskMachine.TestCase.settings = settings(
    max_examples=RUNS,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
TestDeskMachine = DeskMachine.TestCase
