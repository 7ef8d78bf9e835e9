"""Where in a text the objections of the wording rules stand, so that screens can underline the words. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.compliance.prices import SENTENCE, tells_price
from bot.compliance.rules import (
    EXCERPT_CHARS,
    NEEDS_ANNUAL_RATE,
    Advice,
    CheckWording,
    Finding,
    Grade,
    Place,
    Requirement,
    Wording,
    WordRule,
    fold,
)

_PART = re.compile(r"[^。!?;,\n]+")


@dataclass(frozen=True)
class Folded:
    """A text as the rules see it; `at` tells of each of its characters where in the text it comes from."""

    text: str
    at: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a piece of the folded text stands in the text."""
        return self.at[start], self.at[end - 1] + 1


@dataclass(frozen=True)
class Marked:
    """One objection and the words of the text it is about: `text[start:end]`."""

    finding: Finding
    start: int
    end: int


def folded(text: str) -> Folded:
    """A text folded character by character, so that none loses its place."""
    made: list[str] = []
    at: list[int] = []
    for place, char in enumerate(text):
        seen = fold(char)
        made.append(seen)
        at += [place] * len(seen)
    return Folded("".join(made), tuple(at))


def mark(text: str, check: CheckWording, wording: Wording, *, place: Place) -> list[Marked]:
    """Every objection to a text with its place, in the order of the text. Several words of one rule that overlap are
    one objection; what a text lacks beside words that are forbidden anyway is none.
    """
    seen = folded(text)
    found = [
        Marked(finding, *seen.span(start, end))
        for finding in dict.fromkeys(check(text, place=place))
        # An objection never gets lost: one whose words cannot be found again is to the whole text.
        for start, end in list(_places(seen.text, finding, wording)) or [(0, len(seen.text))]
    ]
    merged = _merged(found)
    blocked = [one for one in merged if one.finding.grade is Grade.BLOCK]
    return [
        one
        for one in merged
        if one.finding.grade is not Grade.REQUIRE or not any(_is_within(one, other) for other in blocked)
    ]


def find_advice(finding: Finding, words: str, wording: Wording) -> Advice | None:
    """What the lists say of a rule's objection to these words, or None."""
    said = fold(f"{words} {finding.excerpt}")
    mine = [one for one in wording.advice if one.rule == finding.rule]
    return next((one for one in mine if not one.words or any(word in said for word in one.words)), None)


def price_places(plain: str) -> Iterator[tuple[int, int]]:
    """The parts of a folded text's sentences that tell a price, each sentence's smallest."""
    for sentence in SENTENCE.finditer(plain):
        if not tells_price(sentence[0]):
            continue
        parts = [part for part in _PART.finditer(plain, sentence.start(), sentence.end()) if tells_price(part[0])]
        for part in parts or [sentence]:
            yield _trimmed(plain, part.start(), part.end())


def _places(plain: str, finding: Finding, wording: Wording) -> Iterator[tuple[int, int]]:
    if finding.rule == NEEDS_ANNUAL_RATE:
        yield from _prices_of(plain, finding)
        return
    if finding.grade is Grade.REQUIRE:
        requirements = [one for one in wording.requirements if one.id == finding.rule and finding.excerpt in one.urges]
        yield from _first_of(_words_in(plain, finding.excerpt, requirements, wording))
        return
    rules = [
        one
        for one in wording.rules
        if (one.id, one.grade) == (finding.rule, finding.grade) and finding.excerpt in one.words
    ]
    if rules:
        yield from _words_in(plain, finding.excerpt, rules, wording)
    else:
        start = plain.find(finding.excerpt)
        if start >= 0:
            yield start, start + len(finding.excerpt)


def _prices_of(plain: str, finding: Finding) -> Iterator[tuple[int, int]]:
    for start, end in price_places(plain):
        sentence = next(one for one in SENTENCE.finditer(plain) if one.start() <= start < one.end())
        if sentence[0].strip()[:EXCERPT_CHARS] == finding.excerpt:
            yield start, end


def _words_in(
    plain: str, word: str, rules: Sequence[WordRule] | Sequence[Requirement], wording: Wording
) -> Iterator[tuple[int, int]]:
    """Where a word of the lists stands: from the first to the last of its parts, sentence by sentence."""
    parts = word.split("+")
    for sentence in SENTENCE.finditer(plain):
        if any(all(part in sentence[0] for part in warning.split("+")) for warning in wording.warnings):
            continue
        rest = sentence[0]
        for phrase in (phrase for rule in rules for phrase in rule.unless):
            rest = rest.replace(phrase, " " * len(phrase))
        if not all(part in rest for part in parts):
            continue
        if len(parts) == 1:
            for hit in re.finditer(re.escape(word), rest):
                yield sentence.start() + hit.start(), sentence.start() + hit.end()
        else:
            begins = [rest.index(part) for part in parts]
            ends = [begin + len(part) for begin, part in zip(begins, parts, strict=True)]
            yield sentence.start() + min(begins), sentence.start() + max(ends)


def _first_of(places: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    first = next(places, None)
    if first is not None:
        yield first


def _merged(found: list[Marked]) -> list[Marked]:
    kept: list[Marked] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        same = next((other for other in kept if _is_like(one, other) and one.start < other.end), None)
        if same is None:
            kept.append(one)
        elif one.end > same.end:
            kept[kept.index(same)] = Marked(same.finding, same.start, one.end)
    return kept


def _is_like(one: Marked, other: Marked) -> bool:
    return (one.finding.rule, one.finding.grade) == (other.finding.rule, other.finding.grade)


def _is_within(one: Marked, other: Marked) -> bool:
    return one.finding.rule == other.finding.rule and other.start <= one.start and one.end <= other.end


def _trimmed(plain: str, start: int, end: int) -> tuple[int, int]:
    words = plain[start:end]
    return start + len(words) - len(words.lstrip()), end - (len(words) - len(words.rstrip()))
