"""From a wish to a fitting product: one question at a time, none twice."""

import pytest

from bot.dialogue.session import Session
from bot.knowledge.content import Content
from bot.messages import Understanding
from tests.unit.dialogue.chat import Chat, fen, months, understood

UNSURE = Understanding("chitchat", 0.2, (("chitchat", 0.2), ("loan_apply", 0.15)))


def _unsure(**entities: object) -> Understanding:
    return understood("chitchat", 0.2, **entities)


def test_five_questions_come_one_at_a_time_and_end_in_a_card(chat: Chat) -> None:
    assert chat.say("我想贷款", "loan_apply").said == ("loan_apply", "loan_ask_purpose")

    assert chat.say("进点食材", UNSURE).said == ("loan_noted", "loan_ask_amount")

    assert chat.say("二三十万", _unsure(amount=fen(200_000, 300_000))).said == ("loan_noted", "loan_ask_term")
    assert "20万–30万元" in chat.text

    assert chat.tap("半年").said == ("loan_noted", "loan_ask_collateral")

    assert chat.say("没有", "deny").said == ("loan_noted", "loan_ask_years")

    assert chat.say("4", UNSURE).said == ("loan_shortlist", "loan_reason", "product.jingying_kuaidai")


def test_one_sentence_fills_several_answers(chat: Chat) -> None:
    told = understood("loan_apply", amount=fen(200_000), term=months(6), in_business=months(48))

    chat.say("想贷20万进货，周转半年，没有抵押，开了四年", told)

    assert "product.jingying_kuaidai" in chat.said
    assert chat.session.slots["collateral"] is False
    assert chat.session.slots["years"] == 4


def test_a_need_told_without_a_verb_is_understood(chat: Chat) -> None:
    told = understood("loan_eligibility", 0.32, amount=fen(200_000, 300_000), term=months(6), in_business=months(48))

    chat.say("二三十万，周转半年，没有抵押，营业执照四年了。", told)

    assert "product.jingying_kuaidai" in chat.said


@pytest.mark.parametrize(
    ("step", "words", "entities", "slot", "value"),
    [
        ("amount", "20", {}, "amount", [20_000_000, 20_000_000]),
        ("amount", "十几万吧", {"amount": fen(110_000, 190_000)}, "amount", [11_000_000, 19_000_000]),
        ("term", "半年", {"term": months(6)}, "term", 6),
        ("collateral", "没有", {}, "collateral", False),
        ("collateral", "对", {}, "collateral", True),
        ("collateral", "有套房子", {}, "collateral", True),
        ("collateral", "无抵押", {}, "collateral", False),
        ("years", "三年", {"term": months(36)}, "years", 3),
        ("years", "2", {}, "years", 2.0),
        ("years", "刚注册", {}, "years", 0.5),
        ("years", "去年才办的执照", {}, "years", 1.0),
        ("collateral", "房子有一套，不过有按揭", {}, "collateral", True),
        ("collateral", "有", {}, "collateral", True),
        ("purpose", "发工资", {}, "purpose", "发工资"),
        ("purpose", "给孩子店里添置桌椅", {}, "purpose", "给孩子店里添置桌椅"),
    ],
)
def test_short_answers_mean_what_was_asked(
    chat: Chat, step: str, words: str, entities: dict[str, object], slot: str, value: object
) -> None:
    chat.session = Session(flow="loan", step=step)

    chat.say(words, _unsure(**entities))

    assert chat.session.slots[slot] == value


@pytest.mark.parametrize("words", ["不知道", "还没想好", "看情况吧"])
def test_a_question_without_an_answer_is_skipped_for_good(chat: Chat, words: str) -> None:
    chat.session = Session(flow="loan", step="amount", slots={"purpose": "采购备货"})

    chat.say(words, "deny")

    assert chat.said == ("loan_skipped", "loan_ask_term")


def test_a_forbidden_purpose_is_refused_and_asked_again(chat: Chat) -> None:
    chat.say("想贷款", "loan_apply").say("买房付首付", UNSURE)

    assert chat.said == ("loan_purpose_refused", "loan_ask_purpose")
    assert "purpose" not in chat.session.slots


