"""How a customer is found by what is sealed in the database: firm name, phone, the phone's last four digits.

Beside the sealed value stand keyed hashes: one for the phone, one for its tail, one for each pair of neighbouring
characters of the firm's name. Who holds the table without the key learns that two customers share a pair, and nothing
about which; who holds the key could have opened the value itself. The first word tells the version and the key they
were made with, so that what is of another key is made anew (bot/upkeep.py).
"""

import unicodedata
from collections.abc import Iterator

from bot.fields import fingerprint

# 2: phone and whole name got columns of their own.
VERSION = "2"
TAIL = 4
PHONE_LENGTH = 11
# 48 bits: among millions of keys hardly two are alike by chance.
KEY_LENGTH = 12
_NAME, _PHONE, _TAIL = "followers.firm_name", "followers.phone", "followers.phone_tail"
_WHOLE_NAME = "followers.firm_key"


def search_keys(firm_name: str | None, phone: str | None) -> str | None:
    """All keys of one customer, ready to be kept; None when there is nothing to find him by."""
    if not firm_name and not phone:
        return None
    return " ".join(("", version_mark(), *sorted({*_of_name(firm_name or ""), *_of_phone(phone or "")}), ""))


def version_mark() -> str:
    """The first word of keys that are of today's making and key."""
    return _key(VERSION, "followers.search_keys")


def keys_of_text(text: str) -> list[str]:
    """The keys that a customer looked for with this text has, all of them; none when the text is too short to tell."""
    said = normal(text)
    if said.isdigit():
        return [_key(said, _TAIL)] if len(said) == TAIL else [_key(said, _PHONE)] if len(said) == PHONE_LENGTH else []
    return sorted(set(_of_name(said)))


def phone_key(phone: str | None) -> str | None:
    """The key of a whole phone, by which rows of a list find their customers; None without one."""
    said = normal(phone or "")
    return _key(said, _PHONE) if said else None


def firm_key(name: str | None) -> str | None:
    """The key of a whole firm name, however its brackets and blanks are written; None without one."""
    said = normal(name or "")
    return _key(said, _WHOLE_NAME) if said else None


def normal(text: str) -> str:
    """As names are compared: full-width as half-width, no case, no blanks, no brackets (合肥（政务） is 合肥政务)."""
    said = unicodedata.normalize("NFKC", text).casefold()
    return said if said.isalnum() else "".join(one for one in said if one.isalnum())


def _of_name(name: str) -> Iterator[str]:
    said = normal(name)
    for start in range(len(said) - 1):
        yield _key(said[start : start + 2], _NAME)


def _of_phone(phone: str) -> Iterator[str]:
    said = normal(phone)
    if len(said) >= TAIL:
        yield _key(said, _PHONE)
        yield _key(said[-TAIL:], _TAIL)


def _key(value: str, context: str) -> str:
    return fingerprint(value, context)[:KEY_LENGTH]
