"""How fast a follower is answered: distinct texts through the real model, and menu clicks, at a steady rate in
safe mode.
"""

import itertools
import random
from collections.abc import Mapping
from datetime import datetime

import httpx
import yaml

from bench.pushes import Timing, at_rate, event_push, percentile, text_push
from config.settings import ROOT, Settings

PER_SECOND = 20.0
TEXTS = 400
CLICKS = 200
WARM_UP = 40
MENU_KEYS = ("e_receipt", "reconciliation", "payroll", "loan_rate", "fraud_tips")
UNSUITED = ("fraud", "human", "complaint", "dedicated", "callback")


def run(env: Mapping[str, str]) -> list[tuple[str, float, str, str]]:
    """Figures in milliseconds."""
    settings = Settings.from_env(env)
    port, at = settings.web_port, present_second(settings)
    texts = _texts(TEXTS + WARM_UP)
    pushes = [text_push(settings, _openid("t", number), text, at) for number, text in enumerate(texts)]
    at_rate(port, pushes[:WARM_UP], PER_SECOND)
    answered = at_rate(port, pushes[WARM_UP:], PER_SECOND)
    keys = itertools.cycle(MENU_KEYS)
    clicks = [event_push(settings, _openid("c", number), "CLICK", next(keys), at) for number in range(CLICKS)]
    clicked = at_rate(port, clicks, PER_SECOND)
    return [
        ("answers to distinct texts, 20/s, real model: p50", _ms(answered, 0.5), "ms", ""),
        ("answers to distinct texts, 20/s, real model: p95", _ms(answered, 0.95), "ms", "< 300"),
        ("answers to distinct texts, 20/s: share answered passively", _answered(answered), "%", ">= 99"),
        ("menu clicks, 20/s: p50", _ms(clicked, 0.5), "ms", ""),
        ("menu clicks, 20/s: p95", _ms(clicked, 0.95), "ms", "< 60"),
    ]


def _texts(count: int) -> list[str]:
    """Gold texts the model was not trained on, each with a number of its own so that none is answered from
    a cache.
    """
    gold = yaml.safe_load((ROOT / "nlu" / "tests" / "dev.yml").read_text(encoding="utf-8"))["nlu"]
    said = [
        line.removeprefix("- ").strip()
        for group in gold
        if not group["intent"].startswith(UNSUITED)
        for line in group["examples"].splitlines()
    ]
    random.Random(7).shuffle(said)
    numbered = zip(range(count), itertools.cycle(said), strict=False)
    return [f"{text} {number}" if number >= len(said) else text for number, text in numbered]


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
