"""An answer the platform takes, whatever the words hold."""

from datetime import datetime
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.wechat_reply import MAX_BYTES, fits_passive, passive_text, passive_xml, split_reply
from bot.messages import Choice, InboundMessage, MessageKind, Reply
from tests.factories import MORNING

PUSH = InboundMessage(MessageKind.TEXT, "o-tao", "gh_1", MORNING, "k")


def content(reply: Reply, at: datetime = MORNING) -> str:
    return fromstring(passive_xml(PUSH, reply, at)).findtext("Content") or ""


def test_sender_and_receiver_are_swapped() -> None:
    root = fromstring(passive_xml(PUSH, Reply("您好"), MORNING))

    assert (root.findtext("ToUserName"), root.findtext("FromUserName")) == ("o-tao", "gh_1")
    assert root.findtext("CreateTime") == str(int(MORNING.timestamp()))


def test_the_end_of_cdata_in_the_words_does_not_end_the_answer() -> None:
    assert content(Reply("a]]>b")) == "a]]>b"


def test_words_never_become_links_and_lines_to_tap_do() -> None:
    shown = content(Reply('<a href="http://evil">x</a>', (Choice("human:start", "人工"),)))

    assert '<a href="http://evil"' not in shown
    assert shown.endswith(
        '<a href="weixin://bizmsgmenu?msgmenucontent=%E4%BA%BA%E5%B7%A5&msgmenuid=human:start">人工</a>'
    )


@pytest.mark.parametrize(
    ("address", "href"),
    [
        ("https://bank.example/bind?from=wx&n=1#top", "https://bank.example/bind?from=wx&n=1#top"),
        ('https://bank.example/"><a', "https://bank.example/%22%3E%3Ca"),
    ],
)
def test_a_line_with_a_page_opens_it_and_nothing_else(address: str, href: str) -> None:
    shown = content(Reply("绑定", (Choice("identity:bind", "去绑定", address), Choice("human:start", "人工"))))

    assert f'<a href="{href}">去绑定</a>\n' in shown
    assert "identity:bind" not in shown
    assert "msgmenuid=human:start" in shown


@given(st.text(max_size=400))
def test_any_text_makes_well_formed_xml(words: str) -> None:
    fromstring(passive_xml(PUSH, Reply(words), MORNING))


@given(st.text(alphabet="您好，。\n👨‍👩‍👧a<&1", min_size=1, max_size=3000))
def test_parts_fit_lose_nothing_and_keep_the_lines_at_the_end(words: str) -> None:
    parts = split_reply(Reply(words, (Choice("human:start", "人工"),)))

    assert all(fits_passive(part) for part in parts)
    assert "".join("".join(part.text.split()) for part in parts) == "".join(words.split()).replace("<", "＜")
    assert parts[-1].choices
    assert not any(part.choices for part in parts[:-1])


def test_a_family_emoji_is_not_cut_in_two() -> None:
    parts = split_reply(Reply("👨‍👩‍👧" * 200))

    assert all(part.text.startswith("👨") and part.text.endswith("👧") for part in parts)


@pytest.mark.parametrize(("words", "fits"), [("好" * 682, True), ("好" * 683, False)])
def test_the_limit_is_2048_bytes(words: str, fits: bool) -> None:
    assert fits_passive(Reply(words)) is fits
    assert (len(passive_text(Reply(words)).encode()) <= MAX_BYTES) is fits


@pytest.mark.parametrize(
    "reply",
    [
        Reply("", tuple(Choice(f"a:{number}", "好" * 20) for number in range(10))),
        Reply("a" + "\u0301" * 1500),
        Reply("您好", tuple(Choice(f"a:{number}", "好" * 12) for number in range(14))),
    ],
)
def test_what_cannot_be_made_to_fit_still_comes_to_an_end(reply: Reply) -> None:
    assert len(split_reply(reply)) < 60
