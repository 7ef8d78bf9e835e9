"""Pictures of chats over HTTP: who may look, what is fetched, kept and written down, and what a rep may send."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text

from api.pictures import MAX_BODY
from bot.audit.model import Act, AuditAct
from bot.db import Database
from bot.delivery.model import Allowance, Delivery, DeliveryState
from bot.errors import PlatformMisconfigured, SendRefused, WechatBusy
from bot.handoff.model import Conversation
from bot.pictures.model import ChatPicture
from bot.transcripts.model import Line, Speaker
from bot.transcripts.service import add_line
from tests.factories import MORNING, add_waiting, conversation_of, hear
from tests.product import UnderTest, eventually
from tests.unit.api.conftest import Browser
from tests.unit.pictures.images import PLACE, jpeg, png

KEY = "key-00000001"


@pytest.fixture
def rep(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("rep")


@pytest.fixture
def chat(database: Database, rep: Browser) -> int:
    found = add_waiting(database)
    hear(database, found)
    assert rep.post(f"/api/handoffs/{found}/accept").status_code == 200
    return found


def picture_line(database: Database, product: UnderTest, chat: int, content: bytes) -> int:
    """The customer sends a picture; his line's id."""
    media_id = f"media-{len(product.fakes.wechat.media)}"
    product.fakes.wechat.media[media_id] = content
    with database.transaction() as session:
        detail = {"media_id": media_id}
        return add_line(session, chat, Speaker.CUSTOMER, "", MORNING, kind="image", detail=detail).id


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def acts(database: Database) -> list[AuditAct]:
    with database.reading() as session:
        return list(session.scalars(select(AuditAct).where(AuditAct.act == Act.PICTURE_SHOWN)))


# ---- looking -------------------------------------------------------------------------------------------------------


def test_a_customers_picture_is_fetched_once_kept_sealed_and_each_look_written_down(
    rep: Browser, product: UnderTest, database: Database, chat: int
) -> None:
    line = picture_line(database, product, chat, png())

    first = rep.get(f"/api/handoffs/{chat}/lines/{line}/picture")
    product.fakes.wechat.media.clear()
    again = rep.get(f"/api/handoffs/{chat}/lines/{line}/picture")

    assert (first.status_code, first.data, again.data) == (200, png(), png())
    assert first.headers["Content-Type"] == "image/png"
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    assert first.headers["Cache-Control"] == "no-store"
    assert first.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert [(act.username, act.object_id) for act in acts(database)] == [("rep", chat)] * 2
    with database.reading() as session:
        stored = session.execute(text("SELECT content FROM pictures")).scalar_one()
        assert encoded(png()) not in stored
        assert session.scalars(select(ChatPicture)).one().bytes == png()


@pytest.mark.parametrize("content", [b"<html><script>", b"%PDF-1.7", b"", b"<svg/>"])
def test_what_is_no_picture_is_neither_shown_nor_kept(
    rep: Browser, product: UnderTest, database: Database, chat: int, content: bytes
) -> None:
    line = picture_line(database, product, chat, content)

    answer = rep.get(f"/api/handoffs/{chat}/lines/{line}/picture")

    assert (answer.status_code, answer.json["code"]) == (404, "picture_gone")
    assert acts(database) == []
    with database.reading() as session:
        assert session.scalars(select(ChatPicture)).all() == []


def test_after_three_days_the_platform_has_it_no_longer(
    rep: Browser, product: UnderTest, database: Database, chat: int
) -> None:
    line = picture_line(database, product, chat, png())
    product.fakes.wechat.media.clear()

    answer = rep.get(f"/api/handoffs/{chat}/lines/{line}/picture")

    assert (answer.status_code, answer.json["code"]) == (404, "picture_gone")


