"""群发 in the console: from the draft to the last receipt, by whom, and what each person may see and do."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, select

from bot.audit.model import Act, AuditAct
from bot.campaigns.ledger import MassMessage, OutsideSend, OutsideState
from bot.clock import FixedClock
from bot.customers.model import Follower
from bot.db import Database
from bot.errors import SendRefused
from tests.campaign_worlds import FakeArticles, add_followers
from tests.fake_segments import EVERYBODY, NOBODY, FakeSegments
from tests.product import UnderTest
from tests.unit.api.conftest import Browser

SignedIn = Callable[[str], Browser]


@pytest.fixture(autouse=True)
def asked(product: UnderTest, monkeypatch: pytest.MonkeyPatch) -> FakeSegments:
    """Segments and articles as campaigns see them; the platform's drafts are made by hand."""
    segments, articles = FakeSegments(), FakeArticles()
    near = product.bot.campaigns.neighbours
    for name, found in (
        ("frozen", articles.frozen),
        ("who", segments.who),
        ("because", segments.because),
        ("fingerprint", segments.fingerprint),
    ):
        object.__setattr__(near, name, found)
    object.__setattr__(
        product.bot.campaign_runner,
        "ensure_draft",
        lambda version_id, purpose, source_url="", *, scene="": product.fakes.account.add_draft(purpose),
    )
    add_followers(product.bot.database, 30, branch="鼓楼支行")
    return segments


def written(clock: FixedClock, **changes: Any) -> dict[str, Any]:
    return {
        "name": "惠企贴息",
        "goal": "activate",
        "metric": "applications",
        "message_class": "marketing",
        "included": [EVERYBODY],
        "variants": [{"article_version_id": 1, "share": 100}],
        "not_before": clock.now().isoformat(),
        **changes,
    }


def begun(browser: Browser, clock: FixedClock, **changes: Any) -> Any:
    answer = browser.post("/api/campaigns", written(clock, **changes))
    assert answer.status_code == 201, answer.json
    return answer.json


def scheduled(signed_in: SignedIn, clock: FixedClock, **changes: Any) -> int:
    """A campaign that waits for its time; its id."""
    marketer, reviewer = signed_in("marketer"), signed_in("reviewer")
    one = begun(marketer, clock, **changes)
    path = f"/api/campaigns/{one['id']}"
    assert marketer.post(f"{path}/submit").status_code == 200
    assert reviewer.post(f"{path}/approve", {"content_hash": one["content_hash"]}).status_code == 200
    assert marketer.post(f"{path}/schedule").json["state"] == "scheduled"
    return int(one["id"])


def run(product: UnderTest) -> None:
    runner = product.bot.campaign_runner
    runner.start()
    runner.settle()
    runner.send()
    runner.recall()


def test_from_the_draft_to_the_last_receipt(product: UnderTest, signed_in: SignedIn, clock: FixedClock) -> None:
    campaign_id = scheduled(signed_in, clock)
    marketer = signed_in("marketer")
    path = f"/api/campaigns/{campaign_id}"

    run(product)

    shown = marketer.get(f"{path}/progress").json
    assert (shown["state"], shown["chunks"]) == ("running", {"accepted": 1})
    assert sum(one["followers"] for one in shown["reasons"]) == 30
    assert shown["left"]["gone"] == next(one["followers"] for one in shown["reasons"] if one["reason"] is None)
    for message in product.fakes.account.finish_all():
        product.bot.inbound.record(message, "plain")
    shown = marketer.get(f"{path}/progress").json
    assert (shown["state"], shown["sent"], shown["eta"]) == ("finished", shown["left"]["gone"], None)
    chunk = marketer.get(f"{path}/chunks").json["items"][0]
    assert (chunk["state"], chunk["client_id"]) == ("finished", f"c{campaign_id}v1k1")
    acts = [one["act"] for one in marketer.get(f"{path}/acts").json["items"]]
    assert acts == ["created", "submitted", "approved", "scheduled", "planned", "finished"]
    row = marketer.get("/api/campaigns").json["items"][0]
    assert (row["titles"], row["size"], row["reviewer_name"]) == (["文章1"], shown["left"]["gone"], "某reviewer")


def test_no_campaign_without_a_metric(signed_in: SignedIn, clock: FixedClock) -> None:
    body = written(clock)
    del body["metric"]

    answer = signed_in("marketer").post("/api/campaigns", body)

    assert (answer.status_code, answer.json["fields"]["places"]) == (422, ["metric"])


