"""Starts the whole product beside whatever else runs on this machine: own ports, own data, the real model, Redis and database."""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright

from config.settings import ROOT
from deploy.local.product import TIMEOUT_S, Console, Phone

START_WITHIN_S = 300
CHROMIUM = "/usr/bin/chromium"


@dataclass(frozen=True)
class Product:
    """Where the running product is."""

    env: dict[str, str]
    web: str
    api: str
    simulator: httpx.Client
    consoles: dict[str, Console] = field(default_factory=dict)
    phones: list[Phone] = field(default_factory=list)

    def phone(self, name: str) -> Phone:
        """A new follower."""
        self.phones.append(Phone(self.simulator, name))
        return self.phones[-1]

    def console(self, username: str) -> Console:
        """A signed-in member of staff."""
        if username not in self.consoles:
            self.consoles[username] = Console(self.api, username)
        return self.consoles[username]

    def close(self) -> None:
        """Give back every connection."""
        for console in self.consoles.values():
            console.client.close()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [found.getsockname()[1] for found in sockets]
    for found in sockets:
        found.close()
    return ports


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    """The running product; stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="xq-") as var:
        web, api, nlu, sim = _free_ports(4)
        own = {
            "XINQIAO_VAR": var,
            "WEB_PORT": str(web),
            "API_PORT": str(api),
            "NLU_PORT": str(nlu),
            "SIM_PORT": str(sim),
        }
        env = {**os.environ, **own, "APP_ENV": "test"}
        subprocess.run(
            [sys.executable, "-m", "deploy.local.run", "--detach"],
            cwd=ROOT,
            env=env,
            check=True,
            timeout=START_WITHIN_S,
        )
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{sim}", timeout=TIMEOUT_S) as simulator:
                found = Product(env, f"http://127.0.0.1:{web}", f"http://127.0.0.1:{api}", simulator)
                yield found
                found.close()
        finally:
            subprocess.run([sys.executable, "-m", "deploy.local.stop"], cwd=ROOT, env=env, check=True, timeout=60)
            _keep_logs(Path(var))


@pytest.fixture(autouse=True)
def _nobody_on_duty(product: Product) -> Iterator[None]:
    """Every test starts and ends with an empty desk."""
    yield
    while product.phones:
        product.phones.pop().push({"type": "unsubscribe"})
    for username in ("rep01", "rep02", "rep03", "rep04", "rep05"):
        console = product.console(username)
        for chat in console.handoffs(scope="mine", state="active"):
            console.close(chat["id"], "unsolved")
        console.offline()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield found
        found.close()


def _keep_logs(var: Path) -> None:
    kept = ROOT / "var" / "log" / "e2e"
    kept.mkdir(parents=True, exist_ok=True)
    for log in (var / "log").glob("*.log"):
        (kept / log.name).write_bytes(log.read_bytes())
