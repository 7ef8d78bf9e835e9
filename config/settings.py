"""Every setting of the product, read once from the environment. Nothing else reads os.environ (tests/unit checks it).

Demo and test fall back to the published demo values; production refuses them, and refuses to start without a secret.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

DEMO = {
    "WECHAT_APP_ID": "wx0123456789abcdef",
    "WECHAT_APP_SECRET": "xinqiao-demo-secret",
    "WECHAT_TOKEN": "xinqiao-demo-token",
    "WECHAT_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "WECHAT_ACCOUNT_ID": "gh_0123456789ab",
    "SECRET_KEY": "xinqiao-demo-secret-key-not-for-production",
    "FIELD_KEYS": "demo1:eGlucWlhby1kZW1vLWZpZWxkLWtleS0wMDAwMDAwMDE=",
    "BANK_EVENTS_SECRET": "xinqiao-demo-bank-secret",
    "BANK_API_TOKEN": "xinqiao-demo-bank-token",
}


MIN_SECRET_KEY = 32


class SettingsError(Exception):
    """A variable is missing, malformed, or a demo value in production. The message names it and says what to do."""


@dataclass(frozen=True)
class Settings:
    """The product's settings. Secrets never show in repr."""

    app_env: str
    database_url: str
    redis_url: str
    nlu_url: str
    bank_api_url: str
    bank_bind_url: str
    public_url: str
    simulator_url: str | None
    wechat_app_id: str
    wechat_account_id: str
    wechat_api_base: str
    web_port: int
    api_port: int
    nlu_port: int
    sim_port: int
    beside_previous_release: bool
    wechat_app_secret: str = field(repr=False)
    wechat_token: str = field(repr=False)
    wechat_aes_key: str = field(repr=False)
    wechat_aes_key_previous: str | None = field(repr=False)
    secret_key: str = field(repr=False)
    field_keys: tuple[tuple[str, str], ...] = field(repr=False)
    bank_events_secret: str = field(repr=False)
    bank_api_token: str = field(repr=False)
    metrics_token: str | None = field(repr=False)

    @property
    def is_production(self) -> bool:
        """True where demo values and plain-text callbacks are refused."""
        return self.app_env == "production"

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """The settings of this process. Raises SettingsError."""
        read = _Reader(os.environ if env is None else env)
        web, api, nlu, sim = (
            read.port(name, default)
            for name, default in (("WEB_PORT", 8800), ("API_PORT", 8801), ("NLU_PORT", 5005), ("SIM_PORT", 8802))
        )
        simulator = None if read.is_production else read.value("SIM_URL", f"http://127.0.0.1:{sim}")
        return cls(
            app_env=read.app_env,
            database_url=read.value("DATABASE_URL", f"sqlite:///{ROOT / 'var' / 'xinqiao.db'}"),
            redis_url=read.value("REDIS_URL", f"unix://{ROOT / 'var' / 'redis.sock'}"),
            nlu_url=read.value("NLU_URL", f"http://127.0.0.1:{nlu}"),
            bank_api_url=read.value("BANK_API_URL", simulator),
            bank_bind_url=read.page("BANK_BIND_URL", f"{simulator}/bank/bind" if simulator else None),
            public_url=read.page("PUBLIC_URL", f"http://127.0.0.1:{web}").rstrip("/"),
            simulator_url=simulator,
            wechat_app_id=read.secret("WECHAT_APP_ID"),
            wechat_account_id=read.secret("WECHAT_ACCOUNT_ID"),
            wechat_api_base=read.value("WECHAT_API_BASE", simulator or "https://api.weixin.qq.com").rstrip("/"),
            web_port=web,
            api_port=api,
            nlu_port=nlu,
            sim_port=sim,
            beside_previous_release=read.yes("BESIDE_PREVIOUS_RELEASE"),
            wechat_app_secret=read.secret("WECHAT_APP_SECRET"),
            wechat_token=read.secret("WECHAT_TOKEN"),
            wechat_aes_key=read.aes_key("WECHAT_AES_KEY"),
            wechat_aes_key_previous=read.optional_aes_key("WECHAT_AES_KEY_PREVIOUS"),
            secret_key=read.secret_key(),
            field_keys=read.field_keys(),
            bank_events_secret=read.secret("BANK_EVENTS_SECRET"),
            bank_api_token=read.secret("BANK_API_TOKEN"),
            metrics_token=read.optional("METRICS_TOKEN"),
        )