def test_a_busy_platform_is_worth_another_try(
    rep: Browser, product: UnderTest, database: Database, chat: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = picture_line(database, product, chat, png())

    def busy(_media_id: str) -> bytes:
        raise WechatBusy

    monkeypatch.setattr(product.fakes.wechat, "download_media", busy)
    assert rep.get(f"/api/handoffs/{chat}/lines/{line}/picture").status_code == 503


def test_nobody_sees_pictures_of_chats_he_may_not_read(
    rep: Browser, signed_in: Callable[[str], Browser], product: UnderTest, database: Database, chat: int
) -> None:
    line = picture_line(database, product, chat, png())
    other = add_waiting(database, 2)

    assert signed_in("rep2").get(f"/api/handoffs/{chat}/lines/{line}/picture").status_code == 404
    assert rep.get(f"/api/handoffs/{other}/lines/{line}/picture").status_code == 404
    assert rep.get(f"/api/handoffs/{chat}/lines/{hear(database, chat)}/picture").status_code == 404
    assert signed_in("supervisor").get(f"/api/handoffs/{chat}/lines/{line}/picture").status_code == 200


# ---- sending -------------------------------------------------------------------------------------------------------


def test_a_rep_sends_a_picture_without_its_place_and_sees_it_in_the_chat(
    rep: Browser, product: UnderTest, database: Database, chat: int
) -> None:
    body = {"client_key": KEY, "content": encoded(jpeg(PLACE))}

    sent = rep.post(f"/api/handoffs/{chat}/pictures", body)
    again = rep.post(f"/api/handoffs/{chat}/pictures", body)

    assert (sent.status_code, sent.json["kind"], again.json["id"]) == (202, "image", sent.json["id"])
    (openid, media_id), *more = eventually(lambda: product.fakes.wechat.images)
    assert more == []
    assert product.fakes.wechat.media[media_id] == jpeg()
    assert product.fakes.wechat.sent == []
    assert openid == "o-loan-1"
    shown = rep.get(f"/api/handoffs/{chat}/lines/{sent.json['id']}/picture")
    assert (shown.data, shown.headers["Content-Type"]) == (jpeg(), "image/jpeg")
    assert rep.get(f"/api/handoffs/{chat}").json["item"]["allowance"]["left"] == 4


def test_a_picture_may_be_bigger_than_other_bodies_and_no_bigger_than_the_platform_takes(
    rep: Browser, product: UnderTest, chat: int
) -> None:
    big = png(bytes(300_000))

    assert rep.post(f"/api/handoffs/{chat}/pictures", {"client_key": KEY, "content": encoded(big)}).status_code == 202
    assert rep.post(f"/api/handoffs/{chat}/replies", {"client_key": KEY, "text": "长" * 100_000}).status_code == 413
    assert rep.post(f"/api/handoffs/{chat}/pictures", {"content": "A" * MAX_BODY}).status_code == 413


@pytest.mark.parametrize("content", ["####", encoded(b"GIF89a"), encoded(b"<svg>"), encoded(png()[:40])])
def test_what_is_no_picture_does_not_go_out(rep: Browser, database: Database, chat: int, content: str) -> None:
    answer = rep.post(f"/api/handoffs/{chat}/pictures", {"client_key": KEY, "content": content})

    assert (answer.status_code, answer.json["fields"]["places"]) == (422, ["content"])
    with database.reading() as session:
        assert session.scalars(select(Delivery)).all() == []


def test_only_who_has_the_chat_sends_pictures(
    signed_in: Callable[[str], Browser], rep: Browser, database: Database, chat: int
) -> None:
    body = {"client_key": KEY, "content": encoded(png())}

    assert signed_in("rep2").post(f"/api/handoffs/{chat}/pictures", body).status_code == 404
    watching = signed_in("supervisor").post(f"/api/handoffs/{chat}/pictures", body)
    assert (watching.status_code, watching.json["code"]) == (409, "case_not_yours")
    with database.reading() as session:
        assert session.scalars(select(ChatPicture)).all() == []


def test_a_picture_the_platform_refuses_fails_and_no_words_go_in_its_place(
    rep: Browser, product: UnderTest, database: Database, chat: int
) -> None:
    product.fakes.wechat.failures = [SendRefused(reason="40007")]

    rep.post(f"/api/handoffs/{chat}/pictures", {"client_key": KEY, "content": encoded(png())})

    failed = eventually(lambda: delivery_state(database) is DeliveryState.FAILED)
    assert failed
    assert (product.fakes.wechat.images, product.fakes.wechat.sent) == ([], [])


def test_a_picture_that_cannot_be_uploaded_now_waits(
    rep: Browser, product: UnderTest, database: Database, chat: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def misconfigured(_name: str, _content: bytes) -> str:
        raise PlatformMisconfigured

    monkeypatch.setattr(product.fakes.wechat, "upload_image", misconfigured)
    rep.post(f"/api/handoffs/{chat}/pictures", {"client_key": KEY, "content": encoded(png())})

    assert eventually(lambda: delivery(database).attempts == 1 and delivery_state(database) is DeliveryState.QUEUED)
    assert product.fakes.wechat.sent == []


def test_a_picture_that_was_removed_before_it_could_go_fails(
    rep: Browser, product: UnderTest, database: Database, chat: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(product.bot.outgoing, "submit", lambda *_call: None)
    rep.post(f"/api/handoffs/{chat}/pictures", {"client_key": KEY, "content": encoded(png())})
    with database.transaction() as session:
        session.execute(delete(ChatPicture))

    assert product.bot.deliverer.send(delivery(database).id) is DeliveryState.FAILED
    assert delivery(database).reason == "picture_gone"


def delivery(database: Database) -> Delivery:
    with database.reading() as session:
        return session.scalars(select(Delivery)).one()


def delivery_state(database: Database) -> DeliveryState:
    return delivery(database).state


def test_a_window_that_has_closed_keeps_the_picture_with_the_rep(rep: Browser, product: UnderTest, chat: int) -> None:
    product.fakes.clock.advance(timedelta(hours=49).total_seconds())

    answer = rep.post(f"/api/handoffs/{chat}/pictures", {"client_key": KEY, "content": encoded(png())})

    assert (answer.status_code, answer.json["fields"]["reason"]) == (409, "window_closed")
    assert json.dumps(answer.json).find(encoded(png())) == -1


def test_the_last_message_may_be_a_picture_when_the_rep_knows_it(
    rep: Browser, product: UnderTest, database: Database, chat: int
) -> None:
    with database.transaction() as session:
        granted = session.scalars(select(Allowance)).one()
        granted.used = granted.total - 1
    body = {"client_key": KEY, "content": encoded(png())}

    asked = rep.post(f"/api/handoffs/{chat}/pictures", body)
    sent = rep.post(f"/api/handoffs/{chat}/pictures", {**body, "is_last_confirmed": True})

    assert (asked.status_code, asked.json["code"], sent.status_code) == (422, "last_message", 202)


def test_lists_say_picture_where_they_cannot_show_it(rep: Browser, database: Database, chat: int) -> None:
    rep.post(f"/api/handoffs/{chat}/pictures", {"client_key": KEY, "content": encoded(png())})

    assert rep.get("/api/handoffs", state="active").json["items"][0]["last_text"] == "[图片]"
    assert conversation_of(database, chat).last_rep_at is not None
    with database.reading() as session:
        assert session.scalars(select(Conversation)).one().id == chat
        assert session.scalars(select(Line).where(Line.speaker == Speaker.REP)).one().kind == "image"