@pytest.mark.parametrize(
    "change",
    [
        {"variants": [{"article_version_id": 1, "share": 40}, {"article_version_id": 2, "share": 40}]},
        {"variants": [{"article_version_id": 1, "share": 50}, {"article_version_id": 1, "share": 50}]},
        {"not_after": "2020-01-01T00:00:00+00:00"},
        {"not_before": "2026-11-24T10:00:00"},
        {"holdout_bp": 6000},
        {"speed": 5},
    ],
)
def test_what_cannot_be_is_refused(signed_in: SignedIn, clock: FixedClock, change: dict[str, Any]) -> None:
    assert signed_in("marketer").post("/api/campaigns", written(clock, **change)).status_code == 422


def test_what_comes_too_late_in_the_evening_is_moved_and_says_so(signed_in: SignedIn, clock: FixedClock) -> None:
    late = clock.now().replace(hour=13, minute=30)  # 21:30

    one = begun(signed_in("marketer"), clock, not_before=late.isoformat())

    assert one["moved_why"] == "quiet_hours"
    assert one["starts_at"].startswith("2026-11-25T01:00")


def test_an_edit_voids_the_approval_and_needs_the_revision_that_was_read(
    signed_in: SignedIn, clock: FixedClock
) -> None:
    campaign_id = scheduled(signed_in, clock)
    marketer, path = signed_in("marketer"), f"/api/campaigns/{campaign_id}"

    assert marketer.write("PUT", path, {**written(clock), "revision": 7}).json["code"] == "campaign_state_conflict"
    saved = marketer.write("PUT", path, {**written(clock, holdout_bp=500), "revision": 1}).json

    assert (saved["state"], saved["reviewer"], saved["revision"], saved["holdout_bp"]) == ("draft", None, 2, 500)


def test_the_reviewer_sees_what_he_approves_and_marks_what_he_does_not(signed_in: SignedIn, clock: FixedClock) -> None:
    marketer, reviewer = signed_in("marketer"), signed_in("reviewer")
    one = begun(marketer, clock)
    path = f"/api/campaigns/{one['id']}"
    marketer.post(f"{path}/submit")
    wrong = reviewer.post(f"{path}/approve", {"content_hash": "0" * 64})
    assert (wrong.status_code, wrong.json["fields"]["state"]) == (409, "changed")

    body = {"reason": "缺风险提示", "marks": [{"place": "variants.1", "words": "写上年化利率"}]}
    back = reviewer.post(f"{path}/send-back", body).json

    assert (back["state"], back["reason"], back["marks"]) == ("draft", "缺风险提示", body["marks"])
    assert marketer.get("/api/campaigns", state="draft").json["counts"] == {"draft": 1}


def test_what_may_not_be_approved_says_why(signed_in: SignedIn, clock: FixedClock, asked: FakeSegments) -> None:
    marketer = signed_in("marketer")
    one = begun(marketer, clock, message_class="service", included=[EVERYBODY, 99])

    assert one["flaws"] == [
        {"place": "included", "reason": "segment_gone", "words": "99"},
        {"place": "variants.1", "reason": "article_is_marketing", "words": "文章1"},
    ]
    refused = marketer.post(f"/api/campaigns/{one['id']}/submit")
    assert (refused.status_code, refused.json["code"]) == (422, "unfit_campaign")
    assert refused.json["fields"]["flaws"] == one["flaws"]
    assert [segment["name"] for segment in one["included"]] == ["所有粉丝", None]


def test_a_test_on_too_few_is_told_before_anybody_reviews_it(signed_in: SignedIn, clock: FixedClock) -> None:
    marketer = signed_in("marketer")
    halves = [{"article_version_id": 1, "share": 50}, {"article_version_id": 2, "share": 50}]
    one = begun(marketer, clock, variants=halves)

    shown = marketer.get(f"/api/campaigns/{one['id']}/preview").json

    assert (shown["audience"], shown["is_sample_too_small"], shown["min_sample"]) == (30, True, 500)
    refused = marketer.post(f"/api/campaigns/{one['id']}/submit").json
    assert refused["fields"]["flaws"][0]["reason"] == "sample_too_small"


def test_who_is_in_it_and_who_is_not_is_shown_masked_and_the_look_is_written_down(
    product: UnderTest, signed_in: SignedIn, clock: FixedClock
) -> None:
    database = product.bot.database
    with database.transaction() as session:
        row = session.get_one(Follower, 5)
        row.phone, row.firm_name, row.opted_out_at = "13812345678", "合肥老陶餐饮有限公司", clock.now()
    campaign_id = scheduled(signed_in, clock)
    run(product)
    marketer, path = signed_in("marketer"), f"/api/campaigns/{campaign_id}"

    out = marketer.get(f"{path}/recipients", reason="opted_out").json["items"]
    first = marketer.get(f"{path}/recipients", limit=10).json
    second = marketer.get(f"{path}/recipients", limit=100, after=first["next"]).json

    assert [(one["follower_id"], one["phone"], one["firm_name"]) for one in out] == [
        (5, "138****5678", "合肥**有限公司")
    ]
    assert len(first["items"]) == 10
    assert second["next"] is None
    assert not {one["follower_id"] for one in first["items"]} & {one["follower_id"] for one in second["items"]}
    with database.reading() as session:
        looks = session.scalars(select(AuditAct).where(AuditAct.act == Act.RECIPIENTS_READ)).all()
    assert [(one.username, one.object_kind, one.object_id) for one in looks] == [("marketer", "campaign", campaign_id)]


