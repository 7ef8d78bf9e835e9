"""The variables that the local run hands to its processes: `.env`, then the shell's, then one place for all data.

The only reader of the product's variables here. Used by run.py, stop.py, checks.py and the screenshots.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from honcho.environ import parse

from config.settings import ROOT, Settings, SettingsError

PORTS = ("WEB_PORT", "API_PORT", "NLU_PORT", "SIM_PORT")
# The kernel's limit for a socket's path is 108 bytes on Linux and 104 on macOS, with a closing zero.
SOCKET_PATH_MAX = 103


@dataclass(frozen=True)
class Environment:
    """What a local run needs to know. `embeds_redis` is False when REDIS_URL points at a server of its own."""

    values: Mapping[str, str]
    settings: Settings
    var: Path
    embeds_redis: bool

    @property
    def ports(self) -> dict[str, int]:
        """Port by the variable that moves it."""
        settings = self.settings
        found = (settings.web_port, settings.api_port, settings.nlu_port, settings.sim_port)
        return dict(zip(PORTS, found, strict=True))


def load(base: Mapping[str, str] | None = None, root: Path = ROOT) -> Environment:
    """The environment of this run; `base` stands for os.environ in tests. Raises SettingsError."""
    values = {**_dotenv(root), **(os.environ if base is None else base)}
    var = Path(values.get("XINQIAO_VAR") or root / "var").resolve()
    embeds_redis = not values.get("REDIS_URL")
    socket = str(var / "redis.sock")
    if embeds_redis and len(socket.encode()) > SOCKET_PATH_MAX:
        raise SettingsError(f"{socket} is too long for a socket; set XINQIAO_VAR to a shorter folder.")
    values["XINQIAO_VAR"] = str(var)
    values["REDIS_URL"] = values.get("REDIS_URL") or f"unix://{socket}"
    values["DATABASE_URL"] = values.get("DATABASE_URL") or f"sqlite:///{var / 'xinqiao.db'}"
    settings = Settings.from_env(values)
    if settings.is_production:
        raise SettingsError("APP_ENV=production does not run with the simulator; use compose.yaml (docs/runbook.md).")
    found = Environment(values | _defaults(settings), settings, var, embeds_redis)
    _check_ports_differ(found.ports)
    return found


def _defaults(settings: Settings) -> dict[str, str]:
    numbers = (settings.web_port, settings.api_port, settings.nlu_port, settings.sim_port)
    ports = {name: str(number) for name, number in zip(PORTS, numbers, strict=True)}
    # Few allocation arenas: glibc's default of eight per core doubles the resident size of a 64-thread server.
    return {"APP_ENV": settings.app_env, "HOST": "127.0.0.1", "PYTHONUNBUFFERED": "1", "MALLOC_ARENA_MAX": "2", **ports}


def _dotenv(root: Path) -> dict[str, str]:
    file = root / ".env"
    return dict(parse(file.read_text(encoding="utf-8"))) if file.is_file() else {}


def _check_ports_differ(ports: Mapping[str, int]) -> None:
    seen: dict[int, str] = {}
    for name, number in ports.items():
        if number in seen:
            raise SettingsError(f"{seen[number]} and {name} are both {number}; give each its own port.")
        seen[number] = name
