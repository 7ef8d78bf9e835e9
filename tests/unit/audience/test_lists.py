"""Lists of branches from the first byte to the followers they hold: every verdict, every crash, every refusal."""

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.audience import files as reading
from bot.audience.catalogue import get_fields
from bot.audience.checking import ABANDONED_AFTER, LEASE, ListWork
from bot.audience.compiling import Compiler
from bot.audience.lists import LONGEST, NewList
from bot.audience.model import HEAD_OFFICE, AudienceList, LegalBasis, ListPart, ListRow, ListState, Trait
from bot.audience.rules import read_rule
from bot.audit.model import Act, AuditAct
from bot.clock import FixedClock
from bot.customers.model import Follower
from bot.db import Database
from bot.errors import ListStateConflict, NotFound, UnfitFile
from tests.factories import MORNING
from tests.unit.audience.conftest import asks
from tests.unit.audience.lists_at_hand import BY, TODAY, Bench, csv_of, xlsx_of

HEADER = ["企业名称", "手机号", "客户等级"]


@pytest.fixture
def bench(database: Database, clock: FixedClock) -> Bench:
    return Bench(database, clock)


def held(database: Database, rule: dict[str, Any]) -> set[str]:
    node, _ = read_rule(rule, get_fields())
    assert node is not None
    with database.reading() as session:
        return set(session.scalars(select(Follower.label).where(Compiler.at(session, MORNING).compile(node))))


def test_a_branch_list_of_500_rows_with_12_bad_phones(bench: Bench, add: Callable[..., int]) -> None:
    """S30: 488 in, 12 in the file of verdicts, nothing half-done."""
    phones = [f"1380000{number:04d}" for number in range(500)]
    for number, phone in enumerate(phones):
        add(f"客{number}", phone=phone)
    said = [phone if number % 42 else phone[:9] for number, phone in enumerate(phones)]

    row = bench.check(bench.upload(csv_of([["手机号"], *([one] for one in said)])))

    assert row.counts == {"matched": 488, "bad_phone": 12}
    assert (row.rows_total, row.state) == (500, ListState.CHECKED)
    assert held(bench.database, asks("list", "any_of", [row.id])) == set()
    bench.lists.commit(row.id, None, BY)
    assert len(held(bench.database, asks("list", "any_of", [row.id]))) == 488


def test_every_row_gets_its_verdict(bench: Bench, add: Callable[..., int], database: Database) -> None:
    add("匹配", phone="13800000001")
    add("退订", phone="13800000002", opted_out_at=MORNING)
    add("取关", phone="13800000003", is_following=False)
    add("外行", phone="13800000004", branch="历下支行")
    add("删除", erased_at=MORNING)
    add("老板", firm_name="合肥好味餐饮有限公司")
    add("会计", firm_name="合肥好味餐饮有限公司")
    rows = [
        ["微信标识", "手机", "企业名称"],
        ["", "13800000001", ""],
        ["", "138 0000 0002", ""],
        ["", "+86 13800000003", ""],
        ["", "13800000004", ""],
        ["o-删除", "", ""],
        ["", "", "合肥好味餐饮有限公司"],
        ["", "13800000001", ""],
        ["", "13999999999", ""],
        ["", "12345", ""],
        ["", "", ""],
        ["o-匹配", "", ""],
    ]

    row = bench.check(bench.upload(csv_of(rows), branch="鼓楼支行"))

    assert bench.verdicts(row.id) == [
        (2, "matched"),
        (3, "opted_out"),
        (4, "not_following"),
        (5, "other_branch"),
        (6, "erased"),
        (7, "matched"),
        (7, "also"),
        (8, "duplicate"),
        (9, "unknown"),
        (10, "bad_phone"),
        (12, "duplicate"),
    ]
    assert row.rows_total == 10
    bench.lists.commit(row.id, None, BY)
    assert held(database, asks("list", "any_of", [row.id])) == {"匹配", "退订", "取关", "老板", "会计"}
    with database.reading() as session:
        # No list makes anybody sendable who said no.
        assert session.scalars(select(Follower.opted_out_at).where(Follower.label == "退订")).one() == MORNING


def test_a_row_without_anything_to_know_a_customer_by_is_said_so(bench: Bench) -> None:
    row = bench.check(bench.upload(csv_of([["手机", "备注"], ["", "老客户"]])), ["phone", ""])

    assert bench.verdicts(row.id) == [(2, "nobody")]


