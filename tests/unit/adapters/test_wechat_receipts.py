"""Pushes about jobs and notices of ours, as captured from the platform, read all the way to bot/receipts.py."""

import pytest

from bot.messages import FOR_THE_RECORD, EventName, InboundMessage
from bot.receipts import (
    MassReceipt,
    NoticeConsents,
    NoticeReceipt,
    PublishReceipt,
    mass_receipt,
    notice_consents,
    notice_receipts,
    publish_receipt,
)
from tests.unit.adapters.test_wechat_guard import OPENID, guard, signed, xml

MASS = {
    "Event": "MASSSENDJOBFINISH", "MsgID": "3147483650123456789", "Status": "send success", "TotalCount": "100",
    "FilterCount": "80", "SentCount": "75", "ErrorCount": "5",
}  # fmt: skip
COPYRIGHT = (
    "<CopyrightCheckResult><Count>0</Count><ResultList></ResultList><CheckState>1</CheckState></CopyrightCheckResult>"
)
ITEM = "<item><ArticleIdx>{0}</ArticleIdx><ArticleUrl><![CDATA[http://mp.weixin.qq.com/s/{0}]]></ArticleUrl></item>"
URLS = f"<ArticleUrlResult><Count>2</Count><ResultList>{ITEM.format(1)}{ITEM.format(2)}</ResultList></ArticleUrlResult>"


def read(**fields: str) -> InboundMessage:
    message = guard().open(signed(), xml(MsgType="event", **fields).encode()).message
    # As it comes back out of the inbox.
    return InboundMessage.from_json(message.to_json())


def test_a_mass_receipt_tells_counts_addresses_and_originality() -> None:
    message = read(**MASS, CopyrightCheckResult=COPYRIGHT, ArticleUrlResult=URLS)

    assert message.event is EventName.MASS_DONE
    assert mass_receipt(message) == MassReceipt(
        "3147483650123456789", "send success", total=100, let_through=80, sent=75, failed=5,
        urls=("http://mp.weixin.qq.com/s/1", "http://mp.weixin.qq.com/s/2"), copyright_state=1,
    )  # fmt: skip


@pytest.mark.parametrize("block", ["<X> \n </X>", "<X></X>", "<X><ResultList></ResultList></X>"])
def test_empty_blocks_are_nothing_told(block: str) -> None:
    blocks = {name: block.replace("X>", f"{name}>") for name in ("CopyrightCheckResult", "ArticleUrlResult")}

    found = mass_receipt(read(**MASS, **blocks))

    assert (found.urls, found.copyright_state, found.sent) == ((), None, 75)


def test_a_mass_receipt_without_blocks_and_counts_is_read() -> None:
    found = mass_receipt(read(Event="MASSSENDJOBFINISH", MsgID="7", Status="err(30003)"))

    assert found == MassReceipt("7", "err(30003)", 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("status", "is_success"),
    [("send success", True), ("sendsuccess", True), ("send fail", False), ("err(10001)", False), ("", False)],
)
def test_only_one_status_is_success(status: str, is_success: bool) -> None:
    assert MassReceipt("7", status, 1, 1, 1, 0).is_success is is_success


def test_a_published_article_has_its_id_without_the_line_break() -> None:
    items = "".join(f"<item><idx>{n}</idx><article_url>http://u/{n}</article_url></item>" for n in (1, 2))
    info = (
        "<PublishEventInfo><publish_id>2247503051</publish_id><publish_status>0</publish_status>"
        f"<article_id>b5O2OUs25HBxRceL\n7hfReg</article_id><article_detail><count>2</count>{items}</article_detail>"
        "</PublishEventInfo>"
    )

    message = read(Event="PUBLISHJOBFINISH", PublishEventInfo=info)

    assert message.event is EventName.PUBLISH_DONE
    assert publish_receipt(message) == PublishReceipt(
        "2247503051", 0, "b5O2OUs25HBxRceL7hfReg", ("http://u/1", "http://u/2")
    )


