"""The draft box: what is checked as an article comes in, and what of it is kept."""

import re
import secrets
from dataclasses import dataclass
from typing import Any

from simulator.articles import limits
from simulator.articles.cleaning import clean, words_of
from simulator.articles.material import Library
from simulator.errors import ApiError

Article = dict[str, Any]
_CROP = re.compile(r"(?:(?:0|1|[01]\.\d+)_){3}(?:0|1|[01]\.\d+)")
_FLAGS = ("need_open_comment", "only_fans_can_comment")
_TEXTS = ("title", "author", "digest", "content", "content_source_url", "thumb_media_id")


@dataclass
class Draft:
    """One draft. `updated_s` is virtual unix seconds."""

    media_id: str
    articles: list[Article]
    updated_s: float


class DraftBox:
    """Drafts by media id. The caller holds the world's lock."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._drafts: dict[str, Draft] = {}

    def add(self, articles: Any, now_s: float, max_title: int) -> Draft:
        """Keep a draft. Raises ApiError of every limit."""
        if not isinstance(articles, list):
            raise ApiError(47001)
        if not 1 <= len(articles) <= limits.MAX_ARTICLES:
            raise ApiError(45008)
        kept = [self._checked(article, max_title, is_alone=len(articles) == 1) for article in articles]
        draft = Draft(secrets.token_urlsafe(48), kept, now_s)
        self._drafts[draft.media_id] = draft
        return draft

    def update(self, media_id: object, index: object, article: Any, now_s: float, max_title: int) -> None:
        """Replace one article. Raises ApiError 40007, 40114, 47001 for a list, and those of the limits."""
        draft = self.get(media_id)
        if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < len(draft.articles):
            raise ApiError(40114)
        draft.articles[index] = self._checked(article, max_title, is_alone=len(draft.articles) == 1)
        draft.updated_s = now_s

    def get(self, media_id: object) -> Draft:
        """The draft. Raises ApiError 40007."""
        draft = self._drafts.get(media_id) if isinstance(media_id, str) else None
        if draft is None:
            raise ApiError(40007)
        return draft

    def take(self, media_id: object) -> Draft:
        """The draft, which leaves the box: it is being sent or published. Raises ApiError 40007."""
        draft = self.get(media_id)
        del self._drafts[draft.media_id]
        return draft

    def newest(self) -> list[Draft]:
        """All drafts, the one changed last in front."""
        return sorted(self._drafts.values(), key=lambda draft: -draft.updated_s)

    def _checked(self, article: Any, max_title: int, *, is_alone: bool) -> Article:
        if not isinstance(article, dict):
            raise ApiError(47001)
        if article.get("article_type", "news") != "news":
            raise ApiError(45162)
        texts = {name: article.get(name, "") for name in _TEXTS}
        if not all(isinstance(text, str) for text in texts.values()):
            raise ApiError(47001)
        _check_lengths(texts, max_title)
        texts["content"] = clean(texts["content"], self._library.is_ours)
        if not is_alone or not texts["digest"]:
            # Of several articles only the text itself is digested; what was sent along is not looked at.
            texts["digest"] = words_of(texts["content"])[: limits.DIGEST_TAKEN]
        crops = _crops(article)
        flags = {name: int(article.get(name) in (1, True)) for name in _FLAGS}
        thumb_url = self._library.check_cover(texts["thumb_media_id"])
        return {"article_type": "news", **texts, **crops, **flags, "thumb_url": thumb_url, "show_cover_pic": 0}


def _check_lengths(texts: dict[str, str], max_title: int) -> None:
    if not 1 <= len(texts["title"]) <= max_title:
        raise ApiError(45003)
    if len(texts["author"]) > limits.MAX_AUTHOR:
        raise ApiError(45110)
    if len(texts["digest"]) > limits.MAX_DIGEST:
        raise ApiError(45004)
    content, source = texts["content"], texts["content_source_url"]
    if not content:
        raise ApiError(44004)
    if len(content) >= limits.MAX_CONTENT or len(content.encode()) >= limits.MAX_CONTENT_BYTES:
        raise ApiError(45002)
    is_address = source.startswith(("http://", "https://")) or not source
    if not is_address or len(source.encode()) > limits.MAX_SOURCE_URL_BYTES:
        raise ApiError(41039)


def _crops(article: Article) -> dict[str, str]:
    found = {name: article[name] for name in ("pic_crop_235_1", "pic_crop_1_1") if article.get(name)}
    for crop in found.values():
        if not isinstance(crop, str) or not _CROP.fullmatch(crop):
            raise ApiError(47001)
    return found