def test_a_bad_phone_does_not_hide_a_customer_who_is_known_by_name(bench: Bench, add: Callable[..., int]) -> None:
    add("甲", firm_name="合肥好味餐饮有限公司")

    row = bench.check(bench.upload(csv_of([["企业名称", "手机"], ["合肥好味餐饮（有限公司）", "123"]])))

    assert bench.verdicts(row.id) == [(2, "matched")]
    with bench.database.reading() as session:
        assert session.scalars(select(ListRow.note)).one() == "电话号码不对"


def test_who_is_known_by_his_firm_only_has_no_wechat(bench: Bench, database: Database) -> None:
    with database.transaction() as session:
        facts = {"label": "客户", "first_seen_at": MORNING, "last_seen_at": MORNING, "is_following": False}
        session.add(Follower(openid="firm:F100", firm_id="F100", **facts))

    row = bench.check(bench.upload(csv_of([["企业编号"], ["f100"]])))

    assert bench.verdicts(row.id) == [(2, "unknown")]


def test_traits_of_a_list_count_from_its_commit_until_its_end(bench: Bench, add: Callable[..., int]) -> None:
    add("甲", phone="13800000001", profiling=True)
    rows = [[*HEADER, "升级差额", "最近动账日"], ["", "13800000001", "金卡", "8%", "2026-11-01"]]

    row = bench.check(bench.upload(csv_of(rows)), as_of=TODAY - timedelta(days=3))
    assert held(bench.database, asks("level", "any_of", ["金卡"])) == set()

    bench.lists.commit(row.id, None, BY)
    assert held(bench.database, asks("level", "any_of", ["金卡"])) == {"甲"}
    assert held(bench.database, asks("upgrade_gap_pct", "between", [8, 8])) == {"甲"}

    bench.lists.end(row.id, None, BY)
    assert held(bench.database, asks("level", "any_of", ["金卡"])) == set()


def test_values_that_are_none_are_noted_and_the_customer_is_on_the_list(bench: Bench, add: Callable[..., int]) -> None:
    add("甲", phone="13800000001")

    row = bench.check(bench.upload(csv_of([[*HEADER, "升级差额"], ["", "13800000001", "至尊", "很少"]])))

    assert (row.counts, row.flawed_values) == ({"matched": 1}, 1)
    with bench.database.reading() as session:
        note = session.scalars(select(ListRow.note)).one()
        assert session.scalar(select(func.count()).select_from(Trait)) == 0
    assert note == "客户等级：不在可选范围（普通、银卡、金卡、白金、钻石）；升级差额：不是数字"


def test_excel_keeps_phones_as_numbers_days_as_days_and_shares_as_parts(bench: Bench, add: Callable[..., int]) -> None:
    add("甲", phone="13800000001", profiling=True)
    rows: list[list[Any]] = [
        ["手机号码", "升级差额", "开户日期", "重点客户"],
        [13800000001.0, 0.085, TODAY - timedelta(days=5), "√"],
    ]
    content = xlsx_of(rows, {"B2": "0.0%"})

    row = bench.check(bench.upload(content, "名单.XLSX"))
    bench.lists.commit(row.id, None, BY)

    assert held(bench.database, asks("upgrade_gap_pct", "between", [8.5, 8.5])) == {"甲"}
    assert held(bench.database, asks("account_opened_on", "within_days", 5)) == {"甲"}
    assert held(bench.database, asks("branch_priority", "is", True)) == {"甲"}


@pytest.mark.parametrize(
    "content",
    [
        csv_of([HEADER, ["", "13800000001", "金卡"]], "gb18030"),
        csv_of([HEADER, ["", "13800000001", "金卡"]], "utf-8-sig"),
        csv_of([HEADER, ["", "13800000001", "金卡"]], delimiter="\t"),
        csv_of([HEADER, ["", "13800000001", "金卡"]], delimiter=";"),
        csv_of([[], HEADER, [], ["", "13800000001", "金卡"], []])[2:],
        csv_of([HEADER, ["", "13800000001", "金卡"]]).rstrip(),
    ],
    ids=["gb18030", "bom", "tabs", "semicolons", "blank rows", "no last line break"],
)
def test_csv_is_read_however_it_was_written(bench: Bench, add: Callable[..., int], content: bytes) -> None:
    add("甲", phone="13800000001")

    row = bench.check(bench.upload(content))

    assert row.counts == {"matched": 1}
    assert row.look is not None
    assert row.look["header"] == HEADER


