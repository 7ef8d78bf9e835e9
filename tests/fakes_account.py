"""The account's server API in memory: the fake of every port in bot/account_ports.py, over one shared state.

It counts four a follower and calendar month, takes drafts out of the box as they are sent, recognises client ids and
keeps its figures back until eight in the morning, as the platform does. A test reads `received`, `jobs` and the like,
moves jobs on with `finish`, and breaks the next call with `fail_next` and `time_out_next`.
"""

import itertools
import json
import re
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from bot.account_ports import (
    Account,
    CallQuota,
    DayFigures,
    DraftArticle,
    DraftEntry,
    MassJob,
    MassSpeed,
    MassState,
    PlatformTag,
    Publication,
    PublishStatus,
    SentArticle,
)
from bot.clock import BANK_ZONE, Clock, local, local_day
from bot.errors import BotError, NotFound, NotReady, OutcomeUnknown, SendRefused, WechatBusy
from bot.messages import EventName, InboundMessage, MessageKind

Told = TypeVar("Told")
A_MONTH = 4
A_LIST = 10_000
HELPER = "oPlatformHelper0000000000001"
ACCOUNT = "gh_0123456789ab"
CLIENT_ID = re.compile(r"[A-Za-z0-9_]{1,32}")
SPEEDS = (80, 60, 45, 30, 10)
READY = time(8, tzinfo=BANK_ZONE)


@dataclass
class Job:
    """One mass send as the platform keeps it."""

    job_id: str
    data_id: str
    client_id: str
    openids: tuple[str, ...]
    articles: tuple[DraftArticle, ...]
    at: datetime
    state: MassState = MassState.SENDING
    status: str = "send success"
    reached: list[str] = field(default_factory=list)
    dead: set[int] = field(default_factory=set)

    @property
    def urls(self) -> tuple[str, ...]:
        """Where its articles stand."""
        return tuple(f"https://platform.invalid/s/{self.data_id}_{index}" for index, _ in enumerate(self.articles, 1))


