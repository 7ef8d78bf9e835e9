"""A Reply → the text answer the platform takes: XML that cannot be broken out of, lines to tap as links, within 2,048
bytes.

developers.weixin.qq.com, 被动回复用户消息 (text, at most 2,048 bytes in UTF-8); weixin://bizmsgmenu links are what the
platform itself makes of a msgmenu: a tap comes back as a text with bizmsgmenuid.
"""

import re
from datetime import datetime
from urllib.parse import quote

from bot.messages import Choice, InboundMessage, Reply

MAX_BYTES = 2048
SPARE = 64
# Nobody writes a longer one on purpose; without a bound, one such monster would not fit into any message.
LONGEST_CLUSTER = 64
# A cut falls on a line or sentence end wherever there is one in the second half.
_CUTS = ("\n\n", "\n", "。", "；", "，", " ")
# What an address may hold as it is; a quotation mark or a bracket would end the link early.
_IN_ADDRESS = ":/?#[]@!$&()*+,;=%-._~"
# What XML 1.0 cannot carry at all.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A cluster that must not be cut: a character with its variation selectors, joiners, modifiers and combining marks.
_CLUSTER = re.compile(r".(?:[\ufe00-\ufe0f\u0300-\u036f\u20e3\U0001f3fb-\U0001f3ff]|\u200d.)*", re.DOTALL)


def passive_xml(message: InboundMessage, reply: Reply, at: datetime) -> str:
    """The answer to a push, sender and receiver swapped."""
    return (
        f"<xml><ToUserName>{_cdata(message.follower)}</ToUserName><FromUserName>{_cdata(message.account)}</FromUserName>"
        f"<CreateTime>{int(at.timestamp())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content>{_cdata(passive_text(reply))}</Content></xml>"
    )


def passive_text(reply: Reply) -> str:
    """The text with its lines to tap. No word of it can become a link: the client reads tags, not XML entities."""
    words = _harmless(reply.text)
    return "\n".join(part for part in (words, *(_link(choice) for choice in reply.choices)) if part)


def fits_passive(reply: Reply) -> bool:
    """True when the platform takes this as one answer."""
    return len(passive_text(reply).encode()) <= MAX_BYTES


def split_reply(reply: Reply) -> list[Reply]:
    """The reply in parts that fit, cut at line or sentence ends; the lines to tap stay with the last part."""
    parts: list[Reply] = []
    rest = _harmless(reply.text)
    while True:
        last = Reply(rest, reply.choices, is_ai=reply.is_ai, source=reply.source)
        # A last part of lines alone is as short as it gets; config/content.py keeps those within the limit.
        if fits_passive(last) or not rest:
            return [*parts, last]
        size = len(rest.encode())
        head, rest = _cut(rest, MAX_BYTES - SPARE if size > MAX_BYTES else size // 2)
        parts.append(Reply(head, is_ai=reply.is_ai, source=reply.source))


def _cut(text: str, limit: int) -> tuple[str, str]:
    """A first piece of at most `limit` bytes and the rest; never empty, so that every cut gets further."""
    size = end = 0
    for cluster in _CLUSTER.finditer(text):
        size += len(cluster[0].encode())
        if size > limit and end:
            break
        end = min(cluster.end(), LONGEST_CLUSTER) if not end else cluster.end()
    head = text[:end]
    for mark in _CUTS:
        at = head.rfind(mark)
        if at > len(head) // 2:
            end = at + len(mark)
            break
    return text[:end].rstrip(), text[end:].lstrip()


def _harmless(text: str) -> str:
    return _ILLEGAL.sub("", text).replace("<", "＜")


def _link(choice: Choice) -> str:
    if choice.url is not None:
        return f'<a href="{quote(choice.url, safe=_IN_ADDRESS)}">{_harmless(choice.text)}</a>'
    content, choice_id = quote(choice.text, safe=""), quote(choice.id, safe=":_-.")
    return f'<a href="weixin://bizmsgmenu?msgmenucontent={content}&msgmenuid={choice_id}">{_harmless(choice.text)}</a>'


def _cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"
