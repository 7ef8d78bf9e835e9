"""A message as its clauses: people write in one breath, without full stops, with a greeting before and thanks behind.

Pure functions over text; which words name a matter (subjects) comes from config/intents.yml.
"""

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from bot.dialogue import choices

# A fragment behind a clause belongs to it (销户怎么弄，要多久); a longer sentence without a subject is a story.
LONGEST_TAIL = 10
LONGEST_NOUN = 8
SHORTEST_PART = 2

_HAN = r"[\u4e00-\u9fff]"
_NUMBERED = (
    r"(?<![\d一二三四五六七八九十第])[1-9①②③④⑤][.、．)）:：](?!\d)|[①②③④⑤]"
    r"|第[一二三四](?:个(?:问题|事)?)?[，,、：:]|其[一二三][，,、：:]"
)
_MARKS = re.compile(
    rf"{_NUMBERED}|[。！!;；…\n\r]+|(?<!\d)：|(?<=[?？])(?![?？])|(?<!\d)[，,]|[，,](?!\d)|[~～]+|(?<={_HAN})\.+(?=[\u4e00-\u9fffUu])"
    rf"|(?<={_HAN})\s+(?=[\u4e00-\u9fffUu])|(?<=[A-Za-z0-9%])\s+(?={_HAN}{{4,}})"
)
# 还有多少积分, 还有没有 and 另外一个 only look like joints.
_JOINTS = re.compile(
    r"另外(?!一|的|那|几|两)(?:还|再)?|(?<!都)(?<!也)还有(?!吗|没|多少|多久|几|什么|啥|哪|效|别|其他|[\d一二两三四五六七八九十]|(?:额度|余额|积分|钱)(?:吗|么|没|可|[?？]|$))"
    r"|顺便(?:再)?|顺带|以及|再(?:问|请教|咨询|打听)(?:一下|一个|下|个|您|你)*|还(?:想|要)(?:再)?(?:问|咨询|了解)(?:一下|下)?"
    r"|(?:^|(?<=\s))(?:对了|其次|同时|然后|再者|再就是|还有就是)(?=\S)"
)
_AND = re.compile(r"还有|和|跟|与|及|、")
_ASKING_WORD = re.compile(
    r"怎么样?|怎样|咋|如何|多少|多久|什么时候|什么|啥|哪里|哪儿|哪|几[天点个号时]|能不能|可不可以|是不是|有没有|要不要|吗"
)

_HELLO = (
    r"(?:您|你|大家)好[呀啊哦]?|(?:早上|上午|中午|下午|晚上)好|早[啊呀安]|在吗|在不在|在么|有人吗|有人在吗"
    r"|哈[喽啰罗]|嗨|hi|hello|老师(?:好)?|亲(?=[，,\s~～！!]|$)"
)
_ASKS_LEAVE = (
    r"(?:我)?(?:想|要|就)?(?:请问|请教|咨询|打听|问问|问一下|问下|问个事儿?|问)(?:一下|下|您|你|个事儿?|个问题|几个问题)*"
    r"|(?:麻烦|打扰|劳驾|辛苦)(?:一下|下|了|您|你)*|不好意思|抱歉"
)
_FILLS = (
    r"那个|就是说?|嗯+|哦+|噢+|呃+|额(?!度)|唉+|哎+呀?|啊+|是这样的?|(?:我)?跟(?:你|您)(?:们)?(?:说|讲)(?:一下|下)?"
    r"|话说|对了|其实|(?:另)?一(?:个|件)?(?:事)?是(?!不)|二是|然后(?:呢)?|所以(?:说)?"
)
_LEAD = re.compile(rf"(?:(?:{_HELLO}|{_ASKS_LEAVE}|{_FILLS})[，,、。.!！~～:：\s]*)+", re.IGNORECASE)
_TAIL = re.compile(
    r"(?:非常)?(?:谢谢|多谢|谢了|感谢|辛苦|麻烦|拜托)(?:您|你|你们|了|啦|哈|啊|呀|帮忙|老师)*$|[~～\s、:：.]+$"
)
_EMPTY = re.compile(
    r"(?:我)?(?:还)?(?:有|想问|想咨询|问)?(?:几|两|俩|一|1|2|3|三)?(?:个|点|件)?(?:小)?(?:事儿?|问题|事情|情况)(?:想|要|需要)?(?:问|咨询|请教|了解)?(?:一下|下|您|你|你们)*"
    r"|(?:(?:谢谢|多谢|感谢|麻烦|辛苦|拜托)(?:您|你|你们|了|啦|哈|啊)*)+|急+|(?:很|挺|比较|有点|真的)?(?:着)?急(?:用|啊|死了|人)?|在线等|好+的?|行|可以|收到|明白了?|知道了?"
    r"|(?:我)?(?:想|要)?(?:咨询|了解|请教|问)(?:一下|下)?|帮(?:我|忙)(?:看看|看下|看一下)?|另外|还有|顺便|以及|对了|其次|同时|然后|还|再|了|吧|呢|啊|的|也|都"
    r"|(?:先)?(?:这样|就这样)|(?:快|赶紧|尽快|赶快)(?:点|回复|回|帮我|告诉我)*|(?:求|请)?(?:帮助|解答|回复|告知)(?:一下|下)?"
)

