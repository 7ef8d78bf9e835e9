"""Pages of several lists are the pages of one."""

import random
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.timeline.merging import Place, page_of
from tests.factories import MORNING


@dataclass(frozen=True)
class Item:
    place: Place


def item(minutes: int, rank: int = 0, number: int | str = 1) -> Item:
    return Item(Place(MORNING + timedelta(minutes=minutes), rank, number))


def behind(one: Item, place: Place | None) -> bool:
    """What a source's SQL says."""
    if place is None or one.place.at < place.at:
        return True
    if one.place.at > place.at or one.place.rank < place.rank:
        return False
    return one.place.rank > place.rank or one.place.id < place.id  # type: ignore[operator]


def test_newest_comes_first_whichever_list_it_is_of() -> None:
    chats, calls = [item(30), item(10)], [item(20, 1), item(5, 1)]

    shown, more = page_of([chats, calls], 3)

    assert shown == [chats[0], calls[0], chats[1]]
    assert more == chats[1].place


def test_the_last_page_has_none_behind_it() -> None:
    assert page_of([[item(1)], [item(2, 1)]], 2)[1] is None
    assert page_of([[], []], 2) == ([], None)


def test_at_the_same_moment_the_earlier_source_and_the_later_row_come_first() -> None:
    first, second, third = item(0, 0, 1), item(0, 1, 9), item(0, 1, 8)

    assert page_of([[first], [second, third]], 9)[0] == [first, second, third]


@pytest.mark.parametrize("seed", range(20))
def test_page_by_page_nothing_is_lost_and_nothing_comes_twice(seed: int) -> None:
    rng = random.Random(seed)
    ids: list[list[int | str]] = [list(range(30)), [f"e{number:02d}" for number in range(30)], list(range(30))]
    lists = [
        sorted(
            (item(rng.randrange(6), rank, number) for number in numbers),
            key=lambda one: (one.place.at, one.place.id),
            reverse=True,
        )
        for rank, numbers in enumerate(ids)
    ]
    limit, place, seen = rng.randrange(1, 9), None, []

    while True:
        rest = [[one for one in whole if behind(one, place)][: limit + 1] for whole in lists]
        shown, place = page_of(rest, limit)
        seen += shown
        if place is None:
            break

    assert len(seen) == len(set(seen)) == 90
    assert seen == page_of(lists, 90)[0]
