"""Mass sends: the job, who gets it, what is refused, what is reported."""

import re
import time

import pytest

from simulator.articles.newsstand import Kind
from simulator.world import World
from tests.simulator.conftest import eventually

SENDALL, SEND = "/cgi-bin/message/mass/sendall", "/cgi-bin/message/mass/send"
GET, DELETE = "/cgi-bin/message/mass/get", "/cgi-bin/message/mass/delete"
A_DAY, A_MONTH = 86_400, 31 * 86_400


@pytest.fixture(autouse=True)
def _quiet(world: World) -> None:
    """No receipts but where a test asks for them, and the middle of a month."""
    world.faults.receipts.lose = 1.0
    now = world.clock.beijing()
    world.clock.advance(((14 - now.day) % 28) * A_DAY + (34 - now.hour) * 3600)


@pytest.fixture
def people(world):
    return world.add_many("mass", 5)


@pytest.fixture
def draft(world):
    """A fresh draft a call; its media id."""

    def make(*titles):
        with world.lock:
            media, _ = world.library.add("image", "a.png", b"\x89PNG\r\n\x1a\n", 0)
            articles = [
                {"title": title, "content": "正文", "thumb_media_id": media.media_id} for title in titles or ("文章",)
            ]
            return world.drafts.add(articles, world.clock.now_s(), 32).media_id

    return make


@pytest.fixture
def send(api, draft, people):
    """Send to a list: send(), send(openids, clientmsgid="a")."""

    def post(openids=None, media_id=None, **more):
        body = {"touser": people if openids is None else openids, "msgtype": "mpnews", **more}
        return api("POST", SEND, body | {"mpnews": {"media_id": media_id or draft()}})

    return post


def done(sim):
    """Let what is under way end."""
    sim.post("/sim/clock", json={"advance_s": 60})


def job(sim, msg_id):
    return next(row for row in sim.get("/sim/mass").json if row["msg_id"] == str(msg_id))


def cards(sim, openid):
    return [entry for entry in sim.get(f"/sim/followers/{openid}/transcript").json if entry["via"] == "mass"]


def test_a_send_only_starts_a_job_and_ends_by_the_clock(sim, api, send, people):
    started = send(clientmsgid="c1")

    assert started["errcode"] == 0
    assert started["errmsg"] == "send job submission success"
    assert started["msg_id"] > 2**53
    assert api("POST", GET, {"msg_id": str(started["msg_id"])})["msg_status"] == "SENDING"
    assert cards(sim, people[0]) == []
    done(sim)
    assert api("POST", GET, {"msg_id": started["msg_id"]}) == {
        "msg_id": started["msg_id"], "msg_status": "SEND_SUCCESS"
    }  # fmt: skip
    (card,) = cards(sim, people[0])
    assert (card["type"], card["title"]) == ("article", "文章")
    assert f"mid={started['msg_data_id']}" in card["url"]


@pytest.mark.parametrize(("level", "ends_within_s"), [(0, 2), (4, 8)])
def test_a_slower_level_takes_longer(sim, api, world, send, level, ends_within_s):
    people = world.add_many("speed", 10_000)
    assert api("POST", "/cgi-bin/message/mass/speed/set", {"speed": level})["errcode"] == 0
    started = send(people)

    sim.post("/sim/clock", json={"advance_s": ends_within_s - 1.5})
    before = api("POST", GET, {"msg_id": started["msg_id"]})["msg_status"]
    sim.post("/sim/clock", json={"advance_s": 1.5})

    assert (before, api("POST", GET, {"msg_id": started["msg_id"]})["msg_status"]) == ("SENDING", "SEND_SUCCESS")


def test_levels_are_0_to_4(api):
    path = "/cgi-bin/message/mass/speed/"
    assert [api("POST", f"{path}set", {"speed": level})["errcode"] for level in (4, 5, -1, "1")] == [
        0, 45083, 45083, 45083,
    ]  # fmt: skip
    assert api("POST", f"{path}set", {"other": 1})["errcode"] == 45084
    assert api("POST", f"{path}get", {"x": 1}) == {"speed": 4, "realspeed": 10}


