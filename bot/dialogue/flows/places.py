"""Where and when: the branches near a position or in a city, with their windows for firms, and the desk's hours."""

import re
from collections.abc import Sequence

from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.opening_hours import hours_of
from bot.dialogue.flows.saying import answer, idle
from bot.knowledge.branches import MOST_SHOWN, Branch, distance_text, in_place, nearest
from bot.messages import Choice, Entity, Reply

FLOW = "places"
ASKS_CITY = "city"
NUMBERS = "①②③"
SAMPLE = "【示例】"
# 哪家能办对公: a window for firms is needed.
_CORPORATE = re.compile(r"对公|公户|企业|公司|单位|开户|U盾|印鉴")


class Places:
    """Branches near a position or in a city, and opening hours."""

    name = FLOW
    intents: tuple[str, ...] = ("branch_location", "business_hours")

    def start(self, turn: Turn) -> Step:
        """The place or the hour that was asked for."""
        if turn.understanding.intent == "business_hours":
            return idle(turn, hours_of(turn))
        return _branches(turn)

    def resume(self, turn: Turn) -> Step | None:
        """How to get there, or the city that was asked for."""
        verb, _, rest = (turn.choice or "").partition(":")
        if verb == "way":
            return _way(turn, rest)
        if turn.choice == "continue":
            return _ask_city(turn)
        is_asked = turn.session.step == ASKS_CITY and turn.choice is None
        if is_asked and (_city(turn) is not None or in_place(turn.content.branches, turn.text, None)):
            return _branches(turn)
        return None


def near(turn: Turn) -> Step:
    """The nearest branches to a position that was sent; whoever waits for another answer goes on waiting."""
    place = _position(turn)
    if place is None:
        return _ask_city(turn)
    session = turn.session.with_slots(place=list(place))
    if session.flow == FLOW:
        session = session.idle()
    return Step(session, (_nearest(turn, place, is_corporate=False),))


def _position(turn: Turn) -> tuple[float, float] | None:
    """Where he is, as the platform sent it; None when it makes no sense."""
    try:
        lat, lon = (float(turn.message.detail[name]) for name in ("latitude", "longitude"))
    except (KeyError, ValueError):
        return None
    return (lat, lon) if -90 <= lat <= 90 and -180 <= lon <= 180 else None


def _branches(turn: Turn) -> Step:
    """Those of the place that is named, else those near the position sent before, else the question where he is."""
    is_corporate = _CORPORATE.search(turn.text) is not None
    city = _city(turn)
    found = in_place(turn.content.branches, turn.text, city.value if city else None)
    if found:
        # When no window for firms is in the district, one of the same city will do.
        of_city = [branch for branch in turn.content.branches if branch.city == found[0].city and branch.corporate]
        fit = [branch for branch in found if branch.corporate or not is_corporate] or of_city
        return idle(
            turn, _listed(turn, f"{found[0].city_name}可以去这", [(branch, None) for branch in fit[:MOST_SHOWN]])
        )
    if city is not None:
        return idle(turn, answer(turn, "branch_none_in_city", city=city.text))
    place = turn.session.slots.get("place")
    if place is not None:
        return idle(turn, _nearest(turn, (place[0], place[1]), is_corporate=is_corporate))
    return _ask_city(turn)


def _ask_city(turn: Turn) -> Step:
    if turn.session.paused is not None:
        # Another question is still open; the city may come, but it does not stand in that one's way.
        return idle(turn, answer(turn, "branch_location"))
    return Step(turn.session.waiting_in(FLOW, ASKS_CITY), (answer(turn, "branch_location"),))


def _city(turn: Turn) -> Entity | None:
    return turn.understanding.entity("city")


def _nearest(turn: Turn, place: tuple[float, float], *, is_corporate: bool) -> Reply:
    fit = [branch for branch in turn.content.branches if branch.corporate or not is_corporate]
    found = nearest(fit, *place)
    if not found:
        return answer(turn, "branch_none_near")
    return _listed(turn, "离您最近的", [(one.branch, one.distance_m) for one in found])


def _listed(turn: Turn, where: str, found: Sequence[tuple[Branch, float | None]]) -> Reply:
    """The branches with their windows and distances, each with a line that tells the way."""
    rows = "\n".join(_row(number, branch, metres) for number, (branch, metres) in enumerate(found))
    lines = (Choice(f"{FLOW}:way:{branch.id}", f"怎么去{_short(branch)}") for branch, _ in found)
    sample = SAMPLE if turn.content.are_branches_samples else ""
    return answer(turn, "branch_list", *lines, where=where, count=len(found), sample=sample, rows=rows)


def _row(number: int, branch: Branch, metres: float | None) -> str:
    away = f"（{distance_text(metres)}）" if metres is not None else ""
    window = f"对公窗口{branch.corporate}" if branch.corporate else "不办对公"
    address = f"{branch.city_name}{branch.district}{branch.address}"
    return f"{NUMBERS[number]}{branch.name}{away}\n{address}\n{window}，电话{branch.phone}"


def _way(turn: Turn, branch_id: str) -> Step | None:
    branch = next((one for one in turn.content.branches if one.id == branch_id), None)
    if branch is None:
        return None
    window = branch.corporate or "这家不办对公"
    said = answer(turn, "branch_way", name=branch.name, way=branch.way, window=window, phone=branch.phone)
    return idle(turn, said)


def _short(branch: Branch) -> str:
    return branch.name.removeprefix(branch.city_name)
