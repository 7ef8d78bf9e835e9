"""What every implementation of ports.WeChat does, and what the real client does on the simulator beyond the fake."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from bot.errors import BotError, OutcomeUnknown, PlatformMisconfigured, SendRefused, WechatBusy
from bot.messages import Article, Choice, Reply
from bot.pictures.rules import sniff
from simulator.faults import ApiFault
from tests.contract.conftest import OPENID, SEND

PNG = b"\x89PNG\r\n\x1a\n-a-picture"
MENU = Reply("帮到您了吗？", (Choice("rate:5", "解决了"), Choice("rate:1", "没有")), is_ai=False)


def test_sent_messages_arrive_in_order_with_choices_and_author(stage) -> None:
    stage.wechat.send(OPENID, Reply("您好，<我>是智能客服🙂\n第二行"))
    stage.wechat.send(OPENID, MENU)

    assert stage.texts() == [Reply("您好，<我>是智能客服🙂\n第二行"), MENU]


def test_uploaded_picture_comes_back_and_can_be_sent(stage) -> None:
    media_id = stage.wechat.upload_image("step4.png", PNG)
    stage.wechat.send_image(OPENID, media_id)

    assert stage.wechat.download_media(media_id) == PNG
    assert stage.pictures() == 1


def test_an_article_card_arrives(stage) -> None:
    stage.wechat.send_article(
        OPENID, Article("小微贷款怎么选", "三分钟看懂", "https://example.com/a", "https://example.com/a.jpg")
    )

    assert stage.articles() == [("小微贷款怎么选", "https://example.com/a")]


@pytest.mark.parametrize(
    "reply",
    [Reply("好" * 683), Reply("好" * 680, (Choice("rate:5", "非常满意"),)), Reply("a" * 2049)],
    ids=["chinese", "with_lines", "latin"],
)
def test_text_the_platform_would_not_take_is_refused_and_nothing_is_shown(stage, reply: Reply) -> None:
    with pytest.raises(SendRefused) as refused:
        stage.wechat.send(OPENID, reply)

    assert refused.value.fields["reason"] == "too_long"
    assert stage.texts() == []


def test_text_of_exactly_the_limit_arrives(stage) -> None:
    stage.wechat.send(OPENID, Reply("好" * 682 + "ab"))

    assert stage.texts() == [Reply("好" * 682 + "ab")]


def test_media_nobody_uploaded_can_neither_be_sent_nor_fetched(stage) -> None:
    for act in (lambda: stage.wechat.send_image(OPENID, "gone"), lambda: stage.wechat.download_media("gone")):
        with pytest.raises(SendRefused) as refused:
            act()
        assert refused.value.fields["reason"] == "40007"
    assert stage.pictures() == 0


def test_typing_is_shown(stage) -> None:
    stage.wechat.show_typing(OPENID)

    assert stage.is_typing()


def test_profile_tells_who_follows(stage) -> None:
    profile = stage.wechat.get_profile(OPENID)

    assert profile.openid == OPENID
    assert profile.is_following


def test_menu_is_taken(stage) -> None:
    stage.wechat.create_menu([{"name": "贷款", "sub_button": [{"type": "click", "name": "申请", "key": "apply"}]}])


def test_qr_code_has_an_address(stage) -> None:
    address = urlsplit(stage.wechat.create_qr("desk7", 600))

    assert address.scheme in ("http", "https")
    assert address.netloc


def test_qr_code_has_a_picture(stage) -> None:
    assert sniff(stage.wechat.qr_picture("m1v1", 600)) == "image/png"


@pytest.mark.parametrize(
    "error",
    [
        WechatBusy(reason="-1"),
        OutcomeUnknown(),
        PlatformMisconfigured(reason="48001"),
        SendRefused(reason="window_closed"),
        SendRefused(reason="allowance_spent"),
    ],
    ids=lambda error: str(error.fields.get("reason", error.code)),
)
def test_failed_send_raises_what_the_port_promises(stage, error: BotError) -> None:
    stage.make_next_send_fail(error)

    with pytest.raises(type(error)) as raised:
        stage.wechat.send(OPENID, Reply("您好"))

    assert type(raised.value) is type(error)
    assert raised.value.fields.get("reason") == error.fields.get("reason")


@pytest.mark.parametrize("error", [WechatBusy(), PlatformMisconfigured()], ids=lambda error: error.code)
def test_send_that_was_surely_not_executed_leaves_nothing_and_can_be_repeated(stage, error: BotError) -> None:
    stage.make_next_send_fail(error)
    with pytest.raises(type(error)):
        stage.wechat.send(OPENID, Reply("您好"))
    assert stage.texts() == []

    stage.wechat.send(OPENID, Reply("您好"))

    assert stage.texts() == [Reply("您好")]


def test_unknown_outcome_may_have_arrived(simulator_stage) -> None:
    simulator_stage.make_next_send_fail(OutcomeUnknown())

    with pytest.raises(OutcomeUnknown):
        simulator_stage.wechat.send(OPENID, Reply("您好"))

    assert simulator_stage.texts() == [Reply("您好")]


def test_bad_gateway_after_a_send_is_unknown(simulator_stage) -> None:
    simulator_stage.world.faults.api[SEND] = ApiFault(times=1, http_status=502, after_execution=True)

    with pytest.raises(OutcomeUnknown):
        simulator_stage.wechat.send(OPENID, Reply("您好"))


def test_revoked_token_is_replaced_without_the_caller_noticing(simulator_stage, clock) -> None:
    simulator_stage.wechat.send(OPENID, Reply("一"))
    simulator_stage.world.tokens.revoke_all()
    clock.advance(60)

    simulator_stage.wechat.send(OPENID, Reply("二"))

    assert len(simulator_stage.texts()) == 2


def test_token_that_is_always_refused_is_asked_for_sparingly(simulator_stage, clock) -> None:
    simulator_stage.world.tokens.always_refuse = True

    for _ in range(6):
        with pytest.raises(WechatBusy):
            simulator_stage.wechat.send(OPENID, Reply("您好"))
        clock.advance(5)

    assert len(simulator_stage.world.calls.find("/cgi-bin/stable_token", 0)) <= 3  # 25 seconds
    assert len(simulator_stage.world.calls.find(SEND, 0)) <= 12


def test_many_threads_share_one_token(simulator_stage) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: simulator_stage.wechat.get_profile(OPENID), range(24)))

    assert len(simulator_stage.world.calls.find("/cgi-bin/stable_token", 0)) == 1


def test_profile_of_a_scanner_tells_scene_and_time(simulator_stage) -> None:
    profile = simulator_stage.wechat.get_profile(OPENID)

    assert profile.scene == "desk7"
    assert profile.followed_at is not None
    assert abs(profile.followed_at.timestamp() - simulator_stage.follower.followed_s) < 1


def test_follower_who_left_is_told_as_such(simulator_stage) -> None:
    simulator_stage.follower.leave()

    profile = simulator_stage.wechat.get_profile(OPENID)

    assert not profile.is_following
    assert profile.followed_at is None


def test_unknown_followers_are_refused(simulator_stage) -> None:
    for act in (
        lambda: simulator_stage.wechat.get_profile("oNobody"),
        lambda: simulator_stage.wechat.send("oNobody", Reply("您好")),
    ):
        with pytest.raises(SendRefused) as refused:
            act()
        assert refused.value.fields["reason"] == "40003"


def test_typing_twice_in_a_row_is_no_error(simulator_stage) -> None:
    simulator_stage.wechat.show_typing(OPENID)
    simulator_stage.wechat.show_typing(OPENID)

    assert simulator_stage.is_typing()


def test_menu_reaches_the_platform_in_chinese(simulator_stage) -> None:
    buttons = [{"name": "贷款", "sub_button": [{"type": "click", "name": "申请", "key": "apply"}]}]

    simulator_stage.wechat.create_menu(buttons)

    assert simulator_stage.world.menu["button"][0]["name"] == "贷款"
