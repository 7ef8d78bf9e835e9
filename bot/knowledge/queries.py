"""Reads of items and versions: what is live, what waits, who did what."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.clock import local_day
from bot.knowledge.edition import Edition, Kind
from bot.knowledge.model import KnowledgeAct, KnowledgeItem, KnowledgeVersion, VersionState

PUBLISHED = (VersionState.APPROVED, VersionState.RETIRED)
# The act that ends a version; there is at most one of each.
RETIRED = VersionState.RETIRED.value

# Changes whenever something else is live. The count as well as the newest id: on PostgreSQL an act can become visible
# after one of a higher id.
Revision = tuple[int, int]


def revision(session: Session) -> Revision:
    """Which state of the published knowledge this is."""
    row = session.execute(
        select(func.coalesce(func.max(KnowledgeAct.id), 0), func.count()).where(KnowledgeAct.publishes)
    ).one()
    return row[0], row[1]


def editions(session: Session) -> list[Edition]:
    """Every approved or retired version."""
    is_its_end = (
        (KnowledgeAct.item_id == KnowledgeVersion.item_id)
        & (KnowledgeAct.number == KnowledgeVersion.number)
        & (KnowledgeAct.act == RETIRED)
    )
    found = (
        select(KnowledgeItem, KnowledgeVersion, KnowledgeAct.at)
        .join(KnowledgeVersion, KnowledgeVersion.item_id == KnowledgeItem.id)
        .outerjoin(KnowledgeAct, is_its_end)
        .where(KnowledgeVersion.state.in_(PUBLISHED))
    )
    return [edition_of(item, version, retired_at=at) for item, version, at in session.execute(found)]


def edition_of(item: KnowledgeItem, version: KnowledgeVersion, *, retired_at: datetime | None = None) -> Edition:
    """A version as a frozen value, whether it is approved or not."""
    return Edition(
        kind=item.kind,
        key=item.key,
        number=version.number,
        title=version.title,
        owner=version.owner,
        source=version.source,
        body=version.body,
        effective_from=version.effective_from,
        approved_by=version.reviewer or version.author,
        effective_until=version.effective_until,
        regions=tuple(version.regions),
        is_retired=version.state is VersionState.RETIRED,
        retired_on=local_day(retired_at) if retired_at else None,
    )


def all_versions(session: Session) -> Sequence[tuple[KnowledgeItem, KnowledgeVersion]]:
    """Every version with its item, newest first."""
    found = select(KnowledgeItem, KnowledgeVersion).join(KnowledgeVersion, KnowledgeVersion.item_id == KnowledgeItem.id)
    return [(row[0], row[1]) for row in session.execute(found.order_by(KnowledgeVersion.id.desc()))]


def find_item(session: Session, kind: Kind, key: str) -> KnowledgeItem | None:
    """The item of this key, or None while only the files know it."""
    return session.scalars(select(KnowledgeItem).where(KnowledgeItem.kind == kind, KnowledgeItem.key == key)).first()


def versions_of(session: Session, item_id: int) -> Sequence[KnowledgeVersion]:
    """An item's versions, newest first."""
    mine = select(KnowledgeVersion).where(KnowledgeVersion.item_id == item_id)
    return session.scalars(mine.order_by(KnowledgeVersion.number.desc())).all()


def acts_of(session: Session, item_id: int) -> Sequence[KnowledgeAct]:
    """Who did what to an item, oldest first."""
    return session.scalars(select(KnowledgeAct).where(KnowledgeAct.item_id == item_id).order_by(KnowledgeAct.id)).all()
