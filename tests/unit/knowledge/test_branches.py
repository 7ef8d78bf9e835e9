"""Distances and places of branches."""

import pytest

from bot.knowledge.branches import Branch, distance_m, distance_text, in_place, names_district, nearest
from config.content import load_content

HEFEI = Branch("a", "合肥滨湖支行", "340100", "合肥", "包河区", "x", 31.7268, 117.2905, "0551", "y")
SHANGHAI = Branch("b", "上海陆家嘴支行", "310000", "上海", "浦东新区", "x", 31.23, 121.517, "021", "y")


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        ((31.0, 117.0), (31.0, 117.0), 0),
        ((31.0, 117.0), (32.0, 117.0), 111_195),
        ((39.9087, 116.3975), (31.2304, 121.4737), 1_067_000),
    ],
)
def test_a_distance_is_that_of_a_crow(one: tuple[float, float], other: tuple[float, float], metres: float) -> None:
    assert distance_m(*one, *other) == pytest.approx(metres, rel=0.005)


@pytest.mark.parametrize(
    ("metres", "text"), [(3, "10米"), (284, "280米"), (1_240, "1.2公里"), (9_990, "10.0公里"), (23_400, "23公里")]
)
def test_a_distance_reads_as_one_says_it(metres: float, text: str) -> None:
    assert distance_text(metres) == text


def test_nobody_is_near_at_the_other_end_of_the_country() -> None:
    assert nearest([HEFEI, SHANGHAI], 29.65, 91.11) == []
    assert [one.branch.id for one in nearest([HEFEI, SHANGHAI], 31.72, 117.29)] == ["a"]


@pytest.mark.parametrize("text", ["浦东的网点", "浦东新区有吗", "陆家嘴那家"])
def test_a_district_is_named_in_short_and_in_full(text: str) -> None:
    assert names_district(SHANGHAI, text)
    assert in_place([HEFEI, SHANGHAI], text, None) == [SHANGHAI]


def test_a_code_of_a_district_means_its_city() -> None:
    assert in_place([HEFEI, SHANGHAI], "包河", "340111") == [HEFEI]


def test_there_are_branches_in_a_dozen_cities_each_with_a_window_for_firms() -> None:
    branches = load_content().branches
    cities = {branch.city for branch in branches}

    assert (len(branches), len(cities)) == (41, 12)
    assert all(any(branch.corporate for branch in branches if branch.city == city) for city in cities)