def test_articles_that_did_not_pass_are_named() -> None:
    info = (
        "<PublishEventInfo><publish_id>9</publish_id><publish_status>2</publish_status>"
        "<fail_idx>1</fail_idx><fail_idx>2</fail_idx></PublishEventInfo>"
    )

    found = publish_receipt(read(Event="PUBLISHJOBFINISH", PublishEventInfo=info))

    assert found == PublishReceipt("9", 2, None, failed=(1, 2))


@pytest.mark.parametrize(
    ("status", "is_success"), [("success", True), ("failed:user block", False), ("failed: system failed", False)]
)
def test_a_service_notice_tells_whether_it_arrived(status: str, is_success: bool) -> None:
    message = read(Event="TEMPLATESENDJOBFINISH", MsgID="2702600966117900288", Status=status)

    (found,) = notice_receipts(message)

    assert message.event is EventName.NOTICE_DONE
    assert found == NoticeReceipt(OPENID, "2702600966117900288", None, status)
    assert found.is_success is is_success


def test_sent_notices_come_several_in_one_push() -> None:
    row = "<List><TemplateId>{0}</TemplateId><MsgID>{1}</MsgID><ErrorCode>{2}</ErrorCode><ErrorStatus>{3}</ErrorStatus></List>"
    rows = row.format("T1", 11, 0, "success") + row.format("T2", 12, 43108, "")
    block = f"<SubscribeMsgSentEvent>{rows}</SubscribeMsgSentEvent>"

    message = read(Event="subscribe_msg_sent_event", SubscribeMsgSentEvent=block)

    assert message.event is EventName.NOTICE_SENT
    assert notice_receipts(message) == (
        NoticeReceipt(OPENID, "11", "T1", "success"), NoticeReceipt(OPENID, "12", "T2", "43108")
    )  # fmt: skip


@pytest.mark.parametrize(
    ("event", "block"),
    [
        ("subscribe_msg_popup_event", "SubscribeMsgPopupEvent"),
        ("subscribe_msg_change_event", "SubscribeMsgChangeEvent"),
    ],
)
def test_what_was_agreed_to_and_refused_is_told_by_template(event: str, block: str) -> None:
    row = "<List><TemplateId>{0}</TemplateId><SubscribeStatusString>{1}</SubscribeStatusString></List>"
    rows = row.format("T1", "accept") + row.format("T2", "reject") + row.format("T3", "accept")

    message = read(Event=event, **{block: f"<{block}>{rows}</{block}>"})

    assert message.event is EventName.NOTICE_CHOSEN
    assert notice_consents(message) == NoticeConsents(OPENID, ("T1", "T3"), ("T2",))


def test_the_end_of_a_job_has_one_key_in_whatever_second_it_is_told() -> None:
    later = str(int(read(**MASS).sent_at.timestamp()) + 40)

    assert read(**MASS).dedupe_key == read(**MASS, CreateTime=later).dedupe_key
    assert read(**MASS).dedupe_key != read(**(MASS | {"MsgID": "8"})).dedupe_key
    info = "<PublishEventInfo><publish_id>9</publish_id><publish_status>{}</publish_status></PublishEventInfo>"
    done, banned = (read(Event="PUBLISHJOBFINISH", PublishEventInfo=info.format(status)) for status in (0, 6))
    assert done.dedupe_key != banned.dedupe_key


def test_two_choices_of_one_second_have_two_keys() -> None:
    row = "<SubscribeMsgPopupEvent><List><TemplateId>{}</TemplateId><SubscribeStatusString>accept</SubscribeStatusString></List></SubscribeMsgPopupEvent>"

    first, second = (
        read(Event="subscribe_msg_popup_event", SubscribeMsgPopupEvent=row.format(name)) for name in ("T1", "T2")
    )

    assert first.dedupe_key != second.dedupe_key


def test_every_receipt_is_for_the_record() -> None:
    assert {
        EventName.MASS_DONE, EventName.PUBLISH_DONE, EventName.NOTICE_DONE, EventName.NOTICE_SENT,
        EventName.NOTICE_CHOSEN,
    } < FOR_THE_RECORD  # fmt: skip
