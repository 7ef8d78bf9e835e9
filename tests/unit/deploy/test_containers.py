"""compose.yaml, Dockerfile and .env.example say the same as the local process table and the settings."""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.settings import DEMO, ROOT, Settings, SettingsError
from deploy.local.processes import BEFORE, PROCESSES, REDIS_RULES, Image, Process
from simulator.settings import SimSettings

# .env.example also documents what is not a setting of the product.
BESIDE_SETTINGS = {"XINQIAO_VAR", "POSTGRES_PASSWORD"}
PORTS = {"WEB_PORT": "8800", "API_PORT": "8801", "NLU_PORT": "5005", "SIM_PORT": "8802"}
IN_A_CONTAINER = {"HOST": "0.0.0.0", "VAR": "/app/var", **PORTS}
JOBS = {job.name for job in BEFORE}
SERVERS = {"postgres", "redis"}


class AskedFor(Mapping[str, str]):
    """An environment that remembers every name it is asked for."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"])


@pytest.fixture(scope="module")
def settings_names() -> set[str]:
    asked = AskedFor({})
    Settings.from_env(asked)
    return asked.names


def test_compose_runs_the_same_processes_as_the_local_run(services: dict[str, Any]) -> None:
    assert set(services) - JOBS - SERVERS == {process.name for process in PROCESSES}


@pytest.mark.parametrize("process", [*PROCESSES, *BEFORE], ids=lambda process: process.name)
def test_a_service_has_the_command_of_its_process(process: Process, services: dict[str, Any]) -> None:
    assert tuple(services[process.name]["command"]) == process.argv(IN_A_CONTAINER)


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_a_service_is_built_from_the_image_of_its_process(process: Process, services: dict[str, Any]) -> None:
    assert services[process.name]["build"]["target"] == process.image


def test_published_ports_follow_their_variables(services: dict[str, Any]) -> None:
    published = " ".join(port for service in services.values() for port in service.get("ports", []))

    for process in PROCESSES:
        if process.port_variable and process.image is not Image.NLU:
            assert f"${{{process.port_variable}:-{PORTS[process.port_variable]}}}" in published


def test_redis_keeps_every_write_in_both_places(services: dict[str, Any]) -> None:
    assert services["redis"]["command"] == ["redis-server", *REDIS_RULES]
    assert ("--appendfsync", "always") in pairwise(REDIS_RULES)


@pytest.mark.parametrize("name", [process.name for process in PROCESSES if process.image is Image.APP])
def test_an_app_service_gets_every_setting(name: str, services: dict[str, Any], settings_names: set[str]) -> None:
    inside_defaults = set(PORTS)  # inside its container every service listens on its default port

    assert set(services[name]["environment"]) == settings_names - inside_defaults


def test_only_the_demo_profile_starts_the_simulator(services: dict[str, Any]) -> None:
    with_profile = {name for name, service in services.items() if service.get("profiles") == ["demo"]}

    assert with_profile == {"simulator", "demo-data"}


def test_the_demo_reaches_the_simulator_where_it_is(services: dict[str, Any]) -> None:
    simulator = services["simulator"]
    host = simulator["network_mode"].removeprefix("service:")
    own = SimSettings.from_env(simulator["environment"])
    published = " ".join(services[host]["ports"])
    given = _given(services) | {"APP_ENV": "demo"}

    app = Settings.from_env(given)

    assert own.host == "0.0.0.0"
    assert f":{own.port}" in published
    assert {app.simulator_url, app.wechat_api_base, app.bank_api_url} == {f"http://{host}:{own.port}"}
    assert app.bank_bind_url.startswith(f"{app.simulator_url}/")


def test_production_calls_the_platform_and_never_the_simulator(services: dict[str, Any]) -> None:
    secrets = {"SECRET_KEY": "s" * 32, "BANK_EVENTS_SECRET": "e", "BANK_API_TOKEN": "t", "FIELD_KEYS": "k1:a2V5"}
    account = {"WECHAT_APP_ID": "i", "WECHAT_ACCOUNT_ID": "g", "WECHAT_APP_SECRET": "s", "WECHAT_TOKEN": "t"}
    bank = {"BANK_API_URL": "https://bank.example", "BANK_BIND_URL": "https://bank.example/bind"}
    bank["PUBLIC_URL"] = "https://wx.bank.example"
    own = bank | {"WECHAT_AES_KEY": "a" * 43}

    app = Settings.from_env(_given(services) | secrets | account | own)

    assert app.wechat_api_base == "https://api.weixin.qq.com"
    assert app.simulator_url is None


def test_env_example_documents_exactly_the_settings(settings_names: set[str]) -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")

    documented = re.findall(r"^#?([A-Z][A-Z_]+)=", text, re.MULTILINE)

    assert len(documented) == len(set(documented))
    assert set(documented) - BESIDE_SETTINGS == settings_names


@pytest.mark.parametrize("file", ["Dockerfile", "compose.yaml"])
def test_no_demo_secret_is_built_into_a_container(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")

    assert not [name for name, value in DEMO.items() if value in text]


def test_compose_starts_as_production_and_production_refuses_missing_secrets(services: dict[str, Any]) -> None:
    given = _given(services)

    assert given["APP_ENV"] == "production"
    with pytest.raises(SettingsError, match="is not set"):
        Settings.from_env(given)


def test_the_dockerfile_passes_hadolint() -> None:
    _passes(str(Path(sys.executable).parent / "hadolint"), "Dockerfile")


def test_compose_follows_the_compose_specification() -> None:
    _passes(sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml")


def _given(services: dict[str, Any]) -> dict[str, str]:
    """What an app process gets when .env is empty."""
    environment = services["web"]["environment"]
    return {name: re.sub(r"\$\{\w+(?::-([^}]*)|:\?[^}]*)?\}", r"\1", value) for name, value in environment.items()}


def _passes(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
