"""Writing segments: made, changed, copied, retired, counted. Every act is audited; a rule with a flaw is not kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.audience import selecting
from bot.audience.catalogue import get_fields, get_past
from bot.audience.fields import FieldKind
from bot.audience.model import AudienceList, Segment
from bot.audience.rules import Flaw, Node, follow, read_rule, references
from bot.audit.model import Act
from bot.audit.service import Doer, Thing, note
from bot.clock import Clock
from bot.db import Database
from bot.errors import NotAllowed, SegmentConflict, UnfitRule

KIND = "segment"
RELEASE = "release"


@dataclass(frozen=True)
class Shipped:
    """A segment that came with the release."""

    id: str
    name: str
    rule: Mapping[str, Any]


@dataclass(frozen=True)
class SegmentDraft:
    """What a person keeps."""

    name: str
    rule: dict[str, Any]
    expires_on: date | None


@dataclass(frozen=True)
class Segments:
    """The use cases. `shipped` are the rules of the release."""

    database: Database
    clock: Clock
    shipped: Sequence[Shipped] = ()

    def ship(self) -> int:
        """Bring the release's segments into the database; how many were new or had changed. Safe to repeat."""
        with self.database.reading() as session:
            if not self._missing(session):
                return 0
        now = self.clock.now()
        with self.database.transaction() as session:
            missing = self._missing(session)
            for one in missing:
                known = session.scalars(select(Segment).where(Segment.shipped == one.id).with_for_update()).first()
                if known is None:
                    known = Segment(shipped=one.id, created_by=RELEASE, created_at=now, version=0)
                    session.add(known)
                known.name, known.rule = one.name, dict(one.rule)
                known.changed_by, known.changed_at, known.version = RELEASE, now, known.version + 1
            return len(missing)

    def create(self, draft: SegmentDraft, doer: Doer) -> Segment:
        """A new segment. Raises UnfitRule."""
        now = self.clock.now()
        with self.database.transaction() as session:
            self._check(session, draft.rule, None)
            row = Segment(created_by=doer.username, created_at=now, version=1)
            session.add(row)
            self._write(session, row, draft, doer, now)
            note(session, now, doer, Act.SEGMENT_CREATED, Thing(KIND, row.id))
            return row

    def change(self, segment_id: int, version: int, draft: SegmentDraft, doer: Doer) -> Segment:
        """Another rule, name or last day, for the version that was looked at. Raises NotFound, SegmentConflict,
        NotAllowed for one of the release, UnfitRule.
        """
        now = self.clock.now()
        with self.database.transaction() as session:
            row = _locked(session, segment_id)
            if row.shipped is not None:
                raise NotAllowed(reason="shipped")
            if row.version != version or row.retired_at is not None:
                raise SegmentConflict(state="retired" if row.retired_at else "changed")
            self._check(session, draft.rule, segment_id)
            row.version += 1
            self._write(session, row, draft, doer, now)
            note(session, now, doer, Act.SEGMENT_CHANGED, Thing(KIND, row.id))
            return row

    def retire(self, segment_id: int, doer: Doer) -> Segment:
        """Take it off the list; what refers to it goes on as before. Raises NotFound. Safe to repeat."""
        now = self.clock.now()
        with self.database.transaction() as session:
            row = _locked(session, segment_id)
            if row.shipped is not None:
                raise NotAllowed(reason="shipped")
            if row.retired_at is None:
                row.retired_at = now
                note(session, now, doer, Act.SEGMENT_RETIRED, Thing(KIND, row.id))
            return row

    def count(self, segment_id: int) -> Segment:
        """Count whom it holds now, and keep the figures with their hour. Raises NotFound."""
        now = self.clock.now()
        with self.database.reading() as session:
            size, reachable = selecting.how_many(session, selecting.who(session, segment_id, now))
        with self.database.transaction() as session:
            row = _locked(session, segment_id)
            row.size, row.reachable, row.counted_at = size, reachable, now
            return row

    def count_due(self, older_than: datetime, limit: int = 20) -> int:
        """Count again what was not counted since; how many there were."""
        due = select(Segment.id).where(
            Segment.retired_at.is_(None), (Segment.counted_at.is_(None)) | (Segment.counted_at < older_than)
        )
        with self.database.reading() as session:
            ids = session.scalars(due.order_by(Segment.id).limit(limit)).all()
        for one in ids:
            self.count(one)
        return len(ids)

    def _missing(self, session: Session) -> list[Shipped]:
        known = {
            row.shipped: (row.name, row.rule)
            for row in session.scalars(select(Segment).where(Segment.shipped.is_not(None)))
        }
        return [one for one in self.shipped if known.get(one.id) != (one.name, dict(one.rule))]

    def _check(self, session: Session, raw: dict[str, Any], own_id: int | None) -> None:
        node, flaws = read_rule(raw, get_fields())
        flaws = flaws or find_unknown(session, node, own_id)
        if flaws:
            raise UnfitRule(flaws=[{"path": flaw.path, "text": flaw.text} for flaw in flaws])

    @staticmethod
    def _write(session: Session, row: Segment, draft: SegmentDraft, doer: Doer, now: datetime) -> None:
        row.name, row.rule, row.expires_on = draft.name, draft.rule, draft.expires_on
        row.changed_by, row.changed_at = doer.username, now
        row.size = row.reachable = row.counted_at = None
        session.flush()


def find_unknown(session: Session, node: Node | None, own_id: int | None) -> list[Flaw]:
    """Flaws only the database knows: lists, segments and pushes that are not there, and segments that would lead back
    to `own_id`.
    """
    if node is None:
        return []
    lists, segments = references(node, FieldKind.LISTS), references(node, FieldKind.SEGMENTS)
    flaws = []
    if lists and len(session.scalars(select(AudienceList.id).where(AudienceList.id.in_(lists))).all()) < len(lists):
        flaws.append(Flaw("", "规则里有已不存在的名单"))
    pushes = references(node, FieldKind.PUSHES)
    if pushes and pushes - get_past().names(session, pushes).keys():
        flaws.append(Flaw("", "规则里有已不存在的推送"))
    if not segments:
        return flaws
    every = {row.id: row.rule for row in session.scalars(select(Segment))}
    if segments - every.keys():
        flaws.append(Flaw("", "规则里有已不存在的客群"))
    leads = {one: references(found, FieldKind.SEGMENTS) for one, found in _trees(every).items()}
    if own_id is not None and own_id in follow(sorted(segments), leads):
        flaws.append(Flaw("", "客群不能绕回来引用自己"))
    return flaws


def _trees(rules: Mapping[int, Any]) -> dict[int, Node]:
    found = {one: read_rule(raw, get_fields())[0] for one, raw in rules.items()}
    return {one: node for one, node in found.items() if node is not None}


def _locked(session: Session, segment_id: int) -> Segment:
    found = session.scalars(select(Segment).where(Segment.id == segment_id).with_for_update()).first()
    if found is None:
        selecting.get_segment(session, segment_id)
    assert found is not None
    return found
