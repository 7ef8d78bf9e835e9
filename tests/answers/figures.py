"""Figures in an answer: every amount of money and every rate must stand in approved content, be the customer's own, or
follow from both by the calculator's sum, which is done here once more and in another way.
"""

import re
from collections.abc import Iterator
from fractions import Fraction

from bot.knowledge.content import Content
from bot.knowledge.product_card import card_text

_FIGURE = re.compile(r"\d[\d,.]*\s*(?:%|‰|万元|亿元|万|元|个点|厘|bp)", re.IGNORECASE)
_SUM = re.compile(r"([\d,.]+)(万元|元)用(半年|(\d+)个月|(\d+)年)，到期一次还本，利息约([\d,.]+)(万元|元)")
_INSTALMENTS = re.compile(
    r"([\d,.]+)(万元|元)用(半年|(\d+)个月|(\d+)年)，等额本息，每月还约([\d,.]+)(万元|元)，利息共约([\d,.]+)(万元|元)"
)
_RATE = re.compile(r"年化利率（单利）([\d.]+)%")
# 等额本息 is rounded to the fen each month.
LARGEST_ERROR_YUAN = 2


def approved_figures(content: Content) -> set[str]:
    """The figures of all approved texts."""
    texts = [reply.text for reply in content.replies.values()]
    texts += [card_text(product) for product in content.products]
    for guide in content.guides.values():
        texts += [guide.done, *(step.text + step.stuck for step in guide.steps)]
        texts += [fault.answer for step in guide.steps for fault in step.faults]
    for tree in content.diagnoses.values():
        texts += [symptom.advice for symptom in tree.symptoms.values()]
    return {figure for text in texts for figure in figures(text)}


def figures(text: str) -> set[str]:
    """Amounts and rates of a text, without blanks."""
    return {re.sub(r"[\s,]", "", found).lower() for found in _FIGURE.findall(text)}


def unapproved(question: str, answer: str, approved: set[str]) -> Iterator[str]:
    """Figures nobody approved and the customer did not say."""
    own = _own_words(question)
    left = _without_right_sums(answer)
    yield from sorted(figure for figure in figures(left) if figure not in approved and figure not in own)


def _own_words(question: str) -> set[str]:
    """The customer's figures in every way the bot may write them back."""
    chinese = str.maketrans("一二两三四五六七八九", "1223456789")
    said = question.translate(chinese).replace("1百", "100").replace("十万", "0万").replace("千", "000")
    found = figures(said)
    return found | {f"{figure}元" for figure in found if figure.endswith("万")}


def _without_right_sums(answer: str) -> str:
    """The answer without the calculator's lines that are right."""
    rate = _RATE.search(answer)
    if rate is None:
        return answer
    yearly = Fraction(rate[1]) / 100
    rest = _SUM.sub(lambda found: "" if _is_right_sum(found, yearly) else found[0], answer)
    return _INSTALMENTS.sub(lambda found: "" if _are_right_instalments(found, yearly) else found[0], rest)


def _is_right_sum(found: re.Match[str], yearly: Fraction) -> bool:
    wanted = _yuan(found[1], found[2]) * yearly * _months(found) / 12
    return abs(_yuan(found[6], found[7]) - wanted) <= Fraction(1, 100)


def _are_right_instalments(found: re.Match[str], yearly: Fraction) -> bool:
    """Paying that much every month leaves nothing owed at the end."""
    months, payment, owed = _months(found), _yuan(found[6], found[7]), _yuan(found[1], found[2])
    told = _yuan(found[8], found[9])
    if abs(payment * months - owed - told) > LARGEST_ERROR_YUAN:
        return False
    for _ in range(months):
        owed = owed * (1 + yearly / 12) - payment
    return abs(owed) <= LARGEST_ERROR_YUAN


def _months(found: re.Match[str]) -> int:
    return 6 if found[3] == "半年" else int(found[4]) if found[4] else int(found[5]) * 12


def _yuan(number: str, unit: str) -> Fraction:
    return Fraction(number.replace(",", "")) * (10_000 if unit == "万元" else 1)
