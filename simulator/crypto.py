"""The platform's side of message encryption, from its description: AES-256-CBC, padding to 32, appid last.

The product uses a library for the same thing; this file shares no code with it, so that both cannot share a mistake.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

BLOCK = 32


class BadCiphertext(Exception):
    """The text does not decrypt to a message of this account."""


def sign(*parts: str) -> str:
    """The platform's signature: SHA-1 over the sorted parts, in lower-case hex."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def same(left: str, right: str) -> bool:
    """True when both signatures are equal; takes the same time either way."""
    return hmac.compare_digest(left.encode(), right.encode())


def encrypt(text: str, aes_key: str, app_id: str) -> str:
    """The message as the platform puts it into <Encrypt>."""
    message = text.encode()
    plain = secrets.token_bytes(16) + struct.pack(">I", len(message)) + message + app_id.encode()
    pad = BLOCK - len(plain) % BLOCK
    key = _key(aes_key)
    encryptor = Cipher(AES256(key), CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()


def decrypt(encrypted: str, aes_key: str, app_id: str) -> str:
    """The message inside <Encrypt>. Raises BadCiphertext, also when it belongs to another app id."""
    try:
        data = base64.b64decode(encrypted, validate=True)
        key = _key(aes_key)
        decryptor = Cipher(AES256(key), CBC(key[:16])).decryptor()
        plain = decryptor.update(data) + decryptor.finalize()
        body = _unpad(plain)
        (length,) = struct.unpack(">I", body[16:20])
        message, owner = body[20 : 20 + length], body[20 + length :]
        text = message.decode()
    except (binascii.Error, ValueError, struct.error) as error:
        raise BadCiphertext("not decryptable") from error
    if len(message) != length or owner != app_id.encode():
        raise BadCiphertext("belongs to another app id")
    return text


def _key(aes_key: str) -> bytes:
    return base64.b64decode(aes_key + "=")


def _unpad(plain: bytes) -> bytes:
    pad = plain[-1] if plain else 0
    if not 1 <= pad <= BLOCK or plain[-pad:] != bytes([pad]) * pad:
        raise BadCiphertext("bad padding")
    return plain[:-pad]
