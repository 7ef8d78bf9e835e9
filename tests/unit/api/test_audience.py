"""The page 客群 over HTTP: rules counted and explained, lists imported, branches kept apart, files safe to open."""

import base64
import io
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import event, select

from bot.audience.catalogue import get_fields
from bot.audit.model import Act, AuditAct
from bot.clock import FixedClock
from bot.customers.model import Follower
from bot.db import Database
from bot.handoff.matters import Matter, MatterVerdict
from bot.handoff.model import Conversation, Owner
from tests.factories import MORNING
from tests.product import UnderTest
from tests.unit.api.conftest import OTHER_BRANCH, OUR_BRANCH, Browser
from tests.unit.audience.lists_at_hand import csv_of

CATERING = {"op": "all", "of": [{"field": "industry", "op": "any_of", "value": ["餐饮"]}]}
NEW_LIST = {
    "name": "鼓楼重点",
    "purpose": "提质活动",
    "basis": "consent",
    "branch": OUR_BRANCH,
    "expires_on": "2026-12-31",
    "file_name": "list.csv",
}


@pytest.fixture
def people(database: Database) -> list[int]:
    """Two restaurants, one of whom opted out, and a shop."""
    rows = [
        ("甲", "餐饮", "合肥好味餐饮有限公司", "13800000001", None),
        ("乙", "餐饮", "=HYPERLINK餐饮店", "13800000002", MORNING),
        ("丙", "零售", "合肥百货商行", "13800000003", None),
    ]
    ids = []
    for name, industry, firm, phone, opted_out_at in rows:
        with database.transaction() as session:
            row = Follower(
                openid=f"o-{name}",
                label=name,
                first_seen_at=MORNING,
                last_seen_at=MORNING,
                industry=industry,
                branch=OUR_BRANCH,
                firm_name=firm,
                phone=phone,
                firm_id=f"F{phone[-4:]}",
                opted_out_at=opted_out_at,
            )
            session.add(row)
            session.flush()
            ids.append(row.id)
    return ids


def upload(browser: Browser, content: bytes, **changed: Any) -> int:
    """A list with all its parts; its id."""
    begun = browser.post("/api/audience/lists", NEW_LIST | {"size": len(content)} | changed)
    assert begun.status_code == 201, begun.json
    list_id = int(begun.json["id"])
    part = {"content": base64.b64encode(content).decode()}
    assert browser.write("PUT", f"/api/audience/lists/{list_id}/parts/0", part).status_code == 200
    assert browser.post(f"/api/audience/lists/{list_id}/uploaded").status_code == 200
    return list_id


def checked(browser: Browser, product: UnderTest, content: bytes, mapping: list[str], **changed: Any) -> int:
    """A list whose rows have their verdicts; its id."""
    list_id = upload(browser, content, **changed)
    assert product.bot.list_work.run()
    chosen = {"mapping": mapping, "data_as_of": "2026-11-24"}
    assert browser.post(f"/api/audience/lists/{list_id}/columns", chosen).status_code == 200
    while product.bot.list_work.run():
        pass
    return list_id


def test_a_rule_is_counted_and_told_in_words_while_it_is_written(signed_in, people: list[int]) -> None:
    browser: Browser = signed_in("marketer")

    answer = browser.post("/api/audience/look", {"rule": CATERING})
    flawed = browser.post("/api/audience/look", {"rule": {"op": "all", "of": []}})

    assert answer.json == {
        "flaws": [],
        "words": "行业是餐饮",
        "size": 2,
        "reachable": 1,
        "is_profiling": False,
    }
    assert flawed.json["flaws"] == [{"path": "", "text": "条件组里还没有条件"}]
    assert flawed.json["size"] is None


def test_a_sample_is_masked(signed_in, people: list[int]) -> None:
    browser: Browser = signed_in("reviewer")

    items = browser.post("/api/audience/sample", {"rule": CATERING}).json["items"]

    shown = {one["label"]: (one["firm"], one["phone"], one["has_opted_out"]) for one in items}
    assert shown["甲"] == ("合肥**有限公司", "138****0001", False)
    assert shown["乙"][2] is True
    assert browser.post("/api/audience/sample", {"rule": {}}).status_code == 422


