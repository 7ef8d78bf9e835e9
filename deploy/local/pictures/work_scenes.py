"""A rep's other pages: call-backs, leads, referrals, customers, complaints, what the checkers found."""

from playwright.sync_api import Page

from deploy.local.pictures.album import Album
from deploy.local.pictures.desk_scenes import REP
from deploy.local.pictures.today import BRANCH_PERSON
from deploy.local.pictures.town import SUPERVISOR, Town


def calls(album: Album, town: Town, page: Page) -> None:
    """The list of calls, and one with its script."""
    album.go(page, "followups")
    page.get_by_role("navigation", name="回访").get_by_role("listitem").first.wait_for()
    album.keep(page, "followups")
    call = town.ask(REP, "followups?scope=mine")["items"][0]["id"]
    album.go(page, f"followups/{call}")
    page.get_by_text("核实本人").wait_for()
    album.keep(page, "followup")


def customers(album: Album, town: Town, page: Page) -> None:
    """Customers, and all that is known of one."""
    tao = town.follower_of(town.chats["陶先生"])
    town.call(REP, f"customers/{tao}/tags", {"tag": "expanding", "source": "chat"})
    town.call(REP, f"customers/{tao}/tags", {"tag": "loan_wanted", "source": "chat"})
    town.call(REP, f"customers/{tao}/notes", {"text": "下周装修付款，最好周五前有结果。"})
    album.go(page, f"customers/{tao}")
    page.get_by_text("实时查询").wait_for()
    album.keep(page, "customers")


def other_pages(album: Album, town: Town, page: Page) -> None:
    """Leads and referrals."""
    album.go(page, f"leads/{town.ask(REP, 'leads')['items'][0]['id']}")
    page.get_by_role("complementary", name="线索").wait_for()
    album.keep(page, "leads")
    album.go(page, "referrals")
    page.get_by_role("article").first.wait_for()
    album.keep(page, "referrals")


def checked(album: Album, town: Town) -> None:
    """What a rep reads of the check of one of his chats, and answered to it."""
    appeal = town.ask(SUPERVISOR, "quality/checks?list=appeals")["items"][0]
    page = album.console(appeal["rep"], f"quality/{appeal['id']}")
    page.locator("section.one").wait_for()
    album.keep(page, "quality-rep")
    page.context.close()


def branch(album: Album) -> None:
    """A person of a branch: what was referred to it, and its customers."""
    page = album.console(BRANCH_PERSON, "referrals")
    page.get_by_role("article").first.wait_for()
    album.keep(page, "referrals-branch")
    album.go(page, "customers")
    page.get_by_role("main").wait_for()
    album.keep(page, "customers-branch")
    page.context.close()
