"""Articles at the platform: account_ports.Drafts, Material and Publishing over its server API.

developers.weixin.qq.com: draftbox/draftmanage, material/permanent, public.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.account_ports import DraftArticle, DraftEntry, Publication, PublishStatus
from bot.adapters import wechat_wire as wire
from bot.adapters.wechat_calls import PlatformCalls, number_of, rows_of, text_of

UNKNOWN_MEDIA = 40007
UNKNOWN_ARTICLE = 53600


class WechatDrafts:
    """account_ports.Drafts."""

    def __init__(self, calls: PlatformCalls) -> None:
        self._calls = calls

    def add(self, articles: Sequence[DraftArticle]) -> str:
        """Put a draft into the box; its media id. Not safe to repeat."""
        body = {"articles": [_body_of(article) for article in articles]}
        return text_of(self._calls.post("draft/add", body, is_repeatable=False), "media_id", is_repeatable=False)

    def update(self, media_id: str, index: int, article: DraftArticle) -> None:
        """Replace one article of a draft. Raises NotFound."""
        # Here `articles` is one object, not a list.
        body = {"media_id": media_id, "index": index, "articles": _body_of(article)}
        self._calls.post("draft/update", body, missing=(UNKNOWN_MEDIA,))

    def get(self, media_id: str) -> tuple[DraftArticle, ...]:
        """The draft as the platform keeps it. Raises NotFound."""
        found = self._calls.post("draft/get", {"media_id": media_id}, missing=(UNKNOWN_MEDIA,))
        return tuple(_article_of(row) for row in rows_of(found, "news_item"))

    def delete(self, media_id: str) -> None:
        """Take a draft out of the box; one that is not there is as good."""
        self._calls.post("draft/delete", {"media_id": media_id}, fine=UNKNOWN_MEDIA)

    def recent(self, count: int = 20, offset: int = 0) -> tuple[DraftEntry, ...]:
        """The drafts of the box, newest first."""
        found = self._calls.post("draft/batchget", {"offset": offset, "count": count, "no_content": 1})
        return tuple(_entry_of(row) for row in rows_of(found, "item"))


class WechatMaterial:
    """account_ports.Material."""

    def __init__(self, calls: PlatformCalls) -> None:
        self._calls = calls

    def add_image(self, name: str, content: bytes) -> str:
        """Keep a picture for covers; its media id. Not safe to repeat: each one counts against 100,000."""
        kept = self._calls.upload("material/add_material", name, content, is_repeatable=False, type="image")
        return text_of(kept, "media_id", is_repeatable=False)

    def upload_article_image(self, name: str, content: bytes) -> str:
        """Put a picture where articles may show it; its address."""
        return text_of(self._calls.upload("media/uploadimg", name, content), "url")

    def delete(self, media_id: str) -> None:
        """Remove permanent material; what is not there is as good."""
        self._calls.post("material/del_material", {"media_id": media_id}, fine=UNKNOWN_MEDIA)


class WechatPublishing:
    """account_ports.Publishing."""

    def __init__(self, calls: PlatformCalls) -> None:
        self._calls = calls

    def submit(self, media_id: str) -> str:
        """Start publishing a draft; the publish id. Not safe to repeat."""
        started = self._calls.post("freepublish/submit", {"media_id": media_id}, is_repeatable=False)
        return number_of(started, "publish_id", is_repeatable=False)

    def get(self, publish_id: str) -> Publication:
        """How the job stands. Raises NotFound."""
        found = self._calls.post("freepublish/get", {"publish_id": publish_id}, missing=(UNKNOWN_ARTICLE,))
        try:
            status = PublishStatus(int(number_of(found, "publish_status")))
        except ValueError:
            raise wire.after_sending(is_repeatable=True) from None
        # The official sample has a line break inside the id.
        article_id = "".join(str(found.get("article_id") or "").split())
        detail = found.get("article_detail")
        items = rows_of(detail, "item") if isinstance(detail, dict) else ()
        failed = found.get("fail_idx")
        return Publication(
            status=status,
            article_id=article_id or None,
            urls=tuple(str(item.get("article_url", "")) for item in items),
            failed=tuple(index for index in failed if isinstance(index, int)) if isinstance(failed, list) else (),
        )

    def delete(self, article_id: str, index: int = 0) -> None:
        """Take a published article down. Raises NotFound."""
        self._calls.post("freepublish/delete", {"article_id": article_id, "index": index}, missing=(UNKNOWN_ARTICLE,))


def _body_of(article: DraftArticle) -> dict[str, object]:
    body: dict[str, object] = {
        "article_type": "news",
        "title": article.title,
        "author": article.author,
        "digest": article.digest,
        "content": article.content,
        "content_source_url": article.source_url,
        "thumb_media_id": article.thumb_media_id,
        "need_open_comment": int(article.can_comment),
        "only_fans_can_comment": int(article.can_comment),
    }
    crops = {"pic_crop_235_1": article.crop_235_1, "pic_crop_1_1": article.crop_1_1}
    return body | {name: crop for name, crop in crops.items() if crop}


def _article_of(row: Mapping[str, Any]) -> DraftArticle:
    return DraftArticle(
        title=str(row.get("title", "")),
        author=str(row.get("author", "")),
        digest=str(row.get("digest", "")),
        content=str(row.get("content", "")),
        source_url=str(row.get("content_source_url", "")),
        thumb_media_id=str(row.get("thumb_media_id", "")),
        crop_235_1=str(row.get("pic_crop_235_1", "")),
        crop_1_1=str(row.get("pic_crop_1_1", "")),
        can_comment=row.get("need_open_comment") == 1,
    )


def _entry_of(row: Mapping[str, Any]) -> DraftEntry:
    content = row.get("content")
    articles = rows_of(content, "news_item") if isinstance(content, dict) else ()
    updated_s = int(number_of(row, "update_time"))
    titles = tuple(str(article.get("title", "")) for article in articles)
    return DraftEntry(text_of(row, "media_id"), titles, datetime.fromtimestamp(updated_s, UTC))