def test_fields_name_what_may_be_chosen_now(signed_in, people: list[int], product: UnderTest) -> None:
    product.bot.segments.ship()
    browser: Browser = signed_in("marketer")

    items = {one["name"]: one for one in browser.get("/api/audience/fields").json["items"]}

    assert [one["id"] for one in items["industry"]["choices"]] == ["零售", "餐饮"]
    assert {one["label"] for one in items["segment"]["choices"]} >= {"新开户", "临界提级"}
    assert items["upgrade_gap_pct"] | {"choices": []} == {
        "name": "upgrade_gap_pct",
        "label": "升级差额",
        "group": "客户特征",
        "kind": "number",
        "unit": "%",
        "ops": ["at_least", "at_most", "between"],
        "choices": [],
        "is_trait": True,
    }


def test_a_segment_is_kept_changed_counted_and_retired(signed_in, people: list[int]) -> None:
    browser: Browser = signed_in("marketer")
    made = browser.post("/api/audience/segments", {"name": "餐饮", "rule": CATERING, "expires_on": "2026-12-31"})
    address = f"/api/audience/segments/{made.json['id']}"

    changed = browser.write("PUT", address, {"name": "餐饮业", "rule": CATERING, "version": 1})
    again = browser.write("PUT", address, {"name": "餐饮业", "rule": CATERING, "version": 1})
    counted = browser.post(f"{address}/count")

    assert made.status_code == 201
    assert (changed.json["name"], changed.json["version"], changed.json["expires_on"]) == ("餐饮业", 2, None)
    assert (again.status_code, again.json["code"]) == (409, "segment_conflict")
    assert (counted.json["size"], counted.json["reachable"]) == (2, 1)
    assert browser.get(address).json == counted.json
    assert [one["name"] for one in browser.get("/api/audience/segments").json["items"]] == ["餐饮业"]
    browser.post(f"{address}/retire")
    assert browser.get("/api/audience/segments").json["items"] == []


def test_a_rule_with_flaws_is_not_kept_and_all_are_named(signed_in) -> None:
    rule = {
        "op": "all",
        "of": [{"field": "points", "op": "at_least", "value": "五"}, {"field": "list", "op": "any_of", "value": []}],
    }

    answer = signed_in("marketer").post("/api/audience/segments", {"name": "坏", "rule": rule})

    assert (answer.status_code, answer.json["code"]) == (422, "unfit_rule")
    assert [one["path"] for one in answer.json["fields"]["flaws"]] == ["of.0", "of.1"]


def test_why_a_follower_is_in_is_told_and_audited(signed_in, people: list[int], database: Database) -> None:
    browser: Browser = signed_in("marketer")
    made = browser.post("/api/audience/segments", {"name": "餐饮", "rule": CATERING}).json["id"]
    found = browser.get("/api/audience/followers", text="0003").json["items"]

    told = browser.get(f"/api/audience/segments/{made}/because/{found[0]['id']}").json

    assert (told["is_in"], told["follower"]["firm"]) == (False, "合肥**商行")
    assert told["items"] == [
        {
            "path": "of.0",
            "words": "行业是餐饮",
            "holds": False,
            "value": "零售",
            "source": "核心系统",
            "as_of": None,
        }
    ]
    with database.reading() as session:
        act = session.scalars(select(AuditAct).where(AuditAct.act == Act.SEGMENT_ASKED)).one()
    assert (act.username, act.object_id, act.follower_id) == ("marketer", made, people[2])
    assert browser.get(f"/api/audience/segments/{made}/because/999").status_code == 404