@pytest.mark.parametrize(
    ("pick", "errcode"),
    [
        (lambda people: people[:2], 0),
        (lambda people: people[:1], 40130),
        (lambda people: [people[0]] * 9, 40130),
        (lambda people: [people[0], *(f"oNobody{n:021d}" for n in range(9))], 40130),
        (lambda people: [], 40130),
        (lambda people: people[0], 40031),
        (lambda people: [*people, 7], 40031),
        (lambda people: people * 2001, 40032),
    ],
)
def test_a_list_is_of_two_known_to_ten_thousand(send, people, pick, errcode):
    assert send(pick(people))["errcode"] == errcode


def test_doubled_and_unknown_openids_count_once_and_not(sim, send, people):
    started = send([*people, *people, "oNobody000000000000000000001"])
    done(sim)

    assert job(sim, started["msg_id"]) | {"sent": 5, "total": 6, "let_through": 5} == job(sim, started["msg_id"])
    assert len(cards(sim, people[0])) == 1


def test_four_a_calendar_month_reach_a_follower(sim, send, people):
    for number in range(5):
        send(clientmsgid=f"m{number}")
        done(sim)

    last = sim.get("/sim/mass").json[-1]
    assert (last["let_through"], last["total"]) == (0, 5)
    assert len(cards(sim, people[0])) == 4
    sim.post("/sim/clock", json={"advance_s": A_MONTH})
    send(clientmsgid="next")
    done(sim)
    assert len(cards(sim, people[0])) == 5


def test_console_sends_count_against_the_same_four(sim, send, people):
    for _ in range(3):
        made = sim.post("/sim/mass", json={"title": "后台发的", "openids": people[:1]})
        assert made.status_code == 201
        done(sim)
    assert cards(sim, people[0])[0]["title"] == "后台发的"

    for number in range(2):
        send(people[:2], clientmsgid=f"m{number}")
        done(sim)

    assert sim.get("/sim/mass").json[-1]["let_through"] == 1
    assert len(cards(sim, people[0])) == 4


@pytest.mark.parametrize(
    "body",
    [
        {"openids": ["oTestFollower00000000000001A"]},
        {"title": "无人"},
        {"title": "错", "openids": []},
        {"title": "错", "unknown": 1},
    ],
)
def test_a_console_send_says_what_and_to_whom(sim, body):
    assert sim.post("/sim/mass", json=body).status_code == 400


def test_who_left_meanwhile_is_not_reached(sim, world, send, people):
    started = send()
    world.followers[people[0]].leave()
    done(sim)

    assert job(sim, started["msg_id"])["let_through"] == 4
    assert cards(sim, people[0]) == []


class TestClientIds:
    def test_a_repeat_within_a_day_is_told_the_first_job(self, sim, send):
        first = send(clientmsgid="c1")
        sim.post("/sim/clock", json={"advance_s": A_DAY - 60})
        again = send(clientmsgid="c1")
        sim.post("/sim/clock", json={"advance_s": 61})
        later = send(clientmsgid="c1")

        assert (again["errcode"], again["msg_id"]) == (45065, first["msg_id"])
        assert later["errcode"] == 0

    def test_the_draft_of_a_repeat_need_not_be_there_any_more(self, send, draft):
        media_id = draft()

        assert [send(media_id=media_id, clientmsgid="c1")["errcode"] for _ in range(2)] == [0, 45065]

    def test_a_refused_try_may_come_again_after_a_minute(self, sim, send):
        assert send(media_id="gone", clientmsgid="c1")["errcode"] == 40007
        assert send(clientmsgid="c1")["errcode"] == 45066
        sim.post("/sim/clock", json={"advance_s": 61})
        assert send(clientmsgid="c1")["errcode"] == 0

    @pytest.mark.parametrize("client_id", ["a-b", "x" * 65, "中", 7])
    def test_odd_ones_are_refused(self, send, client_id):
        assert send(clientmsgid=client_id)["errcode"] == 45067

    def test_without_one_the_content_is_it_whoever_is_to_get_it(self, send, people, draft):
        media_id = draft()

        codes = [send(openids, media_id)["errcode"] for openids in (people[:2], people[2:4])]

        assert codes == [0, 45065]


