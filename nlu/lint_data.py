"""Checks the training data: `python lint_data.py` prints every problem and ends with status 1 when there is one.

What it looks for: intents without enough examples or unknown to the domain, one text twice (under one intent or two),
broken or wrong inline annotation, entity values that no table knows, texts too long for a chat.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from components.normalise import normalise

NLU_DIR = Path(__file__).resolve().parent
LEAST_EXAMPLES = 40
MOST_CHARS = 120
ANNOTATED_ENTITIES = {"company", "industry", "city"}
_ANNOTATION = re.compile(r"\[(?P<text>[^\[\]]+)\](?:\((?P<plain>[a-z_]+)\)|\{(?P<json>[^{}]*)\})")


@dataclass(frozen=True)
class Example:
    """One training utterance as written, and as the customer would send it."""

    intent: str
    written: str
    text: str
    file: str


def main() -> int:
    """Prints the problems; exit status 1 when there are any."""
    problems = find_problems()
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems in {len(list(read_examples()))} examples")
    return 1 if problems else 0


def find_problems() -> list[str]:
    """Every problem as one line naming file, intent and text."""
    examples = list(read_examples())
    return [
        *_wrong_intents(examples),
        *_repeated_texts(examples),
        *(problem for example in examples for problem in _annotation_problems(example)),
        *(f"{one.file} {one.intent}: too long: {one.text}" for one in examples if len(one.text) > MOST_CHARS),
    ]


def read_examples(folder: Path = NLU_DIR / "data" / "intents") -> Iterator[Example]:
    """Every utterance of the folder's files."""
    for path in sorted(folder.glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in block["examples"].splitlines():
                written = line.removeprefix("-").strip()
                if written:
                    yield Example(block["intent"], written, _ANNOTATION.sub(r"\g<text>", written), path.name)


def _wrong_intents(examples: list[Example]) -> Iterator[str]:
    domain = set(yaml.safe_load((NLU_DIR / "domain.yml").read_text(encoding="utf-8"))["intents"])
    counts: dict[str, int] = dict.fromkeys(domain, 0)
    for example in examples:
        counts[example.intent] = counts.get(example.intent, 0) + 1
    yield from (f"{intent}: not in domain.yml" for intent in sorted(set(counts) - domain))
    yield from (
        f"{intent}: {count} examples, at least {LEAST_EXAMPLES} wanted"
        for intent, count in sorted(counts.items())
        if count < LEAST_EXAMPLES
    )


def _repeated_texts(examples: list[Example]) -> Iterator[str]:
    """Texts that are the same once normalised and freed of punctuation."""
    seen: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        normal = normalise(example.text).text
        seen[re.sub(r"[^\w]", "", normal) or normal].append(example)
    for repeats in seen.values():
        if len(repeats) > 1:
            places = ", ".join(f"{one.file} {one.intent}" for one in repeats)
            yield f"{places}: one text {len(repeats)} times: {repeats[0].text}"


def _annotation_problems(example: Example) -> Iterator[str]:
    where = f"{example.file} {example.intent}"
    if re.search(r"\]\(|\]\{|\}\s*\{", _ANNOTATION.sub("", example.written)):
        yield f"{where}: broken annotation: {example.written}"
    for match in _ANNOTATION.finditer(example.written):
        fields = yaml.safe_load("{" + match["json"] + "}") if match["json"] else {"entity": match["plain"]}
        entity, value = fields.get("entity"), fields.get("value")
        if entity not in ANNOTATED_ENTITIES:
            yield f"{where}: entity {entity} is not annotated by hand: {example.written}"
        elif entity != "company" and f"{entity}/{value}" not in _table_names():
            yield f"{where}: no table {entity}/{value}: {example.written}"
        if match["text"] != match["text"].strip():
            yield f"{where}: span has spaces around it: {example.written}"


_TABLES: set[str] = set()


def _table_names() -> set[str]:
    """Names such as city/340100, read once: the city table is long."""
    if not _TABLES:
        for path in (NLU_DIR / "data" / "lookups").glob("*.yml"):
            _TABLES.update(re.findall(r"^- lookup: (\S+)$", path.read_text(encoding="utf-8"), re.MULTILINE))
    return _TABLES


if __name__ == "__main__":
    sys.exit(main())