class FakeAccount:
    """The whole account; `ports` is what the product is handed."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.following: list[str] = []
        self.left: set[str] = set()
        self.box: dict[str, tuple[DraftArticle, ...]] = {}
        self.box_times: dict[str, datetime] = {}
        self.images: dict[str, bytes] = {}
        self.article_images: dict[str, bytes] = {}
        self.publications: dict[str, Publication] = {}
        self.jobs: dict[str, Job] = {}
        self.received: dict[str, list[str]] = defaultdict(list)
        self.months: Counter[tuple[str, str]] = Counter()
        self.previews: list[tuple[str, str]] = []
        self.level = 0
        self.tag_names: dict[int, str] = {2: "星标组"}
        self.tagged: dict[int, list[str]] = defaultdict(list)
        self.quotas: dict[str, CallQuota] = {}
        self.notices: list[tuple[str, str, dict[str, str]]] = []
        self.agreed: Counter[tuple[str, str]] = Counter()
        self.sent_articles: list[SentArticle] = []
        self.reads: dict[tuple[str, date], set[str]] = defaultdict(set)
        self.shares: dict[tuple[str, date], set[str]] = defaultdict(set)
        self.follows: dict[date, tuple[int, int]] = {}
        self.are_figures_late = False
        self.calls: list[str] = []
        self._lock = threading.RLock()
        self._troubles: dict[str, list[_Trouble]] = defaultdict(list)
        self._numbers = itertools.count(1_000_000_001)
        self._client_ids: dict[str, str] = {}
        self._notice_ids: dict[tuple[str, str], tuple[str, datetime]] = {}

    @property
    def ports(self) -> Account:
        """The ports over this state."""
        return Account(
            drafts=FakeDrafts(self),
            material=FakeMaterial(self),
            publishing=FakePublishing(self),
            mass=FakeMassSends(self),
            tags=FakeTags(self),
            followers=FakeFollowerList(self),
            quotas=FakeQuotas(self),
            notices=FakeNotices(self),
            figures=FakeFigures(self),
        )

    def fail_next(self, call: str, error: BotError) -> None:
        """Raise this in place of the next call of that name, such as "mass.send_to_list"; may be said several times."""
        self._troubles[call].append(_Trouble(error, executes=False))

    def time_out_next(self, call: str, *, executes: bool = True) -> None:
        """Give no answer to the next call of that name; it is executed or it never arrived."""
        self._troubles[call].append(_Trouble(None, executes=executes))

    def count(self, call: str) -> int:
        """How often a call was made."""
        return self.calls.count(call)

    def add_draft(self, *titles: str) -> str:
        """Put a draft into the box by hand, past all troubles; its media id."""
        media_id = self.next_id("draft")
        self.box[media_id] = tuple(DraftArticle(title, "", "", "<p>…</p>", "", "thumb") for title in titles)
        self.box_times[media_id] = self.clock.now()
        return media_id

    def finish(self, job_id: str, status: str = "send success") -> InboundMessage:
        """Let a job end; the receipt the platform would push. A second time gives the same receipt again."""
        job = self.jobs[job_id]
        if job.state is MassState.SENDING:
            self._deliver(job, status)
        return self.receipt(job_id)

    def finish_all(self) -> list[InboundMessage]:
        """Let every running job end; their receipts."""
        return [self.finish(job.job_id) for job in self.jobs.values() if job.state is MassState.SENDING]

    def end_publishing(self, publish_id: str, status: PublishStatus = PublishStatus.DONE) -> None:
        """Let a publish job end."""
        found = self.publications[publish_id]
        article_id = f"article{publish_id}" if status is PublishStatus.DONE else None
        self.publications[publish_id] = replace(found, status=status, article_id=article_id)

    def receipt(self, job_id: str) -> InboundMessage:
        """The receipt of a job as bot/adapters/wechat_xml.py would read it."""
        job = self.jobs[job_id]
        detail = {
            "event": "masssendjobfinish",
            "job_id": job_id,
            "status": job.status,
            "total": str(len(job.openids)),
            "let_through": str(len(job.reached)),
            "sent": str(len(job.reached)),
            "failed": "0",
            "copyright_state": "0",
            "urls": json.dumps(job.urls),
        }
        key = f"mass:{job_id}"
        now = self.clock.now()
        return InboundMessage(
            MessageKind.EVENT, HELPER, ACCOUNT, now, key, event=EventName.MASS_DONE, detail=detail
        )  # fmt: skip

    def console_send(self, openids: Sequence[str], title: str) -> str:
        """The bank's own people send an article from the platform's console, past the product; its job id."""
        job = self.new_job(openids, (DraftArticle(title, "", "", "<p>…</p>", "", "thumb"),), client_id="")
        self._deliver(job, "send success")
        return job.job_id

    def read(self, article: str, *openids: str) -> None:
        """Followers open an article today, "<data id>_<index>"."""
        self.reads[article, local_day(self.clock.now())].update(openids)

    def share(self, article: str, *openids: str) -> None:
        """Followers share an article today."""
        self.shares[article, local_day(self.clock.now())].update(openids)

    def new_job(self, openids: Sequence[str], articles: tuple[DraftArticle, ...], client_id: str) -> Job:
        """Register a job that was accepted now."""
        job_id, data_id = self.next_id(), self.next_id()
        job = Job(job_id, data_id, client_id, tuple(dict.fromkeys(openids)), articles, self.clock.now())
        self.jobs[job_id] = job
        if client_id:
            self._client_ids[client_id] = job_id
        return job

    def first_job(self, client_id: str) -> Job | None:
        """The job a client id was used for in the last 24 hours."""
        job = self.jobs.get(self._client_ids.get(client_id, ""))
        return job if job is not None and self.clock.now() - job.at < timedelta(hours=24) else None

    def first_notice(self, openid: str, client_id: str) -> str | None:
        """The notice a client id was used for in the last ten minutes."""
        found = self._notice_ids.get((openid, client_id))
        return found[0] if found and self.clock.now() - found[1] < timedelta(minutes=10) else None

    def note_notice(self, openid: str, client_id: str, message_id: str) -> None:
        """Remember what a client id was used for."""
        self._notice_ids[openid, client_id] = message_id, self.clock.now()

    def next_id(self, prefix: str = "") -> str:
        """A number nobody had before."""
        return f"{prefix}{next(self._numbers)}"

    def run(self, call: str, act: Callable[[], Told], *, is_repeatable: bool = True) -> Told:
        """Do what a call does, or what a test wants to go wrong with it."""
        with self._lock:
            self.calls.append(call)
            trouble = self._troubles[call].pop(0) if self._troubles[call] else None
            if trouble is None:
                return act()
            if trouble.executes:
                act()
        raise trouble.error or (WechatBusy("no readable answer") if is_repeatable else OutcomeUnknown())

    def _deliver(self, job: Job, status: str) -> None:
        job.status = status
        if status != "send success":
            job.state = MassState.FAILED
            return
        job.state = MassState.SUCCESS
        month = f"{local(job.at):%Y-%m}"
        for openid in job.openids:
            if openid not in self.left and self.months[openid, month] < A_MONTH:
                self.months[openid, month] += 1
                self.received[openid].append(job.job_id)
                job.reached.append(openid)
        day = local_day(job.at)
        for index, (article, url) in enumerate(zip(job.articles, job.urls, strict=True), 1):
            self.sent_articles.append(SentArticle(f"{job.data_id}_{index}", article.title, day, is_mass=True, url=url))


@dataclass
class _Trouble:
    error: BotError | None
    executes: bool


class _Port:
    def __init__(self, platform: FakeAccount) -> None:
        self._platform = platform


class FakeDrafts(_Port):
    def add(self, articles: Sequence[DraftArticle]) -> str:
        return self._platform.run("drafts.add", lambda: self._add(articles), is_repeatable=False)

    def update(self, media_id: str, index: int, article: DraftArticle) -> None:
        self._platform.run("drafts.update", lambda: self._update(media_id, index, article))

    def get(self, media_id: str) -> tuple[DraftArticle, ...]:
        return self._platform.run("drafts.get", lambda: self._find(media_id))

    def delete(self, media_id: str) -> None:
        self._platform.run("drafts.delete", lambda: self._platform.box.pop(media_id, None))

    def recent(self, count: int = 20, offset: int = 0) -> tuple[DraftEntry, ...]:
        def entries() -> tuple[DraftEntry, ...]:
            times, last_first = self._platform.box_times, [*reversed(self._platform.box)]
            newest = sorted(last_first, key=lambda media_id: times[media_id], reverse=True)
            return tuple(
                DraftEntry(media_id, tuple(a.title for a in self._platform.box[media_id]), times[media_id])
                for media_id in newest[offset : offset + count]
            )

        return self._platform.run("drafts.recent", entries)

    def _add(self, articles: Sequence[DraftArticle]) -> str:
        if not 1 <= len(articles) <= 8:
            raise SendRefused(reason="45008")
        for article in articles:
            self._check(article)
        media_id = self._platform.next_id("draft")
        self._platform.box[media_id] = tuple(self._kept(article) for article in articles)
        self._platform.box_times[media_id] = self._platform.clock.now()
        return media_id

    def _update(self, media_id: str, index: int, article: DraftArticle) -> None:
        kept = list(self._find(media_id))
        if index >= len(kept):
            raise SendRefused(reason="40114")
        self._check(article)
        kept[index] = self._kept(article)
        self._platform.box[media_id] = tuple(kept)
        self._platform.box_times[media_id] = self._platform.clock.now()

    def _find(self, media_id: str) -> tuple[DraftArticle, ...]:
        if media_id not in self._platform.box:
            raise NotFound
        return self._platform.box[media_id]

    def _check(self, article: DraftArticle) -> None:
        if article.thumb_media_id not in self._platform.images:
            raise SendRefused(reason="40007")
        if not 1 <= len(article.title) <= 32:
            raise SendRefused(reason="45003")
        if len(article.author) > 16:
            raise SendRefused(reason="45110")
        if len(article.digest) > 128:
            raise SendRefused(reason="45004")

    def _kept(self, article: DraftArticle) -> DraftArticle:
        """As the platform keeps it: no scripts, no pictures of others."""
        content = re.sub(r"<script\b.*?</script>", "", article.content, flags=re.DOTALL | re.IGNORECASE)

        def own(found: "re.Match[str]") -> str:
            return found[0] if any(url in found[0] for url in self._platform.article_images) else ""

        content = re.sub(r"<img\b[^>]*>", own, content, flags=re.IGNORECASE)
        words = re.sub(r"<[^>]*>", "", content).strip()
        return replace(article, content=content, digest=article.digest or words[:54])


class FakeMaterial(_Port):
    def add_image(self, name: str, content: bytes) -> str:
        return self._platform.run(
            "material.add_image", lambda: self._keep(self._platform.images, content, 10 * 1024 * 1024, "40006", "image"),
            is_repeatable=False,
        )  # fmt: skip

    def upload_article_image(self, name: str, content: bytes) -> str:
        return self._platform.run(
            "material.upload_article_image",
            lambda: self._keep(self._platform.article_images, content, 1024 * 1024 - 1, "40009", "https://mmbiz.invalid/"),
        )  # fmt: skip

    def delete(self, media_id: str) -> None:
        self._platform.run("material.delete", lambda: self._platform.images.pop(media_id, None))

    def _keep(self, shelf: dict[str, bytes], content: bytes, limit: int, code: str, prefix: str) -> str:
        if not content.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
            raise SendRefused(reason="40005")
        if len(content) > limit:
            raise SendRefused(reason=code)
        key = self._platform.next_id(prefix)
        shelf[key] = content
        return key


class FakePublishing(_Port):
    def submit(self, media_id: str) -> str:
        def submit() -> str:
            if media_id not in self._platform.box:
                raise SendRefused(reason="40007")
            articles = self._platform.box.pop(media_id)
            publish_id = self._platform.next_id()
            urls = tuple(f"https://platform.invalid/p/{publish_id}_{index}" for index, _ in enumerate(articles, 1))
            self._platform.publications[publish_id] = Publication(PublishStatus.RUNNING, None, urls)
            return publish_id

        return self._platform.run("publishing.submit", submit, is_repeatable=False)

    def get(self, publish_id: str) -> Publication:
        def get() -> Publication:
            if publish_id not in self._platform.publications:
                raise NotFound
            found = self._platform.publications[publish_id]
            return replace(found, urls=()) if found.status is PublishStatus.RUNNING else found

        return self._platform.run("publishing.get", get)

    def delete(self, article_id: str, index: int = 0) -> None:
        def delete() -> None:
            for publish_id, found in self._platform.publications.items():
                if found.article_id == article_id:
                    self._platform.publications[publish_id] = replace(found, status=PublishStatus.DELETED)
                    return
            raise NotFound

        self._platform.run("publishing.delete", delete)


class FakeMassSends(_Port):
    def send_to_list(self, openids: Sequence[str], media_id: str, client_id: str) -> MassJob:
        return self._platform.run(
            "mass.send_to_list", lambda: self._send(openids, media_id, client_id, is_list=True), is_repeatable=False
        )

    def send_to_tag(self, tag_id: int, media_id: str, client_id: str) -> MassJob:
        members = self._platform.tagged[tag_id]
        return self._platform.run(
            "mass.send_to_tag", lambda: self._send(members, media_id, client_id, is_list=False), is_repeatable=False
        )

    def preview(self, openid: str, media_id: str) -> None:
        def preview() -> None:
            if media_id not in self._platform.box:
                raise SendRefused(reason="40007")
            self._platform.previews.append((openid, media_id))

        self._platform.run("mass.preview", preview, is_repeatable=False)

    def delete(self, job_id: str, index: int = 0) -> None:
        def delete() -> None:
            job = self._find(job_id)
            job.dead.update([index] if index else range(1, len(job.articles) + 1))
            if len(job.dead) == len(job.articles):
                job.state = MassState.DELETED

        self._platform.run("mass.delete", delete)

    def state(self, job_id: str) -> MassState:
        return self._platform.run("mass.state", lambda: self._find(job_id).state)

    def speed(self) -> MassSpeed:
        return self._platform.run("mass.speed", lambda: MassSpeed(self._platform.level, SPEEDS[self._platform.level]))

    def set_speed(self, level: int) -> None:
        def choose() -> None:
            if level not in range(len(SPEEDS)):
                raise SendRefused(reason="45083")
            self._platform.level = level

        self._platform.run("mass.set_speed", choose)

    def _send(self, openids: Sequence[str], media_id: str, client_id: str, *, is_list: bool) -> MassJob:
        if not CLIENT_ID.fullmatch(client_id):
            raise SendRefused(reason="45067")
        first = self._platform.first_job(client_id)
        if first is not None:
            return MassJob(first.job_id, None, is_repeat=True)
        if is_list and len(openids) > A_LIST:
            raise SendRefused(reason="40032")
        if is_list and len(set(openids)) < 2:
            raise SendRefused(reason="40130")
        if media_id not in self._platform.box:
            raise SendRefused(reason="40007")
        job = self._platform.new_job(openids, self._platform.box.pop(media_id), client_id)
        return MassJob(job.job_id, job.data_id)

    def _find(self, job_id: str) -> Job:
        if job_id not in self._platform.jobs:
            raise NotFound
        return self._platform.jobs[job_id]


class FakeTags(_Port):
    def list_all(self) -> tuple[PlatformTag, ...]:
        tagged = self._platform.tagged
        return self._platform.run(
            "tags.list_all",
            lambda: tuple(PlatformTag(tag, name, len(tagged[tag])) for tag, name in self._platform.tag_names.items()),
        )

    def create(self, name: str) -> int:
        def create() -> int:
            if name in self._platform.tag_names.values():
                raise SendRefused(reason="45157")
            if not 1 <= len(name) <= 30:
                raise SendRefused(reason="45158")
            if len(self._platform.tag_names) > 100:
                raise SendRefused(reason="45056")
            tag_id = max(*self._platform.tag_names, 99) + 1
            self._platform.tag_names[tag_id] = name
            return tag_id

        return self._platform.run("tags.create", create, is_repeatable=False)

    def delete(self, tag_id: int) -> None:
        def delete() -> None:
            self._check(tag_id)
            del self._platform.tag_names[tag_id]
            self._platform.tagged.pop(tag_id, None)

        self._platform.run("tags.delete", delete)

    def add_members(self, tag_id: int, openids: Sequence[str]) -> None:
        def add() -> None:
            self._check(tag_id, openids)
            members = self._platform.tagged[tag_id]
            members.extend(openid for openid in dict.fromkeys(openids) if openid not in members)

        self._platform.run("tags.add_members", add)

    def remove_members(self, tag_id: int, openids: Sequence[str]) -> None:
        def remove() -> None:
            self._check(tag_id, openids)
            kept = [openid for openid in self._platform.tagged[tag_id] if openid not in openids]
            self._platform.tagged[tag_id] = kept

        self._platform.run("tags.remove_members", remove)

    def members(self, tag_id: int, after: str = "") -> tuple[tuple[str, ...], str]:
        def members() -> tuple[tuple[str, ...], str]:
            self._check(tag_id)
            return _page(self._platform.tagged[tag_id], after)

        return self._platform.run("tags.members", members)

    def _check(self, tag_id: int, openids: Iterable[str] | None = None) -> None:
        if tag_id not in self._platform.tag_names:
            raise SendRefused(reason="45159")
        if openids is not None and not 1 <= len(list(openids)) <= 50:
            raise SendRefused(reason="40032")


class FakeFollowerList(_Port):
    def page(self, after: str = "") -> tuple[tuple[str, ...], str]:
        def page() -> tuple[tuple[str, ...], str]:
            return _page([openid for openid in self._platform.following if openid not in self._platform.left], after)

        return self._platform.run("followers.page", page)


class FakeQuotas(_Port):
    def of(self, path: str) -> CallQuota:
        return self._platform.run("quotas.of", lambda: self._platform.quotas.get(path, CallQuota(100, 0, 100, 60)))


class FakeNotices(_Port):
    def send_template(
        self, openid: str, template_id: str, data: Mapping[str, str], url: str | None, client_id: str
    ) -> str:
        def send() -> str:
            first = self._platform.first_notice(openid, client_id)
            if first is not None:
                return first
            self._check(openid)
            message_id = self._platform.next_id()
            self._platform.note_notice(openid, client_id, message_id)
            self._platform.notices.append((openid, template_id, dict(data)))
            return message_id

        return self._platform.run("notices.send_template", send, is_repeatable=False)

    def send_subscribed(self, openid: str, template_id: str, data: Mapping[str, str], page: str | None) -> str:
        def send() -> str:
            if not self._platform.agreed[openid, template_id]:
                raise SendRefused(reason="43101")
            self._platform.agreed[openid, template_id] -= 1
            self._platform.notices.append((openid, template_id, dict(data)))
            return self._platform.next_id()

        return self._platform.run("notices.send_subscribed", send, is_repeatable=False)

    def _check(self, openid: str) -> None:
        if openid in self._platform.left:
            raise SendRefused(reason="not_following")


class FakeFigures(_Port):
    def of_day(self, day: date) -> tuple[DayFigures, ...]:
        def figures() -> tuple[DayFigures, ...]:
            self._check(day)
            touched = {
                article for kept in (self._platform.reads, self._platform.shares) for article, on in kept if on == day
            }
            return tuple(replace(self._on(article, day), sent_on=None) for article in sorted(touched))

        return self._platform.run("figures.of_day", figures)

    def sent_on(self, day: date) -> tuple[tuple[SentArticle, tuple[DayFigures, ...]], ...]:
        def figures() -> tuple[tuple[SentArticle, tuple[DayFigures, ...]], ...]:
            self._check(day)
            sent = [article for article in self._platform.sent_articles if article.sent_on == day]
            return tuple((article, self._since(article)) for article in sent)

        return self._platform.run("figures.sent_on", figures)

    def follows_of_day(self, day: date) -> tuple[int, int]:
        def figures() -> tuple[int, int]:
            self._check(day)
            return self._platform.follows.get(day, (0, 0))

        return self._platform.run("figures.follows_of_day", figures)

    def _since(self, article: SentArticle) -> tuple[DayFigures, ...]:
        last = local_day(self._platform.clock.now()) - timedelta(days=1)
        days = [article.sent_on + timedelta(days=number) for number in range(30)]
        return tuple(replace(self._on(article.article, day), sent_on=article.sent_on) for day in days if day <= last)

    def _on(self, article: str, day: date) -> DayFigures:
        reads = self._platform.reads.get((article, day), set())
        shares = self._platform.shares.get((article, day), set())
        return DayFigures(article, None, day, len(reads), len(shares))

    def _check(self, day: date) -> None:
        now = local(self._platform.clock.now())
        if self._platform.are_figures_late or now < datetime.combine(day + timedelta(days=1), READY):
            raise NotReady


def _page(openids: Sequence[str], after: str) -> tuple[tuple[str, ...], str]:
    start = openids.index(after) + 1 if after else 0
    page = tuple(openids[start : start + A_LIST])
    return page, page[-1] if page else ""
