"""The page of an article, what readers do on it, and the figures that come of it."""

from datetime import timedelta

import pytest

from simulator import samples
from tests.simulator.conftest import OPENID, eventually

PNG = samples.picture()
NEW = ("getarticleread", "getarticleshare", "getbizsummary", "getarticletotaldetail")
OLD = ("getarticlesummary", "getarticletotal")


@pytest.fixture(autouse=True)
def _morning(world):
    """No receipts, and ten in the morning of the second of a month."""
    world.faults.receipts.lose = 1.0
    now = world.clock.beijing()
    first = (now.replace(day=1) + timedelta(days=32)).replace(day=2, hour=10, minute=0, second=0)
    world.clock.advance((first - now).total_seconds())


@pytest.fixture
def people(world):
    return world.add_many("read", 5)


@pytest.fixture
def sent(sim, api, world, people):
    """An article sent to everybody; its data id and the path of its page."""

    def send(content="<p>正文</p>", **more):
        with world.lock:
            media, _ = world.library.add("image", "a.png", PNG, 0)
            article = {"title": "小微<贷款>", "content": content, "thumb_media_id": media.media_id, **more}
            media_id = world.drafts.add([article], world.clock.now_s(), 32).media_id
        everybody = [*people, *([OPENID] if OPENID in world.followers else [])]
        body = {"touser": everybody, "msgtype": "mpnews", "mpnews": {"media_id": media_id}}
        data_id = api("POST", "/cgi-bin/message/mass/send", body)["msg_data_id"]
        sim.post("/sim/clock", json={"advance_s": 10})
        url = sim.get(f"/sim/followers/{people[0]}/transcript").json[-1]["url"]
        return data_id, url.partition(":8802")[2]

    return send


def figures(api, name, begin, end=None):
    body = {"begin_date": begin.isoformat(), "end_date": (end or begin).isoformat()}
    return api("POST", f"/datacube/{name}", body)


def test_the_page_shows_title_author_day_and_body(sim, sent):
    _, page = sent("<p>第一段</p>", author="普惠部", content_source_url="https://example.com/full")

    answer = sim.get(page)

    assert answer.status_code == 200
    for part in (
        "小微&lt;贷款&gt;",
        "普惠部",
        "月2日 10:00",
        "<p>第一段</p>",
        'href="https://example.com/full"',
        "阅读原文",
    ):
        assert part in answer.text
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("change", ["&sn=wrong", "&mid=7"])
def test_a_page_needs_its_whole_address(sim, sent, change):
    _, page = sent()
    name = change[1:].partition("=")[0]
    parts = [part for part in page.split("&") if not part.startswith(f"{name}=")]

    assert sim.get("&".join(parts) + change).status_code == 404


def test_a_draft_has_a_page_until_it_is_sent(sim, api, world):
    media, _ = world.library.add("image", "a.png", PNG, 0)
    article = {"title": "草稿页", "content": "正文", "thumb_media_id": media.media_id}
    media_id = world.drafts.add([article], 0, 32).media_id
    url = api("POST", "/cgi-bin/draft/get", {"media_id": media_id})["news_item"][0]["url"].partition(":8802")[2]

    assert "草稿页" in sim.get(url).text
    assert "分享" not in sim.get(url).text
    world.drafts.take(media_id)
    assert sim.get(url).status_code == 404
    assert sim.get("/s?tempkey=none").status_code == 404


def test_opening_and_sharing_count_the_person_on_the_phone(sim, sent, people):
    data_id, page = sent()

    for key in (people[0], people[0], people[1], "oNobody", ""):
        assert sim.get(f"{page}&key={key}").status_code == 200
    assert sim.post(page.replace("/s?", "/s/share?"), json={"openid": people[0]}).status_code == 200
    assert sim.post("/s/share?mid=1", json={"openid": people[0]}).status_code == 404
    assert sim.post(page.replace("/s?", "/s/share?"), json={"openid": "oNobody"}).status_code == 404

    (row,) = sim.get("/sim/articles").json
    assert (row["msg_data_id"], row["readers"], row["sharers"]) == (data_id, 2, 1)


