import base64

import pytest
import xmltodict  # type: ignore[import-untyped]
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException
from wechatpy.utils import check_signature

from simulator import crypto
from simulator.settings import SimSettings

S = SimSettings()
TEXTS = [
    "<xml></xml>",
    "<xml>转人工</xml>",
    "<xml>👍𠮷</xml>",
    *("<xml>" + "a" * n + "</xml>" for n in range(40)),
    "<xml>" + "长" * 3000 + "</xml>",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_second_implementation_reads_what_the_simulator_encrypts(text):
    encrypted = crypto.encrypt(text, S.aes_key, S.app_id)
    signature = crypto.sign(S.token, "1700000000", "77", encrypted)
    envelope = f"<xml><ToUserName>gh</ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"

    read = WeChatCrypto(S.token, S.aes_key, S.app_id).decrypt_message(envelope, signature, "1700000000", "77")

    assert read == text.encode() if isinstance(read, bytes) else read == text


@pytest.mark.parametrize("text", TEXTS)
def test_the_simulator_reads_what_a_second_implementation_encrypts(text):
    sealed = xmltodict.parse(WeChatCrypto(S.token, S.aes_key, S.app_id).encrypt_message(text, "77", "1700000000"))[
        "xml"
    ]

    assert crypto.decrypt(sealed["Encrypt"], S.aes_key, S.app_id) == text
    assert crypto.sign(S.token, "1700000000", "77", sealed["Encrypt"]) == sealed["MsgSignature"]


def test_plain_signatures_agree_with_a_second_implementation():
    check_signature(S.token, crypto.sign(S.token, "1700000000", "77"), "1700000000", "77")


def test_padding_is_to_32_bytes_and_never_empty():
    for length in range(64):
        raw = base64.b64decode(crypto.encrypt("a" * length, S.aes_key, S.app_id))

        assert len(raw) % 32 == 0


def test_a_message_of_another_app_id_is_refused_on_both_sides():
    foreign = crypto.encrypt("<xml/>", S.aes_key, "wxffffffffffffffff")
    envelope = f"<xml><ToUserName>gh</ToUserName><Encrypt><![CDATA[{foreign}]]></Encrypt></xml>"

    with pytest.raises(crypto.BadCiphertext):
        crypto.decrypt(foreign, S.aes_key, S.app_id)
    with pytest.raises(InvalidAppIdException):
        WeChatCrypto(S.token, S.aes_key, S.app_id).decrypt_message(
            envelope, crypto.sign(S.token, "1", "2", foreign), "1", "2"
        )


@pytest.mark.parametrize("broken", ["", "AAAA", "not base64!", base64.b64encode(bytes(64)).decode()])
def test_broken_ciphertext_is_refused(broken):
    with pytest.raises(crypto.BadCiphertext):
        crypto.decrypt(broken, S.aes_key, S.app_id)
