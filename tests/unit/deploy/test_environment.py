"""The variables of a local run."""

from pathlib import Path

import pytest

from config.settings import SettingsError
from deploy.local.environment import load


def test_another_var_folder_moves_database_redis_and_nothing_is_shared(tmp_path: Path) -> None:
    environment = load({"XINQIAO_VAR": str(tmp_path / "second")}, tmp_path)

    assert environment.settings.database_url == f"sqlite:///{tmp_path}/second/xinqiao.db"
    assert environment.settings.redis_url == f"unix://{tmp_path}/second/redis.sock"
    assert environment.embeds_redis


def test_a_redis_of_ones_own_is_used_as_it_is(tmp_path: Path) -> None:
    environment = load({"REDIS_URL": "redis://elsewhere:6379/0"}, tmp_path)

    assert not environment.embeds_redis
    assert environment.values["REDIS_URL"] == "redis://elsewhere:6379/0"


def test_the_shell_wins_over_the_dotenv_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("WEB_PORT=9000\nAPI_PORT=9001\n", encoding="utf-8")

    environment = load({"WEB_PORT": "9100"}, tmp_path)

    assert environment.ports["WEB_PORT"] == 9100
    assert environment.ports["API_PORT"] == 9001


def test_every_process_is_handed_its_port_as_text(tmp_path: Path) -> None:
    environment = load({}, tmp_path)

    assert environment.values["SIM_PORT"] == "8802"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"WEB_PORT": "8801"}, "WEB_PORT and API_PORT are both 8801"),
        ({"WEB_PORT": "no"}, "WEB_PORT must be a port number"),
        ({"XINQIAO_VAR": "/" + "a" * 120}, "too long for a socket"),
    ],
)
def test_a_setting_that_cannot_work_is_named(values: dict[str, str], sentence: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=sentence):
        load(values, tmp_path)


def test_production_is_not_started_with_a_simulator(tmp_path: Path) -> None:
    secrets = dict.fromkeys(
        ("WECHAT_APP_ID", "WECHAT_ACCOUNT_ID", "WECHAT_APP_SECRET", "WECHAT_TOKEN", "BANK_EVENTS_SECRET"),
        "own",
    )
    urls = dict.fromkeys(("NLU_URL", "BANK_API_URL", "WECHAT_API_BASE"), "http://own")
    urls |= dict.fromkeys(("BANK_BIND_URL", "PUBLIC_URL"), "https://own")
    keys = {"WECHAT_AES_KEY": "k" * 43, "FIELD_KEYS": "one:a2V5", "BANK_API_TOKEN": "own", "SECRET_KEY": "own" * 11}

    with pytest.raises(SettingsError, match="production does not run with the simulator"):
        load({"APP_ENV": "production", **secrets, **urls, **keys}, tmp_path)
