"""The body of an article: HTML of few tags, cleaned before anything keeps it, and read as text of which every character
knows where in the HTML it stands and how large it is shown. Pure.

Besides text there are two blocks: `<section data-product="id">`, a product of the approved catalogue, and
`<section data-ask>`, the QR code by which a reader asks us. What stands inside of them is not the writer's: it is
thrown away and made anew (bot/articles/blocks.py).
"""

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

import nh3

from bot.articles.rules import PLATFORM_PAGES

PICTURES = "/api/articles/pictures/"
PRODUCT, ASK = "data-product", "data-ask"
NORMAL_PX = 16
_TEXT_TAGS = frozenset(("p", "section", "span", "strong", "b", "em", "i", "u", "s", "blockquote"))
_LISTS = frozenset(("ul", "ol", "li"))
_HEADINGS: Mapping[str, int] = {"h1": 24, "h2": 20, "h3": 18, "h4": 16}
_TABLES = frozenset(("table", "tbody", "thead", "tr", "td", "th"))
_VOID = frozenset(("br", "hr", "img"))
TAGS = frozenset((*_TEXT_TAGS, *_LISTS, *_HEADINGS, *_TABLES, *_VOID, "a"))
# What the platform's editor keeps of a style; positions, animations and addresses are taken out there as well.
STYLES = frozenset(
    (
        "color", "background-color", "font-size", "font-weight", "font-style", "text-align", "text-decoration",
        "text-indent", "line-height", "letter-spacing", "margin", "margin-top", "margin-bottom", "margin-left",
        "margin-right", "padding", "padding-top", "padding-bottom", "padding-left", "padding-right", "border",
        "border-left", "border-top", "border-bottom", "border-radius", "width", "max-width", "vertical-align",
    )
)  # fmt: skip
_ATTRIBUTES = {
    **{tag: {"style"} for tag in TAGS - _VOID - {"a", "section"}},
    "section": {"style", PRODUCT, ASK},
    "a": {"href"},
    "img": {"src", "alt", "style"},
    "td": {"style", "colspan", "rowspan"},
}
_BLOCKS = frozenset(("p", "section", "blockquote", "li", "ul", "ol", "tr", "table", *_HEADINGS))
_OWN_PICTURE = re.compile(rf"{PICTURES}([1-9][0-9]{{0,15}})")
_PRODUCT_ID = re.compile(r"[a-z][a-z0-9_]{1,63}")
_PICTURE_WITHOUT_ADDRESS = re.compile(r"<img(?![^>]*\ssrc=)[^>]*>")
_SIZE = re.compile(r"font-size:\s*([0-9.]+)px")
_BOLD = re.compile(r"font-weight:\s*(?:bold|[6-9]00)")


@dataclass(frozen=True)
class Token:
    """One piece of cleaned HTML: an opening or closing tag, a tag without end, or text. `start` is where it begins."""

    kind: str
    raw: str
    start: int
    tag: str = ""
    attributes: Mapping[str, str] | None = None

    def get(self, name: str) -> str | None:
        """An attribute, or None."""
        return (self.attributes or {}).get(name)


@dataclass(frozen=True)
class Reading:
    """A body as text. Of each character: where it stands in the HTML, its size in pixels, and the product whose block
    it belongs to, if any.
    """

    text: str
    at: tuple[int, ...]
    sizes: tuple[float, ...]
    products: tuple[str | None, ...]


def clean(body: str) -> str:
    """The body without all that an article may not hold: scripts, foreign pictures and links, unknown tags and styles.
    The blocks are empty afterwards. Cleaning twice changes nothing.
    """
    kept = nh3.clean(
        body,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_filtered,
        url_schemes={"https"},
        link_rel=None,
        filter_style_properties=set(STYLES),
    )
    return "".join(token.raw for token in _emptied(pieces(_PICTURE_WITHOUT_ADDRESS.sub("", kept))))


def picture_ids(body: str) -> list[int]:
    """The pictures a cleaned body shows, in order, each once."""
    return list(dict.fromkeys(int(found) for found in _OWN_PICTURE.findall(body)))


def asks(body: str) -> bool:
    """True when readers are offered to ask."""
    return any(token.get(ASK) is not None for token in pieces(body))


def with_blocks(body: str, block: Callable[[Token], str]) -> str:
    """The body with each block as `block` makes it of its opening tag; its closing tag goes with it."""
    made: list[str] = []
    skips = False
    for token in pieces(body):
        if skips:
            skips = False
            continue
        if _is_block(token):
            made.append(block(token))
            skips = True
        else:
            made.append(token.raw)
    return "".join(made)


def with_pictures(body: str, address: Callable[[int], str]) -> str:
    """The body with other addresses for its pictures."""
    return _OWN_PICTURE.sub(lambda found: address(int(found[1])), body)