class TestQuotas:
    def test_sixty_a_minute_and_a_hundred_a_day(self, sim, send, people):
        codes = [send(people[:2], clientmsgid=f"a{number}")["errcode"] for number in range(61)]
        sim.post("/sim/clock", json={"advance_s": 61})
        codes += [send(people[:2], clientmsgid=f"b{number}")["errcode"] for number in range(40)]
        # The sixty-first of the first minute counts for neither.
        assert codes == [0] * 60 + [45011] + [0] * 40
        sim.post("/sim/clock", json={"advance_s": 61})
        assert send(people[:2], clientmsgid="last")["errcode"] == 45009
        sim.post("/sim/clock", json={"advance_s": A_DAY})
        assert send(people[:2], clientmsgid="next_day")["errcode"] == 0

    def test_what_was_used_is_told(self, api, send):
        send()

        told = api("POST", "/cgi-bin/openapi/quota/get", {"cgi_path": SEND})

        assert told["quota"] == {"daily_limit": 100, "used": 1, "remain": 99}
        assert told["rate_limit"] == {"call_count": 60, "refresh_second": 60}

    def test_a_send_to_all_is_one_a_day_and_four_a_month_with_the_console(self, sim, api, draft, people):
        def to_all(number):
            body = {"filter": {"is_to_all": True}, "msgtype": "mpnews", "mpnews": {"media_id": draft()}}
            return api("POST", SENDALL, body | {"clientmsgid": f"all{number}"})["errcode"]

        assert (to_all(0), to_all(1)) == (0, 45028)
        for number in range(2, 4):
            sim.post("/sim/clock", json={"advance_s": A_DAY})
            assert to_all(number) == 0
        sim.post("/sim/clock", json={"advance_s": A_DAY})
        assert sim.post("/sim/mass", json={"title": "后台", "to_all": True}).status_code == 201
        sim.post("/sim/clock", json={"advance_s": A_DAY})
        assert to_all(9) == 45028

    def test_an_account_that_never_agreed_to_the_rules_sends_nothing(self, sim, send):
        sim.post("/sim/faults", json={"account": {"refuses_mass": True}})

        assert send()["errcode"] == 48003


def test_a_tag_and_only_a_tag_that_is_there(sim, api, world, draft, people):
    tag_id, _ = world.tags.create("一个标签")
    world.tags.add(tag_id, [world.followers[openid] for openid in people[:2]])

    def to_tag(tag):
        body = {"filter": {"is_to_all": False, "tag_id": tag}, "msgtype": "mpnews", "mpnews": {"media_id": draft()}}
        return api("POST", SENDALL, body | {"clientmsgid": f"tag{tag}"})

    started = to_tag(tag_id)
    done(sim)
    assert job(sim, started["msg_id"])["sent"] == 2
    assert to_tag(77)["errcode"] == 45159
    assert api("POST", SENDALL, {"msgtype": "mpnews", "mpnews": {"media_id": draft()}})["errcode"] == 40152


def test_a_text_may_be_sent_too(sim, api, people):
    body = {"touser": people, "msgtype": "text", "text": {"content": "节日安排"}, "clientmsgid": "t1"}
    started = api("POST", SEND, body)
    done(sim)

    assert "msg_data_id" not in started
    assert cards(sim, people[0])[0]["text"] == "节日安排"
    assert (
        api("POST", SEND, {"touser": people, "msgtype": "voice", "voice": {}, "clientmsgid": "t2"})["errcode"] == 40008
    )


def test_a_preview_shows_it_to_one_and_takes_nothing(sim, api, world, draft, people):
    media_id = draft()
    body = {"touser": people[0], "msgtype": "mpnews", "mpnews": {"media_id": media_id}}

    assert api("POST", "/cgi-bin/message/mass/preview", body)["errcode"] == 0

    (shown,) = sim.get(f"/sim/followers/{people[0]}/transcript").json
    assert (shown["via"], shown["type"]) == ("preview", "article")
    assert world.followers[people[0]].mass_count == 0
    assert world.drafts.get(media_id)
    world.followers[people[0]].leave()
    assert api("POST", "/cgi-bin/message/mass/preview", body)["errcode"] == 43004