_WANTS = re.compile(
    r"(?<!不)想(?!起|到|不通|着)|(?<!不)要(?!是|不是|么)|帮(?:我|忙)|给我|需要|申请|咨询|了解|查|下载|打印|打个|打一|开通|激活|注销|兑换|换|算|办(?!事|公)|补|调"
)
_TROUBLE = re.compile(
    r"不了|不上|不进|不到|不出|不动|不开|不对|不行|没(?:收|到|反应|反映|通过|批|成功|下来|显示|了)|失败|错误|报错|丢|锁|过期|忘|坏|冻结|被(?:拒|骗|扣|退|封)|逾期|退回|异常|有问题|找不|不见"
)
_ENDS_ASKING = re.compile(r"(?<=.{3})[^不没](?:不|没有?)[啊呀]?$")
# What was done before tells about the asker; it asks for nothing.
_PAST = re.compile(
    r"(?:上个?(?:月|周)|去年|前年|今年|前几天|前两天|昨天|之前|以前|已经|刚刚?|才|在(?:你们|贵行|工行))"
    r"[^?？]{0,8}(?:办|开|贷|申请|还|转|领|换|签|批|交|取|打)"
)


def split(text: str, subjects: Sequence[str]) -> tuple[str, ...]:
    """The clauses in order, without greetings and thanks; a text that is nothing else comes back whole."""
    named = _named(tuple(subjects))
    joined = _JOINTS.sub("\n", _MARKS.sub("\n", text.strip()))
    bare = (_bare(line) for line in joined.split("\n"))
    parts = [part for line in bare if line for part in _second_question(line, named)]
    found = tuple(part for part in parts if len(part) >= SHORTEST_PART)
    return found or (text.strip(),)


def matters(text: str, subjects: Sequence[str]) -> tuple[str, ...]:
    """The clauses that name a matter, each with the short questions and troubles behind it; what stands before the
    first is background.
    """
    named = _named(tuple(subjects))
    found: list[str] = []
    for part in split(text, subjects):
        if named.search(part):
            found.append(part)
        elif found and len(part) <= LONGEST_TAIL and (is_explicit(part) or _TROUBLE.search(part)):
            found[-1] = f"{found[-1]}，{part}"
    return tuple(found)


def asks(clause: str) -> bool:
    """True for a question, a wish or a trouble, and for a matter named without more; False for what only tells."""
    if is_explicit(clause):
        return True
    if _PAST.search(clause) and not _TROUBLE.search(clause):
        return False
    return _is_noun(clause) or wants(clause) or _TROUBLE.search(clause) is not None


def is_explicit(clause: str) -> bool:
    """True for what is put as a question: 能提前还不, 批了没有 too."""
    return choices.is_question(clause) or _ENDS_ASKING.search(clause) is not None


def wants(clause: str) -> bool:
    """True for a wish: 想贷20万, 帮我查下."""
    return _WANTS.search(clause) is not None


def names_matter(text: str, subjects: Sequence[str], *, beside: tuple[int, int] = (0, 0)) -> bool:
    """True when the text has a noun of its own and needs no talk before it; one within the span `beside` is none."""
    named = _named(tuple(subjects)).finditer(text)
    return any(found.start() < beside[0] or found.end() > beside[1] for found in named)


def without_manners(text: str) -> str:
    """The text without greeting, asking for leave and thanks; "" when there is nothing else."""
    return _bare(text.strip())


@cache
def _named(subjects: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(subjects, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")


def _bare(line: str) -> str:
    words = line.strip(" \t、，,。.:：~～!！-—·\u3000")
    words = _LEAD.sub("", words, count=1) if _LEAD.match(words) else words
    words = _TAIL.sub("", words).strip(" \t、，,。.:：")
    return "" if _EMPTY.fullmatch(words.strip("?？")) else words


def _second_question(clause: str, named: re.Pattern[str]) -> list[str]:
    """Cut where a second question begins without a mark: 回单怎么下载贷款利率多少, U盾过期了和积分怎么换."""
    for joint in _AND.finditer(clause):
        left, right = clause[: joint.start()], clause[joint.end() :]
        if joint[0] != "、" and _may_stand(left, named) and _may_stand(right, named) and _asks_apart(left, right):
            return [left, *_second_question(right, named)]
    asking = list(_ASKING_WORD.finditer(clause))
    for first, second in pairwise(asking):
        subject = named.search(clause, first.end(), second.start())
        if subject is None or not named.search(clause[: first.start()]):
            continue
        return [clause[: subject.start()], *_second_question(clause[subject.start() :], named)]
    return [clause]


def _may_stand(side: str, named: re.Pattern[str]) -> bool:
    return len(side) >= SHORTEST_PART and named.search(side) is not None


def _asks_apart(left: str, right: str) -> bool:
    """U盾和网银有什么区别 is one question about two things; 利率和额度是多少 is two with one question word."""
    if re.search(r"区别|不同|一样|关系|哪个|之间|绑定|一起|分别.{0,2}什么区别", right):
        return False
    return asks(right) and (asks(left) or _is_noun(left))


def _is_noun(words: str) -> bool:
    """True for a few words that hold no verb."""
    return len(words) <= LONGEST_NOUN and not re.search(r"[我你他有是了过做不没]", words)
