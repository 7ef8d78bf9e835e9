import pytest

from simulator.settings import SimSettings

S = SimSettings()
ACCOUNT = {"grant_type": "client_credential", "appid": S.app_id, "secret": S.app_secret}


def plain(sim, **changes):
    return sim.get("/cgi-bin/token", query_string={**ACCOUNT, **changes}).json


def stable(sim, **changes):
    return sim.post("/cgi-bin/stable_token", json={**ACCOUNT, **changes}).json


def errcode(sim, token):
    return sim.get("/cgi-bin/getcallbackip", query_string={"access_token": token}).json.get("errcode", 0)


def advance(sim, seconds):
    assert sim.post("/sim/clock", json={"advance_s": seconds}).status_code == 200


def test_every_plain_call_issues_a_new_token_and_the_former_lives_five_minutes(sim):
    first, second = plain(sim), plain(sim)

    assert first["access_token"] != second["access_token"]
    assert first["expires_in"] == 7200
    advance(sim, 299)
    assert errcode(sim, first["access_token"]) == 0
    advance(sim, 2)
    assert errcode(sim, first["access_token"]) == 40001
    assert errcode(sim, second["access_token"]) == 0


def test_stable_token_stays_the_same_and_tells_the_remaining_seconds(sim):
    first = stable(sim)
    advance(sim, 6000)
    second = stable(sim)

    assert second["access_token"] == first["access_token"]
    assert second["expires_in"] in (1199, 1200)


def test_stable_token_is_renewed_in_the_last_five_minutes_with_both_valid(sim):
    first = stable(sim)
    advance(sim, 7200 - 299)
    second = stable(sim)

    assert second["access_token"] != first["access_token"]
    assert second["expires_in"] == 7200
    assert errcode(sim, first["access_token"]) == 0
    assert errcode(sim, second["access_token"]) == 0


def test_force_refresh_kills_the_old_token_at_once_but_not_within_30_seconds(sim):
    first = stable(sim)
    second = stable(sim, force_refresh=True)
    too_soon = stable(sim, force_refresh=True)

    assert errcode(sim, first["access_token"]) == 40001
    assert too_soon["access_token"] == second["access_token"]
    advance(sim, 31)
    assert stable(sim, force_refresh=True)["access_token"] != second["access_token"]


def test_force_refresh_is_refused_after_twenty_a_day(sim):
    for _ in range(20):
        assert "access_token" in stable(sim, force_refresh=True)
        advance(sim, 30)

    assert stable(sim, force_refresh=True)["errcode"] == 45009
    advance(sim, 86_400)
    assert "access_token" in stable(sim, force_refresh=True)


def test_the_two_kinds_do_not_touch_each_other(sim):
    first = stable(sim)
    plain(sim)
    old = plain(sim)
    stable(sim, force_refresh=True)

    assert errcode(sim, first["access_token"]) == 40001
    assert errcode(sim, old["access_token"]) == 0


def test_an_expired_token_is_42001(sim):
    token = stable(sim)["access_token"]
    advance(sim, 7200)

    assert errcode(sim, token) == 42001


@pytest.mark.parametrize(
    ("token", "expected"), [("", 41001), ("short", 40014), ("99_" + "a" * 132, 40001), ("99_" + "汉" * 132, 40014)]
)
def test_a_missing_malformed_or_unknown_token_has_its_own_code(sim, token, expected):
    assert errcode(sim, token) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"grant_type": "x"}, 40002),
        ({"appid": ""}, 41002),
        ({"secret": ""}, 41004),
        ({"appid": "wx1111111111111111"}, 40013),
        ({"secret": "wrong"}, 40125),
    ],
)
def test_wrong_credentials_have_their_codes_on_both_calls(sim, changes, expected):
    assert plain(sim, **changes)["errcode"] == expected
    assert stable(sim, **changes)["errcode"] == expected


def test_plain_token_has_a_daily_quota(sim):
    for _ in range(2000):
        assert "access_token" in plain(sim)

    assert plain(sim)["errcode"] == 45009


def test_stable_token_needs_post(sim):
    assert sim.get("/cgi-bin/stable_token").json["errcode"] == 43002


def test_revoke_now_kills_every_token_once_and_always_40001_stays(sim):
    one, other = stable(sim)["access_token"], plain(sim)["access_token"]

    sim.post("/sim/faults", json={"tokens": {"revoke_now": True}})
    assert [errcode(sim, one), errcode(sim, other)] == [40001, 40001]
    fresh = stable(sim)["access_token"]
    assert errcode(sim, fresh) == 0

    sim.post("/sim/faults", json={"tokens": {"always_40001": True}})
    assert errcode(sim, stable(sim)["access_token"]) == 40001
