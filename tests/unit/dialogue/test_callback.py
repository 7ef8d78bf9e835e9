"""Calls: three free half hours, a wished time, a number nobody asks for twice."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import BANK_ZONE
from bot.dialogue.session import Session
from bot.dialogue.times import find_wish
from bot.messages import Understanding
from tests.unit.dialogue.chat import FIRM, Chat, understood

NOISE = Understanding("affirm", 0.12, (("affirm", 0.12), ("greet", 0.11)))


def at(text: str) -> datetime:
    """An instant of the bank's wall clock."""
    return datetime.fromisoformat(text).replace(tzinfo=BANK_ZONE)


def booked(chat: Chat) -> str:
    """The half hour the follower got, on the bank's wall clock."""
    assert chat.step.callback_slot is not None
    assert chat.step.callback_at == chat.step.callback_slot + timedelta(minutes=30)
    return f"{chat.step.callback_slot.astimezone(BANK_ZONE):%m-%d %H:%M}"


def offered(chat: Chat) -> list[str]:
    """The half hours he may tap."""
    return [text for choice, text in chat.lines.items() if choice.startswith("callback:slot:")]


def test_three_free_half_hours_are_offered_and_one_is_taken(chat: Chat) -> None:
    chat.firm = FIRM
    chat.say("给我回个电话", "callback_request")
    assert chat.said == ("callback_ask_time",)
    assert offered(chat) == ["今天10:30-11:00", "今天11:00-11:30", "今天11:30-12:00"]

    chat.tap("今天11:00-11:30")

    assert booked(chat) == "11-24 11:00"
    assert "今天11:00-11:30给您打电话（您在我行预留的号码）" in chat.text
    assert chat.step.callback_reason == "客户请回电（约11月24日11:00）"


def test_half_hours_that_are_taken_are_not_offered(chat: Chat) -> None:
    chat.taken = {at("2026-11-24 10:30"), at("2026-11-24 11:30")}

    chat.say("给我回个电话", "callback_request")

    assert offered(chat) == ["今天11:00-11:30", "今天12:00-12:30", "今天12:30-13:00"]


def test_in_the_evening_the_next_service_day_is_offered(night_chat: Chat) -> None:
    night_chat.say("给我回个电话", "callback_request")

    assert offered(night_chat) == ["明天9:00-9:30", "明天9:30-10:00", "明天10:00-10:30"]


def test_before_a_weekend_monday_is_offered(chat: Chat) -> None:
    chat.now = at("2026-11-27 18:00").astimezone(UTC)

    chat.say("给我回个电话", "callback_request")

    assert offered(chat)[0] == "周一（11月30日）9:00-9:30"


@pytest.mark.parametrize(
    ("words", "slot"),
    [
        ("明天下午三点", "11-25 15:00"),
        ("明天下午3点半给我打", "11-25 15:30"),
        ("后天上午十点", "11-26 10:00"),
        ("下午两点一刻", "11-24 14:00"),
        ("15:30", "11-24 15:30"),
        ("三点吧", "11-24 15:00"),
        ("周五上午九点", "11-27 09:00"),
        ("下周一十点", "11-30 10:00"),
        ("30号上午10点半", "11-30 10:30"),
        ("半小时后", "11-24 10:30"),
        ("两个小时后打给我", "11-24 12:00"),
        ("现在就打给我", "11-24 10:30"),
        ("随时都行", "11-24 10:30"),
        ("9点", "11-25 09:00"),
    ],
)
@pytest.mark.parametrize("is_asked", [True, False])
def test_a_named_hour_is_booked(chat: Chat, words: str, slot: str, is_asked: bool) -> None:
    chat.firm = FIRM
    if is_asked:
        chat.say("给我回个电话", "callback_request").say(words, NOISE)
    else:
        chat.say(f"{words}给我回电", "callback_request")

    assert booked(chat) == slot


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("明天上午", "明天9:00-9:30"),
        ("明天下午", "明天12:00-12:30"),
        ("今天下午", "今天12:00-12:30"),
        ("周四", "周四（11月26日）9:00-9:30"),
        ("晚一点", "今天11:00-11:30"),
    ],
)
def test_a_part_of_a_day_is_offered_in_half_hours(chat: Chat, words: str, first: str) -> None:
    chat.say("给我回个电话", "callback_request").say(words, NOISE)

    assert chat.said == ("callback_pick_time",)
    assert offered(chat)[0] == first
    assert len(offered(chat)) == 3


@pytest.mark.parametrize("words", ["钱转出去两个钟头了对方说没收到", "三小时前转的", "那我先忙去了 回头聊", "待会见"])
def test_what_has_lasted_and_a_goodbye_name_no_time(words: str) -> None:
    assert find_wish(words, understood("callback_request"), at("2026-11-24 10:00")) is None


def test_the_models_date_names_the_day_the_rules_do_not_know(chat: Chat) -> None:
    chat.firm = FIRM
    day = {"from": "2026-11-30", "to": "2026-11-30"}

    chat.say("月底上午十点给我打电话", understood("callback_request", date=day))

    assert booked(chat) == "11-30 10:00"


def test_a_full_hour_is_answered_with_what_is_free_around_it(chat: Chat) -> None:
    chat.taken = {at("2026-11-25 15:00")}

    chat.say("明天下午三点给我打电话", "callback_request")

    assert chat.said == ("callback_time_full",)
    assert offered(chat) == ["明天14:00-14:30", "明天14:30-15:00", "明天15:30-16:00"]


