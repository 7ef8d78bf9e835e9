"""The guard in front of every push, and the way back: verify, decrypt, parse into an InboundMessage; render and seal
the answer.

wechatpy's own crypto does the AES; everything around it is ours, because wechatpy compares signatures in plain time,
takes any timestamp, and raises five kinds of errors on tampered text. Here there are two answers only: forged, or
broken. Rules: developers.weixin.qq.com, 消息加解密说明 and 接收消息; the XML itself is read by wechat_xml.py.
"""

import base64
import hashlib
import hmac
import secrets
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from wechatpy.crypto import PrpCrypto
from wechatpy.exceptions import InvalidAppIdException

from bot.adapters.wechat_fields import Fields, read_fields
from bot.adapters.wechat_xml import message_of
from bot.clock import Clock
from bot.errors import CallbackRejected
from bot.messages import InboundMessage

MAX_BODY = 64 * 1024
FRESH_S = 300


class Mode(StrEnum):
    """How the account's pushes are set up: clear, both, or encrypted only."""

    PLAIN = "plain"
    COMPAT = "compat"
    SAFE = "safe"


@dataclass(frozen=True)
class Push:
    """One genuine push."""

    message: InboundMessage
    mode: Mode


class _Aes(PrpCrypto):  # type: ignore[misc]
    """wechatpy's AES-256-CBC with PKCS#7 to 32 bytes, its random prefix drawn from the system's source."""

    def get_random_string(self) -> str:
        return secrets.token_hex(8)


# All that wechatpy lets escape on a wrong key, a tampered text or another account's appid; UnicodeError and
# binascii.Error are ValueErrors.
_UNDECRYPTABLE = (ValueError, IndexError, KeyError, struct.error, InvalidAppIdException)
_SEALED = (
    "<xml><Encrypt><![CDATA[{cipher}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
    "<TimeStamp>{stamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
)


class CallbackGuard:
    """Lets genuine pushes through and nothing else. Thread-safe."""

    def __init__(
        self,
        *,
        app_id: str,
        account_id: str,
        token: str,
        aes_key: str,
        previous_aes_key: str | None,
        clock: Clock,
        require_safe_mode: bool,
    ) -> None:
        self._app_id = app_id
        self._account_id = account_id
        self._token = token
        # After a key change the platform may use the former one for a while.
        keys = [aes_key, *([previous_aes_key] if previous_aes_key else [])]
        self._keys = [base64.b64decode(key + "=") for key in keys]
        self._clock = clock
        self._require_safe_mode = require_safe_mode

    def check_address(self, query: Mapping[str, str]) -> str:
        """The echostr to give back when the platform proves the address. Raises CallbackRejected."""
        self._check_signed(query)
        return _needed(query, "echostr")

    def open(self, query: Mapping[str, str], body: bytes) -> Push:
        """The message of one push. Raises CallbackRejected, forged or broken, and nothing else."""
        if len(body) > MAX_BODY:
            raise CallbackRejected(forged=False)
        self._check_signed(query)
        fields = read_fields(body)
        mode = self._mode_of(query, fields)
        if mode is not Mode.PLAIN:
            fields = read_fields(self._decrypt(query, fields))
        if fields.text("ToUserName") != self._account_id:
            raise CallbackRejected(forged=True)
        return Push(message_of(fields), mode)

    def seal(self, mode: Mode, xml: str) -> bytes:
        """The answer as the platform wants it in this mode."""
        if mode is Mode.PLAIN:
            return xml.encode()
        stamp, nonce = str(int(self._clock.now().timestamp())), secrets.token_hex(8)
        cipher = _Aes(self._keys[0]).encrypt(xml, self._app_id).decode()
        signature = _signature(self._token, stamp, nonce, cipher)
        return _SEALED.format(cipher=cipher, signature=signature, stamp=stamp, nonce=nonce).encode()

    def _check_signed(self, query: Mapping[str, str]) -> None:
        """Every push and check is signed over token, timestamp and nonce, and fresh: the platform has no replay
        guard.
        """
        stamp, nonce = _needed(query, "timestamp"), _needed(query, "nonce")
        _check_equal(_signature(self._token, stamp, nonce), _needed(query, "signature"))
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
            raise CallbackRejected(forged=True)
        if abs(self._clock.now().timestamp() - int(stamp)) > FRESH_S:
            raise CallbackRejected(forged=True)

    def _mode_of(self, query: Mapping[str, str], fields: Fields) -> Mode:
        if query.get("encrypt_type", "raw") != "aes":
            if self._require_safe_mode or "Encrypt" in fields.names:
                raise CallbackRejected(forged=True)
            return Mode.PLAIN
        mode = Mode.COMPAT if "FromUserName" in fields.names else Mode.SAFE
        if self._require_safe_mode and mode is not Mode.SAFE:
            raise CallbackRejected(forged=True)
        return mode

    def _decrypt(self, query: Mapping[str, str], fields: Fields) -> bytes:
        """The clear XML. The signature over the cipher text is checked first: CBC without a MAC would be an oracle."""
        cipher = fields.text("Encrypt")
        expected = _signature(self._token, query["timestamp"], query["nonce"], cipher)
        _check_equal(expected, _needed(query, "msg_signature"))
        for key in self._keys:
            try:
                clear: str = _Aes(key).decrypt(cipher, self._app_id)
            except _UNDECRYPTABLE:
                continue
            return clear.encode()
        raise CallbackRejected(forged=True)


def _signature(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def _check_equal(expected: str, given: str) -> None:
    if not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
        raise CallbackRejected(forged=True)


def _needed(query: Mapping[str, str], name: str) -> str:
    value = query.get(name, "")
    if not value:
        raise CallbackRejected(forged=True)
    return value