def test_a_look_into_the_file_is_masked_and_sealed(bench: Bench, database: Database) -> None:
    list_id = bench.upload(csv_of([[*HEADER, "联系人"], ["合肥好味餐饮有限公司", "13800001234", "金卡", "陶大海"]]))

    bench.work.run()

    row = bench.get(list_id)
    assert row.state is ListState.MAPPING
    assert row.look == {
        "header": [*HEADER, "联系人"],
        "rows": [["合肥**公司", "138****1234", "金卡", "陶*"]],
        "guess": ["firm_name", "phone", "level", "contact"],
        "percent": [False] * 4,
    }
    with database.reading() as session:
        stored = session.connection().exec_driver_sql("SELECT look FROM audience_lists").scalar_one()
        part = session.connection().exec_driver_sql("SELECT content FROM audience_list_parts").scalar_one()
    assert "手机号" not in stored
    assert "MTM4" not in part


def test_rows_keep_nothing_that_is_not_masked(bench: Bench, add: Callable[..., int]) -> None:
    add("甲", phone="13800001234")

    bench.check(bench.upload(csv_of([[*HEADER, "联系人"], ["合肥好味餐饮有限公司", "13800001234", "", "陶大海"]])))

    with bench.database.reading() as session:
        assert session.scalars(select(ListRow.who)).one() == "合肥**有限公司 · 陶* · 138****1234"


NOT_A_FILE = [
    (b"", "size"),
    (b"\xff\xfe\x00\x00", "unreadable"),
    (b"\x81\x20\xff", "encoding"),
    (b",,\n1,2,3\n", "no_header"),
    (csv_of([[f"c{number}" for number in range(61)]]), "too_many_columns"),
]


@pytest.mark.parametrize(("content", "reason"), NOT_A_FILE)
def test_a_file_that_cannot_be_read_fails_with_its_reason(bench: Bench, content: bytes, reason: str) -> None:
    if not content:
        with pytest.raises(UnfitFile) as caught:
            bench.upload(content)
        assert caught.value.fields == {"reason": reason}
        return

    list_id = bench.upload(content)
    bench.work.run()

    row = bench.get(list_id)
    assert (row.state, row.problem) == (ListState.FAILED, reason)


