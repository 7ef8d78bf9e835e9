"""The draft box, permanent pictures and publishing, as the platform's pages describe them."""

import json

import pytest

from simulator import samples
from tests.simulator.conftest import eventually

PNG = samples.picture()
JPG = b"\xff\xd8\xff\xe0" + bytes(100)
MEBIBYTE = 1024 * 1024


@pytest.fixture
def upload(sim, world):
    def send(path, data, filename="cover.png", **query):
        with world.lock:
            token = world.tokens.issue_stable(force=False)["access_token"]
        name = f'; filename="{filename}"' if filename else ""
        head = f'--frontier\r\nContent-Disposition: form-data; name="media"{name}\r\n\r\n'
        return sim.post(
            path,
            query_string={"access_token": token, **query},
            data=head.encode() + data + b"\r\n--frontier--\r\n",
            content_type="multipart/form-data; boundary=frontier",
        ).json

    return send


@pytest.fixture
def cover(upload):
    return upload("/cgi-bin/material/add_material", PNG, type="image")["media_id"]


@pytest.fixture
def add(api, cover):
    def send(**change):
        article = {"title": "标题", "content": "<p>正文</p>", "thumb_media_id": cover, **change}
        return api("POST", "/cgi-bin/draft/add", {"articles": [article]})

    return send


def get(api, media_id):
    return api("POST", "/cgi-bin/draft/get", {"media_id": media_id})


def test_a_draft_answers_its_id_alone_and_is_read_back(api, add):
    made = add(author="普惠部", digest="摘要")

    assert set(made) == {"media_id"}
    (article,) = get(api, made["media_id"])["news_item"]
    assert (article["title"], article["author"], article["digest"]) == ("标题", "普惠部", "摘要")
    assert article["content"] == "<p>正文</p>"
    assert article["url"].startswith("http")
    assert article["show_cover_pic"] == 0


@pytest.mark.parametrize(
    ("change", "errcode"),
    [
        ({"title": "长" * 32}, None),
        ({"title": "长" * 33}, 45003),
        ({"title": ""}, 45003),
        ({"author": "作" * 16}, None),
        ({"author": "作" * 17}, 45110),
        ({"digest": "摘" * 128}, None),
        ({"digest": "摘" * 129}, 45004),
        ({"content": "x" * 19_999}, None),
        ({"content": "x" * 20_000}, 45002),
        ({"content": ""}, 44004),
        ({"content": 7}, 47001),
        ({"content_source_url": "https://example.com/" + "x" * 1004}, None),
        ({"content_source_url": "https://example.com/" + "x" * 1005}, 41039),
        ({"content_source_url": "ftp://example.com"}, 41039),
        ({"thumb_media_id": ""}, 40007),
        ({"thumb_media_id": "never-kept"}, 40007),
        ({"article_type": "newspic"}, 45162),
        ({"pic_crop_235_1": "0_0_1_0.425"}, None),
        ({"pic_crop_1_1": "0,0,1,1"}, 47001),
    ],
)
def test_every_limit_has_its_code(add, change, errcode):
    assert add(**change).get("errcode") == errcode


def test_titles_of_64_characters_only_where_the_account_still_may(sim, add):
    sim.post("/sim/faults", json={"account": {"long_titles": True}})

    assert "errcode" not in add(title="长" * 64)
    assert add(title="长" * 65)["errcode"] == 45003


@pytest.mark.parametrize(("count", "errcode"), [(0, 45008), (8, None), (9, 45008)])
def test_a_draft_holds_one_to_eight(api, cover, count, errcode):
    articles = [{"title": "标题", "content": "正文", "thumb_media_id": cover}] * count

    assert api("POST", "/cgi-bin/draft/add", {"articles": articles}).get("errcode") == errcode


def test_of_several_articles_the_text_makes_the_digest(api, cover):
    article = {"title": "标题", "content": f"<p>{'字' * 60}</p>", "thumb_media_id": cover, "digest": "自己写的"}
    media_id = api("POST", "/cgi-bin/draft/add", {"articles": [article, article]})["media_id"]

    assert [item["digest"] for item in get(api, media_id)["news_item"]] == ["字" * 54] * 2


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<p>一</p><script>alert(1)</script><p>二</p>", "<p>一</p><p>二</p>"),
        ('<p onclick="x()" style="color:red">一</p>', '<p style="color:red">一</p>'),
        ('<a href="javascript:x()">一</a>', "<a>一</a>"),
        ('<p><img src="https://elsewhere.example/a.png"/>一</p>', "<p>一</p>"),
        ("<iframe src='https://x'></iframe><p>一&nbsp;&#20108;</p>", "<p>一&nbsp;&#20108;</p>"),
        ('<p CLASS="A"   data-x=1>一<br>二<br/></p>', '<p CLASS="A"   data-x=1>一<br>二<br/></p>'),
    ],
)
def test_only_what_is_dangerous_or_foreign_is_taken_out(api, add, written, kept):
    (article,) = get(api, add(content=written)["media_id"])["news_item"]

    assert article["content"] == kept