def test_why_and_why_not(product: UnderTest, signed_in: SignedIn, clock: FixedClock, asked: FakeSegments) -> None:
    asked.add(7, "网点客户", lambda: Follower.id == 9)
    with product.bot.database.transaction() as session:
        session.get_one(Follower, 5).opted_out_at = clock.now()
    marketer = signed_in("marketer")
    draft = begun(marketer, clock, excluded=[7])
    before = marketer.get(f"/api/campaigns/{draft['id']}/why", follower_id=9).json
    campaign_id = scheduled(signed_in, clock, excluded=[7])
    run(product)

    after = marketer.get(f"/api/campaigns/{campaign_id}/why", follower_id=5).json

    assert (before["is_planned"], before["is_in"], before["reason"]) == (False, True, "excluded")
    assert [(one["name"], one["is_excluding"], one["holds"]) for one in before["segments"]] == [
        ("所有粉丝", False, True),
        ("网点客户", True, True),
    ]
    assert before["segments"][1]["because"][0]["words"] == "网点客户"
    assert (after["is_planned"], after["reason"], after["chunk"]) == (True, "opted_out", None)
    assert marketer.get(f"/api/campaigns/{campaign_id}/why", follower_id=999).status_code == 404


def test_pausing_says_what_left_and_a_stop_holds_everything(
    product: UnderTest, signed_in: SignedIn, clock: FixedClock
) -> None:
    campaign_id = scheduled(signed_in, clock)
    run(product)
    path = f"/api/campaigns/{campaign_id}"
    supervisor, marketer = signed_in("supervisor"), signed_in("marketer")

    held = supervisor.post(f"{path}/pause", {"reason": "先等等"}).json

    assert (held["state"], held["pause_why"], held["left"]["still"]) == ("paused", "by_hand", 0)
    assert held["left"]["gone"] > 0
    assert marketer.post(f"{path}/resume").json["state"] == "running"
    assert signed_in("reviewer").post("/api/mass/stop", {"reason": "链接错了"}).status_code == 204
    assert marketer.get("/api/mass/stop").json["by_name"] == "某reviewer"
    assert marketer.post(f"{path}/resume").json["fields"]["state"] == "halted"
    assert supervisor.post("/api/mass/stop/lift").status_code == 204
    assert marketer.get("/api/mass/stop").json == {"since": None, "by_name": None, "reason": None, "running": 0}


def test_a_refused_chunk_is_decided_by_the_marketer(product: UnderTest, signed_in: SignedIn, clock: FixedClock) -> None:
    product.fakes.account.fail_next("mass.send_to_list", SendRefused(reason="45028"))
    campaign_id = scheduled(signed_in, clock)
    run(product)
    marketer, path = signed_in("marketer"), f"/api/campaigns/{campaign_id}"
    assert marketer.get(f"{path}/progress").json["needs_person"] == 1

    assert marketer.post(f"{path}/chunks/1/settle", {"went": True, "reason": "看了后台"}).status_code == 409
    assert marketer.post(f"{path}/chunks/9/retry").status_code == 404
    assert marketer.post(f"{path}/chunks/1/retry").status_code == 204
    assert marketer.get(f"{path}/chunks").json["items"][0]["client_id"] == f"c{campaign_id}v2k1"
    product.fakes.account.fail_next("mass.send_to_list", SendRefused(reason="45028"))
    marketer.post(f"{path}/resume")
    run(product)
    assert marketer.post(f"{path}/chunks/1/abandon", {"reason": "不发了"}).status_code == 204
    assert marketer.get(f"{path}/progress").json["state"] == "finished"


