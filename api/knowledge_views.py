"""Items, versions and hits → what the console shows. The files' own versions stand among the others as `seed`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.knowledge_schemas import (
    STATES,
    HitOut,
    KnowledgeActOut,
    KnowledgeItemOut,
    KnowledgeRow,
    State,
    VersionOut,
)
from bot.dialogue.cards import all_cards
from bot.dialogue.preview import preview
from bot.knowledge import queries
from bot.knowledge.content import Content
from bot.knowledge.edition import NEVER_SILENT, Edition, Kind, standing
from bot.knowledge.model import KnowledgeVersion, VersionState
from bot.knowledge.search import Document, SearchIndex
from bot.knowledge.service import content_hash
from bot.staff.model import StaffMember

EXCERPT_CHARS = 90

At = tuple[Kind, str]
Seeds = Mapping[At, Edition]


@dataclass(frozen=True)
class Listed:
    """One item with its newest version, from the database or from the files."""

    edition: Edition
    state: State
    author: str | None = None
    changed_at: datetime | None = None

    @property
    def at(self) -> At:
        """Kind and key."""
        return self.edition.kind, self.edition.key


def listed(session: Session, seeds: Seeds) -> list[Listed]:
    """Every item: what people work on, newest first, then what stands as it came."""
    found: dict[At, Listed] = {}
    for item, version in queries.all_versions(session):
        seed, at = seeds.get((item.kind, item.key)), (item.kind, item.key)
        if at in found or (seed is not None and seed.number > version.number):
            continue
        edition = queries.edition_of(item, version)
        changed = version.reviewed_at or version.submitted_at or version.authored_at
        found[at] = Listed(edition, STATES[version.state], version.author, changed)
    rest = (Listed(seed, "seed") for at, seed in seeds.items() if at not in found)
    return [*found.values(), *rest]


def matching(rows: Sequence[Listed], text: str) -> list[Listed]:
    """Those that a search finds, best first."""
    by_id = {f"{kind.value}:{key}": row for row in rows for kind, key in (row.at,)}
    documents = (
        Document(name, f"{row.edition.title} {row.edition.key}", (), " ".join(strings_of(row.edition.body)))
        for name, row in by_id.items()
    )
    return [by_id[hit.id] for hit in SearchIndex(documents).find(text, len(rows))]


def rows(session: Session, seeds: Seeds, shown: Sequence[Listed], day: date) -> list[KnowledgeRow]:
    """List rows, in the order given."""
    live = live_numbers(queries.editions(session), seeds, day)
    names = names_of(session, {row.author for row in shown if row.author})
    return [
        KnowledgeRow(
            kind=row.edition.kind,
            key=row.edition.key,
            title=row.edition.title,
            owner=row.edition.owner,
            excerpt=next(strings_of(row.edition.body, "text", "pitch"), "")[:EXCERPT_CHARS],
            number=row.edition.number,
            state=row.state,
            live=live.get(row.at),
            regions=list(row.edition.regions),
            effective_from=_day(row.edition.effective_from),
            effective_until=row.edition.effective_until,
            author_name=names.get(row.author or ""),
            changed_at=row.changed_at,
        )
        for row in shown
    ]


def item(session: Session, seeds: Seeds, kind: Kind, key: str, day: date) -> KnowledgeItemOut | None:
    """One item with everything, or None when neither the files nor the database know it."""
    row, seed = queries.find_item(session, kind, key), seeds.get((kind, key))
    versions = queries.versions_of(session, row.id) if row else []
    if not versions and seed is None:
        return None
    acts = queries.acts_of(session, row.id) if row else []
    people = {name for one in versions for name in (one.author, one.reviewer) if name} | {act.username for act in acts}
    names = names_of(session, people)
    retired = {act.number: act.at for act in acts if act.act == queries.RETIRED}
    published = [
        queries.edition_of(row, one, retired_at=retired.get(one.number))
        for one in versions
        if row and one.state in queries.PUBLISHED
    ]
    live = live_numbers(published, {(kind, key): seed} if seed else {}, day).get((kind, key))
    shown = [version(one, names, live) for one in versions]
    if seed is not None:
        shown.append(_seed(seed, live))
    history = [
        KnowledgeActOut(
            at=act.at,
            username=act.username,
            name=names.get(act.username, act.username),
            act=act.act,
            number=act.number,
            reason=act.reason,
        )
        for act in acts
    ]
    shown.sort(key=lambda one: -one.number)
    return KnowledgeItemOut(kind=kind, key=key, live=live, versions=shown, acts=history)


def version(row: KnowledgeVersion, names: Mapping[str, str], live: int | None) -> VersionOut:
    """One version with the names of its people."""
    return VersionOut(
        id=row.id,
        number=row.number,
        title=row.title,
        owner=row.owner,
        source=row.source,
        regions=row.regions,
        body=row.body,
        effective_from=row.effective_from,
        effective_until=row.effective_until,
        state=STATES[row.state],
        is_live=row.state is VersionState.APPROVED and row.number == live,
        author=row.author,
        author_name=names.get(row.author, row.author),
        authored_at=row.authored_at,
        submitted_at=row.submitted_at,
        reviewer=row.reviewer,
        reviewer_name=names.get(row.reviewer, row.reviewer) if row.reviewer else None,
        reviewed_at=row.reviewed_at,
        reason=row.reason,
        copied_from=row.copied_from,
        content_hash=row.content_hash,
    )


def live_numbers(editions: Sequence[Edition], seeds: Seeds, day: date) -> dict[At, int]:
    """Which version of each item is said on this day, in the region it is for."""
    live = {at: seed.number for at, seed in seeds.items() if seed.holds(day)}
    for at, edition in standing(editions, day).items():
        seed = seeds.get(at)
        if seed is not None and seed.number > edition.number:
            continue
        if edition.holds(day):
            live[at] = edition.number
        elif at[0] not in NEVER_SILENT:
            live.pop(at, None)
    return live


def hits(content: Content, text: str, limit: int) -> list[HitOut]:
    """What of the live content fits these words, best first."""
    cards = {card.id: card.reply.text for card in all_cards(content)}
    return [_hit(content, cards, *hit.id.split(":", 1)) for hit in content.library.find(text, limit)]


def names_of(session: Session, usernames: set[str]) -> dict[str, str]:
    """Usernames → the names people go by."""
    found = session.scalars(select(StaffMember).where(StaffMember.username.in_(usernames)))
    return {person.username: person.display_name for person in found}


def strings_of(value: Any, *names: str) -> Iterator[str]:
    """The strings of a body, however it is built; with names, only those that stand under one of them."""
    if isinstance(value, str) and not names:
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name in names and isinstance(inner, str):
                yield inner
            else:
                yield from strings_of(inner, *names)
    elif isinstance(value, list):
        for inner in value:
            yield from strings_of(inner, *names)


def _hit(content: Content, cards: Mapping[str, str], kind: str, key: str) -> HitOut:
    told: tuple[int, str, str, str | None]
    if kind == Kind.ANSWER:
        answer = content.replies[key]
        told = (answer.version, content.intent_labels[key], preview(content, answer)[0].text, None)
    elif kind == Kind.PRODUCT:
        product = next(one for one in content.products if one.id == key)
        told = (product.version, product.name, cards[f"product:{key}"], None)
    elif kind == Kind.GUIDE:
        guide = content.guides[key]
        told = (guide.version, guide.title, cards[f"guide:{key}"], None)
    else:
        entry = next(one for one in content.entries if (one.kind, one.key) == (kind, key))
        told = (entry.version, entry.title, content.tell(entry).text, entry.source)
    number, title, text, source = told
    card = f"{kind}:{key}" if f"{kind}:{key}" in cards else None
    return HitOut(kind=Kind(kind), key=key, number=number, title=title, text=text, source=source, card=card)


def _seed(seed: Edition, live: int | None) -> VersionOut:
    return VersionOut(
        id=None,
        number=seed.number,
        title=seed.title,
        owner=seed.owner,
        source=seed.source,
        regions=list(seed.regions),
        body=dict(seed.body),
        effective_from=_day(seed.effective_from),
        effective_until=seed.effective_until,
        state="seed",
        is_live=seed.number == live,
        author=None,
        author_name=None,
        authored_at=None,
        submitted_at=None,
        reviewer=None,
        reviewer_name=seed.approved_by or None,
        reviewed_at=None,
        reason=None,
        copied_from=None,
        content_hash=content_hash(seed),
    )


def _day(day: date) -> date | None:
    return None if day == date.min else day
