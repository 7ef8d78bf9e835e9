"""Cards a rep sends, and the card a rep reads."""

from string import Formatter
from urllib.parse import quote

import pytest

from bot.clock import local_day
from bot.compliance.rules import check_outbound
from bot.dialogue.card import make_card, refresh_card
from bot.dialogue.cards import all_cards, render_card
from bot.dialogue.flow import Turn
from bot.dialogue.flows.fallback import missed
from bot.dialogue.session import Session
from bot.dialogue.slots import known_text, slot_lines
from bot.errors import InvalidInput
from bot.knowledge.content import Content
from bot.messages import Choice, InboundMessage, MessageKind, Reply, Understanding
from bot.privacy.registry import PERSONAL
from config.rules import load_wording
from tests.factories import MORNING
from tests.fakes import FakeBank
from tests.unit.dialogue.chat import Chat, fen, months, understood

LIMIT_BYTES = 2_048


def _passive_bytes(reply: Reply) -> int:
    links = (
        f'<a href="weixin://bizmsgmenu?msgmenucontent={quote(line.text)}&msgmenuid={quote(line.id)}">{line.text}</a>'
        for line in reply.choices
    )
    return len("\n".join([reply.text, *links]).encode())


def test_a_product_card_is_the_approved_text_in_a_persons_name(content: Content) -> None:
    card = render_card(content, "product:jingying_kuaidai")

    assert (card.title, card.kind) == ("经营快贷", "product")
    assert card.reply.is_ai is False
    assert card.reply.source == f"product.jingying_kuaidai@{content.products[0].version}"
    assert "年化利率（单利）：3.45%起【示例】" in card.reply.text
    assert "贷款有风险，借款需谨慎。\n由我行放款，有疑问可以打95588。" in card.reply.text


def test_a_guide_card_is_its_first_step_with_lines_to_tap(content: Content) -> None:
    card = render_card(content, "guide:loan_apply")

    assert card.kind == "guide"
    assert "1/7" in card.reply.text
    assert card.reply.choices == (
        Choice("guide:loan_apply:1:done", "完成"),
        Choice("guide:loan_apply:1:stuck", "卡住了"),
    )


@pytest.mark.parametrize("card_id", ["product:none", "guide:none", "jingying_kuaidai", ""])
def test_an_unknown_card_is_refused(content: Content, card_id: str) -> None:
    with pytest.raises(InvalidInput):
        render_card(content, card_id)


def test_every_card_is_listed_once(content: Content) -> None:
    ids = [card.id for card in all_cards(content)]

    assert len(ids) == len(set(ids)) == len(content.products) + len(content.guides)


def test_every_card_step_and_reply_fits_one_passive_answer(content: Content) -> None:
    texts = (reply.text for reply in content.replies.values())
    names = {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}
    blanks = dict.fromkeys(names - content.settings.keys(), "测试文字测试文字测试文字")
    blanks |= {"rates": "经营快贷 3.45%起\n" * 10, "lines": "20万元用1年，到期一次还本，利息约6,900元\n" * 2}
    blanks |= {"held": "、".join(f"{entry.label}12345条" for entry in PERSONAL)}
    advice = (symptom.advice for tree in content.diagnoses.values() for symptom in tree.symptoms.values())
    blanks |= {"advice": max(advice, key=len)}

    for reply_id in content.replies:
        reply = content.say(reply_id, **blanks)
        crowded = Reply(
            reply.text, (*reply.choices, Choice("loan:continue", "回到操作步骤"), Choice("human:start", "人工"))
        )
        assert _passive_bytes(crowded) <= LIMIT_BYTES, reply_id
    for card in all_cards(content):
        assert _passive_bytes(card.reply) <= LIMIT_BYTES, card.id
    for guide in content.guides.values():
        for step in guide.steps:
            lines = tuple(Choice(f"guide:{guide.id}:9:{verb}", "卡住了") for verb in ("done", "stuck", "back"))
            for text in (step.text, step.stuck, *(fault.answer for fault in step.faults)):
                assert _passive_bytes(Reply(text + "卡在第9步了，别着急。" * 3, lines)) <= LIMIT_BYTES, guide.id


def test_every_sentence_of_the_bot_may_go_out(content: Content) -> None:
    wording = load_wording()
    steps = [step for guide in content.guides.values() for step in guide.steps]
    texts = [text.text for text in content.replies.values()]
    texts += [card.reply.text for card in all_cards(content)] + [canned.text for canned in content.canned]
    texts += [text for step in steps for text in (step.text, step.stuck, *(fault.answer for fault in step.faults))]
    texts += [symptom.advice for symptom in content.diagnoses["ukey"].symptoms.values()]
    texts += [guide.done for guide in content.guides.values()]

    assert {text: found for text in texts if (found := check_outbound(text, wording))} == {}