def test_what_is_asked_now_is_offered_to_make_a_segment_of(signed_in, people: list[int], database: Database) -> None:
    intent, label = next(iter(get_fields()["asked"].choices.items()))
    with database.transaction() as session:
        for follower in people[:2]:
            chat = Conversation(follower_id=follower, owner=Owner.BOT, opened_at=MORNING, card={}, session={})
            session.add(chat)
            session.flush()
            session.add(
                Matter(conversation_id=chat.id, flow="x", intent=intent, verdict=MatterVerdict.SOLVED, at=MORNING)
            )

    assert signed_in("marketer").get("/api/audience/asked").json["items"] == [
        {"intent": intent, "label": label, "followers": 2}
    ]


def test_a_list_goes_from_its_file_to_a_segment(signed_in, product: UnderTest, people: list[int]) -> None:
    browser: Browser = signed_in("marketer")
    content = csv_of([["手机", "备注"], ["13800000001", "x"], ["13800000002", "y"], ["13899999999", "z"], ["12", ""]])
    list_id = upload(browser, content)
    product.bot.list_work.run()

    look = browser.get(f"/api/audience/lists/{list_id}").json
    assert (look["state"], look["look"]["mapping"]) == ("mapping", ["phone", ""])
    assert look["look"]["rows"][0] == ["138****0001", "x"]
    wrong = browser.post(f"/api/audience/lists/{list_id}/columns", {"mapping": ["", ""], "data_as_of": "2026-11-24"})
    assert (wrong.status_code, wrong.json["fields"]) == (422, {"reason": "no_identity"})
    browser.post(f"/api/audience/lists/{list_id}/columns", {"mapping": ["phone", ""], "data_as_of": "2026-11-24"})
    product.bot.list_work.run()

    shown = browser.get(f"/api/audience/lists/{list_id}").json
    assert (shown["state"], shown["rows_done"], shown["rows_total"]) == ("checked", 4, 4)
    assert shown["counts"] == {"matched": 1, "opted_out": 1, "unknown": 1, "bad_phone": 1}
    rule = {"field": "list", "op": "any_of", "value": [list_id]}
    assert browser.post("/api/audience/look", {"rule": rule}).json["size"] == 0
    browser.post(f"/api/audience/lists/{list_id}/commit")
    found = browser.post("/api/audience/look", {"rule": rule}).json
    assert (found["size"], found["reachable"], found["words"]) == (2, 1, "在名单“鼓楼重点”中")


def test_how_long_a_check_takes_is_told(signed_in, product: UnderTest, clock: FixedClock, people: list[int]) -> None:
    browser: Browser = signed_in("marketer")
    list_id = upload(browser, csv_of([["手机"], *[[f"1380000{number:04d}"] for number in range(10)]]))
    product.bot.list_work.run()
    browser.post(f"/api/audience/lists/{list_id}/columns", {"mapping": ["phone"], "data_as_of": "2026-11-24"})
    clock.advance(10)
    hurried = type(product.bot.list_work)(product.bot.database, clock, budget_s=-1, slice_rows=4)
    hurried.run()

    shown = browser.get(f"/api/audience/lists/{list_id}").json

    assert (shown["state"], shown["rows_done"], shown["rows_total"], shown["eta_s"]) == ("checking", 4, 10, 15)


