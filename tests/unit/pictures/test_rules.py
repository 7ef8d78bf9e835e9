"""What counts as a picture, and what is taken out of it."""

import pytest

from bot.errors import InvalidInput
from bot.pictures.rules import MAX_BYTES, checked, sniff
from tests.unit.pictures.images import PLACE, jpeg, png, remark, scan, table


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (png(), "image/png"),
        (jpeg(), "image/jpeg"),
        (b"GIF89a....", "image/gif"),
        (b"<svg onload=alert(1)>", None),
        (b"<html>", None),
        (b"%PDF-1.7", None),
        (b"", None),
    ],
)
def test_the_first_bytes_tell_what_it_is(content: bytes, found: str | None) -> None:
    assert sniff(content) == found


@pytest.mark.parametrize("make", [png, jpeg])
def test_where_and_with_what_it_was_taken_is_taken_out(make) -> None:
    image = checked(make(PLACE))

    assert PLACE in make(PLACE)
    assert image.content == make()


@pytest.mark.parametrize("make", [png, jpeg])
def test_what_is_glued_behind_a_picture_is_left_behind(make) -> None:
    assert checked(make() + b"<script>PK\3\4").content == make()


def test_a_second_picture_behind_the_first_is_left_behind_with_its_place() -> None:
    assert checked(jpeg() + jpeg(PLACE)).content == jpeg()


def test_bytes_that_only_fill_are_no_fault() -> None:
    assert checked(jpeg(scans=scan(b"data") + b"\xff\xff")).content == jpeg()


def test_a_picture_in_several_scans_stays_whole() -> None:
    scans = scan(b"one\xff\x00\xff\xd0more") + table(b"\xff\xd9") + scan(b"two")

    assert checked(jpeg(PLACE, scans=scans)).content == jpeg(scans=scans)
    assert checked(jpeg(scans=scans + remark(PLACE) + scan(b"three"))).content == jpeg(scans=scans + scan(b"three"))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n", "broken_picture"),
        (png()[:-14], "broken_picture"),
        (png()[:30], "broken_picture"),
        (b"\xff\xd8\xff", "broken_picture"),
        (jpeg()[:-2], "broken_picture"),
        (b"\xff\xd8\xff\xe1\xff\xff", "broken_picture"),
        (b"\xff\xd8\xff\xe0\x00\x00" * 9, "broken_picture"),
        (b"GIF89a", "no_picture"),
        (b"MZ", "no_picture"),
        (png() + bytes(MAX_BYTES), "too_big"),
    ],
)
def test_what_is_no_whole_picture_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        checked(content)

    assert refused.value.fields["reason"] == reason
