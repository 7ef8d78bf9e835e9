"""Opening hours: of any day, of the day or the holiday that was named, and what is not known yet."""

from datetime import UTC, datetime

import pytest

from bot.clock import BANK_ZONE
from tests.unit.dialogue.chat import Chat


def hours_on(chat: Chat, words: str, today: str = "2026-11-24 10:00") -> Chat:
    chat.now = datetime.fromisoformat(today).replace(tzinfo=BANK_ZONE).astimezone(UTC)
    return chat.say(words, "business_hours")


def test_without_a_day_the_usual_hours_are_told(chat: Chat) -> None:
    assert hours_on(chat, "你们几点上班").said == ("business_hours",)


@pytest.mark.parametrize(
    ("words", "today", "reply", "told"),
    [
        ("明天上班吗", "2026-11-24 10:00", "hours_open", "明天上班"),
        ("周六上班吗", "2026-11-24 10:00", "hours_closed", "周末"),
        ("10月10号上班吗", "2026-10-09 10:00", "hours_made_up", "调休上班日"),
        ("明天上班吗", "2026-09-30 10:00", "hours_closed", "国庆放假"),
        ("国庆放假吗", "2026-09-20 10:00", "hours_holiday", "10月1日到10月7日放假"),
        ("十一上班不", "2026-09-20 10:00", "hours_holiday", "周四（10月8日）9:00恢复"),
        ("春节上班吗", "2026-11-24 10:00", "hours_unpublished", "还没公布"),
        ("元旦上班吗", "2026-11-24 10:00", "hours_unpublished", "还没公布"),
        ("1月5号上班吗", "2026-12-30 10:00", "hours_uncertain", "2027年的放假安排还没公布"),
        ("1月1号上班吗", "2026-12-30 10:00", "hours_closed", "元旦放假"),
    ],
)
def test_a_named_day_or_holiday_is_answered(chat: Chat, words: str, today: str, reply: str, told: str) -> None:
    hours_on(chat, words, today)

    assert chat.said == (reply,)
    assert told in chat.text
