"""The file of a complaint (投诉卷宗) as one page to print or keep: what was complained of, every line said, every note
and every step with its time, and who took it out, across each page.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from bot.clock import local
from bot.complaints.model import Complaint, ComplaintState, Opinion, ToldBy
from bot.complaints.notes import ComplaintNote
from bot.transcripts.model import Line, Speaker

SPEAKERS = {Speaker.CUSTOMER: "客户", Speaker.BOT: "智能客服", Speaker.SYSTEM: "系统"}
TOLD_BY = {ToldBy.WECHAT: "微信", ToldBy.PHONE: "电话", ToldBy.LETTER: "信函"}
OPINIONS = {Opinion.PLEASED: "满意", Opinion.DISPLEASED: "不满意"}
# In the margin and across the page: often enough that no part of it is without.
MARKS = 24
STYLE = """
body{font:14px/1.6 "PingFang SC","Microsoft YaHei",sans-serif;max-width:820px;margin:24px auto;padding:0 16px}
table{width:100%;border-collapse:collapse;margin:8px 0 20px}
th,td{padding:4px 8px;border:1px solid #999;text-align:left;vertical-align:top;word-break:break-word}
th{width:9em;font-weight:400;background:#f2f2f2}
.mark{position:fixed;inset:-20%;z-index:9;display:grid;grid-template-columns:repeat(3,1fr);align-items:center;
justify-items:center;transform:rotate(-24deg);color:rgb(0 0 0/9%);font-size:15px;pointer-events:none}
"""


@dataclass(frozen=True)
class Taker:
    """Who takes the file out, when and why."""

    username: str
    name: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class Dossier:
    """A file ready to be saved; the sum proves later that it is unchanged."""

    name: str
    content: str
    sha256: str


def dossier_of(
    row: Complaint,
    label: str,
    lines: Sequence[Line],
    notes: Sequence[ComplaintNote],
    names: Mapping[str, str],
    taker: Taker,
) -> Dossier:
    """The file of one complaint; `lines` in order, `names` by username."""
    mark = f"{taker.name} {taker.username} {_time(taker.at)} 仅供处理投诉"
    parts = [
        f"<h1>投诉卷宗 {escape(row.ticket)}</h1>",
        _table(_facts(row, label, names)),
        "<h2>聊天记录</h2>",
        _table([(_time(line.at), f"{_speaker(line, names)}：{line.text}") for line in lines]),
        "<h2>处理记录</h2>",
        _table([(_time(one.at), f"{names.get(one.by, one.by)}：{one.text}") for one in notes]),
        "<h2>过程</h2>",
        _table(_steps(row, names)),
        f"<p>调取：{escape(mark)}；事由：{escape(taker.reason)}</p>",
    ]
    watermark = "".join(f"<span>{escape(mark)}</span>" for _ in range(MARKS))
    content = (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>投诉卷宗 {escape(row.ticket)}</title>'
        f'<style>{STYLE}</style></head><body><div class="mark" aria-hidden="true">{watermark}</div>'
        f"{''.join(parts)}</body></html>"
    )
    return Dossier(f"{row.ticket}.html", content, hashlib.sha256(content.encode()).hexdigest())


def _facts(row: Complaint, label: str, names: Mapping[str, str]) -> list[tuple[str, str]]:
    return [
        ("客户", label),
        ("登记时间", _time(row.filed_at)),
        ("内容", row.text),
        ("涉及的服务代表", names.get(row.about_rep or "", row.about_rep or "无")),
        ("处理人", names.get(row.handler or "", row.handler or "未指定")),
        ("期限", f"{row.limit_days}日，{row.due_on:%Y-%m-%d}前"),
        ("状态", "已办结" if row.state is ComplaintState.CLOSED else "处理中"),
        ("处理结果", row.result if row.result and row.state is ComplaintState.CLOSED else "无"),
        ("客户意见", OPINIONS[row.opinion] if row.opinion else "未表示"),
    ]


def _steps(row: Complaint, names: Mapping[str, str]) -> list[tuple[str, str]]:
    def who(username: str | None) -> str:
        return names.get(username or "", username or "")

    steps = [(row.filed_at, "登记")]
    if row.extension_asked_at is not None:
        steps.append((row.extension_asked_at, f"{who(row.extension_asked_by)}申请延长：{row.extension_reason}"))
    if row.extended_at is not None:
        steps.append((row.extended_at, f"{who(row.extended_by)}批准延长到{row.limit_days}日"))
    if row.closed_at is not None:
        told = TOLD_BY[row.told_by] if row.told_by else ""
        steps.append((row.closed_at, f"{who(row.closed_by)}办结，以{told}告知客户"))
    return [(_time(at), words) for at, words in sorted(steps)]


def _speaker(line: Line, names: Mapping[str, str]) -> str:
    return SPEAKERS.get(line.speaker) or names.get(line.rep or "", "服务代表")


def _table(rows: Sequence[tuple[str, str]]) -> str:
    body = "".join(f"<tr><th>{escape(head)}</th><td>{escape(text)}</td></tr>" for head, text in rows)
    return f"<table>{body}</table>" if rows else "<p>无</p>"


def _time(moment: datetime) -> str:
    return local(moment).strftime("%Y-%m-%d %H:%M:%S")
