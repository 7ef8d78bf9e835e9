"""The page 效果 over HTTP: the figures and their words, whom they count, files, and the article on a rep's card."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.audit.model import Act, AuditAct
from bot.campaigns.model import CampaignState, scene_of
from bot.clock import FixedClock
from bot.customers.model import Follower
from bot.db import Database
from bot.handoff.model import Conversation, Owner
from bot.leads.recording import note_need
from bot.results.dictionary import FUNNEL, METRICS
from bot.results.model import TouchKind
from bot.results.rules import Scene
from bot.results.touches import note
from tests.factories import MORNING
from tests.unit.api.conftest import Browser
from tests.unit.api.test_query_counts import counted
from tests.unit.results.rows import DAY, add_campaign, add_chat, add_people
from tests.unit.results.small_campaign import EXPECTED, small_campaign

SignIn = Callable[[str], Browser]
DAYS = {"first": "2026-11-24", "last": "2026-11-25"}


@pytest.fixture
def campaign(database: Database, clock: FixedClock) -> int:
    return small_campaign(database, clock)


def values(page: dict[str, Any]) -> dict[str, Any]:
    return {one["metric"]: one["value"] for one in page["figures"]}


def acts(database: Database, act: Act) -> list[AuditAct]:
    with database.reading() as session:
        return list(session.scalars(select(AuditAct).where(AuditAct.act == act)))


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_a_campaigns_page_tells_every_figure_with_its_words(signed_in: SignIn, campaign: int) -> None:
    page = signed_in("marketer").get(f"/api/results/campaigns/{campaign}").json

    assert values(page) == EXPECTED
    assert [one["id"] for one in page["metrics"]] == [one.id for one in METRICS]
    assert all(one["formula"] for one in page["metrics"])
    assert [(one["metric"], one["count"]) for one in page["funnel"]] == [(name, EXPECTED[name]) for name in FUNNEL]
    assert page["reasons"][0] == {"reason": "holdout", "followers": 2}
    assert (page["gathered_at"], page["read_until"]) == ("2026-11-24T02:00:00Z", "2026-11-25")
    assert page["intents"][0]["chats"] == 2
    assert [one["title"] for one in page["variants"]] == ["惠企贴息", "惠企贴息二"]


def test_small_samples_say_nothing(signed_in: SignIn, campaign: int) -> None:
    page = signed_in("marketer").get(f"/api/results/campaigns/{campaign}").json

    chat = next(one for one in page["lifts"] if one["effect"] == "chat")
    assert chat["sent"] == {"part": 4, "whole": 8, "share": 0.5}
    assert chat["held"] == {"part": 1, "whole": 2, "share": 0.5}
    assert (chat["value"], chat["is_enough"], chat["is_clear"]) == (0.0, False, False)
    assert not any(one["is_enough"] for one in [*page["lifts"], *page["contrasts"]])
    reads = next(one for one in page["contrasts"] if one["metric"] == "reads")
    # Five readers of three: others read it, too, and nobody is more than everybody.
    assert (reads["first"]["part"], reads["first"]["whole"]) == (3, 3)


def test_days_without_anything_are_shown_between_those_with(signed_in: SignIn, campaign: int) -> None:
    days = signed_in("marketer").get(f"/api/results/campaigns/{campaign}").json["days"]

    assert [one["day"] for one in days] == [str(date(2026, 11, 24) + timedelta(days=number)) for number in range(10)]
    assert [one["values"]["reads"] for one in days[:3]] == [7, 2, 0]


def test_weeks_are_shares_of_each_group(signed_in: SignIn, campaign: int) -> None:
    weeks = signed_in("marketer").get(f"/api/results/campaigns/{campaign}").json["weeks"]

    sent, held = (one for one in weeks if one["effect"] == "chat")
    assert (sent["name"], sent["size"], sent["shares"][0]) == ("已发送", 8, 0.5)
    assert (held["name"], held["size"], held["shares"]) == ("对照组", 2, [0.5] * 5)


def test_a_campaign_that_has_not_begun_has_a_page_of_nothing(signed_in: SignIn, database: Database) -> None:
    add_people(database, 1, 2)
    made = add_campaign(database, {1: [1, 2]}, state=CampaignState.SCHEDULED, started_at=None)

    page = signed_in("reviewer").get(f"/api/results/campaigns/{made}").json

    assert (page["days"], page["gathered_at"], page["read_until"]) == ([], None, None)
    assert page["lifts"][0]["value"] is None
    assert signed_in("reviewer").get("/api/results/campaigns/999").status_code == 404


def test_the_overview_counts_nobody_twice(signed_in: SignIn, database: Database, campaign: int) -> None:
    again = add_campaign(database, {1: [1, 2]}, at=MORNING + DAY, titles=("另一篇",))
    with database.transaction() as session:
        note(session, session.get_one(Follower, 1), Scene(again, 1), TouchKind.CLICK, MORNING + DAY)

    page = signed_in("supervisor").get("/api/results", **DAYS).json

    assert values(page)["clicks"] == 1
    assert [(row["campaign"]["id"], row["values"]["clicks"]) for row in page["rows"]] == [(again, 1), (campaign, 1)]
    assert page["rows"][0]["campaign"]["titles"] == ["另一篇"]
    assert page["weeks"][0]["name"] == "2026-11-23"
    assert not page["is_cut"]


@pytest.mark.parametrize(("first", "last"), [("2026-11-25", "2026-11-24"), ("2025-01-01", "2026-01-02")])
def test_no_days_and_too_many_are_refused(signed_in: SignIn, first: str, last: str) -> None:
    browser = signed_in("marketer")

    assert browser.get("/api/results", first=first, last=last).status_code == 422
    assert browser.get("/api/results/export", first=first, last=last).status_code == 422


def test_figures_by_variant_branch_product_and_day(signed_in: SignIn, campaign: int) -> None:
    browser = signed_in("marketer")

    def names(by: str) -> list[str]:
        return [row["name"] for row in browser.get(f"/api/results/campaigns/{campaign}/breakdown", by=by).json["rows"]]

    assert names("variant") == ["A · 惠企贴息", "B · 惠企贴息二"]
    assert names("branch") == ["城北支行", "城南支行", "未知"]
    assert names("day")[0] == "2026-11-24"
    assert names("product")[-1] == "未知"
    assert browser.get(f"/api/results/campaigns/{campaign}/breakdown", by="campaign").status_code == 422
    assert browser.get("/api/results/campaigns/999/breakdown", by="day").status_code == 404


def test_the_followers_behind_a_figure_are_masked_and_the_look_is_written_down(
    signed_in: SignIn, database: Database, campaign: int
) -> None:
    with database.transaction() as session:
        session.get_one(Follower, 1).firm_name = "陶记餐饮管理有限公司"
    browser = signed_in("marketer")

    page = browser.get(f"/api/results/campaigns/{campaign}/chatters/followers", limit=2).json
    rest = browser.get(f"/api/results/campaigns/{campaign}/chatters/followers", limit=2, after=page["next"]).json

    assert [row["follower_id"] for row in [*page["items"], *rest["items"]]] == [1, 2, 5]
    assert (page["items"][0]["firm_name"], rest["next"]) == ("陶记**有限公司", None)
    assert all(row["conversation_id"] is None for row in page["items"])
    assert [act.object_id for act in acts(database, Act.RECIPIENTS_READ)] == [campaign]


def test_a_supervisor_is_led_to_the_chats(signed_in: SignIn, campaign: int) -> None:
    browser = signed_in("supervisor")

    rows = browser.get(f"/api/results/campaigns/{campaign}/handoffs/followers").json["items"]
    clicks = browser.get(f"/api/results/campaigns/{campaign}/clicks/followers").json["items"]

    assert all(row["conversation_id"] for row in rows)
    assert [row["conversation_id"] for row in clicks] == [None]


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("reads", {}, 404),
        ("nothing", {}, 404),
        ("chatters", {"by": "branch"}, 422),
        ("chatters", {"key": "x"}, 422),
        ("chatters", {"by": "branch", "key": "城北支行"}, 200),
    ],
)
def test_what_cannot_be_looked_into_is_refused(
    signed_in: SignIn, campaign: int, path: str, query: dict[str, str], status: int
) -> None:
    answer = signed_in("marketer").get(f"/api/results/campaigns/{campaign}/{path}/followers", **query)

    assert answer.status_code == status
    if status == 200:
        assert [row["follower_id"] for row in answer.json["items"]] == [5]


@pytest.mark.parametrize(
    ("path", "query", "head", "row"),
    [
        ("", DAYS, "活动", ["惠企贴息", "惠企贴息；惠企贴息二"]),
        ("/campaigns/{id}", {}, "指标", ["提款金额（元）", "160000.0"]),
        ("/campaigns/{id}/breakdown", {"by": "branch"}, "名称", ["城北支行"]),
    ],
)
def test_files_name_who_took_them_and_are_written_down(
    signed_in: SignIn, database: Database, campaign: int, path: str, query: dict[str, str], head: str, row: list[str]
) -> None:
    answer = signed_in("marketer").get(f"/api/results{path.format(id=campaign)}/export", **query)

    text = answer.get_data(as_text=True)
    rows = rows_of(text)
    assert text.startswith("\ufeff")
    assert (rows[2][0], rows[2][1], rows[3]) == ("导出人", "marketer", ["仅限内部使用，请勿外传"])
    assert any(head in line for line in rows)
    assert any(all(cell in line for cell in row) for line in rows)
    assert len(acts(database, Act.REPORT_EXPORTED)) == 1


def test_no_name_in_a_file_runs_as_a_formula(signed_in: SignIn, database: Database) -> None:
    add_people(database, 1, 2)
    add_campaign(database, {1: [1, 2]}, name="=HYPERLINK(1)", titles=("+1",))

    rows = rows_of(signed_in("marketer").get("/api/results/export", **DAYS).get_data(as_text=True))

    assert rows[6][1:3] == ["'=HYPERLINK(1)", "'+1"]


def test_pages_cost_the_same_number_of_statements_however_much_is_in_them(
    signed_in: SignIn, database: Database, campaign: int
) -> None:
    browser = signed_in("marketer")
    paths = [
        ("/api/results", {"first": "2026-11-01", "last": "2026-12-30"}),
        (f"/api/results/campaigns/{campaign}", {}),
    ]
    add_campaign(database, {1: [1, 2]}, at=MORNING + DAY)

    def costs() -> list[int]:
        found = []
        for path, query in paths:
            browser.get(path, **query)
            with counted(database) as statements:
                assert browser.get(path, **query).status_code == 200
            found.append(len(statements))
        return found

    few = costs()
    for number in range(2, 8):
        add_campaign(database, {1: [1, 2]}, at=MORNING + number * DAY)

    assert costs() == few


def test_the_rep_sees_what_the_customer_read(signed_in: SignIn, database: Database) -> None:
    add_people(database, 1, 2)
    made = add_campaign(database, {1: [1, 2]}, titles=("惠企贴息",))
    chat = add_chat(database, 1, MORNING, owner=Owner.BOT, skill="loan", queued_at=MORNING)
    with database.transaction() as session:
        note(session, session.get_one(Follower, 1), Scene(made, 1), TouchKind.CLICK, MORNING)
        session.get_one(Conversation, chat).owner = Owner.QUEUED

    found = signed_in("rep").get(f"/api/handoffs/{chat}").json

    assert found["pushed"] == {"campaign_id": made, "title": "惠企贴息", "is_proven": True}
    assert found["customer"]["source"] is None


@pytest.mark.parametrize("source", [None, "branch-17", "m99v1"])
def test_a_chat_that_comes_from_no_article_says_so(signed_in: SignIn, database: Database, source: str | None) -> None:
    add_people(database, 1)
    chat = add_chat(database, 1, MORNING, owner=Owner.QUEUED, skill="loan", queued_at=MORNING, source=source)

    found = signed_in("rep").get(f"/api/handoffs/{chat}").json

    assert found["pushed"] is None
    assert found["customer"]["source"] == (None if source == "m99v1" else source)


def test_customer_and_lead_name_the_article_that_brought_them(signed_in: SignIn, database: Database) -> None:
    add_people(database, 1, 2)
    made = add_campaign(database, {1: [2]}, titles=("惠企贴息",))
    with database.transaction() as session:
        session.get_one(Follower, 1).source = scene_of(made, 1)
        lead_id = note_need(session, session.get_one(Follower, 1), None, {}, MORNING).id
    browser = signed_in("supervisor")

    assert browser.get("/api/customers/1").json["source"] == "推送《惠企贴息》"
    assert browser.get(f"/api/leads/{lead_id}").json["item"]["source"] == "推送《惠企贴息》"
    assert [one["source"] for one in browser.get("/api/leads").json["items"]] == ["推送《惠企贴息》"]
