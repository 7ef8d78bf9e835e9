"""Draws the pictures of the step guides: `python -m deploy.local.guide_pictures`, with a browser on this machine.

A phone in outline and where to tap on it, in place of screens of the bank's app, which change with every release of it
and show somebody's money. Writes config/pictures, which is kept with the texts: a text that changes wants its picture
drawn anew.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import sync_playwright

from config.content import PICTURES
from config.settings import SettingsError
from deploy.local.machine import find_browser

WIDTH, HEIGHT = 540, 800
SCREEN = 360
FONT = "Noto Sans CJK SC, Noto Sans SC, sans-serif"
INK, FAINT, LINE, HOT = "#26323a", "#c9d1d6", "#8a979f", "#d7372c"
OUTLINE = f'fill="#fff" stroke="{INK}" stroke-width="4"'


@dataclass(frozen=True)
class Screen:
    """One picture: the app, what to do in a line, and the menu's rows from the top; `taps` are those to be tapped, in
    their order. Rows without words are drawn as grey bars.
    """

    app: str
    says: str
    rows: Sequence[str]
    taps: Sequence[str]


SCREENS = {
    "loan_apply_menu": Screen(
        "个人手机银行",
        "贷款 → 经营快贷 → 申请",
        rows=("", "贷款", "", "经营快贷", "申请"),
        taps=("贷款", "经营快贷", "申请"),
    ),
    "loan_apply_consent": Screen(
        "授权书",
        "两份都读到最后，再点同意",
        rows=("征信查询授权书", "", "数据授权书", "", "同意"),
        taps=("征信查询授权书", "数据授权书", "同意"),
    ),
    "loan_drawdown_menu": Screen(
        "个人手机银行",
        "贷款 → 我的额度 → 提款",
        rows=("", "贷款", "", "我的额度", "提款"),
        taps=("贷款", "我的额度", "提款"),
    ),
    "points_redeem_menu": Screen(
        "企业手机银行",
        "我的权益 → 积分兑换",
        rows=("", "我的权益", "", "积分兑换", ""),
        taps=("我的权益", "积分兑换"),
    ),
}


def drawing(screen: Screen) -> str:
    """The picture as SVG: a phone, its rows, and a red frame with its number around each row to tap."""
    left, top, row = (WIDTH - SCREEN) // 2, 118, 96
    parts = [
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        _words(screen.says, WIDTH // 2, 60, 34, weight=700),
        f'<rect x="{left - 14}" y="{top - 14}" width="{SCREEN + 28}" height="610" rx="34" {OUTLINE}/>',
        _words(screen.app, WIDTH // 2, top + 46, 28),
        f'<line x1="{left}" y1="{top + 70}" x2="{left + SCREEN}" y2="{top + 70}" stroke="{FAINT}" stroke-width="2"/>',
    ]
    for at, label in enumerate(screen.rows):
        parts.append(_row(screen, label, left + 12, top + 92 + at * row))
    parts.append(_words("示意图，以App实际页面为准", WIDTH // 2, HEIGHT - 26, 22, color=LINE))
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">{"".join(parts)}</svg>'


def main() -> int:
    """Draw them all anew."""
    PICTURES.mkdir(exist_ok=True)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_browser())
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            for name, screen in SCREENS.items():
                page.set_content(f'<body style="margin:0">{drawing(screen)}</body>')
                page.screenshot(path=PICTURES / f"{name}.png")
            browser.close()
    except (BrowserError, SettingsError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _row(screen: Screen, label: str, x: int, y: int) -> str:
    width, height = SCREEN - 24, 72
    if not label:
        return f'<rect x="{x + 20}" y="{y + 26}" width="{width - 140}" height="20" rx="10" fill="{FAINT}"/>'
    words = _words(label, x + width // 2, y + 47, 30, weight=700 if label in screen.taps else 400)
    if label not in screen.taps:
        return words
    number = screen.taps.index(label) + 1
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="12" fill="#fdecea" stroke="{HOT}" '
        f'stroke-width="5"/>{words}<circle cx="{x + 4}" cy="{y + 4}" r="22" fill="{HOT}"/>'
        + _words(str(number), x + 4, y + 14, 28, weight=700, color="#fff")
    )


def _words(text: str, x: int, y: int, size: int, *, weight: int = 400, color: str = INK) -> str:
    return (
        f'<text x="{x}" y="{y}" text-anchor="middle" font-family="{FONT}" font-size="{size}" font-weight="{weight}" '
        f'fill="{color}">{escape(text)}</text>'
    )


if __name__ == "__main__":
    sys.exit(main())
