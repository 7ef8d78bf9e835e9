"""Mobile numbers, also with the spaces or dashes people put between the groups."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.found import Found

_SPOKEN_DIGITS = str.maketrans("零〇一幺二三四五六七八九", "001123456789")
# Voice input writes the digits as words: 一三八零零…
_SPOKEN = re.compile(
    r"(?<![零〇一幺二三四五六七八九])[一幺][三四五六七八九][零〇一幺二三四五六七八九]{9}(?![零〇一幺二三四五六七八九])"
)
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")


def find_phones(text: str) -> Iterator[Found]:
    """Every mobile number of the normal text as 11 digits."""
    for match in _MOBILE.finditer(text):
        yield Found("phone", re.sub(r"\D", "", match.group()), *match.span())
    for match in _SPOKEN.finditer(text):
        yield Found("phone", match.group().translate(_SPOKEN_DIGITS), *match.span())
