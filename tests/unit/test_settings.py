"""Settings: read once, in one place; production starts with nothing guessed and nothing published."""

import ast
import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.fields import install_keys
from config.settings import DEMO, ROOT, Settings, SettingsError

PRODUCT = ("api", "bot", "config", "jobs", "webhooks")
READER = ROOT / "config" / "settings.py"
# Writes what prometheus_client alone reads.
METRICS_FOLDER = ROOT / "webhooks" / "workers.py"
PRODUCTION = {
    "APP_ENV": "production",
    "DATABASE_URL": "postgresql://db/x",
    "REDIS_URL": "redis://redis:6379/0",
    "NLU_URL": "http://nlu:5005",
    "BANK_API_URL": "https://bank.example",
    "BANK_BIND_URL": "https://bank.example/bind",
    "PUBLIC_URL": "https://wx.bank.example/",
    "WECHAT_API_BASE": "https://api.weixin.qq.com/",
    "WECHAT_APP_ID": "wxfeedfeedfeedfeed",
    "WECHAT_APP_SECRET": "own-app-secret",
    "WECHAT_TOKEN": "own-token",
    "WECHAT_AES_KEY": "Z" * 43,
    "WECHAT_ACCOUNT_ID": "gh_feedfeedfeed",
    "SECRET_KEY": "own-secret-key-of-more-than-32-characters",
    "FIELD_KEYS": f"k1:{base64.b64encode(b'1' * 32).decode()}",
    "BANK_EVENTS_SECRET": "own-events-secret",
    "BANK_API_TOKEN": "own-bank-token",
}
SECRETS = ("WECHAT_APP_SECRET", "WECHAT_TOKEN", "WECHAT_AES_KEY", "SECRET_KEY", "BANK_EVENTS_SECRET", "BANK_API_TOKEN")


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in PRODUCTION.items() if key != name}


def test_production_starts_with_its_own_values() -> None:
    settings = Settings.from_env(PRODUCTION)

    assert settings.is_production
    assert settings.simulator_url is None
    assert settings.wechat_api_base == "https://api.weixin.qq.com"
    assert settings.field_keys == (("k1", base64.b64encode(b"1" * 32).decode()),)


@pytest.mark.parametrize("name", DEMO)
def test_production_refuses_each_demo_value_by_name(name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({**PRODUCTION, name: DEMO[name]})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FIELD_KEYS", f"{PRODUCTION['FIELD_KEYS']},{DEMO['FIELD_KEYS']}"),
        ("FIELD_KEYS", f"{DEMO['FIELD_KEYS']},{PRODUCTION['FIELD_KEYS']}"),
        ("FIELD_KEYS", "own:" + DEMO["FIELD_KEYS"].partition(":")[2]),
        ("WECHAT_AES_KEY_PREVIOUS", DEMO["WECHAT_AES_KEY"]),
        ("SECRET_KEY", "k" * 31),
    ],
)
def test_production_refuses_published_keys_in_any_part_and_a_short_secret(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({**PRODUCTION, name: value})


def test_production_takes_several_field_keys_and_a_former_aes_key_of_its_own() -> None:
    other = base64.b64encode(b"2" * 32).decode()
    more = {"FIELD_KEYS": f"k2:{other},{PRODUCTION['FIELD_KEYS']}", "WECHAT_AES_KEY_PREVIOUS": "Y" * 43}

    settings = Settings.from_env({**PRODUCTION, **more, "SECRET_KEY": "k" * 32})

    assert [key_id for key_id, _ in settings.field_keys] == ["k2", "k1"]
    assert settings.wechat_aes_key_previous == "Y" * 43


@pytest.mark.parametrize(
    "name", [*DEMO, "DATABASE_URL", "REDIS_URL", "NLU_URL", "BANK_API_URL", "BANK_BIND_URL", "PUBLIC_URL"]
)
@pytest.mark.parametrize("value", [None, ""])
def test_production_guesses_neither_secret_nor_address(name: str, value: str | None) -> None:
    env = without(name) if value is None else {**PRODUCTION, name: value}

    with pytest.raises(SettingsError, match=name):
        Settings.from_env(env)


def test_production_never_looks_at_a_simulator() -> None:
    settings = Settings.from_env({**without("WECHAT_API_BASE"), "SIM_URL": "http://127.0.0.1:8802"})

    assert settings.simulator_url is None
    assert settings.wechat_api_base == "https://api.weixin.qq.com"


@pytest.mark.parametrize("env", [{}, {"APP_ENV": "demo"}, {"APP_ENV": "test"}, {"APP_ENV": ""}])
def test_demo_and_test_start_from_nothing(env: dict[str, str]) -> None:
    settings = Settings.from_env(env)

    assert not settings.is_production
    assert settings.wechat_app_id == DEMO["WECHAT_APP_ID"]
    assert settings.bank_api_url == settings.wechat_api_base == settings.simulator_url == "http://127.0.0.1:8802"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("APP_ENV", "staging"),
        ("APP_ENV", "Production"),
        ("WEB_PORT", "0"),
        ("API_PORT", "65536"),
        ("NLU_PORT", "5005x"),
        ("SIM_PORT", "-1"),
        ("WECHAT_AES_KEY", "short"),
        ("WECHAT_AES_KEY", "=" * 43),
        ("WECHAT_AES_KEY_PREVIOUS", "Z" * 42),
        ("FIELD_KEYS", "nokey"),
        ("FIELD_KEYS", "k1:"),
        ("FIELD_KEYS", ":abc"),
        ("FIELD_KEYS", "k1:abc,,"),
    ],
)
def test_a_malformed_value_is_refused_with_its_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({**PRODUCTION, name: value})


