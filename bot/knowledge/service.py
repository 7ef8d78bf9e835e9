"""What people do with knowledge: write a version, submit it, approve or send back a colleague's, roll back, retire.
Every act leaves a row in knowledge_acts.

A roll back is no short cut: it submits a copy of an earlier approved version as a new one, and a second person approves
that. So numbers only grow, each number stands for one text, and nobody alone decides what is said. Retiring takes one
person: it only makes silent, and a mistake that is live must not wait for a colleague.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.clock import Clock, local_day
from bot.db import Database
from bot.errors import InvalidInput, NeverSilent, NotFound, SamePerson, UnfitContent, VersionStateConflict
from bot.events import Event, EventType
from bot.knowledge import queries
from bot.knowledge.edition import NEVER_SILENT, Edition, Flaw, Kind
from bot.knowledge.model import KnowledgeAct, KnowledgeItem, KnowledgeVersion, VersionState
from bot.outbox import publish

log = structlog.get_logger()

DRAFT, SUBMITTED, SENT_BACK = VersionState.DRAFT, VersionState.SUBMITTED, VersionState.SENT_BACK
OPEN = (DRAFT, SUBMITTED, SENT_BACK)


@dataclass(frozen=True)
class Knowledge:
    """The use cases of 知识库. `seeds` are the files' own versions; `find_flaws` says what in an edition would break or
    may not be said.
    """

    database: Database
    clock: Clock
    seeds: Mapping[tuple[Kind, str], Edition]
    find_flaws: Callable[[Edition], list[Flaw]]

    def save(self, wanted: Edition, username: str) -> KnowledgeVersion:
        """Keep these words as the item's open version, which from now on is this author's; its number is found here.
        Raises InvalidInput, and VersionStateConflict while a version waits for review.
        """
        if wanted.effective_until is not None and wanted.effective_until < wanted.effective_from:
            raise InvalidInput(places=["effective_until"])
        with self._writing() as session:
            item = self._item(session, wanted.kind, wanted.key, username)
            version = _find_open(session, item)
            if version is not None and version.state is SUBMITTED:
                raise VersionStateConflict(state=version.state.value)
            version = version or self._begun(session, item)
            self._write(version, wanted, username)
            version.state, version.copied_from = DRAFT, None
            self._note(session, item, version, username, "saved")
        return version

    def submit(self, version_id: int, username: str) -> KnowledgeVersion:
        """Ask a second person to look. Raises UnfitContent, VersionStateConflict."""
        with self._stepping(version_id, username, "submitted", DRAFT) as (item, version):
            self._check_fit(item, version)
            version.state, version.submitted_at = SUBMITTED, self.clock.now()
        return version

    def approve(self, version_id: int, username: str, content_hash: str) -> KnowledgeVersion:
        """The second person's yes to exactly these words. Raises SamePerson, UnfitContent, VersionStateConflict."""
        with self._reviewing(version_id, username, "approved") as (item, version):
            if version.content_hash != content_hash:
                raise VersionStateConflict(state="changed")
            self._check_fit(item, version)
            version.state, version.reason = VersionState.APPROVED, None
        return version

    def send_back(self, version_id: int, username: str, reason: str) -> KnowledgeVersion:
        """The second person's no, with a reason. Raises SamePerson, VersionStateConflict."""
        with self._reviewing(version_id, username, "sent_back") as (_, version):
            version.state, version.reason = SENT_BACK, reason
        return version

    def retire(self, version_id: int, username: str, reason: str) -> KnowledgeVersion:
        """Say it no more, at once. Raises VersionStateConflict, and NeverSilent for an answer or guide of the files:
        their own older words would speak again, and that takes two people.
        """
        with self._stepping(version_id, username, queries.RETIRED, VersionState.APPROVED) as (item, version):
            if item.kind in NEVER_SILENT and (item.kind, item.key) in self.seeds:
                raise NeverSilent(kind=item.kind.value, key=item.key)
            version.state, version.reason = VersionState.RETIRED, reason
        return version

    def roll_back(self, version_id: int, username: str, reason: str) -> KnowledgeVersion:
        """Submit a copy of a version that was approved once, from today on. Raises UnfitContent, and
        VersionStateConflict while another version is open.
        """
        with self._writing() as session:
            item, former = _found(session, version_id)
            opened = _find_open(session, item)
            if former.state not in queries.PUBLISHED or opened is not None:
                raise VersionStateConflict(state=(opened or former).state.value)
            version = self._begun(session, item)
            today = local_day(self.clock.now())
            until = former.effective_until if former.effective_until and former.effective_until >= today else None
            wanted = replace(queries.edition_of(item, former), effective_from=today, effective_until=until)
            self._write(version, wanted, username)
            version.state, version.submitted_at = SUBMITTED, self.clock.now()
            version.copied_from, version.reason = former.number, reason
            self._check_fit(item, version)
            self._note(session, item, version, username, "rolled_back")
        return version

    def discard(self, version_id: int, username: str) -> None:
        """Forget words nobody approved; what was done to them stays known. Raises VersionStateConflict."""
        with self._stepping(version_id, username, "discarded", DRAFT, SENT_BACK) as (_, version):
            session = Session.object_session(version)
            assert session is not None
            session.delete(version)

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        try:
            with self.database.transaction() as session:
                yield session
        except IntegrityError as error:
            # A colleague was faster: the tables hold one item per key and one open version per item.
            raise VersionStateConflict(state="taken") from error

    @contextmanager
    def _reviewing(self, version_id: int, username: str, act: str) -> Iterator[tuple[KnowledgeItem, KnowledgeVersion]]:
        with self._stepping(version_id, username, act, SUBMITTED) as (item, version):
            if version.author == username:
                raise SamePerson
            version.reviewer, version.reviewed_at = username, self.clock.now()
            yield item, version

    @contextmanager
    def _stepping(
        self, version_id: int, username: str, act: str, *states: VersionState
    ) -> Iterator[tuple[KnowledgeItem, KnowledgeVersion]]:
        """The version, locked, if it stands in one of these states; the act is noted with what was changed."""
        with self.database.transaction() as session:
            item, version = _found(session, version_id)
            if version.state not in states:
                raise VersionStateConflict(state=version.state.value)
            yield item, version
            self._note(session, item, version, username, act)

    def _item(self, session: Session, kind: Kind, key: str, username: str) -> KnowledgeItem:
        item = queries.find_item(session, kind, key)
        if item is None:
            item = KnowledgeItem(kind=kind, key=key, created_by=username, created_at=self.clock.now())
            session.add(item)
            session.flush()
        return item

    def _begun(self, session: Session, item: KnowledgeItem) -> KnowledgeVersion:
        """The item's next version, above all there were and above the files' own."""
        mine = select(func.coalesce(func.max(KnowledgeVersion.number), 0)).where(KnowledgeVersion.item_id == item.id)
        seed = self.seeds.get((item.kind, item.key))
        newest = max(session.scalar(mine) or 0, seed.number if seed else 0)
        version = KnowledgeVersion(item_id=item.id, number=newest + 1)
        session.add(version)
        return version

    def _write(self, version: KnowledgeVersion, wanted: Edition, username: str) -> None:
        version.title, version.owner, version.source = wanted.title, wanted.owner, wanted.source
        version.regions, version.body = list(wanted.regions), dict(wanted.body)
        version.effective_from, version.effective_until = wanted.effective_from, wanted.effective_until
        version.content_hash = content_hash(wanted)
        version.author, version.authored_at = username, self.clock.now()
        version.reviewer = version.reviewed_at = version.submitted_at = None

    def _check_fit(self, item: KnowledgeItem, version: KnowledgeVersion) -> None:
        flaws = self.find_flaws(queries.edition_of(item, version))
        if flaws:
            raise UnfitContent(flaws=[asdict(one) for one in flaws])

    def _note(self, session: Session, item: KnowledgeItem, version: KnowledgeVersion, username: str, act: str) -> None:
        now = self.clock.now()
        session.add(
            KnowledgeAct(
                at=now,
                username=username,
                act=act,
                item_id=item.id,
                number=version.number,
                content_hash=version.content_hash,
                reason=version.reason,
                publishes=version.state in queries.PUBLISHED,
            )
        )
        facts = {"kind": item.kind.value, "key": item.key, "number": version.number}
        publish(session, now, Event(EventType.KNOWLEDGE_CHANGED, payload={**facts, "act": act}))
        log.info("knowledge_act", outcome=act, rep_id=username, **facts)


def content_hash(edition: Edition) -> str:
    """The same for the same words, dates and regions: what the second person says yes to."""
    said: dict[str, Any] = {
        "title": edition.title,
        "owner": edition.owner,
        "source": edition.source,
        "regions": list(edition.regions),
        "body": dict(edition.body),
        "from": edition.effective_from.isoformat(),
        "until": edition.effective_until.isoformat() if edition.effective_until else None,
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _found(session: Session, version_id: int) -> tuple[KnowledgeItem, KnowledgeVersion]:
    version = session.get(KnowledgeVersion, version_id, with_for_update=True)
    if version is None:
        raise NotFound(version_id=version_id)
    return session.get_one(KnowledgeItem, version.item_id), version


def _find_open(session: Session, item: KnowledgeItem) -> KnowledgeVersion | None:
    mine = select(KnowledgeVersion).where(KnowledgeVersion.item_id == item.id, KnowledgeVersion.state.in_(OPEN))
    return session.scalars(mine.with_for_update()).first()
