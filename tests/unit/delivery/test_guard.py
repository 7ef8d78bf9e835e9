"""What the bot must never say does not leave; everything approved does."""

import string
from collections.abc import Iterator
from functools import cache, partial

import pytest
from structlog.testing import capture_logs

from bot.compliance.rules import check_outbound
from bot.delivery.guard import INSTEAD, OutboundGuard
from bot.dialogue.cards import all_cards
from bot.knowledge.content import Content
from bot.messages import Choice, Reply
from bot.metrics import WITHHELD
from config.content import load_content
from config.overlay import texts_of, value_of
from config.rules import load_wording
from config.seeds import seed_editions

CARD = "6222021202041701419"
GUARD = OutboundGuard(partial(check_outbound, wording=load_wording()))


@cache
def content() -> Content:
    return load_content().with_pages(bind_url="https://bank.example/bind")


class _Filled(dict[str, str]):
    """The settings; what a flow fills, by its name."""

    def __missing__(self, name: str) -> str:
        return f"〔{name}〕"


def approved() -> Iterator[Reply]:
    """All that config holds for customers, as they read it."""
    made = content()
    settings = _Filled(made.settings)
    for edition in seed_editions(made).values():
        for text in texts_of(value_of(edition)):
            yield Reply(string.Formatter().vformat(text, (), settings))
    lines = [entry.choices for entry in made.replies.values()] + [entry.choices for entry in made.entries]
    yield from (Reply("", choices) for choices in lines)
    for symptom in (one for tree in made.diagnoses.values() for one in tree.symptoms.values()):
        yield Reply(f"{symptom.cause}\n{symptom.advice}")
    for question in (one for tree in made.diagnoses.values() for one in tree.questions.values()):
        yield Reply(question.text, tuple(Choice("x", label) for label, *_ in question.answers))
    for branch in made.branches:
        yield Reply(f"{branch.name}\n{branch.address}\n{branch.phone}")
    yield from (card.reply for card in all_cards(made))
    yield from (Reply(canned.text) for canned in made.canned)
    yield from (Reply(label) for label in made.labels.values())


def cleared(reply: Reply, *names: str | None) -> Reply:
    return GUARD.cleared(reply, content(), 7, names)


def test_nothing_approved_is_held_back() -> None:
    every = list(approved())

    assert len(every) > 1000
    assert [reply.text for reply in every if cleared(reply) is not reply] == []
    assert cleared(content().say(INSTEAD)).source == "answer_withheld@1"


@pytest.mark.parametrize(
    ("reply", "secrets", "rules"),
    [
        (Reply(f"您的{CARD}还剩本金1万元"), ["card"], []),
        (Reply("法人身份证11010519491231002X已登记"), ["id_number"], []),
        (Reply("您的验证码是482913"), ["sms_code"], []),
        (Reply("好的", (Choice("x", f"用{CARD}"),)), ["card"], []),
        (Reply("您说的“必批贷款”我来看看"), [], ["C5"]),
        (Reply("请把验证码发给我"), [], ["C22"]),
        (Reply(f"{CARD}保本"), ["card"], ["C5"]),
    ],
)
def test_a_secret_or_a_forbidden_word_becomes_a_way_to_a_person(
    reply: Reply, secrets: list[str], rules: list[str]
) -> None:
    with capture_logs() as logged:
        said = cleared(reply)

    assert said == content().say("answer_withheld")
    assert [choice.id for choice in said.choices] == ["human:start"]
    assert logged == [
        {
            "event": "answer_withheld",
            "log_level": "error",
            "conversation_id": 7,
            "source": None,
            "secrets": secrets,
            "rules": rules,
        }
    ]


def test_what_is_held_back_is_counted_by_its_cause() -> None:
    def counted() -> list[float]:
        return [WITHHELD.labels(cause)._value.get() for cause in ("secret", "wording")]

    secret, wording = counted()
    cleared(Reply(CARD))

    assert counted() == [secret + 1, wording]


def test_a_warning_or_something_missing_holds_nothing_back() -> None:
    reply = Reply("经营快贷放款快，这个月限时免费")

    assert cleared(reply) is reply


def test_the_customers_own_name_boasts_of_nothing() -> None:
    reply = Reply("绑定好了，合肥第一塑料厂。")

    assert cleared(reply, "合肥第一塑料厂", None) is reply
    assert cleared(reply) is not reply


def test_a_name_hides_no_secret() -> None:
    assert cleared(Reply(f"绑定好了，{CARD}。"), CARD).source == "answer_withheld@1"
