"""Find what a bank must never hold in a chat and put a mark in its place: cards, ID numbers, codes, passwords, CVV.

Works on a view of the text that is exactly as long as the text (full-width and Chinese digits read as digits), so that
every place found in the view is a place in the text. All patterns are bounded: the time grows with the length of the
text, not faster.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

MARK = "[已屏蔽]"

# Digits may be set apart by spaces, dashes and characters nobody sees.
_GAP = r"[ \t\u00a0\u2000-\u200d\u2060\u3000\ufeff\-\u2010-\u2015\u2212]"
_NUMBER = re.compile(rf"(?<![0-9])[0-9]+(?:{_GAP}{{1,2}}[0-9]+)*{_GAP}{{0,2}}x?")
_BLOCK = re.compile(r"[0-9]+x?|x")
_MOBILE = re.compile(r"(?:86)?1[3-9][0-9]{9}")
_HOTLINE = re.compile(r"95[0-9]{3}|96110|123[0-9]{2}|400[0-9]{5}")
_DAY = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")

# Words that may stand between a keyword and its value. Nouns are left out on purpose: "密码忘了,合同号12345678" tells
# no password.
_GLUE = (
    r"[\s:=,、\"“”'‘’「」【】\[\]()~\-—….>*"
    r"是为就我你您的了呢啊吧哦嗯叫用填输入设置成改后来发收到给记得忘应该好像大概可能都也还有以前原先现在已经告诉看短信"
    r"上面那这个它一直说讲念错误对不和跟或及屏蔽]{0,14}?"
)
_TIGHT = r"[\s:=,\"“”'()是这就为的我收到短信手机你们银行发来]{0,8}"
_CODE_WORD = (
    r"(?:验证码|校验码|动态码|动态密码|动态口令|确认码|短信码|(?<![a-z])otp(?![a-z])"
    r"|(?<![a-z])(?<!error )(?<!error)code(?![a-z]))"
)
_PIN_WORD = r"(?:密码|(?<!云)口令|密钥|(?<![a-z])(?:pin|password|passwd|pwd)(?![a-z])码?)"
_CVV_WORD = r"(?:(?<![a-z])cv[vc]2?(?![a-z])码?|安全码|(?:背面|背后|卡背)[^0-9]{0,4}[三3]位数?字?)"
_DIGITS = rf"(?<![0-9a-z.])(?P<value>[0-9](?:{_GAP}?[0-9]){{3,11}})(?![0-9])"
_COUNTED = r"(?!\s*(?:元|块|万|千|百|亿|次|笔|天|年|月|多|个|人|家|%|\.[0-9]))"
_MIXED = (
    r"(?P<value>(?=[a-z!@#$%^&*_+~.\-]{0,31}[0-9])(?=[0-9!@#$%^&*_+~.\-]{0,31}[a-z])"
    r"[a-z0-9!@#$%^&*_+~.\-]{4,32})(?![a-z0-9])"
)
_LETTERS = r"(?:是|为|成|叫|:|=)\s*[\"“'‘]?(?P<value>[a-z!@#$%^&*_]{4,32})(?![a-z0-9])"
_LABEL_BEFORE = re.compile(r"(?:号|号码|名|尾号|四位|编号|金额|额度|贷款|转了|合同|余额|积分)\s*(?:是|为|:)?\s*$")
_ASKED_FOR = r"(?!\s*(?:收不|没|一直|怎么|为什么|错|失效|过期|不|是多|在哪))"

_CODE_AFTER = re.compile(rf"{_CODE_WORD}{_GLUE}{_DIGITS}{_COUNTED}")
_CODE_BEFORE = re.compile(rf"{_DIGITS}{_COUNTED}{_TIGHT}{_CODE_WORD}{_ASKED_FOR}")
_PASSWORD_AFTER = re.compile(rf"(?P<word>{_PIN_WORD}){_GLUE}(?:{_MIXED.replace('value', 'token')}|{_DIGITS}{_COUNTED})")
_LETTERS_AFTER = re.compile(rf"(?P<word>{_PIN_WORD}){_GLUE}{_LETTERS}")
_PASSWORD_BEFORE = re.compile(
    rf"(?:{_DIGITS}{_COUNTED}|(?<![a-z0-9]){_MIXED.replace('value', 'token')})"
    rf"\s*,?\s*(?:就是|是|这个?|为)[我你您的这个登录支付交易取款查询网银u盾]{{0,8}}(?P<word>{_PIN_WORD}){_ASKED_FOR}"
)
_CVV_AFTER = re.compile(rf"{_CVV_WORD}{_GLUE}(?<![0-9])(?P<value>[0-9]{{3,4}})(?![0-9]){_COUNTED}")
_CVV_BEFORE = re.compile(rf"(?<![0-9])(?P<value>[0-9]{{3,4}})(?![0-9]){_TIGHT}{_CVV_WORD}{_ASKED_FOR}")
# After "密码是" these are things of the bank's app, not passwords.
_NO_PASSWORDS = frozenset(("app", "code", "ukey", "excel", "wifi", "windows", "android", "iphone", "password", "reset"))
_TOKEN_WORD = re.compile(r"u盾|优盾|ukey|usbkey|(?<!云)盾")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHINESE_DIGITS = dict(zip("〇零一二三四五六七八九幺", "001234567891", strict=True))


@dataclass(frozen=True)
class Masked:
    """A text without its secrets, and the kinds found: card, id_number, sms_code, password, ukey_pin, cvv; a phone is
    only told.
    """

    text: str
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class _Found:
    kind: str
    start: int
    end: int


def mask_secrets(text: str) -> Masked:
    """The text with every secret replaced by a mark; masking the result again changes nothing."""
    kinds: dict[str, None] = {}
    while found := _first_pass(text):
        kinds.update((secret.kind, None) for secret in found)
        text = _replace(text, found)
    if any(_phones(_digit_view(text))):
        kinds["phone"] = None
    return Masked(text, tuple(kinds))


def mask_personal(text: str) -> str:
    """The text without secrets and without phone numbers: for eyes other than those of the customer's own rep."""
    masked = mask_secrets(text).text
    found: list[_Found] = []
    for start, end in _phones(_digit_view(masked)):
        if not found or start >= found[-1].end:
            found.append(_Found("phone", start, end))
    return _replace(masked, found)


