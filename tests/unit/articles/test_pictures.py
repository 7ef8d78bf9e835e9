"""Pictures of articles are kept once, cleaned, and below a megabyte."""

import pytest

from bot.articles.pictures import ArticlePictures
from bot.articles.rules import MAX_PICTURE_BYTES
from bot.bootstrap import Bot
from bot.errors import InvalidInput, NotFound
from tests.unit.pictures.images import PLACE, jpeg, png, scan


@pytest.fixture
def pictures(bot: Bot) -> ArticlePictures:
    return bot.article_pictures


def test_the_same_picture_is_kept_once_whatever_it_says_of_its_maker(pictures: ArticlePictures) -> None:
    first, second = pictures.keep(jpeg(PLACE), "ann"), pictures.keep(jpeg(), "ben")

    assert first == second
    assert pictures.show(first).media_type == "image/jpeg"
    assert PLACE not in pictures.show(first).content
    assert pictures.keep(png(), "ann") != first


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"GIF89a...", "no_picture"),
        (b"<svg></svg>", "no_picture"),
        (b"\x89PNG\r\n\x1a\nbroken", "broken_picture"),
        (jpeg(scans=scan(b"x" * MAX_PICTURE_BYTES)), "too_big"),
    ],
)
def test_what_the_platform_would_refuse_is_refused(pictures: ArticlePictures, content: bytes, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        pictures.keep(content, "ann")

    assert refused.value.fields["reason"] == reason


def test_two_who_upload_it_at_once_get_the_same(pictures: ArticlePictures, monkeypatch: pytest.MonkeyPatch) -> None:
    first = pictures.keep(png(), "ann")
    looks = iter([None, first])
    monkeypatch.setattr("bot.articles.pictures._find", lambda *_: next(looks))

    assert pictures.keep(png(), "ben") == first


def test_an_unknown_picture_is_not_found(pictures: ArticlePictures) -> None:
    with pytest.raises(NotFound):
        pictures.show(99)
