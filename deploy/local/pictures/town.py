"""The people of the pictures: owners on their phones, staff at the console, and the clock they share."""

import time
from datetime import date, datetime, timedelta
from typing import Any

import httpx

from bot.adapters.simulated_clock import REFRESH_S
from bot.clock import BANK_ZONE, local
from bot.knowledge.hours import is_working_day
from config.settings import Settings
from deploy.local.pictures.album import NothingToShow
from deploy.local.product import Console, Phone, eventually
from deploy.local.scripts.bubbles import lines_of
from jobs.app import make_app

# Each process reads the simulator's clock twice a second.
CLOCK_SETTLES_S = 1.5 * REFRESH_S
SUPERVISOR = "supervisor01"


class Town:
    """Who takes part, and what time it is."""

    def __init__(self, settings: Settings, simulator: httpx.Client) -> None:
        self._api = f"http://127.0.0.1:{settings.api_port}"
        self._jobs = make_app(settings)
        self.simulator = simulator
        # The conversation each owner had last, by his name.
        self.chats: dict[str, int] = {}
        self._staff: dict[str, Console] = {}
        self._owners: dict[str, Phone] = {}

    def staff(self, username: str) -> Console:
        """A signed-in member of staff."""
        if username not in self._staff:
            self._staff[username] = Console(self._api, username)
        return self._staff[username]

    def owner(self, name: str, firm: str | None = None) -> Phone:
        """The follower of this name; bound to the firm when one is given for the first time."""
        if name not in self._owners:
            self._owners[name] = Phone(self.simulator, name)
            if firm is not None:
                self._owners[name].bind(firm)
        return self._owners[name]

    def now(self) -> datetime:
        """The bank's wall clock."""
        return local(datetime.fromisoformat(self.simulator.get("/sim/clock").raise_for_status().json()["now"]))

    def next_working_day(self, wall: str) -> None:
        """Move to this time of the next working day."""
        day = self.now().date() + timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
        self._move_to(_moment(day, wall))

    def at(self, wall: str) -> None:
        """Move on to this time of the day."""
        self._move_to(self.today_at(wall))

    def later(self, seconds: float) -> None:
        """Let so much time pass."""
        self._move_to(self.now() + timedelta(seconds=seconds))

    def chat_of(self, owner: Phone, words: str) -> int:
        """The owner asks for a person with these words; the conversation's id as soon as it waits."""
        owner.say(words)
        return self.waiting(words)

    def waiting(self, words: str) -> int:
        """The conversation that waits and in which this was said last."""
        found = eventually(lambda: self._waiting(words))
        if not found:
            raise NothingToShow(f"nobody waits who said: {words}")
        return int(found[0]["id"])

    def hears(self, owner: Phone, words: str) -> None:
        """The phone shows these words by now."""
        if not eventually(lambda: any(words in text for text in owner.account_texts())):
            raise NothingToShow(f"the phone never showed: {words}")

    def taps(self, owner: Phone, label: str) -> None:
        """The owner taps the newest line of this name."""
        found = eventually(lambda: [lines_of(one)[label] for one in owner.transcript() if label in lines_of(one)])
        if not found:
            raise NothingToShow(f"nothing to tap: {label}")
        owner.tap(found[-1], label)

    def tick(self, name: str) -> None:
        """Have the workers do now what they do every few minutes."""
        self._jobs.send_task(f"jobs.ticks.{name}")

    def call(self, username: str, path: str, body: dict[str, Any] | None = None, method: str = "POST") -> Any:
        """What the console's API answers to this act of a member of staff."""
        answer = self.staff(username).client.request(method, f"/api/{path}", json=body)
        if answer.is_error:
            raise NothingToShow(f"{method} {path} was answered with {answer.status_code} {answer.text[:300]}")
        return answer.json() if answer.content else None

    def ask(self, username: str, path: str) -> Any:
        """What the console's API tells this member of staff."""
        return self.call(username, path, method="GET")

    def follower_of(self, chat: int) -> int:
        """The customer's id."""
        return int(self.staff(SUPERVISOR).show(chat)["customer"]["id"])

    def today_at(self, wall: str) -> datetime:
        """This time of today."""
        return _moment(self.now().date(), wall)

    def _waiting(self, words: str) -> list[dict[str, Any]]:
        queue = self.staff(SUPERVISOR).handoffs(state="queued") + self.staff(SUPERVISOR).handoffs(state="offered")
        return [chat for chat in queue if chat["last_text"] == words]

    def _move_to(self, moment: datetime) -> None:
        ahead_s = (moment - self.now()).total_seconds()
        self.simulator.post("/sim/clock", json={"advance_s": max(0.0, ahead_s)}).raise_for_status()
        time.sleep(CLOCK_SETTLES_S)


def _moment(day: date, wall: str) -> datetime:
    hour, minute = map(int, wall.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BANK_ZONE)
