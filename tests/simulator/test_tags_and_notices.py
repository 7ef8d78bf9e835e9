"""Tags with their limits, and notices with their templates, consents and reports."""

import pytest

from simulator.tags import MAX_TO_DELETE
from tests.simulator.conftest import eventually

SERVICE = "XqSvcRepaymentDue000000000000000000000000002"
SUBSCRIBED = "XqSubNewRates0000000000000000000000000000003"
DUE = {"thing1": {"value": "本月还款"}, "amount2": {"value": "¥1200.00"}, "date3": {"value": "2026年12月1日"}}
RATES = {"thing1": {"value": "利率调整"}, "date2": {"value": "2026年12月1日"}, "thing3": {"value": "点开看详情"}}


@pytest.fixture
def people(world):
    return world.add_many("tags", 60)


@pytest.fixture
def tag(api):
    def create(name="标签"):
        return api("POST", "/cgi-bin/tags/create", {"tag": {"name": name}})

    return create


def batch(api, act, tag_id, openids):
    return api("POST", f"/cgi-bin/tags/members/{act}", {"openid_list": openids, "tagid": tag_id})["errcode"]


class TestTags:
    def test_a_tag_has_an_id_a_name_and_members(self, api, tag, people):
        made = tag("重点提质户")
        tag_id = made["tag"]["id"]

        assert made == {"tag": {"id": tag_id, "name": "重点提质户"}}
        assert batch(api, "batchtagging", tag_id, people[:3]) == 0
        assert batch(api, "batchuntagging", tag_id, people[:1]) == 0
        rows = api("GET", "/cgi-bin/tags/get")["tags"]
        assert rows == [{"id": 2, "name": "星标组", "count": 0}, {"id": tag_id, "name": "重点提质户", "count": 2}]
        assert api("POST", "/cgi-bin/tags/getidlist", {"openid": people[1]}) == {"tagid_list": [tag_id]}
        assert api("GET", "/cgi-bin/user/info", openid=people[1])["tagid_list"] == [tag_id]
        page = api("POST", "/cgi-bin/user/tag/get", {"tagid": tag_id, "next_openid": ""})
        assert page == {"count": 2, "data": {"openid": people[1:3]}, "next_openid": people[2]}
        last = api("POST", "/cgi-bin/user/tag/get", {"tagid": tag_id, "next_openid": people[2]})
        assert last == {"count": 0, "next_openid": ""}

    @pytest.mark.parametrize(
        ("name", "errcode"), [("长" * 30, None), ("长" * 31, 45158), ("", 45157), ("星标组", 45157), (7, 45157)]
    )
    def test_names_are_short_and_unique(self, tag, name, errcode):
        assert tag(name).get("errcode") == errcode

    def test_a_hundred_an_account(self, tag):
        codes = [tag(f"标签{number}").get("errcode") for number in range(101)]

        assert codes == [None] * 100 + [45056]

    def test_twenty_a_follower(self, api, tag, people):
        tags = [tag(f"标签{number}")["tag"]["id"] for number in range(21)]

        codes = [batch(api, "batchtagging", tag_id, people[:1]) for tag_id in tags]

        assert codes == [0] * 20 + [45059]
        assert batch(api, "batchtagging", tags[0], people[:1]) == 0, "one he carries already"

    def test_fifty_a_call_and_all_or_none(self, api, tag, people):
        tag_id = tag()["tag"]["id"]

        assert batch(api, "batchtagging", tag_id, people[:51]) == 40032
        assert batch(api, "batchtagging", tag_id, []) == 40032
        assert batch(api, "batchtagging", tag_id, [*people[:3], "oNobody"]) == 40003
        assert batch(api, "batchtagging", tag_id, people[:50]) == 0
        assert batch(api, "batchtagging", 77, people[:1]) == 45159
        assert batch(api, "batchuntagging", 77, people[:1]) == 45159

    def test_the_platforms_own_tags_stay(self, api, tag):
        for tag_id in (0, 1, 2):
            assert api("POST", "/cgi-bin/tags/delete", {"tag": {"id": tag_id}})["errcode"] == 45058
            assert api("POST", "/cgi-bin/tags/update", {"tag": {"id": tag_id, "name": "x"}})["errcode"] == 45058

    def test_a_tag_is_renamed_and_removed(self, api, tag, people):
        tag_id = tag()["tag"]["id"]
        tag("有了")
        batch(api, "batchtagging", tag_id, people[:2])

        def rename(name):
            return api("POST", "/cgi-bin/tags/update", {"tag": {"id": tag_id, "name": name}})["errcode"]

        assert [rename("有了"), rename("标签"), rename("新名字")] == [45157, 0, 0]
        assert api("POST", "/cgi-bin/tags/delete", {"tag": {"id": tag_id}})["errcode"] == 0
        assert api("POST", "/cgi-bin/tags/delete", {"tag": {"id": tag_id}})["errcode"] == 45159
        assert api("POST", "/cgi-bin/tags/getidlist", {"openid": people[0]}) == {"tagid_list": []}

    def test_a_tag_of_very_many_cannot_be_removed(self, api, world, tag):
        tag_id = tag()["tag"]["id"]
        world.tags._members[tag_id] = dict.fromkeys(map(str, range(MAX_TO_DELETE)))

        assert api("POST", "/cgi-bin/tags/delete", {"tag": {"id": tag_id}})["errcode"] == 45057

    def test_a_body_without_a_tag_is_malformed(self, api):
        assert api("POST", "/cgi-bin/tags/create", {"name": "x"})["errcode"] == 47001


def template(api, openid, data=None, **more):
    body = {"touser": openid, "template_id": SERVICE, "data": data or DUE, **more}
    return api("POST", "/cgi-bin/message/template/send", body)


