"""Results of campaigns as CSV for Excel; head, escaping and marks as in api/report_export.py."""

from collections.abc import Iterator, Sequence

from api.report_export import Cell
from api.result_schemas import ResultBreakdownOut, ResultHeadOut, ResultRowOut
from bot.audit.service import Doer
from bot.clock import Clock, local
from bot.reports.metrics import Sums, Unit
from bot.results.metrics import ResultMetric

FEN = 100
_UNITS = {Unit.SHARE: "%", Unit.FEN: "元"}


def watermark(doer: Doer, clock: Clock, title: str, about: str) -> list[list[Cell]]:
    """The head of the file: what it is, of what, whose export, when, and its number in the audit log."""
    return [
        [f"心桥推文效果：{title}"],
        ["范围", about],
        ["导出人", doer.username, "导出时间", f"{local(clock.now()):%Y-%m-%d %H:%M:%S}", "追踪编号", doer.request_id],
        ["仅限内部使用，请勿外传"],
        [],
    ]


def of_campaigns(metrics: Sequence[ResultMetric], rows: Sequence[ResultRowOut]) -> Iterator[list[Cell]]:
    """A line a campaign."""
    yield ["编号", "活动", "文章", "开始时间", *(_title(one) for one in metrics)]
    for row in rows:
        yield [*_head(row.campaign), *(_shown(one, row.values[one.id]) for one in metrics)]


def of_one(metrics: Sequence[ResultMetric], sums: Sums) -> Iterator[list[Cell]]:
    """A line a figure, with the words that define it."""
    yield ["指标", "数值", "口径", "说明"]
    for one in metrics:
        yield [_title(one), _shown(one, one.measure(sums).value), one.formula, one.notes]


def of_breakdown(metrics: Sequence[ResultMetric], found: ResultBreakdownOut) -> Iterator[list[Cell]]:
    """A line for each variant, branch, product or day."""
    yield ["编号", "名称", *(_title(one) for one in metrics)]
    for row in found.rows:
        yield [row.key, row.name, *(_shown(one, row.values[one.id]) for one in metrics)]


def _head(campaign: ResultHeadOut) -> list[Cell]:
    at = f"{local(campaign.started_at):%Y-%m-%d %H:%M}" if campaign.started_at else None
    return [campaign.id, campaign.name, "；".join(campaign.titles), at]


def _title(one: ResultMetric) -> str:
    return f"{one.name}（{_UNITS[one.unit]}）" if one.unit in _UNITS else one.name


def _shown(one: ResultMetric, value: float | None) -> Cell:
    if value is None:
        return None
    if one.unit is Unit.FEN:
        return value / FEN
    return round(100 * value, 2) if one.unit is Unit.SHARE else int(value)