def test_verdicts_are_paged_and_exported_without_formulas(
    signed_in, product: UnderTest, people: list[int], database: Database
) -> None:
    browser: Browser = signed_in("marketer")
    content = csv_of([["企业名称", "手机"], ["=HYPERLINK餐饮店", "13800000001"], ["", "13800000009"]])
    list_id = checked(browser, product, content, ["firm_name", "phone"])

    first = browser.get(f"/api/audience/lists/{list_id}/rows", limit=1).json
    rest = browser.get(f"/api/audience/lists/{list_id}/rows", limit=1, cursor=first["next"]).json
    none_left = browser.get(f"/api/audience/lists/{list_id}/rows", cursor=rest["next"]).json
    unknown = browser.get(f"/api/audience/lists/{list_id}/rows", verdict="unknown").json
    as_csv = browser.get(f"/api/audience/lists/{list_id}/verdicts", kind="csv").data.decode("utf-8")
    as_xlsx = browser.get(f"/api/audience/lists/{list_id}/verdicts", kind="xlsx").data

    assert [one["row"] for one in first["items"] + rest["items"] + none_left["items"]] == [2, 3]
    assert [one["row"] for one in unknown["items"]] == [3]
    assert as_csv.splitlines()[:2] == ["\ufeff行号,客户,结果,说明", "2,'=H**店 · 138****0001,已匹配,"]
    sheet = load_workbook(io.BytesIO(as_xlsx)).worksheets[0]
    assert [cell.value for cell in sheet[2]] == [2, "'=H**店 · 138****0001", "已匹配", None]
    assert sheet["B2"].data_type == "s"
    with database.reading() as session:
        exports = session.scalars(select(AuditAct).where(AuditAct.act == Act.LIST_EXPORTED)).all()
    assert [one.object_id for one in exports] == [list_id, list_id]


def test_a_branch_imports_for_itself_and_sees_nothing_else(signed_in, product: UnderTest, people: list[int]) -> None:
    theirs: Browser = signed_in("branch2")
    ours: Browser = signed_in("branch")
    content = csv_of([["手机"], ["13800000001"]])
    own = checked(theirs, product, content, ["phone"], branch=OTHER_BRANCH)

    refused = ours.post("/api/audience/lists", NEW_LIST | {"size": 5, "branch": OTHER_BRANCH})

    assert refused.status_code == 403
    assert ours.get("/api/audience/columns").json["branches"] == [OUR_BRANCH]
    assert ours.get("/api/audience/lists").json["items"] == []
    for address in (
        f"/api/audience/lists/{own}",
        f"/api/audience/lists/{own}/rows",
        f"/api/audience/lists/{own}/verdicts",
    ):
        assert ours.get(address).status_code == 404
    assert ours.post(f"/api/audience/lists/{own}/commit").status_code == 404
    # The customer is of another branch than the list.
    assert theirs.get(f"/api/audience/lists/{own}").json["counts"] == {"other_branch": 1}
    assert [one["id"] for one in signed_in("marketer").get("/api/audience/lists").json["items"]] == [own]
    assert signed_in("marketer").get("/api/audience/columns").json["branches"] == [
        "总行",
        *sorted((OUR_BRANCH, OTHER_BRANCH)),
    ]


def test_a_part_that_is_no_base64_or_too_big_is_refused(signed_in) -> None:
    browser: Browser = signed_in("marketer")
    list_id = browser.post("/api/audience/lists", NEW_LIST | {"size": 5}).json["id"]
    address = f"/api/audience/lists/{list_id}/parts/0"

    assert browser.write("PUT", address, {"content": "%%%"}).status_code == 422
    assert browser.write("PUT", address, {"content": "A" * 800_000}).status_code == 413
    assert browser.post(f"/api/audience/lists/{list_id}/cancel").json["state"] == "cancelled"
    assert browser.write("PUT", address, {"content": "QUJD"}).status_code == 409
    ended = browser.post(f"/api/audience/lists/{list_id}/end")
    assert (ended.status_code, ended.json["fields"]) == (409, {"state": "cancelled"})


def test_a_list_of_segments_costs_the_same_however_many_there_are(
    signed_in, database: Database, product: UnderTest
) -> None:
    browser: Browser = signed_in("marketer")
    made = browser.post("/api/audience/segments", {"name": "一", "rule": CATERING}).json["id"]
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))

    def cost() -> int:
        statements.clear()
        browser.get("/api/audience/segments")
        return len(statements)

    cost()
    few = cost()
    for number in range(10):
        rule = {"field": "segment", "op": "any_of", "value": [made]}
        browser.post("/api/audience/segments", {"name": f"再{number}", "rule": rule})
    cost()
    # One more: the names of those that are referred to.
    assert cost() <= few + 1
