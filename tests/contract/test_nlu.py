"""What every implementation of ports.Nlu does: the fake, and the HTTP client against a service that speaks Rasa's reply."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from bot.adapters.rasa_client import RasaNlu
from bot.errors import NluUnavailable
from bot.messages import Entity, Understanding
from bot.ports import Nlu
from tests.contract.loopback import Table, serve
from tests.factories import MORNING
from tests.fakes import FakeNlu

TODAY = MORNING.date()
TEXT = "想贷50万用一年"
UNDERSTOOD = Understanding(
    "loan_apply",
    0.93,
    (("loan_apply", 0.93), ("loan_limit", 0.05)),
    (
        Entity("amount", {"low_fen": 50_000_000, "high_fen": 50_000_000}, "50万", 2, 5),
        Entity("term", {"low_months": 12, "high_months": 12}, "一年", 6, 8, "loan_term"),
    ),
)


@dataclass
class Stage:
    nlu: Nlu
    teach: Callable[[str, Understanding], None]
    go_down: Callable[[], None]


@pytest.fixture(params=["fake", "http"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    if request.param == "fake":
        fake = FakeNlu()
        yield Stage(fake, fake.answers.__setitem__, lambda: setattr(fake, "is_down", True))
        return
    with serve(Table()) as table:
        table.answers["model/parse"] = _reply("?", Understanding("out_of_scope", 0.1, (("out_of_scope", 0.1),)))

        def teach(text: str, understood: Understanding) -> None:
            table.answers[f"model/parse?{text}"] = _reply(text, understood)

        yield Stage(RasaNlu(table.url), teach, lambda: setattr(table, "is_down", True))


def _reply(text: str, understood: Understanding) -> dict[str, Any]:
    return {
        "text": text,
        "intent": {"name": understood.intent, "confidence": understood.confidence},
        "intent_ranking": [{"name": name, "confidence": share} for name, share in understood.ranking],
        "entities": [
            {"entity": found.kind, "value": found.value, "start": found.start, "end": found.end, "role": found.role}
            for found in understood.entities
        ],
    }


def test_a_known_text_is_understood_with_ranking_and_entities(stage: Stage) -> None:
    stage.teach(TEXT, UNDERSTOOD)

    found = stage.nlu.parse(TEXT, today=TODAY, timeout_s=2.0)

    assert found == UNDERSTOOD
    term = found.entity("term", "loan_term")
    assert term is not None
    assert term.text == "一年"
    assert found.entity("term") is None, "a role is part of the question"


def test_asking_twice_gives_the_same(stage: Stage) -> None:
    stage.teach(TEXT, UNDERSTOOD)

    first, second = (stage.nlu.parse(TEXT, today=TODAY, timeout_s=2.0) for _ in range(2))

    assert first == second


def test_an_unknown_text_is_a_weak_guess_not_an_error(stage: Stage) -> None:
    found = stage.nlu.parse("今天天气", today=TODAY, timeout_s=2.0)

    assert (found.intent, found.confidence) == ("out_of_scope", 0.1)


def test_a_model_that_is_away_is_told_as_such(stage: Stage) -> None:
    stage.go_down()

    with pytest.raises(NluUnavailable):
        stage.nlu.parse(TEXT, today=TODAY, timeout_s=2.0)
