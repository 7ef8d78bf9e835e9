"""Tappable lines, and what typed words mean as an answer: a label typed by hand, yes, no, solved, not solved,
a wish for a human.

Word rules, not the model: short answers have no intent of their own, and a wish for a human must work when the
model is away.
"""

import re
from collections.abc import Sequence

from bot.messages import Choice

# A line that stands for an intent is called "ask:intent".
ASK = "ask"
HUMAN = Choice("human:start", "人工")
SOLVED = "解决了"
UNSOLVED = "没解决"
DONE = "完成"
STUCK = "卡住了"
BACK = "上一步"
LOOK = "看图"
NEXT = "下一个"
TAKE = "就办这个"
LONGEST_BACK = 8

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
    r"|(莫得|没得|木有)(这个|那个|用)|(搞|弄|整|登|办)(不(成|来|了|好|上)|唔到)|不好使|么用"
)
# The bare word that an answer was no help: it names no matter, so no model can know what it is about.
_NO_HELP = re.compile(
    r"(这个?|那|试了|都|也|还是|一直|啊|唉)*(没用|没有用|不行|不管用|不好使|没解决|没有解决|没弄好|没成功|(搞|弄|整)不(成|来|好|了)|没效果)(呀|啊|嘛|呢|了|的)*"
)
_DROPS = re.compile(
    r"(那|我|就|还是|先|都|也)*"
    r"(算了|取消|退出|不看了|先这样|(暂时|先|都)?不(办|弄|干|贷|借|搞|整|要|用|想|换|需要)(款|贷款)?了?|(改天|下次|以后|回头|过几天)再(说|办|弄|看|贷)"
    r"|吧|呢|哈|啊|了|先|谢谢)+"
)
_DROPPING = re.compile(r"算了|取消|退出|不|先这样|再(说|办|弄|看|贷)")
_ANGRY = re.compile(
    r"傻(逼|b|缺|叉)|(他|你|尼|特)(妈|玛|奶奶)的?|滚(蛋|开|$)|废物|什么(玩意|破|鬼|垃圾)|垃圾|烦死|气死|无语|智障",
    re.IGNORECASE,
)
_ACKNOWLEDGED = re.compile(
    r"(哦+|噢+|喔+|嗯+|唔|呃|额|好(的|滴|吧|嘞|呀|啊)?|行(吧|的)?|可以|中|成|要得|ok|okay|晓得了?|知道了?|明白了?|了解了?|收到了?|懂了?|这样啊|这样子"
    r"|原来如此|原来这样|我?(先)?试试(看)?|我?去试试)(谢谢(您|你)?)?",
    re.IGNORECASE,
)
_BACK = re.compile(
    r"(返回|回到|退回|回)?(上一步|上一个|前一步|上一题)|返回|后退|(选|填|点|答|说|写|搞|弄)错了|重新(选|填|答)"
)
_RESTARTS = re.compile(
    r"(那|我|就|还是|想|要|先)*(重来|重新(来|开始|弄|走)|从头(来|开始|再来|弄)|重头(来|开始)|再来一(遍|次)|从第一步(来|开始))(一?(遍|次|下|过))?(吧|啊|呀|行吗|可以吗|了)*"
)
_ALSO = re.compile(
    r"另外|顺便|还有|以及|再问|同时|其次|[?？].+[?？]|(怎么|多少|哪|吗|什么).*[，,。;；和].*(怎么|多少|哪|吗|什么|咋)"
)
# Letters, digits or Chinese outside of the bracketed names of stickers.
_STICKER = re.compile(r"\[[^\[\]]{1,6}\]|/:\S+")
_SIGNS = re.compile(r"[\s,，.。!！~～、…]+")
_WORD = re.compile(r"\w")
_PRAISING_SIGNS = re.compile(r"[👍🌹👏💯🙏]|\[(强|玫瑰|鼓掌|合十|抱拳|赞)\]")
_FOREIGN = re.compile(r"(?=(?:.*?\b[A-Za-z]{2,}\b){2})[\x00-\x7f‘’“”]+", re.DOTALL)

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