def _first_pass(text: str) -> list[_Found]:
    """Secrets that do not overlap, in order. A mark can bring a keyword nearer to the next number: hence the loop."""
    view, spoken = _digit_view(text), _spoken_view(text)
    taken, phones = bytearray(len(text)), bytearray(len(text))
    for start, end in _phones(view):
        phones[start:end] = b"\1" * (end - start)
    kept: list[_Found] = []
    for secret in (*_numbers(view), *_codes(view, phones), *_codes(spoken, phones)):
        if not any(taken[secret.start : secret.end]):
            taken[secret.start : secret.end] = b"\1" * (secret.end - secret.start)
            kept.append(secret)
    return sorted(kept, key=lambda secret: secret.start)


def _replace(text: str, found: list[_Found]) -> str:
    """Blanks before a secret go with it, so that the mark closes up to the word it belongs to."""
    parts, done = [], 0
    for secret in found:
        parts += [text[done : secret.start].rstrip(" \t\u3000"), MARK]
        done = secret.end
    return "".join(parts) + text[done:]


def _digit_view(text: str) -> str:
    return "".join(_plain(char) for char in text)


def _spoken_view(text: str) -> str:
    return "".join(_CHINESE_DIGITS.get(char) or _plain(char) for char in text)


def _plain(char: str) -> str:
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    folded = unicodedata.normalize("NFKC", char).casefold()
    return folded if len(folded) == 1 else char


def _numbers(view: str) -> Iterator[_Found]:
    """Cards and ID numbers: whole runs of digit groups, so that no longer number is cut to make one."""
    for start, end, digits in _windows(view, 13, 19):
        if _is_id_number(digits):
            yield _Found("id_number", start, end)
        elif digits.isdigit() and _passes_luhn(digits):
            yield _Found("card", start, end)


def _phones(view: str) -> Iterator[tuple[int, int]]:
    for start, end, digits in _windows(view, 11, 13):
        if _MOBILE.fullmatch(digits):
            yield start, end


def _windows(view: str, shortest: int, longest: int) -> Iterator[tuple[int, int, str]]:
    """Start, end and digits of neighbouring groups that together have that many digits; longer ones first."""
    for number in _NUMBER.finditer(view):
        blocks = list(_BLOCK.finditer(view, number.start(), number.end()))
        for first in range(len(blocks)):
            joined = []
            digits = ""
            for block in blocks[first:]:
                digits += block.group()
                if len(digits) > longest:
                    break
                if len(digits) >= shortest:
                    joined.append((blocks[first].start(), block.end(), digits))
            yield from reversed(joined)


def _is_id_number(digits: str) -> bool:
    if len(digits) == 15 and digits.isdigit():
        return digits[0] in "12345678" and _is_birthday("19" + digits[6:12])
    if len(digits) != 18 or not digits[:17].isdigit():
        return False
    check = sum(int(digit) * weight for digit, weight in zip(digits, _ID_WEIGHTS, strict=False)) % 11
    return digits[17] == "10x98765432"[check] and _is_birthday(digits[6:14])


def _is_birthday(digits: str) -> bool:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return born.year >= 1900


def _passes_luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def _codes(view: str, phones: bytearray) -> Iterator[_Found]:
    """What only its neighbouring words make a secret."""
    for pattern in (_LETTERS_AFTER, _PASSWORD_AFTER, _PASSWORD_BEFORE):
        for match in pattern.finditer(view):
            span = _value_span(match)
            if _is_value(view, match, span, phones):
                yield _Found(_password_kind(view, match), *span)
    for kind, patterns in (("sms_code", (_CODE_AFTER, _CODE_BEFORE)), ("cvv", (_CVV_AFTER, _CVV_BEFORE))):
        for pattern in patterns:
            for match in pattern.finditer(view):
                span = _value_span(match)
                if _is_value(view, match, span, phones) and len(_digits_of(view, span)) <= 8:
                    yield _Found(kind, *span)


def _value_span(match: re.Match[str]) -> tuple[int, int]:
    groups = match.re.groupindex
    return match.span("token") if "token" in groups and match.group("token") else match.span("value")


def _password_kind(view: str, match: re.Match[str]) -> str:
    before = view[max(0, match.start("word") - 6) : match.start("word")]
    return "ukey_pin" if _TOKEN_WORD.search(before) else "password"


def _is_value(view: str, match: re.Match[str], span: tuple[int, int], phones: bytearray) -> bool:
    """False for what a keyword only happens to stand beside: a phone, a hotline, a day, a labelled number, an app."""
    digits = _digits_of(view, span)
    if view[slice(*span)].strip("!@#$%^&*_") in _NO_PASSWORDS:
        return False
    told = re.search(r"[是为:=]\s*$", view[match.start() : span[0]]) is not None
    if not told and (_HOTLINE.fullmatch(digits) or _DAY.fullmatch(digits) or any(phones[slice(*span)])):
        return False
    value_first = span[0] == match.start()
    return not (value_first and _LABEL_BEFORE.search(view[max(0, span[0] - 8) : span[0]]))


def _digits_of(view: str, span: tuple[int, int]) -> str:
    return re.sub(_GAP, "", view[slice(*span)])
