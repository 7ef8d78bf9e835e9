"""Rules change while the desks are open; of two who saw the same version one wins."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bot.audit.model import Act, AuditAct
from bot.audit.service import Doer
from bot.clock import FixedClock
from bot.db import Database
from bot.desks.model import DeskRules, StoredRules, Strategy
from bot.desks.queries import rules_in_force, thresholds_in_force
from bot.desks.service import Change, DeskSettings
from bot.errors import NotFound, VersionStateConflict
from bot.outbox import OutboxRow
from config.desks import load_desk_rules, load_thresholds
from tests.factories import MORNING

DESKS = ("loan", "ebank", "general", "complaint", "fraud")
DEFAULTS, LIMITS = load_desk_rules(DESKS), load_thresholds(DESKS)
BOSS = Doer("boss", "r1")
CHANGED = replace(DEFAULTS["loan"], strategy=Strategy.LEAST_BUSY, offer_s=40)


@pytest.fixture
def settings_(database: Database, clock: FixedClock) -> DeskSettings:
    return DeskSettings(database, clock, DEFAULTS, LIMITS)


def in_force(database: Database) -> DeskRules:
    with database.reading() as session:
        return rules_in_force(session, DEFAULTS)["loan"]


def test_a_change_holds_at_the_next_look_and_is_told_and_written_down(
    settings_: DeskSettings, database: Database
) -> None:
    row = settings_.change("loan", 0, Change(CHANGED, replace(LIMITS["loan"], wait_s=300), "月初量大"), BOSS)

    assert in_force(database) == CHANGED
    with database.reading() as session:
        assert thresholds_in_force(session, LIMITS)["loan"].wait_s == 300
        assert rules_in_force(session, DEFAULTS)["ebank"] == DEFAULTS["ebank"]
        event = session.scalars(select(OutboxRow)).one()
        act = session.scalars(select(AuditAct)).one()
    assert (event.type, event.payload) == ("desk.rules_changed", {"desk": "loan", "number": 1})
    assert (act.act, act.object_kind, act.object_id, act.reason) == (Act.RULES_CHANGED, "desk:loan", row.id, "月初量大")


def test_the_way_back_to_the_default_is_a_version_too(settings_: DeskSettings, database: Database) -> None:
    settings_.change("loan", 0, Change(CHANGED, None, "试一天"), BOSS)
    settings_.change("loan", 1, Change(None, None, "试完了"), BOSS)

    assert in_force(database) == DEFAULTS["loan"]


def test_who_saw_an_old_version_is_refused(settings_: DeskSettings, database: Database) -> None:
    settings_.change("loan", 0, Change(CHANGED, None, "先到"), BOSS)

    with pytest.raises(VersionStateConflict):
        settings_.change("loan", 0, Change(DEFAULTS["loan"], None, "后到"), Doer("deputy"))

    assert in_force(database) == CHANGED


def test_the_database_refuses_the_second_of_two_at_once(database: Database, settings_: DeskSettings) -> None:
    settings_.change("loan", 0, Change(CHANGED, None, "先到"), BOSS)

    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(StoredRules(desk="loan", number=1, reason="同时", changed_by="deputy", changed_at=MORNING))


def test_rules_of_an_earlier_release_take_what_they_lack_from_the_default(
    settings_: DeskSettings, database: Database
) -> None:
    settings_.change("loan", 0, Change(CHANGED, None, "旧版"), BOSS)
    with database.transaction() as session:
        session.execute(update(StoredRules).values(rules={"offer_s": 40, "gone_since": 1}))

    assert in_force(database) == replace(DEFAULTS["loan"], offer_s=40)


def test_an_unknown_desk_has_no_rules(settings_: DeskSettings) -> None:
    with pytest.raises(NotFound):
        settings_.change("moon", 0, Change(CHANGED, None, "没有"), BOSS)