def test_pictures_that_lie_with_the_platform_stay(api, add, upload):
    url = upload("/cgi-bin/media/uploadimg", PNG)["url"]
    content = f'<img src="{url}"><img src="{url.partition("?")[0]}?from=appmsg"><img src="http://127.0.0.1:8802/x/y/0">'

    (article,) = get(api, add(content=content)["media_id"])["news_item"]

    assert article["content"].count("<img") == 2


def test_escaped_chinese_stays_escaped(sim, api, world, cover):
    with world.lock:
        token = world.tokens.issue_stable(force=False)["access_token"]
    article = {"title": "标题", "content": "x", "thumb_media_id": cover}
    raw = json.dumps({"articles": [article]}, ensure_ascii=True)

    media_id = sim.post(f"/cgi-bin/draft/add?access_token={token}", data=raw.encode()).json["media_id"]

    assert get(api, media_id)["news_item"][0]["title"] == "\\u6807\\u9898"


def test_an_update_takes_one_object_and_no_list(api, add, cover):
    media_id = add()["media_id"]
    article = {"title": "改过", "content": "正文", "thumb_media_id": cover}

    def update(index, articles):
        body = {"media_id": media_id, "index": index, "articles": articles}
        return api("POST", "/cgi-bin/draft/update", body)["errcode"]

    assert [update(0, [article]), update(1, article), update("0", article), update(0, article)] == [
        47001, 40114, 40114, 0,
    ]  # fmt: skip
    assert get(api, media_id)["news_item"][0]["title"] == "改过"


def test_the_list_has_pages_and_can_leave_the_text_out(sim, api, add):
    for title in ("一", "二", "三"):
        add(title=title)
        sim.post("/sim/clock", json={"advance_s": 1})

    page = api("POST", "/cgi-bin/draft/batchget", {"offset": 1, "count": 2, "no_content": 1})

    assert (page["total_count"], page["item_count"]) == (3, 2)
    items = [item["content"]["news_item"][0] for item in page["item"]]
    assert [item["title"] for item in items] == ["二", "一"]
    assert "content" not in items[0]
    assert (
        "content"
        in api("POST", "/cgi-bin/draft/batchget", {"offset": 0, "count": 1})["item"][0]["content"]["news_item"][0]
    )
    assert api("POST", "/cgi-bin/draft/batchget", {"offset": 0, "count": 21})["errcode"] == 47001
    assert api("GET", "/cgi-bin/draft/count") == {"total_count": 3}


def test_a_deleted_draft_is_unknown(api, add):
    media_id = add()["media_id"]

    codes = [api("POST", "/cgi-bin/draft/delete", {"media_id": media_id})["errcode"] for _ in range(2)]

    assert codes == [0, 40007]
    assert get(api, media_id)["errcode"] == 40007


@pytest.mark.parametrize(
    ("path", "query", "data", "filename", "errcode"),
    [
        ("/cgi-bin/material/add_material", {"type": "image"}, b"BM" + bytes(20), "a.bmp", None),
        ("/cgi-bin/material/add_material", {"type": "image"}, PNG, "", 41005),
        ("/cgi-bin/material/add_material", {"type": "image"}, b"", "a.png", 44001),
        ("/cgi-bin/material/add_material", {"type": "image"}, b"hello", "a.png", 40005),
        ("/cgi-bin/material/add_material", {"type": "image"}, JPG + bytes(10 * MEBIBYTE), "a.jpg", 40006),
        ("/cgi-bin/material/add_material", {"type": "thumb"}, JPG, "a.jpg", None),
        ("/cgi-bin/material/add_material", {"type": "thumb"}, PNG, "a.png", 40005),
        ("/cgi-bin/material/add_material", {"type": "news"}, PNG, "a.png", 40004),
        ("/cgi-bin/media/uploadimg", {}, PNG, "a.png", None),
        ("/cgi-bin/media/uploadimg", {}, b"GIF89a" + bytes(20), "a.gif", 40005),
        ("/cgi-bin/media/uploadimg", {}, JPG + bytes(MEBIBYTE), "a.jpg", 40009),
        ("/cgi-bin/media/uploadimg", {}, PNG, "", 41005),
    ],
)
def test_pictures_are_checked(upload, path, query, data, filename, errcode):
    assert upload(path, data, filename, **query).get("errcode") == errcode


