"""What the simulator is told at start: the account it plays, where the product listens. Read once, at start."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

MODES = ("plain", "compat", "safe")
DEMO_APP_ID = "wx0123456789abcdef"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class SettingsRefused(Exception):
    """A setting would make the simulator unsafe or useless. The message names the variable."""


@dataclass(frozen=True)
class SimSettings:
    """The simulated account and its surroundings. Defaults are the published demo values."""

    app_id: str = DEMO_APP_ID
    app_secret: str = field(default="xinqiao-demo-secret", repr=False)
    token: str = field(default="xinqiao-demo-token", repr=False)
    aes_key: str = field(default="abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", repr=False)
    aes_key_previous: str = field(default="ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210zyxwvut", repr=False)
    account_id: str = "gh_0123456789ab"
    account_name: str = "普惠远程银行"
    callback_url: str = "http://127.0.0.1:8800/wechat"
    bank_events_url: str = "http://127.0.0.1:8800/bank/events"
    bank_events_secret: str = field(default="xinqiao-demo-bank-secret", repr=False)
    bank_api_token: str = field(default="xinqiao-demo-bank-token", repr=False)
    mode: str = "safe"
    host: str = "127.0.0.1"
    port: int = 8802
    seed: int = 1

    def __post_init__(self) -> None:
        """Refuse what looks like a real account, and any callback that is not on this machine."""
        if re.fullmatch(r"wx[0-9a-f]{16}", self.app_id) and self.app_id != DEMO_APP_ID:
            raise SettingsRefused("WECHAT_APP_ID looks like a real account's; the simulator takes demo values only.")
        if re.fullmatch(r"[0-9a-f]{32}", self.app_secret):
            raise SettingsRefused("WECHAT_APP_SECRET looks real; the simulator takes demo values only.")
        if self.mode not in MODES:
            raise SettingsRefused(f"SIM_MODE must be one of {', '.join(MODES)}.")
        for name, key in (("WECHAT_AES_KEY", self.aes_key), ("WECHAT_AES_KEY_PREVIOUS", self.aes_key_previous)):
            if not re.fullmatch(r"[A-Za-z0-9]{43}", key):
                raise SettingsRefused(f"{name} must be 43 letters and digits.")
        for name, url in (("CALLBACK_URL", self.callback_url), ("BANK_EVENTS_URL", self.bank_events_url)):
            parts = urlsplit(url)
            if parts.scheme != "http" or parts.hostname not in LOOPBACK:
                raise SettingsRefused(f"{name} must be an http address on this machine: the simulator never calls out.")

    @property
    def bind(self) -> str:
        """Where the server listens, as gunicorn writes it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def public_base(self) -> str:
        """Where pictures and pages of the simulator are reached."""
        return f"http://127.0.0.1:{self.port}"

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "SimSettings":
        """The settings of this process. Raises SettingsRefused, also when APP_ENV is production.

        Loopback unless HOST says otherwise, which only a demo or a test may say, in so many words: in a container the
        published port does not reach loopback.
        """
        env = os.environ if env is None else env
        if env.get("APP_ENV") == "production":
            raise SettingsRefused("APP_ENV is production: the simulator is for development and tests only.")
        given = {name: env[variable] for name, variable in _VARIABLES.items() if env.get(variable)}
        port = env.get("SIM_PORT") or str(cls.port)
        if not port.isdigit() or not 0 < int(port) < 65536:
            raise SettingsRefused("SIM_PORT must be a port number.")
        web = f"http://127.0.0.1:{env.get('WEB_PORT') or 8800}"
        given.setdefault("callback_url", f"{web}/wechat")
        given.setdefault("bank_events_url", f"{web}/bank/events")
        if given.get("host", cls.host) not in LOOPBACK and env.get("APP_ENV") not in ("demo", "test"):
            raise SettingsRefused("HOST opens the simulator to other machines; that takes APP_ENV=demo or test.")
        return cls(port=int(port), **given)  # type: ignore[arg-type]  # every name in _VARIABLES is a str field


_VARIABLES = {
    "app_id": "WECHAT_APP_ID",
    "app_secret": "WECHAT_APP_SECRET",
    "token": "WECHAT_TOKEN",
    "aes_key": "WECHAT_AES_KEY",
    "aes_key_previous": "WECHAT_AES_KEY_PREVIOUS",
    "account_id": "WECHAT_ACCOUNT_ID",
    "callback_url": "CALLBACK_URL",
    "bank_events_url": "BANK_EVENTS_URL",
    "bank_events_secret": "BANK_EVENTS_SECRET",
    "bank_api_token": "BANK_API_TOKEN",
    "mode": "SIM_MODE",
    "host": "HOST",
}
