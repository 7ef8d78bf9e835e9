"""Short approved texts that are found by their words: answered questions, fraud tips, policy notes."""

from dataclasses import dataclass
from datetime import date

from bot.clock import day_text
from bot.knowledge.edition import Kind, is_within
from bot.messages import Choice, Reply


@dataclass(frozen=True)
class Entry:
    """One such text. `questions` are the ways owners ask for it, `source` says whose word it is."""

    kind: Kind
    key: str
    version: int
    title: str
    questions: tuple[str, ...]
    text: str
    source: str
    owner: str
    approved_by: str
    effective_from: date
    effective_until: date | None = None
    choices: tuple[Choice, ...] = ()
    regions: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Kind and key: unique among all of them."""
        return f"{self.kind.value}.{self.key}"

    def is_live(self, day: date) -> bool:
        """True while it may be shown."""
        return is_within(day, self.effective_from, self.effective_until)

    def said(self, text: str) -> Reply:
        """The entry as an answer; `text` is its words with the blanks filled. A policy note tells whose word it is, and
        how long it holds.
        """
        if self.kind is Kind.POLICY:
            until = f"，有效期至{day_text(self.effective_until)}" if self.effective_until else ""
            text = f"{text}\n（来源：{self.source}，{day_text(self.effective_from)}起{until}）"
        return Reply(text, self.choices, source=f"{self.id}@{self.version}")
