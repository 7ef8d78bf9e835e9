"""The approved content a flow may speak: frozen values made from config/*.yml by config/content.py at start, with what
was approved in the console laid over them (bot/knowledge/live.py).

Every figure and sentence carries the id and version it was approved under, so that each message sent can name
its source.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from bot.knowledge.branches import Branch
from bot.knowledge.edition import is_within
from bot.knowledge.entries import Entry
from bot.knowledge.retriever import Retriever
from bot.knowledge.search import Document, SearchIndex
from bot.messages import Choice, Reply


@dataclass(frozen=True)
class Text:
    """One sentence the bot may say, with {placeholders} and tappable lines."""

    id: str
    text: str
    version: int
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Product:
    """One credit product. Amounts in fen, terms in months, the rate in basis points a year (simple interest).

    `condition` is what the bot cannot know and must leave open ("纳税信用B级及以上"); `industries` limits the
    product to some trades (empty: all). `costs` lists what is paid beside interest. `is_sample` marks figures
    the bank has not confirmed: they are shown with 【示例】.
    """

    id: str
    version: int
    name: str
    kind: str
    pitch: str
    max_amount_fen: int
    max_term_months: int
    annual_rate_bp: int
    min_years: float
    needs_collateral: bool
    needs: tuple[str, ...]
    costs: str
    how: str
    guide: str | None
    is_sample: bool
    approved_by: str
    effective_from: date
    effective_until: date | None
    condition: str | None = None
    industries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    def is_live(self, day: date) -> bool:
        """True while the card may be shown."""
        return is_within(day, self.effective_from, self.effective_until)


@dataclass(frozen=True)
class Fault:
    """What goes wrong at a step: the words owners use for it, and what to do."""

    words: tuple[str, ...]
    answer: str


@dataclass(frozen=True)
class GuideStep:
    """One step of a guide: what to do, what to say to those who are stuck, answers by symptom words, and the name of
    the picture that shows where to tap.
    """

    text: str
    stuck: str
    faults: tuple[Fault, ...] = ()
    picture: str | None = None


@dataclass(frozen=True)
class Guide:
    """Numbered steps to a result in the bank's app."""

    id: str
    version: int
    title: str
    steps: tuple[GuideStep, ...]
    done: str


@dataclass(frozen=True)
class Symptom:
    """One leaf of a diagnosis: how owners say it, the likely cause, the advice."""

    id: str
    label: str
    words: tuple[str, ...]
    cause: str
    advice: str
    urgent: bool = False


@dataclass(frozen=True)
class Question:
    """One question of a diagnosis tree; each answer leads to another question or to a symptom id."""

    id: str
    text: str
    answers: tuple[tuple[str, tuple[str, ...], str], ...]


@dataclass(frozen=True)
class Diagnosis:
    """A tree of at most four questions from a complaint to its cause."""

    id: str
    version: int
    first: str
    questions: Mapping[str, Question]
    symptoms: Mapping[str, Symptom]


@dataclass(frozen=True)
class Skill:
    """A desk: its name for customers, its opening hours as minutes of the day, and the calls it can make in half an
    hour.
    """

    id: str
    name: str
    opens: int
    closes: int
    every_day: bool
    calls: int = 1


@dataclass(frozen=True)
class Canned:
    """A sentence a rep may insert with `/`."""

    id: str
    title: str
    text: str
    keywords: tuple[str, ...]


@dataclass(frozen=True)
class Industry:
    """A trade: its code, its name for reps, and the words owners use for it."""

    code: str
    name: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Family:
    """Intents of one matter, and what a fragment without a subject means while it is talked about: the kind of fragment
    by the intent it stands for, STAY for the intent talked about.
    """

    name: str
    intents: frozenset[str]
    reads: Mapping[str, str]


STAY = "stay"


@dataclass(frozen=True)
class Context:
    """How a message leans on the talk before it.

    `subjects` are the words that name a matter. `fragments` are patterns of short words that name none (要带什么), by
    kind. `one_matter` are sets of intents that are two words for one thing.
    """

    subjects: tuple[str, ...] = ()
    fragments: Mapping[str, str] = field(default_factory=dict)
    families: tuple[Family, ...] = ()
    one_matter: tuple[frozenset[str], ...] = ()

    def family_of(self, intent: str | None) -> Family | None:
        """The family an intent belongs to, or None."""
        return next((family for family in self.families if intent in family.intents), None)


