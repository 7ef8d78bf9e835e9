"""Bank-firm reconciliation (银企对账)."""

from bot.dialogue.flows.howto import HowTo

RECONCILIATION = HowTo("reconciliation", "reconciliation")