def test_taking_down_says_what_stays_and_takes_two_people(
    product: UnderTest, signed_in: SignedIn, clock: FixedClock
) -> None:
    campaign_id = scheduled(signed_in, clock)
    run(product)
    marketer, path = signed_in("marketer"), f"/api/campaigns/{campaign_id}"

    asked_for = marketer.post(f"{path}/recall", {"reason": "利率写错了"}).json["recall"]

    assert asked_for["removes"] == ["article_page"]
    assert asked_for["stays"] == ["card_in_chat", "month_count", "copies"]
    alone = marketer.post(f"{path}/recall/confirm")
    assert (alone.status_code, alone.json["code"]) == (403, "same_person")
    assert signed_in("supervisor").post(f"{path}/recall/confirm").json["state"] == "cancelled"
    run(product)
    done = marketer.get(path).json["recall"]
    assert (done["done"], done["sends"], done["recalled_by_name"]) == (1, 1, "某supervisor")


def test_the_planner_tells_what_a_campaign_leaves(product: UnderTest, signed_in: SignedIn, clock: FixedClock) -> None:
    with product.bot.database.transaction() as session:
        for follower in range(1, 11):
            for place in range(1, 4):
                session.add(MassMessage(follower_id=follower, month=202611, place=place, at=clock.now()))
    marketer = signed_in("marketer")
    draft = begun(marketer, clock)

    shown = marketer.get("/api/mass/planner", campaign_id=draft["id"]).json

    sent = marketer.get(f"/api/campaigns/{draft['id']}/preview").json["included"]
    assert (shown["month"], shown["now"]) == (202611, [0, 10, 0, 0, 20])
    assert sum(shown["after"]) == 30
    assert shown["after"][4] + shown["after"][1] == 30 - sent
    assert shown["none_percent"] == round(100 * shown["after"][0] / 30)
    assert marketer.get("/api/mass/planner").json["after"] == shown["now"]


def test_sends_made_outside_are_booked_for_whom_somebody_names(
    product: UnderTest, signed_in: SignedIn, clock: FixedClock
) -> None:
    with product.bot.database.transaction() as session:
        for number in (1, 2):
            session.add(
                OutsideSend(
                    article=f"{number}",
                    title=f"通知{number}",
                    url="",
                    sent_on=clock.now().date(),
                    found_at=clock.now(),
                    state=OutsideState.OPEN,
                )
            )
    marketer = signed_in("marketer")
    first, second = (one["id"] for one in marketer.get("/api/mass/outside").json["items"])

    assert marketer.post(f"/api/mass/outside/{first}/book", {"segment_id": EVERYBODY}).status_code == 204
    assert marketer.post(f"/api/mass/outside/{second}/book", {"segment_id": None}).status_code == 204

    assert marketer.post(f"/api/mass/outside/{second}/book", {"segment_id": NOBODY}).status_code == 409
    shown = {one["id"]: (one["state"], one["booked"]) for one in marketer.get("/api/mass/outside").json["items"]}
    assert shown == {first: ("booked", 30), second: ("nobody", 0)}
    days = marketer.get("/api/mass/calendar", month="2026-11").json["items"]
    assert [(one["kind"], one["name"]) for one in days] == [("outside", "通知1"), ("outside", "通知2")]


def test_the_list_takes_as_many_queries_for_one_as_for_many(
    product: UnderTest, signed_in: SignedIn, clock: FixedClock
) -> None:
    marketer = signed_in("marketer")
    begun(marketer, clock)
    few = queries_of(product.bot.database, lambda: marketer.get("/api/campaigns"))
    for number in range(8):
        begun(marketer, clock, name=f"活动{number}")

    many = queries_of(product.bot.database, lambda: marketer.get("/api/campaigns"))

    assert many == few
    page = marketer.get("/api/campaigns", limit=4).json
    following = marketer.get("/api/campaigns", limit=10, cursor=page["next"]).json
    assert len(page["items"]) + len(following["items"]) == 9
    assert following["next"] is None
    assert len(marketer.get("/api/campaigns", text="活动").json["items"]) == 8
    assert marketer.get("/api/campaigns", cursor="x").status_code == 422


def queries_of(database: Database, act: Callable[[], object]) -> int:
    made: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *found: made.append(found[2]))
    act()
    return len(made)


def test_the_policy_is_told(signed_in: SignedIn) -> None:
    shown = signed_in("marketer").get("/api/mass/policy").json

    assert (shown["opens"], shown["closes"], shown["morning"]) == ("08:30", "20:30", "09:00")
    assert (shown["week_days"], shown["month_days"], shown["in_month"]) == (7, 30, 3)


def test_a_copy_is_a_new_draft(signed_in: SignedIn, clock: FixedClock) -> None:
    marketer = signed_in("marketer")
    one = begun(marketer, clock, holdout_bp=700)

    copied = marketer.post(f"/api/campaigns/{one['id']}/copy", {"name": "惠企贴息二期"}).json

    assert (copied["state"], copied["name"], copied["holdout_bp"]) == ("draft", "惠企贴息二期", 700)
    assert copied["id"] != one["id"]
