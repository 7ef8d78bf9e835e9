"""ports.PassiveAnswers over the platform's XML and encryption."""

from collections.abc import Sequence
from datetime import datetime

from bot.adapters.wechat_crypto import CallbackGuard, Mode
from bot.adapters.wechat_reply import fits_passive, passive_xml, split_reply
from bot.messages import InboundMessage, Reply


class WechatAnswers:
    """Makes the body that goes back to the platform."""

    def __init__(self, guard: CallbackGuard) -> None:
        self._guard = guard

    def split(self, reply: Reply) -> Sequence[Reply]:
        """The reply in parts that each fit one passive answer."""
        return [reply] if fits_passive(reply) else split_reply(reply)

    def body(self, message: InboundMessage, reply: Reply, push_mode: str, at: datetime) -> str:
        """The answer's XML, encrypted when the push was."""
        return self._guard.seal(Mode(push_mode), passive_xml(message, reply, at)).decode()
