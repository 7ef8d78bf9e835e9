"""Questions no intent covers: answered when they surely are known ones, else the old way, which offers a person."""

from dataclasses import replace
from datetime import date

import pytest

from bot.dialogue.flow import Turn
from bot.dialogue.reading import signs_of
from bot.dialogue.turn import Decision
from bot.knowledge.content import Content
from bot.knowledge.edition import Kind
from bot.knowledge.entries import Entry
from bot.messages import InboundMessage, MessageKind, Understanding
from tests.unit.dialogue.chat import Chat

UNSURE = Understanding("account_fees", 0.3, (("account_fees", 0.3), ("loan_rate", 0.2)))
NOTE = Entry(
    Kind.POLICY,
    "rent",
    1,
    "房租补贴",
    ("有什么房租补贴政策",),
    "可申请房租补贴。",
    "区政府",
    "普惠部",
    "r",
    date(2026, 1, 1),
)


def test_an_unsure_guess_gives_way_to_a_known_question(chat: Chat) -> None:
    chat.say("收款的喇叭没声音", UNSURE)

    assert chat.said == ("faq.merchant_speaker",)
    assert list(chat.lines.values()) == ["解决了", "没解决", "人工"]
    assert chat.step.read_as == "faq.merchant_speaker"
    assert chat.session.tried == ("收款音箱没声音",)


def test_out_of_scope_looks_into_the_long_tail_first(chat: Chat) -> None:
    chat.say("收款音箱不响了", "out_of_scope")

    assert chat.said == ("faq.merchant_speaker",)


def test_a_question_approved_word_for_word_counts_more_than_the_model(chat: Chat) -> None:
    chat.say("手续费怎么开发票？", "account_fees")

    assert chat.said == ("faq.invoice_fees",)


def test_a_sure_guess_is_not_overruled_by_mere_likeness(chat: Chat) -> None:
    chat.say("收款的喇叭没声音", "account_fees")

    assert chat.said == ("account_fees",)


@pytest.mark.parametrize("intent", ["fraud_suspicious", "complaint", "human_agent"])
def test_tricks_complaints_and_wishes_for_a_person_are_not_answered_from_a_list(chat: Chat, intent: str) -> None:
    chat.say("收到银行短信带链接是真的吗", intent)

    assert not any(said.startswith("tip.") for said in chat.said)


def test_an_unlike_question_is_offered_a_person_as_before(chat: Chat) -> None:
    chat.say("名册怎么打印", UNSURE).say("名册呢怎么打印", UNSURE)

    assert chat.said == ("fallback_again",)
    assert "人工" in chat.lines.values()


@pytest.mark.parametrize(("label", "said"), [("解决了", "howto_solved"), ("没解决", "unsolved_more")])
def test_whether_it_helped_is_asked_and_heard(chat: Chat, label: str, said: str) -> None:
    chat.say("收款音箱不响了", UNSURE).tap(label)

    assert chat.said == (said,)


def test_a_short_question_afterwards_is_not_about_the_topic_before(chat: Chat) -> None:
    chat.say("电子回单怎么下载", "e_receipt").say("投标保函在你们这怎么开", UNSURE)

    assert chat.session.last_intent is None


def test_live_policy_notes_are_told_together_with_their_sources(content: Content) -> None:
    other = replace(NOTE, key="wages", title="用工补贴", questions=("有什么用工补贴政策",), text="可申请用工补贴。")
    chat = Chat(replace(content, entries=(*content.entries, NOTE, other)))

    chat.say("有什么补贴政策", UNSURE)

    assert "来源：区政府" in chat.text
    assert chat.said[0].startswith("policy.")


def test_an_answer_from_the_long_tail_is_kept_as_answered(chat: Chat) -> None:
    chat.say("收款音箱不响了", UNSURE)
    turn_signs = signs_of(Decision(chat.step), _turn(chat))

    assert turn_signs.reading is not None
    assert (turn_signs.reading.taken_as, turn_signs.reading.verdict) == ("faq.merchant_speaker", "answered")


def _turn(chat: Chat) -> Turn:
    message = InboundMessage(MessageKind.TEXT, "o", "gh", chat.now, "k", text="收款音箱不响了")
    return Turn(message, UNSURE, chat.session, chat.content, chat.bank, None, chat.now, in_hours=True)
