"""The page 报表 over HTTP: who sees which figures, the chats behind them, files that hold no formulas."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from api.report_export import guarded
from bot.audit.model import Act, AuditAct
from bot.campaigns.model import scene_of
from bot.clock import FixedClock, local_day
from bot.db import Database
from bot.handoff.model import Conversation, Outcome, Owner
from bot.reports.dictionary import BY_ID, METRICS
from bot.reports.model import Ending, HandoffFact
from config.settings import ROOT
from tests.factories import MORNING, add_waiting
from tests.product import UnderTest
from tests.unit.api.conftest import Browser
from tests.unit.api.test_query_counts import counted
from tests.unit.results.rows import add_campaign, add_people

DAY = str(local_day(MORNING))
TODAY = {"first": DAY, "last": DAY}
SignIn = Callable[[str], Browser]


def add_served(database: Database, number: int, *, rep: str = "rep", source: str | None = None) -> int:
    chat = add_waiting(database, number)
    end = MORNING + timedelta(minutes=5)
    with database.transaction() as session:
        row = session.get_one(Conversation, chat)
        row.owner, row.rep, row.accepted_at, row.closed_at = Owner.CLOSED, rep, MORNING, end
        row.outcome = Outcome.SOLVED
        fact = HandoffFact(
            conversation_id=chat, arrived_at=MORNING, arrived_on=local_day(MORNING), hour=10, desk="loan"
        )
        fact.accepted_at, fact.rep, fact.wait_ms, fact.reply_ms, fact.source = MORNING, rep, 12_000, 15_500, source
        fact.ended_at, fact.ending = end, Ending.CLOSED
        session.add(fact)
    return chat


def acts(database: Database, act: Act) -> list[AuditAct]:
    with database.reading() as session:
        return list(session.scalars(select(AuditAct).where(AuditAct.act == act)))


def test_a_supervisor_sees_every_figure_with_the_words_that_define_it(signed_in: SignIn, database: Database) -> None:
    add_served(database, 1)

    page = signed_in("supervisor").get("/api/reports", **TODAY).json

    assert [one["id"] for one in page["metrics"]] == [one.id for one in METRICS]
    assert all(one["formula"] and one["population"] for one in page["metrics"])
    figures = {one["metric"]: one for one in page["figures"]}
    assert figures["service_level"] == {"metric": "service_level", "value": 1.0, "part": 1, "whole": 1, "before": None}
    assert (figures["frt_p50"]["value"], page["days"][0]["values"]["arrivals"]) == (16, 1)
    assert page["outcomes"] == [{"day": DAY, "outcome": "solved", "count": 1}]


@pytest.mark.parametrize("who", ["marketer", "admin"])
def test_who_is_no_supervisor_sees_what_the_work_came_to_and_no_people(
    signed_in: SignIn, database: Database, who: str
) -> None:
    add_served(database, 1)
    browser = signed_in(who)

    page = browser.get("/api/reports", **TODAY).json

    assert [one["id"] for one in page["metrics"]] == ["drawdown_firms", "drawdown_fen"]
    assert page["outcomes"] == []
    assert browser.get("/api/reports/breakdown", by="rep", **TODAY).status_code == 403
    assert browser.get("/api/reports/breakdown/export", by="rep", **TODAY).status_code == 403
    assert browser.get("/api/reports", dimension="rep", key="rep", **TODAY).status_code == 403
    assert browser.get("/api/reports/breakdown", by="branch", **TODAY).status_code == 200
    assert browser.get("/api/reports/business", **TODAY).status_code == 200


def test_reps_are_listed_by_name_and_not_by_merit(signed_in: SignIn, database: Database) -> None:
    for number, rep in enumerate(("rep2", "rep", "rep2")):
        add_served(database, number, rep=rep)

    found = signed_in("supervisor").get("/api/reports/breakdown", by="rep", **TODAY).json

    assert [(row["name"], row["values"]["accepted"]) for row in found["rows"]] == [("小周", 2), ("某rep", 1)]


def test_the_chats_behind_a_figure_come_page_by_page_and_the_look_is_written_down(
    signed_in: SignIn, database: Database
) -> None:
    chats = [add_served(database, number) for number in range(3)]
    add_waiting(database, 9)
    browser = signed_in("supervisor")

    first = browser.get("/api/reports/accepted/conversations", limit=2, **TODAY).json
    rest = browser.get("/api/reports/accepted/conversations", limit=2, before=first["next"], **TODAY).json

    found = [one["conversation_id"] for one in first["items"] + rest["items"]]
    assert (found, rest["next"]) == (chats[::-1], None)
    assert (first["items"][0]["wait_s"], first["items"][0]["rep_name"]) == (12.0, "某rep")
    assert [act.reason for act in acts(database, Act.REPORT_DRILLED)] == [f"accepted {DAY}/{DAY} * all"] * 2


def test_what_was_said_to_the_bot_alone_stands_behind_no_figure(signed_in: SignIn) -> None:
    browser = signed_in("supervisor")

    for metric in ("self_service", "drawdown_firms", "unheard_of"):
        assert browser.get(f"/api/reports/{metric}/conversations", **TODAY).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"first": DAY, "last": "2026-11-23"},
        {"first": "2025-01-01", "last": DAY},
        {"first": "1999-01-01", "last": DAY},
        {**TODAY, "desk": "cellar"},
        {**TODAY, "dimension": "rep"},
        {**TODAY, "key": "rep"},
    ],
)
def test_days_that_are_none_or_too_many_and_desks_that_are_not_there_are_refused(
    signed_in: SignIn, query: dict[str, str]
) -> None:
    assert signed_in("supervisor").get("/api/reports", **query).status_code == 422


def test_a_file_says_who_took_it_out_when_and_under_which_number(signed_in: SignIn, database: Database) -> None:
    chat = add_served(database, 1, source="=cmd()")

    answer = signed_in("supervisor").get("/api/reports/accepted/export", **TODAY)

    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[1][1] == f"{DAY} 至 {DAY}"
    (act,) = acts(database, Act.REPORT_EXPORTED)
    assert rows[2] == ["导出人", "supervisor", "导出时间", "2026-11-24 10:00:00", "追踪编号", act.request_id]
    assert rows[6][:3] == [str(chat), "客户", "普惠专属服务代表"]


def test_a_breakdown_file_runs_no_formula(signed_in: SignIn, database: Database) -> None:
    add_served(database, 1, source="=HYPERLINK(1)")

    text = signed_in("supervisor").get("/api/reports/breakdown/export", by="source", **TODAY).data.decode("utf-8-sig")

    assert "'=HYPERLINK(1),'=HYPERLINK(1),1" in text


def test_a_source_that_is_an_article_is_told_by_its_title(signed_in: SignIn, database: Database) -> None:
    add_people(database, 101)
    code = scene_of(add_campaign(database, {1: [101]}, titles=("惠企贴息",)), 1)
    for number, source in enumerate((code, "门店扫码"), start=1):
        add_served(database, number, source=source)

    found = signed_in("supervisor").get("/api/reports/breakdown", by="source", **TODAY).json

    assert [(row["key"], row["name"]) for row in found["rows"]] == [
        (code, "推送《惠企贴息》"),
        ("门店扫码", "门店扫码"),
    ]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_could_begin_a_formula_is_shown_as_it_stands(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"


def test_numbers_and_words_stay_as_they_are() -> None:
    assert [guarded(cell) for cell in (-1.5, 0, None, "客户=陶")] == ["-1.5", "0", "", "客户=陶"]


def test_the_page_costs_the_same_number_of_queries_for_many_chats(
    signed_in: SignIn, database: Database, product: UnderTest, clock: FixedClock
) -> None:
    browser = signed_in("supervisor")

    def cost(path: str) -> int:
        with counted(database) as statements:
            assert browser.get(f"/api/reports{path}", by="rep", **TODAY).status_code == 200
        return len(statements)

    paths = ["", "/hours", "/breakdown", "/accepted/conversations"]
    add_served(database, 1)
    few = [cost(path) for path in paths]
    for number in range(2, 30):
        add_served(database, number)

    assert [cost(path) for path in paths] == few


def test_the_glossary_repeats_the_dictionary() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")

    missing = [one.id for one in BY_ID.values() if f"| {one.name} | `{one.id}` | {one.formula} |" not in glossary]
    assert missing == []