# As a clause of its own it may be shorter than in a sentence: 客服说可以 wants nobody.
_HUMAN_CLAUSE = re.compile(
    r"(算了|那|就|还是|快|赶紧|直接|干脆|给我|帮我|请|麻烦|我|想|要|找|转|接|叫|换|来|个|一下|到)*(人工|真人|活人|客服)(客服|服务|坐席)?(吧|啊|呀|呢|了|来|一下|好了|在吗|在不在)*[?？!！]*"
)

# One of the lines under the last answer, by its place: 第二个, 选2, 最后一个; or the only one: 就这个.
_PLACE = re.compile(
    r"(我)?(选|要|就|是|办|看|问)*(第(?P<nth>[一二三四1-4])|(?P<last>最后一?))(个|条|项|种|款|样)(吧|啊|呀|呢|的|好了|行)*|(我)?(选|要|就要)(?P<bare>[1-4])(吧|号)?"
)
_THIS = re.compile(r"(对|是|嗯|好|就|要|办|选|问|的|是|我)*(这个|那个|它|这)(吧|啊|呀|呢|的|了|好了|没错|行)*")
_ALL = re.compile(
    r"(我)?(想|要)?(两个|俩|三个|这些|这几个|全部|全|都)+(都|想|要|看看?|问|需要|办|是|了解)+(一下|下)?(的|吧|啊|呀|呢|了)*"
)
_NONE = re.compile(r"(这些|上面|这几个)?(都|全|全都)(不|没)(是|有|对|行)(的|啊|呀|呢)*")
# Lines that lead on rather than stand for an answer among others.
_NO_OPTION = re.compile(r"human:|fallback:|.*:(continue|solved|unsolved|show)$|guide:|rate:|loan:(next|take|card)")

# What makes a complaint in every state, whatever the model thinks; 怎么投诉骗子 and 不是要投诉 are none.
_COMPLAINS = re.compile(
    r"(要|想|去|得|必须|肯定|给我|马上|现在就?)(打电话|打12378|到\w{2,6}|向\w{2,8})?(投诉|曝光|举报)(?!骗|诈)|投诉(你们|你|他|她|那个|客服|银行|网点)"
    r"|12378|(找|向|去).{0,4}(银保监|金融监管|监管局|媒体|记者|消协|消保委)|赔偿我|要.{0,6}赔偿|赔我(钱|损失)|(你们|银行|给我).{0,6}退(钱|费)|(把|将).{0,4}(钱|费).{0,2}退(给|还|回)|退(我|还我|给我)(钱|费)"
)
_COMPLAINS_NOT = re.compile(
    r"(不|没|别|不是|没有|不用|不想|不会)(要|想|去|来)?(投诉|曝光|举报)|被?骗|(电话|号码|渠道|部门)(是|多少|在哪)"
)
_OPT_OUT = re.compile(
    r"退订|拒收|(不要|别|不想|停止|取消).{0,6}(发|推|推送|收到|接收).{0,4}(营销|广告|推广|消息|短信|推文|活动)"
    r"|(不要|别|不许|不准)(再|老|总)?(给我)?(打|拨|来)(电话|骚扰)|(别|不要|少|不用)(再|老|总)?(给我|跟我)?推销|别再(打|发|联系|推)|不要再(打|发|联系|推)|(营销|广告|推广).{0,4}(关掉|停掉|取消|别发)"
)
_MARKETING = re.compile(
    r"营销|广告|推广|推销|骚扰|推送|推文|活动|退订|拒收|再(打|发|来|给我|联系|推)|老(打|是|给)|总(打|是|给)"
)
_OPT_OUT_EXACT = frozenset({"r", "td", "t", "n", "tui订"})
_NO_PROFILING = re.compile(
    r"(不要|不想|别|不许|不准|不同意|停止|关闭|关掉|取消|不用).{0,6}(根据|按照?|依据|拿|用|看).{0,8}(情况|信息|数据|资料|画像|记录|流水|交易).{0,8}(推荐|推|营销|画像)"
    r"|(不要|不想要?|别|停止|关闭|关掉|关了|取消|退出|不同意).{0,6}(个性化|精准|针对性的?)(推荐|推送|营销|服务)"
    r"|(不要|别|不许|不准|停止|不同意).{0,6}(给我|对我)?(画像|打标签)|(个性化推荐|用户画像|个性化).{0,6}(关掉|关了|关闭|停掉|取消)"
)
# Binding the firm to this account; 设备绑定 and 绑定手机号 are matters of the e-bank.
_BINDS = re.compile(
    r"(请|麻烦|我|我们|想|要|需要|怎么|怎样|如何|咋|在哪里?|去哪|可以|能|能不能|帮我|给我|重新|现在|先|再)*"
    r"((绑定|绑一?下|绑上|解绑|解除绑定|取消绑定|换绑|改绑|更换绑定)(一下|定)?(一?个|我的?|我们的?)*(企业|公司|单位|对公|微信|公众号|企业信息|公司信息)?"
    r"|(把|将)?(我的?|我们的?)*(企业|公司|单位|微信)(怎么|怎样|如何|咋|在哪里?|要)*(绑定|绑一?下|绑上|解绑|解除绑定|取消绑定)(一下)?"
    r"|(我|我们)?(现在)?(绑定|绑)(的|了)(是)?(哪家|哪个|什么)(企业|公司|单位))"
    r"(怎么|怎样|如何|咋|在哪里?|要)*(绑定|绑|弄|办|操作|搞|解)?(啊|呀|呢|吧|吗|了|的|一下)*"
)
_ELDER = re.compile(
    r"年纪大|年龄大|上年纪|岁数大|老年人|老人家|眼睛不好|眼神不好|老花|不会弄|不会登|不会用手机|不会上网|看不懂|搞不懂|弄不来|整不来"
)
_QUESTION = re.compile(
    r"[?？]|吗|怎么|怎样|如何|多少|多久|多长|何时|什么|啥时|哪|为啥|咋|几(天|点|时)|能不能|可不可以|能否|可否|是不是|有没有|要不要|行不行"
    r"|(息|率|费|料|续|件|度|钱|分|单|期|款|户|盾)呢"
)


