"""What an article may be: the platform's limits, the bounds of its fields, and its hash. Pure decisions."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.articles.model import ArticleKind

# draftbox/draftmanage/draft_add, change log 2025-12-19.
MAX_TITLE, MAX_AUTHOR, MAX_DIGEST = 32, 16, 128
MAX_BODY_CHARS, MAX_BODY_BYTES = 20_000, 1024 * 1024
MAX_SOURCE_URL_BYTES = 1024
# media/uploadimg: below 1 MB.
MAX_PICTURE_BYTES = 1024 * 1024 - 1
MAX_GOAL = 200
_CROP = re.compile(r"(?:0|1|0\.\d{1,6})(?:_(?:0|1|0\.\d{1,6})){3}")
_LINK = re.compile(r"https?://[^\s\"'<>]+")
# In articles the platform opens its own pages only; other links it takes out (guide 图文消息, 正文链接).
PLATFORM_PAGES = "https://mp.weixin.qq.com/"


@dataclass(frozen=True)
class Flaw:
    """Why a version may not be sent: where, the reason's code, and the words it is about."""

    place: str
    reason: str
    words: str = ""


@dataclass(frozen=True)
class Words:
    """All that is written of a version. Crops are "X1_Y1_X2_Y2" as shares of the cover; "": the platform chooses."""

    title: str
    author: str
    digest: str
    body: str
    kind: ArticleKind
    cover_id: int | None = None
    crop_235_1: str = ""
    crop_1_1: str = ""
    source_url: str = ""
    goal: str = ""


@dataclass(frozen=True)
class Count:
    """How much of a limit is used; `unit` is chars or bytes."""

    place: str
    used: int
    most: int
    unit: str = "chars"

    @property
    def is_over(self) -> bool:
        """True when it is too long for the platform."""
        return self.used > self.most


def counts(words: Words, rendered: str) -> tuple[Count, ...]:
    """Every limit of the platform with what is used of it; `rendered` is the body as it would be sent."""
    return (
        Count("title", len(words.title), MAX_TITLE),
        Count("author", len(words.author), MAX_AUTHOR),
        Count("digest", len(words.digest), MAX_DIGEST),
        # "Less than": the limit itself is too much.
        Count("body", len(rendered), MAX_BODY_CHARS - 1),
        Count("body", len(rendered.encode()), MAX_BODY_BYTES - 1, "bytes"),
        Count("source_url", len(words.source_url.encode()), MAX_SOURCE_URL_BYTES, "bytes"),
    )


def flaws_of(words: Words, rendered: str, *, is_empty: bool) -> Iterator[Flaw]:
    """What of the form stands against sending it; what is wrong with its wording is the lint's word."""
    yield from (Flaw(one.place, "too_long", f"{one.used}/{one.most}") for one in counts(words, rendered) if one.is_over)
    if not words.title.strip():
        yield Flaw("title", "missing")
    if is_empty:
        yield Flaw("body", "missing")
    if words.cover_id is None:
        yield Flaw("cover", "missing")
    if not words.goal.strip():
        yield Flaw("goal", "missing")
    if words.source_url and not _LINK.fullmatch(words.source_url):
        yield Flaw("source_url", "no_link", words.source_url[:60])
    for place, crop in (("crop_235_1", words.crop_235_1), ("crop_1_1", words.crop_1_1)):
        if crop and not is_crop(crop):
            yield Flaw(place, "no_crop", crop[:60])


def is_crop(crop: str) -> bool:
    """True for "X1_Y1_X2_Y2" with 0 ≤ X1 < X2 ≤ 1 and 0 ≤ Y1 < Y2 ≤ 1."""
    if not _CROP.fullmatch(crop):
        return False
    left, top, right, bottom = (float(one) for one in crop.split("_"))
    return left < right and top < bottom


def content_hash(words: Words, rendered: str, products: Mapping[str, int]) -> str:
    """The same for the same article: what a second person says yes to."""
    said = {
        "title": words.title,
        "author": words.author,
        "digest": words.digest,
        "body": rendered,
        "kind": words.kind.value,
        "cover": words.cover_id,
        "crops": [words.crop_235_1, words.crop_1_1],
        "source_url": words.source_url,
        "goal": words.goal,
        "products": dict(products),
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
