"""The how-tos of the corporate bank: steps, 解决了吗, one look at channel and rights, then a person (or a
promised call).
"""

import re
from datetime import date

from bot.dialogue import choices
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.human import hand_over
from bot.dialogue.flows.saying import answer, solved, solved_lines, verdict
from bot.messages import Choice

FIRST = "solved"
CHANNEL = "channel"
SECOND = "solved_again"
# 上个月的, 要去年的回单; more words than that are another question.
LONGEST_AROUND = 6
_PERIOD = re.compile(
    r"(上上?个?|这个?|本|前)(月|周|星期|季度|季)(份|度)?的?|(今|去|前)年(全年|上半年|下半年)?的?|(昨|前|今)天的?|(\d{1,2}|[一二三四五六七八九十]{1,2})月份?的?"
    r"|第?[一二三四1-4]季度的?|(最近|近)[一两三半\d]{1,2}个?(天|周|月|年)的?|上半年的?|下半年的?"
)
_UNSOLVED_PERIOD = re.compile(r"没|不|找|吗|怎么|什么")
_NAMES_CHANNEL = re.compile(r"手机|网银|电脑|App|APP|app")


def find_period(turn: Turn) -> str | None:
    """The span of time a short message names (上个月的, 去年的回单), with its days when they are known; None when it
    names none, or says more than that.
    """
    text = turn.text.strip().strip("。.!！~～ ")
    named = _PERIOD.search(text)
    if named is None or _UNSOLVED_PERIOD.search(text) or len(text) - len(named[0]) > LONGEST_AROUND:
        return None
    span = turn.understanding.entity("date")
    days = f"（{_day(span.value['from'])}到{_day(span.value['to'])}）" if span is not None else ""
    return named[0].removesuffix("的") + days


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.year}年{day.month}月{day.day}日"


class HowTo:
    """One how-to: `intent` is also the id of its answer, `{intent}_menu` the id of the answer about rights and
    menus.
    """

    def __init__(self, name: str, intent: str) -> None:
        self.name = name
        self.intents: tuple[str, ...] = (intent,)
        self._intent = intent

    def start(self, turn: Turn) -> Step:
        """The steps."""
        return self._say(turn, self.first_reply(turn), FIRST)

    def first_reply(self, turn: Turn) -> str:
        """The id of the first answer; a how-to with variants overrides it."""
        return self._intent

    def resume(self, turn: Turn) -> Step | None:
        """Solved; or which channel; or the rights; or a person."""
        if turn.choice in ("start", "continue"):
            return self.start(turn)
        if turn.choice in ("web", "app"):
            return self._rights(turn)
        if turn.session.step == CHANNEL and turn.choice is None:
            return None if self._is_elsewhere(turn) else self._rights(turn)
        period = find_period(turn)
        if period is not None and f"{self._intent}_period" in turn.content.replies:
            return self._say(turn, f"{self._intent}_period", turn.session.step or FIRST, period=period)
        said = verdict(turn)
        if said == "solved":
            return solved(turn)
        if said is None:
            return None
        if turn.session.step == SECOND:
            return hand_over(turn, reason=f"{turn.content.intent_labels[self._intent]}没解决", skill="ebank")
        return self._rights(turn) if _NAMES_CHANNEL.search(turn.text) else self._ask_channel(turn)

    def _ask_channel(self, turn: Turn) -> Step:
        lines = (Choice(f"{self.name}:web", "企业网银"), Choice(f"{self.name}:app", "企业手机银行"))
        reply = answer(turn, "howto_ask_channel", *lines)
        return Step(turn.session.waiting_in(self.name, CHANNEL), (reply,), outcome="unsolved")

    def _rights(self, turn: Turn) -> Step:
        return self._say(turn, f"{self._intent}_menu", SECOND)

    def _is_elsewhere(self, turn: Turn) -> bool:
        """While the channel is asked, anything counts as the answer but a clear question about another matter."""
        understood = turn.understanding
        is_other = understood.confidence >= turn.content.floor and understood.intent not in self.intents
        return is_other and choices.is_question(turn.text) and not _NAMES_CHANNEL.search(turn.text)

    def _say(self, turn: Turn, reply_id: str, step: str, **values: object) -> Step:
        reply = answer(turn, reply_id, *solved_lines(self.name), **values)
        return Step(turn.session.waiting_in(self.name, step), (reply,))