def test_another_question_is_answered_and_leads_back(chat: Chat) -> None:
    chat.session = Session(flow="loan", step="term", slots={"purpose": "采购备货", "amount": [1_000_000, 1_000_000]})

    chat.say("利率多少", "loan_rate")
    assert chat.said == ("loan_rate", "loan_ask_term")
    assert chat.session.step == "term"
    assert chat.session.slots["purpose"] == "采购备货"
    assert "帮我挑一款" not in chat.lines.values()


def test_the_answer_to_the_open_question_counts_even_after_a_detour(chat: Chat) -> None:
    chat.session = Session(flow="loan", step="term", slots={"purpose": "采购备货", "amount": [1_000_000, 1_000_000]})

    chat.say("你们网点在哪", "branch_location").say("半年", _unsure(term=months(6)))

    assert chat.session.slots["term"] == 6
    assert chat.said[-1] == "loan_ask_collateral"


def test_a_question_about_the_products_is_answered_before_the_next_question(chat: Chat) -> None:
    chat.session = Session(flow="loan", step="term", slots={"purpose": "采购备货"})

    assert chat.say("有什么贷款", "loan_product_info").said[0] == "loan_product_info"


def _with_need(chat: Chat, **slots: object) -> Chat:
    known = {"purpose": "采购备货", "amount": [20_000_000, 20_000_000], "term": 6, "collateral": False, "years": 4.0}
    chat.session = Session(flow="loan", step="years", slots=known | slots)
    return chat.tap_id("loan:show", "直接看产品")


def test_cards_come_one_by_one_and_the_end_says_why_others_do_not_suit(chat: Chat) -> None:
    _with_need(chat)
    seen = [chat.said[-1]]
    while "下一个" in chat.lines.values():
        seen.append(chat.tap("下一个").said[-1])

    chat.tap("还有吗")

    assert seen == ["product.jingying_kuaidai", "product.shuiwudai", "product.jiesuandai", "product.shanghudai"]
    assert chat.said == ("loan_cards_end",)
    assert "e抵快贷、网贷通（需要房产抵押）" in chat.text


@pytest.mark.parametrize("words", ["下一个", "还有别的吗", "换一个看看"])
def test_next_may_be_typed(chat: Chat, words: str) -> None:
    assert _with_need(chat).say(words, UNSURE).said[-1] == "product.shuiwudai"


@pytest.mark.parametrize("words", ["就这个经营快贷，怎么弄？", "就办这个", "可以", "怎么申请"])
def test_taking_the_card_starts_its_guide(chat: Chat, content: Content, words: str) -> None:
    chat = _with_need(chat).say(words, UNSURE)

    assert chat.said == ("guide.loan_apply",)
    assert "1/7" in chat.text
    assert chat.session.guide == ("loan_apply", 1)
    assert chat.session.slots["product"] == "jingying_kuaidai"


def test_a_product_without_a_guide_says_where_it_is_done(chat: Chat) -> None:
    chat.tap_id("loan:take:shuiwudai", "就办这个")

    assert "税务贷这样办" in chat.text
    assert chat.session.slots["product"] == "shuiwudai"


def test_a_named_product_shows_its_card_first_and_its_guide_on_the_second_ask(chat: Chat) -> None:
    named = understood("loan_apply", product="jingying_kuaidai")

    chat.say("申请经营快贷", named)
    assert chat.said == ("product.jingying_kuaidai",)

    assert chat.say("申请经营快贷", named).said == ("guide.loan_apply",)


def test_new_facts_at_the_cards_make_a_new_shortlist(chat: Chat) -> None:
    _with_need(chat).say("我有套房子可以抵押", UNSURE)

    assert chat.session.slots["collateral"] is True
    assert chat.said == ("loan_corrected", "loan_still_first")
    assert "edi_kuaidai" in chat.session.slots["cards"]


def test_no_at_the_cards_ends_it(chat: Chat) -> None:
    assert _with_need(chat).say("不用了", "deny").said == ("deny",)


