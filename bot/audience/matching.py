"""Rows of a list and the followers they mean. The surest identity decides: openid, firm id, phone, firm name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.audience.columns import CONTACT, FIRM_ID, FIRM_NAME, IDENTITIES, OPENID, PHONE
from bot.audience.fields import TraitKind
from bot.audience.model import HEAD_OFFICE, RowVerdict
from bot.audience.values import Cell, TraitValue, UnfitValue, identifier_of, phone_of, text_of, trait_of
from bot.customers.masking import mask_firm, mask_name, mask_phone
from bot.customers.model import Follower
from bot.customers.search_keys import firm_key, phone_key
from bot.customers.service import by_firm

Person = tuple[int, str | None, bool, bool, bool]


@dataclass
class Row:
    """One row as it is worked on. `keys` are what it may be found by, the surest first; `who` is masked."""

    number: int
    keys: list[tuple[str, str]]
    who: str
    has_bad_phone: bool
    traits: dict[str, TraitValue] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def note(self) -> str | None:
        """What was not understood in it, in Chinese."""
        return "；".join(self.notes) or None


@dataclass(frozen=True)
class Judged:
    """A verdict on a row; `follower_id` for who is on the list by it."""

    row: Row
    verdict: RowVerdict
    follower_id: int | None = None


@dataclass(frozen=True)
class Mapped:
    """How the columns of one file are read."""

    columns: Sequence[str]
    percent: Sequence[bool]
    traits: Mapping[str, TraitKind]

    def row(self, number: int, cells: Sequence[Cell]) -> Row:
        """A row of the file, its personal data masked or turned into keys."""
        said: dict[str, Cell] = {}
        row = Row(number, [], "", has_bad_phone=False)
        for column, cell, is_percent in zip(self.columns, cells, self.percent, strict=False):
            if kind := self.traits.get(column):
                self._keep_trait(row, kind, cell, is_percent=is_percent)
            elif column:
                said[column] = cell
        phone = phone_of(said.get(PHONE))
        row.has_bad_phone = phone is None and bool(text_of(said.get(PHONE)))
        if row.has_bad_phone:
            row.notes.append("电话号码不对")
        found = {
            OPENID: identifier_of(said.get(OPENID)),
            FIRM_ID: identifier_of(said.get(FIRM_ID)).upper(),
            PHONE: phone_key(phone) or "",
            FIRM_NAME: firm_key(text_of(said.get(FIRM_NAME))) or "",
        }
        row.keys = [(kind, found[kind]) for kind in IDENTITIES if found[kind]]
        row.who = _masked(said, found)
        return row

    @staticmethod
    def _keep_trait(row: Row, kind: TraitKind, cell: Cell, *, is_percent: bool) -> None:
        try:
            value = trait_of(kind, cell, is_percent=is_percent)
        except UnfitValue as error:
            row.notes.append(f"{kind.label}：{error}")
            return
        if value is not None:
            row.traits[kind.key] = value


@dataclass
class Matcher:
    """Judges the rows of one list, in order. `members` and `seen` are what earlier rows named; it holds nothing else
    of them.
    """

    branch: str
    members: set[int] = field(default_factory=set)
    seen: set[int] = field(default_factory=set)

    def remember(self, row: Row) -> None:
        """A row that was judged before a crash; its members are known to the database."""
        self.seen.add(_mark(row))

    def judge(self, session: Session, rows: Sequence[Row]) -> list[Judged]:
        """Verdicts on these rows, one or more each, in order."""
        people = _people(session, rows)
        found: list[Judged] = []
        for row in rows:
            found += self._judge(row, people)
        return found

    def _judge(self, row: Row, people: Mapping[tuple[str, str], list[Person]]) -> list[Judged]:
        if not row.keys:
            return [Judged(row, RowVerdict.BAD_PHONE if row.has_bad_phone else RowVerdict.NOBODY)]
        mark = _mark(row)
        if mark in self.seen:
            return [Judged(row, RowVerdict.DUPLICATE)]
        self.seen.add(mark)
        named = next((people[key] for key in row.keys if key in people), [])
        if not named:
            return [Judged(row, RowVerdict.BAD_PHONE if row.has_bad_phone else RowVerdict.UNKNOWN)]
        alive = [one for one in named if not one[4]]
        ours = [one for one in alive if self.branch in (HEAD_OFFICE, one[1]) or one[1] is None]
        fresh = [one for one in ours if one[0] not in self.members]
        if not fresh:
            why_not = RowVerdict.DUPLICATE if ours else RowVerdict.OTHER_BRANCH if alive else RowVerdict.ERASED
            return [Judged(row, why_not)]
        self.members.update(one[0] for one in fresh)
        first, *others = fresh
        return [
            Judged(row, _verdict(first), first[0]),
            *(Judged(row, RowVerdict.ALSO, one[0]) for one in others),
        ]


def _verdict(person: Person) -> RowVerdict:
    _, _, is_following, has_opted_out, _ = person
    if has_opted_out:
        return RowVerdict.OPTED_OUT
    return RowVerdict.MATCHED if is_following else RowVerdict.NOT_FOLLOWING


def _mark(row: Row) -> int:
    # An integer: a hundred thousand rows are remembered in a few megabytes.
    return hash(tuple(row.keys))


def _people(session: Session, rows: Sequence[Row]) -> dict[tuple[str, str], list[Person]]:
    """Followers by the keys of the rows, of each row by the surest that finds anybody."""
    columns: Mapping[str, InstrumentedAttribute[str] | InstrumentedAttribute[str | None]] = {
        OPENID: Follower.openid,
        FIRM_ID: Follower.firm_id,
        PHONE: Follower.phone_key,
        FIRM_NAME: Follower.firm_key,
    }
    found: dict[tuple[str, str], list[Person]] = {}
    sought = list(rows)
    for kind, column in columns.items():
        # Who is found by a surer key is not looked for by the next.
        sought = [row for row in sought if not any(key in found for key in row.keys)]
        wanted = {value for row in sought for one, value in row.keys if one == kind}
        if not wanted:
            continue
        is_erased = Follower.erased_at.is_not(None)
        facts = (Follower.branch, Follower.is_following, Follower.opted_out_at.is_not(None), is_erased)
        chosen = select(column, Follower.id, *facts).where(column.in_(wanted)).order_by(Follower.id)
        if kind != OPENID:
            # Somebody the bank knows by his firm only has no WeChat to be sent anything to.
            chosen = chosen.where(~Follower.openid.startswith(by_firm("")))
        for value, own_id, branch, is_following, has_opted_out, is_gone in session.execute(chosen):
            found.setdefault((kind, str(value)), []).append((own_id, branch, is_following, has_opted_out, is_gone))
    return found


def _masked(said: Mapping[str, Cell], found: Mapping[str, str]) -> str:
    firm, contact = mask_firm(text_of(said.get(FIRM_NAME))), mask_name(text_of(said.get(CONTACT)))
    # Of a phone that is none, too, no more is shown than its ends.
    phone = mask_phone(identifier_of(said.get(PHONE)) or None)
    openid = f"{found[OPENID][:4]}…{found[OPENID][-3:]}" if found[OPENID] else None
    return " · ".join(one for one in (firm, contact, phone, found[FIRM_ID] or None, openid) if one)
