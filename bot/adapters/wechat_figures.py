"""Figures of articles: account_ports.ArticleFigures over the platform's datacube.

developers.weixin.qq.com: wedata/news and wedata/user. Only the calls of 2025-11 are used for articles; those before
them are no longer kept up. They tell people, not how often: a day's reader counts once.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.account_ports import DayFigures, SentArticle
from bot.adapters import wechat_wire as wire
from bot.adapters.wechat_calls import PlatformCalls, number_of, rows_of, text_of
from bot.errors import NotReady, SendRefused

# Past the last day there are figures for, and: they are being made.
NOT_READY = ("61501", "61503")
MASS_SENT = 0


class WechatFigures:
    """account_ports.ArticleFigures."""

    def __init__(self, calls: PlatformCalls) -> None:
        self._calls = calls

    def of_day(self, day: date) -> tuple[DayFigures, ...]:
        """Reads and shares of one day, by article. Raises NotReady."""
        reads = self._users("getarticleread", day, "read_user")
        shares = self._users("getarticleshare", day, "share_user")
        return tuple(
            DayFigures(article, None, day, reads.get(article, 0), shares.get(article, 0))
            for article in sorted(reads.keys() | shares.keys())
        )

    def sent_on(self, day: date) -> tuple[tuple[SentArticle, tuple[DayFigures, ...]], ...]:
        """The articles sent on one day, each with its days since. Raises NotReady."""
        return tuple(_sent(row) for row in self._rows("getarticletotaldetail", day))

    def follows_of_day(self, day: date) -> tuple[int, int]:
        """How many followed and how many left on one day, over all ways to do so. Raises NotReady."""
        rows = self._rows("getusersummary", day)
        return sum(int(number_of(row, "new_user")) for row in rows), sum(
            int(number_of(row, "cancel_user")) for row in rows
        )

    def _users(self, call: str, day: date, name: str) -> dict[str, int]:
        found: dict[str, int] = {}
        for row in self._rows(call, day):
            detail = row.get("detail")
            found[text_of(row, "msgid")] = int(number_of(detail if isinstance(detail, dict) else {}, name))
        return found

    def _rows(self, call: str, day: date) -> tuple[Mapping[str, Any], ...]:
        span = {"begin_date": day.isoformat(), "end_date": day.isoformat()}
        try:
            found = self._calls.post(f"/datacube/{call}", span)
        except SendRefused as refused:
            if refused.fields.get("reason") in NOT_READY:
                raise NotReady from None
            raise
        rows = rows_of(found, "list")
        if found.get("is_delay") or any(row.get("is_delay") for row in rows):
            raise NotReady
        return rows


def _sent(row: Mapping[str, Any]) -> tuple[SentArticle, tuple[DayFigures, ...]]:
    article, sent_on = text_of(row, "msgid"), _day(row, "ref_date")
    days = tuple(
        DayFigures(
            article=article,
            sent_on=sent_on,
            day=_day(detail, "stat_date"),
            read_users=int(number_of(detail, "read_user")),
            share_users=int(number_of(detail, "share_user")),
        )
        for detail in rows_of(row, "detail_list")
    )
    is_mass = row.get("publish_type") == MASS_SENT
    return SentArticle(article, str(row.get("title", "")), sent_on, is_mass, str(row.get("content_url", ""))), days


def _day(row: Mapping[str, Any], name: str) -> date:
    try:
        return date.fromisoformat(text_of(row, name))
    except ValueError:
        raise wire.after_sending(is_repeatable=True) from None