def test_an_archive_that_is_no_workbook_or_unpacks_to_too_much_fails(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("a.txt", "x" * 100)
    no_workbook, no_archive = bench.upload(written.getvalue(), "a.xlsx"), bench.upload(b"PK no", "b.xlsx")
    monkeypatch.setattr(reading, "MAX_UNPACKED", 5_000)
    too_big = bench.upload(xlsx_of([HEADER, *[["x" * 200, "", ""]] * 50]), "c.xlsx")

    while bench.work.run():
        pass

    problems = [bench.get(one).problem for one in (no_workbook, no_archive, too_big)]
    assert problems == ["unreadable", "unreadable", "too_big"]


def test_too_many_rows_fail_and_nothing_of_them_is_ever_seen(
    bench: Bench, add: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    add("甲", phone="13800000001")
    monkeypatch.setattr(reading, "MAX_ROWS", 9)
    list_id = bench.upload(csv_of([["手机"], *[["13800000001"]] * 12]))

    row = bench.check(list_id)

    assert (row.state, row.problem) == (ListState.FAILED, "too_many_rows")
    assert bench.work.clear() > 0
    with bench.database.reading() as session:
        for table in (ListRow, ListPart):
            assert session.scalar(select(func.count()).select_from(table)) == 0


def test_a_worker_that_dies_loses_its_slice_and_the_next_goes_on(
    bench: Bench, add: Callable[..., int], monkeypatch: pytest.MonkeyPatch, clock: FixedClock
) -> None:
    """Killed after each slice in turn: every row is judged once, in the end as if nothing had happened."""
    phones = [f"1380000{number:04d}" for number in range(10)]
    for number, phone in enumerate(phones):
        add(f"客{number}", phone=phone, profiling=True)
    content = csv_of([["手机", "积分"], *([one, "5"] for one in phones), [phones[0], "6"], [phones[9], "6"]])
    list_id = bench.upload(content)
    bench.work.run()
    bench.lists.choose_columns(list_id, None, ["phone", "points"], TODAY)
    keep = ListWork._keep
    killed: list[int] = []

    def die_after(self: ListWork, session: Any, mine: AudienceList, judged: Any) -> None:
        keep(self, session, mine, judged)
        if len(killed) % 2 == 0:
            killed.append(mine.rows_done)
            raise KeyboardInterrupt
        killed.append(mine.rows_done)

    monkeypatch.setattr(ListWork, "_keep", die_after)
    for _ in range(20):
        try:
            if not bench.work.run() and bench.get(list_id).state is ListState.CHECKED:
                break
        except KeyboardInterrupt:
            assert not bench.work.run()
            clock.advance(LEASE.total_seconds() + 1)

    assert bench.get(list_id).counts == {"matched": 10, "duplicate": 2}
    assert bench.verdicts(list_id) == [(number + 2, "matched" if number < 10 else "duplicate") for number in range(12)]
    bench.lists.commit(list_id, None, BY)
    assert len(held(bench.database, asks("points", "between", [5, 5]))) == 10


def test_a_check_that_runs_out_of_its_time_goes_on_at_the_next_tick(bench: Bench, add: Callable[..., int]) -> None:
    for number in range(9):
        add(f"客{number}", phone=f"1380000000{number}")
    list_id = bench.upload(csv_of([["手机"], *([f"1380000000{number}"] for number in range(9))]))
    bench.work.run()
    bench.lists.choose_columns(list_id, None, ["phone"], TODAY)
    hurried = ListWork(bench.database, bench.clock, budget_s=-1, slice_rows=3)

    done = []
    while hurried.run():
        done.append(bench.get(list_id).rows_done)

    assert done == [4, 7, 10, 10]
    assert bench.get(list_id).counts == {"matched": 9}


def test_a_worker_whose_lease_ran_out_writes_nothing_more(
    bench: Bench, add: Callable[..., int], monkeypatch: pytest.MonkeyPatch, clock: FixedClock
) -> None:
    add("甲", phone="13800000001")
    list_id = bench.upload(csv_of([["手机"], ["13800000001"]]))
    bench.work.run()
    bench.lists.choose_columns(list_id, None, ["phone"], TODAY)
    real = ListWork._members

    def be_overtaken(self: ListWork, own_id: int) -> set[int]:
        found = real(self, own_id)
        monkeypatch.setattr(ListWork, "_members", real)
        clock.advance(LEASE.total_seconds() + 1)
        assert bench.work.run()
        return found

    monkeypatch.setattr(ListWork, "_members", be_overtaken)
    bench.work.run()

    assert (bench.get(list_id).state, bench.verdicts(list_id)) == (ListState.CHECKED, [(2, "matched")])


def test_a_cancelled_list_is_let_go_of_and_cleared(bench: Bench, add: Callable[..., int]) -> None:
    add("甲", phone="13800000001")
    row = bench.check(bench.upload(csv_of([[*HEADER], ["", "13800000001", "金卡"]])))

    bench.lists.cancel(row.id, None, BY)

    assert bench.work.clear() == 3
    assert bench.work.clear() == 0
    with pytest.raises(ListStateConflict):
        bench.lists.commit(row.id, None, BY)


def test_a_list_that_is_cancelled_while_it_is_checked_stays_cancelled(
    bench: Bench, add: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    list_id = bench.upload(csv_of([["手机"], ["13800000001"]]))
    bench.work.run()
    bench.lists.choose_columns(list_id, None, ["phone"], TODAY)
    real = ListWork._members
    monkeypatch.setattr(ListWork, "_members", lambda self, own: (bench.lists.cancel(own, None, BY), real(self, own))[1])

    assert bench.work.run()

    assert (bench.get(list_id).state, bench.verdicts(list_id)) == (ListState.CANCELLED, [])


def test_what_nobody_finished_is_given_up_after_a_week(bench: Bench, clock: FixedClock) -> None:
    list_id = bench.upload(csv_of([["手机"], ["13800000001"]]))

    clock.advance(ABANDONED_AFTER.total_seconds() + 1)

    assert [bench.work.clear() for _ in range(3)] == [0, 1, 0]
    assert bench.get(list_id).state is ListState.CANCELLED


def test_the_same_file_is_not_live_twice(bench: Bench, add: Callable[..., int]) -> None:
    add("甲", phone="13800000001")
    content = csv_of([["手机"], ["13800000001"]])
    first, second = bench.check(bench.upload(content)), bench.check(bench.upload(content))
    bench.lists.commit(first.id, None, BY)

    for act in (lambda: bench.lists.commit(second.id, None, BY), lambda: bench.upload(content)):
        with pytest.raises(ListStateConflict) as caught:
            act()
        assert caught.value.fields == {"state": "duplicate", "list_id": first.id}
    bench.lists.end(first.id, None, BY)
    assert bench.lists.commit(second.id, None, BY).state is ListState.LIVE


def test_parts_may_come_twice_and_in_any_order_but_must_all_be_there(bench: Bench, database: Database) -> None:
    content = csv_of([["手机"], ["13800000001"]])
    new = NewList("名单", "提质", LegalBasis.CONTRACT, HEAD_OFFICE, TODAY + timedelta(days=1), "a.csv", len(content))
    row = bench.lists.begin(new, BY)
    bench.lists.add_part(row.id, None, 1, content[8:])
    with pytest.raises(UnfitFile):
        bench.lists.finish_upload(row.id, None)
    bench.lists.add_part(row.id, None, 0, b"another")
    bench.lists.add_part(row.id, None, 0, content[:8])

    assert bench.lists.finish_upload(row.id, None).state is ListState.READING
    with pytest.raises(ListStateConflict):
        bench.lists.add_part(row.id, None, 2, b"more")
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ListPart)) == 2


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"file_name": "a.pdf"}, "kind"),
        ({"size": 0}, "size"),
        ({"size": 50 * 1024 * 1024 + 1}, "size"),
        ({"expires_on": TODAY}, "expires_on"),
        ({"expires_on": TODAY + LONGEST + timedelta(days=1)}, "expires_on"),
    ],
)
def test_what_cannot_be_a_list_is_refused_before_its_file_comes(
    bench: Bench, changed: dict[str, Any], reason: str
) -> None:
    facts: dict[str, Any] = {"file_name": "a.csv", "size": 10, "expires_on": TODAY + timedelta(days=1)} | changed

    with pytest.raises(UnfitFile) as caught:
        bench.lists.begin(NewList("名单", "提质", LegalBasis.CONSENT, HEAD_OFFICE, **facts), BY)

    assert caught.value.fields == {"reason": reason}


