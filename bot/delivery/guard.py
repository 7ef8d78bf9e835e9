"""The last look at a text of the bot, before it is written down and sent. Approved words pass it; what a flow fills
into them (what was heard, what the bank calls things) is seen here for the first time.

Called once per answer by bot/inbound.py and once per notice by bot/dialogue/notices.py. A rep's words are checked where
he sends them (bot/handoff/replies.py, bot/complaints/service.py), and he is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from bot.compliance.rules import CheckWording, Grade
from bot.compliance.secrets import mask_secrets
from bot.knowledge.content import Content
from bot.messages import Reply
from bot.metrics import WITHHELD

log = structlog.get_logger()

INSTEAD = "answer_withheld"


@dataclass(frozen=True)
class OutboundGuard:
    """Holds back what the bot must never say."""

    check_wording: CheckWording

    def cleared(
        self,
        reply: Reply,
        content: Content,
        conversation_id: int,
        names: Sequence[str | None] = (),
        instead: str = INSTEAD,
    ) -> Reply:
        """The reply; or, when it holds a secret or words that may not be said, `instead`: a way to a person. `names`
        are the customer's own words and names, which promise nothing (第一塑料厂): secrets are looked for in them too.
        The log says what happened, without a word of the text.
        """
        pieces = [reply.text, *(choice.text for choice in reply.choices)]
        if reply.picture is not None:
            pieces.append(reply.picture.instead)
        secrets = sorted({kind for piece in pieces for kind in mask_secrets(piece).kinds} - {"phone"})
        rules = sorted({rule for piece in pieces for rule in self._blocking(_without(piece, names))})
        if not secrets and not rules:
            return reply
        for cause, found in (("secret", secrets), ("wording", rules)):
            if found:
                WITHHELD.labels(cause).inc()
        log.error("answer_withheld", conversation_id=conversation_id, source=reply.source, secrets=secrets, rules=rules)
        return content.say(instead)

    def _blocking(self, text: str) -> list[str]:
        return [finding.rule for finding in self.check_wording(text) if finding.grade is Grade.BLOCK]


def _without(text: str, names: Sequence[str | None]) -> str:
    for name in names:
        if name:
            text = text.replace(name, "某某")
    return text
