"""How fast a customer is answered: questions, talks through flows and taps of many customers at once, and menu clicks,
at a steady rate in safe mode, through the real model.
"""

import itertools
from collections.abc import Mapping
from datetime import datetime

import httpx

from bench.pushes import Timing, at_rate, event_push, percentile, tap_push, text_push
from bench.talks import Said, messages
from config.settings import Settings

PER_SECOND = 20.0
MESSAGES = 600
CLICKS = 200
WARM_UP = 40
MENU_KEYS = ("e_receipt", "reconciliation", "payroll", "loan_rate", "fraud_tips")


def run(env: Mapping[str, str]) -> list[tuple[str, float, str, str]]:
    """Figures in milliseconds."""
    settings = Settings.from_env(env)
    port, at = settings.web_port, present_second(settings)
    pushes = [_push(settings, said, at) for said in messages(MESSAGES + WARM_UP)]
    at_rate(port, pushes[:WARM_UP], PER_SECOND)
    answered = at_rate(port, pushes[WARM_UP:], PER_SECOND)
    keys = itertools.cycle(MENU_KEYS)
    clicks = [event_push(settings, _openid("c", number), "CLICK", next(keys), at) for number in range(CLICKS)]
    clicked = at_rate(port, clicks, PER_SECOND)
    return [
        ("answers to questions, flows and taps, 20/s: p50", _ms(answered, 0.5), "ms", ""),
        ("answers to questions, flows and taps, 20/s: p95", _ms(answered, 0.95), "ms", "< 300"),
        ("answers to questions, flows and taps: share passive", _answered(answered), "%", ">= 99"),
        ("menu clicks, 20/s: p50", _ms(clicked, 0.5), "ms", ""),
        ("menu clicks, 20/s: p95", _ms(clicked, 0.95), "ms", "< 60"),
    ]


def _push(settings: Settings, said: Said, at: int) -> bytes:
    openid = _openid("t", said.customer)
    if said.choice is None:
        return text_push(settings, openid, said.text, at)
    return tap_push(settings, openid, said.text, said.choice, at)


def present_second(settings: Settings) -> int:
    """The simulator's present second: pushes must be fresh by the product's clock."""
    now = httpx.get(f"{settings.simulator_url}/sim/clock", timeout=5).json()["now"]
    return int(datetime.fromisoformat(now).timestamp())


def _openid(kind: str, number: int) -> str:
    return f"oBench{kind}_{number:020d}"


def _ms(timings: list[Timing], share: float) -> float:
    return percentile([timing.took_s for timing in timings], share) * 1000


def _answered(timings: list[Timing]) -> float:
    return 100 * sum(b"<Encrypt>" in timing.body for timing in timings) / len(timings)
