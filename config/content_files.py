"""The shape of each content file, as strict models: a wrong or missing key stops the start. Used by
config/content.py only.
"""

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr


def _minute_of_day(clock: str) -> str:
    hours, _, minutes = clock.partition(":")
    if not (hours.isdigit() and minutes.isdigit() and int(hours) * 60 + int(minutes) <= 24 * 60 and int(minutes) < 60):
        raise ValueError("must look like 09:00")
    return clock


def _regex(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"is no pattern: {error}") from error
    return pattern


Said = Annotated[str, Field(min_length=1)]
Version = Annotated[int, Field(ge=1)]
TimeOfDay = Annotated[str, AfterValidator(_minute_of_day)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,63}$")]
Pattern = Annotated[str, Field(min_length=1), AfterValidator(_regex)]


class Strict(BaseModel):
    """No unknown keys, no silent conversions."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class ChoiceRow(Strict):
    """A line to tap; `url` names the page it opens, as a blank that the deployment fills ({bind_url})."""

    id: Said
    text: Said
    url: Said | None = None


class ReplyRow(Strict):
    """A sentence; it remembers its file, so that a mistake can be found."""

    version: Version
    text: Said
    choices: list[ChoiceRow] = []
    _place: str = PrivateAttr(default="replies/")

    @property
    def place(self) -> str:
        """The file it stands in."""
        return self._place

    def stands_in(self, file: str) -> None:
        """Told once, by the loader."""
        self._place = file


class DisclosureRow(Strict):
    """What of a bound follower's own may be said in the chat."""

    balance: bool


class BankFile(Strict):
    """bank.yml"""

    settings: dict[str, Said]
    disclosure: DisclosureRow


class RepliesFile(Strict):
    """One file of replies/."""

    approved_by: Said
    replies: dict[str, ReplyRow]


class ProductRow(Strict):
    """A credit product; see bot/knowledge/content.py for the meaning."""

    id: Said
    version: Version
    name: Said
    kind: Said
    pitch: Said
    max_amount_yuan: Annotated[int, Field(gt=0)]
    max_term_months: Annotated[int, Field(gt=0)]
    annual_rate_bp: Annotated[int, Field(gt=0, lt=2400)]
    min_years: Annotated[float, Field(ge=0)]
    needs_collateral: bool
    needs: list[Said]
    costs: Said
    how: Said
    guide: str | None
    is_sample: bool
    approved_by: Said
    effective_from: date
    effective_until: date | None
    condition: str | None = None
    industries: list[Said] = []
    regions: list[Said] = []


class ProductsFile(Strict):
    """products.yml"""

    products: list[ProductRow]


class FaultRow(Strict):
    """What goes wrong at a step."""

    words: list[Said]
    answer: Said


class StepRow(Strict):
    """A step."""

    text: Said
    stuck: Said
    faults: list[FaultRow] = []
    picture: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,60}$")] | None = None


class GuideRow(Strict):
    """A guide."""

    version: Version
    title: Said
    done: Said
    steps: Annotated[list[StepRow], Field(min_length=1)]


class GuidesFile(Strict):
    """guides.yml"""

    guides: dict[str, GuideRow]


class AnswerRow(Strict):
    """One answer of a question."""

    label: Said
    words: list[Said]
    next: Said


class QuestionRow(Strict):
    """A question; four lines fit under a message."""

    text: Said
    answers: Annotated[list[AnswerRow], Field(min_length=2, max_length=4)]


class SymptomRow(Strict):
    """A leaf."""

    label: Said
    words: list[Said]
    cause: Said
    advice: Said
    urgent: bool = False


class DiagnosisRow(Strict):
    """A tree."""

    version: Version
    first: Said
    questions: dict[str, QuestionRow]
    symptoms: dict[str, SymptomRow]


class DiagnosisFile(Strict):
    """diagnosis.yml"""

    diagnoses: dict[str, DiagnosisRow]


class SkillRow(Strict):
    """A desk."""

    name: Said
    opens: TimeOfDay
    closes: TimeOfDay
    every_day: bool
    calls: Annotated[int, Field(ge=1)]


class SkillsFile(Strict):
    """skills.yml"""

    skills: dict[str, SkillRow]


class BranchRow(Strict):
    """A branch; see bot/knowledge/branches.py for the meaning."""

    id: Said
    name: Said
    city: Annotated[str, Field(pattern=r"^[1-9][0-9]{5}$")]
    city_name: Said
    district: Said
    address: Said
    lat: Annotated[float, Field(ge=3, le=54)]
    lon: Annotated[float, Field(ge=73, le=136)]
    phone: Said
    way: Said
    corporate: Said | None = None


class BranchesFile(Strict):
    """branches.yml"""

    is_sample: bool
    branches: Annotated[list[BranchRow], Field(min_length=1)]


class CannedRow(Strict):
    """A sentence for reps."""

    id: Said
    title: Said
    text: Said
    keywords: list[Said]


class CannedFile(Strict):
    """canned.yml"""

    canned: list[CannedRow]


class MenuLine(Strict):
    """One line of a menu."""

    name: Said
    key: Said
    means: Said


class MenuEntry(Strict):
    """One entry of the bar; the platform allows five lines."""

    name: Said
    lines: Annotated[list[MenuLine], Field(min_length=1, max_length=5)]


class MenuFile(Strict):
    """menu.yml; the platform allows three entries."""

    menu: Annotated[list[MenuEntry], Field(min_length=1, max_length=3)]


class EntryRow(Strict):
    """A text found by its words; see bot/knowledge/entries.py. What it does not say, the file says for all."""

    kind: Literal["faq", "tip", "policy"] = "faq"
    key: Key
    version: Version
    title: Said
    questions: Annotated[list[Said], Field(min_length=1)]
    text: Said
    source: Said
    owner: Said
    choices: list[ChoiceRow] = []
    regions: list[Said] = []
    approved_by: Said | None = None
    effective_from: date | None = None
    effective_until: date | None = None


class FaqFile(Strict):
    """faq.yml"""

    approved_by: Said
    effective_from: date
    effective_until: date | None
    entries: list[EntryRow]


class IntentRow(Strict):
    """Where an intent is handled."""

    flow: Said
    label: Said
    skill: Said
    keywords: list[Said] = []
    about: Said | None = None


class FamilyRow(Strict):
    """Intents of one matter."""

    intents: Annotated[list[Said], Field(min_length=1)]
    reads: dict[str, Said]


class ContextRow(Strict):
    """How a message leans on the talk before it."""

    subjects: list[Said]
    fragments: dict[str, Pattern]
    families: dict[str, FamilyRow]
    one_matter: list[list[Said]]


class IndustryRow(Strict):
    """A trade."""

    name: Said
    words: list[Said]


class IntentsFile(Strict):
    """intents.yml"""

    floor: Annotated[float, Field(ge=0, le=1)]
    ambiguity: Annotated[float, Field(ge=0, le=1)]
    topics: dict[str, Said]
    context: ContextRow
    intents: dict[str, IntentRow]
    industries: dict[str, IndustryRow]
    purposes: dict[str, list[Said]]


FILES: dict[str, type[Any]] = {
    "bank.yml": BankFile,
    "products.yml": ProductsFile,
    "guides.yml": GuidesFile,
    "diagnosis.yml": DiagnosisFile,
    "skills.yml": SkillsFile,
    "branches.yml": BranchesFile,
    "canned.yml": CannedFile,
    "faq.yml": FaqFile,
    "menu.yml": MenuFile,
    "intents.yml": IntentsFile,
}