def test_many_read_at_once(sim, sent, people):
    data_id, _ = sent()

    assert sim.post(f"/sim/articles/{data_id}/reads", json={"openids": people, "times": 2}).json == {"counted": 5}
    assert sim.post(f"/sim/articles/{data_id}/shares", json={"openids": people[:2]}).json == {"counted": 2}
    for body in ({"openids": "x"}, {"openids": people, "times": 0}, {"openids": people, "who": 1}):
        assert sim.post(f"/sim/articles/{data_id}/reads", json=body).status_code == 400
    assert sim.post("/sim/articles/7/reads", json={"openids": people}).status_code == 404

    (row,) = sim.get("/sim/articles").json
    assert (row["readers"], row["sharers"]) == (5, 2)


class TestCodes:
    def picture(self, sim, api, world, scene="m12v1"):
        body = {"expire_seconds": 3600, "action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": scene}}}
        ticket = api("POST", "/cgi-bin/qrcode/create", body)["ticket"]
        data = sim.get("/cgi-bin/showqrcode", query_string={"ticket": ticket}).data
        return world.library.add_to_article("qr.png", data, 0)

    def test_a_code_in_an_article_is_recognised_as_a_scan_with_its_scene(
        self, sim, api, world, callback, follower, sent
    ):
        url = self.picture(sim, api, world)
        _, page = sent(f'<p>扫码咨询</p><img src="{url}">')
        sim.put("/sim/mode", json={"mode": "plain"})

        path = url.partition(":8802")[2]
        assert f'data-codes="{path}"' in sim.get(page).text
        assert f'<img src="{path}">' in sim.get(page).text
        answer = sim.post("/s/scan", json={"openid": follower, "picture": path})

        assert answer.status_code == 200
        body = eventually(lambda: callback.received[-1].body)
        assert "<Event><![CDATA[SCAN]]></Event>" in body
        assert "<EventKey><![CDATA[m12v1]]></EventKey>" in body

    def test_other_pictures_and_lapsed_codes_are_none(self, sim, api, world, follower, sent):
        url, plain = self.picture(sim, api, world), world.library.add_to_article("a.png", PNG, 0)
        _, page = sent(f'<img src="{plain}">')
        assert 'data-codes=""' in sim.get(page).text

        for picture in (plain.partition(":8802")[2], "/x/y/0", "elsewhere"):
            assert sim.post("/s/scan", json={"openid": follower, "picture": picture}).status_code == 404
        sim.post("/sim/clock", json={"advance_s": 3601})
        body = {"openid": follower, "picture": url.partition(":8802")[2]}
        assert sim.post("/s/scan", json=body).status_code == 404


