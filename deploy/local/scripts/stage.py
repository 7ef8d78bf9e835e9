"""The language of the acceptance scripts: a customer says, taps and sees; a rep accepts, replies, closes and phones; a
supervisor looks on; the bank reports; the clock moves.

Every step goes through the running product by HTTP, and each answer on the phone must be looked at by a `sees` before
the story goes on: what nobody expected breaks it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import httpx

from bot.adapters.simulated_clock import REFRESH_S
from bot.clock import BANK_ZONE, local
from bot.knowledge.hours import is_working_day
from deploy.local.product import Console
from deploy.local.scripts.caller import Caller
from deploy.local.scripts.customer import Customer
from deploy.local.scripts.keepers import Reviewer, Writer
from deploy.local.scripts.marketer import Approver, Marketer
from deploy.local.scripts.record import Record, StepFailed
from deploy.local.scripts.rep import Rep
from deploy.local.scripts.supervisor import Supervisor
from deploy.local.scripts.trainer import Trainer
from deploy.local.scripts.transcript import Moment, Side

# Each process reads the simulator's clock twice a second.
CLOCK_SETTLES_S = 1.5 * REFRESH_S
TAKEN = (httpx.codes.OK, httpx.codes.CREATED, httpx.codes.ACCEPTED, httpx.codes.NO_CONTENT)


@dataclass(frozen=True)
class Script:
    """One acceptance script. `starts` is a time of the wall clock, on a working day before another working day."""

    id: str
    title: str
    premise: str
    starts: str
    play: Callable[["Stage"], None]


@dataclass(frozen=True)
class House:
    """Where the product runs; `console` gives a signed-in member of staff."""

    simulator: httpx.Client
    console: Callable[[str], Console]


def nobody_listens(_: Moment) -> None:
    """For performances that are only kept on record."""


def perform(script: Script, house: House, tell: Callable[[Moment], None] = nobody_listens) -> Record:
    """Play a script to its end and leave the desk empty. Raises StepFailed."""
    stage = Stage(house, tell)
    try:
        stage.opens(script.starts)
        script.play(stage)
        stage.all_looked_at()
    finally:
        stage.clear()
    return stage.record


class Stage:
    """Who takes part, what time it is, and what happened so far."""

    def __init__(self, house: House, tell: Callable[[Moment], None] = nobody_listens) -> None:
        self._house = house
        self.record = Record(self._clock(), tell)
        self._customers: list[Customer] = []
        self._reps: list[Rep] = []
        self._writers: list[Writer] = []
        self._marketers: list[Marketer] = []
        self._callers: list[Caller] = []

    def newcomer(self, name: str, firm: str | None = None) -> Customer:
        """Somebody who has just followed the account, with the welcome on his phone; bound to a firm of the simulated
        bank, or unknown to it.
        """
        self._customers.append(Customer(self.record, self._house.simulator, name, firm))
        return self._customers[-1]

    def customer(self, name: str, firm: str | None = None) -> Customer:
        """A follower who knows the welcome."""
        return self.newcomer(name, firm).looks_away()

    def trainer(self, username: str, name: str) -> Trainer:
        """Somebody who decides what is learned from misread messages."""
        return Trainer(self.record, self._house.console(username), name)

    def writer(self, username: str, name: str) -> Writer:
        """Somebody who writes what the bank says."""
        self._writers.append(Writer(self.record, self._house.console(username), name))
        return self._writers[-1]

    def reviewer(self, username: str, name: str) -> Reviewer:
        """Somebody who approves what others wrote."""
        return Reviewer(self.record, self._house.console(username), name)

    def marketer(self, username: str, name: str) -> Marketer:
        """Somebody who pushes articles to chosen followers."""
        self._marketers.append(Marketer(self.record, self._house.console(username), name))
        return self._marketers[-1]

    def approver(self, username: str, name: str) -> Approver:
        """Somebody who decides what may be pushed."""
        return Approver(self.record, self._house.console(username), name)

    def rep(self, username: str, name: str) -> Rep:
        """A member of staff at the desk, not yet on duty."""
        self._reps.append(Rep(self.record, self._house.console(username), name))
        return self._reps[-1]

    def caller(self, username: str, name: str, customer: str) -> Caller:
        """A rep who phones this customer."""
        self._callers.append(Caller(self.record, self._house.console(username), name, customer))
        return self._callers[-1]

    def supervisor(self, username: str, name: str) -> Supervisor:
        """Somebody who looks on."""
        return Supervisor(self.record, self._house.console(username), name)

    def opens(self, wall: str) -> None:
        """Move to this time of the next working day that is followed by another one."""
        day = self.record.now.date()
        while not (_starts_two_working_days(day) and _moment(day, wall) > self.record.now):
            day += timedelta(days=1)
        self._move_to(_moment(day, wall))

    def at(self, wall: str) -> None:
        """Move on to this time of the same day."""
        self._move_to(_moment(self.record.now.date(), wall))

    def seconds_later(self, seconds: int) -> None:
        """Let so much time pass, for what takes effect by itself."""
        time.sleep(seconds)

    def next_day_at(self, wall: str) -> None:
        """Move on to this time of the following day."""
        self._move_to(_moment(self.record.now.date() + timedelta(days=1), wall))
        self.note("第二天")

    def bank_reports(self, told: str, kind: str, customer: Customer, **data: Any) -> None:
        """The bank's core system sends a signed fact about this customer's firm; `told` says it to the reader."""
        self.all_looked_at()
        self.note(told)
        self._report({"type": kind, "openid": customer.phone.openid, "firm_id": customer.firm, "data": data})

    def account_was_opened(self, told: str, firm: str, **data: Any) -> None:
        """The bank reports an account opened yesterday, by somebody it does not know from WeChat."""
        self.note(told)
        yesterday = self.record.now - timedelta(days=1)
        self._report({"type": "account_opened", "firm_id": firm, "occurred_at": yesterday.isoformat(), "data": data})

    def _report(self, event: dict[str, Any]) -> None:
        answer = self._house.simulator.post("/sim/bank/events", json=event).raise_for_status().json()
        if answer["status"] not in TAKEN:
            raise StepFailed(f"the bank's event {event['type']} was answered with {answer['status']}")

    def tomorrow_at(self, wall: str) -> str:
        """This time of the following day, as the console sends it."""
        return _moment(self.days_ahead(1), wall).isoformat()

    def days_ahead(self, days: int) -> date:
        """The date so many days from now."""
        return self.record.now.date() + timedelta(days=days)

    def note(self, text: str) -> None:
        """A word to the reader."""
        self.record.happened(Side.NOTE, "", text)

    def all_looked_at(self) -> None:
        """Raises StepFailed when a phone shows something that no step looked at."""
        for customer in self._customers:
            customer.must_have_looked()

    def clear(self) -> None:
        """End every chat, take back what was written, send everybody home."""
        for rep in self._reps:
            rep.goes_home()
        for writer in self._writers:
            writer.goes_home()
        for marketer in self._marketers:
            marketer.goes_home()
        for caller in self._callers:
            caller.goes_home()
        for customer in self._customers:
            if not customer.has_left:
                customer.leaves()
            if customer.firm is not None:
                # The next story with this firm begins with somebody nobody knows.
                self._report({"type": "binding_removed", "openid": customer.phone.openid, "firm_id": customer.firm})

    def _clock(self) -> datetime:
        return local(datetime.fromisoformat(self._house.simulator.get("/sim/clock").raise_for_status().json()["now"]))

    def _move_to(self, moment: datetime) -> None:
        ahead_s = (moment - self._clock()).total_seconds()
        self._house.simulator.post("/sim/clock", json={"advance_s": max(0.0, ahead_s)}).raise_for_status()
        self.record.now = moment
        time.sleep(CLOCK_SETTLES_S)


def _starts_two_working_days(day: date) -> bool:
    return is_working_day(day) and is_working_day(day + timedelta(days=1))


def _moment(day: date, wall: str) -> datetime:
    hour, minute = map(int, wall.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BANK_ZONE)
