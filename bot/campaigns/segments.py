"""What a segment means, as something that can be approved: its rule and those of the segments it asks for."""

from sqlalchemy.orm import Session

from bot.audience.catalogue import get_fields
from bot.audience.fields import FieldKind
from bot.audience.model import Segment
from bot.audience.rules import read_rule, references
from bot.audience.selecting import get_segment
from bot.campaigns.rules import hash_of


def fingerprint(session: Session, segment_id: int) -> tuple[str, str]:
    """The segment's name, and a hash that stays the same as long as its rule means the same, whoever it holds. Raises
    NotFound.
    """
    asked: dict[int, Segment] = {}
    waiting = [segment_id]
    while waiting:
        one = waiting.pop()
        if one not in asked:
            asked[one] = get_segment(session, one)
            waiting += _asks_for(asked[one])
    said = {str(one): [row.rule, str(row.expires_on)] for one, row in sorted(asked.items())}
    return asked[segment_id].name, hash_of(said)


def _asks_for(segment: Segment) -> frozenset[int]:
    node, _ = read_rule(segment.rule, get_fields())
    return references(node, FieldKind.SEGMENTS) if node is not None else frozenset()
