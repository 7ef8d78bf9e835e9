"""Reward points in batches that lapse one by one."""

import random
from datetime import date, timedelta
from typing import Any

REDEEMABLE = [
    {"code": "fuel_card", "name": "加油卡100元", "points": 10_000},
    {"code": "phone_credit", "name": "话费50元", "points": 5_000},
    {"code": "coffee", "name": "咖啡券", "points": 3_000},
]


def seed_points(rng: random.Random, today: date) -> dict[str, Any]:
    """One firm in eight has none; the others up to three batches, soonest first."""
    count = rng.choice((0, 1, 1, 2, 2, 3, 3, 3))
    days = sorted(rng.sample(range(5, 700), count))
    batches = [
        {"points": rng.randrange(100, 20_000, 100), "expires_on": (today + timedelta(days=day)).isoformat()}
        for day in days
    ]
    return {"balance": sum(batch["points"] for batch in batches), "batches": batches, "redeemable": REDEEMABLE}
