"""Whom an event of the desk concerns: his own matters reach a person, others' do not."""

from typing import Any

import pytest

from bot.db import Database
from bot.events import CAMPAIGNERS, EVERYBODY, SUPERVISORS
from bot.handoff.hearing import Standing, standings, topics_of_event, topics_of_person
from bot.handoff.model import Owner
from bot.staff.model import Role, StaffMember
from tests.factories import add_waiting

QUEUED = Standing(Owner.QUEUED, None, "loan", True)
OFFERED = Standing(Owner.OFFERED, "rep01", "loan", True)
ACTIVE = Standing(Owner.ACTIVE, "rep01", "loan", True)
WITH_BOT = Standing(Owner.BOT, None, None, False)
LEFT_LINE = Standing(Owner.BOT, None, "loan", False)


@pytest.mark.parametrize(
    ("type_", "payload", "standing", "viewers", "heard"),
    [
        ("line.added", {}, WITH_BOT, (), set()),
        ("line.added", {}, None, (), set()),
        ("line.added", {}, QUEUED, (), {"supervisors", "desk:loan"}),
        ("line.added", {}, OFFERED, (), {"supervisors", "desk:loan", "staff:rep01"}),
        ("line.added", {}, ACTIVE, (), {"supervisors", "staff:rep01"}),
        ("line.added", {}, ACTIVE, ("rep03",), {"supervisors", "staff:rep01", "staff:rep03"}),
        ("viewers.changed", {"viewers": []}, ACTIVE, ("rep03",), {"supervisors", "staff:rep01", "staff:rep03"}),
        (
            "handoff.accepted",
            {"rep": "rep01", "skill": "loan"},
            ACTIVE,
            (),
            {"supervisors", "desk:loan", "staff:rep01"},
        ),
        (
            "handoff.transferred",
            {"rep": "rep02", "skill": "ebank"},
            Standing(Owner.QUEUED, None, "ebank", True),
            (),
            {"supervisors", "desk:ebank", "staff:rep02"},
        ),
        (
            "handoff.offered",
            {"rep": "rep02", "skill": "loan"},
            Standing(Owner.ACTIVE, "rep01", "ebank", True),
            (),
            {"supervisors", "desk:loan", "desk:ebank", "staff:rep01", "staff:rep02"},
        ),
        ("handoff.closed", {"rep": None, "skill": "loan"}, LEFT_LINE, (), {"supervisors", "desk:loan"}),
        ("handoff.closed", {"rep": None, "skill": None}, WITH_BOT, (), set()),
        ("complaint.filed", {}, ACTIVE, (), {"supervisors", "staff:rep01", "desk:complaint"}),
        ("followup.promised", {"rep": None, "skill": "loan"}, WITH_BOT, (), {"supervisors", "desk:loan"}),
        ("followup.changed", {"rep": "rep01", "skill": "loan"}, None, (), {"supervisors", "staff:rep01"}),
        (
            "followup.changed",
            {"rep": "rep01", "skill": "loan", "moved": True},
            None,
            (),
            {"supervisors", "desk:loan", "staff:rep01"},
        ),
        (
            "followup.changed",
            {"rep": None, "former": "rep02", "skill": "loan"},
            None,
            (),
            {"supervisors", "desk:loan", "staff:rep02"},
        ),
    ],
)
def test_whom_an_event_about_a_conversation_concerns(
    type_: str, payload: dict[str, Any], standing: Standing | None, viewers: tuple[str, ...], heard: set[str]
) -> None:
    assert topics_of_event(type_, EVERYBODY, 7, payload, standing=standing, viewers=viewers) == heard


@pytest.mark.parametrize(
    ("audience", "conversation_id", "heard"),
    [("rep01", 7, {"staff:rep01"}), (SUPERVISORS, 7, {SUPERVISORS}), (EVERYBODY, None, {EVERYBODY})],
)
def test_an_event_may_name_its_audience(audience: str, conversation_id: int | None, heard: set[str]) -> None:
    assert topics_of_event("rep.status_changed", audience, conversation_id, {}, standing=ACTIVE) == heard


def test_what_a_person_hears_follows_from_his_desks_and_his_role() -> None:
    rep = StaffMember(username="rep01", role=Role.REP, skills=["loan", "general"])
    head = StaffMember(username="supervisor01", role=Role.SUPERVISOR, skills=[])

    assert topics_of_person(rep) == {EVERYBODY, "staff:rep01", "desk:loan", "desk:general"}
    assert topics_of_person(head) == {EVERYBODY, "staff:supervisor01", SUPERVISORS, CAMPAIGNERS}


@pytest.mark.parametrize("role", [Role.MARKETER, Role.REVIEWER, Role.ADMIN])
def test_who_markets_hears_of_mass_sends_and_of_nothing_at_the_desk(role: Role) -> None:
    person = StaffMember(username="ann", role=role, skills=["loan"])

    assert topics_of_person(person) == {CAMPAIGNERS, "staff:ann"}
    changed = topics_of_event("campaign.changed", CAMPAIGNERS, None, {"campaign_id": 1}, standing=None)
    assert changed == {CAMPAIGNERS}


def test_standings_are_read_for_all_conversations_at_once(database: Database) -> None:
    first, second = add_waiting(database, 1), add_waiting(database, 2)

    with database.reading() as session:
        found = standings(session, [first, second, 999])

    assert found == {first: QUEUED, second: QUEUED}