def test_every_intents_first_answer_fits_and_offers_at_most_five_lines(content: Content) -> None:
    for intent in content.intent_flows:
        chat = Chat(content).say("请问一下", intent)
        choices = tuple(Choice(choice_id, text) for choice_id, text in chat.lines.items())

        assert len(choices) <= 5, intent
        assert _passive_bytes(Reply(chat.text, choices)) <= LIMIT_BYTES, intent


def test_the_longest_shortlist_fits(chat: Chat) -> None:
    known = {
        "purpose": "复工复产、采购备货、发工资",
        "amount": [20_000_000, 30_000_000],
        "term": 6,
        "collateral": False,
    }
    chat.session = Session(flow="loan", step="years", slots={**known, "years": 4.5, "industry": "catering"})

    chat.tap_id("loan:show")
    while True:
        lines = tuple(Choice(choice_id, text) for choice_id, text in chat.lines.items())
        assert _passive_bytes(Reply(chat.text, lines)) <= LIMIT_BYTES
        if "下一个" not in chat.lines.values():
            break
        chat.tap("下一个")


def _turn(content: Content, text: str, understanding: Understanding, session: Session | None = None) -> Turn:
    message = InboundMessage(MessageKind.TEXT, "o", "gh", MORNING, "k", text=text)
    return Turn(message, understanding, session or Session(), content, FakeBank(), None, MORNING, in_hours=True)


def test_the_rep_reads_who_what_and_which_products_before_the_first_word(chat: Chat, content: Content) -> None:
    text = "你好，我开了三家餐厅，疫情好转准备复工，想联系一下专属客服，看看有没有贷款"
    chat.say(text, "dedicated_rep")

    card = make_card(_turn(content, text, understood("dedicated_rep")), chat.step)

    assert ["行业", "餐饮"] in card["slots"]
    assert ["用途", "复工复产"] in card["slots"]
    assert ["金额", "未知"] in card["slots"]
    assert len(card["summary"]) <= 3
    assert any("餐饮" in line for line in card["summary"])
    assert card["products"][0]["id"] == "jingying_kuaidai"
    assert {hint["verdict"] for hint in card["products"]} <= {"fits", "maybe", "no"}


def test_the_rep_sees_the_step_the_follower_is_stuck_at(chat: Chat, content: Content) -> None:
    chat.tap_id("guide:loan_apply:4:stuck", "卡住了").say("人工")

    card = make_card(_turn(content, "人工", understood("human_agent")), chat.step)

    assert "第4步" in card["guide"]


def test_slots_read_well_with_and_without_their_labels(content: Content) -> None:
    slots = {
        "purpose": "进货",
        "amount": [20_000_000, 30_000_000],
        "term": 6,
        "years": 4.0,
        "collateral": False,
        "elder": True,
    }

    assert known_text(slots, content) == "进货、20万–30万元、用半年、经营4年、没有抵押"
    assert ("期限", "半年") in slot_lines(slots, content)
    assert ("抵押", "没有") in slot_lines(slots, content)
    assert ("客户情况", "操作不熟，请慢慢讲") in slot_lines(slots, content)


def test_a_card_lists_the_named_product_by_its_name(content: Content) -> None:
    assert slot_lines({"product": "shuiwudai"}, content) == [("意向产品", "税务贷")]


def test_a_miss_without_likely_wishes_offers_common_ones(content: Content) -> None:
    turn = _turn(content, "嗯嗯嗯", Understanding("chitchat", 0.1))

    assert missed(turn, ("chitchat", "greet")).replies[0].source == "fallback_blank@1"


def test_a_sentence_fills_all_the_slots_it_tells(chat: Chat) -> None:
    told = understood("loan_apply", amount=fen(200_000), term=months(6), industry="retail", product="shuiwudai")

    chat.say("开超市的，想用税务贷借20万半年", told)

    assert chat.session.slots["card"] == "shuiwudai"


@pytest.mark.parametrize(("guide", "shown"), [(("loan_drawdown", 3), True), (("ended_in_autumn", 2), False)])
def test_the_reps_card_names_the_guide_in_hand_unless_it_has_ended(
    content: Content, guide: tuple[str, int], shown: bool
) -> None:
    card = refresh_card({}, Session(guide=guide), "general", content, local_day(MORNING))

    assert card["guide"] == (f"{content.guides['loan_drawdown'].title} 第3步" if shown else None)
