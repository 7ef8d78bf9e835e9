import http.client
import json

import pytest

PATH = "/cgi-bin/getcallbackip"


def set_faults(sim, document):
    reply = sim.post("/sim/faults", json=document)
    assert reply.status_code == 200, reply.json
    return reply.json


def fault(sim, **api):
    return set_faults(sim, {"api": {PATH: api}})


def test_an_error_code_is_given_as_often_as_told(api, sim):
    fault(sim, errcode=-1, times=2)

    assert [api("GET", PATH).get("errcode", 0) for _ in range(3)] == [-1, -1, 0]


def test_a_rate_hits_some_calls(api, sim):
    fault(sim, errcode=-1, rate=0.5)
    hits = sum(api("GET", PATH).get("errcode", 0) == -1 for _ in range(40))

    assert 0 < hits < 40


def send(api, openid):
    body = {"touser": openid, "msgtype": "text", "text": {"content": "一"}}
    return api("POST", "/cgi-bin/message/custom/send", body)


@pytest.mark.parametrize(("more", "shown"), [({}, 0), ({"after_execution": True}, 1)])
def test_an_error_may_come_before_or_after_the_call_took_effect(api, sim, follower, more, shown):
    set_faults(sim, {"api": {"/cgi-bin/message/custom/send": {"errcode": -1, **more}}})

    assert send(api, follower)["errcode"] == -1
    assert len(sim.get(f"/sim/followers/{follower}/transcript").json) == shown


@pytest.mark.parametrize(
    ("more", "status", "is_html"),
    [({"html": True}, 200, True), ({"http_status": 502}, 502, True), ({"http_status": 503, "errcode": -1}, 503, False)],
)
def test_a_gateway_page_may_come_instead_of_json(sim, more, status, is_html):
    fault(sim, **more)
    reply = sim.get(PATH)

    assert reply.status_code == status
    assert reply.data.startswith(b"<html>") == is_html


def test_a_truncated_answer_is_broken_json_of_a_call_that_took_effect(sim, world):
    fault(sim, truncate=True)
    with world.lock:
        token = world.tokens.issue_stable(force=False)["access_token"]
    reply = sim.get(PATH, query_string={"access_token": token})

    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        json.loads(reply.data)
    assert sim.get("/sim/calls", query_string={"path": PATH}).json[0]["status"] == 200


@pytest.mark.parametrize(("fault_key", "is_executed"), [("drop_connection", False), ("timeout_after_execution", True)])
def test_a_connection_may_end_without_an_answer(live, sim, world, follower, fault_key, is_executed):
    path = "/cgi-bin/message/custom/send"
    set_faults(sim, {"api": {path: {fault_key: True, "latency_ms": 1}}})
    with world.lock:
        token = world.tokens.issue_stable(force=False)["access_token"]
    connection = http.client.HTTPConnection(live.removeprefix("http://"), timeout=5)
    body = json.dumps({"touser": follower, "msgtype": "text", "text": {"content": "a"}})

    connection.request("POST", f"{path}?access_token={token}", body)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        connection.getresponse()
    connection.close()

    assert len(sim.get(f"/sim/followers/{follower}/transcript").json) == is_executed


@pytest.mark.parametrize(
    "document",
    [
        {"apis": {}},
        {"api": {PATH: {"errorcode": -1}}},
        {"api": {PATH: {"errcode": "x"}}},
        {"api": {PATH: {"rate": 2}}},
        {"api": {"no-slash": {}}},
        {"push": {"lost": 1}},
        {"push": {"duplicate": 1}},
        {"push": {"cut_s": 0}},
        {"push": {"attempts": 0}},
        {"tokens": {"revoke": True}},
        {"tokens": []},
        [],
    ],
)
def test_an_unknown_key_or_a_wrong_value_is_refused_and_changes_nothing(sim, document):
    before = fault(sim, errcode=-1)

    assert sim.post("/sim/faults", json=document).status_code == 400
    assert sim.get("/sim/faults").json == before


def test_an_empty_document_ends_all_faults(api, sim):
    fault(sim, errcode=-1)
    set_faults(sim, {})

    assert "ip_list" in api("GET", PATH)
