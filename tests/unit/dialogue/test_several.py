"""Two wishes in one message, and the one clear wish in a story."""

import pytest

from bot.adapters.wechat_reply import fits_passive
from bot.dialogue.merging import merge
from bot.messages import Understanding
from tests.unit.dialogue.chat import Chat, fen, understood

TWO = "回单怎么下载，另外贷款利率多少"
UNSURE = Understanding("chitchat", 0.2, (("chitchat", 0.2), ("out_of_scope", 0.15)))


def _questions(chat: Chat) -> int:
    return sum(said.startswith(("loan_ask_", "calculator_ask_", "diagnosis.")) for said in chat.said)


def test_two_questions_get_two_answers_in_one_message(chat: Chat) -> None:
    chat.hearing(回单怎么下载="e_receipt", 贷款利率多少="loan_rate").say(TWO, "e_receipt")

    assert chat.said == ("e_receipt", "loan_rate")
    assert "另外，关于贷款利率：" in chat.text
    merged = merge(chat.step.replies)
    assert merged is not None
    assert fits_passive(merged)


def test_only_the_last_answer_asks_whether_it_helped(chat: Chat) -> None:
    chat.say("回单怎么下载？对账怎么做？", "e_receipt")

    assert chat.said == ("e_receipt", "reconciliation")
    assert chat.text.count("解决了吗") == 1
    assert "receipts:solved" not in chat.lines
    assert chat.say("解决了", UNSURE).step.outcome == "solved"


@pytest.mark.parametrize("words", ["我想贷20万进货 顺便问下回单怎么打", "回单怎么打，另外我想贷20万进货"])
def test_what_asks_back_comes_last(chat: Chat, words: str) -> None:
    chat.clauses["我想贷20万进货"] = understood("loan_apply", amount=fen(200_000))
    chat.say(words, understood("loan_apply", amount=fen(200_000)))

    assert chat.said[0] == "e_receipt"
    assert chat.said[-1] == "loan_ask_term"
    assert chat.session.flow == "loan"
    assert chat.session.slots["amount"] == [20_000_000, 20_000_000]


def test_a_need_keeps_what_other_clauses_tell_of_it(chat: Chat) -> None:
    chat.say("我是开饭店的，想贷款进货，回单怎么打", UNSURE)

    assert chat.session.slots["industry"] == "catering"
    assert chat.session.slots["purpose"] == "采购备货"


def test_two_that_ask_back_are_not_both_begun(chat: Chat) -> None:
    chat.hearing(我想贷款="loan_apply", 新办的U盾登不上="ukey_activate")
    chat.say("我想贷款，另外新办的U盾登不上", "loan_apply")

    assert _questions(chat) == 1
    assert chat.said[-1] == "also_asked"
    assert "U盾用不了" in chat.lines.values()


def test_two_words_for_one_thing_are_one_question(chat: Chat) -> None:
    chat.say("积分还有多少？积分什么时候到期？", "points_expiry")

    assert chat.said == ("points_expiry", "points_redeem_hint", "binding_invite")


@pytest.mark.parametrize("words", ["你好，回单怎么下载，谢谢", "回单怎么下载，要多久"])
def test_manners_and_fragments_are_no_second_question(chat: Chat, words: str) -> None:
    chat.say(words, "e_receipt")

    assert chat.said == ("e_receipt",)
    assert chat.read == []


def test_background_is_no_question(chat: Chat) -> None:
    chat.say("我刚开户，U盾丢了怎么办", "ukey_lost")

    assert chat.said == ("diagnosed_urgent",)
    assert chat.read == []


@pytest.mark.parametrize("second", ["greet", "out_of_scope", "callback_request"])
def test_what_is_no_question_here_is_answered_as_before(chat: Chat, second: str) -> None:
    chat.hearing(回单怎么下载="e_receipt", 那个信用卡的事呢=second)
    chat.say("回单怎么下载，那个信用卡的事呢", "e_receipt")

    assert chat.said == ("e_receipt",)


