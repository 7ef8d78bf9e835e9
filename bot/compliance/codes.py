"""What only its neighbouring words make a secret: SMS codes, passwords, PINs, CVV. Works on a view of the text.

Close to its word, with nothing but small words between, every value counts. Further off, or before the word, a number
counts unless it is named something else (合同号12345678), counted (5000元) or known for what it is (95588, a day).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.compliance import code_words as words
from bot.compliance.numbers import Found, is_birthday

CODE, PIN, CVV, WEAK = "sms_code", "password", "cvv", "weak"
UKEY_PIN = "ukey_pin"
MARKED = "已屏蔽"
REACH_AFTER, REACH_BEFORE = 24, 9
SHORTEST, LONGEST, LONGEST_FAR = 4, 20, 13
# Before its word, a number this long is one; shorter ones need nothing but small words between.
LONG_BEFORE = 6
WEAK_DIGITS = 6
# Letters with digits are read as a password further off only from here on.
SHORTEST_TOKEN_FAR = 5
# Nobody was born later and owns a firm: such a day is when something was done.
LATEST_BIRTH_YEAR = 2012


@dataclass(frozen=True)
class _View:
    """A view of the text, the same with its phones hidden, and the plain view."""

    text: str
    hidden: str
    plain: str

    def has_phone(self, start: int, end: int) -> bool:
        """True when a phone number stands in this place."""
        return self.hidden[start:end] != self.text[start:end]

    def is_hotline(self, value: "_Value") -> bool:
        """True for 95588 in digits: in numerals the last one may belong to the next word."""
        is_plain = self.plain[value.start : value.end] == self.text[value.start : value.end]
        return is_plain and words.HOTLINE.fullmatch(value.digits) is not None


@dataclass(frozen=True)
class _Value:
    """What may be a secret, and how it stands to its word. `is_told` says that it follows 是 or a colon at once."""

    start: int
    end: int
    digits: str = ""
    is_close: bool = True
    is_told: bool = False
    is_before: bool = False


def names_secret(view: str) -> bool:
    """True when a word stands in this view that makes its neighbours secrets."""
    return words.WORD.search(view) is not None


def find_codes(view: str, plain: str, phones: Sequence[Found]) -> list[Found]:
    """Codes, passwords and CVV of a view beside their words, the nearest pair first; `plain` is the plain view."""
    seen = _View(view, _without(view, phones), plain)
    found: list[tuple[bool, int, Found]] = []
    for word in words.WORD.finditer(view):
        kind = str(word.lastgroup)
        for value in (*_after(seen, word.end(), kind), *_before(seen, word.start(), kind)):
            apart = max(value.start - word.end(), word.start() - value.end)
            found.append((not value.is_close, apart, Found(_reported(view, word, kind), value.start, value.end)))
    # A value between two words belongs to the nearer one.
    return [one for _, _, one in sorted(found, key=lambda one: one[:2])]


def _without(view: str, phones: Sequence[Found]) -> str:
    parts, done = [], 0
    for phone in phones:
        parts += [view[done : phone.start], "\n" * (phone.end - phone.start)]
        done = phone.end
    return "".join(parts) + view[done:]


def _reported(view: str, word: re.Match[str], kind: str) -> str:
    if kind == WEAK:
        return CODE
    is_device = words.DEVICE.search(view[max(0, word.start() - 6) : word.start()])
    return UKEY_PIN if kind == PIN and is_device else kind


def _after(seen: _View, after: int, kind: str) -> Iterator[_Value]:
    """The values close behind a word, one behind the other, or else the first one further on."""
    value = first = _close(seen, after, kind)
    while value is not None:
        yield value
        value = _close(seen, value.end, kind)
    if first is None and kind in (CODE, PIN):
        value = _further_on(seen, after, kind)
        if value is not None:
            yield value


def _close(seen: _View, after: int, kind: str) -> _Value | None:
    glue = words.GLUE.match(seen.text, after)
    at = glue.end() if glue else after
    is_told = words.TOLD.search(seen.text[after:at]) is not None
    token = _token_at(seen.hidden, at, is_told=is_told) if kind in (CODE, PIN) else None
    if token is not None:
        return token
    values = (_Value(start, end, digits, is_told=is_told) for start, end, digits in _numbers_at(seen.text, at))
    return _first_secret(seen, values, kind)


def _first_secret(seen: _View, values: Iterator[_Value], kind: str) -> _Value | None:
    """The longest reading that is a secret; CVV and what only 短信 hints at are read whole or not at all."""
    for value in values:
        if _is_secret(seen, value, kind):
            return value
        if kind in (CVV, WEAK):
            return None
    return None


def _further_on(seen: _View, after: int, kind: str) -> _Value | None:
    """The first value within reach that has no other meaning. A mark on the way is what the word spoke of."""
    for found in words.START.finditer(seen.text, after, after + REACH_AFTER):
        at = found.start()
        if seen.text[at - 1] in words.TOKEN_SIGNS or words.WORD.match(seen.text, at):
            continue
        if MARKED in seen.text[after:at]:
            return None
        token = words.TOKEN.match(seen.hidden, at)
        if token is not None and len(token[0]) >= SHORTEST_TOKEN_FAR and not words.NO_TOKEN.fullmatch(_core(token)):
            return _Value(at, token.end(), is_close=False)
        values = (_Value(start, end, digits, is_close=False) for start, end, digits in _numbers_at(seen.text, at))
        value = _first_secret(seen, values, kind)
        if value is not None:
            return value
    return None


def _before(seen: _View, until: int, kind: str) -> Iterator[_Value]:
    """The value right before a word."""
    token = _token_before(seen.hidden, until) if kind in (CODE, PIN) else None
    if token is not None:
        yield token
        return
    nearest: _Value | None = None
    at = max(0, until - REACH_BEFORE - 2 * LONGEST)
    while (found := words.DIGIT.search(seen.text, at, until)) is not None:
        at = found.start()
        end = at + 1
        if not at or seen.text[at - 1] not in words.TOKEN_SIGNS:
            numbers = [one for one in _numbers_at(seen.text, at) if one[1] <= until]
            values = (_value_before(seen.text, one, until, kind) for one in numbers)
            nearest = _first_secret(seen, (value for value in values if value is not None), kind) or nearest
            end = numbers[0][1] if numbers else end
        at = end
    if nearest is not None:
        yield nearest


def _value_before(view: str, number: tuple[int, int, str], until: int, kind: str) -> _Value | None:
    start, end, digits = number
    between = view[end:until]
    is_close = words.GLUE_BEFORE.fullmatch(between) is not None
    is_long = len(digits) >= LONG_BEFORE and len(between) <= REACH_BEFORE and kind in (CODE, PIN)
    if not (is_close or is_long) or words.DIGIT.search(between):
        return None
    return _Value(start, end, digits, is_close=is_close, is_before=True)


def _token_at(view: str, at: int, *, is_told: bool) -> _Value | None:
    """abc12345, 6个8, or letters alone behind 是."""
    for pattern in (words.TOKEN, words.REPEATED, *((words.LETTERS,) if is_told else ())):
        found = pattern.match(view, at)
        if found is not None and _core(found) not in words.NO_PASSWORDS and not words.NO_TOKEN.fullmatch(_core(found)):
            return _Value(at, found.end())
    return None


def _token_before(view: str, until: int) -> _Value | None:
    head = view[max(0, until - 44) : until]
    if not words.MIXES.search(head):
        return None
    for length in range(11, -1, -1):
        if length and not words.GLUE_BEFORE.fullmatch(head[-length:]):
            continue
        found = words.TOKEN_ENDS_AT.search(head[: len(head) - length])
        if found is not None and words.TOKEN.fullmatch(found[0]) and not words.NO_TOKEN.fullmatch(_core(found)):
            return _Value(until - length - len(found[0]), until - length, is_before=True)
    return None


def _core(token: re.Match[str]) -> str:
    return token[0].strip("!@#$%^&*_.-")


def _numbers_at(view: str, at: int) -> Iterator[tuple[int, int, str]]:
    """Start, end and digits of what may be read as one number from here on; the longest first."""
    singles = words.SINGLES.match(view, at)
    if singles is not None:
        yield at, singles.end(), re.sub(r"[^0-9]", "", singles[0])
    run = words.RUN.match(view, at)
    if run is None:
        return
    blocks = [(block.end(), block[0]) for block in words.BLOCK.finditer(view, *run.span())]
    size = len(blocks[0][1])
    joined: list[tuple[int, int, str]] = []
    digits = ""
    for end, block in blocks:
        # Groups of one size belong together, the last may be shorter; 482913 5000 are two numbers.
        if digits and (size > 4 or len(block) > size or len(digits) % size):
            break
        digits += block
        joined.append((at, end, digits))
    yield from reversed(joined)


def _is_secret(seen: _View, value: _Value, kind: str) -> bool:
    size = len(value.digits)
    if kind == CVV:
        is_more = seen.has_phone(value.start, value.end) or seen.text[value.end : value.end + 1] in words.TOKEN_SIGNS
        return 3 <= size <= 4 and not is_more and not _is_counted(seen, value)
    if kind == WEAK and (size != WEAK_DIGITS or not value.is_close):
        return False
    if not SHORTEST <= size <= (LONGEST if value.is_close else LONGEST_FAR):
        return False
    if value.is_told and not (seen.is_hotline(value) and words.SAYS.match(seen.text, value.end)):
        return words.IS_MONEY.match(seen.text, value.end) is None
    if _is_counted(seen, value) or seen.is_hotline(value) or _is_day_or_year(value):
        return False
    if seen.has_phone(value.start, value.end):
        return False
    return (value.is_close and not value.is_before) or not _is_labelled(seen.text, value.start)


def _is_counted(seen: _View, value: _Value) -> bool:
    return words.IS_COUNTED.match(seen.text, value.end) is not None


def _is_day_or_year(value: _Value) -> bool:
    if words.DAY.fullmatch(value.digits) and is_birthday(value.digits):
        return not (value.is_close and int(value.digits[:4]) <= LATEST_BIRTH_YEAR)
    return not value.is_close and words.YEAR.fullmatch(value.digits) is not None


def _is_labelled(view: str, start: int) -> bool:
    """合同号12345678, 转了20000, and what follows the point of 3.45 or the colon of 10:35."""
    before = view[max(0, start - 8) : start]
    return words.LABEL.search(before) is not None or (before[-1:] in (".", ":") and before[-2:-1].isdigit())
