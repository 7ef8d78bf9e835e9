"""Segments, lists and followers as the page 客群 shows them: masked, with words for what is kept as ids."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from api.audience_lists_schemas import ListOut, ListRowOut, LookedAtOut
from api.audience_schemas import FieldChoiceOut, FieldOut, SampledOut, SegmentOut
from bot.audience import queries
from bot.audience.catalogue import get_fields
from bot.audience.fields import Field, FieldKind
from bot.audience.model import AudienceList, ListRow, ListState, Segment
from bot.audience.rules import has_expired, in_words, is_profiling, read_rule
from bot.audience.selecting import names_in
from bot.customers.masking import mask_firm, mask_phone
from bot.customers.model import Follower


def fields(session: Session, now: datetime) -> list[FieldOut]:
    """Every field with its choices as they are now."""
    found = queries.choices(session, now)
    grown = {
        "industry": {one: one for one in found.industries},
        "branch": {one: one for one in found.branches},
        "list": {str(own_id): name for own_id, name in found.lists.items()},
        "segment": {str(own_id): name for own_id, name in found.segments.items()},
    }
    pushes = {str(own_id): name for own_id, name in found.pushes.items()}
    return [
        _field(one, pushes if one.kind is FieldKind.PUSHES else grown.get(one.name, one.choices))
        for one in get_fields().values()
    ]


def _field(field: Field, choices: Mapping[str, str]) -> FieldOut:
    return FieldOut(
        name=field.name,
        label=field.label,
        group=field.group,
        kind=field.kind,
        unit=field.unit,
        ops=list(field.ops),
        choices=[FieldChoiceOut(id=own_id, label=label) for own_id, label in choices.items()],
        is_trait=field.is_trait,
    )


def follower(row: Follower) -> SampledOut:
    """A follower, masked."""
    return SampledOut(
        id=row.id,
        label=row.label,
        firm=mask_firm(row.firm_name),
        phone=mask_phone(row.phone),
        branch=row.branch,
        industry=row.industry,
        is_following=row.is_following,
        has_opted_out=row.opted_out_at is not None,
    )


def segments(session: Session, rows: Sequence[Segment], today: date) -> list[SegmentOut]:
    """Segments with their rules in words; three queries, however many there are."""
    trees = {row.id: read_rule(row.rule, get_fields())[0] for row in rows}
    names = names_in(session, *(tree for tree in trees.values() if tree is not None))
    found = []
    for row in rows:
        tree = trees[row.id]
        found.append(
            SegmentOut(
                id=row.id,
                name=row.name,
                shipped=row.shipped is not None,
                rule=row.rule,
                words=in_words(tree, names) if tree is not None else None,
                is_profiling=tree is not None and is_profiling(tree),
                expires_on=row.expires_on,
                has_expired=has_expired(row.expires_on, today),
                version=row.version,
                changed_by=row.changed_by,
                changed_at=row.changed_at,
                size=row.size,
                reachable=row.reachable,
                counted_at=row.counted_at,
            )
        )
    return found


def one_list(row: AudienceList, now: datetime) -> ListOut:
    """A list with how far it has come."""
    return ListOut(
        id=row.id,
        name=row.name,
        purpose=row.purpose,
        basis=row.basis,
        branch=row.branch,
        expires_on=row.expires_on,
        has_expired=row.expires_at <= now,
        file_name=row.file_name,
        size=row.size,
        state=row.state,
        problem=row.problem,
        rows_total=row.rows_total,
        # The header is row 1.
        rows_done=max(row.rows_done - 1, 0) if row.state is ListState.CHECKING else _judged(row),
        eta_s=_eta_s(row, now),
        counts=dict(row.counts),
        flawed_values=row.flawed_values,
        created_by=row.created_by,
        created_at=row.created_at,
        committed_by=row.committed_by,
        committed_at=row.committed_at,
        ended_at=row.ended_at,
    )


def looked_at(row: AudienceList) -> LookedAtOut | None:
    """The header and first rows, masked, with what each column is taken for; None before anybody looked."""
    if row.look is None:
        return None
    mapping = row.mapping or row.look["guess"]
    return LookedAtOut(header=row.look["header"], rows=row.look["rows"], mapping=mapping)


def list_row(row: ListRow) -> ListRowOut:
    """A row's verdict."""
    return ListRowOut(row=row.row, verdict=row.verdict, who=row.who, note=row.note)


def _judged(row: AudienceList) -> int:
    return sum(count for verdict, count in row.counts.items() if verdict != "also")


def _eta_s(row: AudienceList, now: datetime) -> int | None:
    if row.state is not ListState.CHECKING or row.checking_since is None or not row.rows_total:
        return None
    done = row.rows_done - 1
    taken_s = (now - row.checking_since).total_seconds()
    return round(taken_s * max(row.rows_total - done, 0) / done) if done > 0 and taken_s > 0 else None
