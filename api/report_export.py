"""Reports as CSV for Excel: who took it out and when stands in its head; no cell can run as a formula."""

import csv
import io
import itertools
from collections.abc import Iterable, Iterator, Sequence

from flask import Response

from api.report_schemas import BehindOut, BreakdownOut, DayOut
from bot.audit.service import Doer
from bot.clock import Clock, local
from bot.reports.figures import Wanted
from bot.reports.metrics import Metric, Unit

# Excel takes a file for UTF-8 only with it.
BOM = "\ufeff"
STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
FEN = 100
_CHAT_TITLES = [
    "会话",
    "客户",
    "技能组",
    "服务代表",
    "要人工的时间",
    "等待（秒）",
    "首次响应（秒）",
    "处理（秒）",
    "办理结果",
    "评价",
]
Cell = str | float | int | None


def guarded(cell: Cell) -> str:
    """A cell Excel shows as it stands: what could begin a formula gets an apostrophe in front; numbers stay numbers."""
    if cell is None:
        return ""
    if isinstance(cell, str) and cell.startswith(STARTS_FORMULA):
        return f"'{cell}"
    return str(cell)


def watermark(wanted: Wanted, doer: Doer, clock: Clock, title: str) -> list[list[Cell]]:
    """The head of the file: what it is, whose export, when, and the number under which it stands in the audit log."""
    desk = "全部技能组" if wanted.desk == "*" else wanted.desk
    who = f"{wanted.dimension.value}={wanted.key}" if wanted.key else "全部"
    return [
        [f"心桥报表：{title}"],
        ["日期", f"{wanted.first} 至 {wanted.last}", "技能组", desk, "范围", who],
        ["导出人", doer.username, "导出时间", f"{local(clock.now()):%Y-%m-%d %H:%M:%S}", "追踪编号", doer.request_id],
        ["仅限内部使用，请勿外传"],
        [],
    ]


def of_days(metrics: Sequence[Metric], days: Sequence[DayOut]) -> Iterator[list[Cell]]:
    """A line a day."""
    yield ["日期", *(_title(one) for one in metrics)]
    for day in days:
        yield [str(day.day), *(_shown(one, day.values[one.id]) for one in metrics)]


def of_rows(metrics: Sequence[Metric], found: BreakdownOut) -> Iterator[list[Cell]]:
    """A line for each rep, branch, product, article, matter or desk."""
    yield ["编号", "名称", *(_title(one) for one in metrics)]
    for row in found.rows:
        yield [row.key, row.name, *(_shown(one, row.values[one.id]) for one in metrics)]


def of_chats(pages: Iterable[Sequence[BehindOut]]) -> Iterator[list[Cell]]:
    """A line a chat, page after page; no name, no phone."""
    yield [
        "会话",
        "客户",
        "技能组",
        "服务代表",
        "要人工的时间",
        "等待（秒）",
        "首次响应（秒）",
        "处理（秒）",
        "办理结果",
        "评价",
    ]
    for page in pages:
        for one in page:
            at = f"{local(one.queued_at):%Y-%m-%d %H:%M:%S}" if one.queued_at else None
            times = (one.wait_s, one.reply_s, one.handle_s)
            yield [one.conversation_id, one.label, one.desk_name, one.rep_name, at, *times, one.outcome, one.rating]


def as_file(name: str, head: Sequence[Sequence[Cell]], rows: Iterable[Sequence[Cell]]) -> Response:
    """The answer, written while it is sent."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    return Response(_written(head, rows), headers=headers, content_type="text/csv; charset=utf-8")


def _written(head: Sequence[Sequence[Cell]], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    yield BOM
    for row in itertools.chain(head, rows):
        yield _line(row)


def _line(row: Sequence[Cell]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow([guarded(cell) for cell in row])
    return written.getvalue()


def _title(metric: Metric) -> str:
    return f"{metric.name}（{_UNITS[metric.unit]}）" if metric.unit in _UNITS else metric.name


def _shown(metric: Metric, value: float | None) -> Cell:
    if value is None:
        return None
    if metric.unit is Unit.FEN:
        return value / FEN
    return round(100 * value, 2) if metric.unit is Unit.SHARE else round(value, 1)


_UNITS = {Unit.SHARE: "%", Unit.SECONDS: "秒", Unit.FEN: "元", Unit.POINTS: "分"}
