"""What counts as a picture, told by its bytes and never by its name; and how it is cleaned of what it says of its
maker. Pure.
"""

import struct
from dataclasses import dataclass

from bot.errors import InvalidInput

# The platform's limit of a picture.
MAX_BYTES = 10 * 1024 * 1024
PNG, JPEG, GIF = "image/png", "image/jpeg", "image/gif"
SUFFIXES = {PNG: "png", JPEG: "jpg", GIF: "gif"}
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_JPEG_HEAD = b"\xff\xd8\xff"
_GIF_HEADS = (b"GIF87a", b"GIF89a")
# Chunks that draw; the others hold texts, times and places.
_PNG_DRAWS = frozenset(
    (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs")
)
# Segments of JPEG that hold remarks: APP1 (Exif, with where it was taken) to APP13, APP15, COM. APP14 tells colours.
_JPEG_REMARKS = frozenset((*range(0xE1, 0xEE), 0xEF, 0xFE))
_JPEG_SCAN, _JPEG_END = 0xDA, 0xD9
_JPEG_WITHIN_SCAN = frozenset((0x00, *range(0xD0, 0xD8)))
_JPEG_ALONE = frozenset((0x01, *range(0xD0, 0xD9)))


@dataclass(frozen=True)
class Image:
    """A picture whose kind is known."""

    media_type: str
    content: bytes


def sniff(content: bytes) -> str | None:
    """The media type of a picture by its first bytes; None for anything else."""
    if content.startswith(_PNG_HEAD):
        return PNG
    if content.startswith(_JPEG_HEAD):
        return JPEG
    return GIF if content.startswith(_GIF_HEADS) else None


def checked(content: bytes) -> Image:
    """A picture a rep may send: PNG or JPEG, whole, without place and maker. Raises InvalidInput with the `reason`."""
    if len(content) > MAX_BYTES:
        raise InvalidInput(places=["content"], reason="too_big")
    kind = sniff(content)
    if kind not in (PNG, JPEG):
        raise InvalidInput(places=["content"], reason="no_picture")
    try:
        return Image(kind, _clean_png(content) if kind == PNG else _clean_jpeg(content))
    except (ValueError, struct.error, IndexError) as broken:
        raise InvalidInput(places=["content"], reason="broken_picture") from broken


def _clean_png(content: bytes) -> bytes:
    kept, at, kinds = [_PNG_HEAD], len(_PNG_HEAD), []
    while at < len(content):
        (length,) = struct.unpack_from(">I", content, at)
        kind, end = content[at + 4 : at + 8], at + 12 + length
        if end > len(content):
            raise ValueError("cut off")
        if kind in _PNG_DRAWS:
            kept.append(content[at:end])
        kinds.append(kind)
        at = end
        if kind == b"IEND":
            # What stands behind the end belongs to no picture.
            break
    if not kinds or kinds[0] != b"IHDR" or kinds[-1] != b"IEND" or b"IDAT" not in kinds:
        raise ValueError("no picture inside")
    return b"".join(kept)


def _clean_jpeg(content: bytes) -> bytes:
    kept, at, has_scan = [content[:2]], 2, False
    while True:
        if content[at] != 0xFF:
            raise ValueError("no segment")
        marker = content[at + 1]
        if marker == 0xFF:
            # Any number of these may stand before a mark.
            at += 1
            continue
        if marker == _JPEG_END and has_scan:
            # Behind it phones put a second picture, with remarks of its own.
            return b"".join((*kept, content[at : at + 2]))
        if marker in _JPEG_ALONE:
            kept.append(content[at : at + 2])
            at += 2
            continue
        (length,) = struct.unpack_from(">H", content, at + 2)
        end = at + 2 + length
        if marker == _JPEG_SCAN:
            has_scan, end = True, _after_scan(content, end)
        if length < 2 or end > len(content):
            raise ValueError("cut off")
        if marker not in _JPEG_REMARKS:
            kept.append(content[at:end])
        at = end


def _after_scan(content: bytes, at: int) -> int:
    """Where the drawn data of a scan end: at the next mark that is neither a stuffed byte nor a restart."""
    while (at := content.find(b"\xff", at)) >= 0:
        if content[at + 1] not in _JPEG_WITHIN_SCAN:
            return at
        at += 2
    raise ValueError("cut off")
