"""What owners really wrote while trying the product out, and the answer they deserve."""

import pytest

from bot.dialogue import choices
from bot.dialogue.session import Session
from bot.messages import Entity, InboundMessage, MessageKind, Understanding
from tests.unit.dialogue.chat import Chat, fen, months, understood

NOISE = Understanding("affirm", 0.12, (("affirm", 0.12), ("greet", 0.11)))


def _guess(*ranking: tuple[str, float], entities: tuple[Entity, ...] = ()) -> Understanding:
    return Understanding(*ranking[0], ranking, entities)


def _span(kind: str, text: str, sentence: str, **value: int) -> Entity:
    start = sentence.index(text)
    return Entity(kind, value, text, start, start + len(text))


def _said_with(sentence: str, kind: str, text: str, **value: int) -> Understanding:
    return _guess(("chitchat", 0.2), entities=(_span(kind, text, sentence, **value),))


def _in_loan(chat: Chat, step: str, **slots: object) -> Chat:
    return chat.knowing(flow="loan", step=step, slots=slots, introduced=True)


# ---- The loan enquiry ------------------------------------------------------------------------------------------------


def test_a_purpose_once_told_is_not_washed_away_by_turnover(chat: Chat) -> None:
    _in_loan(chat, "term", purpose="采购备货", amount=[1, 1])

    chat.say("周转半年", _said_with("周转半年", "term", "半年", **months(6)))

    assert chat.session.slots["purpose"] == "采购备货"
    assert chat.session.slots["term"] == 6


def test_a_purpose_may_be_corrected_in_so_many_words(chat: Chat) -> None:
    _in_loan(chat, "term", purpose="采购备货", amount=[1, 1]).say("不对，是发工资", NOISE)

    assert chat.session.slots["purpose"] == "发工资"
    assert chat.said[0] == "loan_corrected"


@pytest.mark.parametrize("words", ["20万", "大概20万左右吧", "要20万"])
def test_a_bare_sum_is_no_purpose(chat: Chat, words: str) -> None:
    _in_loan(chat, "purpose").say(words, _said_with(words, "amount", "20万", **fen(200_000)))

    assert "purpose" not in chat.session.slots
    assert chat.said == ("loan_noted", "loan_ask_purpose")


def test_what_stands_beside_the_sum_is_a_purpose(chat: Chat) -> None:
    words = "20万进茶叶"

    _in_loan(chat, "purpose").say(words, _said_with(words, "amount", "20万", **fen(200_000)))

    assert chat.session.slots["purpose"] == words


def test_only_what_is_new_is_read_back(chat: Chat) -> None:
    _in_loan(chat, "amount", purpose="采购备货").say("20万", understood("chitchat", 0.2, amount=fen(200_000)))

    assert chat.text.startswith("好的，20万元，记下了。")


def test_doing_up_a_shop_makes_nobody_a_builder(chat: Chat) -> None:
    chat.say("装修店面", _guess(("loan_apply", 0.9), entities=(Entity("industry", "construction", "装修", 0, 2),)))

    assert "industry" not in chat.session.slots
    assert chat.session.slots["purpose"] == "装修扩店"


def test_years_of_doing_it_are_no_term(chat: Chat) -> None:
    words = "搞了三四年咯"

    _in_loan(chat, "collateral", purpose="采购备货", amount=[1, 1], term=6)
    chat.say(words, _said_with(words, "term", "三四年", low_months=36, high_months=48))

    assert chat.session.slots["years"] == 3
    assert chat.session.slots["term"] == 6


def test_a_year_and_a_bit_is_a_year(chat: Chat) -> None:
    _in_loan(chat, "term", purpose="采购备货", amount=[1, 1])
    chat.say("一年多", _said_with("一年多", "term", "一年多", low_months=12, high_months=23))

    assert chat.session.slots["term"] == 12


@pytest.mark.parametrize("words", ["莫得房子", "么得抵押", "没得房子"])
def test_dialect_for_nothing_to_mortgage(chat: Chat, words: str) -> None:
    _in_loan(chat, "collateral", purpose="采购备货", amount=[1, 1], term=6).say(words, "deny")

    assert chat.session.slots["collateral"] is False