@pytest.mark.parametrize("words", ["晚上八点打给我", "周六上午十点打给我", "明天下班以后打给我"])
def test_an_hour_nobody_works_is_said_to_be_one(chat: Chat, words: str) -> None:
    chat.say(words, "callback_request")

    assert chat.said == ("callback_time_closed",)
    assert len(offered(chat)) == 3


def test_a_day_too_far_away_is_not_booked(chat: Chat) -> None:
    assert chat.say("12月20日上午十点打给我", "callback_request").said == ("callback_too_far",)


def test_a_half_hour_somebody_else_took_meanwhile_is_answered_with_others(chat: Chat) -> None:
    chat.firm = FIRM
    chat.say("给我回个电话", "callback_request")
    chat.taken = {at("2026-11-24 11:00")}

    chat.tap("今天11:00-11:30")

    assert chat.said == ("callback_time_full",)
    assert chat.step.callback_slot is None


def test_a_desk_that_is_booked_out_says_so(chat: Chat) -> None:
    chat.say("给我回个电话", "callback_request")
    chat.taken = {at("2026-11-24 09:00") + timedelta(minutes=30 * number) for number in range(48 * 15)}

    chat.say("给我回个电话", "callback_request")

    assert chat.said == ("callback_none_free",)


def test_a_number_is_asked_for_when_nobody_has_one(chat: Chat) -> None:
    chat.say("明天下午三点给我打电话", "callback_request")
    assert chat.said == ("callback_ask_phone",)
    assert "明天15:00-15:30" in chat.text
    assert chat.step.callback_slot is None

    chat.say("13800001234", NOISE)

    assert booked(chat) == "11-25 15:00"
    assert chat.step.callback_phone == "13800001234"
    assert "尾号1234" in chat.text
    assert "13800001234" not in chat.text


@pytest.mark.parametrize("phone", ["13800001234", "13900009999"])
def test_a_number_in_the_first_words_or_in_our_records_is_enough(chat: Chat, phone: str) -> None:
    chat.phone = "13900009999"
    asks = understood("callback_request")
    asks_for_another = understood("callback_request", phone=phone)

    chat.say("打给我", asks if phone == chat.phone else asks_for_another).tap("今天10:30-11:00")

    assert chat.step.callback_phone == phone


@pytest.mark.parametrize(("words", "reply"), [("138001", "callback_bad_phone"), ("不要了", "deny")])
def test_a_call_needs_a_whole_number(chat: Chat, words: str, reply: str) -> None:
    chat.say("明天下午三点给我回电", "callback_request")

    assert chat.say(words, "deny").said == (reply,)
    assert chat.step.callback_phone is None


def test_the_time_can_be_changed_while_the_number_is_asked_and_afterwards(chat: Chat) -> None:
    chat.say("明天下午三点给我回电", "callback_request").say("还是上午十点吧", NOISE)
    assert "10:00" in chat.text

    chat.say("13800001234", NOISE).say("改到后天下午两点", "callback_request")

    assert booked(chat) == "11-26 14:00"


def test_one_step_back_leads_from_the_number_to_the_times(chat: Chat) -> None:
    chat.say("明天下午三点给我回电", "callback_request")

    assert chat.say("上一步", NOISE).said == ("callback_ask_time",)


def test_another_question_while_the_number_is_asked_leads_back_to_it(chat: Chat) -> None:
    chat.say("明天下午三点给我回电", "callback_request").say("几点下班", "business_hours")
    assert "business_hours" in chat.said

    assert chat.tap("回到预约回电").said == ("callback_ask_phone",)


@pytest.mark.parametrize("words", ["就这个号", "就这个", "预留的那个号码"])
def test_this_number_is_the_one_we_know_or_is_asked_for(chat: Chat, words: str) -> None:
    chat.say("明天下午三点给我回电", "callback_request")
    assert chat.say(words, NOISE).said == ("callback_ask_number",)

    chat.firm = FIRM
    assert chat.say(words, NOISE).step.callback_phone == ""


def test_after_a_long_pause_a_half_hour_that_is_over_is_asked_for_anew(chat: Chat) -> None:
    chat.say("现在打给我", "callback_request")
    chat.now += timedelta(hours=1)

    assert chat.say("13800001234", NOISE).said == ("callback_ask_time",)


def test_off_hours_the_first_half_hour_with_a_place_is_promised(night_chat: Chat) -> None:
    night_chat.taken = {at("2026-11-25 09:00"), at("2026-11-25 09:30")}

    night_chat.say("转人工")

    assert booked(night_chat) == "11-25 10:00"
    assert "明天10:30前给您回电" in night_chat.text


def test_off_hours_the_number_we_hold_is_named_by_its_end(night_chat: Chat) -> None:
    night_chat.phone = "13800001234"

    night_chat.say("转人工")

    assert "打尾号1234的号码" in night_chat.text
    assert night_chat.session.flow is None


def test_a_changed_time_after_an_off_hours_promise_is_booked(night_chat: Chat) -> None:
    night_chat.phone = "13800001234"

    night_chat.say("转人工").say("改成明天下午三点打给我", "callback_request")

    assert booked(night_chat) == "11-25 15:00"


def test_a_promise_made_off_hours_keeps_its_half_hour_when_the_number_comes(night_chat: Chat) -> None:
    night_chat.say("转人工")
    night_chat.taken = {at("2026-11-25 09:00")}

    night_chat.say("13800001234", NOISE)

    assert booked(night_chat) == "11-25 09:00"


def test_a_question_with_an_hour_in_it_is_no_appointment(chat: Chat) -> None:
    chat.session = Session(flow="callback", step="time", introduced=True)

    assert chat.say("明天几点上班？", "business_hours").said != ("callback_pick_time",)