@pytest.mark.parametrize(
    ("words", "desk"),
    [
        ("帮我查下积分，另外给我转人工", "general"),
        ("回单下不了，算了人工吧", "ebank"),
        ("贷款利率多少，再给我转个客服", "loan"),
    ],
)
def test_a_wish_for_a_person_in_any_clause_wins(chat: Chat, words: str, desk: str) -> None:
    chat.say(words, "points_balance")

    assert chat.step.handoff is not None
    assert chat.step.handoff.skill == desk


def test_what_a_person_said_before_is_no_wish_for_one(chat: Chat) -> None:
    assert chat.say("客服说可以，回单怎么下", "e_receipt").said == ("e_receipt",)


def test_a_trick_in_any_clause_wins(chat: Chat) -> None:
    chat.hearing(有人要借我的账户="fraud_suspicious", 贷款利率多少="loan_rate")
    chat.say("贷款利率多少，另外有人要借我的账户", "loan_rate")

    assert chat.step.handoff is not None
    assert chat.step.handoff.skill == "fraud"
    assert "loan_rate" not in chat.said


def test_a_complaint_is_heard_before_the_question_beside_it(chat: Chat) -> None:
    chat.say("你们客服态度差，我要投诉，另外回单怎么下载", "complaint")

    assert chat.said == ("complaint",)


def test_the_request_at_the_end_of_a_story_is_found(chat: Chat) -> None:
    chat.say("昨天下雨，孩子放学晚，弄到半夜，反正我就是想问那个回单从哪里下", UNSURE)

    assert chat.said == ("e_receipt",)
    assert chat.step.read_as == "e_receipt"


def test_troubles_told_on_the_way_are_no_second_question(chat: Chat) -> None:
    words = "行情不好，上半年压了货，钱都垫进去了，员工工资也快发不出来了，想问问贷款到期了能不能先不还本金"

    assert chat.say(words, UNSURE).said == ("loan_renewal",)


def test_a_wish_in_a_story_is_begun_beside_the_question_in_it(chat: Chat) -> None:
    chat.say("我们是开饭店的，做了四年了，最近生意不好，想借二三十万周转，没有抵押，利息多少")

    assert chat.said == ("loan_rate", "loan_noted", "loan_ask_term")
    assert chat.session.slots["industry"] == "catering"


def test_thanks_before_a_question_do_not_hide_it(chat: Chat) -> None:
    assert chat.say("谢谢，那利率多少", "thanks").said == ("loan_rate",)


def test_at_most_three_clauses_are_read(chat: Chat) -> None:
    chat.say("贷款到期怎么续？网银怎么注销？转账限额怎么调？回单怎么下？", UNSURE)

    assert len(chat.read) == 3
    assert chat.said[-1] == "also_asked"


def test_when_no_clause_may_be_read_the_whole_decides(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat, "_read", lambda _: None)

    ranking = (("e_receipt", 0.74), ("loan_rate", 0.23))
    assert chat.say(TWO, Understanding("e_receipt", 0.74, ranking)).said == ("e_receipt", "also_asked")


def test_without_the_model_keyword_rules_read_the_clauses(chat: Chat) -> None:
    assert chat.say(TWO).said == ("e_receipt", "loan_rate")


def test_a_question_beside_the_answer_to_the_open_one_is_answered_first(chat: Chat) -> None:
    chat.knowing(flow="loan", step="amount", slots={"purpose": "采购备货"}, introduced=True)
    chat.say("二三十万吧，利率多少")

    assert chat.said == ("loan_rate", "loan_noted", "loan_ask_term")
    assert chat.session.slots["amount"] == [20_000_000, 30_000_000]
    assert chat.session.flow == "loan"


def test_another_matter_beside_the_answer_asks_for_no_verdict(chat: Chat) -> None:
    chat.knowing(flow="loan", step="term", slots={"purpose": "采购备货", "amount": [1, 1]}, introduced=True)
    chat.say("半年，对了回单在哪下载")

    assert chat.said == ("e_receipt", "loan_noted", "loan_ask_collateral")
    assert "解决了吗" not in chat.text


def test_all_of_what_was_offered_is_answered(chat: Chat) -> None:
    guess = Understanding("loan_rate", 0.3, (("loan_rate", 0.3), ("loan_limit", 0.25), ("greet", 0.2)))
    chat.say("率和度", guess)

    assert chat.say("两个都要", UNSURE).said == ("loan_rate", "loan_limit", "binding_invite")