class _Reader:
    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self.app_env = env.get("APP_ENV") or "demo"
        if self.app_env not in ("demo", "test", "production"):
            raise SettingsError(f"APP_ENV must be demo, test or production, not {self.app_env!r}.")

    @property
    def is_production(self) -> bool:
        return self.app_env == "production"

    def value(self, name: str, default: str | None) -> str:
        # In production no address is guessed: a missing one must not end in a file beside the code.
        found = self._env.get(name) or (None if self.is_production and name.endswith("_URL") else default)
        if not found:
            raise SettingsError(f"{name} is not set. See .env.example.")
        return found

    def page(self, name: str, default: str | None) -> str:
        found = self.value(name, default)
        if not found.startswith("https://" if self.is_production else ("https://", "http://")):
            raise SettingsError(f"{name} must be an address a phone can open, https:// in production, not {found!r}.")
        return found

    def secret(self, name: str) -> str:
        found = self._env.get(name)
        if not self.is_production:
            return found or DEMO[name]
        if not found:
            raise SettingsError(f"{name} is not set; production has no default for it. See .env.example.")
        self._refuse_demo(name, found, DEMO[name])
        return found

    def secret_key(self) -> str:
        found = self.secret("SECRET_KEY")
        if self.is_production and len(found) < MIN_SECRET_KEY:
            raise SettingsError(f"SECRET_KEY must have at least {MIN_SECRET_KEY} characters. See .env.example.")
        return found

    def optional(self, name: str) -> str | None:
        return self._env.get(name) or None

    def _refuse_demo(self, name: str, found: str, demo: str) -> None:
        if self.is_production and found == demo:
            raise SettingsError(f"{name} still has its demo value; set the account's own before going to production.")

    def port(self, name: str, default: int) -> int:
        found = self._env.get(name) or str(default)
        if not found.isdigit() or not 0 < int(found) < 65536:
            raise SettingsError(f"{name} must be a port number, not {found!r}.")
        return int(found)

    def yes(self, name: str) -> bool:
        found = self._env.get(name) or "no"
        if found not in ("yes", "no"):
            raise SettingsError(f"{name} must be yes or no, not {found!r}.")
        return found == "yes"

    def aes_key(self, name: str) -> str:
        return self._checked_aes_key(name, self.secret(name))

    def optional_aes_key(self, name: str) -> str | None:
        found = self.optional(name)
        if found is None:
            return None
        self._refuse_demo(name, found, DEMO["WECHAT_AES_KEY"])
        return self._checked_aes_key(name, found)

    @staticmethod
    def _checked_aes_key(name: str, found: str) -> str:
        if len(found) != 43 or not found.isalnum():
            raise SettingsError(f"{name} must be the 43 letters and digits shown as EncodingAESKey.")
        return found

    def field_keys(self) -> tuple[tuple[str, str], ...]:
        """`id:base64key[,id:base64key]`, the first encrypts, all decrypt."""
        pairs = [part.split(":", 1) for part in self.secret("FIELD_KEYS").split(",")]
        if any(len(pair) != 2 or not all(pair) for pair in pairs):
            raise SettingsError("FIELD_KEYS must look like id:base64key[,id:base64key].")
        # The published key under another name, or as one of several, is still published.
        for _, key in pairs:
            self._refuse_demo("FIELD_KEYS", key, DEMO["FIELD_KEYS"].partition(":")[2])
        return tuple((key_id, key) for key_id, key in pairs)
