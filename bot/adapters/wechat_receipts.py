"""Pushes about jobs and notices of ours: what they carry, under the names bot/receipts.py reads, and what tells one
from a repeat.

Fields: developers.weixin.qq.com, 事件推送群发结果, 事件推送发布结果, 订阅通知. Both blocks of a mass receipt
may be empty.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.adapters.wechat_fields import Fields
from bot.messages import EventName


@dataclass(frozen=True)
class About:
    """What a receipt carries, and its job; the end of a job is told once, in whatever second it comes."""

    detail: Mapping[str, str]
    job: str


def _mass(fields: Fields) -> About:
    detail = {
        "job_id": fields.find("MsgID"),
        "status": fields.find("Status"),
        "total": fields.find("TotalCount"),
        "let_through": fields.find("FilterCount"),
        "sent": fields.find("SentCount"),
        "failed": fields.find("ErrorCount"),
        "copyright_state": fields.find("CopyrightCheckResult.CheckState"),
        "urls": json.dumps(list(fields.all("ArticleUrlResult.ResultList.item.ArticleUrl"))),
    }
    return About(detail, detail["job_id"])


def _publish(fields: Fields) -> About:
    info = "PublishEventInfo."
    failed = [int(index) for index in fields.all(f"{info}fail_idx") if index.isdigit()]
    detail = {
        "publish_id": fields.find(f"{info}publish_id"),
        "publish_status": fields.find(f"{info}publish_status"),
        # The official sample has a line break inside it.
        "article_id": "".join(fields.find(f"{info}article_id").split()),
        "urls": json.dumps(list(fields.all(f"{info}article_detail.item.article_url"))),
        "failed": json.dumps(failed),
    }
    # A published article may be deleted or banned later, which is told in the same way.
    return About(detail, f"{detail['publish_id']} {detail['publish_status']}")


def _template(fields: Fields) -> About:
    detail = {"job_id": fields.find("MsgID"), "status": fields.find("Status")}
    return About(detail, detail["job_id"])


def _sent(fields: Fields) -> About:
    path = "SubscribeMsgSentEvent.List."
    names = ("TemplateId", "MsgID", "ErrorCode", "ErrorStatus")
    rows = [
        {"template_id": template_id, "message_id": message_id, "errcode": errcode, "status": status}
        for template_id, message_id, errcode, status in zip(*(fields.all(path + name) for name in names), strict=False)
    ]
    return About({"notices": json.dumps(rows)}, " ".join(row["message_id"] for row in rows))


def _chosen(fields: Fields) -> About:
    rows = [
        {"template_id": template_id, "status": status}
        for outer in ("SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent")
        for template_id, status in zip(
            fields.all(f"{outer}.List.TemplateId"), fields.all(f"{outer}.List.SubscribeStatusString"), strict=False
        )
    ]
    chosen = json.dumps(rows)
    return About({"notices": chosen}, " ".join([fields.find("FromUserName"), fields.find("CreateTime"), chosen]))


READERS: Mapping[EventName, Callable[[Fields], About]] = {
    EventName.MASS_DONE: _mass,
    EventName.PUBLISH_DONE: _publish,
    EventName.NOTICE_DONE: _template,
    EventName.NOTICE_SENT: _sent,
    EventName.NOTICE_CHOSEN: _chosen,
}
