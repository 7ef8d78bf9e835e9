"""What still holds when parts fail: repeats, a flushed Redis, no model; and the secrets of A6."""

import os
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest
import redis

from deploy.local.product import eventually
from tests.e2e.conftest import Product


def _var(product: Product) -> Path:
    return Path(product.env["XINQIAO_VAR"])


def test_every_push_three_times_twice_at_once_is_one_turn_and_one_answer(product: Product) -> None:
    product.simulator.post("/sim/faults", json={"push": {"duplicate": True, "overlap": True}}).raise_for_status()
    try:
        owner = product.phone("重")
        for text in ("电子回单怎么下载", "谢谢", "积分怎么换加油卡"):
            owner.say(text)
    finally:
        product.simulator.post("/sim/faults", json={}).raise_for_status()

    with sqlite3.connect(_var(product) / "xinqiao.db") as database:
        said = database.execute(
            "select count(*), count(distinct l.id) from lines l join conversations c on c.id = l.conversation_id"
            " join followers f on f.id = c.follower_id where f.openid = ? and l.speaker = 'customer'",
            (owner.openid,),
        ).fetchone()
        pushes = database.execute(
            "select count(*), count(distinct dedupe_key) from inbox where openid = ? and state = 'done'",
            (owner.openid,),
        ).fetchone()
    answers = [entry for entry in owner.transcript() if entry["from"] == "account"]
    assert said == (3, 3)
    assert pushes == (4, 4), "the follow and three texts, each once"
    assert len(answers) == 4, "the welcome and one answer to each text"
    assert not [entry for entry in owner.transcript() if entry["from"] == "system"]


@pytest.mark.parametrize("mode", ["plain", "compat", "safe"])
def test_all_three_push_modes_are_answered(product: Product, mode: str) -> None:
    product.simulator.put("/sim/mode", json={"mode": mode}).raise_for_status()
    try:
        owner = product.phone(mode)
        result = owner.say("你好")
    finally:
        product.simulator.put("/sim/mode", json={"mode": "safe"}).raise_for_status()

    assert result["attempts"][0]["body_ok"]
    assert result["shown"][0]["via"] == "passive"


def test_a_flushed_redis_loses_nobody_and_no_place(product: Product) -> None:
    owners = [product.phone(f"队{number}") for number in range(6)]
    for owner in owners:
        owner.say("转人工")
    rep = product.console("rep05")
    before = [chat["id"] for chat in rep.handoffs(state="queued")]
    queue = redis.Redis.from_url(f"unix://{_var(product) / 'redis.sock'}", decode_responses=True)
    line = next(key for key in queue.keys("xinqiao:line:*"))

    queue.flushall()

    assert eventually(lambda: queue.zcard(line) == len(before), within_s=5.0)
    assert [int(str(member)) for member in queue.zrange(line, 0, -1)] == before
    rep.ready()
    offered = eventually(lambda: rep.handoffs(scope="mine", state="offered"))
    assert offered[0]["id"] == before[0]


def test_secrets_reach_no_database_no_log_and_no_model(product: Product) -> None:
    owner = product.phone("密")

    owner.say("我U盾密码是73519264,验证码 482913,帮我激活")

    assert "请不要在聊天里发密码" in owner.account_texts()[-1]
    database = b"".join(file.read_bytes() for file in _var(product).glob("xinqiao.db*"))
    logs = b"".join(file.read_bytes() for file in (_var(product) / "log").glob("*.log"))
    for secret in (b"73519264", b"482913"):
        assert secret not in database
        assert secret not in logs
    # What he said is kept, but sealed: a copy of the file tells nothing.
    assert "帮我激活".encode() not in database
    assert "帮我激活".encode() not in logs


def test_without_the_model_there_is_an_answer_in_time_and_a_human_on_the_first_ask(product: Product) -> None:
    pid = _pid_of(product, "nlu")
    owner = product.phone("断")
    os.kill(pid, 19)  # SIGSTOP: hung, not dead
    try:
        started = time.monotonic()
        owner.say("电子回单怎么下载")
        took_s = time.monotonic() - started
        assert took_s < 5
        assert "回单" in owner.account_texts()[-1]
        owner.say("转人工")
        assert "已为您转接" in owner.account_texts()[-1]
    finally:
        os.kill(pid, 18)  # SIGCONT
    assert eventually(lambda: product.simulator.get("/healthz").status_code == 200)


def _pid_of(product: Product, name: str) -> int:
    """The pid of one of this run's own processes, found by its port."""
    port = product.env[f"{name.upper()}_PORT"]
    found = subprocess.run(["ss", "-ltnpH", f"sport = :{port}"], capture_output=True, text=True, check=True).stdout
    return int(found.split("pid=")[1].split(",")[0])