def split(choice_id: str) -> tuple[str, str]:
    """The flow a line belongs to, and the rest of its id."""
    flow, _, rest = choice_id.partition(":")
    return flow, rest


def typed(text: str, offered: Sequence[tuple[str, str]]) -> str | None:
    """The id of the offered line whose label the follower typed instead of tapping, or None."""
    words = text.strip().strip("〔〕[]【】「」“”\"'。.!！")
    return next((choice_id for choice_id, label in offered if label == words), None)


def picked(text: str, offered: Sequence[tuple[str, str]], flow: str | None) -> str | None:
    """The offered line meant by its label, or by its place among the options; None when the words mean none.

    `flow` is who waits: while an answer is awaited, 那个 may be one, and is left to the flow.
    """
    words = text.strip().strip("。.!！~ ")
    options = [choice_id for choice_id, _ in offered if not _NO_OPTION.match(choice_id)]
    place = _PLACE.fullmatch(words)
    if place is not None and len(options) > 1:
        nth = place["nth"] or place["bare"]
        at = len(options) - 1 if nth is None else "一二三四".find(nth) if nth in "一二三四" else int(nth) - 1
        return options[at] if at < len(options) else None
    if len(options) == 1 and flow is None and means_this(words):
        return options[0]
    return typed(text, offered)


def is_none_of_them(text: str) -> bool:
    """True for 都不是: none of what was offered or asked."""
    return _NONE.fullmatch(text.strip().strip("。.!！~ ")) is not None


def means_this(text: str) -> bool:
    """True for 就这个 and 那个吧: what was just spoken of."""
    return _THIS.fullmatch(text.strip().strip("。.!！~ ")) is not None


def takes_all(text: str) -> bool:
    """True for 都要 and 两个都看: every line that was offered."""
    return _ALL.fullmatch(text.strip().strip("。.!！~ ")) is not None


