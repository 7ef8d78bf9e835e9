"""Makes the pictures of the documents: `python -m deploy.local.screenshots`.

Starts a product of its own, plays four days of a bank's remote centre through it, photographs every page of the console
for whom it is for, and the phone, and stops it. Pictures of docs/screens that nothing makes any more are removed. Words
on the command line are beginnings of the names to write, so that a change can be looked at without touching the rest.
"""

import sys

import httpx
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import sync_playwright

from config.settings import ROOT, SettingsError
from deploy.local.beside import own_product
from deploy.local.environment import load
from deploy.local.machine import find_browser
from deploy.local.pictures import (
    campaign_scenes,
    desk_scenes,
    earlier,
    keeper_scenes,
    phone_scenes,
    supervisor_scenes,
    today,
    work_scenes,
)
from deploy.local.pictures.album import FOLDER, LANGUAGE, Album, NothingToShow
from deploy.local.pictures.town import Town
from deploy.local.product import TIMEOUT_S


def main(wanted: list[str]) -> int:
    """Exit code: 0 when the pictures were written."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        with own_product(ROOT / "var" / "log" / "screenshots") as env, sync_playwright() as playwright:
            settings = load(env).settings
            browser = playwright.chromium.launch(executable_path=find_browser(), args=[f"--lang={LANGUAGE}"])
            with httpx.Client(base_url=f"http://127.0.0.1:{settings.sim_port}", timeout=TIMEOUT_S) as simulator:
                album = Album(browser, f"http://127.0.0.1:{settings.api_port}", simulator, tuple(wanted))
                _make(album, Town(settings, simulator))
            browser.close()
    except (SettingsError, NothingToShow, httpx.HTTPError, BrowserError) as error:
        print(f"No pictures: {error}", file=sys.stderr)
        return 1
    gone = album.prune()
    print(
        f"{len(album.kept)} pictures in {FOLDER.relative_to(ROOT)}/" + (f"; removed: {', '.join(gone)}" if gone else "")
    )
    return 0


def _make(album: Album, town: Town) -> None:
    """All pictures, in the order of the story."""
    earlier.play(town)
    today.play(town)
    rep = desk_scenes.sign_in(album)
    desk_scenes.empty(album, rep)
    desk_scenes.fill(town)
    tao, chat = desk_scenes.offer(album, town, rep)
    desk_scenes.talk(album, town, rep, tao, chat)
    owner = phone_scenes.phone(album, town)
    phone_scenes.together(album, owner, rep)
    desk_scenes.sides(album, rep)
    desk_scenes.dialogs(album, rep)
    desk_scenes.closed_window(album, town, rep)
    desk_scenes.dark(album, town)
    supervisor_scenes.fill(town)
    supervisor = supervisor_scenes.board(album)
    supervisor_scenes.desk(album, town, supervisor)
    supervisor_scenes.rules(album, supervisor)
    supervisor_scenes.quality(album, town, supervisor)
    supervisor_scenes.complaints(album, town, supervisor)
    supervisor_scenes.reports(album, supervisor)
    work_scenes.calls(album, town, rep)
    work_scenes.customers(album, town, rep)
    work_scenes.other_pages(album, town, rep)
    work_scenes.checked(album, town)
    work_scenes.branch(album)
    keeper_scenes.learning(album)
    keeper_scenes.knowledge(album)
    keeper_scenes.articles(album)
    keeper_scenes.audience(album)
    campaign_scenes.lists(album, town)
    push = campaign_scenes.pushes(album, town)
    keeper_scenes.privacy(album)
    keeper_scenes.figures(album)
    phone_scenes.binding(album, town)
    campaign_scenes.results(album, town, push)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
