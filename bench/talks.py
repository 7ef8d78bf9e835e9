"""What many customers say at once, for the benchmark of answers: questions over all matters that the model was not
trained on, talks that lead through flows, and taps.
"""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import yaml

from config.settings import ROOT

QUESTIONS = ROOT / "tests" / "answers" / "questions.yml"
# So many customers talk at the same time: at 20 messages a second each has about two seconds between his own.
AT_ONCE = 40
# Of ten customers six ask one thing, four are led through a flow.
SINGLE_OF_TEN = 6


@dataclass(frozen=True)
class Said:
    """One message: typed words, or a tapped line when there is a choice id."""

    customer: int
    text: str
    choice: str | None = None


FLOWS: tuple[tuple[tuple[str, str | None], ...], ...] = (
    (
        ("想贷点钱进货", None), ("20万左右", None), ("半年", "loan:term:6"), ("没有抵押", "loan:collateral:no"),
        ("执照三年了", None), ("下一个", None), ("利息怎么算", None),
    ),
    (
        ("U盾用不了", "ukey:start"), ("刚领的", "ukey:new:0"), ("没登上过", None), ("亮", None),
        ("解决了", "ukey:solved"),
    ),
    (
        ("回单怎么下载", None), ("没解决", "receipts:unsolved"), ("企业网银", "receipts:web"),
        ("解决了", "receipts:solved"), ("谢谢", None),
    ),
    (
        ("积分怎么换加油卡", None), ("完成", "guide:points_redeem:1:done"), ("卡住了", "guide:points_redeem:2:stuck"),
        ("没有权益这个菜单", None), ("贷款利率多少", None),
    ),
    (("帮我算算利息", None), ("30万", None), ("一年", None), ("怎么申请", None)),
    (("代发工资失败了", None), ("还是不行", None), ("网银", None), ("好了", None)),
)  # fmt: skip


def messages(count: int) -> list[Said]:
    """So many messages of customers who talk beside each other, each one's own in order; the same on every run."""
    return list(itertools.islice(_all(), count))


def _all() -> Iterator[Said]:
    questions = _questions()
    talks = (_talk(customer, questions) for customer in itertools.count())
    while True:
        together = list(itertools.islice(talks, AT_ONCE))
        for turn in itertools.zip_longest(*together):
            yield from (said for said in turn if said is not None)


def _talk(customer: int, questions: Sequence[str]) -> tuple[Said, ...]:
    if customer % 10 < SINGLE_OF_TEN:
        # Each with a number of its own, so that none is answered from what was read a moment ago.
        return (Said(customer, f"{questions[customer % len(questions)]} {customer}"),)
    return tuple(Said(customer, text, choice) for text, choice in FLOWS[customer % len(FLOWS)])


def _questions() -> list[str]:
    groups = yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))
    found = [question for group in groups for question in group["questions"]]
    random.Random(7).shuffle(found)
    return found
