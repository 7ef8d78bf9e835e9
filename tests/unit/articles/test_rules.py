"""The platform's limits to the character, crops, and the hash of what is approved."""

from dataclasses import replace

import pytest

from bot.articles.model import ArticleKind
from bot.articles.rules import Flaw, Words, content_hash, counts, flaws_of, is_crop

GOOD = Words("题", "作者", "摘要", "<p>文</p>", ArticleKind.SERVICE, cover_id=1, goal="激活")


def flaws(words: Words, rendered: str | None = None) -> list[Flaw]:
    return list(flaws_of(words, words.body if rendered is None else rendered, is_empty=False))


@pytest.mark.parametrize(("place", "longest"), [("title", 32), ("author", 16), ("digest", 128)], ids=str)
def test_a_line_may_be_as_long_as_the_platform_takes_and_no_longer(place: str, longest: int) -> None:
    assert flaws(replace(GOOD, **{place: "字" * longest})) == []
    assert flaws(replace(GOOD, **{place: "字" * (longest + 1)})) == [
        Flaw(place, "too_long", f"{longest + 1}/{longest}")
    ]


@pytest.mark.parametrize(
    ("rendered", "places"),
    [("字" * 19_999, []), ("字" * 20_000, ["body"]), ("x" * 1_048_576, ["body", "body"]), ("", [])],
)
def test_a_body_has_less_than_20000_characters_and_less_than_a_megabyte(rendered: str, places: list[str]) -> None:
    assert [one.place for one in flaws(GOOD, rendered)] == places


@pytest.mark.parametrize(
    ("words", "flaw"),
    [
        (replace(GOOD, title=" "), Flaw("title", "missing")),
        (replace(GOOD, cover_id=None), Flaw("cover", "missing")),
        (replace(GOOD, goal=""), Flaw("goal", "missing")),
        (replace(GOOD, source_url="ftp://x"), Flaw("source_url", "no_link", "ftp://x")),
        (replace(GOOD, source_url="https://x/ y"), Flaw("source_url", "no_link", "https://x/ y")),
        (replace(GOOD, crop_235_1="0_0_2_1"), Flaw("crop_235_1", "no_crop", "0_0_2_1")),
        (replace(GOOD, crop_1_1="x"), Flaw("crop_1_1", "no_crop", "x")),
    ],
)
def test_what_is_missing_or_no_link_or_no_crop_is_told(words: Words, flaw: Flaw) -> None:
    assert flaws(words) == [flaw]


def test_a_link_may_have_1024_bytes() -> None:
    assert flaws(replace(GOOD, source_url="https://x/" + "a" * 1014)) == []
    assert flaws(replace(GOOD, source_url="https://x/" + "a" * 1015))[0].reason == "too_long"


def test_an_empty_body_is_told() -> None:
    assert list(flaws_of(GOOD, "", is_empty=True)) == [Flaw("body", "missing")]


def test_counts_tell_what_is_used_of_every_limit() -> None:
    found = {(one.place, one.unit): (one.used, one.most, one.is_over) for one in counts(GOOD, "<p>文</p>")}

    assert found["title", "chars"] == (1, 32, False)
    assert found["body", "chars"] == (8, 19_999, False)
    assert found["body", "bytes"] == (10, 1_048_575, False)


@pytest.mark.parametrize(
    ("crop", "fits"),
    [
        ("0_0_1_1", True),
        ("0.1_0.25_0.9_0.75", True),
        ("0.5_0_0.5_1", False),
        ("0_0.6_1_0.4", False),
        ("0_0_1", False),
        ("0_0_1_1.5", False),
        ("-1_0_1_1", False),
        ("", False),
    ],
)
def test_a_crop_lies_within_the_cover(crop: str, fits: bool) -> None:
    assert is_crop(crop) is fits


def test_every_word_changes_the_hash() -> None:
    first = content_hash(GOOD, "<p>文</p>", {"a": 1})
    others = [
        content_hash(replace(GOOD, title="别"), "<p>文</p>", {"a": 1}),
        content_hash(replace(GOOD, author="别"), "<p>文</p>", {"a": 1}),
        content_hash(replace(GOOD, digest="别"), "<p>文</p>", {"a": 1}),
        content_hash(replace(GOOD, kind=ArticleKind.MARKETING), "<p>文</p>", {"a": 1}),
        content_hash(replace(GOOD, cover_id=2), "<p>文</p>", {"a": 1}),
        content_hash(replace(GOOD, crop_1_1="0_0_1_1"), "<p>文</p>", {"a": 1}),
        content_hash(replace(GOOD, source_url="https://x"), "<p>文</p>", {"a": 1}),
        content_hash(replace(GOOD, goal="留存"), "<p>文</p>", {"a": 1}),
        content_hash(GOOD, "<p>别</p>", {"a": 1}),
        content_hash(GOOD, "<p>文</p>", {"a": 2}),
    ]

    assert len({first, *others}) == 11
    assert content_hash(GOOD, "<p>文</p>", {"a": 1}) == first
