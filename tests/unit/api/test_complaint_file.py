"""One complaint over HTTP: notes, who handles it, its file, pages."""

from collections.abc import Callable

from sqlalchemy import select

from bot.audit.model import Act, AuditAct
from bot.db import Database
from bot.staff.model import StaffMember
from tests.unit.api.conftest import Browser
from tests.unit.api.test_complaints import filed

REASON = {"reason": "客户要求复核"}


def at_the_desk(database: Database, *people: str) -> None:
    with database.transaction() as session:
        for username in people:
            session.get_one(StaffMember, username).skills = ["complaint"]


def test_who_may_handle_it_is_offered_and_never_whom_it_is_about(
    signed_in: Callable[[str], Browser], database: Database
) -> None:
    one, boss = filed(database, about="rep2"), signed_in("supervisor")
    at_the_desk(database, "rep", "rep2")

    found = boss.get(f"/api/complaints/{one}").json
    assert [row["username"] for row in found["handlers"]] == ["rep", "supervisor"]
    assert (found["complaint"]["about_name"], found["complaint"]["may_handle"]) == ("小周", True)
    for name, status in (("rep2", 422), ("branch", 422), ("rep", 204)):
        assert boss.post(f"/api/complaints/{one}/handler", {"username": name}).status_code == status
    assert boss.get(f"/api/complaints/{one}").json["complaint"]["handler_name"] == "某rep"


def test_a_rep_who_does_not_handle_it_neither_writes_nor_takes_it_out(
    signed_in: Callable[[str], Browser], database: Database
) -> None:
    one, rep = filed(database), signed_in("rep")
    signed_in("supervisor").post(f"/api/complaints/{one}/notes", {"text": "听了录音"})

    assert rep.get(f"/api/complaints/{one}").json["notes_written"] == []
    assert rep.post(f"/api/complaints/{one}/notes", {"text": "我也看看"}).status_code == 403
    assert rep.post(f"/api/complaints/{one}/file", REASON).status_code == 403
    assert signed_in("rep2").get(f"/api/complaints/{one}").status_code == 404


def test_its_handler_writes_notes_which_are_sealed_and_masked(
    signed_in: Callable[[str], Browser], database: Database
) -> None:
    one, rep = filed(database), signed_in("rep")
    rep.post(f"/api/complaints/{one}/take")

    assert rep.post(f"/api/complaints/{one}/notes", {"text": "客户密码是 123456，已联系"}).status_code == 204

    (note,) = rep.get(f"/api/complaints/{one}").json["notes_written"]
    assert "123456" not in note["text"]
    assert note["by"] == "某rep"
    assert rep.get("/api/complaints").json["items"][0]["notes"] == 1


def test_a_supervisor_does_not_handle_what_is_about_himself(
    signed_in: Callable[[str], Browser], database: Database
) -> None:
    one, boss = filed(database, about="supervisor"), signed_in("supervisor")

    assert boss.post(f"/api/complaints/{one}/notes", {"text": "没有的事"}).status_code == 403
    assert boss.post(f"/api/complaints/{one}/file", REASON).status_code == 403


def test_the_file_holds_lines_notes_and_times_under_a_watermark_and_is_written_down(
    signed_in: Callable[[str], Browser], database: Database
) -> None:
    one, boss = filed(database), signed_in("supervisor")
    boss.post(f"/api/complaints/{one}/notes", {"text": "<b>听了录音</b>"})

    made = boss.post(f"/api/complaints/{one}/file", REASON).json

    assert made["name"] == "TS202611240001.html"
    assert made["content"].count("某supervisor supervisor 2026-11-24 10:00:00 仅供处理投诉") > 20
    assert "客户：踢皮球" in made["content"]
    assert "&lt;b&gt;听了录音" in made["content"]
    assert "2026-11-24 10:00:00" in made["content"]
    with database.reading() as session:
        (act,) = session.scalars(select(AuditAct))
    assert (act.act, act.username) == (Act.COMPLAINT_EXPORTED, "supervisor")
    assert made["sha256"][:12] in (act.reason or "")
    assert boss.post(f"/api/complaints/{one}/file", {"reason": "x"}).status_code == 422


def test_the_list_is_read_page_by_page(signed_in: Callable[[str], Browser], database: Database) -> None:
    everybody = [filed(database, number=number) for number in range(5)]
    boss, seen, cursor = signed_in("supervisor"), list[int](), None

    while True:
        page = boss.get("/api/complaints", limit=2, **({"cursor": cursor} if cursor else {})).json
        seen += [row["id"] for row in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break

    assert seen == everybody
    assert boss.get("/api/complaints", cursor="WyJ4IiwgMV0=").status_code == 422