class TestFigures:
    def test_users_by_day_after_eight_the_next_morning(self, sim, api, world, sent, people):
        data_id, _ = sent()
        sim.post(f"/sim/articles/{data_id}/reads", json={"openids": people, "times": 3})
        sim.post(f"/sim/articles/{data_id}/shares", json={"openids": people[:2]})
        world.followers[people[4]].leave()
        day = world.clock.beijing().date()

        assert figures(api, "getarticleread", day)["errcode"] == 61501
        sim.post("/sim/clock", json={"advance_s": 21 * 3600})
        assert figures(api, "getarticleread", day)["errcode"] == 61503
        sim.post("/sim/clock", json={"advance_s": 3600})

        reads = figures(api, "getarticleread", day)
        assert reads["is_delay"] is False
        (row,) = reads["list"]
        assert (row["ref_date"], row["msgid"], row["detail"]["read_user"]) == (day.isoformat(), f"{data_id}_1", 5)
        assert row["detail"]["read_user_source"] == [
            {"user_count": 5, "scene_desc": "全部"}, {"user_count": 4, "scene_desc": "公众号消息"}
        ]  # fmt: skip
        assert figures(api, "getarticleshare", day)["list"][0]["detail"] == {"share_user": 2}
        (total,) = figures(api, "getarticletotaldetail", day)["list"]
        assert (total["publish_type"], total["title"]) == (0, "小微<贷款>")
        (detail,) = total["detail_list"]
        assert (detail["stat_date"], detail["read_user"], detail["share_user"]) == (day.isoformat(), 5, 2)
        assert detail["read_delivery_rate"] == 1.0
        (summary,) = figures(api, "getbizsummary", day)["list"]
        assert (summary["read_user"], summary["share_user"], summary["publish_count"]) == (5, 2, 1)

    def test_thirty_days_are_told_and_each_stands_for_itself(self, sim, api, world, sent, people):
        data_id, _ = sent()
        day = world.clock.beijing().date()
        sim.post("/sim/clock", json={"advance_s": 86_400})
        sim.post(f"/sim/articles/{data_id}/reads", json={"openids": people[:1]})
        sim.post("/sim/clock", json={"advance_s": 40 * 86_400})

        (row,) = figures(api, "getarticletotaldetail", day)["list"]

        assert [detail["read_user"] for detail in row["detail_list"]] == [0, 1] + [0] * 28

    @pytest.mark.parametrize(
        ("begin", "end", "errcode"),
        [("2026-13-01", "2026-13-01", 61500), ("x", "y", 61500), (-2, -3, 61501), (-3, -2, 61501), (0, 0, 61501)],
    )
    def test_odd_days_are_refused(self, api, world, begin, end, errcode):
        today = world.clock.beijing().date()
        days = [day if isinstance(day, str) else (today + timedelta(days=day)).isoformat() for day in (begin, end)]

        answer = api("POST", "/datacube/getarticleread", {"begin_date": days[0], "end_date": days[1]})

        assert answer["errcode"] == errcode

    def test_late_figures_say_so(self, sim, api, world):
        sim.post("/sim/faults", json={"account": {"figures_late": True}})
        day = world.clock.beijing().date() - timedelta(days=3)

        assert [figures(api, name, day)["is_delay"] for name in NEW] == [True] * 4

    def test_the_old_calls_are_there_only_where_the_account_still_has_them(self, sim, api, world, sent, people):
        data_id, _ = sent()
        sim.post(f"/sim/articles/{data_id}/reads", json={"openids": people[:3], "times": 2})
        day = world.clock.beijing().date()
        sim.post("/sim/clock", json={"advance_s": 86_400})
        assert [figures(api, name, day)["errcode"] for name in OLD] == [48001, 48001]
        sim.post("/sim/faults", json={"account": {"old_datacube": True}})

        (row,) = figures(api, "getarticlesummary", day)["list"]
        assert (row["int_page_read_user"], row["int_page_read_count"]) == (3, 6)
        (total,) = figures(api, "getarticletotal", day)["list"]
        assert [(part["target_user"], part["int_page_read_user"]) for part in total["details"]] == [(5, 3)]

    def test_the_old_calls_leave_out_what_two_people_read(self, sim, api, world, sent, people):
        data_id, _ = sent()
        sim.post(f"/sim/articles/{data_id}/reads", json={"openids": people[:2]})
        day = world.clock.beijing().date()
        sim.post("/sim/clock", json={"advance_s": 86_400})
        sim.post("/sim/faults", json={"account": {"old_datacube": True}})

        assert figures(api, "getarticlesummary", day)["list"] == []

    def test_an_account_without_the_right_gets_none(self, sim, api, world):
        sim.post("/sim/faults", json={"account": {"no_datacube": True, "old_datacube": True}})
        day = world.clock.beijing().date() - timedelta(days=3)

        assert {figures(api, name, day)["errcode"] for name in (*NEW, *OLD)} == {48001}

    def test_who_came_and_left_is_told_by_way(self, sim, api, world):
        day = world.clock.beijing().date()
        for number, scene in enumerate(("", "branch_1", "")):
            sim.post("/sim/followers", json={"openid": f"oFollows{number:020d}", "scene": scene})
        sim.post("/sim/followers/oFollows00000000000000000000/messages", json={"type": "unsubscribe"})
        sim.post("/sim/clock", json={"advance_s": 86_400})

        rows = figures(api, "getusersummary", day)["list"]

        assert sorted((row["user_source"], row["new_user"], row["cancel_user"]) for row in rows) == [
            (1, 2, 1), (30, 1, 0)
        ]  # fmt: skip