def test_nothing_that_suits_is_said_with_the_reasons(chat: Chat) -> None:
    _with_need(chat, amount=[10**13, 10**13])

    assert chat.said == ("loan_none_fits",)
    assert "不够您用" in chat.text


def test_a_withdrawn_product_is_not_shown(chat: Chat) -> None:
    assert chat.tap_id("loan:card:gone_product").said == ("loan_card_gone",)


def test_every_card_bears_the_annualised_rate_and_the_risk_line(chat: Chat, content: Content) -> None:
    for product in content.products:
        chat.tap_id(f"loan:card:{product.id}")

        assert "年化利率（单利）" in chat.text
        assert "起【示例】" in chat.text
        assert "额度、利率以银行审批为准。贷款有风险，借款需谨慎。" in chat.text
        assert "最高可达" in chat.text


def test_a_line_that_is_not_ours_any_more_does_no_harm(chat: Chat) -> None:
    chat.tap_id("loan:nonsense", "旧按钮")

    assert chat.step.replies


@pytest.mark.parametrize(
    ("words", "intent", "reply"),
    [
        ("20万用一年利息多少", understood("loan_calculator", amount=fen(200_000), term=months(12)), "loan_calculator"),
        ("帮我算利息", understood("loan_calculator"), "calculator_ask_amount"),
        ("20万利息多少", understood("loan_calculator", amount=fen(200_000)), "calculator_ask_term"),
    ],
)
def test_the_calculator_asks_only_for_what_is_missing(
    chat: Chat, words: str, intent: Understanding, reply: str
) -> None:
    assert chat.say(words, intent).said == (reply,)


def test_the_calculator_shows_interest_beside_the_annualised_cost(chat: Chat) -> None:
    chat.say("20万用一年利息多少", understood("loan_calculator", amount=fen(200_000), term=months(12)))

    assert "利息约6,900元" in chat.text
    assert "综合年化成本就是3.45%" in chat.text


def test_the_calculator_does_instalments_on_request(chat: Chat) -> None:
    chat.say("20万一年等额本息每月还多少", understood("loan_calculator", amount=fen(200_000), term=months(12)))

    assert "每月还约" in chat.text


def test_the_calculator_takes_its_answers_and_a_no(chat: Chat) -> None:
    chat.say("帮我算利息", "loan_calculator").say("20万", _unsure(amount=fen(200_000)))
    assert chat.said == ("calculator_ask_term",)
    assert chat.say("半年", _unsure(term=months(6))).said == ("loan_calculator",)

    assert chat.knowing(slots={}).say("帮我算利息", "loan_calculator").say("不用了", "deny").said == ("deny",)


def test_a_named_products_price_is_its_card(chat: Chat) -> None:
    assert chat.say("税务贷利率多少", understood("loan_rate", product="shuiwudai")).said == ("product.shuiwudai",)


def test_a_plain_fine_is_no_house(chat: Chat) -> None:
    chat.session = Session(flow="loan", step="collateral", slots={"purpose": "采购备货"})

    chat.say("好的", "affirm")

    assert "collateral" not in chat.session.slots


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("贷出来的钱我想拿去付个首付买房", "loan_drawdown"),
        ("贷款可以炒股用不", "loan_eligibility"),
    ],
)
def test_a_use_that_is_not_allowed_is_refused_whatever_the_words_look_like(chat: Chat, text: str, intent: str) -> None:
    chat.say(text, intent)

    assert chat.said[0] == "loan_purpose_refused"


def test_a_question_about_shares_that_is_not_about_a_loan_stays_out_of_scope(chat: Chat) -> None:
    chat.say("最近炒股行不行", "out_of_scope")

    assert chat.said == ("out_of_scope",)


def test_a_turnover_told_beside_the_question_is_no_wished_sum(chat: Chat) -> None:
    chat.say("一年流水200万，你看能贷到几十万", understood("loan_limit", amount=fen(2_000_000)))

    assert chat.said[0] == "loan_limit"
