"""Several replies of one turn become one message."""

import pytest

from bot.dialogue.merging import MAX_CHOICES, merge
from bot.messages import Choice, Reply


def lines(*ids: str) -> tuple[Choice, ...]:
    return tuple(Choice(name, name.upper()) for name in ids)


@pytest.mark.parametrize("replies", [[], [Reply("")], [Reply(""), Reply("")]])
def test_nothing_said_is_no_message(replies: list[Reply]) -> None:
    assert merge(replies) is None


def test_texts_stand_apart_in_the_order_they_were_said() -> None:
    merged = merge([Reply("一"), Reply(""), Reply("二")])

    assert merged is not None
    assert merged.text == "一\n\n二"


def test_lines_without_words_are_still_a_message() -> None:
    merged = merge([Reply("", lines("a"))])

    assert merged is not None
    assert (merged.text, merged.choices) == ("", lines("a"))


def test_the_last_replys_lines_come_first_and_no_line_twice() -> None:
    merged = merge([Reply("一", lines("a", "b")), Reply("二", lines("c", "a"))])

    assert merged is not None
    assert [choice.id for choice in merged.choices] == ["c", "a", "b"]


def test_no_more_lines_than_a_thumb_can_choose_from() -> None:
    merged = merge([Reply("一", lines(*"abcdef")), Reply("二", lines(*"uvw"))])

    assert merged is not None
    assert [choice.id for choice in merged.choices] == ["u", "v", "w", "a", "b"]
    assert len(merged.choices) == MAX_CHOICES


@pytest.mark.parametrize(("authors", "is_ai"), [((True, False), True), ((False, False), False)])
def test_one_machine_made_part_marks_the_whole(authors: tuple[bool, bool], is_ai: bool) -> None:
    merged = merge([Reply("词", is_ai=author) for author in authors])

    assert merged is not None
    assert merged.is_ai is is_ai


def test_every_source_is_named() -> None:
    merged = merge([Reply("一", source="a@1"), Reply("二"), Reply("三", source="b@2")])

    assert merged is not None
    assert merged.source == "a@1,b@2"
