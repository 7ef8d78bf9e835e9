"""What the platform does to an article's HTML: scripts go, pictures that do not lie with it go, the rest stays."""

import re
from collections.abc import Callable
from html import escape
from html.parser import HTMLParser

DROPPED_WITH_CONTENT = ("script", "noscript")
DROPPED = ("iframe", "object", "embed", "form", "link", "meta", "base")
_SPACE = re.compile(r"\s+")


def clean(html: str, is_ours: Callable[[str], bool]) -> str:
    """The HTML as it is kept; `is_ours` tells whether a picture's address may be shown. What is fine stays as it is."""
    cleaner = _Cleaner(is_ours)
    cleaner.feed(html)
    cleaner.close()
    return "".join(cleaner.kept)


def words_of(html: str) -> str:
    """The text a reader sees, without its markup."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    return _SPACE.sub(" ", "".join(reader.words)).strip()


def picture_urls(html: str) -> list[str]:
    """The addresses of the pictures, in order."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    return reader.pictures


class _Cleaner(HTMLParser):
    def __init__(self, is_ours: Callable[[str], bool]) -> None:
        super().__init__(convert_charrefs=False)
        self.kept: list[str] = []
        self._is_ours = is_ours
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._start(tag, attrs)
        if tag in DROPPED_WITH_CONTENT:
            self._inside = tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._start(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""
        elif tag not in DROPPED:
            self._keep(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._keep(data)

    def handle_entityref(self, name: str) -> None:
        self._keep(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._keep(f"&#{name};")

    def _start(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in DROPPED_WITH_CONTENT or tag in DROPPED:
            return
        if tag == "img" and not self._is_ours(dict(attrs).get("src") or dict(attrs).get("data-src") or ""):
            return
        fine = [(name, value) for name, value in attrs if not _is_active(name, value)]
        if len(fine) == len(attrs):
            self._keep(self.get_starttag_text() or "")
        else:
            self._keep("<" + " ".join([tag, *(f'{name}="{escape(value or "")}"' for name, value in fine)]) + ">")

    def _keep(self, text: str) -> None:
        if not self._inside:
            self.kept.append(text)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.pictures: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        source = dict(attrs).get("src")
        if tag == "img" and source:
            self.pictures.append(source)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _is_active(name: str, value: str | None) -> bool:
    return name.startswith("on") or (
        name in ("href", "src") and (value or "").strip().lower().startswith("javascript:")
    )