def test_a_picture_can_be_looked_at_and_pictures_of_articles_do_not_count(sim, api, upload, cover):
    url = upload("/cgi-bin/media/uploadimg", JPG, "a.jpg")["url"]

    shown = sim.get(url.partition(":8802")[2])

    assert (shown.content_type, shown.data) == ("image/jpeg", JPG)
    assert api("GET", "/cgi-bin/material/get_materialcount")["image_count"] == 1
    assert sim.get("/mmbiz_png/nothing/0").status_code == 404


def test_what_was_removed_is_gone(api, add, cover):
    codes = [api("POST", "/cgi-bin/material/del_material", {"media_id": cover})["errcode"] for _ in range(2)]

    assert codes == [0, 40007]
    assert add()["errcode"] == 40007


class TestPublishing:
    def submit(self, api, media_id):
        return api("POST", "/cgi-bin/freepublish/submit", {"media_id": media_id})

    def state(self, api, publish_id):
        return api("POST", "/cgi-bin/freepublish/get", {"publish_id": publish_id})

    def test_it_runs_and_then_has_an_id_and_addresses(self, sim, api, add):
        media_id = add()["media_id"]
        started = self.submit(api, media_id)
        running = self.state(api, started["publish_id"])
        sim.post("/sim/clock", json={"advance_s": 10})
        done = self.state(api, started["publish_id"])

        assert self.submit(api, media_id)["errcode"] == 40007
        assert (running["publish_status"], "article_id" in running) == (1, False)
        assert (done["publish_status"], done["fail_idx"], done["article_detail"]["count"]) == (0, [], 1)
        listed = api("POST", "/cgi-bin/freepublish/batchget", {"offset": 0, "count": 20, "no_content": 1})
        assert [item["article_id"] for item in listed["item"]] == [done["article_id"]]
        page = done["article_detail"]["item"][0]["article_url"].partition(":8802")[2]
        assert sim.get(page).status_code == 200

    def test_it_may_fail(self, sim, api, add):
        sim.post("/sim/faults", json={"account": {"publish_status": 4, "publish_s": 0.0}})
        started = self.submit(api, add()["media_id"])
        sim.post("/sim/clock", json={"advance_s": 1})

        found = self.state(api, started["publish_id"])

        assert (found["publish_status"], found["fail_idx"]) == (4, [1])
        assert "article_id" not in found

    def test_what_is_taken_down_is_gone(self, sim, api, add):
        started = self.submit(api, add()["media_id"])
        sim.post("/sim/clock", json={"advance_s": 10})
        done = self.state(api, started["publish_id"])
        article = {"article_id": done["article_id"]}

        assert api("POST", "/cgi-bin/freepublish/getarticle", article)["news_item"][0]["is_deleted"] is False
        assert api("POST", "/cgi-bin/freepublish/delete", article)["errcode"] == 0
        assert api("POST", "/cgi-bin/freepublish/getarticle", article)["news_item"][0]["is_deleted"] is True
        assert self.state(api, started["publish_id"])["publish_status"] == 5
        page = done["article_detail"]["item"][0]["article_url"].partition(":8802")[2]
        assert sim.get(page).status_code == 404
        assert api("POST", "/cgi-bin/freepublish/delete", {"article_id": "none"})["errcode"] == 53600
        assert self.state(api, "none")["errcode"] == 53600

    def test_its_end_is_reported_once_per_article(self, sim, api, add, callback):
        sim.post("/sim/faults", json={"receipts": {"delay_s": 0.0}, "account": {"breaks_article_id": True}})
        sim.put("/sim/mode", json={"mode": "plain"})
        started = self.submit(api, add()["media_id"])
        sim.post("/sim/clock", json={"advance_s": 10})

        body = eventually(lambda: [push.body for push in callback.received if "PUBLISHJOBFINISH" in push.body])[0]

        assert f"<publish_id><![CDATA[{started['publish_id']}]]></publish_id>" in body
        assert "<publish_status>0</publish_status>" in body
        assert "<article_url><![CDATA[http" in body

    def test_a_published_article_can_be_sent_as_a_card(self, sim, api, add, follower):
        started = self.submit(api, add(title="可以发的文章")["media_id"])
        sim.post("/sim/clock", json={"advance_s": 10})
        article_id = self.state(api, started["publish_id"])["article_id"]
        sim.post(f"/sim/followers/{follower}/messages", json={"type": "text", "content": "你好"})

        body = {"touser": follower, "msgtype": "mpnewsarticle", "mpnewsarticle": {"article_id": article_id}}

        assert api("POST", "/cgi-bin/message/custom/send", body)["errcode"] == 0
