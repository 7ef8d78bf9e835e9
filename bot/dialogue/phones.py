"""Whose a phone number in a text is: the follower's own, which may be called, or one he only tells of, a swindler's or
a manager's, which must never be.
"""

import re

_NUMBER = r"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"
MOBILE = re.compile(_NUMBER)
# What somebody does who is told of: 13812345678打电话说我涉嫌洗钱.
_DOES = (
    r"[\s，,]*(?:的(?:那?个?人|是?骗子)|这个(?:人|骗子)|打来(?!前)|打了|打过来(?!前)|打电话(?:来|过来|说|让|叫|骗|告诉)|一直|老是|天天"
    r"|说(?:我|你|是|要|可以|能)|骗|(?:让|叫)我(?=转|汇|打|去|加|点|下|把|先|交|付|登|填|发|提供|扫|寄)|自称|冒充|加我"
    r"|是(?:骗子|对方|他|她|你们|谁))"
)
_OWN = re.compile(
    r"(?:(?<![给打发加用])(?<!不是)我(?:本人)?(?:的)?(?:手机|电话|联系电话|联系方式|号码)(?:号码?)?(?:就?是|为)?"
    r"|(?:^|[\s，,。.;；!！])(?:那|就|请|麻烦|可以|尽快|赶紧|快|你们|回头|明天|上班后?)*"
    r"(?:给我(?:回个?电话?|打个?电话|打)|(?:回个?电话?|打|拨|联系)(?:给)?我)(?:的)?(?:手机|电话|号码?)?(?:吧|就行)?)"
    rf"[\s，,:：]*(?P<named>{_NUMBER})(?!{_DOES})"
    rf"|(?P<told>{_NUMBER})[\s，,]*(?:这个?)?(?:是我(?:的|本人的?)(?:手机|电话|号码|号)?|(?:请|麻烦)(?:打|联系|回))"
)
# 我要投诉，联系电话…: nobody else is spoken of, so it is his.
_CONTACT = re.compile(
    rf"(?:^|[\s，,。.;；!！])(?:联系)?(?:电话|手机|号码)(?:号码?)?(?:就?是|为)?[\s，,:：]*(?P<number>{_NUMBER})(?!{_DOES})"
)
_SOMEBODY = re.compile(r"骗|对方|他|她|有人|那人|冒充|自称|来电|经理|业务员|这个人|陌生")
_OTHERS = re.compile(
    r"(?:骗子|对方|他们?|她|那个?人|人家|经理|业务员|客服|来电|显示)(?:的)?(?:手机|电话|号码?|号)*(?:就?是|为)?"
    rf"[\s，,:：]*{_NUMBER}|{_NUMBER}{_DOES}"
)


def find_own(text: str) -> str | None:
    """The number he plainly offers as his own (我的手机是…, 打我…), digits only; None for one he only tells of."""
    found = _OWN.search(text)
    if found is not None:
        return _digits(found["named"] or found["told"])
    contact = None if _SOMEBODY.search(text) else _CONTACT.search(text)
    return _digits(contact["number"]) if contact is not None else None


def find_given(text: str) -> str | None:
    """The number in an answer to "which number?", unless the words say that it is somebody else's."""
    own, any_number = find_own(text), MOBILE.search(text)
    if own is not None or any_number is None or _OTHERS.search(text):
        return own
    return _digits(any_number[0])


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)
