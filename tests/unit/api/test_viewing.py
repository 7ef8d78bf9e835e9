"""Telling what one has open: only what one may read, and seen by those who have it open too."""

from tests.factories import add_waiting
from tests.product import UnderTest


def test_colleagues_who_have_the_same_chat_open_see_each_other(signed_in, product: UnderTest) -> None:
    chat = add_waiting(product.bot.database)
    rep, head = signed_in("rep"), signed_in("supervisor")

    told = rep.write("PUT", "/api/me/viewing", {"handoff_id": chat, "is_typing": True})
    head.write("PUT", "/api/me/viewing", {"handoff_id": chat})

    assert told.status_code == 204
    viewers = head.get(f"/api/handoffs/{chat}/viewers").json["viewers"]
    assert [(one["rep"], one["is_typing"]) for one in viewers] == [("rep", True), ("supervisor", False)]


def test_a_chat_one_may_not_read_can_be_neither_opened_nor_watched(signed_in, product: UnderTest) -> None:
    chat = add_waiting(product.bot.database, skill="ebank")
    rep = signed_in("rep")

    assert rep.write("PUT", "/api/me/viewing", {"handoff_id": chat}).status_code == 404
    assert rep.get(f"/api/handoffs/{chat}/viewers").status_code == 404
    assert product.fakes.viewers.open == {}


def test_nothing_open_is_told_too(signed_in, product: UnderTest) -> None:
    chat = add_waiting(product.bot.database)
    rep = signed_in("rep")
    rep.write("PUT", "/api/me/viewing", {"handoff_id": chat})

    rep.write("PUT", "/api/me/viewing", {"handoff_id": None})

    assert rep.get(f"/api/handoffs/{chat}/viewers").json == {"viewers": []}
