"""Referrals over HTTP: from the end of a chat to the branch's answer, and whose they are."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.customers.model import Follower
from bot.db import Database
from tests.factories import add_waiting, conversation_of, hear
from tests.product import UnderTest
from tests.unit.api.conftest import OTHER_BRANCH, OUR_BRANCH, Browser

ASK = {"reason": "sign_up", "ask": "代发没有签约，请上门"}


@pytest.fixture
def chat(product: UnderTest, database: Database) -> int:
    """A chat of rep with a customer of our branch."""
    found = add_waiting(database)
    hear(database, found, "发工资失败")
    product.bot.desk.accept(found, "rep")
    with database.transaction() as session:
        session.get_one(Follower, conversation_of(database, found).follower_id).branch = OUR_BRANCH
    return found


def close(rep: Browser, chat: int, **more: Any) -> Any:
    return rep.post(f"/api/handoffs/{chat}/close", {"outcome": "referred", "note": "转网点办代发", **more})


def listed(browser: Browser, state: str = "sent") -> list[Any]:
    answer = browser.get("/api/referrals", state=state)
    assert answer.status_code == 200
    return list(answer.json["items"])


def test_a_chat_that_ends_so_makes_one_at_the_firms_own_branch(signed_in: Callable[[str], Browser], chat: int) -> None:
    assert close(signed_in("rep"), chat).status_code == 204

    (row,) = listed(signed_in("branch"))
    assert (row["branch"], row["ask"], row["sent_by"]) == (OUR_BRANCH, "转网点办代发", "某rep")


def test_what_is_asked_of_which_branch_is_chosen_at_the_end(signed_in: Callable[[str], Browser], chat: int) -> None:
    assert close(signed_in("rep"), chat, referral={**ASK, "branch": OTHER_BRANCH}).status_code == 204

    assert listed(signed_in("branch")) == []
    (row,) = listed(signed_in("branch2"))
    assert (row["reason"], row["ask"]) == ("sign_up", ASK["ask"])


def test_a_branch_nobody_reads_at_keeps_the_chat_open(
    signed_in: Callable[[str], Browser], database: Database, chat: int
) -> None:
    refused = close(signed_in("rep"), chat, referral={**ASK, "branch": "月球支行"})

    assert (refused.status_code, conversation_of(database, chat).closed_at) == (422, None)


def test_a_chat_that_was_referred_already_just_ends_and_one_branch_is_not_exchanged_for_another(
    signed_in: Callable[[str], Browser], database: Database, chat: int
) -> None:
    rep = signed_in("rep")
    follower = conversation_of(database, chat).follower_id
    rep.post("/api/referrals", {"customer_id": follower, **ASK, "branch": OTHER_BRANCH})

    refused = close(rep, chat, referral={**ASK, "branch": OUR_BRANCH})
    assert (refused.status_code, conversation_of(database, chat).closed_at) == (409, None)

    assert close(rep, chat).status_code == 204
    assert [row["branch"] for row in listed(rep)] == [OTHER_BRANCH]


def test_without_a_branch_the_chat_just_ends(
    signed_in: Callable[[str], Browser], database: Database, chat: int
) -> None:
    with database.transaction() as session:
        session.get_one(Follower, conversation_of(database, chat).follower_id).branch = None

    assert close(signed_in("rep"), chat).status_code == 204
    assert listed(signed_in("supervisor")) == []


def test_a_branch_accepts_answers_and_closes(
    signed_in: Callable[[str], Browser], product: UnderTest, chat: int
) -> None:
    close(signed_in("rep"), chat)
    branch = signed_in("branch")
    (row,) = listed(branch)
    path = f"/api/referrals/{row['id']}"

    assert branch.post(f"{path}/accept").json == {"is_told": True, "is_called": False}
    assert "已由开户网点某branch跟进" in product.fakes.wechat.sent[-1][1].text
    assert branch.post(f"{path}/answer", {"answer": "已签约"}).status_code == 204
    assert branch.post(f"{path}/close").status_code == 204

    (done,) = listed(signed_in("rep"), "closed")
    assert (done["answer"], done["closed_by"]) == ("已签约", "某branch")
    counts = branch.get("/api/referrals").json["counts"]
    assert counts == {"closed": 1}


def test_another_branch_and_a_stranger_do_not_reach_it(signed_in: Callable[[str], Browser], chat: int) -> None:
    close(signed_in("rep"), chat)
    one = listed(signed_in("branch"))[0]["id"]
    other, stranger = signed_in("branch2"), signed_in("rep2")

    assert (listed(other), listed(stranger)) == ([], [])
    for act, body in (("accept", {}), ("answer", {"answer": "办了"}), ("give-back", {"reason": "不归"}), ("close", {})):
        assert other.post(f"/api/referrals/{one}/{act}", body).status_code == 404, act
    assert stranger.post(f"/api/referrals/{one}/close").status_code == 404
    assert stranger.post(f"/api/referrals/{one}/send-again", {"branch": OTHER_BRANCH, "ask": "请接"}).status_code == 404


def test_what_comes_back_is_sent_on_or_ended(signed_in: Callable[[str], Browser], chat: int) -> None:
    rep, branch = signed_in("rep"), signed_in("branch")
    close(rep, chat)
    one = listed(branch)[0]["id"]

    assert branch.post(f"/api/referrals/{one}/give-back", {"reason": "不在我行开户"}).status_code == 204
    (back,) = listed(rep, "returned")
    assert back["return_reason"] == "不在我行开户"
    assert rep.post(f"/api/referrals/{one}/send-again", {"branch": OTHER_BRANCH, "ask": "请接手"}).status_code == 204

    assert [row["id"] for row in listed(signed_in("branch2"))] == [one]
    refused = rep.post(f"/api/referrals/{one}/close")
    assert (refused.status_code, refused.json["code"]) == (409, "referral_state_conflict")


def test_a_rep_refers_a_customer_of_his(signed_in: Callable[[str], Browser], database: Database, chat: int) -> None:
    one = conversation_of(database, chat).follower_id
    body = {**ASK, "ask": "我的密码是 123456，请上门", "customer_id": one}

    made = signed_in("rep").post("/api/referrals", body)

    assert (made.status_code, made.json["branch"]) == (201, OUR_BRANCH)
    assert "123456" not in made.json["ask"]
    assert signed_in("rep").post("/api/referrals", body).json["id"] == made.json["id"]
    assert signed_in("rep2").post("/api/referrals", body).status_code == 403
    other = signed_in("rep").post("/api/referrals", {**body, "branch": OTHER_BRANCH})
    assert (other.status_code, other.json["code"]) == (409, "referral_state_conflict")


def test_branches_with_somebody_are_offered(signed_in: Callable[[str], Browser]) -> None:
    assert signed_in("rep").get("/api/branches").json["items"] == sorted([OUR_BRANCH, OTHER_BRANCH])


def test_pages_go_on_where_they_ended(
    signed_in: Callable[[str], Browser], product: UnderTest, database: Database
) -> None:
    boss = signed_in("supervisor")
    for number in range(5):
        found = add_waiting(database, number)
        follower = conversation_of(database, found).follower_id
        made = boss.post("/api/referrals", {**ASK, "customer_id": follower, "branch": OUR_BRANCH})
        assert made.status_code == 201
    seen, cursor = list[int](), None

    while True:
        page = boss.get("/api/referrals", limit=2, **({"cursor": cursor} if cursor else {})).json
        seen += [row["id"] for row in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break

    assert len(seen) == len(set(seen)) == 5