def test_one_step_back_asks_the_last_answer_anew(chat: Chat) -> None:
    _in_loan(chat, "term", purpose="采购备货", amount=[1, 1]).say("上一步", NOISE)

    assert chat.said == ("step_back", "loan_ask_amount")
    assert "amount" not in chat.session.slots


def test_one_step_back_at_a_card_shows_the_card_before(chat: Chat) -> None:
    _in_loan(chat, "cards", cards=["jingying_kuaidai", "shuiwudai"], card="shuiwudai").say("上一步", NOISE)

    assert chat.said == ("product.jingying_kuaidai",)


def test_before_the_first_question_there_is_none(chat: Chat) -> None:
    assert _in_loan(chat, "purpose").say("上一步", NOISE).said == ("first_question", "loan_ask_purpose")


def test_a_product_named_in_between_is_shown(chat: Chat) -> None:
    _in_loan(chat, "term", purpose="采购备货").say("网贷通呢", understood("loan_product_info", product="wangdaitong"))

    assert chat.said == ("product.wangdaitong",)


def test_a_product_named_is_shown_though_the_model_is_unsure(chat: Chat) -> None:
    chat.say("税务贷怎么样", understood("loan_apply", 0.27, product="shuiwudai"))

    assert chat.said == ("product.shuiwudai",)


def test_a_side_question_about_loans_is_answered_and_the_open_one_put_again(chat: Chat) -> None:
    _in_loan(chat, "collateral", purpose="采购备货", amount=[1, 1], term=6).say("要什么材料", "loan_documents")
    assert chat.said == ("loan_documents", "loan_ask_collateral")

    assert chat.say("没有", "deny").session.slots["collateral"] is False


def test_interest_asked_before_the_term_is_known_gets_the_rates(chat: Chat) -> None:
    _in_loan(chat, "term", purpose="采购备货", amount=[1, 1])

    chat.say("大概要多少利息啊", _guess(("loan_rate", 0.56), ("loan_calculator", 0.43)))

    assert chat.said == ("loan_rate", "loan_ask_term")


def test_interest_asked_when_sum_and_term_are_known_is_worked_out(chat: Chat) -> None:
    _in_loan(chat, "collateral", purpose="采购备货", amount=[20_000_000, 20_000_000], term=6)

    chat.say("大概要多少利息啊", _guess(("loan_rate", 0.56), ("loan_calculator", 0.43)))

    assert "3,450元" in chat.text


def test_a_term_told_to_the_calculator_is_not_asked_again(chat: Chat) -> None:
    _in_loan(chat, "term", purpose="采购备货", amount=[20_000_000, 20_000_000]).say("算算利息", "loan_calculator")
    chat.say("半年", understood("chitchat", 0.1, term=months(6)))

    assert chat.said == ("loan_calculator", "loan_ask_collateral")


@pytest.mark.parametrize("words", ["算了不贷了", "算了", "改天再说", "先不办了"])
def test_who_breaks_off_is_let_go(chat: Chat, words: str) -> None:
    _in_loan(chat, "amount", purpose="采购备货").say(words, "deny")

    assert chat.said == ("deny",)
    assert chat.session.flow is None
    assert chat.session.paused is None


def test_thanks_break_nothing_off() -> None:
    assert not choices.drops("谢谢")
    assert not choices.drops("先用着")


@pytest.mark.parametrize("words", ["好的", "哦", "中"])
def test_a_nod_at_an_open_question_puts_it_again(chat: Chat, words: str) -> None:
    assert _in_loan(chat, "amount", purpose="采购备货").say(words, "affirm").said == ("loan_ask_amount",)


def test_a_bare_sum_out_of_the_blue_is_a_wish_for_a_loan(chat: Chat) -> None:
    assert chat.say("30万", understood("loan_calculator", amount=fen(300_000))).said == (
        "loan_noted",
        "loan_ask_purpose",
    )


def test_borrowing_to_pay_wages_is_about_the_loan(chat: Chat) -> None:
    chat.say("想借点钱，用于发工资", _guess(("payroll", 0.76), ("loan_apply", 0.21)))

    assert chat.session.flow == "loan"
    assert chat.session.slots["purpose"] == "发工资"