def bare(text: str) -> str:
    """The text without spaces, punctuation and closing particles."""
    return _NOISE.sub("", text.strip().lower()) or text.strip().lower()


def without_signs(text: str) -> str:
    """The words run together, for patterns that must cover all of them."""
    return _SIGNS.sub("", text)


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


def is_no_help(text: str) -> bool:
    """True for 没用 and the like: the last answer was no help, and nothing more is said."""
    return _NO_HELP.fullmatch(bare(text)) is not None


def drops(text: str) -> bool:
    """True when the follower breaks a matter off: 算了, 不弄了, 改天再说."""
    words = without_signs(text)
    return _DROPS.fullmatch(words) is not None and _DROPPING.search(words) is not None


def is_acknowledged(text: str) -> bool:
    """True for 哦 and 知道了: read, and nothing asked."""
    return _ACKNOWLEDGED.fullmatch(without_signs(text)) is not None


def sounds_angry(text: str) -> bool:
    """True for curses and the like: no time for another question."""
    return _ANGRY.search(text) is not None


def goes_back(text: str) -> bool:
    """True for 上一步 and 选错了: the answer before this is to be given anew."""
    return len(text) <= LONGEST_BACK and _BACK.search(text) is not None


def restarts(text: str) -> bool:
    """True for 重来 and 从头开始: the matter in hand is to begin anew."""
    return _RESTARTS.fullmatch(without_signs(text)) is not None


def asks_twice(text: str) -> bool:
    """True when the words join a second question to the first."""
    return _ALSO.search(text) is not None


def is_wordless(text: str) -> bool:
    """True for signs and stickers only; those that praise are left to the model."""
    return not _WORD.search(_STICKER.sub("", text)) and not _PRAISING_SIGNS.search(text)


def is_silence(text: str) -> bool:
    """True for nothing but full stops, commas and the like: nothing was said, and a ？ would have asked."""
    return without_signs(text) == "" and text.strip() != ""


def is_foreign(text: str) -> bool:
    """True for a sentence in Latin letters; one word alone (hello, ok) may still be meant for the model."""
    return _FOREIGN.fullmatch(text.strip()) is not None


def is_question(text: str) -> bool:
    """True when the words ask rather than answer."""
    return _QUESTION.search(text) is not None


def wants_human(text: str) -> bool:
    """True when the follower asks for a person, in whatever state the dialogue is."""
    if _HUMAN_NOT.search(text):
        return False
    return _HUMAN_SHORT.fullmatch(bare(text)) is not None or _HUMAN.search(text) is not None


def is_bare_wish_for_human(clause: str) -> bool:
    """True for a clause that is nothing but the wish for a person: 回单下不了，算了人工吧."""
    return _HUMAN_CLAUSE.fullmatch(clause) is not None or (
        _HUMAN_NOT.search(clause) is None and _HUMAN.search(clause) is not None
    )


def complains(text: str) -> bool:
    """True when the follower complains in words that leave no doubt: 我要投诉, 12378, 把钱退给我."""
    return _COMPLAINS.search(text) is not None and _COMPLAINS_NOT.search(text) is None


def opts_out(text: str) -> bool:
    """True when the follower wants no more marketing. 不要打电话，直接转人工 only says how he wants to be served."""
    if bare(text) in _OPT_OUT_EXACT:
        return True
    is_about_service = wants_human(text) and not (complains(text) or _MARKETING.search(text))
    return _OPT_OUT.search(text) is not None and not is_about_service


def refuses_profiling(text: str) -> bool:
    """True when the follower wants no advice made from what is known of him."""
    return _NO_PROFILING.search(text) is not None


def speaks_of_binding(text: str) -> bool:
    """True for 绑定企业, 怎么解绑 and 我绑定的是哪家企业: nothing is said but that."""
    return _BINDS.fullmatch(without_signs(text).strip("?？。")) is not None


def sounds_elder(text: str) -> bool:
    """True when the words tell of somebody who finds screens hard."""
    return _ELDER.search(text) is not None
