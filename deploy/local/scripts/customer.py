"""The customer of a script: what he says, taps and sends, and what his phone shows."""

from typing import Any, Self

import httpx

from deploy.local.product import Phone, eventually
from deploy.local.scripts.bubbles import lines_of, text_of
from deploy.local.scripts.record import Record, StepFailed
from deploy.local.scripts.transcript import Side

BOT = "智能客服"
PUSHED = "推送"
SILENCE_S = 1.0


class Customer:
    """A business owner or clerk with the account open on his phone."""

    def __init__(self, record: Record, simulator: httpx.Client, name: str, firm: str | None) -> None:
        self.name, self.firm = name, firm
        self.phone = Phone(simulator, name)
        self._record = record
        if firm is not None:
            self.phone.bind(firm)
        self.spoken_by = BOT
        self.has_left = False
        self._seen = 0
        self._last = ""
        self.said = ""
        self._lines: dict[str, str] = {}

    def says(self, text: str) -> Self:
        """Write a message."""
        self.must_have_looked()
        self.said = text
        self._record.happened(Side.CUSTOMER, self.name, text)
        self.phone.say(text)
        return self

    def taps(self, label: str) -> Self:
        """Tap a line of the answers so far. Raises StepFailed when none offered it."""
        self.must_have_looked()
        if label not in self._lines:
            raise StepFailed(f"〔{label}〕 is nowhere on {self.name}'s phone")
        self.said = label
        self._record.happened(Side.CUSTOMER, self.name, f"点〔{label}〕")
        self.phone.tap(self._lines[label], label)
        return self

    def sends(self, kind: str, shown: str, **more: Any) -> Self:
        """Send what is not text: image, file, voice, location."""
        self.must_have_looked()
        self._record.happened(Side.CUSTOMER, self.name, f"（发来{shown}）")
        self.phone.push({"type": kind, **more})
        return self

    def leaves(self) -> Self:
        """Stop following the account."""
        self.has_left = True
        self.phone.push({"type": "unsubscribe"})
        return self

    def sees(self, *phrases: str, buttons: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> Self:
        """Look at the next bubble: it holds all phrases and buttons, and none of `without`."""
        self._need_unseen()
        entry = self._shown()[self._seen]
        self._seen += 1
        text, lines = text_of(entry), lines_of(entry)
        self._lines |= lines
        speaker, self.spoken_by = (PUSHED if entry.get("via") == "mass" else self.spoken_by), BOT
        self._last = text
        self._record.happened(Side.ACCOUNT, speaker, text, tuple(lines))
        missing = [phrase for phrase in phrases if phrase not in text]
        missing += [f"〔{label}〕" for label in buttons if label not in lines]
        unwanted = [phrase for phrase in without if phrase in text]
        if missing or unwanted:
            raise StepFailed(f"{self.name} reads “{text}”; missing {missing}, unwanted {unwanted}")
        return self

    def sees_there(self, *phrases: str) -> Self:
        """The bubble looked at last holds these phrases as well."""
        missing = [phrase for phrase in phrases if phrase not in self._last]
        if missing:
            raise StepFailed(f"{self.name} reads “{self._last}”; missing {missing}")
        return self

    def sees_nothing(self) -> Self:
        """Nothing comes: a person has the word, or there is nothing to say."""
        if eventually(self._unseen, within_s=SILENCE_S):
            raise StepFailed(f"{self.name} was to be left in peace and reads “{text_of(self._unseen()[0])}”")
        return self

    def looks_away(self) -> Self:
        """Take what the phone shows by now as known: it belongs to no step and is not put on record."""
        self._seen = len(self._shown())
        return self

    def must_have_looked(self) -> None:
        """Raises StepFailed when the phone shows something that no step looked at."""
        if self._unseen():
            raise StepFailed(f"nobody expected “{text_of(self._unseen()[0])}” on {self.name}'s phone")

    def _need_unseen(self) -> None:
        self._record.wait_for(f"an answer on {self.name}'s phone", self._unseen)

    def _unseen(self) -> list[dict[str, Any]]:
        return self._shown()[self._seen :]

    def _shown(self) -> list[dict[str, Any]]:
        return [entry for entry in self.phone.transcript() if entry["from"] != "user"]
