"""图文 over HTTP: the composer's check, two who write, sealing, drafts, previews."""

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.db import Database
from tests.factories import add_follower
from tests.fakes_account import FakeAccount
from tests.product import UnderTest
from tests.unit.api.conftest import Browser
from tests.unit.articles.test_lint import A9
from tests.unit.pictures.images import png

WORDS: dict[str, Any] = {
    "title": "您的对公账户已较长时间未使用",
    "author": "普惠服务",
    "digest": "可登录企业手机银行查看。",
    "body": "<p>您的对公账户已较长时间未使用。可登录企业手机银行查看。详询95588。拒收请回复R。</p>",
    "kind": "service",
    "goal": "激活",
}


@pytest.fixture
def marketer(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("marketer")


@pytest.fixture
def account(product: UnderTest) -> FakeAccount:
    return product.fakes.account


def upload(marketer: Browser, content: bytes = png()) -> int:
    kept: int = marketer.post("/api/articles/pictures", {"content": base64.b64encode(content).decode()}).json["id"]
    return kept


def begun(marketer: Browser, **words: object) -> dict[str, Any]:
    article = marketer.post("/api/articles").json
    body = {**WORDS, "cover_id": upload(marketer), **words, "revision": 1}
    answer = marketer.write("PUT", f"/api/articles/{article['id']}", body)
    assert answer.status_code == 200, answer.json
    found: dict[str, Any] = answer.json
    return found


def sealed(marketer: Browser, **words: object) -> dict[str, Any]:
    article = begun(marketer, **words)
    answer = marketer.post(f"/api/articles/{article['id']}/seal", {"revision": article["newest"]["revision"]})
    assert answer.status_code == 200, answer.json
    found: dict[str, Any] = answer.json
    return found


def test_an_article_is_begun_from_a_template_and_listed(marketer: Browser) -> None:
    answer = marketer.post("/api/articles", {"template": "loan_product"})

    assert answer.status_code == 201
    newest = answer.json["newest"]
    assert (newest["state"], newest["revision"], newest["writer_name"]) == ("open", 1, "某marketer")
    assert "年化利率（单利）：3.45%起【示例】" in newest["rendered"]
    (row,) = marketer.get("/api/articles").json["items"]
    assert (row["id"], row["title"], row["state"]) == (answer.json["id"], "小微企业经营周转，可以这样申请", "open")


def test_the_composer_is_told_limits_marks_and_the_rendered_body(marketer: Browser) -> None:
    found = marketer.post(
        "/api/articles/check", {**WORDS, "body": f"<p>{A9}</p>", "title": "题" * 33, "kind": "marketing"}
    ).json

    assert [one["quote"] for one in found["marks"]] == ["最低利率", "100%批贷", "日息万一", "转发好友领红包"]
    assert all(one["why"] and one["instead"] for one in found["marks"])
    (title,) = (one for one in found["counts"] if one["place"] == "title")
    assert (title["used"], title["most"], title["is_over"]) == (33, 32, True)
    assert {one["reason"] for one in found["flaws"]} == {"too_long", "missing", "C1", "C5", "C27"}
    assert found["rules"]


def test_a9_is_not_sealed_and_its_rewrite_is(marketer: Browser) -> None:
    bad = begun(marketer, body=f"<p>{A9}</p>", kind="marketing")

    answer = marketer.post(f"/api/articles/{bad['id']}/seal", {"revision": 2})

    assert (answer.status_code, answer.json["code"]) == (422, "unfit_content")
    assert [one["words"] for one in answer.json["fields"]["flaws"]] == [
        "最低利率",
        "100%批贷",
        "日息万一",
        "转发好友领红包",
    ]
    assert sealed(marketer)["newest"]["state"] == "sealed"


def test_who_saves_over_a_colleague_hears_whose_words_they_are(marketer: Browser) -> None:
    article = begun(marketer)

    answer = marketer.write("PUT", f"/api/articles/{article['id']}", {**WORDS, "revision": 1})

    assert (answer.status_code, answer.json["code"]) == (409, "article_changed")
    assert answer.json["fields"]["by"] == "某marketer"


def test_the_history_can_be_read_and_gone_on_from(marketer: Browser) -> None:
    first = sealed(marketer)
    path = f"/api/articles/{first['id']}"
    marketer.write("PUT", path, {**WORDS, "title": "第二版", "revision": 0})

    old = marketer.get(f"{path}/versions/1").json
    assert (old["title"], old["sealed_by_name"], old["text"]) == (
        WORDS["title"],
        "某marketer",
        WORDS["body"][3:-4] + "\n",
    )
    restored = marketer.post(f"{path}/restore", {"number": 1, "revision": 1}).json
    assert (restored["newest"]["number"], restored["newest"]["copied_from"]) == (2, 1)
    assert [one["number"] for one in restored["versions"]] == [2, 1]
    assert marketer.get(f"{path}/versions/9").status_code == 404


def test_copies_templates_and_the_archive(marketer: Browser) -> None:
    first = sealed(marketer)
    path = f"/api/articles/{first['id']}"

    copy = marketer.post(f"{path}/duplicate")
    template = marketer.post(f"{path}/template")

    assert (copy.status_code, copy.json["copied_from"], template.json["is_template"]) == (201, first["id"], True)
    desk = marketer.get("/api/articles/desk").json
    assert [one["id"] for one in desk["templates"] if one["id"]] == [template.json["id"]]
    assert {one["key"] for one in desk["templates"]} >= {"dormant_notice", "loan_product"}
    assert desk["products"][0]["rate"] == "3.45%"
    assert [one["name"] for one in desk["writers"]] == ["某marketer"]
    assert marketer.post(f"{path}/archive", {"is_archived": True}).json["is_archived"]
    assert [row["id"] for row in marketer.get("/api/articles").json["items"]] == [copy.json["id"]]
    assert [row["id"] for row in marketer.get("/api/articles", is_archived=True).json["items"]] == [first["id"]]


def test_pages_follow_each_other(marketer: Browser) -> None:
    made = [marketer.post("/api/articles").json["id"] for _ in range(3)]

    first = marketer.get("/api/articles", limit=2).json
    rest = marketer.get("/api/articles", limit=2, cursor=first["next"]).json

    assert [row["id"] for row in [*first["items"], *rest["items"]]] == made[::-1]
    assert (first["total"], rest["next"]) == (3, None)
    assert marketer.get("/api/articles", cursor="x").status_code == 422


def test_a_picture_is_kept_and_shown_to_nobody_else(marketer: Browser, signed_in: Callable[[str], Browser]) -> None:
    kept = upload(marketer)

    answer = marketer.get(f"/api/articles/pictures/{kept}")

    assert (answer.status_code, answer.content_type, answer.data) == (200, "image/png", png())
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert signed_in("rep").get(f"/api/articles/pictures/{kept}").status_code == 403
    assert marketer.post("/api/articles/pictures", {"content": "***"}).status_code == 422
    broken = marketer.post("/api/articles/pictures", {"content": base64.b64encode(b"GIF89a").decode()})
    assert (broken.status_code, broken.json["fields"]["reason"]) == (422, "no_picture")


def test_readers_read_and_do_not_write(marketer: Browser, signed_in: Callable[[str], Browser]) -> None:
    article = sealed(marketer)

    for who in ("reviewer", "supervisor"):
        reader = signed_in(who)
        assert reader.get(f"/api/articles/{article['id']}").status_code == 200
        assert reader.get(f"/api/article-versions/{article['newest']['id']}").json["title"] == WORDS["title"]
        assert reader.post("/api/articles").status_code == 403
        assert reader.post(f"/api/articles/{article['id']}/seal", {"revision": 1}).status_code == 403


def test_the_draft_is_kept_looked_at_and_put_right(marketer: Browser, account: FakeAccount) -> None:
    version = sealed(marketer)["newest"]
    path = f"/api/article-versions/{version['id']}/draft"
    assert version["draft"] is None
    assert marketer.post(f"{path}/look").status_code == 404

    assert marketer.post(path).json["draft"]["state"] == "kept"
    (media_id,) = account.box
    account.box[media_id] = (replace(account.box[media_id][0], title="改过的标题"),)
    (drift,) = marketer.post(f"{path}/look").json["draft"]["drift"]
    assert (drift["place"], drift["ours"], drift["theirs"]) == ("title", WORDS["title"], "改过的标题")

    back = marketer.post(f"{path}/take-back", {"revision": 0}).json
    assert (back["number"], back["title"], back["state"]) == (2, "改过的标题", "open")
    assert marketer.post(f"{path}/overwrite").json["draft"]["drift"] == []
    assert account.box[media_id][0].title == WORDS["title"]


def test_a_platform_that_is_away_is_told_as_such(marketer: Browser, account: FakeAccount) -> None:
    version = sealed(marketer)["newest"]
    account.time_out_next("drafts.add", executes=False)

    answer = marketer.post(f"/api/article-versions/{version['id']}/draft")

    assert (answer.status_code, answer.json["code"]) == (503, "wechat_busy")


def test_named_testers_are_shown_it_first(marketer: Browser, account: FakeAccount, database: Database) -> None:
    add_follower(database, "o-ann-of-the-bank")
    version = begun(marketer)["newest"]

    added = marketer.post("/api/article-testers", {"openid": "o-ann-of-the-bank", "label": "安经理"})
    (tester,) = added.json["items"]
    assert (added.status_code, tester["label"], tester["openid"]) == (201, "安经理", "o-a…ank")
    assert (added.json["remain"], added.json["a_day"]) == (100, 100)

    told = marketer.post(f"/api/article-versions/{version['id']}/preview", {"testers": [tester["id"]]}).json
    assert told == {"items": [{"tester": tester["id"], "outcome": "sent"}], "remain": 99}
    assert [openid for openid, _ in account.previews] == ["o-ann-of-the-bank"]
    assert marketer.write("DELETE", f"/api/article-testers/{tester['id']}").status_code == 204
    assert marketer.get("/api/article-testers").json["items"] == []
    assert marketer.post("/api/article-testers", {"openid": "o-nobody", "label": "谁"}).status_code == 404
