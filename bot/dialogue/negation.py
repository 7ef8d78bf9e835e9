"""不是贷款，是积分: what was misunderstood is put aside, the rest of the message decides. With nothing left (不是这个,
答非所问) the bot offers what the last message could also have meant.

Called by bot/dialogue/policy.py before any flow: whoever corrects the topic answers no question.
"""

import re
from dataclasses import dataclass, replace

from bot.dialogue import choices, clauses
from bot.dialogue.flow import Turn

LONGEST_REJECTION = 14

_WHO = r"(?:哎呀?|唉|啊|都|我|你|您|又|就|可|这|那|根本|压根|并|真)*"
# What was put aside: the word stands first and names a matter or only points.
_REJECTS = re.compile(
    rf"{_WHO}(?:没(?:有)?(?:问|说|让|提|要)(?:过)?(?:你|您)?|不(?:是)?(?:要|想)?(?:问|说|看|了解|咨询)(?:的)?(?:不是)?|(?:问|说|要|讲|想问)?的(?:又|可|根本|并)?不是|不(?:想|要|用|需要)(?:再)?|谁(?:问|跟|说|要|让)(?:你|您)?(?:说|问)?"
    r"|别(?:再|老|总)?(?:跟我|给我|和我)?(?:说|提|扯|推|讲)(?!话)|不是)(?P<what>.*)"
)
_POINTS = re.compile(
    r"(?:问|说|要|指)?(?:的)?(?:这|那)?(?:个|些|样|事|件事|意思|回事|个意思|个问题|方面)?(?:的)?(?:了|啊|呀|哦|吧|嘛|呢)*"
)
# 不是基本户，能贷吗 tells a fact about the asker.
_FACTS = re.compile(r"[^，]{0,3}(?:基本户|一般户|新户|法人|管理员|操作员|本人|老板|会计)的?")
_BARE = re.compile(
    r"(?:你|您|这)?(?:都|又|老是|总是)*(?:答非所问|牛头不对马嘴|驴唇不对马嘴|文不对题|跑题了?|(?:听|看|理解|搞|弄|会错|理会)(?:错|不懂|岔|反|意)(?:了|我的意思)*|没(?:听|看|理解|弄|搞)(?:懂|明白|清楚)(?:我)?(?:的|说的|问的)?(?:意思|话|问题)?"
    r"|(?:说|答|讲)的(?:都)?(?:是)?(?:什么|啥)(?:啊|呀|玩意)?|(?:说|答|讲)(?:的)?不对|不对(?:题|口|路)|没(?:回答|答)(?:到点子上|我的?问题|上来))(?:了|啊|呀|吧|嘛)*"
)
_MEANS = re.compile(
    r"^(?:而)?(?:我)?(?:是(?:想|要)?(?:问|说|指)(?:的是)?|(?:问|说|指|要|想问|想要|要问|要说)的(?:就|其实)?是|问(?!题)|是)"
)
_RIGHT = re.compile(
    r"(?:[，,。.!！\s]|而)*(?:而是|我(?:问|说|要|指|想问|要问)的(?:就|其实)?是|我是(?:想|要)?(?:问|说|指)|我(?:想|要)(?:问|查|办|看|了解)?|我问|是)"
)


@dataclass(frozen=True)
class Correction:
    """What the follower says he did not mean, and what he means; "" where he does not say."""

    rejected: str
    meant: str


def find_correction(turn: Turn) -> Correction | None:
    """The correction in this message; None when it has none, or only corrects a fact (不是20万，是30万)."""
    subjects = turn.content.context.subjects
    text = clauses.without_manners(turn.text).strip("。.!！~～ ")
    if len(text) <= LONGEST_REJECTION and _BARE.fullmatch(text):
        return Correction("", "")
    parts = _parts(text, subjects)
    for at, part in enumerate(parts):
        left = [one for number, one in enumerate(parts) if number != at]
        what = _rejected(part, left, subjects)
        if what is not None:
            return Correction(what, "，".join(_MEANS.sub("", one) or one for one in left))
    return None


def without_rejected(turn: Turn, correction: Correction) -> Turn:
    """The turn as if only the rest had been said, with what the model makes of that."""
    said = replace(turn.message, text=correction.meant)
    read = turn.read(correction.meant)
    understanding = read if read is not None else replace(turn.understanding, confidence=0.0, ranking=())
    return replace(turn, message=said, understanding=understanding)


def _rejected(part: str, left: list[str], subjects: tuple[str, ...]) -> str | None:
    """What this clause puts aside; None when it puts nothing aside."""
    if left and _BARE.fullmatch(part):
        return ""
    found = _REJECTS.fullmatch(part)
    if found is None or choices.is_question(part):
        return None
    if not left and (choices.is_no(part) or choices.drops(part) or len(part) > LONGEST_REJECTION):
        return None
    what = found["what"].strip()
    is_refusal = found[0][: found.start("what")].endswith(
        ("不想", "不要", "不用", "不需要", "再", "了解", "看", "咨询")
    )
    if is_refusal and not any(clauses.names_matter(one, subjects) for one in left):
        return None
    return what if _puts_aside(what, subjects) else None


def _parts(text: str, subjects: tuple[str, ...]) -> list[str]:
    """The clauses; 不是贷款是积分 and 我没问利率我问额度 are cut where the right one begins."""
    parts: list[str] = []
    for clause in clauses.split(text, subjects):
        head = _REJECTS.fullmatch(clause)
        right = _RIGHT.search(clause, head.start("what") + 1) if head and head["what"] else None
        if right is None or right.start() == 0 or not clause[right.end() :].strip():
            parts.append(clause)
        else:
            parts += [clause[: right.start()], clause[right.start() :]]
    return parts


def _puts_aside(what: str, subjects: tuple[str, ...]) -> bool:
    """True for a matter (贷款, 利率的事) or a mere pointing (这个), not for a fact such as 基本户 or 20万."""
    if _POINTS.fullmatch(what):
        return True
    if what[0] in "不没" or _FACTS.fullmatch(what):
        return False
    words = re.sub(r"(?:这|那|个|的|事儿?|问题|了|吧|啊|呀|方面|怎么|多少|要|你|我|问|说|推荐|介绍)", "", what)
    if not words:
        return True
    rest = re.sub("|".join(map(re.escape, sorted(subjects, key=len, reverse=True))), "", words)
    return rest != words and len(rest) <= 2
