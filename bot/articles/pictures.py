"""Keeping the pictures of articles: each once, whoever uploads it, cleaned of where and with what it was taken."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.articles.model import ArticlePicture
from bot.articles.rules import MAX_PICTURE_BYTES
from bot.clock import Clock
from bot.db import Database
from bot.errors import InvalidInput, NotFound
from bot.pictures.rules import Image, checked


@dataclass(frozen=True)
class ArticlePictures:
    """The pictures articles are made with."""

    database: Database
    clock: Clock

    def keep(self, content: bytes, username: str) -> int:
        """The id of a PNG or JPEG below 1 MB, which is kept if it is new. Raises InvalidInput with the `reason`."""
        image = checked(content)
        if len(image.content) > MAX_PICTURE_BYTES:
            raise InvalidInput(places=["content"], reason="too_big")
        sha256 = hashlib.sha256(image.content).hexdigest()
        with self.database.reading() as session:
            known = _find(session, sha256)
        if known is not None:
            return known
        row = ArticlePicture(
            sha256=sha256,
            media_type=image.media_type,
            content=image.content,
            added_by=username,
            added_at=self.clock.now(),
        )
        try:
            with self.database.transaction() as session:
                session.add(row)
            return row.id
        except IntegrityError:
            # Two uploaded it at once.
            with self.database.reading() as session:
                found = _find(session, sha256)
            assert found is not None
            return found

    def show(self, picture_id: int) -> Image:
        """A picture. Raises NotFound."""
        with self.database.reading() as session:
            row = session.get(ArticlePicture, picture_id)
            if row is None:
                raise NotFound(picture_id=picture_id)
            return Image(row.media_type, row.content)


def _find(session: Session, sha256: str) -> int | None:
    return session.scalars(select(ArticlePicture.id).where(ArticlePicture.sha256 == sha256)).first()
