"""The pictures themselves: pages of the console and the phone opened in a browser, and what is kept of them."""

import httpx
from playwright.sync_api import Browser, Page, ViewportSize

from config.settings import ROOT
from deploy.local.product import PASSWORD

FOLDER = ROOT / "docs" / "screens"
WIDE = ViewportSize(width=1440, height=900)
# The smallest screen reps work at.
SMALL = ViewportSize(width=1280, height=720)
PHONE = ViewportSize(width=390, height=844)
# Dates in the fields of forms are written as the browser's own language has them.
LANGUAGE = "zh-CN"
THEME = "localStorage.setItem('xinqiao.theme', '{}')"
# Pages count days by the browser's clock, the story by the simulator's.
CLOCK = """
const Real = Date, ahead = %d
Date = class extends Real {
  constructor(...given) { given.length ? super(...given) : super(Real.now() + ahead) }
  static now() { return Real.now() + ahead }
}
"""


class NothingToShow(Exception):
    """The story did not get to where the picture is taken. The message says what was missing."""


class Album:
    """Opens pages and keeps their pictures by name."""

    def __init__(self, browser: Browser, api: str, simulator: httpx.Client, wanted: tuple[str, ...] = ()) -> None:
        self._browser = browser
        self._wanted = wanted
        self._api = api
        self._simulator = simulator
        self.kept: list[str] = []

    def console(self, username: str, path: str = "", *, theme: str = "light") -> Page:
        """The console at this path, for this member of staff."""
        page = self.page(WIDE, theme=theme)
        page.goto(f"{self._api}/{path}")
        self.sign_in(page, username)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(lambda url: "/login" not in url)
        return page

    def sign_in(self, page: Page, username: str) -> None:
        """Fill in the form, and leave the last click."""
        page.get_by_label("工号").fill(username)
        page.get_by_label("密码", exact=True).fill(PASSWORD)

    def go(self, page: Page, path: str) -> None:
        """Another page of the console, by its address."""
        page.goto(f"{self._api}/{path}")

    def phone(self, openid: str) -> Page:
        """A phone with the account open."""
        page = self.page(PHONE)
        page.goto(f"{self._simulator.base_url}/phone?openid={openid}")
        return page

    def page(self, size: ViewportSize, *, theme: str = "light") -> Page:
        """An empty page. Two dots a pixel: what is drawn smaller in a common picture stays sharp."""
        context = self._browser.new_context(viewport=size, locale=LANGUAGE, device_scale_factor=2)
        ahead_s = self._simulator.get("/sim/clock").raise_for_status().json()["offset_s"]
        context.add_init_script(THEME.format(theme))
        context.add_init_script(CLOCK % (ahead_s * 1000))
        return context.new_page()

    def keep(self, page: Page, name: str, size: ViewportSize = WIDE) -> None:
        """Write the picture of what the page shows."""
        self.write(name, shot(page, size, scale="css"))

    def write(self, name: str, picture: bytes) -> None:
        """Keep it, when it is wanted."""
        if not self._wanted or name.startswith(self._wanted):
            (FOLDER / f"{name}.png").write_bytes(picture)
            self.kept.append(name)

    def keep_both(self, page: Page, name: str) -> None:
        """The picture at both sizes of a desk's screen."""
        self.keep(page, name)
        self.keep(page, f"{name}-small", SMALL)
        page.set_viewport_size(WIDE)

    def prune(self) -> list[str]:
        """Remove the pictures that nothing makes any more; their names. None when only some were wanted."""
        if self._wanted:
            return []
        old = [file for file in sorted(FOLDER.glob("*.png")) if file.stem not in self.kept]
        for file in old:
            file.unlink()
        return [file.name for file in old]


def shot(page: Page, size: ViewportSize, scale: str = "device") -> bytes:
    """The picture as PNG; at one dot a pixel with the scale `css`."""
    page.set_viewport_size(size)
    page.evaluate("document.fonts.ready")
    # Charts and lists follow the size a frame later.
    page.wait_for_timeout(300)
    # What moves comes to its end at once, and no caret blinks into the picture.
    return page.screenshot(scale="css" if scale == "css" else "device", animations="disabled", caret="hide")
