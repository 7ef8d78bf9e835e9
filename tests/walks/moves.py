"""What may happen next in a walk: everything customers, reps, the bank and the machine do to the product."""

import json
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

import yaml

from config.settings import ROOT
from tests.secret_talk import Planted, Talker

MENU_KEYS = tuple(
    line["key"]
    for entry in yaml.safe_load((ROOT / "config" / "menu.yml").read_text(encoding="utf-8"))["menu"]
    for line in entry["lines"]
)
MOST_REMEMBERED_LINES = 12


class Kind(StrEnum):
    """What happens. Those up to CLICK, VIEW and SCAN come from a customer's phone."""

    TEXT = "text"
    TAP = "tap"
    CLICK = "click"
    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"
    FILE = "file"
    LOCATION = "location"
    LINK = "link"
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    VIEW = "view"
    SCAN = "scan"
    TWICE = "twice"
    LATE = "late"
    DIES = "dies"
    RESTART = "restart"
    WAIT = "wait"
    BANK = "bank"
    NLU = "nlu"
    REDIS = "redis"
    ACCEPT = "accept"
    REPLY = "reply"
    TRANSFER = "transfer"
    CLOSE = "close"


PUSHES = frozenset(
    {
        *(Kind.TEXT, Kind.TAP, Kind.CLICK, Kind.IMAGE, Kind.VOICE, Kind.VIDEO, Kind.FILE, Kind.LOCATION, Kind.LINK),
        *(Kind.FOLLOW, Kind.UNFOLLOW, Kind.VIEW, Kind.SCAN, Kind.TWICE, Kind.LATE, Kind.DIES),
    }
)


@dataclass(frozen=True)
class Move:
    """One thing that happens to one customer; `key` is a line's id, a menu key, a number of seconds or a state."""

    kind: Kind
    who: int = 0
    text: str = ""
    key: str = ""

    def __str__(self) -> str:
        return json.dumps({name: value for name, value in asdict(self).items() if value}, ensure_ascii=False)


class Chooser:
    """Chooses moves at random; remembers what was planted, and the lines every customer was ever offered."""

    def __init__(self, seed: int, followers: int, texts: Sequence[str]) -> None:
        self._random = random.Random(seed)
        self._talker = Talker(seed)
        self._texts = texts
        self._followers = followers
        self._seen: dict[int, list[tuple[str, str]]] = {who: [] for who in range(followers)}
        self.planted: list[Planted] = []

    def next(self, offered: Sequence[Sequence[tuple[str, str]]]) -> Move:
        """The next move; `offered` are the lines under every customer's last answer."""
        who = self._random.randrange(self._followers)
        for line in offered[who]:
            if line not in self._seen[who]:
                self._seen[who] = [*self._seen[who], line][-MOST_REMEMBERED_LINES:]
        kind = self._random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        if kind is Kind.TAP:
            return self._tap(who, offered[who])
        return Move(kind, who, self._words(kind), self._key(kind))

    def _tap(self, who: int, offered: Sequence[tuple[str, str]]) -> Move:
        lines = offered if offered and self._random.random() < 0.85 else self._seen[who]
        if not lines:
            return Move(Kind.TEXT, who, self._random.choice(self._texts))
        key, label = self._random.choice(lines)
        if self._random.random() < 0.15:
            return Move(Kind.TEXT, who, label)
        return Move(Kind.TAP, who, label, key)

    def _words(self, kind: Kind) -> str:
        if kind not in SPEAKING:
            return ""
        if kind is Kind.REPLY:
            return self._random.choice(REP_WORDS)
        roll = self._random.random()
        if roll < 0.5:
            return self._random.choice(self._texts)
        if roll < 0.76:
            return self._random.choice(SHORT)
        if roll < 0.88:
            return self._random.choice(NONSENSE)
        talk = self._talker.talk()
        self.planted += talk.secrets
        return talk.text

    def _key(self, kind: Kind) -> str:
        if kind is Kind.CLICK:
            return str(self._random.choice(MENU_KEYS))
        if kind is Kind.WAIT:
            return str(self._random.choice(WAITS_S))
        if kind is Kind.FOLLOW:
            return self._random.choice(("", "qrscene_branch_01"))
        return ""


