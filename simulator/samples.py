"""Small built-in files for messages sent without an upload, made by code so that they stay readable here."""

import struct
from pathlib import Path

PICTURE = Path(__file__).parent / "static" / "picture.png"


def picture() -> bytes:
    """A PNG: a screenshot a customer might send."""
    return PICTURE.read_bytes()


def voice(seconds: int = 3) -> bytes:
    """An AMR file of silence."""
    return b"#!AMR\n" + (b"\x3c" + bytes(31)) * (seconds * 50)


def video() -> bytes:
    """The smallest MP4 the platform's check lets through: a file type box and an empty media box."""
    return struct.pack(">I", 20) + b"ftypisom" + struct.pack(">I", 0) + b"isom" + struct.pack(">I", 8) + b"mdat"