def read(body: str, block_of: Callable[[str], str] = lambda _: "") -> Reading:
    """A cleaned body as text; `block_of` gives the HTML of a product's block, whose text counts as the block's."""
    reader = _Reader()
    for token in pieces(body):
        reader.take(token)
        product = token.get(PRODUCT)
        if product is not None:
            inside = read(block_of(product))
            reader.add(inside.text, [token.start] * len(inside.text), inside.sizes, product)
    return reader.reading()


def sanitised_style(style: str) -> bool:
    """True for a style that loads nothing."""
    return "url(" not in style.lower() and "expression" not in style.lower()


def _filtered(tag: str, name: str, value: str) -> str | None:
    if name == "style":
        return value if sanitised_style(value) else None
    if (tag, name) == ("img", "src"):
        return value if _OWN_PICTURE.fullmatch(value) else None
    if (tag, name) == ("a", "href"):
        return value if value.startswith(PLATFORM_PAGES) else None
    if name == PRODUCT:
        return value if _PRODUCT_ID.fullmatch(value) else None
    return "" if name == ASK else value


def _is_block(token: Token) -> bool:
    return token.kind == "open" and (token.get(PRODUCT) is not None or token.get(ASK) is not None)


def _emptied(tokens: Iterator[Token]) -> Iterator[Token]:
    """The pieces without what stands inside of blocks."""
    depth = 0
    for token in tokens:
        if depth:
            depth += {"open": 1, "close": -1}.get(token.kind, 0) if token.tag == "section" else 0
            if depth:
                continue
            yield token
            continue
        depth = 1 if _is_block(token) else 0
        yield _bare(token) if depth else token


def _bare(block: Token) -> Token:
    """A block's opening tag without the style somebody gave it."""
    product = block.get(PRODUCT)
    told = f'{ASK}=""' if product is None else f'{PRODUCT}="{product}"'
    return Token(block.kind, f"<section {told}>", block.start, block.tag, block.attributes)


class _Splitter(HTMLParser):
    """Splits cleaned HTML; its pieces together are the HTML again."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.tokens: list[Token] = []
        self._end = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        raw = self.get_starttag_text() or ""
        self._add(Token("void" if tag in _VOID else "open", raw, self._end, tag, {k: v or "" for k, v in attrs}))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self._add(Token("close", f"</{tag}>", self._end, tag))

    def handle_data(self, data: str) -> None:
        self._add(Token("text", data, self._end))

    def handle_entityref(self, name: str) -> None:
        self._add(Token("text", f"&{name};", self._end))

    def handle_charref(self, name: str) -> None:
        self._add(Token("text", f"&#{name};", self._end))

    def _add(self, token: Token) -> None:
        self.tokens.append(token)
        self._end += len(token.raw)


def pieces(body: str) -> Iterator[Token]:
    """HTML piece by piece; of cleaned HTML all together are the HTML again."""
    splitter = _Splitter()
    splitter.feed(body)
    splitter.close()
    return iter(splitter.tokens)


class _Reader:
    def __init__(self) -> None:
        self._text: list[str] = []
        self._at: list[int] = []
        self._sizes: list[float] = []
        self._products: list[str | None] = []
        self._open: list[tuple[str, float]] = []

    def take(self, token: Token) -> None:
        """Go on by one piece."""
        if token.kind == "open":
            self._open.append((token.tag, _size(token, self._size())))
        elif token.kind == "close":
            self._close(token.tag)
        if token.tag in _BLOCKS or token.tag in _VOID - {"img"}:
            self._break(token.start)
        elif token.kind == "text":
            self._words(token)

    def add(self, text: str, at: list[int], sizes: tuple[float, ...], product: str) -> None:
        """Put in what a product's block says."""
        self._text += text
        self._at += at
        self._sizes += sizes
        self._products += [product] * len(text)

    def reading(self) -> Reading:
        """What was read."""
        return Reading("".join(self._text), tuple(self._at), tuple(self._sizes), tuple(self._products))

    def _words(self, token: Token) -> None:
        is_reference = token.raw.startswith("&")
        said = html.unescape(token.raw) if is_reference else token.raw
        for place, char in enumerate(said.replace("\n", " ")):
            self._one(char, token.start if is_reference else token.start + place)

    def _break(self, at: int) -> None:
        if self._text and self._text[-1] != "\n":
            self._one("\n", at)

    def _one(self, char: str, at: int) -> None:
        self._text.append(char)
        self._at.append(at)
        self._sizes.append(self._size())
        self._products.append(None)

    def _size(self) -> float:
        return self._open[-1][1] if self._open else NORMAL_PX

    def _close(self, tag: str) -> None:
        if self._open and self._open[-1][0] == tag:
            self._open.pop()


def _size(token: Token, around: float) -> float:
    """How large text of an opened tag is shown; bold counts a little, so that of two alike the bold one is larger."""
    style = token.get("style") or ""
    found = _SIZE.search(style)
    size = float(found[1]) if found else max(around, float(_HEADINGS.get(token.tag, 0)))
    if token.tag in ("strong", "b", "h1", "h2", "h3", "h4") or _BOLD.search(style):
        size = int(size) + 0.5
    return size
