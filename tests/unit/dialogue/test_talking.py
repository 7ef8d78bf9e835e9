"""How the talk runs: back, anew, silence, voices, pictures, one hint."""

from datetime import UTC, datetime

import pytest

from bot.clock import BANK_ZONE
from bot.dialogue.session import Session
from bot.messages import InboundMessage, MessageKind, Understanding
from tests.unit.dialogue.chat import EVENT, Chat, fen, understood

NOISE = Understanding("affirm", 0.12, (("affirm", 0.12), ("greet", 0.11)))
UNSURE = Understanding("loan_rate", 0.3, (("loan_rate", 0.3), ("loan_limit", 0.25)))


def speaks(chat: Chat, text: str, understanding: Understanding) -> Chat:
    return chat.take(InboundMessage(MessageKind.VOICE, "o", "gh", chat.now, "k", text=text), understanding)


@pytest.mark.parametrize("words", ["重来", "从头开始", "重新来一遍吧", "我要重来"])
def test_a_loan_enquiry_begins_anew(chat: Chat, words: str) -> None:
    chat.say("想贷20万进货", understood("loan_apply", amount=fen(200_000)))

    chat.say(words, NOISE)

    assert chat.said[0] == "restarted"
    assert "amount" not in chat.session.slots
    assert (chat.session.flow, chat.session.step) == ("loan", "purpose")


def test_a_guide_begins_anew_at_its_first_step(chat: Chat) -> None:
    chat.session = Session(flow="guide", step="step", guide=("loan_apply", 4), introduced=True)

    chat.say("重来", NOISE)

    assert chat.session.guide == ("loan_apply", 1)


@pytest.mark.parametrize(
    ("words", "intent", "flow"),
    [("转账没到账", "transfer", "transfer"), ("手机银行登不上", "ebank_login_fail", "login")],
)
def test_a_tree_begins_anew_at_its_first_question(chat: Chat, words: str, intent: str, flow: str) -> None:
    chat.say(words, intent).say("重来", NOISE)

    assert chat.said[0] == "restarted"
    assert chat.session.flow == flow


def test_without_a_matter_in_hand_to_begin_anew_is_to_be_asked(chat: Chat) -> None:
    assert chat.say("重来", NOISE).said == ("restart_nothing",)


def test_one_step_back_leads_to_what_was_interrupted(chat: Chat) -> None:
    chat.session = Session(paused=("loan", "term"), slots={"purpose": "采购备货", "amount": [1, 1]}, introduced=True)

    assert chat.say("返回", NOISE).said[-1] in ("loan_ask_term", "loan_ask_amount")


def test_one_step_back_from_nowhere_is_said_to_be_none(chat: Chat) -> None:
    assert chat.say("上一步", NOISE).said == ("nothing_before",)


@pytest.mark.parametrize("words", ["。", "。。。", "，", "……", "！"])
def test_bare_full_stops_are_met_with_silence(chat: Chat, words: str) -> None:
    chat.session = Session(flow="loan", step="amount", introduced=True)

    chat.say(words, NOISE)

    assert chat.said == ()
    assert (chat.session.flow, chat.session.step, chat.session.misses) == ("loan", "amount", 0)


@pytest.mark.parametrize("words", ["？", "？？？", "😂", "[微笑]", "👌"])
def test_a_question_mark_or_a_sticker_gets_a_kind_word(chat: Chat, words: str) -> None:
    assert chat.say(words, NOISE).said == ("wordless",)
    assert chat.say(words, NOISE).said == ("wordless_again",)


def test_an_unclear_voice_is_read_back_with_what_it_may_have_meant(chat: Chat) -> None:
    speaks(chat, "利什么的", UNSURE)

    assert chat.said == ("voice_pick",)
    assert "我听到的是“利什么的”" in chat.text
    assert "贷款利率多少" in chat.lines.values()


def test_a_voice_that_means_nothing_is_read_back_and_the_second_offers_a_person(chat: Chat) -> None:
    speaks(chat, "咕噜咕噜", NOISE)
    assert chat.said[0].startswith("voice_")
    assert "咕噜咕噜" in chat.text

    assert speaks(chat, "咕噜噜", NOISE).said == ("fallback_again",)


def test_a_voice_that_is_nearly_sure_is_answered_with_what_was_heard(chat: Chat) -> None:
    near = Understanding("loan_documents", 0.7, (("loan_documents", 0.7),))

    speaks(chat, "贷款要啥材料", near)

    assert chat.said == ("voice_heard", "loan_documents")
    assert "听您说的是“贷款要啥材料”" in chat.text


def test_a_clear_voice_is_answered_like_words(chat: Chat) -> None:
    assert speaks(chat, "贷款要什么材料", understood("loan_documents")).said == ("loan_documents",)


def test_a_long_voice_is_not_read_back_whole(chat: Chat) -> None:
    speaks(chat, "那个" * 60, NOISE)

    assert "…”" in chat.text
    assert len(chat.text) < 120


@pytest.mark.parametrize("kind", [MessageKind.IMAGE, MessageKind.FILE, MessageKind.VIDEO])
def test_pictures_and_files_are_declined_with_the_banks_safe_page(chat: Chat, kind: MessageKind) -> None:
    chat.take(InboundMessage(kind, "o", "gh", chat.now, "k"), EVENT)

    assert chat.said == ("media_refused",)
    assert chat.content.settings["upload_page"] in chat.text
    assert "证件、执照" in chat.text


def test_who_solved_something_gets_one_hint_in_a_contact(chat: Chat) -> None:
    chat.say("回单怎么下", "e_receipt").tap("解决了")
    assert "hint_e_receipt" in chat.said

    again = chat.tap("看看怎么对账").tap("解决了").said

    assert again == ("howto_solved",)


def test_who_may_be_cheated_gets_no_hint(chat: Chat) -> None:
    chat.session = Session(slots={"risk": "疑似诈骗"}, introduced=True)

    assert chat.say("回单怎么下", "e_receipt").tap("解决了").said == ("howto_solved",)


@pytest.mark.parametrize(
    ("hour", "words"), [(3, "夜深了"), (8, "早上好"), (12, "中午好"), (15, "下午好"), (21, "晚上好")]
)
def test_a_greeting_knows_the_hour(chat: Chat, hour: int, words: str) -> None:
    chat.now = datetime(2026, 11, 24, hour, 0, tzinfo=BANK_ZONE).astimezone(UTC)

    assert words in chat.say("你好", "greet").text
