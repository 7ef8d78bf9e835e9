"""The state of a chat: through JSON and back, and when it goes stale."""

from datetime import timedelta

from bot.dialogue.session import IDLE, Session, load
from tests.factories import MORNING

FULL = Session(
    flow="loan",
    step="term",
    slots={"amount": [1, 2]},
    misses=1,
    tried=("贷款利率多少",),
    guide=("loan_apply", 4),
    last_intent="loan_rate",
    paused=("ukey", "kind"),
    offered=(("loan:show", "直接看产品"),),
    introduced=True,
    guesses=("loan_limit",),
)


def test_a_session_survives_its_row() -> None:
    assert Session.from_json(FULL.to_json()) == FULL
    assert Session.from_json({}) == Session()


def test_a_fresh_session_goes_on() -> None:
    assert load(FULL.to_json(), MORNING + IDLE, MORNING) == FULL
    assert load(FULL.to_json(), None, MORNING) == FULL


def test_a_stale_session_keeps_only_the_guide_in_hand() -> None:
    assert load(FULL.to_json(), MORNING, MORNING + timedelta(seconds=1)) == Session(guide=("loan_apply", 4))


def test_unknown_values_do_not_overwrite_known_ones() -> None:
    assert FULL.with_slots(amount=None, term=6).slots == {"amount": [1, 2], "term": 6}
