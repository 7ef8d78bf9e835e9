"""Every page of the console, light and dark, under axe: WCAG 2 A and AA, no violation.

The pages come from the page table itself (console/src/pages.ts), so that a new one is looked at without being named here.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from config.settings import ROOT
from tests.e2e.conftest import Product

AXE = ROOT / "console" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = ROOT / "console" / "src" / "pages.ts"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
SIZE = {"width": 1440, "height": 900}
# One person of each role that a page may be for.
PEOPLE = {
    "rep": "rep01",
    "supervisor": "supervisor01",
    "marketer": "marketer01",
    "reviewer": "reviewer01",
    "branch": "branch01",
    "admin": "admin01",
    "trainer": "trainer01",
}
ROW = re.compile(r"^  (\w+): \{(.*?view:.*?)\}", re.MULTILINE | re.DOTALL)


def pages() -> list[tuple[str, str, str]]:
    """Name, address and who opens it, for every row of the page table."""
    found = []
    for name, row in ROW.findall(PAGES.read_text(encoding="utf-8")):
        path = re.search(r"path: '([^']*)'", row)
        roles = re.search(r"roles: \[([^\]]*)\]", row)
        assert path is not None, name
        assert roles is not None, name
        address = re.sub(r"/:\w+(\([^)]*\))?\??", "", path[1])
        found.append((name, address, re.findall(r"\w+", roles[1])[0]))
    return found


def test_the_page_table_is_read_whole() -> None:
    assert [name for name, _, _ in pages()] == re.findall(
        r"^  (\w+): \{", PAGES.read_text(encoding="utf-8"), re.MULTILINE
    )


@pytest.fixture(scope="module")
def talk(product: Product) -> None:
    """Something to see on the desk: a chat that waits, one that is served."""
    rep = product.console("rep05")
    rep.ready()
    product.phone("陶先生").say("转人工")


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def opened(browser: Browser, product: Product, theme: str, username: str | None) -> Iterator[Page]:
    context = browser.new_context(viewport=SIZE, locale="zh-CN", reduced_motion="reduce", bypass_csp=True)  # type: ignore[arg-type]  # a TypedDict of the same two keys
    context.add_init_script(f"localStorage.setItem('xinqiao.theme', '{theme}')")
    page = context.new_page()
    if username is not None:
        page.goto(f"{product.api}/login")
        page.get_by_label("工号").fill(username)
        page.get_by_label("密码", exact=True).fill("xinqiao-demo")
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(lambda url: "/login" not in url)
    yield page
    context.close()


def violations(page: Page) -> list[str]:
    """What axe objects to, with the place."""
    page.add_script_tag(content=AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("tags => axe.run(document, { runOnly: { type: 'tag', values: tags } })", TAGS)
    return [
        f"{one['id']}: {node['target']} {json.dumps(node.get('any', [])[:1] and node['any'][0]['message'], ensure_ascii=False)}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def test_the_sign_in_page_is_clean(product: Product, browser: Browser, theme: str) -> None:
    for page in opened(browser, product, theme, None):
        page.goto(f"{product.api}/login")
        page.get_by_role("button", name="登录").wait_for()

        assert violations(page) == []


@pytest.mark.usefixtures("talk")
@pytest.mark.parametrize(("name", "address", "role"), pages())
def test_every_page_is_clean(
    product: Product, browser: Browser, theme: str, name: str, address: str, role: str
) -> None:
    for page in opened(browser, product, theme, PEOPLE[role]):
        # What the page shows comes from the API; the desk's stream of events never ends, so that no quiet can be awaited.
        with page.expect_response(lambda answer: "/api/" in answer.url and "/session" not in answer.url):
            page.goto(f"{product.api}{address}")
        page.get_by_role("main").or_(page.get_by_role("tablist")).first.wait_for()
        assert page.evaluate("document.documentElement.classList.contains('dark')") == (theme == "dark")

        assert violations(page) == [], name
