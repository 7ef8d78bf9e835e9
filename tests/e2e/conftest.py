"""Starts the whole product beside whatever else runs on this machine: own ports, own data, the real model, Redis and database."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright

from config.settings import ROOT
from deploy.local.beside import own_product
from deploy.local.machine import find_browser
from deploy.local.product import TIMEOUT_S, Console, Phone


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


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    """The running product; stopped at the end."""
    with own_product(ROOT / "var" / "log" / "e2e") as env:
        address = {name: f"http://127.0.0.1:{env[f'{name}_PORT']}" for name in ("WEB", "API", "SIM")}
        with httpx.Client(base_url=address["SIM"], timeout=TIMEOUT_S) as simulator:
            found = Product(env, address["WEB"], address["API"], simulator)
            yield found
            found.close()


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
            executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield found
        found.close()