def subscribed(api, openid, data=None, **more):
    body = {"touser": openid, "template_id": SUBSCRIBED, "data": data or RATES, **more}
    return api("POST", "/cgi-bin/message/subscribe/bizsend", body)


def choose(sim, openid, **more):
    body = {"type": "choose_notices", "template_id": SUBSCRIBED, **more}
    assert sim.post(f"/sim/followers/{openid}/messages", json=body).status_code == 200


class TestServiceNotices:
    def test_it_is_shown_and_reported_with_its_number(self, sim, api, callback, follower):
        sim.put("/sim/mode", json={"mode": "plain"})
        sim.post("/sim/faults", json={"receipts": {"delay_s": 0.0}})

        answer = template(api, follower, url="https://example.com/plan")

        assert answer["errcode"] == 0
        assert answer["msgid"] > 2**53
        shown = sim.get(f"/sim/followers/{follower}/transcript").json[-1]
        assert (shown["type"], shown["values"]["amount2"], shown["url"]) == (
            "notice", "¥1200.00", "https://example.com/plan"
        )  # fmt: skip
        body = eventually(lambda: [push.body for push in callback.received if "TEMPLATESEND" in push.body])[0]
        assert f"<MsgID>{answer['msgid']}</MsgID>" in body
        assert "<Status><![CDATA[success]]></Status>" in body
        assert follower in body

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("thing1", "长" * 21),
            ("thing1", ""),
            ("amount2", "一百"),
            ("date3", "明天"),
        ],
    )
    def test_a_value_that_does_not_fit_its_type_is_named(self, api, follower, field, value):
        answer = template(api, follower, DUE | {field: {"value": value}})

        assert answer["errcode"] == 47003
        assert f"data.{field}.value invalid" in answer["errmsg"]

    def test_values_are_needed(self, api, follower):
        assert template(api, follower, {"thing1": "没有 value"})["errcode"] == 47003
        assert template(api, follower, ["x"])["errcode"] == 47003

    def test_what_nobody_has_is_refused(self, sim, api, follower):
        assert template(api, follower, template_id="none")["errcode"] == 40037
        assert template(api, "oNobody")["errcode"] == 40003
        sim.post(f"/sim/followers/{follower}/messages", json={"type": "unsubscribe"})
        assert template(api, follower)["errcode"] == 43004

    def test_one_client_id_is_one_notice_for_ten_minutes(self, sim, api, follower):
        first, again = (template(api, follower, client_msg_id="due_1")["msgid"] for _ in range(2))
        sim.post("/sim/clock", json={"advance_s": 601})
        later = template(api, follower, client_msg_id="due_1")["msgid"]

        assert first == again != later
        assert template(api, follower, client_msg_id="x" * 33)["errcode"] == 40036

    def test_templates_are_listed_and_added(self, sim, api, follower):
        before = {
            row["template_id"] for row in api("GET", "/cgi-bin/template/get_all_private_template")["template_list"]
        }
        assert sim.post("/sim/templates", json={"template_id": "T9", "fields": ["thing1"]}).status_code == 201
        assert sim.post("/sim/templates", json={"template_id": "T9", "fields": "thing1"}).status_code == 400

        assert SERVICE in before
        assert template(api, follower, {"thing1": {"value": "好"}}, template_id="T9")["errcode"] == 0
        for number in range(25 - len(before) - 1):
            sim.post("/sim/templates", json={"template_id": f"X{number}", "fields": ["thing1"]})
        assert sim.post("/sim/templates", json={"template_id": "T26", "fields": ["thing1"]}).status_code == 404


class TestSubscribedNotices:
    def test_each_consent_is_for_one(self, sim, api, follower):
        assert subscribed(api, follower)["errcode"] == 43101
        for _ in range(2):
            choose(sim, follower)

        assert [subscribed(api, follower)["errcode"] for _ in range(3)] == [0, 0, 43101]

    def test_a_lasting_consent_lasts_until_it_is_withdrawn(self, sim, api, follower):
        choose(sim, follower, for_good=True)
        assert [subscribed(api, follower)["errcode"] for _ in range(3)] == [0, 0, 0]

        body = {"type": "withdraw_notices", "template_id": SUBSCRIBED}
        assert sim.post(f"/sim/followers/{follower}/messages", json=body).status_code == 200

        assert subscribed(api, follower)["errcode"] == 43101

    def test_a_refusal_gives_nothing(self, sim, api, follower):
        choose(sim, follower, status="reject")

        assert subscribed(api, follower)["errcode"] == 43101

    def test_choices_and_sending_are_pushed(self, sim, api, callback, follower):
        sim.put("/sim/mode", json={"mode": "plain"})
        sim.post("/sim/faults", json={"receipts": {"delay_s": 0.0}})
        choose(sim, follower)
        answer = subscribed(api, follower, page="https://example.com/rates")

        bodies = eventually(lambda: [push.body for push in callback.received if "subscribe_msg_sent" in push.body])

        assert "<ErrorStatus><![CDATA[success]]></ErrorStatus>" in bodies[0]
        assert f"<MsgID>{answer['msgid']}</MsgID>" in bodies[0]
        popups = [push.body for push in callback.received if "subscribe_msg_popup_event" in push.body]
        assert "<SubscribeStatusString><![CDATA[accept]]></SubscribeStatusString>" in popups[0]

    def test_an_unknown_template_cannot_be_agreed_to(self, sim, follower):
        body = {"type": "choose_notices", "template_id": "none"}

        assert sim.post(f"/sim/followers/{follower}/messages", json=body).status_code == 400
