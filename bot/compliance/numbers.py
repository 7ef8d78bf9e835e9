"""Numbers that are secret or personal by themselves: cards, ID numbers, mobile phones. Works on a view of the text.

All patterns are bounded: the time grows with the length of the text, not faster.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

# Digits may be set apart by spaces, dashes, the frames of emoji digits, and characters nobody sees.
GAP = r"[ \t\u00a0\u2000-\u200d\u2060\u3000\ufeff\-\u2010-\u2015\u2212\ufe0f\u20e3]"
# Other signs between digits are read as gaps only where all groups are alike: else a list of sums would become a card.
_SIGN = r" ?[.·•_/\\|\r\n,、;:] ?"
# Eleven digits at least: a phone is the shortest of what is looked for.
_LONG_NUMBER = re.compile(rf"(?<![0-9])[0-9](?:{GAP}{{0,3}}[0-9]){{10,}}{GAP}{{0,2}}x?")
_BLOCK = re.compile("[0-9]+x?\ufe0f?\u20e3?|x")
_SET_APART = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<![0-9])[0-9]{{4}}({_SIGN})[0-9]{{4}}(?:\1[0-9]{{4}}){{1,2}}(?:\1[0-9]{{1,4}})?x?(?![0-9])",
        rf"(?<![0-9])[0-9]({_SIGN})[0-9](?:\1[0-9]){{11,17}}x?(?![0-9])",
        rf"(?<![0-9])[0-9]{{6}}({_SIGN})[0-9]{{8}}\1[0-9]{{3,4}}x?(?![0-9])",
    )
)
_MOBILE = re.compile(r"(?:86)?1[3-9][0-9]{9}")
# How phones are written: 138 1234 5678, 138 12345678, 1381234 5678.
_PHONE_GROUPS = frozenset({(11,), (3, 4, 4), (3, 8), (7, 4)})
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_DOUBLED = "0246813579"
SHORTEST_CARD, LONGEST_CARD = 13, 19


@dataclass(frozen=True)
class Found:
    """A place in the text, and what stands there."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class _Window:
    """Neighbouring groups of digits, and how long each is."""

    start: int
    end: int
    digits: str
    groups: tuple[int, ...]


def find_numbers(view: str, phones: list[Found]) -> list[Found]:
    """Cards and ID numbers: whole runs of digit groups, so that no longer number is cut to make one."""
    found: list[Found] = []
    for number in _LONG_NUMBER.finditer(view):
        found += _numbers_in(view, number, phones)
    found += _set_apart(view)
    return found


def find_spoken_numbers(view: str, phones: list[Found]) -> Iterator[Found]:
    """The same in the spoken view, where a numeral beside a number may belong to a word: 张三, 一直."""
    for number in _LONG_NUMBER.finditer(view):
        start, end = number.span()
        cuts = ((start, end), (start, end - 1), (start + 1, end), (start + 1, end - 1))
        for first, last in cuts:
            digits = re.sub(r"[^0-9x]", "", view[first:last])
            kind = _kind(digits)
            if kind is not None and not any(_cuts(first, last, phone) for phone in phones):
                yield Found(kind, first, last)
                break
    yield from _set_apart(view)


def find_phones(view: str) -> list[Found]:
    """Mobile numbers as people write them."""
    found: list[Found] = []
    for number in _LONG_NUMBER.finditer(view):
        for window in _windows(view, number, 11, 13):
            if _is_phone(window) and (not found or window.start >= found[-1].end):
                found.append(Found("phone", window.start, window.end))
    return found


def is_birthday(digits: str) -> bool:
    """True for a day since 1900, as eight digits."""
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return born.year >= 1900


def _numbers_in(view: str, number: re.Match[str], phones: list[Found]) -> Iterator[Found]:
    for window in _windows(view, number, SHORTEST_CARD, LONGEST_CARD):
        if any(_cuts(window.start, window.end, phone) for phone in phones):
            continue
        kind = _kind(window.digits)
        if kind is not None:
            yield Found(kind, window.start, window.end)


def _set_apart(view: str) -> Iterator[Found]:
    for pattern in _SET_APART:
        for apart in pattern.finditer(view):
            kind = _kind(re.sub(r"[^0-9x]", "", apart[0]))
            if kind is not None:
                yield Found(kind, apart.start(), apart.end())


def _cuts(start: int, end: int, phone: Found) -> bool:
    """True when this place holds a part of this phone, or just the phone."""
    is_apart = end <= phone.start or start >= phone.end
    is_around = start <= phone.start and end >= phone.end
    return not is_apart and (not is_around or (start, end) == (phone.start, phone.end))


def _windows(view: str, number: re.Match[str], shortest: int, longest: int) -> Iterator[_Window]:
    """Neighbouring groups that together have that many digits; longer ones first."""
    if number.end() - number.start() < shortest:
        return
    blocks = [
        (block.start(), block.end(), block[0].rstrip("\ufe0f\u20e3")) for block in _BLOCK.finditer(view, *number.span())
    ]
    for first, (start, _, _) in enumerate(blocks):
        joined: list[_Window] = []
        digits = ""
        groups: tuple[int, ...] = ()
        for _, end, block in blocks[first:]:
            digits += block
            groups = (*groups, len(block))
            if len(digits) > longest:
                break
            if len(digits) >= shortest:
                joined.append(_Window(start, end, digits, groups))
        yield from reversed(joined)


def _is_phone(window: _Window) -> bool:
    if not _MOBILE.fullmatch(window.digits):
        return False
    groups = window.groups
    if len(window.digits) == 13:
        groups = groups[1:] if groups[0] == 2 else (groups[0] - 2, *groups[1:])
    return groups in _PHONE_GROUPS


def _kind(digits: str) -> str | None:
    if _is_id_number(digits):
        return "id_number"
    is_long = SHORTEST_CARD <= len(digits) <= LONGEST_CARD
    return "card" if is_long and digits.isdigit() and _passes_luhn(digits) else None


def _is_id_number(digits: str) -> bool:
    if len(digits) == 15 and digits.isdigit():
        return digits[0] in "12345678" and is_birthday("19" + digits[6:12])
    if len(digits) != 18 or not digits[:17].isdigit():
        return False
    check = sum(int(digit) * weight for digit, weight in zip(digits, _ID_WEIGHTS, strict=False)) % 11
    return digits[17] == "10x98765432"[check] and is_birthday(digits[6:14])


def _passes_luhn(digits: str) -> bool:
    singles, doubles = digits[-1::-2], digits[-2::-2]
    return (sum(map(int, singles)) + sum(int(_DOUBLED[int(digit)]) for digit in doubles)) % 10 == 0
