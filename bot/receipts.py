"""What the platform reports when a job is over, read from a push: mass sends, publishing, notices.

Such a push comes in the platform's own name, possibly before the call that caused it was answered, twice, or never.
Fields: developers.weixin.qq.com, 事件推送群发结果, 事件推送发布结果, 订阅通知 (事件推送).
"""

import json
from dataclasses import dataclass

from bot.messages import EventName, InboundMessage


@dataclass(frozen=True)
class MassReceipt:
    """How a mass send ended. `status` is "send success", "send fail" or "err(N)".

    `total` is how many were meant, `let_through` how many were left after the platform's own filters (four a month,
    not following); of those `sent` got it and `failed` did not. Counts may be off by a few. `copyright_state` is 1 for
    fine, 2 for a reprint, 3 for one that may not be sent; None when the platform tells nothing.
    """

    job_id: str
    status: str
    total: int
    let_through: int
    sent: int
    failed: int
    urls: tuple[str, ...] = ()
    copyright_state: int | None = None

    @property
    def is_success(self) -> bool:
        """True when the platform says that it was sent."""
        return self.status.replace(" ", "") == "sendsuccess"


@dataclass(frozen=True)
class PublishReceipt:
    """How a publish job ended; `status` as PublishStatus counts, `failed` the indexes that did not pass."""

    publish_id: str
    status: int
    article_id: str | None
    urls: tuple[str, ...] = ()
    failed: tuple[int, ...] = ()


@dataclass(frozen=True)
class NoticeReceipt:
    """Whether one notice arrived. `status` is the platform's word: success, "failed:user block" and the like."""

    openid: str
    message_id: str
    template_id: str | None
    status: str

    @property
    def is_success(self) -> bool:
        """True when it arrived."""
        return self.status == "success"


@dataclass(frozen=True)
class NoticeConsents:
    """What a follower agreed to or refused, by template."""

    openid: str
    agreed: tuple[str, ...]
    refused: tuple[str, ...]


def mass_receipt(message: InboundMessage) -> MassReceipt:
    """The receipt of a MASS_DONE push."""
    detail = message.detail
    state = detail.get("copyright_state", "")
    return MassReceipt(
        job_id=detail.get("job_id", ""),
        status=detail.get("status", ""),
        total=_count(detail.get("total")),
        let_through=_count(detail.get("let_through")),
        sent=_count(detail.get("sent")),
        failed=_count(detail.get("failed")),
        urls=tuple(json.loads(detail.get("urls", "[]"))),
        copyright_state=int(state) if state.isdigit() else None,
    )


def publish_receipt(message: InboundMessage) -> PublishReceipt:
    """The receipt of a PUBLISH_DONE push."""
    detail = message.detail
    return PublishReceipt(
        publish_id=detail.get("publish_id", ""),
        status=_count(detail.get("publish_status")),
        article_id=detail.get("article_id") or None,
        urls=tuple(json.loads(detail.get("urls", "[]"))),
        failed=tuple(json.loads(detail.get("failed", "[]"))),
    )


def notice_receipts(message: InboundMessage) -> tuple[NoticeReceipt, ...]:
    """The receipts of a NOTICE_DONE push, or of a NOTICE_SENT push, which may carry several."""
    detail = message.detail
    if message.event is EventName.NOTICE_DONE:
        return (NoticeReceipt(message.follower, detail.get("job_id", ""), None, detail.get("status", "")),)
    rows = json.loads(detail.get("notices", "[]"))
    return tuple(
        NoticeReceipt(message.follower, row["message_id"], row["template_id"], row["status"] or row["errcode"])
        for row in rows
    )


def notice_consents(message: InboundMessage) -> NoticeConsents:
    """What a NOTICE_CHOSEN push says."""
    rows = json.loads(message.detail.get("notices", "[]"))
    chosen = {status: tuple(row["template_id"] for row in rows if row["status"] == status) for status in _CHOICES}
    return NoticeConsents(message.follower, chosen["accept"], chosen["reject"])


_CHOICES = ("accept", "reject")


def _count(value: str | None) -> int:
    return int(value) if value is not None and value.isdigit() else 0
