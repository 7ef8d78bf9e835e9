"""A push's XML → its fields. A strict reader of our own: no DTD, no entities, bounded depth, no doubled fields."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from bot.errors import CallbackRejected

MAX_DEPTH = 6
MAX_NODES = 400
_BOM = "\ufeff"


@dataclass(frozen=True)
class Fields:
    """The fields of one push; a nested one is named "Outer.Inner", of repeated inner ones the first is kept in `names`
    and all of them in `repeated`.
    """

    names: Mapping[str, str]
    repeated: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A field that must be there. Raises CallbackRejected."""
        value = self.names.get(name, "")
        if not value:
            raise CallbackRejected(forged=False)
        return value

    def find(self, name: str) -> str:
        """A field that may be missing or empty; then ""."""
        return self.names.get(name, "")

    def all(self, name: str) -> Sequence[str]:
        """Every value of a nested field, in order."""
        return self.repeated.get(name, ())


def read_fields(body: bytes) -> Fields:
    """The fields of an XML body. Raises CallbackRejected (broken)."""
    try:
        root = fromstring(body.decode("utf-8").removeprefix(_BOM), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise CallbackRejected(forged=False) from error
    if root.tag != "xml":
        raise CallbackRejected(forged=False)
    found: dict[str, str] = {}
    inner: dict[str, list[str]] = {}
    for child in root:
        if child.tag in found:
            raise CallbackRejected(forged=False)
        found[child.tag] = (child.text or "").strip()
        _flatten(child, child.tag, inner, depth=1)
        if len(found) + sum(map(len, inner.values())) > MAX_NODES:
            raise CallbackRejected(forged=False)
    return Fields({**found, **{name: values[0] for name, values in inner.items()}}, inner)


def _flatten(node: Element, path: str, inner: dict[str, list[str]], depth: int) -> None:
    if depth > MAX_DEPTH or len(inner) > MAX_NODES:
        raise CallbackRejected(forged=False)
    for child in node:
        name = f"{path}.{child.tag}"
        inner.setdefault(name, []).append((child.text or "").strip())
        _flatten(child, name, inner, depth + 1)
