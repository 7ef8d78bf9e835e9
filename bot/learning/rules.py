"""Pure decisions about parses and lessons: what equal texts are, which sign counts more, what may be learned."""

import re
import unicodedata
from datetime import datetime, timedelta

from bot.compliance.secrets import MARK, mask_personal
from bot.learning.model import Followed, Parse, Verdict

RE_ASKED_WITHIN = timedelta(minutes=5)
# A hand-off or a tap later than this is about something else; the dialogue's session is stale by then, too.
FOLLOWS_WITHIN = timedelta(minutes=30)
# As the training data's own check has it (nlu/lint_data.py).
MOST_CHARS = 120

_STRENGTH = {sign: strength for strength, sign in enumerate(Followed)}
_SIGNS = re.compile(r"[^\w]")
# WeChat's own emoji codes say next to nothing; the model's spelling drops them as well (nlu/components/normalise.py).
_EMOJI_CODE = re.compile(r"\[[A-Za-z\u4e00-\u9fff]{1,4}\]")
_SPELLINGS = str.maketrans("萬億兩貸麼嗎錢開戶賬帳單號轉", "万亿两贷么吗钱开户账账单号转")
# What Rasa's training format reads as a marked entity.
_ANNOTATION = re.compile(r"\]\s*[({]")
_CARD_LIKE = re.compile(r"\d(?:[ -]?\d){10,}")


def normal_form(raw: str) -> str:
    """The text without signs, spaces, emoji and differences of spelling: equal forms are one utterance."""
    text = unicodedata.normalize("NFKC", _EMOJI_CODE.sub("", raw)).lower().translate(_SPELLINGS)
    return _SIGNS.sub("", text) or raw.strip()


def outweighs(sign: Followed, known: Followed | None) -> bool:
    """True when this sign says more about the parse than the one known; a second correction replaces the first."""
    return known is None or _STRENGTH[sign] > _STRENGTH[known] or sign is known is Followed.CORRECTED


def is_re_asked(before: Parse, taken_as: str | None, now: datetime) -> bool:
    """True when the next words came soon and were taken for another thing, or for nothing."""
    is_other = taken_as is None or taken_as != before.taken_as
    return before.verdict is not Verdict.HUMAN and now - before.at <= RE_ASKED_WITHIN and is_other


def why_unfit(text: str) -> str | None:
    """Why a text may not become training data (a reason code), or None."""
    if not text.strip():
        return "empty"
    if len(text) > MOST_CHARS:
        return "too_long"
    if MARK in text:
        return "masked"
    if mask_personal(text) != text or _CARD_LIKE.search(unicodedata.normalize("NFKC", text)):
        return "personal_data"
    if "\n" in text or not all(char.isprintable() or char.isspace() or _is_joiner(char) for char in text):
        return "control_characters"
    return "annotation" if _ANNOTATION.search(text) else None


def _is_joiner(char: str) -> bool:
    """Holds the parts of one emoji together; harmless."""
    return char in "\u200d\ufe0f"
