"""Keeping pictures: the customers' on first sight, the reps' when they are sent, and finding them for the platform."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.db import Database
from bot.errors import NotFound, PictureGone, SendRefused
from bot.pictures.model import ChatPicture
from bot.pictures.rules import MAX_BYTES, SUFFIXES, Image, sniff
from bot.ports import WeChat
from bot.transcripts.model import Line, Speaker
from bot.transcripts.queries import find_by_client_key

log = structlog.get_logger()

IMAGE = "image"
# How a delivery names a picture of a chat; files of ours never have a colon in their name.
CHAT = "chat"
# What stands in lists and records where the picture itself cannot.
IN_WORDS = "[图片]"


@dataclass(frozen=True)
class ChatPictures:
    """The pictures of chats; shared between threads."""

    database: Database
    wechat: WeChat
    clock: Clock

    def show(self, conversation_id: int, line_id: int) -> Image:
        """The picture of one line, fetched once and then kept.

        Raises NotFound (no picture's line of this chat), PictureGone (the platform no longer has it, or it is none),
        and as download_media. Safe to repeat.
        """
        with self.database.reading() as session:
            line = session.get(Line, line_id)
            if line is None or line.conversation_id != conversation_id or line.kind != IMAGE:
                raise NotFound(line_id=line_id)
            kept = _kept(session, line_id)
        return kept or self._fetched(line)

    def _fetched(self, line: Line) -> Image:
        media_id = line.detail.get("media_id")
        if line.speaker is not Speaker.CUSTOMER or not isinstance(media_id, str):
            raise PictureGone(line_id=line.id)
        try:
            content = self.wechat.download_media(media_id)
        except SendRefused as refused:
            raise PictureGone(line_id=line.id) from refused
        media_type = sniff(content)
        if media_type is None or len(content) > MAX_BYTES:
            log.warning("picture_refused", line_id=line.id, bytes=len(content))
            raise PictureGone(line_id=line.id)
        found = Image(media_type, content)
        try:
            with self.database.transaction() as session:
                keep_picture(session, line, found, self.clock.now())
        except IntegrityError:
            # Two looked at it at once; one of them has kept it.
            log.info("picture_kept_already", line_id=line.id)
        return found

    def reader(self, files: Callable[[str], bytes]) -> Callable[[str], bytes]:
        """Reads a picture by the name a delivery has for it: one of a chat, else one of `files`."""

        def read(name: str) -> bytes:
            if not name.startswith(f"{CHAT}:"):
                return files(name)
            _, conversation_id, file_name = name.split(":")
            client_key = file_name.partition(".")[0]
            with self.database.reading() as session:
                line = find_by_client_key(session, int(conversation_id), client_key)
                found = _kept(session, line.id) if line else None
            if found is None:
                raise FileNotFoundError(name)
            return found.content

        return read


def keep_picture(session: Session, line: Line, image: Image, now: datetime) -> None:
    """Write the picture of a line into the caller's transaction."""
    session.add(
        ChatPicture(
            conversation_id=line.conversation_id,
            line_id=line.id,
            media_type=image.media_type,
            content=base64.b64encode(image.content).decode(),
            at=now,
        )
    )


def name_of(conversation_id: int, client_key: str, image: Image) -> str:
    """The name under which a delivery finds a rep's picture; it tells the platform what kind of picture it is."""
    return f"{CHAT}:{conversation_id}:{client_key}.{SUFFIXES[image.media_type]}"


def _kept(session: Session, line_id: int) -> Image | None:
    row = session.scalars(select(ChatPicture).where(ChatPicture.line_id == line_id)).first()
    return Image(row.media_type, row.bytes) if row else None
