"""Find what a bank must never hold in a chat and put a mark in its place: cards, ID numbers, codes, passwords, CVV.

How numbers and words are recognised: numbers.py and codes.py, on views.py. Called before anything stores, logs,
classifies or shows a text.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.compliance.codes import find_codes, names_secret
from bot.compliance.numbers import Found, find_numbers, find_phones, find_spoken_numbers
from bot.compliance.views import is_spoken, plain, spoken

MARK = "[已屏蔽]"


@dataclass(frozen=True)
class Masked:
    """A text without its secrets, and the kinds found: card, id_number, sms_code, password, ukey_pin, cvv; a phone is
    only told.
    """

    text: str
    kinds: tuple[str, ...]


def mask_secrets(text: str) -> Masked:
    """The text with every secret replaced by a mark; masking the result again changes nothing."""
    kinds: dict[str, None] = {}
    while True:
        view = plain(text)
        phones = find_phones(view)
        found = _secrets(text, view, phones)
        if not found:
            break
        # A mark can bring a word nearer to the next number: hence the loop.
        kinds.update((secret.kind, None) for secret in found)
        text = _replace(text, found)
    if phones:
        kinds["phone"] = None
    return Masked(text, tuple(kinds))


def mask_personal(text: str) -> str:
    """The text without secrets and without phone numbers: for eyes other than those of the customer's own rep."""
    masked = mask_secrets(text).text
    return _replace(masked, find_phones(plain(masked)))


def _secrets(text: str, view: str, phones: list[Found]) -> list[Found]:
    """Secrets that do not overlap, in order."""
    found = find_numbers(view, phones)
    aloud = spoken(text) if is_spoken(view) else None
    if aloud is not None:
        found += find_spoken_numbers(aloud, phones)
    if names_secret(view):
        if aloud is not None:
            found += find_codes(aloud, view, phones)
        found += find_codes(view, view, phones)
    return _apart(found, len(text))


def _apart(found: Iterable[Found], length: int) -> list[Found]:
    """Of those that overlap the first, in the order of their places."""
    taken = bytearray(length)
    kept: list[Found] = []
    for secret in found:
        if not any(taken[secret.start : secret.end]):
            taken[secret.start : secret.end] = b"\1" * (secret.end - secret.start)
            kept.append(secret)
    return sorted(kept, key=lambda secret: secret.start)


def _replace(text: str, found: Iterable[Found]) -> str:
    """Blanks before a secret go with it, so that the mark closes up to the word it belongs to."""
    parts, done = [], 0
    for secret in found:
        parts += [text[done : secret.start].rstrip(" \t\u3000"), MARK]
        done = secret.end
    return "".join(parts) + text[done:]
