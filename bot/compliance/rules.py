"""What may be kept of what followers say, what may be said to them, and which words smell of fraud. Pure decisions.

Secrets are masked before anything stores, logs, classifies or shows a text: the push parser calls mask_secrets first.
The lists of check_outbound and fraud_words are data with an owner and a date: config/wording.yml and config/fraud.yml.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Protocol

from bot.compliance.prices import ANNUAL_RATE, SENTENCE, bare_rates
from bot.compliance.secrets import Masked, mask_secrets

__all__ = [
    "Advice",
    "CheckWording",
    "Finding",
    "FraudKind",
    "FraudScript",
    "FraudSignal",
    "FraudWords",
    "Grade",
    "Masked",
    "Place",
    "Requirement",
    "WordRule",
    "Wording",
    "check_outbound",
    "fold",
    "fraud_words",
    "mask_secrets",
]  # fmt: skip

ASKS_FOR_CREDENTIALS = "C22"
NEEDS_ANNUAL_RATE = "C1"
EXCERPT_CHARS = 30


class Grade(StrEnum):
    """`block`: the text may not go out. `require`: it lacks what must stand beside its words: copy is not approved
    like that, a rep is asked once more. `warn`: whoever approves must look at it.
    """

    BLOCK = "block"
    REQUIRE = "require"
    WARN = "warn"


class Place(StrEnum):
    """Where a text will stand: a line in a chat, an article, a product's card, or an approved answer or guide."""

    CHAT = "chat"
    ARTICLE = "article"
    PRODUCT = "product"
    ANSWER = "answer"


@dataclass(frozen=True)
class WordRule:
    """Words of one rule. A word with "+" needs all its parts in one sentence; `unless` phrases hold one by chance."""

    id: str
    words: tuple[str, ...]
    grade: Grade
    owner: str
    since: str
    unless: tuple[str, ...] = ()


@dataclass(frozen=True)
class Requirement:
    """A text that names something (`names`) and praises it or invites to it (`urges`) must also say all of `must`: what
    it is called by the words of which one suffices. Holds in these places only.
    """

    id: str
    names: tuple[str, ...]
    urges: tuple[str, ...]
    must: tuple[tuple[str, tuple[str, ...]], ...]
    places: frozenset[Place]
    owner: str
    since: str
    unless: tuple[str, ...] = ()


@dataclass(frozen=True)
class Advice:
    """Why a rule objects, and what one may write instead. Without `words` it holds for all of the rule's words."""

    rule: str
    why: str
    instead: str
    owner: str
    since: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wording:
    """The word lists. A sentence that holds one of `warnings` quotes bad words to warn of them: they do not count.
    `version` names the lists as they are: a finding kept as evidence tells under which it was found.
    """

    rules: tuple[WordRule, ...]
    warnings: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    advice: tuple[Advice, ...] = ()
    version: str = ""


@dataclass(frozen=True)
class Finding:
    """One objection to a text: the rule's id, the words it is about, how grave it is, and what those words lack."""

    rule: str
    excerpt: str
    grade: Grade = Grade.BLOCK
    missing: tuple[str, ...] = ()


class CheckWording(Protocol):
    """check_outbound over the lists of the product."""

    def __call__(self, text: str, *, place: Place = Place.CHAT) -> list[Finding]:
        """Everything wrong with a text that will stand there."""
        ...


class FraudKind(StrEnum):
    """`suspected`: somebody is trying. `victim`: money, device or secret has already left."""

    SUSPECTED = "suspected"
    VICTIM = "victim"


@dataclass(frozen=True)
class FraudScript:
    """One way of cheating (F1-F12). `strong` words always count, `weak` ones only where no `unless` phrase stands."""

    id: str
    strong: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


@dataclass(frozen=True)
class FraudWords:
    """All scripts and how victims say it. `innocent` phrases are taken out of a text before the search; a text with one
    of `learning` asks about fraud in general and hints at none.
    """

    scripts: tuple[FraudScript, ...]
    victim: FraudScript
    innocent: tuple[str, ...] = ()
    learning: tuple[str, ...] = ()


@dataclass(frozen=True)
class FraudSignal:
    """What a text hints at: the scripts' ids and the words found, for the risk ticket."""

    kind: FraudKind
    scripts: tuple[str, ...]
    words: tuple[str, ...]


