"""Three hundred questions by many voices, through the real model and the real dialogue: 97% right, and not one answer
that may not be given.
"""

import io
import re
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import partial

import pytest
import yaml

from bot import logs
from bot.adapters.rasa_client import RasaNlu
from bot.compliance.rules import Grade, check_outbound, fraud_words
from bot.compliance.secrets import mask_secrets
from bot.customers.rules import IdentityLevel
from bot.dialogue.flow import all_slots
from bot.dialogue.session import Session
from bot.dialogue.turn import Dialogue, Situation
from bot.handoff.model import Owner
from bot.knowledge.content import Content
from bot.learning.rules import normal_form
from bot.messages import InboundMessage, MessageKind, Understanding
from config.content import load_content
from config.rules import load_fraud, load_wording
from config.settings import ROOT
from tests.answers.figures import approved_figures, unapproved
from tests.answers.questions import Answer, Group, faults, load
from tests.factories import MORNING
from tests.fakes import FakeBank
from tests.nlu_server import server
from tests.unit.dialogue.chat import NIGHT

LEAST_RIGHT = 0.97
PATIENCE_S = 20.0
MEASURED = (ROOT / "nlu" / "tests" / "dev.yml", ROOT / "nlu" / "tests" / "test.yml")
HOURS = {"day": MORNING, "night": NIGHT}

_ANNOTATED = re.compile(r"\[([^]]+)\](?:\([^)]*\)|\{[^}]*\})")

pytestmark = pytest.mark.integration


@dataclass(frozen=True)
class Asked:
    """One question with its answer."""

    group: Group
    question: str
    answer: Answer


@dataclass(frozen=True)
class Patient:
    """The real model, asked by somebody who can wait."""

    nlu: RasaNlu

    def parse(self, text: str, *, today: date, timeout_s: float) -> Understanding:
        return self.nlu.parse(text, today=today, timeout_s=PATIENCE_S)


@pytest.fixture(scope="module")
def content() -> Content:
    return load_content().with_pages(bind_url="https://bank.example/bind")


@pytest.fixture(scope="module")
def asked(content: Content) -> Iterator[list[Asked]]:
    """Every question, put once, each by a follower of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    logs.set_up("test", io.StringIO(), is_final=False)
    with server(port), closing(RasaNlu(f"http://127.0.0.1:{port}")) as nlu:
        # The clock of the turn's budget stands still: what is measured is what is understood, not this machine's pace.
        find_fraud = partial(fraud_words, words=load_fraud())
        dialogue = Dialogue(content, Patient(nlu), FakeBank(), find_fraud, all_slots, monotonic=lambda: 0.0)
        yield [Asked(group, text, _ask(dialogue, content, group, text)) for group in load() for text in group.questions]


def _ask(dialogue: Dialogue, content: Content, group: Group, question: str) -> Answer:
    now = HOURS[group.at]
    masked = mask_secrets(question)
    message = InboundMessage(MessageKind.TEXT, "o", "gh", now, "k", text=masked.text, secrets=tuple(masked.kinds))
    decision = dialogue.decide(Situation(message, Owner.BOT, Session(), None, now, IdentityLevel.FOLLOWER))
    answer = Answer.of(decision.step)
    if decision.warns_of_secret:
        warning = content.say("secret_warning").text
        answer = Answer(f"{warning}\n{answer.text}", ("secret_warning", *answer.sources), answer.human)
    return answer


def test_the_answers_are_right(asked: list[Asked], capsys: pytest.CaptureFixture[str]) -> None:
    wrong = [(one, found) for one in asked if (found := list(faults(one.group, one.answer)))]

    right = 1 - len(wrong) / len(asked)
    listed = "\n".join(
        f"  {one.question}\n    {'; '.join(found)}\n    {one.answer.text[:90]!r}" for one, found in wrong
    )
    with capsys.disabled():
        print(f"\n{len(asked)} questions, {right:.1%} right\n{listed}")  # noqa: T201 -- the list is what one runs it for
    assert right >= LEAST_RIGHT, listed


def test_no_answer_breaks_a_rule_of_wording(asked: list[Asked]) -> None:
    """Also: none asks for a secret (C22), none names a price without its annualised rate (C1)."""
    wording = load_wording()

    broken = {
        one.question: [finding for finding in check_outbound(one.answer.text, wording) if finding.grade is Grade.BLOCK]
        for one in asked
    }

    assert not {question: found for question, found in broken.items() if found}


def test_no_answer_holds_a_figure_that_nobody_approved(asked: list[Asked], content: Content) -> None:
    approved = approved_figures(content)

    found = {one.question: list(unapproved(one.question, one.answer.text, approved)) for one in asked}

    assert not {question: figures for question, figures in found.items() if figures}


def test_every_answer_names_its_approved_source(asked: list[Asked]) -> None:
    assert not [one.question for one in asked if not one.answer.sources or "" in one.answer.sources]


def test_the_questions_are_three_hundred_and_each_stands_once() -> None:
    questions = [question for group in load() for question in group.questions]

    assert len(questions) >= 300
    assert len({normal_form(question) for question in questions}) == len(questions)


def test_no_question_was_trained_or_measured_on() -> None:
    known = {normal_form(line) for line in _nlu_lines()}

    assert not [question for group in load() for question in group.questions if normal_form(question) in known]


def _nlu_lines() -> Iterator[str]:
    for file in (*(ROOT / "nlu" / "data" / "intents").glob("*.yml"), *MEASURED):
        for group in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            for line in group["examples"].splitlines():
                yield _ANNOTATED.sub(r"\1", line.removeprefix("- "))