def test_facts_told_before_the_wish_are_kept(chat: Chat) -> None:
    chat.say(
        "执照办了五年了", _guess(("affirm", 0.21), entities=(_span("term", "五年", "执照办了五年了", **months(60)),))
    )

    assert chat.session.slots["years"] == 5


# ---- U-key, how-tos, guides ------------------------------------------------------------------------------------------


def test_never_logged_in_is_not_read_as_logged_in(chat: Chat) -> None:
    chat.knowing(flow="ukey", step="logged_in").say("没登录成功过", "ebank_login_fail")

    assert chat.session.step == "light"


@pytest.mark.parametrize(("words", "advice"), [("U顿插上去没反映", "驱动"), ("登录那里有个红叉密码输不进", "安全控件")])
def test_symptoms_with_typos_lead_to_the_cause(chat: Chat, words: str, advice: str) -> None:
    chat.say(words, "ebank_password_reset" if "红叉" in words else "ukey_activate")

    assert advice in chat.text


def test_two_guesses_of_one_tree_need_no_asking(chat: Chat) -> None:
    chat.say("新办的u盾一直登不上", _guess(("ukey_activate", 0.40), ("ebank_login_fail", 0.34)))

    assert chat.session.step == "light"


def test_who_cannot_log_in_is_helped_at_once(chat: Chat) -> None:
    chat.say("孩子跟我说办个网银更方便，可我都不会登", _guess(("ebank_login_fail", 0.66), ("ebank_open", 0.29)))

    assert chat.session.flow == "ukey"
    assert "人工" in chat.text


def test_a_nod_to_advice_is_no_success(chat: Chat) -> None:
    chat.say("回单怎么下", "e_receipt").say("好的", "affirm")
    assert chat.said == ("try_first",)
    assert chat.step.outcome is None

    assert chat.say("好了", NOISE).step.outcome == "solved"


def test_giving_up_a_how_to_is_not_unsolved(chat: Chat) -> None:
    assert chat.say("回单怎么下", "e_receipt").say("算了", "deny").said == ("deny",)


@pytest.mark.parametrize("words", ["没用", "还是不行", "搞不成嘛"])
def test_no_help_without_a_subject_brings_a_person(chat: Chat, words: str) -> None:
    chat.say("换法人去哪里", "account_change_info").say(words, "account_dormant")

    assert chat.said == ("unsolved_more",)
    assert chat.step.outcome == "unsolved"
    assert chat.say(words, "account_dormant").step.handoff is not None


def test_a_question_about_the_step_does_not_restart_the_guide(chat: Chat) -> None:
    chat.knowing(flow="guide", step="step", guide=("loan_drawdown", 3))

    assert "生产经营类" in chat.say("用途选什么", "loan_drawdown").text
    assert chat.session.guide == ("loan_drawdown", 3)


def test_asking_for_the_guide_in_hand_shows_the_step_in_hand(chat: Chat) -> None:
    chat.knowing(flow="guide", step="step", guide=("loan_drawdown", 3)).say("怎么提款啊", "loan_drawdown")

    assert chat.session.guide == ("loan_drawdown", 3)


def test_a_nod_at_a_step_leaves_time(chat: Chat) -> None:
    chat.knowing(flow="guide", step="step", guide=("loan_drawdown", 3))

    assert chat.say("好的", "affirm").said == ("guide_take_time",)


def test_a_tap_at_a_step_renews_the_lines_that_may_be_typed(chat: Chat) -> None:
    chat.say("怎么提款", "loan_drawdown").tap("完成").say("卡住了", NOISE)

    assert chat.session.guide == ("loan_drawdown", 2)


def test_the_desk_follows_the_matter_in_hand(chat: Chat) -> None:
    _in_loan(chat, "amount", purpose="采购备货").knowing(last_intent="e_receipt").say("人工", "human_agent")

    assert chat.step.handoff is not None
    assert chat.step.handoff.skill == "loan"


# ---- Small words, two wishes, the same again -------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["😂😂", "？？？", "[微笑]"])
def test_signs_alone_are_no_miss(chat: Chat, words: str) -> None:
    assert chat.say(words, NOISE).said == ("wordless",)
    assert chat.session.misses == 0


def test_a_foreign_sentence_is_answered_so_that_it_can_be_read(chat: Chat) -> None:
    assert "Sorry" in chat.say("I need a loan", NOISE).text
    assert not choices.is_foreign("hello")


