"""One message is read within one time limit, clause by clause only when asked for."""

from dataclasses import dataclass, field
from datetime import date

import pytest

from bot.dialogue.reader import MOST_PARTS, PART_TIMEOUT_S, SHORTEST_S, TURN_BUDGET_S, WHOLE_TIMEOUT_S, Reader
from bot.errors import NluUnavailable
from bot.knowledge.content import Content
from bot.messages import Understanding

TODAY = date(2026, 11, 24)


@dataclass
class SlowNlu:
    """Takes its time, on a clock of its own."""

    seconds: float = 0.0
    is_down: bool = False
    now: float = 100.0
    timeouts: list[float] = field(default_factory=list)

    def parse(self, text: str, *, today: date, timeout_s: float) -> Understanding:
        self.timeouts.append(timeout_s)
        self.now += min(self.seconds, timeout_s)
        if self.is_down or self.seconds > timeout_s:
            raise NluUnavailable
        return Understanding("e_receipt", 0.9)


@pytest.fixture
def nlu() -> SlowNlu:
    return SlowNlu()


def _reader(nlu: SlowNlu, content: Content) -> Reader:
    return Reader(nlu, content, TODAY, lambda: nlu.now)


def test_three_clauses_are_read_and_no_more(nlu: SlowNlu, content: Content) -> None:
    reader = _reader(nlu, content)
    reader.whole("一二三四")

    read = [reader.part(clause) for clause in ("一", "二", "三", "四")]

    assert [one is not None for one in read] == [True, True, True, False]
    assert reader.asked == 1 + MOST_PARTS


def test_a_clause_is_asked_about_once(nlu: SlowNlu, content: Content) -> None:
    reader = _reader(nlu, content)

    assert reader.part("一") == reader.part("一")
    assert reader.asked == 1


def test_each_call_gets_no_more_than_what_is_left(nlu: SlowNlu, content: Content) -> None:
    reader = _reader(nlu, content)
    reader.whole("全部")
    nlu.now += TURN_BUDGET_S - 0.2
    reader.part("一")

    assert nlu.timeouts == [WHOLE_TIMEOUT_S, pytest.approx(0.2)]
    assert _reader(SlowNlu(), content).part("一") is not None
    assert PART_TIMEOUT_S < WHOLE_TIMEOUT_S < TURN_BUDGET_S


def test_no_clause_is_read_when_the_time_is_over(nlu: SlowNlu, content: Content) -> None:
    reader = _reader(nlu, content)
    reader.whole("全部")
    nlu.now += TURN_BUDGET_S - SHORTEST_S / 2

    assert reader.part("一") is None
    assert reader.asked == 1


def test_a_model_that_is_away_is_not_asked_again(nlu: SlowNlu, content: Content) -> None:
    nlu.is_down = True
    reader = _reader(nlu, content)

    assert reader.whole("回单怎么下，利率多少").by == "keywords"
    part = reader.part("利率多少")

    assert part is not None
    assert (part.intent, part.by, reader.asked) == ("loan_rate", "keywords", 1)


def test_keyword_rules_speak_even_when_the_time_went_into_waiting(nlu: SlowNlu, content: Content) -> None:
    nlu.seconds = 9.0
    reader = _reader(nlu, content)
    reader.whole("回单怎么下，利率多少")
    nlu.now += TURN_BUDGET_S

    part = reader.part("利率多少")

    assert part is not None
    assert part.intent == "loan_rate"
