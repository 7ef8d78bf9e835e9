"""Wraps a push for the wire: the query with its signatures, and the body of the mode in force."""

import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

from simulator import crypto
from simulator.push.xml import Field, build_shuffled_xml, build_xml
from simulator.world import World

STALE_S = 24 * 3600
WRONG_APP_ID = "wxffffffffffffffff"
HEADERS = {
    "User-Agent": "Mozilla/4.0",
    "Accept": "*/*",
    "Pragma": "no-cache",
    "Connection": "close",
    "Content-Type": "text/xml",
}


@dataclass(frozen=True)
class Push:
    """One push, the same for all its deliveries."""

    openid: str
    kind: str
    body: str
    encrypted: str | None
    mode: str


def seal(world: World, openid: str, fields: list[Field]) -> Push:
    """Write and, by mode, encrypt the body. The caller holds the world's lock."""
    settings, faults = world.settings, world.faults.push
    write = (lambda these: build_shuffled_xml(these, world.rng)) if faults.shuffle else build_xml
    clear = write(fields)
    kind = str(dict(fields).get("Event") or dict(fields)["MsgType"])
    if world.mode == "plain":
        return Push(openid, kind, clear, None, world.mode)
    key = settings.aes_key_previous if faults.previous_aes_key else settings.aes_key
    encrypted = crypto.encrypt(clear, key, WRONG_APP_ID if faults.wrong_appid else settings.app_id)
    # A tampered text differs from the one that was signed, as it would after a change on the way.
    sent = _tampered(encrypted) if faults.tamper else encrypted
    around: list[Field] = fields if world.mode == "compat" else [("ToUserName", settings.account_id)]
    return Push(openid, kind, write([*around, ("Encrypt", sent)]), encrypted, world.mode)


def query(world: World, push: Push) -> str:
    """A freshly signed query string; every delivery gets its own."""
    faults, token = world.faults.push, world.settings.token
    timestamp = str(int(world.clock.now_s()) - (STALE_S if faults.stale_timestamp else 0))
    nonce = str(secrets.randbelow(9 * 10**8) + 10**8)
    token = f"not-{token}" if faults.bad_signature else token
    parts = {"signature": crypto.sign(token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}
    if not faults.no_openid:
        parts["openid"] = push.openid
    if push.encrypted is not None:
        parts["encrypt_type"] = "aes"
        parts["msg_signature"] = crypto.sign(token, timestamp, nonce, push.encrypted)
    return urlencode(parts)


def _tampered(encrypted: str) -> str:
    return encrypted[:40] + ("A" if encrypted[40] != "A" else "B") + encrypted[41:]
