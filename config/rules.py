"""Loads wording.yml and fraud.yml into the frozen values of bot/compliance/rules.py, once, at start.

Apart from content.py, because the word lists belong to consumer protection and risk, not to who writes the answers.
"""

import hashlib
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from bot.compliance.rules import Advice, FraudScript, FraudWords, Grade, Place, Requirement, Wording, WordRule, fold
from config.errors import ConfigError
from config.reading import read_yaml

FOLDER = Path(__file__).resolve().parent
WORDING_FILE = "wording.yml"
FRAUD_FILE = "fraud.yml"


def _folded(word: str) -> str:
    # Texts are folded before they are searched: a word in capitals or full width would never be found.
    if fold(word) != word:
        raise ValueError(f"must be written {fold(word)!r}")
    if not all(part.strip() for part in word.split("+")):
        raise ValueError("has an empty part, which every text holds")
    return word


def _day(text: str) -> str:
    date.fromisoformat(text)
    return text


Word = Annotated[str, Field(min_length=2), AfterValidator(_folded)]
Words = Annotated[list[Word], Field(min_length=1)]
Day = Annotated[str, AfterValidator(_day)]
Said = Annotated[str, Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _RuleRow(_Strict):
    id: Said
    # What is required has a shape of its own.
    grade: Literal["block", "warn"]
    owner: Said
    since: Day
    words: Words
    unless: list[Word] = []


class _RequirementRow(_Strict):
    id: Said
    owner: Said
    since: Day
    # YAML has no enumerations, so these may be converted.
    where: Annotated[list[Annotated[Place, Field(strict=False)]], Field(min_length=1)]
    names: Words
    urges: Words
    must: Annotated[dict[Said, Words], Field(min_length=1)]
    unless: list[Word] = []


class _AdviceRow(_Strict):
    rule: Said
    why: Said
    instead: Said
    owner: Said
    since: Day
    words: list[Word] = []


class _WordingFile(_Strict):
    rules: Annotated[list[_RuleRow], Field(min_length=1)]
    requirements: list[_RequirementRow] = []
    warnings: list[Word] = []
    advice: list[_AdviceRow] = []


class _ScriptRow(_Strict):
    id: Said
    strong: list[Word] = []
    weak: list[Word] = []
    unless: list[Word] = []


class _FraudFile(_Strict):
    owner: Said
    since: Day
    scripts: Annotated[list[_ScriptRow], Field(min_length=1)]
    victim: _ScriptRow
    innocent: list[Word] = []
    learning: list[Word] = []


_File = TypeVar("_File", bound=BaseModel)


def load_wording(folder: Path = FOLDER) -> Wording:
    """The word rules of a folder's wording.yml. Raises ConfigError."""
    file = _read(folder, WORDING_FILE, _WordingFile)
    # Two rows may share an id: one rule can have words that block and words that only warn.
    rules = tuple(
        WordRule(row.id, tuple(row.words), Grade(row.grade), row.owner, row.since, tuple(row.unless))
        for row in file.rules
    )
    requirements = tuple(_requirement(row) for row in file.requirements)
    # Earlier rows win, so what is said of single words stands before what is said of the whole rule.
    advice = tuple(
        Advice(row.rule, row.why, row.instead, row.owner, row.since, tuple(row.words)) for row in file.advice
    )
    return Wording(rules, tuple(file.warnings), requirements, advice, _version(file))


def _version(file: _WordingFile) -> str:
    """The newest day of the lists, and what tells two editions of one day apart."""
    days = [[row.since for row in rows] for rows in (file.rules, file.requirements, file.advice)]
    newest = max(since for rows in days for since in rows)
    return f"{newest}.{hashlib.sha256(file.model_dump_json().encode()).hexdigest()[:8]}"


def load_fraud(folder: Path = FOLDER) -> FraudWords:
    """The fraud words of a folder's fraud.yml. Raises ConfigError."""
    file = _read(folder, FRAUD_FILE, _FraudFile)
    ids = [row.id for row in (*file.scripts, file.victim)]
    for number, one in enumerate(ids):
        if one in ids[:number]:
            raise ConfigError(FRAUD_FILE, f"scripts.{one}", "stands twice")
    scripts = tuple(_script(row) for row in file.scripts)
    return FraudWords(scripts, _script(file.victim), tuple(file.innocent), tuple(file.learning))


def _requirement(row: _RequirementRow) -> Requirement:
    return Requirement(
        id=row.id,
        names=tuple(row.names),
        urges=tuple(row.urges),
        must=tuple((name, tuple(words)) for name, words in row.must.items()),
        places=frozenset(row.where),
        owner=row.owner,
        since=row.since,
        unless=tuple(row.unless),
    )


def _script(row: _ScriptRow) -> FraudScript:
    return FraudScript(row.id, tuple(row.strong), tuple(row.weak), tuple(row.unless))


def _read(folder: Path, file: str, shape: type[_File]) -> _File:
    try:
        return shape.model_validate(read_yaml(folder / file))
    except FileNotFoundError as error:
        raise ConfigError(file, "file", "is missing") from error
    except yaml.YAMLError as error:
        raise ConfigError(file, "file", f"is not YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(file, ".".join(str(part) for part in first["loc"]) or "file", first["msg"]) from error
