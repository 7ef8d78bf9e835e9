"""Those who keep words and data: trainer, marketer, reviewer, and who answers for personal data."""

from deploy.local.pictures.album import Album
from deploy.local.pictures.today import ADDED, ANSWER, MARKETER, TRAINER
from deploy.local.pictures.town import SUPERVISOR

REVIEWER = "reviewer01"
FORBIDDEN = "工行最低利率贷款，100%批贷，转发好友领红包。"
# The tabs of the page, in their order.
PRIVACY = ("privacy", "privacy-audit", "privacy-holds", "privacy-retention")


def learning(album: Album) -> None:
    """What the model is to learn."""
    page = album.console(TRAINER, "learn")
    page.get_by_role("article").first.wait_for()
    album.keep(page, "learn")
    page.context.close()


def knowledge(album: Album) -> None:
    """An answer being written, and the same before its approval."""
    page = album.console(MARKETER, f"knowledge/{ANSWER}")
    page.get_by_text(ADDED).first.wait_for()
    album.keep(page, "knowledge-writer")
    page.context.close()
    page = album.console(REVIEWER, f"knowledge/{ANSWER}")
    page.get_by_text(ADDED).first.wait_for()
    album.keep(page, "knowledge")
    page.context.close()


def articles(album: Album) -> None:
    """An article with words that may not be said, and how it looks on a phone."""
    page = album.console(MARKETER, "articles")
    page.get_by_role("button", name="新建图文").click()
    page.get_by_text("贷款产品介绍").click()
    page.locator(".ProseMirror p").first.click()
    page.keyboard.press("Home")
    page.keyboard.type(FORBIDDEN)
    page.locator(".ProseMirror .mark").first.wait_for()
    page.wait_for_timeout(800)
    album.keep(page, "articles")
    page.get_by_role("tab", name="预览").click()
    page.wait_for_timeout(800)
    album.keep(page, "articles-phone")


def audience(album: Album) -> None:
    """Segments, with the rule of one that came with the release."""
    page = album.console(MARKETER, "audience")
    page.get_by_role("button", name="新开户").first.click()
    page.get_by_text("符合规则").wait_for()
    album.keep(page, "audience")
    page.context.close()


def privacy(album: Album) -> None:
    """Requests, holds, retention, and who saw what."""
    page = album.console(SUPERVISOR, "privacy")
    tabs = page.get_by_role("main").get_by_role("tab")
    tabs.first.wait_for()
    for place, name in enumerate(PRIVACY):
        tabs.nth(place).click()
        page.wait_for_timeout(800)
        album.keep(page, name)
    page.context.close()


def figures(album: Album) -> None:
    """The figures as a marketer sees them."""
    page = album.console(MARKETER, "reports")
    page.locator("canvas, svg").first.wait_for()
    page.wait_for_timeout(1500)
    album.keep(page, "reports-marketer")
    page.context.close()
