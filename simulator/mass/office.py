"""Mass jobs and what the platform remembers of them: client ids, the days of sends to all, the speed."""

import hashlib
import re
from dataclasses import dataclass, field
from enum import StrEnum

from simulator.articles.box import Article
from simulator.articles.newsstand import Post
from simulator.clock import VirtualClock
from simulator.errors import ApiError

# By level: 10,000 followers a minute.
SPEEDS = (80, 60, 45, 30, 10)
CLIENT_ID_S = 24 * 3600
RETRY_GAP_S = 60
CLIENT_ID = re.compile(r"[A-Za-z0-9_]{1,64}")
TO_ALL_A_MONTH = 4


class State(StrEnum):
    """msg_status of mass/get."""

    SENDING = "SENDING"
    SUCCESS = "SEND_SUCCESS"
    FAILED = "SEND_FAIL"
    DELETED = "DELETE"


@dataclass
class Job:
    """One send. `openids` is whom it is meant for; of those `let_through` were left after the platform's filters."""

    msg_id: int
    data_id: int
    openids: list[str]
    articles: list[Article]
    text: str
    at_s: float
    is_to_all: bool = False
    ignores_reprint: bool = False
    has_receipt: bool = True
    waits_for_admin: bool = False
    state: State = State.SENDING
    status: str = ""
    let_through: int = 0
    sent: int = 0
    errors: int = 0
    copyright_state: int = 0
    posts: list[Post] = field(default_factory=list)


class MassOffice:
    """Jobs by number. The caller holds the world's lock."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._jobs: dict[int, Job] = {}
        self._clients: dict[str, Job] = {}
        self._failures: dict[str, float] = {}
        self._to_all: list[str] = []
        self.level = 0

    def check_client(self, key: str) -> None:
        """Raise ApiError 45065 with the first job's number, or 45066 within a minute of a refused try."""
        now, first = self._clock.now_s(), self._clients.get(key)
        if first is not None and now - first.at_s < CLIENT_ID_S:
            raise ApiError(45065, msg_id=first.msg_id)
        if now - self._failures.get(key, float("-inf")) < RETRY_GAP_S:
            raise ApiError(45066)

    def note_refusal(self, key: str) -> None:
        """A try with this client id was refused."""
        self._failures[key] = self._clock.now_s()

    def note_to_all(self) -> None:
        """Count a send to all. Raises ApiError 45028 for a second one of the day and a fifth of the month."""
        today = self._clock.beijing_day()
        in_month = [day for day in self._to_all if day.startswith(today[:7])]
        if today in in_month or len(in_month) >= TO_ALL_A_MONTH:
            raise ApiError(45028)
        self._to_all.append(today)

    def add(self, job: Job, key: str | None) -> None:
        """Register an accepted job under its client id."""
        self._jobs[job.msg_id] = job
        if key is not None:
            self._clients[key] = job

    def get(self, msg_id: object) -> Job:
        """The job. Raises ApiError 40059."""
        number = int(msg_id) if isinstance(msg_id, int | str) and str(msg_id).isdigit() else None
        job = self._jobs.get(number) if number is not None else None
        if job is None:
            raise ApiError(40059)
        return job

    def all(self) -> list[Job]:
        """Every job, oldest first."""
        return list(self._jobs.values())

    def duration_s(self, job: Job) -> float:
        """How long it takes to send at the speed of now."""
        return 1 + len(job.openids) / (SPEEDS[self.level] * 10_000 / 60)


def client_key(given: object, content: str) -> str:
    """What a try is recognised by: its client id, or without one its content. Raises ApiError 45067."""
    if given is None or given == "":
        return f"derived {hashlib.sha256(content.encode()).hexdigest()}"
    # 64 bytes on the page; ids with dashes were refused in the field.
    if not isinstance(given, str) or not CLIENT_ID.fullmatch(given):
        raise ApiError(45067)
    return given