@pytest.mark.parametrize("value", ["http://bank.example/bind", "bank.example/bind", "javascript:alert(1)"])
def test_phones_are_sent_to_a_safe_page_only(value: str) -> None:
    with pytest.raises(SettingsError, match="BANK_BIND_URL"):
        Settings.from_env({**PRODUCTION, "BANK_BIND_URL": value})

    assert Settings.from_env({"BANK_BIND_URL": "http://127.0.0.1:9/bind"}).bank_bind_url == "http://127.0.0.1:9/bind"


@pytest.mark.parametrize("key", [base64.b64encode(b"1" * 16).decode(), "!!!!"])
def test_a_field_key_of_the_wrong_size_stops_the_start(settings: Settings, key: str) -> None:
    found = Settings.from_env({**PRODUCTION, "FIELD_KEYS": f"k1:{key}"})

    with pytest.raises(ValueError, match=r"."):
        install_keys(found.field_keys)


def test_no_secret_shows_when_settings_are_printed() -> None:
    printed = repr(Settings.from_env({**PRODUCTION, "METRICS_TOKEN": "own-metrics-token"}))

    assert "own-metrics-token" not in printed

    for name in (*SECRETS, "FIELD_KEYS"):
        assert PRODUCTION[name] not in printed


def test_only_the_settings_read_the_environment() -> None:
    readers = {path for path in _sources() if path not in (READER, METRICS_FOLDER) and _reads_environment(path)}

    assert readers == set()
    assert _reads_environment(READER), "the scan sees what it looks for"


def _sources() -> Iterator[Path]:
    for folder in PRODUCT:
        yield from (ROOT / folder).rglob("*.py")


def _reads_environment(path: Path) -> bool:
    names = {"environ", "getenv", "environb", "putenv"}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and node.attr in names and not _is_the_requests(node):
            return True
        if isinstance(node, ast.ImportFrom) and node.module == "os" and names & {alias.name for alias in node.names}:
            return True
    return False


def _is_the_requests(node: ast.Attribute) -> bool:
    """request.environ is what the server says of a request, not the process's environment."""
    return isinstance(node.value, ast.Name) and node.value.id == "request"


def test_everything_is_sealed_unless_the_previous_release_still_runs() -> None:
    assert Settings.from_env({}).beside_previous_release is False
    assert Settings.from_env({"BESIDE_PREVIOUS_RELEASE": "yes"}).beside_previous_release is True


@pytest.mark.parametrize("value", ["true", "1", "YES"])
def test_anything_but_yes_and_no_is_refused(value: str) -> None:
    with pytest.raises(SettingsError, match="BESIDE_PREVIOUS_RELEASE"):
        Settings.from_env({"BESIDE_PREVIOUS_RELEASE": value})
