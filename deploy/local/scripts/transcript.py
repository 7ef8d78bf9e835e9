"""A played script as people read it: time, who, words, what can be tapped; in Markdown for docs/scripts/ and plain for
a terminal.

What differs from one run to the next, such as dates and ticket numbers, is printed as ×, and of a link only its label,
so that two runs of the same product print the same.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from textwrap import indent

from config.settings import ROOT

PAGES = ROOT / "docs" / "scripts"
GENERATED = "由 `python -m deploy.local.scripts` 在真实运行的产品上演出并生成，请勿手工修改。"
_VARYING = (
    (re.compile(r"周[一二三四五六日]（\d{1,2}月\d{1,2}日）"), "周×（×月×日）"),
    (re.compile(r"(\d{4}年)?\d{1,2}月\d{1,2}日"), "×月×日"),
    (re.compile(r"20\d\d-\d\d-\d\d"), "×月×日"),
    (re.compile(r"(?<![A-Za-z])(TS|DS|SQ)\d{6,}[\dN-]*"), r"\1××××"),
    (re.compile(r'<a href="https?://[^"]*">([^<]*)</a>'), r"〔\1〕"),
)


class Side(StrEnum):
    """Where a moment happens."""

    CUSTOMER = "customer"
    ACCOUNT = "account"
    DESK = "desk"
    NOTE = "note"


@dataclass(frozen=True)
class Moment:
    """One thing that happened, at a time of the wall clock as 22:40. `buttons` can be tapped, in order."""

    at: str
    side: Side
    who: str
    text: str
    buttons: tuple[str, ...] = ()


def page_of(script_id: str) -> Path:
    """The file a script is printed in."""
    return PAGES / f"{script_id}.md"


def as_markdown(title: str, premise: str, moments: Sequence[Moment]) -> str:
    """The page of one script."""
    parts = [f"# {title}", premise, f"<sub>{GENERATED}</sub>", *map(_paragraph, moments)]
    return "\n\n".join(parts) + "\n"


def as_plain(moment: Moment) -> str:
    """One moment for the terminal: the phone at the left, the desk at the right."""
    margin = {Side.CUSTOMER: 4, Side.ACCOUNT: 2, Side.DESK: 34, Side.NOTE: 0}[moment.side]
    return indent("\n  ".join([f"{moment.at} {moment.who}｜{moment.text}", *_buttons(moment)]), " " * margin)


def _paragraph(moment: Moment) -> str:
    lines = "\n".join([_steady(moment.text), *_buttons(moment)])
    # A line ends where it ends on the phone; an empty one starts a paragraph by itself.
    text = re.sub(r"(?<!\n)\n(?!\n)", "\\\\\n", lines)
    if moment.side is Side.NOTE:
        return f"*{moment.at}　{text}*"
    said = f"**{moment.at} {moment.who}**：{text}"
    return indent(said, "> ", lambda _: True) if moment.side is Side.DESK else said


def _buttons(moment: Moment) -> list[str]:
    return ["".join(f"〔{label}〕" for label in moment.buttons)] if moment.buttons else []


def _steady(text: str) -> str:
    for varying, shown in _VARYING:
        text = varying.sub(shown, text)
    return text
