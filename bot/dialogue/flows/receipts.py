"""Electronic receipts (电子回单)."""

from bot.dialogue.flows.howto import HowTo

RECEIPTS = HowTo("receipts", "e_receipt")