SPEAKING = frozenset(
    {Kind.TEXT, Kind.VOICE, Kind.TWICE, Kind.LATE, Kind.DIES, Kind.REPLY, Kind.LOCATION, Kind.LINK, Kind.FILE}
)
WEIGHTS = {
    Kind.TEXT: 480, Kind.TAP: 260, Kind.CLICK: 40, Kind.IMAGE: 8, Kind.VOICE: 25, Kind.VIDEO: 4, Kind.FILE: 6,
    Kind.LOCATION: 8, Kind.LINK: 5, Kind.FOLLOW: 8, Kind.UNFOLLOW: 4, Kind.VIEW: 5, Kind.SCAN: 4, Kind.TWICE: 20,
    Kind.LATE: 6, Kind.DIES: 6, Kind.RESTART: 3, Kind.WAIT: 30, Kind.BANK: 6, Kind.NLU: 6, Kind.REDIS: 3,
    Kind.ACCEPT: 30, Kind.REPLY: 30, Kind.TRANSFER: 5, Kind.CLOSE: 110,
}  # fmt: skip
# From a breath to a night: sessions end after half an hour, the desk closes, allowances and chats lapse.
WAITS_S = (20, 70, 200, 400, 2_000, 2_000, 8_000, 30_000, 50_000, 100_000, 200_000)
SHORT = (
    "是", "是的", "好", "好的", "不", "不是", "不用了", "算了", "解决了", "没解决", "没用", "人工", "转人工", "找个人", "上一步", "重来", "第一个", "第二个", "最后一个",
    "都要", "都不是", "就这个", "20万", "二三十万", "50", "半年", "12个月", "12", "没有", "有", "有房产", "没抵押", "三年", "刚开", "餐饮", "做建材的", "进货", "发工资",
    "13812345678", "13812345678 下午打", "谢谢", "你好", "在吗", "还要等多久", "不等了", "投诉", "我要投诉", "继续", "卡住了", "完成", "完成了", "下一个", "就办这个",
    "网银", "手机银行", "回到贷款", "回到U盾", "不是贷款，是积分", "不是这个意思", "你没听懂", "退订", "别再给我发消息了", "嗯", "哦", "知道了", "我先试试", "怎么弄", "多少钱",
    "要多久", "要带什么", "在哪办", "别人代办行吗", "网上能办吗", "那利率呢", "再说一遍", "什么意思", "我年纪大了不会弄", "看不懂", "傻逼", "你是机器人吗", "你能干什么",
    "有人让我把U盾寄过去", "我已经转了3万给他", "帮我算算", "20万用一年利息多少", "回单怎么打，另外利率多少", "贷款进度", "我的积分", "明天上午10点打给我", "改天再说",
    "R", "TD", "1", "2", "3", "A", "ok", "yes", "不满意", "非常满意",
)  # fmt: skip
NONSENSE = (
    "。", "？", "！！！", "...", "…", "、", "😀", "👍", "🙏🙏", "[微笑]", "[强]", "[玫瑰][玫瑰]", "/:,@P", "🌹谢谢", "👨‍👩‍👧‍👦", "啊啊啊啊", "asdfgh", "hello", "How much is the loan rate please?",
    "{hotline}", "{0}", "%s %d", '<a href="http://x.cn">点我</a>', "]]>", "<xml>", "'; DROP TABLE lines;--", "\\n\\t", "null", "undefined", "NaN", "\u200b", "\u202e反过来", "𠮷野家",
    "呵呵呵呵呵呵", "今天天气真好", "你吃了吗", "给我讲个笑话", "特朗普", "一二三四五", "1+1=?", "🈚️", "①②③", "ﷺ", "ｈｅｌｌｏ", "人", "客", "贷", "盾", "分", "啥", "咋", "嘛呢", "嗯嗯嗯嗯嗯",
    "贷款" * 40, "长" * 900, "我想问一下" * 60, "a" * 1500, "\n\n\n", "  空格  开头", "回到", "第八个", "选9", "http://icbc-2026.com/x?y=1", "@所有人", "#话题#", "/help", "人工费多少", "人工智能",
    "客服电话", "不要人工", "是人工还是机器", "。人工。", "解决了吗", "没解决了", "好不好", "不好不坏", "对对对不对", "是不是是",
)  # fmt: skip
REP_WORDS = (
    "您好，我是服务代表，请问还有什么可以帮您？", "好的，您稍等，我查一下。", "请在手机银行里操作，我陪您一步一步来。", "把验证码发我", "我们的贷款100%必批", "利息很低的，日息万一",
    "您的问题已经登记，我们会跟进。",
)  # fmt: skip
