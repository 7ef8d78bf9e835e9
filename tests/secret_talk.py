"""Texts as customers type them, with secrets planted in them and known places left over: for tests of the scrubber.

Seeded: the same seed gives the same texts. Shares no code with bot/compliance, so that both cannot share a mistake.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

T = TypeVar("T")

LONGEST_PIN = 12
MARK = "[已屏蔽]"
CARD, ID, CODE, PIN, CVV, PHONE = "card", "id_number", "sms_code", "password", "cvv", "phone"


@dataclass(frozen=True)
class Planted:
    """One secret: as it stands in the text, its bare digits and letters, and the kinds it may be reported as."""

    typed: str
    plain: str
    kinds: frozenset[str]


@dataclass(frozen=True)
class Talk:
    """One message. Phones are personal, but no secret: they are told and stay for the call back."""

    text: str
    secrets: tuple[Planted, ...]
    phones: tuple[Planted, ...] = ()


class Talker:
    """Makes up messages."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._kinds = (self._card, self._card, self._id, self._code, self._code, self._pin, self._pin, self._cvv)

    def talks(self, count: int) -> Iterator[Talk]:
        """So many messages."""
        return (self.talk() for _ in range(count))

    def talk(self) -> Talk:
        """A message with one secret or two, among words and harmless numbers; a short secret stands in it only once."""
        made = self._made()
        while any(len(one.plain) <= 4 and readable(made.text).count(one.plain) > 1 for one in made.secrets):
            made = self._made()
        return made

    def _made(self) -> Talk:
        clauses: list[str] = []
        planted: list[Planted] = []
        phones: list[Planted] = []
        for _ in range(2 if self._one_in(6) else 1):
            clause, secret = self._pick(self._kinds)()
            clauses.append(clause)
            planted.append(secret)
        if self._one_in(6):
            clause, phone = self._phone()
            clauses.insert(self._random.randrange(len(clauses) + 1), clause)
            phones.append(phone)
        if self._one_in(2):
            clauses.insert(0, self._pick(BEFORE))
        if self._one_in(2):
            clauses.append(self._pick(AFTER))
        return Talk(self._joined(clauses), tuple(planted), tuple(phones))

    def _joined(self, clauses: Sequence[str]) -> str:
        """Nobody runs two numbers into one: between digits stands at least a comma."""
        joint = self._pick(JOINTS)
        text = clauses[0]
        for clause in clauses[1:]:
            ends_in_number = readable(text[-1:] + clause[:1])
            text += (joint if joint.strip() or not ends_in_number else "，") + clause
        return text

    def _card(self) -> tuple[str, Planted]:
        length = self._pick(CARD_LENGTHS)
        body = self._pick(CARD_STARTS)
        number = with_luhn_digit(body + self._digits(length - 1 - len(body)))
        typed = self._pick(NUMBER_STYLES)(number)
        return self._pick(CARD_TALK).replace("#", typed), Planted(typed, number, frozenset((CARD, ID)))

    def _id(self) -> tuple[str, Planted]:
        day = f"{1940 + int(self._random.random() * 70)}{self._two(12)}{self._two(28)}"
        number = with_id_digit(self._pick(AREAS) + day + self._digits(3))
        typed = self._pick(ID_STYLES)(number)
        if typed.endswith("x") and not self._one_in(3):
            typed = typed[:-1] + self._pick("XXXＸ×叉")
        return self._pick(ID_TALK).replace("#", typed), Planted(typed, number, frozenset((ID,)))

    def _code(self) -> tuple[str, Planted]:
        code = self._value(6 if not self._one_in(5) else self._pick((4, 8)))
        typed = self._pick(SHORT_STYLES)(code)
        shape = self._pick(CODE_SHAPES)
        text = self._worded(shape, CODE_SUBJECTS, CODE_WORDS)
        return text.replace("#", typed), Planted(typed, code, frozenset((CODE, PIN)))

    def _pin(self) -> tuple[str, Planted]:
        if self._one_in(4):
            typed = plain = self._token()
        else:
            plain = self._value(self._pick((6, 6, 6, 8, 8, 4, 7, 10, LONGEST_PIN)))
            typed = self._pick(SHORT_STYLES)(plain)
        shape = self._pick(PIN_SHAPES)
        text = self._worded(shape, PIN_SUBJECTS, PIN_WORDS)
        # With the 一 of 一直 behind them, twelve digits may happen to be a card.
        kinds = (PIN, "ukey_pin", CARD) if len(plain) == LONGEST_PIN else (PIN, "ukey_pin")
        return text.replace("#", typed), Planted(typed, plain.lower(), frozenset(kinds))

    def _cvv(self) -> tuple[str, Planted]:
        code = self._digits(3 if not self._one_in(6) else 4)
        typed = self._pick(CVV_STYLES)(code)
        return self._pick(CVV_TALK).replace("#", typed), Planted(typed, code, frozenset((CVV,)))

    def _phone(self) -> tuple[str, Planted]:
        number = f"1{self._pick('3456789')}{self._digits(9)}"
        typed = self._pick(PHONE_STYLES)(number)
        return self._pick(PHONE_TALK).replace("#", typed), Planted(typed, number, frozenset((PHONE,)))

    def _worded(self, shape: str, subjects: Sequence[str], words: Sequence[str]) -> str:
        """The shape with tail, link and subject put in; the word comes last, for it may hold their letters."""
        text = shape.replace("T", self._pick(TAILS)).replace("L", self._pick(LINKS))
        return text.replace("S", self._pick(subjects)).replace("W", self._pick(words))

    def _token(self) -> str:
        """Letters and digits as passwords have them."""
        word = self._pick(TOKEN_WORDS)
        return self._pick((f"{word}{self._digits(4)}", f"{self._digits(3)}{word}", f"{word}@{self._digits(3)}"))

    def _value(self, count: int) -> str:
        """Digits that are no year or recent day and no hotline: those are rather read as such."""
        value = self._digits(count)
        while value.startswith(("19", "20", "400", "800")):
            value = self._digits(count)
        return value

    def _digits(self, count: int) -> str:
        return f"{int(self._random.random() * 10**count):0{count}d}" if count else ""

    def _two(self, most: int) -> str:
        return f"{1 + int(self._random.random() * most):02d}"

    def _one_in(self, many: int) -> bool:
        return self._random.random() * many < 1

    def _pick(self, of: Sequence[T]) -> T:
        return of[int(self._random.random() * len(of))]