@pytest.mark.parametrize(
    ("mapping", "reason"),
    [
        (["phone"], "columns_changed"),
        (["phone", "shoe_size", ""], "unknown_column"),
        (["phone", "phone", ""], "column_twice"),
        (["", "contact", "level"], "no_identity"),
    ],
)
def test_columns_that_cannot_be_are_refused(bench: Bench, mapping: list[str], reason: str) -> None:
    list_id = bench.upload(csv_of([HEADER, ["", "13800000001", "金卡"]]))
    bench.work.run()

    with pytest.raises(UnfitFile) as caught:
        bench.lists.choose_columns(list_id, None, mapping, TODAY)

    assert caught.value.fields == {"reason": reason}
    with pytest.raises(UnfitFile):
        bench.lists.choose_columns(list_id, None, ["", "phone", ""], TODAY + timedelta(days=1))


def test_another_branch_finds_no_list(bench: Bench) -> None:
    list_id = bench.upload(csv_of([["手机"], ["13800000001"]]), branch="鼓楼支行")

    for act in (bench.lists.cancel, bench.lists.commit, bench.lists.end):
        with pytest.raises(NotFound):
            act(list_id, "历下支行", BY)
    with pytest.raises(NotFound):
        bench.lists.finish_upload(list_id, "历下支行")
    assert bench.lists.cancel(list_id, "鼓楼支行", BY).state is ListState.CANCELLED


def test_acts_on_lists_are_audited(bench: Bench, add: Callable[..., int], database: Database) -> None:
    add("甲", phone="13800000001")
    row = bench.check(bench.upload(csv_of([["手机"], ["13800000001"]])))
    bench.lists.commit(row.id, None, BY)
    bench.lists.end(row.id, None, BY)

    with database.reading() as session:
        acts = session.scalars(select(AuditAct).order_by(AuditAct.id)).all()
    assert [(one.act, one.object_kind, one.object_id) for one in acts] == [
        (act, "audience_list", row.id) for act in (Act.LIST_UPLOADED, Act.LIST_COMMITTED, Act.LIST_ENDED)
    ]