def test_deleting_kills_the_page_and_leaves_the_card(sim, api, send, draft, people):
    started = send(media_id=draft("一", "二"), clientmsgid="c1")
    assert api("POST", DELETE, {"msg_id": started["msg_id"]})["errcode"] == 40059, "not sent yet"
    done(sim)
    url = cards(sim, people[0])[0]["articles"][1]["url"].partition(":8802")[2]

    codes = [
        api("POST", DELETE, {"msg_id": msg_id, "article_idx": idx})["errcode"]
        for msg_id, idx in ((started["msg_id"], 2), (started["msg_id"], 9), (7, 0))
    ]

    assert codes == [0, 40114, 40059]
    assert sim.get(url).status_code == 404
    assert api("POST", GET, {"msg_id": started["msg_id"]})["msg_status"] == "SEND_SUCCESS"
    assert api("POST", DELETE, {"msg_id": started["msg_id"]})["errcode"] == 0
    assert api("POST", GET, {"msg_id": started["msg_id"]})["msg_status"] == "DELETE"
    assert len(cards(sim, people[0])) == 1


@pytest.mark.parametrize("fault", [{"errcode": -1}, {"http_status": 504}, {"html": True}, {"truncate": True}])
def test_executed_but_badly_answered_is_executed(sim, send, draft, fault):
    media_id = draft()
    sim.post("/sim/faults", json={"api": {SEND: {"times": 1, "after_execution": True, **fault}}})
    with pytest.raises((AssertionError, ValueError, TypeError, KeyError)):
        assert send(media_id=media_id, clientmsgid="c1")["errcode"] == 0

    assert send(media_id=media_id, clientmsgid="c1")["errcode"] == 45065


class TestReceipts:
    def received(self, callback):
        return [push.body for push in callback.received if "MASSSENDJOBFINISH" in push.body]

    def fault(self, sim, **receipts):
        sim.put("/sim/mode", json={"mode": "plain"})
        sim.post("/sim/faults", json={"receipts": {"delay_s": 0.0, **receipts}})

    def test_the_end_is_told_in_the_helpers_name(self, sim, world, callback, send, draft, people):
        self.fault(sim)
        started = send(media_id=draft("一", "二"))
        assert self.received(callback) == []
        done(sim)

        body = eventually(lambda: self.received(callback))[0]

        def value(name):
            return re.findall(rf"<{name}>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</{name}>", body)[0]

        assert value("FromUserName") not in world.followers
        assert value("MsgID") == str(started["msg_id"])
        counts = ("TotalCount", "FilterCount", "SentCount", "ErrorCount")
        assert [value(name) for name in ("Status", *counts)] == ["send success", "5", "5", "5", "0"]
        assert re.findall(r"<ArticleIdx>(\d)</ArticleIdx>", body) == ["1", "2"]
        assert value("CheckState") == "0"

    def test_it_comes_late(self, sim, callback, world, send):
        self.fault(sim, delay_s=60.0)
        send()
        sim.post("/sim/clock", json={"advance_s": 2})
        time.sleep(0.2)
        assert self.received(callback) == []

        sim.post("/sim/clock", json={"advance_s": 60})

        assert eventually(lambda: self.received(callback))

    def test_it_may_come_before_the_answer(self, sim, callback, send):
        self.fault(sim, before_answer=1.0)

        send()

        assert len(self.received(callback)) == 1
        done(sim)
        time.sleep(0.2)
        assert len(self.received(callback)) == 1

    def test_it_may_come_twice_or_never(self, sim, callback, send):
        self.fault(sim, twice=1.0)
        send()
        done(sim)
        assert eventually(lambda: len(self.received(callback)) == 2)

        self.fault(sim, lose=1.0)
        send()
        done(sim)
        time.sleep(0.2)
        assert len(self.received(callback)) == 2

    def test_blocks_may_be_empty(self, sim, callback, send):
        self.fault(sim, empty_blocks=True)
        send()
        done(sim)

        body = eventually(lambda: self.received(callback))[0]

        assert "<CopyrightCheckResult></CopyrightCheckResult>" in body
        assert "ArticleUrl>" not in body

    @pytest.mark.parametrize(
        ("account", "ignore", "status", "sent"),
        [
            ({"verdict": "err(20008)"}, 0, "err(20008)", 0),
            ({"copyright_state": 2}, 0, "err(30003)", 0),
            ({"copyright_state": 2}, 1, "send success", 5),
            ({"copyright_state": 3}, 1, "err(30002)", 0),
            ({"send_errors": 2}, 0, "send success", 3),
        ],
    )
    def test_the_platform_judges(self, sim, send, account, ignore, status, sent):
        sim.post("/sim/faults", json={"account": account})
        started = send(send_ignore_reprint=ignore)
        done(sim)

        found = job(sim, started["msg_id"])

        assert (found["status"], found["sent"]) == (status, sent)
        assert found["state"] == ("SEND_SUCCESS" if status == "send success" else "SEND_FAIL")

    @pytest.mark.parametrize(
        ("answer", "status"), [(True, "send success"), (False, "err(40001)"), (None, "err(40002)")]
    )
    def test_the_admin_may_have_to_agree_within_half_an_hour(self, sim, api, send, answer, status):
        sim.post("/sim/faults", json={"account": {"admin_confirms": "every"}})
        msg_id = send()["msg_id"]
        sim.post("/sim/clock", json={"advance_s": 1700})
        assert api("POST", GET, {"msg_id": msg_id})["msg_status"] == "SENDING"

        if answer is not None:
            assert sim.post(f"/sim/mass/{msg_id}/admin", json={"agrees": answer}).status_code == 200
        sim.post("/sim/clock", json={"advance_s": 200})

        assert job(sim, msg_id)["status"] == status
        assert sim.post(f"/sim/mass/{msg_id}/admin", json={"agrees": True}).status_code == 409

    def test_only_sends_to_all_wait_when_only_they_must(self, sim, send):
        sim.post("/sim/faults", json={"account": {"admin_confirms": "to_all"}})

        assert job(sim, send()["msg_id"])["waits_for_admin"] is False

    @pytest.mark.parametrize("document", [{"receipts": {"lose": 2}}, {"account": {"admin_confirms": "some"}}])
    def test_faults_that_cannot_be_are_refused(self, sim, document):
        assert sim.post("/sim/faults", json=document).status_code == 400


