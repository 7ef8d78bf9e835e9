import pytest

CREATE = "/cgi-bin/menu/create"


def click(name="贷款", key="LOAN"):
    return {"type": "click", "name": name, "key": key}


def view(url="https://example.com/a", name="官网"):
    return {"type": "view", "name": name, "url": url}


def lid(*subs, name="服务"):
    return {"name": name, "sub_button": list(subs)}


@pytest.mark.parametrize(
    ("buttons", "errcode"),
    [
        ([click()], 0),
        ([click(), view(), lid(click(), view())], 0),
        ([lid(*[click()] * 5)], 0),
        ([click(name="一二三四五")], 0),  # 15 bytes
        ([click(name="一二三四五六")], 40018),  # 18 bytes: 16 is the limit
        ([lid(click(name="字" * 20))], 0),  # 60 bytes
        ([lid(click(name="字" * 21))], 40025),
        ([click(name="")], 40018),
        ([click(key="字" * 42)], 0),
        ([click(key="字" * 43)], 40019),
        ([lid(click(key="k" * 129))], 40026),
        ([click(key="")], 40019),
        ([view(url="https://e.com/" + "a" * 1010)], 0),
        ([view(url="https://e.com/" + "a" * 1011)], 40020),
        ([lid(view(url=""))], 40027),
        ([view(url="ftp://e.com")], 40055),
        ([lid(view(url="javascript:alert(1)"))], 40054),
        ([], 40016),
        ([click()] * 4, 40016),
        (None, 40016),
        ([lid(*[click()] * 6)], 40023),
        ([{"type": "dance", "name": "x"}], 40017),
        ([lid({"name": "x"})], 40024),
        ([{"type": "miniprogram", "name": "x", "url": "https://e.com"}], 40013),
        ([{"type": "miniprogram", "name": "x", "url": "https://e.com", "appid": "wx1", "pagepath": "p"}], 0),
        ([{"type": "location_select", "name": "x", "key": "L"}], 0),
        (["x"], 47001),
    ],
)
def test_a_menu_is_judged_by_the_platforms_limits(api, buttons, errcode):
    assert api("POST", CREATE, {"button": buttons})["errcode"] == errcode


def test_a_menu_can_be_read_back_replaced_and_deleted(api):
    assert api("GET", "/cgi-bin/menu/get")["errcode"] == 46003

    api("POST", CREATE, {"button": [click()]})
    api("POST", CREATE, {"button": [lid(view())]})
    assert api("GET", "/cgi-bin/menu/get") == {
        "menu": {"button": [{"name": "服务", "sub_button": [{**view(), "sub_button": []}]}]}
    }

    api("GET", "/cgi-bin/menu/delete")
    assert api("GET", "/cgi-bin/menu/get")["errcode"] == 46003


def test_a_refused_menu_leaves_the_old_one(api):
    api("POST", CREATE, {"button": [click()]})
    api("POST", CREATE, {"button": [click(name="一二三四五六")]})

    assert api("GET", "/cgi-bin/menu/get")["menu"]["button"][0]["name"] == "贷款"


def test_escaped_chinese_shows_as_escapes_in_the_menu(api, sim, world):
    api("POST", CREATE, {"button": [click()]})
    token = next(iter(world.tokens._issued))
    sim.post(f"{CREATE}?access_token={token}", data=rb'{"button":[{"type":"click","name":"\u4f60","key":"K"}]}')

    assert api("GET", "/cgi-bin/menu/get")["menu"]["button"][0]["name"] == r"\u4f60"
