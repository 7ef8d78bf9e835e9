"""From the model's guess to an intent, or to a short list to ask about; and keyword rules for when the model
is away.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.dialogue.choices import sounds_elder
from bot.knowledge.content import Content
from bot.messages import Entity, Understanding

OUT_OF_SCOPE = "out_of_scope"
ASKABLE = 3
# Less likely wishes than this are noise; a line to tap for them would only puzzle.
ASKABLE_FROM = 0.08
BY_KEYWORDS = "keywords"

PAIR = 2
RATE, CALCULATOR = "loan_rate", "loan_calculator"
LOGIN_PASSWORD, LOGIN_FAULT = "ebank_password_reset", "ebank_login_fail"
PAYROLL, LOAN_WISH = "payroll", "loan_apply"
PRODUCT = "loan_product_info"
LOAN_DESK = "loan"
TREE = "ukey"
# What the screen says when the fault is not the password, though the word 密码 stands beside it.
_SCREEN_FAULT = re.compile(r"红叉|红×|控件|公钥")

# What a business loan must not be used for: whoever asks about it is told so, whatever else the words look like.
FORBIDDEN_USE = re.compile(r"买房|购房|首付|炒股|股票|买基金|理财|转借|放贷|赌")
_OF_A_LOAN = re.compile(r"贷款|贷出来|贷下来|贷的钱|借出来")
# 借点钱发工资 is about the money, whatever it is for.
_BORROWS = re.compile(r"(借|贷)(点|些|一?笔|几|个|款|钱)")

_DIGIT = r"(\d+(?:\.\d+)?|[一二两俩三四五六七八九十半]+)"
_AMOUNT = re.compile(_DIGIT + r"[来多]?\s*(亿|百万|万|[wW]|千|[kK])")
_TERM = re.compile(_DIGIT + r"\s*(年|个?月)")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")
_IN_BUSINESS = re.compile(r"(开了|营业|执照|成立|注册|经营|干了|做了)[^，。,]{0,4}$")
_YUAN = {"亿": 100_000_000, "百万": 1_000_000, "万": 10_000, "w": 10_000, "千": 1_000, "k": 1_000}
_CHINESE = {char: number for number, char in enumerate("零一二三四五六七八九")} | {"两": 2, "俩": 2}


@dataclass(frozen=True)
class Judged:
    """What to go on with: an intent, or None; and all that are likely enough to ask about, best first."""

    intent: str | None
    candidates: tuple[str, ...] = ()


def judge(understanding: Understanding, floor: float, ambiguity: float) -> Judged:
    """Decide whether the guess is good enough: at least `floor`, and ahead of the second by more than `ambiguity`."""
    ranking = understanding.ranking or ((understanding.intent, understanding.confidence),)
    candidates = tuple(intent for intent, score in ranking if intent != OUT_OF_SCOPE and score >= ASKABLE_FROM)
    if understanding.confidence < floor:
        return Judged(None, candidates)
    second = next((score for intent, score in ranking if intent != understanding.intent), 0.0)
    if understanding.confidence - second < ambiguity:
        return Judged(None, candidates)
    return Judged(understanding.intent, candidates)


def settle(text: str, judged: Judged, understanding: Understanding, content: Content, *, knows_sum: bool) -> str | None:
    """The intent to go on with: the judged one, or one of two close guesses whose difference the answer clears up.

    U盾用不了 and 网银登不上 lead into the same tree; a rate is told, and worked out when the sum is known.
    """
    ranking = understanding.ranking
    if judged.intent == LOGIN_PASSWORD and _SCREEN_FAULT.search(text):
        return LOGIN_FAULT
    if judged.intent == PAYROLL and _BORROWS.search(text):
        return LOAN_WISH
    if FORBIDDEN_USE.search(text) and _OF_A_LOAN.search(text) and _is_about_loans(judged, content):
        return LOAN_WISH
    if judged.intent is None and understanding.entity("product") is not None:
        return PRODUCT
    if judged.intent is not None or len(ranking) < PAIR or ranking[0][1] + ranking[1][1] < content.floor:
        return judged.intent
    first, second = ranking[0][0], ranking[1][0]
    if {first, second} == {RATE, CALCULATOR}:
        return CALCULATOR if knows_sum or understanding.entity("amount") else RATE
    if content.intent_flows.get(first) == content.intent_flows.get(second) == TREE:
        return first
    is_elder_lost = sounds_elder(text) and understanding.confidence >= content.floor
    return first if is_elder_lost and content.intent_flows.get(first) == TREE else None


def _is_about_loans(judged: Judged, content: Content) -> bool:
    likeliest = judged.intent or next(iter(judged.candidates), None)
    return likeliest is not None and content.intent_skills.get(likeliest) == LOAN_DESK


def by_keywords(text: str, content: Content) -> Understanding:
    """What keyword rules make of a text: the intent with the longest match, or out_of_scope with no confidence."""
    scores = sorted(_scores(text, content), key=lambda found: -found[1])
    entities = tuple(_entities(text, content))
    if not scores:
        return Understanding(OUT_OF_SCOPE, 0.0, entities=entities, by=BY_KEYWORDS)
    best = scores[0][0]
    # Rules are sure or silent: equal lengths are settled by the file's order, so the rest must not look ambiguous.
    ranking = ((best, 1.0), *((intent, 0.5) for intent, _ in scores[1:ASKABLE]))
    return Understanding(best, 1.0, ranking=ranking, entities=entities, by=BY_KEYWORDS)


def _scores(text: str, content: Content) -> Iterator[tuple[str, int]]:
    said = _plain(text)
    for intent, rules in content.keywords:
        longest = max((len(rule) for rule in rules if all(part in said for part in _plain(rule).split("+"))), default=0)
        if longest:
            yield intent, longest


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", text).lower().replace("帐", "账")


def _entities(text: str, content: Content) -> Iterator[Entity]:
    for found in _AMOUNT.finditer(text):
        low, high = (round(number * _YUAN[found[2].lower()] * 100) for number in read_range(found[1]))
        yield _entity("amount", {"low_fen": low, "high_fen": high}, found)
    for found in _TERM.finditer(text):
        months = round(_number(found[1]) * (12 if found[2] == "年" else 1))
        role = "in_business" if _IN_BUSINESS.search(text[: found.start()]) else None
        yield _entity("term", {"low_months": months, "high_months": months}, found, role)
    for found in _PHONE.finditer(text):
        yield _entity("phone", re.sub(r"\D", "", found[0]), found)
    for product in content.products:
        at = text.find(product.name)
        if at >= 0:
            yield Entity("product", product.id, product.name, at, at + len(product.name))


def _entity(kind: str, value: Any, found: re.Match[str], role: str | None = None) -> Entity:
    return Entity(kind, value, found[0], found.start(), found.end(), role)


def read_range(digits: str) -> tuple[float, float]:
    """The ends of a number in figures or Chinese: 二三十 is 20 to 30, 三五 is 3 to 5; any other is its own range."""
    ten = "十" if digits.endswith("十") else ""
    ends = digits.removesuffix("十")
    if len(ends) == 2 and all(char in _CHINESE for char in ends):
        return _number(ends[0] + ten), _number(ends[1] + ten)
    return _number(digits), _number(digits)


def _number(digits: str) -> float:
    """12, 1.5, 半, 两, 十二, 二十, 三十五."""
    if digits[0].isdigit():
        return float(digits)
    if "半" in digits:
        return 0.5
    tens, ten, ones = digits.rpartition("十")
    if not ten:
        return _CHINESE.get(digits[-1], 0)
    return (_CHINESE.get(tens, 1) if tens else 1) * 10 + _CHINESE.get(ones, 0)
