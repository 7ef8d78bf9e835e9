"""Pictures that stay: permanent material for covers, and those inside articles, which do not count in the library."""

import hashlib
import secrets
from collections.abc import Container

from simulator.articles.cleaning import picture_urls
from simulator.articles.limits import MAX_ARTICLE_PICTURE_BYTES, MAX_PICTURES
from simulator.errors import ApiError
from simulator.media import MEBIBYTE, Media, sniff

ENDINGS = {"image/png": "png", "image/jpeg": "jpeg", "image/gif": "gif", "image/bmp": "bmp"}
IN_ARTICLES = ("image/png", "image/jpeg")


class Library:
    """Permanent pictures by media id, and the pictures of articles by address. The caller holds the world's lock."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._kept: dict[str, Media] = {}
        self._shown: dict[str, Media] = {}

    def add(self, kind: str, filename: str, data: bytes, now_s: float) -> tuple[Media, str]:
        """Keep a picture; it and its address. Raises ApiError 40004, 44001, 40005, 40006, 45001."""
        if kind not in ("image", "thumb"):
            raise ApiError(40004)
        content_type = _checked(data, tuple(ENDINGS) if kind == "image" else ("image/jpeg",))
        if len(data) > (10 * MEBIBYTE if kind == "image" else 64 * 1024):
            raise ApiError(40006)
        if len(self._kept) >= MAX_PICTURES:
            raise ApiError(45001)
        media = Media(secrets.token_urlsafe(48), kind, filename, content_type, data, now_s)
        self._kept[media.media_id] = media
        return media, self._show(media)

    def add_to_article(self, filename: str, data: bytes, now_s: float) -> str:
        """Put a picture where articles may show it; its address. Raises ApiError 44001, 40005, 40009."""
        content_type = _checked(data, IN_ARTICLES)
        if len(data) >= MAX_ARTICLE_PICTURE_BYTES:
            raise ApiError(40009)
        return self._show(Media(secrets.token_urlsafe(24), "image", filename, content_type, data, now_s))

    def delete(self, media_id: object) -> None:
        """Remove a permanent picture; articles that show it go on doing so. Raises ApiError 40007."""
        if not isinstance(media_id, str) or self._kept.pop(media_id, None) is None:
            raise ApiError(40007)

    def check_cover(self, media_id: object) -> str:
        """The address of a permanent picture. Raises ApiError 40007."""
        media = self._kept.get(media_id) if isinstance(media_id, str) else None
        if media is None:
            raise ApiError(40007)
        return self._address(media)

    def is_ours(self, url: str) -> bool:
        """True for an address articles may show, whatever stands behind its question mark."""
        return _key(url) in self._shown and url.startswith(f"{self._base}/mmbiz_")

    def find(self, key: str) -> Media | None:
        """The picture at the address with this key."""
        return self._shown.get(key)

    def digest_of(self, url: str) -> str:
        """What tells this picture from every other one; "" when it does not lie here."""
        media = self._shown.get(_key(url)) if self.is_ours(url) else None
        return digest(media.data) if media is not None else ""

    def codes_in(self, html: str, known: Container[str]) -> list[str]:
        """The addresses of those pictures in an article whose digest is known."""
        return [url for url in picture_urls(html) if self.digest_of(url) in known]

    def count(self) -> int:
        """How many permanent pictures there are."""
        return len(self._kept)

    def _show(self, media: Media) -> str:
        url = self._address(media)
        self._shown[_key(url)] = media
        return url

    def _address(self, media: Media) -> str:
        key = hashlib.sha256(media.media_id.encode()).hexdigest()[:40]
        return f"{self._base}/mmbiz_{ENDINGS[media.content_type]}/{key}/0?wx_fmt={ENDINGS[media.content_type]}"


def digest(picture: bytes) -> str:
    """The digest of a picture's bytes."""
    return hashlib.sha256(picture).hexdigest()


def _key(url: str) -> str:
    parts = url.partition("?")[0].rstrip("/").split("/")
    return parts[-2] if len(parts) > 2 else ""


def _checked(data: bytes, allowed: tuple[str, ...]) -> str:
    if not data:
        raise ApiError(44001)
    content_type = sniff(data)
    if content_type not in allowed:
        raise ApiError(40005)
    return content_type