@dataclass(frozen=True)
class Content:
    """All of it.

    `menu_keys` maps a menu key to what a tap on it means, written like a choice id ("loan:start", "ask:loan_rate").
    `keywords` are the rules for when the model is away: an intent and words; a word with "+" needs all its
    parts in the text. `abouts` are the intents as nouns, for 另外，关于….
    `topics` names the flows one can come back to after another question. `floor` and
    `ambiguity` bound what counts as understood. `tells_balance` allows a bound follower's balance in the chat.
    `entries` are the texts found by their words, `pictures` the names of those a guide's step may show.
    `product_names` also knows, by id, products that may not be shown any more: loans outlive them.
    """

    replies: Mapping[str, Text]
    products: tuple[Product, ...]
    guides: Mapping[str, Guide]
    diagnoses: Mapping[str, Diagnosis]
    skills: Mapping[str, Skill]
    canned: tuple[Canned, ...]
    menu: tuple[Mapping[str, object], ...]
    menu_keys: Mapping[str, str]
    intent_labels: Mapping[str, str]
    intent_flows: Mapping[str, str]
    keywords: tuple[tuple[str, tuple[str, ...]], ...]
    intent_skills: Mapping[str, str] = field(default_factory=dict)
    topics: Mapping[str, str] = field(default_factory=dict)
    industries: tuple[Industry, ...] = ()
    purposes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    floor: float = 0.3
    ambiguity: float = 0.05
    settings: Mapping[str, str] = field(default_factory=dict)
    abouts: Mapping[str, str] = field(default_factory=dict)
    context: Context = Context()
    branches: tuple[Branch, ...] = ()
    are_branches_samples: bool = True
    tells_balance: bool = False
    entries: tuple[Entry, ...] = ()
    product_names: Mapping[str, str] = field(default_factory=dict)
    pictures: frozenset[str] = frozenset()

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """What a message can be taken for, as people read it: intents, and entries by their titles."""
        return {**self.intent_labels, **{entry.id: entry.title for entry in self.entries}}

    @cached_property
    def library(self) -> SearchIndex:
        """Full-text search over all that a rep may look up or send; a hit's id is "kind:key"."""
        return SearchIndex(
            [
                *(Document(f"{e.kind.value}:{e.key}", e.title, e.questions, e.text) for e in self.entries),
                *(
                    Document(f"answer:{name}", label, (), self.replies[name].text)
                    for name, label in self.intent_labels.items()
                ),
                *(Document(f"product:{p.id}", p.name, (p.pitch,), " ".join(p.needs)) for p in self.products),
                *(
                    Document(f"guide:{g.id}", g.title, (), " ".join(step.text for step in g.steps))
                    for g in self.guides.values()
                ),
            ]
        )

    @cached_property
    def retriever(self) -> Retriever:
        """Finds among the entries."""
        return Retriever(self.entries)

    def say(self, reply_id: str, **values: object) -> Reply:
        """The approved sentence of this id with its blanks filled. Raises KeyError for an unknown id or a
        missing value.
        """
        entry = self.replies[reply_id]
        text = entry.text.format_map({**self.settings, **{name: str(value) for name, value in values.items()}})
        return Reply(text=text, choices=self.opening(entry.choices), source=f"{entry.id}@{entry.version}")

    def tell(self, entry: Entry) -> Reply:
        """An entry as an answer, its blanks filled."""
        said = entry.said(self.fill(entry.text))
        return replace(said, choices=self.opening(said.choices))

    def opening(self, choices: Iterable[Choice]) -> tuple[Choice, ...]:
        """The lines with the addresses of the pages they open."""
        return tuple(replace(one, url=self.fill(one.url)) if one.url else one for one in choices)

    def with_pages(self, **addresses: str) -> "Content":
        """The same content, with the addresses of the bank's pages that its lines may open (bind_url)."""
        return replace(self, settings={**self.settings, **addresses})

    def fill(self, text: str) -> str:
        """A text of a guide, a diagnosis or an entry with the settings' values ({hotline} ...) filled in."""
        return text.format_map(self.settings)

    def find_product(self, product_id: object, day: date) -> Product | None:
        """The product of this id if it may be shown on this day, else None."""
        return next((p for p in self.products if p.id == product_id and p.is_live(day)), None)