_CLAUSE = re.compile(r"[^。!?;,\n]+")
_GUARDED = r"(?:密码|验证码|校验码|动态码|(?<!云)口令|cvv2?|安全码|(?<![a-z])pin(?![a-z])|卡号)"
_GIVE = (
    r"(?:发送|发来|发过来|发出来|发一?下|发给?我|发到|告诉我|告诉一?下|告知|报给|报一?下|说给|说一?下|念给|念一?下"
    r"|提供|回复|给我|给下|留下|贴|传给?|拍给|拍照|截图)"
)
_ASKS = re.compile(
    rf"{_GUARDED}[^,]{{0,8}}{_GIVE}|{_GIVE}[^,]{{0,12}}{_GUARDED}|{_GUARDED}[^,]{{0,3}}多少"
    rf"|[您你][^,]{{0,6}}{_GUARDED}是(?:什么|啥|几)"
)
# A calming word is no negation: "别担心,把验证码发我" asks all the same.
_CALMING = re.compile(r"(?:别|不要|不用|不必)(?:担心|着急|急|怕|害怕|紧张)|不要紧|没关系|不好意思|不客气")
# What is forbidden must follow the negation: "不会操作的话把密码发我" asks, "我们不会索要密码" does not.
_NEGATED = re.compile(
    r"(?:不要|不用|不必|不能|不得|不可|不应|不需要?|[请切]?勿|别|从不|绝不|决不|无需|无须|禁止|严禁|都不)"
    rf"[^,]{{0,12}}(?:{_GUARDED}|{_GIVE})|不(?:会|向)[^,]{{0,6}}(?:索|要|让|问|请)"
)
# Told of a third person: whoever asks for it is a cheat.
_OF_OTHERS = re.compile(
    r"谨防|拒绝|凡是|任何(?:人|索|要求|以)|索要|索取|有人|他人|别人|骗子|骗局|诈骗分子|都是诈骗|不法分子|冒充"
)
_SENT_TO_CUSTOMER = re.compile(
    r"(?:系统|银行|手机|短信|会|将|已|点击|获取|重新)[^,]{0,6}(?:发送|发到)|(?:向|给)[您你][^,]{0,4}发"
)
_PART_OF_CARD = re.compile(r"尾号|[后末](?:四|4|几|三|3)位|卡号在")


def check_outbound(text: str, wording: Wording, *, place: Place = Place.CHAT) -> list[Finding]:
    """Everything wrong with a text of the bot, a rep or a marketer; empty when it may go out."""
    plain = fold(text)
    findings = [Finding(ASKS_FOR_CREDENTIALS, clause[:EXCERPT_CHARS]) for clause in _clauses_that_ask(plain)]
    if not ANNUAL_RATE.search(plain):
        findings += [Finding(NEEDS_ANNUAL_RATE, rate[:EXCERPT_CHARS]) for rate in bare_rates(plain)]
    own = [sentence for sentence in SENTENCE.findall(plain) if not _holds_any(sentence, wording.warnings)]
    for sentence in own:
        findings += _bad_words(sentence, wording.rules)
    return findings + list(_lacking(plain, "\n".join(own), wording.requirements, place))


def fraud_words(text: str, words: FraudWords) -> FraudSignal | None:
    """The fraud a follower's text hints at, or None. Who has already paid is a victim, whatever else he says."""
    plain = _without(_tight(text), [_tight_word(phrase) for phrase in words.innocent])
    if _holds_any(plain, [_tight_word(phrase) for phrase in words.learning]):
        return None
    lost = _script_words(plain, words.victim)
    hits = [(script.id, hit) for script in words.scripts if (hit := _script_words(plain, script))]
    if not lost and not hits:
        return None
    found = lost + tuple(word for _, hit in hits for word in hit)
    kind = FraudKind.VICTIM if lost else FraudKind.SUSPECTED
    return FraudSignal(kind, tuple(script for script, _ in hits), tuple(dict.fromkeys(found)))


def fold(text: str) -> str:
    """A text as the rules see it: full-width forms, case and invisible characters are no way around a rule."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if unicodedata.category(char) != "Cf")


def _clauses_that_ask(plain: str) -> Iterator[str]:
    # A warning elsewhere in the sentence excuses nothing: "谨防诈骗,请把验证码发给我" is how cheats write.
    for clause in _CLAUSE.findall(_CALMING.sub("", plain)):
        if _ASKS.search(clause) and not _is_harmless(clause):
            yield clause.strip()


def _is_harmless(clause: str) -> bool:
    only_card = set(re.findall(_GUARDED, clause)) == {"卡号"}
    return bool(
        _NEGATED.search(clause)
        or _OF_OTHERS.search(clause)
        or _SENT_TO_CUSTOMER.search(clause)
        or (only_card and _PART_OF_CARD.search(clause))
    )


def _bad_words(sentence: str, rules: Sequence[WordRule]) -> Iterator[Finding]:
    for rule in rules:
        rest = _without(sentence, rule.unless)
        yield from (Finding(rule.id, word, rule.grade) for word in rule.words if _holds(rest, word))


def _lacking(plain: str, own: str, requirements: Sequence[Requirement], place: Place) -> Iterator[Finding]:
    """What a text does not say though its `own` words, without those it warns of, ask for it."""
    for one in requirements:
        rest = _without(own, one.unless) if place in one.places else ""
        urge = next((word for word in one.urges if _holds(rest, word)), None)
        missing = tuple(name for name, words in one.must if not _holds_any(plain, words))
        if urge is not None and missing and _holds_any(rest, one.names):
            yield Finding(one.id, urge, Grade.REQUIRE, missing)


def _script_words(plain: str, script: FraudScript) -> tuple[str, ...]:
    weak = () if _holds_any(plain, [_tight_word(phrase) for phrase in script.unless]) else script.weak
    return tuple(word for word in (*script.strong, *weak) if _holds(plain, _tight_word(word)))


def _holds(text: str, word: str) -> bool:
    return all(part in text for part in word.split("+"))


def _holds_any(text: str, words: Sequence[str]) -> bool:
    return any(_holds(text, word) for word in words)


def _without(text: str, phrases: Sequence[str]) -> str:
    for phrase in phrases:
        text = text.replace(phrase, " ")
    return text


def _tight(text: str) -> str:
    return re.sub(r"\s+", "", fold(text))


@cache
def _tight_word(word: str) -> str:
    """A word of the lists as texts are searched for it: the same for every message."""
    return _tight(word)
