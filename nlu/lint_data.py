"""Checks training data and gold sets: `python lint_data.py` prints every problem, and then ends with status 1.

What it looks for: intents that are unknown or too small, one text twice (under one intent or two), gold texts that
stand in the training data, gold sets that were changed, broken annotation, numbers that may belong to a person. Lines
that begin with "note" are for reading: they do not fail.
"""

from __future__ import annotations

import hashlib
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import yaml
from evaluation.gold import DEV, SETS, TEST, TESTS_DIR, GoldText, entities_path, read_texts, set_path
from evaluation.near_texts import near_pairs, near_pairs_within
from evaluation.utterances import ANNOTATION, NLU_DIR, Example, key_of, read_examples

# With fewer an intent is guessed by its neighbours' words; what is out of scope is wider than any of them.
LEAST_EXAMPLES = 150
LEAST_OUT_OF_SCOPE = 1500
OUT_OF_SCOPE = "out_of_scope"
MOST_CHARS = 120
# So alike, two texts should not have two labels.
CONFLICT_RATIO = 95
# So alike, a gold text tells nothing that training has not seen. Shorter ones are alike by accident.
LEAK_RATIO = 88
LEAK_CHARS = 6
# The sets were frozen with these; a frozen set can only get more of them by being replaced.
KNOWN_DEV_TEST_PAIRS = 22
ANNOTATED_ENTITIES = {"company", "industry", "city"}
FROZEN_FILE = TESTS_DIR / "frozen.sha256"
_INTENT_NAME = re.compile(r"[a-z]+(_[a-z]+)*")
# Phones, identity cards and bank cards all have eleven digits or more, however they are grouped.
_LONG_NUMBER = re.compile(r"\d(?:[ -]?\d){10,}")
# By this the writers of our texts mark the phones that they made up. What customers said gets no such trust.
_MADE_UP = "0000"
_BY_CUSTOMERS = "learned.yml"


@dataclass(frozen=True)
class Findings:
    """Problems must go; notes are worth a look."""

    problems: list[str]
    notes: list[str]


def main() -> int:
    """Prints what it finds; exit status 1 when there are problems."""
    try:
        examples = list(read_examples())
        found = find(examples)
    except (yaml.YAMLError, KeyError, TypeError) as error:
        print(f"a file of the data cannot be read: {type(error).__name__}: {error}")
        return 1
    for line in (*(f"note: {note}" for note in found.notes), *found.problems):
        print(line)
    print(f"{len(found.problems)} problems, {len(found.notes)} notes in {len(examples)} examples")
    return 1 if found.problems else 0


def find(examples: Sequence[Example]) -> Findings:
    """Every finding as one line naming file, intent and text."""
    gold = {name: read_texts(name) for name in SETS}
    between_sets = judge_near_gold(list(near_gold(gold[DEV], gold[TEST])))
    problems = [
        *wrong_intents(examples, domain_intents()),
        *wrong_gold_intents(gold, domain_intents()),
        *repeated_texts(examples),
        *(line for name in SETS for line in leaked_texts(examples, gold[name], name)),
        *between_sets.problems,
        *changed_sets(),
        *(line for example in examples for line in annotation_problems(example)),
        *(f"{one.file} {one.intent}: too long: {one.text}" for one in examples if len(one.text) > MOST_CHARS),
        *personal_numbers([(f"{one.file} {one.intent}", one.text) for one in examples]),
        *(line for name in SETS for line in personal_numbers([(f"{name}.yml", one.text) for one in gold[name]])),
    ]
    return Findings(problems, [*near_conflicts(examples), *between_sets.notes])


def domain_intents() -> set[str]:
    """The intents that the domain names."""
    return set(yaml.safe_load((NLU_DIR / "domain.yml").read_text(encoding="utf-8"))["intents"])


def wrong_intents(examples: Iterable[Example], domain: set[str]) -> Iterator[str]:
    """Intents unknown to the domain, badly named, or with too few examples."""
    counts = Counter(example.intent for example in examples)
    for intent in sorted(domain | set(counts)):
        if intent not in domain:
            yield f"{intent}: not in domain.yml"
        if not _INTENT_NAME.fullmatch(intent):
            yield f"{intent}: a name is small letters and single underscores"
        least = LEAST_OUT_OF_SCOPE if intent == OUT_OF_SCOPE else LEAST_EXAMPLES
        if counts[intent] < least:
            yield f"{intent}: {counts[intent]} examples, at least {least} wanted"


def wrong_gold_intents(gold: dict[str, list[GoldText]], domain: set[str]) -> Iterator[str]:
    """Gold texts of unknown intents, and intents without a gold text."""
    for name, texts in gold.items():
        held = {text.intent for text in texts}
        yield from (f"{name}.yml {intent}: not in domain.yml" for intent in sorted(held - domain))
        yield from (f"{name}.yml: no text of {intent}" for intent in sorted(domain - held))