class TestManyFollowers:
    def test_they_are_made_quickly_and_follow_without_a_push(self, sim, world, callback):
        began = time.process_time()
        made = sim.post("/sim/followers/bulk", json={"count": 110_000, "prefix": "Big"}).json
        took = time.process_time() - began

        assert took < 5
        assert made["count"] == 110_000
        assert re.fullmatch(r"oBig0+1", made["first"])
        assert len(made["first"]) == 28
        assert callback.received == []
        assert world.followers[made["last"]].is_following
        assert sim.get("/sim/followers").json == []

    def test_ten_thousand_are_sent_to_well_within_a_second(self, sim, world, send):
        people = world.add_many("many", 10_000)
        began = time.process_time()
        started = send(people)
        done(sim)
        took = time.process_time() - began

        assert took < 1
        assert job(sim, started["msg_id"])["sent"] == 10_000

    @pytest.mark.parametrize("body", [{"count": 0}, {"count": 1, "prefix": "no spaces"}, {"count": True}])
    def test_a_number_and_a_short_prefix(self, sim, body):
        assert sim.post("/sim/followers/bulk", json=body).status_code == 400

    def test_a_phone_somebody_looks_at_hears_of_the_next_one(self, sim, world, send, people):
        send()
        done(sim)
        assert len(cards(sim, people[0])) == 1
        after = world.feed.last_seq

        send()
        done(sim)

        told = [item.data["openid"] for item in world.feed.wait(after, 1) if item.kind == "entry"]
        assert told == [people[0]]
        numbers = [card["seq"] for card in cards(sim, people[0])]
        assert len(set(numbers)) == 2
        assert [person["openid"] for person in sim.get("/sim/followers", query_string={"last": 5}).json] == [people[0]]


def test_a_reset_forgets_what_was_to_come(sim, world, send):
    send()
    sim.post("/sim/reset", json={})

    done(sim)

    assert sim.get("/sim/mass").json == []
    assert world.newsstand.all() == []


def test_a_preview_is_no_article_of_the_figures(world, draft):
    world.newsstand.put_up(1, world.drafts.get(draft()).articles, Kind.PREVIEW)

    assert world.newsstand.all() == []
