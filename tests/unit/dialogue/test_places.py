"""Branches by city, district and position; opening hours of any day, of a named one, and what is not known yet."""

from datetime import UTC, datetime

import pytest

from bot.clock import BANK_ZONE
from bot.messages import Entity, InboundMessage, MessageKind, Understanding
from tests.unit.dialogue.chat import EVENT, Chat, understood

NOISE = Understanding("affirm", 0.12, (("affirm", 0.12), ("greet", 0.11)))
SANLIAN = {"latitude": "31.8500", "longitude": "117.2600", "label": "蜀山区某大厦"}


def sends_position(chat: Chat, **detail: str) -> Chat:
    return chat.take(InboundMessage(MessageKind.LOCATION, "o", "gh", chat.now, "k", detail=detail), EVENT)


def ways(chat: Chat) -> list[str]:
    return [text for choice, text in chat.lines.items() if choice.startswith("places:way:")]


def test_without_a_city_he_is_asked_for_one_and_the_next_words_name_it(chat: Chat) -> None:
    assert chat.say("你们网点在哪", "branch_location").said == ("branch_location",)

    assert chat.say("合肥", NOISE).said == ("branch_list",)

    assert "合肥三里庵支行" in chat.text
    assert "【示例】" in chat.text
    assert len(ways(chat)) == 3


@pytest.mark.parametrize(
    ("words", "shown", "hidden"),
    [
        ("合肥滨湖的网点在哪", "合肥滨湖支行", "合肥三里庵支行"),
        ("南京建邺区有网点吗", "南京河西支行", "南京江宁支行"),
        ("深圳哪家能办对公", "深圳福田支行", "深圳宝安支行"),
        ("合肥瑶海哪家能办对公", "合肥三里庵支行", "合肥瑶海支行"),
        ("陆家嘴那家支行在哪", "上海陆家嘴支行", "上海徐家汇支行"),
    ],
)
def test_city_district_and_window_choose_the_branches(chat: Chat, words: str, shown: str, hidden: str) -> None:
    chat.say(words, "branch_location")

    assert shown in chat.text
    assert hidden not in chat.text


def test_the_models_city_is_enough(chat: Chat) -> None:
    assert "杭州庆春支行" in chat.say("杭城网点", understood("branch_location", city="330100")).text


def test_a_city_we_know_nothing_about_is_said_to_be_one(chat: Chat) -> None:
    city = (Entity("city", "650100", "乌鲁木齐", 0, 4),)

    chat.say("乌鲁木齐网点在哪", Understanding("branch_location", 0.95, (("branch_location", 0.95),), city))

    assert chat.said == ("branch_none_in_city",)
    assert "乌鲁木齐" in chat.text


def test_a_position_finds_the_nearest_three_with_their_distance(chat: Chat) -> None:
    sends_position(chat, **SANLIAN)

    assert chat.said == ("branch_list",)
    assert "①合肥三里庵支行（280米）" in chat.text
    assert "②合肥瑶海支行" in chat.text or "②合肥政务区支行" in chat.text
    assert "对公窗口工作日9:00–17:00" in chat.text


def test_a_position_is_remembered_for_the_window(chat: Chat) -> None:
    sends_position(chat, **SANLIAN).say("哪家能办对公", "branch_location")

    assert "合肥三里庵支行" in chat.text
    assert "瑶海" not in chat.text


def test_a_tap_tells_the_way(chat: Chat) -> None:
    sends_position(chat, **SANLIAN).tap("怎么去三里庵支行")

    assert chat.said == ("branch_way",)
    assert "三里庵站C口" in chat.text


@pytest.mark.parametrize(
    ("detail", "reply"),
    [
        ({"latitude": "29.65", "longitude": "91.11"}, "branch_none_near"),
        ({"latitude": "x", "longitude": "91.11"}, "branch_location"),
        ({"latitude": "nan", "longitude": "91.11"}, "branch_location"),
        ({}, "branch_location"),
    ],
)
def test_a_position_far_away_or_broken_is_answered_honestly(chat: Chat, detail: dict[str, str], reply: str) -> None:
    assert sends_position(chat, **detail).said == (reply,)


def test_a_position_does_not_end_another_question(chat: Chat) -> None:
    chat.knowing(flow="loan", step="amount", slots={"purpose": "采购备货"})

    sends_position(chat, **SANLIAN)

    assert (chat.session.flow, chat.session.step) == ("loan", "amount")


def test_a_branch_that_is_gone_is_no_way(chat: Chat) -> None:
    assert chat.tap_id("places:way:gone", "怎么去").said != ("branch_way",)


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
