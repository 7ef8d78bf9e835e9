"""Genuine pushes pass in all three modes; everything else is forged or broken and nothing else."""

import hashlib
import random

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto

from bot.adapters.wechat_crypto import MAX_BODY, CallbackGuard, Mode
from bot.clock import FixedClock
from bot.errors import CallbackRejected
from bot.messages import EventName, MessageKind
from config.settings import DEMO
from tests.factories import MORNING

APP_ID, TOKEN, KEY, ACCOUNT = (
    DEMO[name] for name in ("WECHAT_APP_ID", "WECHAT_TOKEN", "WECHAT_AES_KEY", "WECHAT_ACCOUNT_ID")
)
OTHER_KEY = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg"
NOW = str(int(MORNING.timestamp()))
OPENID = "oJqxSample_openid-0123456789"


def guard(*, previous: str | None = None, safe_only: bool = False, key: str = KEY) -> CallbackGuard:
    return CallbackGuard(
        app_id=APP_ID, account_id=ACCOUNT, token=TOKEN, aes_key=key, previous_aes_key=previous,
        clock=FixedClock(MORNING), require_safe_mode=safe_only,
    )  # fmt: skip


def sign(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def signed(stamp: str = NOW, nonce: str = "1487905294", **more: str) -> dict[str, str]:
    return {"signature": sign(TOKEN, stamp, nonce), "timestamp": stamp, "nonce": nonce, **more}


def xml(shuffle: int | None = None, /, **fields: str) -> str:
    parts = {"ToUserName": ACCOUNT, "FromUserName": OPENID, "CreateTime": NOW, **fields}
    names = list(parts)
    if shuffle is not None:
        random.Random(shuffle).shuffle(names)
    body = "".join(
        parts[name] if parts[name].startswith("<") else f"<{name}><![CDATA[{parts[name]}]]></{name}>" for name in names
    )
    return f"<xml>{body}</xml>"


def text_xml(content: str = "你好", **fields: str) -> str:
    return xml(MsgType="text", Content=content, MsgId="23920519216174911", **fields)


def encrypted(
    clear: str, *, key: str = KEY, app_id: str = APP_ID, with_clear: bool = False
) -> tuple[dict[str, str], bytes]:
    sealed = WeChatCrypto(TOKEN, key, app_id).encrypt_message(clear, "1487905294", NOW)
    cipher = sealed.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    query = signed(encrypt_type="aes", msg_signature=sign(TOKEN, NOW, "1487905294", cipher), openid=OPENID)
    outer = clear[5:-6] if with_clear else f"<ToUserName><![CDATA[{ACCOUNT}]]></ToUserName>"
    return query, f"<xml>{outer}<Encrypt><![CDATA[{cipher}]]></Encrypt></xml>".encode()


def refused(found: CallbackGuard, query: dict[str, str], body: bytes | str) -> bool:
    with pytest.raises(CallbackRejected) as error:
        found.open(query, body.encode() if isinstance(body, str) else body)
    return error.value.forged


def test_the_address_check_gives_the_bare_echo_back() -> None:
    assert guard().check_address(signed(echostr="6375429301857306541")) == "6375429301857306541"


@pytest.mark.parametrize("spoilt", ["signature", "timestamp", "nonce", "echostr"])
def test_an_address_check_without_a_parameter_is_forged(spoilt: str) -> None:
    query = signed(echostr="1") | {spoilt: ""}

    with pytest.raises(CallbackRejected) as error:
        guard().check_address(query)

    assert error.value.forged


def test_a_plain_push_passes() -> None:
    push = guard().open(
        signed(),
        text_xml("我想贷款<20万>&周转")
        .replace("<![CDATA[我想贷款<20万>&周转]]>", "我想贷款&lt;20万&gt;&amp;周转")
        .encode(),
    )

    assert push.mode is Mode.PLAIN
    assert push.message.text == "我想贷款<20万>&周转"
    assert push.message.follower == OPENID
    assert push.message.message_id == "23920519216174911"


@pytest.mark.parametrize(("with_clear", "mode"), [(True, Mode.COMPAT), (False, Mode.SAFE)])
def test_pushes_sealed_by_wechatpy_pass(with_clear: bool, mode: Mode) -> None:
    push = guard().open(*encrypted(text_xml("回单在哪下😀"), with_clear=with_clear))

    assert push.mode is mode
    assert push.message.text == "回单在哪下😀"


def test_the_previous_key_is_accepted_for_a_while() -> None:
    push = guard(key=OTHER_KEY, previous=KEY).open(*encrypted(text_xml()))

    assert push.message.text == "你好"


def test_another_key_or_appid_or_account_is_forged() -> None:
    assert refused(guard(key=OTHER_KEY), *encrypted(text_xml()))
    assert refused(guard(), *encrypted(text_xml(), app_id="wxffffffffffffffff"))
    assert refused(guard(), *encrypted(text_xml().replace(ACCOUNT, "gh_ffffffffffff")))


def test_production_takes_safe_mode_only() -> None:
    found = guard(safe_only=True)

    assert refused(found, signed(), text_xml())
    assert refused(found, *encrypted(text_xml(), with_clear=True))
    assert found.open(*encrypted(text_xml())).mode is Mode.SAFE


def test_a_cipher_hidden_in_a_plain_push_is_forged() -> None:
    query, body = encrypted(text_xml(), with_clear=True)
    del query["encrypt_type"]

    assert refused(guard(), query, body)


@pytest.mark.parametrize(
    "query",
    [
        signed() | {"signature": "0" * 40},
        signed() | {"signature": ""},
        signed() | {"timestamp": "1"},
        signed(stamp=str(int(NOW) - 301)),
        signed(stamp=str(int(NOW) + 301)),
        signed(stamp="soon"),
        signed(stamp="١٢٣"),
        {},
    ],
)
def test_unsigned_or_stale_pushes_are_forged(query: dict[str, str]) -> None:
    assert refused(guard(), query, text_xml())


def test_a_push_of_the_last_five_minutes_passes() -> None:
    assert guard().open(signed(stamp=str(int(NOW) - 299)), text_xml().encode()).message.text == "你好"


def test_a_changed_cipher_is_forged_before_it_is_decrypted() -> None:
    query, body = encrypted(text_xml())

    assert refused(guard(), query, body.replace(b"<Encrypt><![CDATA[", b"<Encrypt><![CDATA[x"))
    assert refused(guard(), query | {"msg_signature": ""}, body)


@given(st.data())
@hypothesis_settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_tampered_cipher_under_a_valid_signature_is_always_the_same_refusal(data: st.DataObject) -> None:
    cipher = data.draw(
        st.one_of(st.text("ABCabc123+/=", max_size=80), st.text(max_size=40).filter(lambda t: "]]>" not in t))
    )
    query = signed(encrypt_type="aes", msg_signature=sign(TOKEN, NOW, "1487905294", cipher))
    body = f"<xml><ToUserName>{ACCOUNT}</ToUserName><Encrypt><![CDATA[{cipher}]]></Encrypt></xml>"

    with pytest.raises(CallbackRejected):
        guard().open(query, body.encode("utf-8", "surrogatepass"))


@given(st.binary(max_size=300))
@hypothesis_settings(max_examples=200)
def test_no_body_raises_anything_but_a_refusal(body: bytes) -> None:
    with pytest.raises(CallbackRejected):
        guard().open(signed(), body)


BROKEN = {
    "empty": "",
    "not xml": '{"a":1}',
    "cut off": "<xml><MsgType>text",
    "entities": '<!DOCTYPE xml [<!ENTITY a "b">]><xml><MsgType>&a;</MsgType></xml>',
    "external entity": '<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Content>&a;</Content></xml>',
    "another root": "<html></html>",
    "no MsgType": xml(Content="你好"),
    "no FromUserName": text_xml().replace("FromUserName", "From"),
    "bad openid": text_xml().replace(OPENID, "a b"),
    "no CreateTime": text_xml().replace("CreateTime", "Time"),
    "CreateTime in words": text_xml().replace(NOW, "now"),
    "doubled sender": text_xml().replace("</xml>", "<FromUserName>other_openid_1234</FromUserName></xml>"),
    "too deep": "<xml>" + "<a>" * 30 + "</a>" * 30 + "</xml>",
    "too wide": "<xml>" + "".join(f"<a{n}/>" for n in range(500)) + "</xml>",
    "nothing encrypted": f"<xml><ToUserName>{ACCOUNT}</ToUserName></xml>",
    "event without a name": xml(MsgType="event"),
    "too large": "<xml>" + " " * MAX_BODY + "</xml>",
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_broken_bodies_are_broken_not_forged_and_never_an_error(body: str) -> None:
    with pytest.raises(CallbackRejected):
        guard().open(signed(), body.encode())


@pytest.mark.parametrize("shuffle", range(8))
def test_order_of_fields_does_not_matter(shuffle: int) -> None:
    push = guard().open(signed(), xml(shuffle, MsgType="text", Content="对账", MsgId="1", Unknown="x").encode())

    assert push.message.text == "对账"


@pytest.mark.parametrize(
    ("fields", "kind", "text", "detail"),
    [
        ({"MsgType": "image", "PicUrl": "http://p", "MediaId": "m"}, MessageKind.IMAGE, "", {"pic_url": "http://p", "media_id": "m"}),
        ({"MsgType": "voice", "MediaId": "m", "Format": "amr", "Recognition": "我要贷款"}, MessageKind.VOICE, "我要贷款", {"media_id": "m", "format": "amr"}),
        ({"MsgType": "voice", "MediaId": "m", "Format": "amr", "Recognition": ""}, MessageKind.VOICE, "", {"media_id": "m", "format": "amr"}),
        ({"MsgType": "shortvideo", "MediaId": "m", "ThumbMediaId": "t"}, MessageKind.VIDEO, "", {"media_id": "m", "thumb_media_id": "t"}),
        ({"MsgType": "location", "Location_X": "31.8", "Location_Y": "117.2", "Scale": "16", "Label": "合肥"}, MessageKind.LOCATION, "", {"latitude": "31.8", "longitude": "117.2", "scale": "16", "label": "合肥"}),
        ({"MsgType": "link", "Title": "标题", "Description": "", "Url": "http://u"}, MessageKind.LINK, "", {"title": "标题", "url": "http://u"}),
        ({"MsgType": "file", "Title": "表.xlsx", "FileKey": "k", "FileTotalLen": "9"}, MessageKind.FILE, "", {"title": "表.xlsx", "file_key": "k", "file_bytes": "9"}),
        ({"MsgType": "miniprogrampage", "Title": "t", "AppId": "wx1", "PagePath": "p"}, MessageKind.MINIPROGRAM, "", {"title": "t", "app_id": "wx1", "page_path": "p"}),
        ({"MsgType": "hologram", "MsgId": "7"}, MessageKind.UNKNOWN, "", {}),
    ],
)  # fmt: skip
def test_every_kind_of_message_is_understood(
    fields: dict[str, str], kind: MessageKind, text: str, detail: dict[str, str]
) -> None:
    message = guard().open(signed(), xml(**fields).encode()).message

    assert (message.kind, message.text, dict(message.detail)) == (kind, text, detail)


@pytest.mark.parametrize(
    ("fields", "event", "key"),
    [
        ({"Event": "subscribe", "EventKey": ""}, EventName.SUBSCRIBE, None),
        ({"Event": "subscribe", "EventKey": "qrscene_branch_01", "Ticket": "T"}, EventName.SUBSCRIBE, "branch_01"),
        ({"Event": "SCAN", "EventKey": "branch_01", "Ticket": "T"}, EventName.SCAN, "branch_01"),
        ({"Event": "unsubscribe", "EventKey": ""}, EventName.UNSUBSCRIBE, None),
        ({"Event": "CLICK", "EventKey": "human"}, EventName.CLICK, "human"),
        ({"Event": "VIEW", "EventKey": "https://x", "MenuId": "1"}, EventName.VIEW, "https://x"),
        ({"Event": "LOCATION", "Latitude": "30.0", "Longitude": "117.0", "Precision": "1"}, EventName.LOCATION, None),
        ({"Event": "TEMPLATESENDJOBFINISH", "MsgID": "2702600966117900288", "Status": "success"}, EventName.NOTICE_DONE, None),
        ({"Event": "scancode_waitmsg", "EventKey": "k", "ScanCodeInfo": "<ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult>1</ScanResult></ScanCodeInfo>"}, EventName.OTHER, "k"),
        ({"Event": "something_new"}, EventName.OTHER, None),
    ],
)  # fmt: skip
def test_every_event_is_understood(fields: dict[str, str], event: EventName, key: str | None) -> None:
    message = guard().open(signed(), xml(MsgType="event", **fields).encode()).message

    assert (message.kind, message.event, message.event_key) == (MessageKind.EVENT, event, key)


def test_a_withdrawn_authorisation_is_about_the_openid_not_the_sender() -> None:
    body = xml(MsgType="event", Event="user_authorization_revoke", OpenID="o-the-one-who-left-0001", RevokeInfo="1,301")

    message = guard().open(signed(), body.encode()).message

    assert (message.event, message.follower) == (EventName.REVOKED, "o-the-one-who-left-0001")


def test_a_tapped_line_carries_its_id() -> None:
    message = guard().open(signed(), text_xml("人工", bizmsgmenuid="human:start").encode()).message

    assert message.menu_choice == "human:start"


def test_repeats_share_a_key_and_different_events_of_one_second_do_not() -> None:
    def key(body: str) -> str:
        return guard().open(signed(), body.encode()).message.dedupe_key

    assert key(text_xml()) == key(text_xml("改了"))
    assert key(text_xml()) != key(text_xml().replace("23920519216174911", "23920519216174912"))
    click, view = xml(MsgType="event", Event="CLICK", EventKey="a"), xml(MsgType="event", Event="CLICK", EventKey="b")
    assert key(click) != key(view)
    assert key(click) == key(click)


def test_secrets_are_masked_before_anything_else_sees_them() -> None:
    body = text_xml("我U盾密码是73519264,验证码 482913,帮我激活")

    message = guard().open(signed(), body.encode()).message

    assert message.text == "我U盾密码是[已屏蔽],验证码[已屏蔽],帮我激活"
    assert message.secrets
    assert "73519264" not in str(message.to_json())


@pytest.mark.parametrize("mode", [Mode.COMPAT, Mode.SAFE])
def test_a_sealed_answer_opens_with_wechatpy(mode: Mode) -> None:
    sealed = guard().seal(mode, "<xml>您好</xml>").decode()

    nonce = sealed.split("<Nonce><![CDATA[")[1].split("]]>")[0]
    signature = sealed.split("<MsgSignature><![CDATA[")[1].split("]]>")[0]
    stamp = sealed.split("<TimeStamp>")[1].split("</TimeStamp>")[0]
    assert WeChatCrypto(TOKEN, KEY, APP_ID).decrypt_message(sealed, signature, stamp, nonce) == "<xml>您好</xml>"


def test_a_plain_answer_stays_plain() -> None:
    assert guard().seal(Mode.PLAIN, "<xml/>") == b"<xml/>"


def test_messages_without_an_id_are_told_apart_by_what_they_say() -> None:
    def key(content: str) -> str:
        return guard().open(signed(), xml(MsgType="text", Content=content).encode()).message.dedupe_key

    assert key("一") != key("二")
    assert key("一") == key("一")


@pytest.mark.parametrize("value", ["abc", "1 2", "٣"])
def test_a_message_id_that_is_no_number_is_broken(value: str) -> None:
    assert not refused(guard(), signed(), xml(MsgType="text", Content="x", MsgId=value))


def test_lone_surrogates_and_other_encodings_are_refused() -> None:
    assert refused(guard(), signed() | {"nonce": "\udc80"}, text_xml())
    assert not refused(guard(), signed(), text_xml().encode("utf-16"))
