"""The documents show every page of the console."""

import re

import pytest

from config.settings import ROOT
from deploy.local.pictures.album import FOLDER

PAGES = re.findall(r"^  (\w+): \{", (ROOT / "console" / "src" / "pages.ts").read_text(encoding="utf-8"), re.MULTILINE)


def test_there_are_pages_to_look_for() -> None:
    assert "desk" in PAGES


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_a_picture_of_its_name(page: str) -> None:
    assert (FOLDER / f"{page}.png").is_file()


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_pictures_that_documents_show_are_there(name: str) -> None:
    shown = re.findall(r"\]\((docs/screens/[^)]+)\)", (ROOT / name).read_text(encoding="utf-8"))

    assert shown
    assert [picture for picture in shown if not (ROOT / picture).is_file()] == []