def repeated_texts(examples: Iterable[Example]) -> Iterator[str]:
    """Texts that are the same once normalised and freed of signs."""
    seen: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        seen[key_of(example.text)].append(example)
    for repeats in seen.values():
        if len(repeats) > 1:
            places = ", ".join(f"{one.file} {one.intent}" for one in repeats)
            kind = "one text under two labels" if len({one.intent for one in repeats}) > 1 else "one text twice"
            yield f"{places}: {kind}: {' | '.join(one.text for one in repeats)}"


def near_conflicts(examples: Sequence[Example]) -> Iterator[str]:
    """Texts nearly the same under two labels; the same ones are repeated_texts'."""
    keys = [key_of(example.text) for example in examples]
    for pair in near_pairs_within(keys, CONFLICT_RATIO):
        one, other = examples[pair.first], examples[pair.second]
        if one.intent != other.intent and keys[pair.first] != keys[pair.second]:
            yield f"{one.intent} and {other.intent} {pair.ratio:.0f}% alike: {one.text} | {other.text}"


def leaked_texts(examples: Sequence[Example], gold: Sequence[GoldText], name: str) -> Iterator[str]:
    """Training texts that stand in a gold set, or nearly. The training text goes, never the gold one."""
    keys = [key_of(example.text) for example in examples]
    for first, second, ratio in _alike(keys, [key_of(text.text) for text in gold]):
        one = examples[first]
        yield f"{one.file} {one.intent}: {ratio:.0f}% alike in {name}.yml: {one.text} | {gold[second].text}"


def near_gold(dev: Sequence[GoldText], test: Sequence[GoldText]) -> Iterator[str]:
    """Texts that stand in both gold sets, or nearly."""
    for first, second, ratio in _alike([key_of(one.text) for one in dev], [key_of(one.text) for one in test]):
        one, other = dev[first], test[second]
        yield f"dev.yml and test.yml {one.intent}: {ratio:.0f}% alike: {one.text} | {other.text}"


def judge_near_gold(pairs: list[str]) -> Findings:
    """The pairs that the sets were frozen with are notes; once there are more, all of them are problems."""
    return Findings([], pairs) if len(pairs) <= KNOWN_DEV_TEST_PAIRS else Findings(pairs, [])


def _alike(first: Sequence[str], second: Sequence[str]) -> Iterator[tuple[int, int, float]]:
    for pair in near_pairs(first, second, LEAK_RATIO):
        one, other = first[pair.first], second[pair.second]
        if one == other or min(len(one), len(other)) >= LEAK_CHARS:
            yield pair.first, pair.second, pair.ratio


def changed_sets() -> Iterator[str]:
    """Gold sets whose bytes are not those that were frozen. A changed ruler makes old figures worthless."""
    lines = FROZEN_FILE.read_text(encoding="utf-8").split("\n")
    frozen = {name: digest for digest, _, name in (line.partition("  ") for line in lines if line)}
    for path in (make(name) for name in SETS for make in (set_path, entities_path)):
        if hashlib.sha256(path.read_bytes()).hexdigest() != frozen.get(path.name):
            yield f"{path.name}: not what {FROZEN_FILE.name} froze"


def annotation_problems(example: Example) -> Iterator[str]:
    """Broken spans, entities that are not annotated by hand, values that no table knows."""
    where = f"{example.file} {example.intent}"
    if re.search(r"\]\(|\]\{|\}\s*\{", ANNOTATION.sub("", example.written)):
        yield f"{where}: broken annotation: {example.written}"
    for match in ANNOTATION.finditer(example.written):
        fields = yaml.safe_load("{" + match["json"] + "}") if match["json"] else {"entity": match["plain"]}
        entity, value = fields.get("entity"), fields.get("value")
        if entity not in ANNOTATED_ENTITIES:
            yield f"{where}: entity {entity} is not annotated by hand: {example.written}"
        elif entity != "company" and f"{entity}/{value}" not in _table_names():
            yield f"{where}: no table {entity}/{value}: {example.written}"
        if match["text"] != match["text"].strip():
            yield f"{where}: span has spaces around it: {example.written}"


def personal_numbers(texts: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Phone, identity and card numbers, given (place, text). Lines do not repeat them: they end up in logs."""
    for where, text in texts:
        for found in _LONG_NUMBER.finditer(unicodedata.normalize("NFKC", text)):
            is_made_up = _MADE_UP in re.sub(r"\D", "", found[0]) and not where.startswith(_BY_CUSTOMERS)
            if not is_made_up:
                yield f"{where}: {len(found[0])} characters of a number that may be real: {text[: found.start()]}…"


_TABLES: set[str] = set()


def _table_names() -> set[str]:
    """Names such as city/340100, read once: the city table is long."""
    if not _TABLES:
        for path in (NLU_DIR / "data" / "lookups").glob("*.yml"):
            _TABLES.update(re.findall(r"^- lookup: (\S+)$", path.read_text(encoding="utf-8"), re.MULTILINE))
    return _TABLES


if __name__ == "__main__":
    sys.exit(main())
