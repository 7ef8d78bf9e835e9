"""How soon a supervisor who opens 会话 sees the first row of his inbox, in a real browser, with 20,000 conversations
behind it (bench/desk_seed.py, which bench/desk_lists.py fills the product with).
"""

import statistics

from playwright.sync_api import Page, ViewportSize, sync_playwright

from deploy.local.machine import find_browser
from deploy.local.product import PASSWORD

ROUNDS = 7
SIZE = ViewportSize(width=1440, height=900)
BOUND = "< 1000"
# From the start of the navigation until a row of the inbox stands on the screen.
FIRST_ROW = """() => {
  const row = document.querySelector('[data-row]')
  return row && row.getBoundingClientRect().height > 0 ? performance.now() : 0
}"""


def run(base: str) -> list[tuple[str, float, str, str]]:
    """The median of several openings, the page's files in the browser's cache as on every day but the first, and what
    the first opening took, in milliseconds.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context(viewport=SIZE).new_page()
        _sign_in(page, base)
        took = [_open_ms(page, base) for _ in range(ROUNDS + 1)]
        browser.close()
    return [
        ("inbox of 20,000: first row on the screen, first opening", took[0], "ms", ""),
        ("inbox of 20,000: first row on the screen, median", statistics.median(took[1:]), "ms", BOUND),
    ]


def _sign_in(page: Page, base: str) -> None:
    signed = page.request.post(f"{base}/api/session", data={"username": "supervisor01", "password": PASSWORD})
    assert signed.ok, signed.status


def _open_ms(page: Page, base: str) -> float:
    page.goto("about:blank")
    page.goto(f"{base}/desk", wait_until="commit")
    return float(page.wait_for_function(FIRST_ROW, polling="raf", timeout=20_000).json_value())
