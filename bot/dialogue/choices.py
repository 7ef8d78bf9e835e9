"""Tappable lines, and what typed words mean as an answer: a label typed by hand, yes, no, solved, not solved,
a wish for a human.

Word rules, not the model: short answers have no intent of their own, and a wish for a human must work when the
model is away.
"""

import re
from collections.abc import Sequence

from bot.messages import Choice

HUMAN = Choice("human:start", "人工")
HUMAN_WORD = "人工"
SOLVED = "解决了"
UNSOLVED = "没解决"
DONE = "完成"
STUCK = "卡住了"
BACK = "上一步"
NEXT = "下一个"
TAKE = "就办这个"

_NOISE = re.compile(r"[\s,，.。!！~～、…]+|[啊呀哦呢吧啦哈嘛了的]+$")
_YES = re.compile(
    r"(是|对|好|行|可以|嗯+|恩|要|需要|没错|对头|中|成|ok|okay|yes|好滴|是滴|对对|好好|麻烦|转)(的|了|呀|啊|吧|嘞|你|您|了谢谢|谢谢)*",
    re.IGNORECASE,
)
_NO = re.compile(
    r"(不|不是|不用|不要|不需要|没有|没|算|取消|别|不必|不行|no|无|不对|先不|暂时不用)(了|的|吧|呢|谢谢|啊|用了)*",
    re.IGNORECASE,
)
_SOLVED = re.compile(r"解决了|好了|搞定|弄好了|可以了|成功了|找到了|有了|能用了|会了|下到了|登上了|登进去了|能了")
_UNSOLVED = re.compile(
    r"没解决|没有解决|还是不|还是没|还没|还不行|不行|没用|没好|没有用|不管用|找不到|没看到|没有这个|没有那个|没这个|没成功|不会|失败|没找到|不对"
)

# A wish for a person. 人工费, 人工审核 and the like are other matters; 客服电话 asks for a number; 投诉 is a complaint.
_HUMAN_NOT = re.compile(
    r"人工(费|成本|智能|审|授信|工资|开支)|(是|还是|不是)(人工|真人|机器)|客服(电话|热线|号码|的电话)|投诉"
    r"|不(用|要|需要|想)(转|找|要)?(人工|真人|客服)|别(给我)?转人工"
)
_HUMAN = re.compile(
    r"(转|找|接|要|叫|换|呼叫|联系|进入|接通|来|派|安排|帮我|给我|跟|和|需要|请|有没有|有|等).{0,6}(人工|真人|活人|客服|客户经理|服务代表)"
    r"|专属(客服|客户经理|经理|服务)|(人工|真人|在线)(客服|服务|坐席|座席|台)|转个?人\b|(找|来|换|要)个?(人|活人|真人)(来|跟|和|帮|给|说|聊|吧|$)"
)
_HUMAN_SHORT = re.compile(r".{0,3}(人工|真人|活人|客服).{0,3}")

_OPT_OUT = re.compile(
    r"退订|拒收|(不要|别|不想|停止|取消).{0,6}(发|推|推送|收到|接收).{0,4}(营销|广告|推广|消息|短信|推文|活动)"
    r"|(不要|别|不许|不准)(再|老|总)?(给我)?(打|拨|来)(电话|骚扰)|别再(打|发|联系|推)|不要再(打|发|联系|推)|(营销|广告|推广).{0,4}(关掉|停掉|取消|别发)"
)
_OPT_OUT_EXACT = frozenset({"r", "td", "t", "n", "tui订"})
_ELDER = re.compile(
    r"年纪大|上年纪|岁数大|老年人|老人家|眼睛不好|眼神不好|老花|不会弄|不会登|不会用手机|不会上网|看不懂|搞不懂|弄不来|整不来"
)
_QUESTION = re.compile(r"[?？]|吗|怎么|如何|多少|什么|哪|为啥|咋|几(天|点|时)|能不能|可不可以|是不是|有没有")


def split(choice_id: str) -> tuple[str, str]:
    """The flow a line belongs to, and the rest of its id."""
    flow, _, rest = choice_id.partition(":")
    return flow, rest


def typed(text: str, offered: Sequence[tuple[str, str]]) -> str | None:
    """The id of the offered line whose label the follower typed instead of tapping, or None."""
    words = text.strip().strip("〔〕[]【】「」“”\"'。.!！")
    return next((choice_id for choice_id, label in offered if label == words), None)


def bare(text: str) -> str:
    """The text without spaces, punctuation and closing particles."""
    return _NOISE.sub("", text.strip().lower()) or text.strip().lower()


def is_yes(text: str) -> bool:
    """True for a plain yes."""
    return _YES.fullmatch(_NOISE.sub("", text.strip())) is not None or _YES.fullmatch(bare(text)) is not None


def is_no(text: str) -> bool:
    """True for a plain no."""
    return _NO.fullmatch(_NOISE.sub("", text.strip())) is not None or _NO.fullmatch(bare(text)) is not None


def is_solved(text: str) -> bool:
    """True when the follower says in short words that it works now."""
    return len(text) <= 12 and not is_unsolved(text) and _SOLVED.search(text) is not None


def is_unsolved(text: str) -> bool:
    """True when the follower says in short words that it still does not work."""
    return len(text) <= 24 and _UNSOLVED.search(text) is not None


def is_question(text: str) -> bool:
    """True when the words ask rather than answer."""
    return _QUESTION.search(text) is not None


def wants_human(text: str) -> bool:
    """True when the follower asks for a person, in whatever state the dialogue is."""
    if _HUMAN_NOT.search(text):
        return False
    return _HUMAN_SHORT.fullmatch(bare(text)) is not None or _HUMAN.search(text) is not None


def opts_out(text: str) -> bool:
    """True when the follower wants no more marketing."""
    return bare(text) in _OPT_OUT_EXACT or _OPT_OUT.search(text) is not None


def sounds_elder(text: str) -> bool:
    """True when the words tell of somebody who finds screens hard."""
    return _ELDER.search(text) is not None
