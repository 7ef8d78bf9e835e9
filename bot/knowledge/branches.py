"""Branches: found by city and district in words, or by distance from a position. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_M = 6_371_000
MOST_SHOWN = 3
# Beyond this nobody is near.
NEAR_M = 50_000
# The part of a code that names the city: 340104 is a district of 340100.
CITY_DIGITS = 4


@dataclass(frozen=True)
class Branch:
    """One branch. Positions are GCJ-02, the platform's own. `corporate` are the hours of the window for firms, None
    when there is none; `way` is how to get there on foot from what everybody knows.
    """

    id: str
    name: str
    city: str
    city_name: str
    district: str
    address: str
    lat: float
    lon: float
    phone: str
    way: str
    corporate: str | None = None


@dataclass(frozen=True)
class Near:
    """A branch and how far it is."""

    branch: Branch
    distance_m: float


def distance_m(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """The way of a crow in metres (haversine)."""
    north, east = radians(other_lat - lat), radians(other_lon - lon)
    half = sin(north / 2) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(east / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(half))


def nearest(branches: Iterable[Branch], lat: float, lon: float) -> list[Near]:
    """The three nearest within reach, nearest first; empty when none is near."""
    found = [Near(branch, distance_m(lat, lon, branch.lat, branch.lon)) for branch in branches]
    return sorted((one for one in found if one.distance_m <= NEAR_M), key=lambda one: one.distance_m)[:MOST_SHOWN]


def in_place(branches: Sequence[Branch], text: str, city: str | None) -> list[Branch]:
    """The branches of the district that is named, else of the city, by its code or its name; empty when the text names
    neither.
    """
    of_city = [branch for branch in branches if _is_in(branch, text, city)]
    named = [branch for branch in of_city or branches if names_district(branch, text)]
    return named or of_city


def names_district(branch: Branch, text: str) -> bool:
    """True when the text names the branch's district (蜀山, 蜀山区) or the branch itself."""
    short = branch.district.removesuffix("新区").removesuffix("区")
    own = branch.name.removeprefix(branch.city_name).removesuffix("支行")
    return (short if len(short) > 1 else branch.district) in text or own in text


def distance_text(metres: float) -> str:
    """350米, 1.2公里, 23公里."""
    if metres < 1000:
        return f"{max(10, round(metres, -1)):.0f}米"
    return f"{metres / 1000:.1f}公里" if metres < 10_000 else f"{metres / 1000:.0f}公里"


def _is_in(branch: Branch, text: str, city: str | None) -> bool:
    if city is not None:
        return branch.city[:CITY_DIGITS] == city[:CITY_DIGITS]
    return branch.city_name in text