def test_anger_gets_a_person_and_no_menu(chat: Chat) -> None:
    chat.say("什么破机器人", "bot_challenge")

    assert chat.said == ("angry",)
    assert list(chat.lines.values()) == ["人工", "我要投诉"]


def test_the_second_of_two_wishes_is_offered_when_its_clause_is_unclear(chat: Chat) -> None:
    unclear = _guess(("loan_rate", 0.4), ("loan_limit", 0.35))
    chat.clauses["贷款那个率是多少来着"] = unclear

    chat.say("回单怎么下载，另外贷款那个率是多少来着", _guess(("e_receipt", 0.74), ("loan_rate", 0.23)))
    assert chat.said == ("e_receipt", "also_asked")

    assert chat.tap("贷款利率多少").said == ("loan_rate",)


def test_two_wishes_in_one_breath_are_not_called_unclear(chat: Chat) -> None:
    unclear = _guess(("points_redeem", 0.4), ("points_rules", 0.35))
    chat.clauses["积分怎么个换法"] = unclear
    chat.clauses["U盾过期了"] = unclear

    chat.say("U盾过期了和积分怎么个换法", _guess(("points_expiry", 0.48), ("ukey_locked_expired", 0.41)))

    assert chat.said == ("fallback_two",)


@pytest.mark.parametrize(
    ("words", "intent", "again"),
    [
        ("谢谢", "thanks", "smalltalk_again"),
        ("你好", "greet", "greet_again"),
        ("换法人了", "account_change_info", "same_answer"),
        ("退订", "deny", "opted_out_again"),
    ],
)
def test_the_same_answer_is_never_given_twice_in_a_row(chat: Chat, words: str, intent: str, again: str) -> None:
    chat.knowing(introduced=True)

    first = chat.say(words, intent).text
    assert chat.say(words, intent).said == (again,)
    assert chat.text != first


def test_the_same_picture_again_gets_a_shorter_answer(chat: Chat) -> None:
    picture = InboundMessage(MessageKind.IMAGE, "o", "gh", chat.now, "k")

    chat.take(picture, NOISE).take(picture, NOISE)

    assert chat.said == ("media_again",)


def test_a_warning_is_repeated_in_full(chat: Chat) -> None:
    chat.knowing(introduced=True).say("怎么防骗", "fraud_tips")

    assert chat.say("怎么防骗", "fraud_tips").said == ("fraud_tips",)


def test_a_way_back_may_be_typed_when_its_line_is_gone(chat: Chat) -> None:
    chat.session = Session(paused=("loan", "amount"), slots={"purpose": "采购备货"}, introduced=True)

    assert chat.say("回到贷款", "transfer").said == ("loan_ask_amount",)


# ---- At night --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("intent", ["fraud_victim", "fraud_suspicious"])
def test_who_is_being_cheated_at_night_may_leave_a_number(night_chat: Chat, intent: str) -> None:
    words = Understanding(intent, 1.0, by="fraud_words")
    night_chat.say("我被骗了，刚转了5万出去", words)
    assert night_chat.said[-1] == "fraud_leave_phone"

    night_chat.say("13900001111", NOISE)

    assert night_chat.step.callback_phone == "13900001111"
    assert night_chat.step.callback_skill == "fraud"


@pytest.mark.parametrize("words", ["算了，在微信里说吧", "不想留电话", "不用了"])
def test_who_leaves_no_number_is_answered_in_the_chat(night_chat: Chat, words: str) -> None:
    assert night_chat.say("转人工", "human_agent").say(words, "hotline").said == ("callback_by_chat",)


def test_a_few_digits_are_no_number(night_chat: Chat) -> None:
    assert night_chat.say("转人工", "human_agent").say("123", NOISE).said == ("callback_bad_phone",)


def test_a_sum_with_the_verb_needs_no_certainty(chat: Chat) -> None:
    words = "贷20万进货"
    unsure = _guess(
        ("loan_apply", 0.37), ("loan_calculator", 0.26), entities=(_span("amount", "20万", words, **fen(200_000)),)
    )

    assert chat.say(words, unsure).said == ("loan_noted", "loan_ask_term")