def with_luhn_digit(body: str) -> str:
    """A card number: the body and its check digit."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        total += sum(divmod(int(digit) * (2 - place % 2), 10))
    return body + str(-total % 10)


def with_id_digit(body: str) -> str:
    """An ID number: seventeen digits and the check character (GB 11643)."""
    return body + "10x98765432"[sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(body)) % 11]


def faults(talk: Talk, masked: str, kinds: Sequence[str]) -> list[str]:
    """What is wrong with a masked message, one line each; empty when nothing is."""
    found = [f"can still be read: {secret}" for secret in survivors(talk, masked)]
    # Between two secrets a word may be taken for the other's.
    if not any(secret.kinds & set(kinds) for secret in talk.secrets):
        found.append(f"told as {tuple(kinds)}")
    found += [f"phone lost: {phone.typed}" for phone in talk.phones if phone.typed not in masked]
    if talk.phones and PHONE not in kinds:
        found.append("phone not told")
    return [f"{fault}: {talk.text!r} became {masked!r}" for fault in found]


def survivors(talk: Talk, masked: str) -> list[str]:
    """The planted secrets of which a telling part can still be read in the masked text."""
    left = readable(_without(masked, talk.phones))
    found = [secret.plain for secret in talk.secrets if any(part in left for part in telling_parts(secret.plain))]
    if not found:
        return []
    # Harmless digits of the same message may look like a part by chance.
    harmless = readable(_without(talk.text, (*talk.phones, *talk.secrets)))
    return [
        secret.plain
        for secret in talk.secrets
        if any(part in left and part not in harmless for part in telling_parts(secret.plain))
    ]


def telling_parts(plain: str) -> list[str]:
    """Stretches that would give a secret away: six places of a long number, four of a code, all of a short one."""
    size = min(len(plain), 6 if len(plain) > 12 else 4)
    return [plain[at : at + size] for at in range(len(plain) - size + 1)]


def readable(text: str) -> str:
    """The digits and letters of a text in plain form, every mark as one bar."""
    return text.translate(_READABLE)


def _without(text: str, planted: Sequence[Planted]) -> str:
    for one in planted:
        text = text.replace(one.typed, MARK)
    return text


class _Readable(dict[int, str | None]):
    def __missing__(self, key: int) -> None:
        return None


_CHINESE = {
    "〇零": "0",
    "一壹幺": "1",
    "二贰": "2",
    "三叁": "3",
    "四肆": "4",
    "五伍": "5",
    "六陆": "6",
    "七柒": "7",
    "八捌": "8",
    "九玖": "9",
}
_READABLE = _Readable({ord(char): digit for chars, digit in _CHINESE.items() for char in chars})
_READABLE |= {ord("["): "|", ord("X"): "x", ord("×"): "x", ord("Ｘ"): "x", ord("叉"): "x", ord("@"): "@"}
_READABLE |= {code: chr(code) for code in (*range(0x30, 0x3A), *range(0x61, 0x7B))}
_READABLE |= {code: chr(code + 32) for code in range(0x41, 0x5B)}
_READABLE |= {0xFF10 + digit: str(digit) for digit in range(10)}


def _grouped(gap: str, size: int = 4) -> Callable[[str], str]:
    return lambda digits: gap.join(digits[at : at + size] for at in range(0, len(digits), size))


def _in(signs: str) -> Callable[[str], str]:
    table = str.maketrans("0123456789", signs)
    return lambda digits: digits.translate(table)


def _id_grouped(gap: str) -> Callable[[str], str]:
    return lambda number: gap.join((number[:6], number[6:14], number[14:]))


def _as_is(digits: str) -> str:
    return digits


_WIDE, _SPOKEN, _FORMAL = _in("０１２３４５６７８９"), _in("零一二三四五六七八九"), _in("零壹贰叁肆伍陆柒捌玖")
_PHONED = _in("零幺二三四五六七八九")
NUMBER_STYLES = (
    *(_as_is,) * 8, *(_grouped(" "),) * 4, *(_grouped("-"),) * 2, _grouped("  "), _grouped("－"), _grouped("\u3000"), _grouped("\u00a0"),
    _grouped("\u200b"), _grouped("."), _grouped("·"), _grouped("\n"), _grouped("—"), _grouped(" - "), _grouped("/"), _grouped("_"),
    _grouped(" ", 1), _grouped(" ", 6), _WIDE, lambda digits: _grouped(" ")(_WIDE(digits)), _SPOKEN, _PHONED, _FORMAL, lambda digits: _grouped(" ")(_SPOKEN(digits)),
    lambda digits: digits[:8] + _SPOKEN(digits[8:]), lambda digits: "".join(f"{digit}\ufe0f\u20e3" for digit in digits),
)  # fmt: skip
ID_STYLES = (
    *(_as_is,) * 8, _id_grouped(" "), _id_grouped(" "), _id_grouped("-"), _grouped(" "), _WIDE, _SPOKEN, _PHONED,
    _id_grouped("\n"), _grouped(" ", 3), _id_grouped("."),
)  # fmt: skip
SHORT_STYLES = (
    *(_as_is,) * 10, _grouped(" ", 3), _grouped("-", 3), _grouped(" ", 1), _grouped(" ", 2), _grouped("、", 1), _grouped("，", 1),
    _grouped(",", 1), _grouped(".", 1), _WIDE, _SPOKEN, _PHONED, _FORMAL, _grouped(" ", 4), lambda digits: digits[:3] + _SPOKEN(digits[3:]),
)  # fmt: skip
CVV_STYLES = (*(_as_is,) * 6, _grouped(" ", 1), _WIDE, _SPOKEN)
PHONE_STYLES = (
    *(_as_is,) * 6,
    lambda digits: f"{digits[:3]} {digits[3:7]} {digits[7:]}",
    lambda digits: f"+86{digits}",
    _WIDE,
)

FIRST_BIRTHDAY = date(1930, 1, 1)
CARD_LENGTHS = (16, 16, 16, 19, 19, 19, 19, 13, 14, 15, 17, 18)
CARD_STARTS = ("62", "622202", "621226", "6212", "4", "5", "37", "3", "9558", "6", "955880", "")
AREAS = ("110105", "310104", "440106", "340104", "510107", "330106", "650102", "820000")
TOKEN_WORDS = ("abc", "Zhang", "laowang", "WXf", "qwe", "gs", "Hfwd", "aa", "Icbc", "tao", "love")
JOINTS = ("，", ",", "。", " ", "；", "\n", "", "，", "!", "...", "～")
BEFORE = (
    "你好", "您好，我是开餐馆的", "帮我看一下", "急急急", "我们公司要转8万块钱", "昨天下午3点弄的", "打了95588也没人接", "上个月25号还好好的",
    "贷款20万批下来了", "我在手机银行里点了半天", "之前你们同事说要核实", "在吗", "我年纪大了不会弄", "老板让我问一下", "订单金额是3500元",
    "11月20日转的那笔", "网点的人让我在微信上问", "开户到现在2年多了", "营业执照都带齐了", "我想咨询个事", "第3步卡住了", "我U盾插上灯是亮的",
)  # fmt: skip
AFTER = (
    "麻烦快点", "谢谢", "要带什么资料", "今天能弄好吗", "5分钟了还没反应", "我下午2点前要用", "急用", "好了跟我说一声", "手续费多少", "限额是5万吗",
    "能查到吗", "提示错误", "等了30分钟了", "要不我打95588", "怎么办啊", "是不是要去网点", "利率还是3.45%吗", "收到请回复", "不行的话转人工",
    "我这边着急发工资", "总共12笔", "金额1,200.50元",
)  # fmt: skip
CARD_TALK = (
    "卡号#", "我的卡#", "卡号是#余额不对", "帮我查下#到账没有", "#这张卡转不出去", "收款账号#", "尾号的那张，#", "往#转的", "账号：#", "工行卡#开户行在哪",
    "我把卡号发你#", "#是我的工资卡", "卡#冻结了", "card #", "户名张三#", "钱打到#了", "打款打#里", "给#充的钱", "农行#", "①卡号#", "对公户#限额",
    "这个号#对不对", "#", "银行卡号 # 帮看下",
)  # fmt: skip
ID_TALK = (
    "身份证#", "身份证号是#", "法人身份证号码：#", "我的证件号#", "#是我身份证", "法人王建国#", "经办人李芳，#", "sfz#", "ID #", "证件号码 # 帮我查", "身份证号发你#",
    "操作员的身份证#要换", "身分证#", "#",
)  # fmt: skip
CODE_SUBJECTS = (
    "",
    "",
    "我的",
    "刚收到的",
    "手机上",
    "银行发来的",
    "短信里的",
    "他要的",
    "登录",
    "付款的",
    "你们刚发的",
    "网银",
    "我这边",
    "收到",
)
CODE_WORDS = (
    "验证码", "验证码", "验证码", "校验码", "动态码", "动态密码", "动态口令", "短信验证码", "手机验证码", "确认码", "短信码", "驗證碼", "验证吗", "验正码", "验征码",
    "效验码", "检验码", "yzm", "code", "otp", "OTP", "Code", "验证码儿", "認證碼", "认证码",
)  # fmt: skip
LINKS = (
    "", "", "是", "是", ":", "：", "为", " ", "就是", "=", "，是", "是这个", "我看到的是", "收到了，", "发你了", "我念给你听", "刚才收到的是", "给你", "显示", "显示的是",
    "写的是", "係", "系", "说的是", "你记一下", "应该是", "是不是", "好像是", "上写着", "来了", "您看对不对", "发过来了是", "我告诉您哈", "搞的是", "弄的是", "整的是",
    "还是原来那个", "嘛是", "给恁说是", "乃是", "—", "->", "(", "【", "“", "嘞是", "我设的", "改成了", "以前是", "没换过", "填的", "输的是", "用的是",
    "还系", "我抄给你", "你帮我记着", "咯", "不就是", "帮忙输一下", "喏", "在这儿", "你看看是不是", "没错吧", "读给你听哈：",
)  # fmt: skip
TAILS = (
    "", "", "", "帮我激活", "，怎么还是登不上", "你帮我填一下", "对吗", "可以了吗", "人工帮我看看", "年年都这样", "多久失效", "千万别告诉别人", "万一过期了呢",
    "家里人收到的", "百分百没错", "个人网银的", "。", "！", "月底前要用", "天天换烦死了", "，谢谢", "元旦前办好", "不对", "过期了", "失效了", "一直提示错误", "收到了",
    "这个行不行", ")", "】", "”", "多谢", "人呢", "，", "？", "次次都要输", "千真万确", "块帮我弄", "有效吗", "登录", "吗", "个体户的", "万分感谢",
)  # fmt: skip
CODE_SHAPES = (
    *("SWL#T",) * 8, "#是SWT", "#这个W对吗", "#，W", "收到W了，L#T", "# 是W", "W#T", "W #T", "W：#T", "W一直收不到，刚刚收到了#", "他问我要W我就说了#", "把W#给他了",
    "【工商银行】您尾号8866的账户W为#，5分钟内有效，请勿泄露", "【工行】#（短信W），您正在登录企业网银", "您正在办理网银登录，W：#，请勿告知他人。", "#，您的W，打死都不要告诉别人", "W发你了哈 #",
    "W有两个，后面那个是#", "你要的W我看了短信是#T", "W那个，#", "短信来了W是#T", "#就是W", "我输的#说W错误", "#W过期了",
)  # fmt: skip
PIN_SUBJECTS = (
    "", "我", "我U盾", "U盾", "优盾", "u盾", "网银", "登录", "支付", "取款", "手机银行", "企业网银", "操作员", "转账", "我那个", "银行卡", "法人的", "复核员的", "网银盾", "初始",
)  # fmt: skip
PIN_WORDS = (
    "密码", "密码", "密码", "密碼", "蜜码", "密吗", "口令", "PIN", "pin码", "PIN码", "password", "pwd", "mima", "密马", "密码儿", "密码嘛", "Password",
)  # fmt: skip
PIN_SHAPES = (
    *("SWL#T",) * 8, "#是SWT", "#就是SWT", "我输入#提示W错误", "输#说W不对", "#这个W不对", "SW#T", "SW #T", "SW:#T", "W：#T", "SW我告诉你，#", "SW忘了，是不是#",
    "把SW改成#T", "SW从来没改过就是#T", "用#登录说W错", "S新W#T", "SW原来是#T", "老板说SW是#T", "#，SW", "SW（#）", "SW设的#T", "SW试了#不行",
)  # fmt: skip
CVV_TALK = (
    "cvv #", "CVV是#", "cvv2：#", "安全码#", "安全码是#对吗", "背面三位数#", "卡背面那三位是#", "背面3位数字：#", "cvc#", "CVC2 #", "卡后面的安全码 #", "#是安全码", "签名条上三位数#",
    "卡背面后三位#", "cvn2 #", "背面最后三位是#", "cvv码#", "CVV#", "反面三位#",
)  # fmt: skip
PHONE_TALK = ("打我电话#", "我手机#", "联系#", "手机号是#，有空打我", "电话：#", "回电#", "#找王经理")
