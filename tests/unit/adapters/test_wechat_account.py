"""The account's adapters against a platform that answers oddly."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import pytest

from bot.account_ports import Account, DraftArticle, MassJob
from bot.adapters import wechat_calls
from bot.adapters.wechat_account import account_over
from bot.adapters.wechat_calls import PlatformCalls
from bot.clock import FixedClock
from bot.db import Database
from bot.errors import BotError, NotReady, OutcomeUnknown, SendRefused, WechatBusy
from config.settings import Settings
from tests.unit.adapters.platform_server import Answer, Platform, refuse

SEND = "/cgi-bin/message/mass/send"
ARTICLE = DraftArticle("小微贷款🙂", "普惠部", "摘要", "<p>正文</p>", "", "cover-1")
DAY = date(2026, 11, 24)
SHORT_S = (0.3, 0.3)


@pytest.fixture
def platform() -> Iterator[Platform]:
    found = Platform()
    stop = found.start()
    yield found
    stop()


@pytest.fixture
def account(
    platform: Platform, settings: Settings, database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> Account:
    monkeypatch.setattr(wechat_calls, "TIMEOUTS_S", SHORT_S)
    return account_over(PlatformCalls(replace(settings, wechat_api_base=platform.url), database, clock))


def says(platform: Platform, path: str, **answer: object) -> None:
    platform.says(path, Answer(json.dumps(answer).encode()))


def test_an_article_goes_out_in_raw_chinese_with_only_the_crops_it_has(account: Account, platform: Platform) -> None:
    says(platform, "/cgi-bin/draft/add", media_id="draft-1")

    assert account.drafts.add([replace(ARTICLE, crop_1_1="0_0_1_1")]) == "draft-1"

    (call,) = platform.called("/cgi-bin/draft/add")
    assert "小微贷款🙂".encode() in call.body
    (sent,) = call.json["articles"]
    assert "pic_crop_235_1" not in sent
    assert (sent["pic_crop_1_1"], sent["need_open_comment"], sent["article_type"]) == ("0_0_1_1", 0, "news")


def test_a_tag_is_sent_as_a_tag_and_a_client_id_with_it(account: Account, platform: Platform) -> None:
    says(platform, "/cgi-bin/message/mass/sendall", errcode=0, msg_id=3147483650123456789, msg_data_id=2247483650)

    job = account.mass.send_to_tag(134, "draft-1", "c1_v1_1")

    assert job == MassJob("3147483650123456789", "2247483650")
    assert platform.called("/cgi-bin/message/mass/sendall")[0].json == {
        "filter": {"is_to_all": False, "tag_id": 134},
        "mpnews": {"media_id": "draft-1"},
        "msgtype": "mpnews",
        "send_ignore_reprint": 0,
        "clientmsgid": "c1_v1_1",
    }


def test_a_repeat_keeps_all_digits_of_the_first_job(account: Account, platform: Platform) -> None:
    says(platform, SEND, errcode=45065, errmsg="clientmsgid exist", msg_id=3147483650123456789)

    assert account.mass.send_to_list(["a", "b"], "draft-1", "c1") == MassJob(
        "3147483650123456789", None, is_repeat=True
    )


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b'{"errcode":45065,"errmsg":"clientmsgid exist"}'),
        Answer(b'{"errcode":0,"msg_id":7}'),
        Answer(b'{"errcode":0}'),
        Answer(b'{"errcode":0,"msg_id":true,"msg_data_id":1}'),
        Answer(b"[]"),
        Answer(b"<html>"),
        Answer(b'{"errcode":0,"msg_'),
        Answer(status=502),
        Answer(hangs=True),
        Answer(hangs_up=True),
    ],
    ids=["no_first_job", "no_data_id", "no_job", "truth", "list", "html", "cut", "gateway", "silence", "hang_up"],
)
def test_an_answer_that_names_no_job_is_an_unknown_outcome(
    account: Account, platform: Platform, answer: Answer
) -> None:
    platform.says(SEND, answer)

    with pytest.raises(OutcomeUnknown):
        account.mass.send_to_list(["a", "b"], "draft-1", "c1")


@pytest.mark.parametrize(
    ("path", "act"),
    [
        ("draft/add", lambda account: account.drafts.add([ARTICLE])),
        ("material/add_material", lambda account: account.material.add_image("封面.PNG", b"x")),
        ("freepublish/submit", lambda account: account.publishing.submit("draft-1")),
        ("message/mass/preview", lambda account: account.mass.preview("o-tao", "draft-1")),
        ("tags/create", lambda account: account.tags.create("标签")),
        ("message/template/send", lambda account: account.notices.send_template("o-tao", "T", {}, None, "c1")),
        ("message/subscribe/bizsend", lambda account: account.notices.send_subscribed("o-tao", "T", {}, None)),
    ],
)
def test_what_a_repeat_would_do_twice_is_an_unknown_outcome(
    account: Account, platform: Platform, path: str, act: Callable[[Account], object]
) -> None:
    platform.says(f"/cgi-bin/{path}", Answer(status=504))

    with pytest.raises(OutcomeUnknown):
        act(account)


@pytest.mark.parametrize(
    ("path", "answer", "act"),
    [
        ("draft/get", Answer(b"[]"), lambda account: account.drafts.get("draft-1")),
        ("draft/batchget", Answer(b'{"item":[{"media_id":"a"}]}'), lambda account: account.drafts.recent()),
        ("draft/update", Answer(status=504), lambda account: account.drafts.update("draft-1", 0, ARTICLE)),
        ("media/uploadimg", Answer(b"{}"), lambda account: account.material.upload_article_image("a.png", b"x")),
        ("freepublish/get", Answer(b'{"publish_status":77}'), lambda account: account.publishing.get("7")),
        ("freepublish/get", Answer(b"{}"), lambda account: account.publishing.get("7")),
        ("message/mass/get", Answer(b'{"msg_status":"NEW"}'), lambda account: account.mass.state("7")),
        ("message/mass/speed/get", Answer(b'{"speed":3}'), lambda account: account.mass.speed()),
        ("tags/get", Answer(b'{"tags":[{"id":1,"name":"x"}]}'), lambda account: account.tags.list_all()),
        ("openapi/quota/get", Answer(b'{"errcode":0}'), lambda account: account.quotas.of(SEND)),
    ],
)
def test_what_may_be_asked_again_is_only_busy(
    account: Account, platform: Platform, path: str, answer: Answer, act: Callable[[Account], object]
) -> None:
    platform.says(f"/cgi-bin/{path}", answer)

    with pytest.raises(WechatBusy):
        act(account)


def test_a_picture_goes_out_under_a_plain_name(account: Account, platform: Platform) -> None:
    says(platform, "/cgi-bin/material/add_material", media_id="cover-1", url="http://x")

    assert account.material.add_image("封面 图.PNG", b"x") == "cover-1"

    (call,) = platform.called("/cgi-bin/material/add_material")
    assert b'name="media"; filename="image.png"' in call.body
    assert call.query["type"] == "image"


def test_notices_carry_their_values_and_only_what_they_open(account: Account, platform: Platform) -> None:
    says(platform, "/cgi-bin/message/template/send", errcode=0, msgid=2702600966117900288)
    says(platform, "/cgi-bin/message/subscribe/bizsend", errcode=0, msgid="2702600966117900289")

    assert account.notices.send_template("o-tao", "T", {"thing1": "还款"}, None, "c1") == "2702600966117900288"
    assert account.notices.send_subscribed("o-tao", "S", {"thing1": "利率"}, "https://a") == "2702600966117900289"

    assert platform.called("/cgi-bin/message/template/send")[0].json == {
        "touser": "o-tao", "template_id": "T", "client_msg_id": "c1", "data": {"thing1": {"value": "还款"}}
    }  # fmt: skip
    assert platform.called("/cgi-bin/message/subscribe/bizsend")[0].json["page"] == "https://a"


def test_a_quota_without_a_minute_says_so(account: Account, platform: Platform) -> None:
    quota = {"daily_limit": 100, "used": 3, "remain": 97}
    says(platform, "/cgi-bin/openapi/quota/get", errcode=0, quota=quota, rate_limit={"refresh_second": 86_400})

    assert account.quotas.of(SEND).per_minute is None


@pytest.mark.parametrize(
    ("call", "answer", "error"),
    [
        ("getarticletotaldetail", Answer(b'{"list":[{"msgid":"1_1","is_delay":1}],"is_delay":false}'), NotReady),
        ("getarticletotaldetail", Answer(b'{"list":[{"msgid":"1_1","ref_date":"soon"}]}'), WechatBusy),
        ("getarticletotaldetail", refuse(61503), NotReady),
        ("getarticletotaldetail", refuse(61501), NotReady),
        ("getarticletotaldetail", refuse(61500), SendRefused),
    ],
)
def test_figures_that_are_not_final_are_not_ready(
    account: Account, platform: Platform, call: str, answer: Answer, error: type[BotError]
) -> None:
    platform.says(f"/datacube/{call}", answer)

    with pytest.raises(error):
        account.figures.sent_on(DAY)


def test_an_article_that_was_only_shared_has_no_readers(account: Account, platform: Platform) -> None:
    says(platform, "/datacube/getarticleread", list=[], is_delay=False)
    says(platform, "/datacube/getarticleshare", list=[{"msgid": "9_1", "detail": {"share_user": 2}}], is_delay=False)

    (row,) = account.figures.of_day(DAY)

    assert (row.article, row.read_users, row.share_users) == ("9_1", 0, 2)
