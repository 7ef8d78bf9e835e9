"""The fields of this release, known to the whole process: what config/traits.yml, tags.yml and the intents make of
them, and what the features above keep of the past. Handed over once at the start (bot/bootstrap.py), as the field keys
are, because a condition on followers is compiled far from whoever holds the files.
"""

from collections.abc import Mapping

from bot.audience.fields import Field, TraitKind, fields_of
from bot.audience.past import NO_PAST, Past
from bot.customers.remarks import TagKind

_fields: dict[str, Field] = {}
_traits: dict[str, TraitKind] = {}
_past = [NO_PAST]


def install_fields(
    traits: Mapping[str, TraitKind], tags: Mapping[str, TagKind], intents: Mapping[str, str], past: Past = NO_PAST
) -> None:
    """Make these the fields rules may ask for; called once at start, a repeat replaces them."""
    _traits.clear()
    _traits.update(traits)
    _fields.clear()
    _fields.update(fields_of(traits.values(), tags, intents, (one.field for one in past.histories)))
    _past[:] = [past]


def get_fields() -> Mapping[str, Field]:
    """Every field by name, in the order screens offer them."""
    return _fields


def get_traits() -> Mapping[str, TraitKind]:
    """Every kind of trait by key."""
    return _traits


def get_past() -> Past:
    """What is kept above of followers' past."""
    return _past[0]
