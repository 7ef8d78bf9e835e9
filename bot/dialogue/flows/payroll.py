"""Paying wages (代发工资). A list of staff is personal data: it is never accepted in the chat."""

import re

from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.diagnosing import AFTER, Tree
from bot.dialogue.flows.howto import HowTo

FLOW = "payroll"
TREE = Tree(FLOW, "payroll", "代发失败没解决")
_FAILED = re.compile(r"失败|没收到|没到账|不成功|没发成功|没成功|退回|报错|格式|没发出去|错误")
_SENDS_FILE = re.compile(
    r"(表|名单|文件|excel|Excel|工资单|模板).{0,6}(发|传|给)(你|您|过来|过去|到这|给你)|(发|传)(你|给你|这里|到这)"
)


class Payroll(HowTo):
    """Steps, the cause of what failed, and no files."""

    def start(self, turn: Turn) -> Step:
        """What failed is diagnosed; everything else is explained."""
        if _FAILED.search(turn.text):
            return TREE.begin(turn, turn.text, lead=turn.content.say("payroll_failed"))
        return super().start(turn)

    def resume(self, turn: Turn) -> Step | None:
        """An answer of the tree while it is walked, else of the how-to."""
        questions = TREE.of(turn).questions
        asked = (turn.choice or turn.session.step or "").partition(":")[0]
        if asked in questions or (turn.session.step in (*questions, AFTER) and turn.choice != "start"):
            return TREE.resume(turn, turn.text)
        return super().resume(turn)

    def first_reply(self, turn: Turn) -> str:
        """A file that is offered is declined."""
        return "payroll_no_file" if _SENDS_FILE.search(turn.text) else FLOW


PAYROLL = Payroll(FLOW, FLOW)
