"""Temporary media: what may be uploaded, and for how long it lives."""

import secrets
from dataclasses import dataclass

from simulator.clock import VirtualClock
from simulator.errors import ApiError

LIFETIME_S = 3 * 86_400
MEBIBYTE = 1024 * 1024
MAX_BYTES = {"image": 10 * MEBIBYTE, "voice": 2 * MEBIBYTE, "video": 10 * MEBIBYTE, "thumb": 64 * 1024}
MAX_VOICE_S = 60
AMR_HEAD = b"#!AMR\n"
AMR_FRAME_BYTES = {0: 13, 1: 14, 2: 16, 3: 18, 4: 20, 5: 21, 6: 27, 7: 32, 8: 6, 15: 1}
AMR_FRAME_S = 0.02


@dataclass(frozen=True)
class Media:
    """One stored file. `created_s` is virtual unix seconds."""

    media_id: str
    kind: str
    filename: str
    content_type: str
    data: bytes
    created_s: float


class MediaStore:
    """Files by id. The caller holds the world's lock."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._media: dict[str, Media] = {}

    def add(self, kind: str, filename: str, data: bytes) -> Media:
        """Store a file. Raises ApiError 40004, 44001, 40005, 40006, 45007."""
        if kind not in MAX_BYTES:
            raise ApiError(40004)
        if not data:
            raise ApiError(44001)
        content_type = sniff(data)
        if content_type not in ALLOWED[kind]:
            raise ApiError(40005)
        if len(data) > MAX_BYTES[kind]:
            raise ApiError(40006)
        if content_type == "audio/amr" and amr_seconds(data) > MAX_VOICE_S:
            raise ApiError(45007)
        media = Media(secrets.token_urlsafe(48), kind, filename, content_type, data, self._clock.now_s())
        self._media[media.media_id] = media
        return media

    def get(self, media_id: object) -> Media:
        """The file. Raises ApiError 40007 when unknown or over three days old."""
        media = self._media.get(media_id) if isinstance(media_id, str) else None
        if media is None or self._clock.now_s() - media.created_s >= LIFETIME_S:
            raise ApiError(40007)
        return media

    def check(self, media_id: object, *kinds: str) -> Media:
        """The file if it is of one of these kinds. Raises ApiError 40007."""
        media = self.get(media_id)
        if media.kind not in kinds:
            raise ApiError(40007)
        return media


def sniff(data: bytes) -> str:
    """The content type told by the first bytes, or application/octet-stream."""
    for head, content_type in _HEADS:
        if data.startswith(head):
            return content_type
    if data[4:8] == b"ftyp":
        return "video/mp4"
    if len(data) > 1 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0:
        return "audio/mpeg"
    return "application/octet-stream"


def amr_seconds(data: bytes) -> float:
    """Play time of an AMR file: frames of 20 ms, each as long as its mode says."""
    at, frames = len(AMR_HEAD), 0
    while at < len(data):
        at += AMR_FRAME_BYTES.get(data[at] >> 3 & 0x0F, 1)
        frames += 1
    return frames * AMR_FRAME_S


_HEADS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (AMR_HEAD, "audio/amr"),
    (b"ID3", "audio/mpeg"),
)
ALLOWED = {
    "image": {"image/png", "image/jpeg", "image/gif"},
    "voice": {"audio/amr", "audio/mpeg"},
    "video": {"video/mp4"},
    "thumb": {"image/jpeg"},
}
