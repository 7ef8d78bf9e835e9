"""What a supervisor works with: the board, the desk seen from above, rules and shifts, checks, complaints, reports."""

from playwright.sync_api import Page

from deploy.local.pictures.album import Album
from deploy.local.pictures.town import SUPERVISOR, Town

# Two customers of a desk at which nobody is ready, and how long they wait.
WAITING = (
    ("马老板", "F00017", "代发名单传上去报错，转人工"),
    ("谢女士", "F00039", "U盾插上没反应，急着付款，转人工"),
)
WAITS_S = 170
STATUSES = {"rep02": "ready", "rep03": "break", "rep04": "busy", "rep05": "ready"}


def fill(town: Town) -> None:
    """Everybody is at work, and two wait longer than they should."""
    for name, firm, words in WAITING:
        town.chats[name] = town.chat_of(town.owner(name, firm), words)
    town.later(WAITS_S)
    for username, status in STATUSES.items():
        town.call(username, "me/status", {"status": status}, "PUT")
        town.call(username, "me/heartbeat")


def board(album: Album) -> Page:
    """The live board with its alerts, by day and by night, and how a chat is given to somebody."""
    page = album.console(SUPERVISOR, "board")
    page.get_by_role("region", name="排队客户").wait_for()
    album.keep_both(page, "board")
    page.get_by_role("button", name="指派").first.click()
    page.get_by_role("dialog").get_by_role("radio").first.check()
    album.keep(page, "board-assign")
    page.keyboard.press("Escape")
    dark = album.console(SUPERVISOR, "board", theme="dark")
    dark.get_by_role("region", name="排队客户").wait_for()
    album.keep_both(dark, "board-dark")
    dark.context.close()
    return page


def desk(album: Album, town: Town, page: Page) -> None:
    """The desk as a supervisor looks on: a rep's chat, and how it is taken over."""
    album.go(page, f"desk/{town.chats['陶先生']}")
    page.get_by_role("button", name="接管", exact=True).click()
    page.get_by_role("dialog").wait_for()
    album.keep(page, "desk-takeover")
    page.keyboard.press("Escape")
    album.keep(page, "desk-supervisor")


def rules(album: Album, page: Page) -> None:
    """The rules of a desk tried on the last day, and the shifts of a week."""
    album.go(page, "rules")
    page.locator("form.rules").wait_for()
    album.keep(page, "rules")
    page.get_by_role("button", name="推算效果").click()
    page.locator(".what-if").scroll_into_view_if_needed()
    album.keep(page, "rules-what-if")
    page.get_by_role("tab", name="排班").click()
    page.get_by_role("table").wait_for()
    album.keep(page, "rosters")


def quality(album: Album, town: Town, page: Page) -> None:
    """A chat to be scored, an appeal, and how the reps do."""
    check = town.ask(SUPERVISOR, "quality/checks?list=to_do")["items"][0]["id"]
    album.go(page, f"quality/{check}")
    page.get_by_role("group").first.wait_for()
    album.keep(page, "quality")
    page.get_by_role("tab", name="申诉").click()
    page.get_by_role("table").get_by_role("link").first.click()
    page.get_by_label("答复").wait_for()
    album.keep(page, "quality-appeal")
    page.get_by_role("tab", name="按服务代表").click()
    page.get_by_role("table").wait_for()
    album.keep(page, "quality-reps")


def complaints(album: Album, town: Town, page: Page) -> None:
    """A complaint with its clock and its file."""
    album.go(page, f"complaints/{town.ask(SUPERVISOR, 'complaints')['items'][-1]['id']}")
    page.get_by_role("article").wait_for()
    album.keep(page, "complaints")


def reports(album: Album, page: Page) -> None:
    """All figures, their charts, and the chats behind one."""
    album.go(page, "reports")
    page.locator("canvas, svg").first.wait_for()
    page.wait_for_timeout(1500)
    album.keep(page, "reports")
    page.locator(".charts").evaluate("element => element.scrollIntoView()")
    album.keep(page, "reports-charts")
    page.locator(".drill").first.click()
    page.get_by_role("dialog").wait_for()
    page.wait_for_timeout(800)
    album.keep(page, "reports-chats")
    page.keyboard.press("Escape")
