"""Paying wages (代发工资). A list of staff is personal data: it is never accepted in the chat."""

import re

from bot.dialogue.flow import Turn
from bot.dialogue.flows.howto import HowTo

_FAILED = re.compile(r"失败|没收到|没到账|不成功|没发成功|没成功|退回|报错|格式|没发出去|错误")
_SENDS_FILE = re.compile(
    r"(表|名单|文件|excel|Excel|工资单|模板).{0,6}(发|传|给)(你|您|过来|过去|到这|给你)|(发|传)(你|给你|这里|到这)"
)


class Payroll(HowTo):
    """Steps, the usual faults of a batch, and no files."""

    def first_reply(self, turn: Turn) -> str:
        """Faults first; a file offered is declined."""
        if _FAILED.search(turn.text):
            return "payroll_failed"
        return "payroll_no_file" if _SENDS_FILE.search(turn.text) else "payroll"


PAYROLL = Payroll("payroll", "payroll")
