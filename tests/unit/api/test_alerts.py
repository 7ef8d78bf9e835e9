"""The bell and the list of alerts."""

from collections.abc import Callable

from bot.alerts.model import AlertKind
from bot.alerts.service import About, close_alert, raise_alert
from bot.db import Database
from tests.factories import MORNING
from tests.unit.api.conftest import Browser


def test_alerts_are_listed_looked_at_and_closed(signed_in: Callable[[str], Browser], database: Database) -> None:
    boss = signed_in("supervisor")
    with database.transaction() as session:
        raise_alert(session, AlertKind.LONG_WAIT, "loan", MORNING, About("loan", figures={"wait_s": 130}))
        raise_alert(session, AlertKind.LOW_RATING, "7", MORNING, About(conversation_id=7))
        raise_alert(session, AlertKind.NOBODY_READY, "fraud", MORNING)
        close_alert(session, AlertKind.NOBODY_READY, "fraud", MORNING)

    page = boss.get("/api/alerts", limit=1).json
    assert (page["open"], page["next"], [one["kind"] for one in page["items"]]) == (2, 2, ["low_rating"])
    rest = boss.get("/api/alerts", before=2).json["items"]
    assert [(one["skill_name"], one["figures"], one["ends_by_hand"]) for one in rest] == [
        ("普惠专属服务代表", {"wait_s": 130}, False)
    ]
    assert boss.post("/api/alerts/1/seen").json["seen_by"] == "supervisor"
    assert boss.get("/api/alerts").json["open"] == 1

    refused = boss.post("/api/alerts/1/close")

    assert (refused.status_code, refused.json["code"]) == (409, "alert_state_conflict")
    assert boss.post("/api/alerts/2/close").json["state"] == "closed"
    assert [one["id"] for one in boss.get("/api/alerts", state="closed").json["items"]] == [3, 2]
    assert boss.post("/api/alerts/9/seen").status_code == 404
