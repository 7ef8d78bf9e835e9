import pytest

from simulator import samples
from simulator.media import MEBIBYTE

PNG, JPG, AMR, MP4 = samples.picture(), b"\xff\xd8\xff\xe0" + bytes(100), samples.voice(), samples.video()


@pytest.fixture
def upload(sim, world):
    def send(kind, data, filename="a.bin", part="media"):
        with world.lock:
            token = world.tokens.issue_stable(force=False)["access_token"]
        name = f'; filename="{filename}"' if filename else ""
        head = f'--frontier\r\nContent-Disposition: form-data; name="{part}"{name}\r\n\r\n'
        reply = sim.post(
            f"/cgi-bin/media/upload?access_token={token}&type={kind}",
            data=head.encode() + data + b"\r\n--frontier--\r\n",
            content_type="multipart/form-data; boundary=frontier",
        )
        return reply.json

    return send


@pytest.mark.parametrize(
    ("kind", "data", "errcode"),
    [
        ("image", PNG, None),
        ("image", JPG, None),
        ("image", b"GIF89a" + bytes(20), None),
        ("image", AMR, 40005),
        ("image", b"hello", 40005),
        ("image", JPG + bytes(10 * MEBIBYTE), 40006),
        ("voice", AMR, None),
        ("voice", b"ID3" + bytes(20), None),
        ("voice", PNG, 40005),
        ("voice", samples.voice(61), 45007),
        ("voice", b"ID3" + bytes(2 * MEBIBYTE), 40006),
        ("video", MP4, None),
        ("video", PNG, 40005),
        ("thumb", JPG, None),
        ("thumb", PNG, 40005),
        ("thumb", JPG + bytes(64 * 1024), 40006),
        ("poem", PNG, 40004),
        ("image", b"", 44001),
    ],
)
def test_an_upload_is_judged_by_kind_content_and_size(upload, kind, data, errcode):
    assert upload(kind, data).get("errcode") == errcode


def test_a_thumb_answers_with_its_own_key(upload):
    assert "thumb_media_id" in upload("thumb", JPG)
    assert "media_id" in upload("image", PNG)


def test_a_part_without_filename_or_of_another_name_is_no_media(upload):
    assert upload("image", PNG, filename="")["errcode"] == 41005
    assert upload("image", PNG, part="file")["errcode"] == 41005


def test_a_file_comes_back_and_lives_three_days(sim, upload, world):
    media_id = upload("image", PNG, "照片.png")["media_id"]

    def fetch():
        with world.lock:
            token = world.tokens.issue_stable(force=False)["access_token"]
        return sim.get("/cgi-bin/media/get", query_string={"access_token": token, "media_id": media_id})

    first = fetch()
    assert first.data == PNG
    assert first.headers["Content-Disposition"].startswith('attachment; filename="')
    sim.post("/sim/clock", json={"advance_s": 3 * 86_400 - 5})
    assert fetch().data == PNG
    sim.post("/sim/clock", json={"advance_s": 5})
    assert fetch().json["errcode"] == 40007


def test_a_video_comes_back_as_an_address(api, upload):
    media_id = upload("video", MP4)["media_id"]

    assert api("GET", "/cgi-bin/media/get", media_id=media_id)["video_url"].startswith("http://127.0.0.1:8802/")


@pytest.mark.parametrize(("query", "errcode"), [({}, 41006), ({"media_id": "nope"}, 40007)])
def test_unknown_media_is_an_error_in_json(api, query, errcode):
    assert api("GET", "/cgi-bin/media/get", **query)["errcode"] == errcode
