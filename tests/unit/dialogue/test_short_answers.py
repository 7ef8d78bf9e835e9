"""Short words answer the question that was asked; no model could know what they are about."""

import pytest

from bot.dialogue import choices
from bot.dialogue.session import Session
from bot.messages import Understanding
from tests.unit.dialogue.chat import Chat

NOISE = Understanding("account_dormant", 0.38, (("account_dormant", 0.38), ("chitchat", 0.2)))
RATE_OR_LIMIT = Understanding(
    "loan_rate", 0.3, (("loan_rate", 0.3), ("loan_limit", 0.25), ("greet", 0.2), ("account_fees", 0.1))
)


def _in_loan(chat: Chat, step: str, **slots: object) -> Chat:
    known = {"purpose": "采购备货", "amount": [1, 1], "term": 6, "collateral": False}
    before = dict(list(known.items())[: ("purpose", "amount", "term", "collateral", "years").index(step)])
    return chat.knowing(flow="loan", step=step, slots=before | slots, introduced=True)


@pytest.mark.parametrize(
    ("step", "words", "slot", "value"),
    [
        ("purpose", "进货", "purpose", "采购备货"),
        ("purpose", "二三十", "amount", [20_000_000, 30_000_000]),
        ("amount", "二三十万", "amount", [20_000_000, 30_000_000]),
        ("amount", "二三十", "amount", [20_000_000, 30_000_000]),
        ("amount", "就20左右吧", "amount", [20_000_000, 20_000_000]),
        ("amount", "十五", "amount", [15_000_000, 15_000_000]),
        ("term", "两年", "term", 24),
        ("term", "12", "term", 12),
        ("term", "第二个", "term", 12),
        ("term", "最后一个", "term", 36),
        ("collateral", "没有", "collateral", False),
        ("collateral", "对", "collateral", True),
        ("collateral", "第二个", "collateral", True),
        ("years", "两年", "years", 2),
        ("years", "4", "years", 4),
    ],
)
def test_the_loan_enquiry_takes_short_answers(chat: Chat, step: str, words: str, slot: str, value: object) -> None:
    choices_of_step = {
        "term": (("loan:term:6", "半年"), ("loan:term:12", "一年"), ("loan:term:36", "三年")),
        "collateral": (("loan:collateral:no", "没有抵押"), ("loan:collateral:yes", "有房产")),
    }
    offered = (*choices_of_step.get(step, (("loan:show", "直接看产品"),)), ("human:start", "人工"))

    _in_loan(chat, step).knowing(offered=offered).say(words)

    assert chat.session.slots[slot] == value


@pytest.mark.parametrize("words", ["3", "2"])
def test_a_small_number_for_a_term_is_asked_again(chat: Chat, words: str) -> None:
    assert "term" not in _in_loan(chat, "term").say(words, NOISE).session.slots


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("第二个", "product.shuiwudai"),
        ("就第一个", "guide_step"),
        ("都要", "loan_one_at_a_time"),
        ("不要这个", "product.shuiwudai"),
    ],
)
def test_cards_are_chosen_by_place(chat: Chat, words: str, said: str) -> None:
    chat.session = Session(
        flow="loan", step="cards", introduced=True, offered=(("loan:next:jingying_kuaidai", "下一个"),),
        slots={"cards": ["jingying_kuaidai", "shuiwudai"], "card": "jingying_kuaidai"},
    )  # fmt: skip

    chat.say(words, NOISE)

    assert said == chat.said[-1] or (said == "guide_step" and chat.session.flow == "guide")


@pytest.mark.parametrize(("words", "amount"), [("20", 20_000_000), ("二十", 20_000_000), ("大概20吧", 20_000_000)])
def test_the_calculator_takes_bare_numbers(chat: Chat, words: str, amount: int) -> None:
    chat.say("算算利息", "loan_calculator").say(words, NOISE)
    assert chat.session.slots["amount"] == [amount, amount]

    assert chat.say("12", NOISE).said[0] == "loan_calculator"


@pytest.mark.parametrize(
    ("step", "words", "then"),
    [
        ("new", "对", "logged_in"),
        ("new", "没有", "kind"),
        ("new", "两年了", "kind"),
        ("new", "不清楚", "kind"),
        ("logged_in", "没有", "light"),
        ("logged_in", "忘了", "light"),
        ("kind", "都不是", "other"),
        ("kind", "第四个", "other"),
    ],
)
def test_the_tree_takes_short_answers(chat: Chat, step: str, words: str, then: str) -> None:
    lines = tuple(
        (f"ukey:{step}:{at}", label)
        for at, (label, _, _) in enumerate(chat.content.diagnoses["ukey"].questions[step].answers)
    )
    chat.session = Session(flow="ukey", step=step, introduced=True, offered=lines)

    assert chat.say(words, NOISE).session.step == then


def test_none_of_the_causes_brings_a_person(chat: Chat) -> None:
    chat.session = Session(flow="ukey", step="other", introduced=True)

    assert chat.say("都不是", NOISE).said == ("howto_unsolved",)
    assert "human:start" in chat.lines


@pytest.mark.parametrize("words", ["要的", "好", "换", "就这个", "那个", "怎么换"])
def test_points_are_redeemed_at_a_word(chat: Chat, words: str) -> None:
    chat.say("查积分", "points_balance").say(words, NOISE)

    assert chat.session.guide == ("points_redeem", 1)


def test_points_may_be_left_alone(chat: Chat) -> None:
    assert chat.say("查积分", "points_balance").say("不用了", "deny").said == ("deny",)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("第二个", "loan_limit"),
        ("选1", "loan_rate"),
        ("就第三个吧", "account_fees"),
        ("能贷多少额度", "loan_limit"),
    ],
)
def test_a_line_is_chosen_by_its_place(chat: Chat, words: str, said: str) -> None:
    assert chat.say("利什么的", RATE_OR_LIMIT).say(words, NOISE).said[0] == said


def test_none_of_the_lines_is_a_second_miss(chat: Chat) -> None:
    assert chat.say("利什么的", RATE_OR_LIMIT).say("都不是", "deny").said == ("fallback_again",)


@pytest.mark.parametrize("words", ["第五个", "第四个", "要一个", "二", "这个月", "都", "那个U盾"])
def test_other_words_choose_no_line(words: str) -> None:
    lines = (("ask:loan_rate", "贷款利率多少"), ("ask:loan_limit", "能贷多少额度"), ("human:start", "人工"))

    assert choices.picked(words, lines, None) is None
    assert not choices.takes_all(words)


def test_every_intent_has_a_label_of_its_own_that_fits_a_line(chat: Chat) -> None:
    labels = list(chat.content.intent_labels.values())

    assert len(labels) == len(set(labels)) == 62
    assert all(2 <= len(label) <= 10 for label in labels)
    assert set(chat.content.abouts) == set(chat.content.intent_labels)
