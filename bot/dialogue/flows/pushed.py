"""What he says about the article we sent him: 你们推的那个活动. Which one it was, the session knows."""

import re

from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.saying import answer
from bot.dialogue.session import ARTICLE

LONGEST = 24
_SENDS = r"(?:推|发|推送|群发)"
_THING = r"(?:推文|文章|活动|消息|图文|那篇|那个|优惠)"
_SPEAKS_OF_IT = re.compile(
    rf"(?:你们|您们|刚才|刚刚|今天|昨天|公众号)[^，。！？]{{0,6}}{_SENDS}[^，。！？]{{0,6}}{_THING}"
    rf"|(?:看了|看到|读了|点了)[^，。！？]{{0,6}}(?:推文|文章|推送|图文|那篇)"
    rf"|(?:推文|文章|推送|图文)(?:里|上|说)"
)


def speaks_of_article(turn: Turn) -> Step | None:
    """Which article he means, told back to him; None when he names a matter besides, or we know of none."""
    title, text = turn.session.slots.get(ARTICLE), turn.text.strip()
    if title is None or len(text) > LONGEST or _SPEAKS_OF_IT.search(text) is None:
        return None
    return Step(turn.session, (answer(turn, "about_article", article=title),))


def scanned(turn: Turn) -> Step | None:
    """A word to who scanned the code in an article; None where it would interrupt what he is asked."""
    title = turn.session.slots.get(ARTICLE)
    if title is None or turn.session.flow is not None:
        return None
    return Step(turn.session, (answer(turn, "scanned_article", article=title),))
