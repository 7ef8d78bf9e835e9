"""Calls to the platform's server API over wechatpy, kept on a short leash: our token store instead of its own, one
retry after a refused token instead of endless ones, a timeout on every call, errors without addresses.

The adapters of the ports say what they want through PlatformCalls: wechat_client.py for the chat, the others for the
account.
"""

import json
import logging
from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import PurePath
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException

from bot.adapters import wechat_wire as wire
from bot.adapters.token_store import FreshToken, TokenStore
from bot.clock import Clock
from bot.db import Database
from bot.errors import BotError, NotFound
from config.settings import Settings

CONNECT_TIMEOUT_S = 2.0
READ_TIMEOUT_S = 5.0
TIMEOUTS_S = (CONNECT_TIMEOUT_S, READ_TIMEOUT_S)
CONNECTIONS = 32
MIN_TOKEN_LIFE_S = 1
JSON_TYPE = "application/json; charset=utf-8"


class PlatformCalls:
    """Calls of one account. What goes wrong is WechatBusy, OutcomeUnknown, SendRefused, PlatformMisconfigured or
    NotFound. Thread-safe.

    `is_repeatable` decides what an unreadable answer means: WechatBusy when a second call does no harm, OutcomeUnknown
    when it might. `fine` is an errcode whose answer is as good as success, `missing` those that mean NotFound.
    """

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        # At lower levels urllib3 logs whole addresses, and those carry the token.
        logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)
        self.base = settings.wechat_api_base
        self._client = _Client(settings, database, clock)

    def post(
        self,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        is_repeatable: bool = True,
        fine: int | None = None,
        missing: Collection[int] = (),
    ) -> dict[str, Any]:
        """The answer to a JSON body; `path` lies under /cgi-bin/, or under the root when it begins with a slash."""
        address = f"{self.base}{path}" if path.startswith("/") else path
        sent = dict(body or {})
        return _object(
            self._call(path, lambda: self._client.post(address, data=sent), is_repeatable, fine, missing), is_repeatable
        )

    def get(self, path: str, **query: str) -> dict[str, Any]:
        """The answer to a GET of a path under /cgi-bin/."""
        return _object(self._call(path, lambda: self._client.get(path, params=query)))

    def upload(
        self, path: str, name: str, content: bytes, *, is_repeatable: bool = True, **query: str
    ) -> dict[str, Any]:
        """The answer to a picture. Of its name only the ending goes out: the platform wants a file name, in plain
        letters, or answers 41005.
        """
        # Bytes, not a file: after a refused token the same body must go out again.
        part = (f"image{PurePath(name).suffix.lower() or '.jpg'}", content)
        act = partial(self._client.post, path, params=query, files={"media": part})
        return _object(self._call(path, act, is_repeatable), is_repeatable)

    def file(self, path: str, **query: str) -> Any:
        """The response that holds a file, or the JSON object the platform sends in its place."""
        return self._call(path, lambda: self._client.get(path, params=query))

    def fetch(self, address: str) -> Any:
        """The response with a file the platform keeps elsewhere; needs no token."""
        return self._call("elsewhere", lambda: self._client.fetch(address))

    @staticmethod
    def _call(
        call: str,
        act: Callable[[], Any],
        is_repeatable: bool = True,  # noqa: FBT001, FBT002 -- handed through
        fine: int | None = None,
        missing: Collection[int] = (),
    ) -> Any:
        error: BotError
        try:
            return act()
        except WeChatClientException as refused:
            if refused.errcode is not None and refused.errcode == fine:
                return refused.response.json()
            if refused.errcode in missing:
                error = NotFound()
            elif refused.errcode is not None:
                error = wire.refusal(refused.errcode, call)
            else:
                error = wire.after_sending(is_repeatable=is_repeatable)
        except requests.RequestException as broken:
            error = wire.broken_call(broken, is_repeatable=is_repeatable)
        except ValueError:
            error = wire.after_sending(is_repeatable=is_repeatable)
        # Without its cause: the library's errors carry the address, and the address carries the token.
        raise error from None


def text_of(answer: object, name: str, *, is_repeatable: bool = True) -> str:
    """A text without which an answer is none. Raises WechatBusy or OutcomeUnknown."""
    value = answer.get(name) if isinstance(answer, Mapping) else None
    if not isinstance(value, str) or not value:
        raise wire.after_sending(is_repeatable=is_repeatable)
    return value


def number_of(answer: object, name: str, *, is_repeatable: bool = True) -> str:
    """A whole number without which an answer is none, as text, since ids have 64 bits. Raises as text_of."""
    value = answer.get(name) if isinstance(answer, Mapping) else None
    found = str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    if not (found.isascii() and found.isdigit()):
        raise wire.after_sending(is_repeatable=is_repeatable)
    return found


def rows_of(answer: Mapping[str, Any], name: str) -> tuple[Mapping[str, Any], ...]:
    """The objects of a list; what is missing is an empty one."""
    found = answer.get(name)
    return tuple(row for row in found if isinstance(row, dict)) if isinstance(found, list) else ()


def _object(found: Any, is_repeatable: bool = True) -> dict[str, Any]:  # noqa: FBT001, FBT002 -- handed through
    if not isinstance(found, dict):
        raise wire.after_sending(is_repeatable=is_repeatable)
    return found


class _Client(WeChatClient):  # type: ignore[misc]  # wechatpy publishes no types
    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        super().__init__(settings.wechat_app_id, settings.wechat_app_secret, timeout=TIMEOUTS_S, auto_retry=False)
        self.API_BASE_URL = f"{settings.wechat_api_base}/cgi-bin/"
        for scheme in ("http://", "https://"):
            self._http.mount(scheme, HTTPAdapter(pool_maxsize=CONNECTIONS))
        self._http.hooks["response"].append(_check_status)
        self._tokens = TokenStore(database, clock, self._fetch_token, settings.wechat_app_id)

    def fetch(self, address: str) -> requests.Response:
        """A file the platform keeps elsewhere; needs no token."""
        response: requests.Response = self._http.get(address, timeout=TIMEOUTS_S)
        return response

    def _request(self, method: str, url_or_endpoint: str, **kwargs: Any) -> Any:
        """One call; once more with another token if the platform refuses ours."""
        token = self._tokens.get()
        try:
            return self._request_with(token, method, url_or_endpoint, kwargs)
        except WeChatClientException as refused:
            if refused.errcode not in wire.TOKEN_REFUSED:
                raise
        return self._request_with(self._tokens.refresh_if(token), method, url_or_endpoint, kwargs)

    def _request_with(self, token: str, method: str, endpoint: str, kwargs: Mapping[str, Any]) -> Any:
        call = dict(kwargs)
        call["params"] = {**call.get("params", {}), "access_token": token}
        # A redirect would carry the token to whoever it names.
        call["allow_redirects"] = False
        if isinstance(call.get("data"), dict):
            call["headers"] = {"Content-Type": JSON_TYPE}
        return super()._request(method, endpoint, **call)

    def _fetch_token(self, *, force: bool) -> FreshToken:
        asked = {
            "grant_type": "client_credential",
            "appid": self.appid,
            "secret": self.secret,
            "force_refresh": force,
        }
        try:
            response = self._http.post(
                f"{self.API_BASE_URL}stable_token",
                data=json.dumps(asked).encode(),
                headers={"Content-Type": JSON_TYPE},
                timeout=TIMEOUTS_S,
                allow_redirects=False,
            )
            answer = response.json()
        except requests.RequestException as broken:
            raise wire.broken_call(broken, is_repeatable=True) from None
        return _fresh_token(answer)


def _check_status(response: requests.Response, **_: Any) -> None:
    """The platform answers 200 even to what it refuses; anything else, a redirect too, is somebody in between."""
    if response.status_code != requests.codes.ok:
        raise requests.HTTPError(response=response)


def _fresh_token(answer: object) -> FreshToken:
    if isinstance(answer, dict) and isinstance(answer.get("errcode", 0), int) and answer.get("errcode", 0) != 0:
        raise wire.token_refusal(answer["errcode"])
    life_s = answer.get("expires_in") if isinstance(answer, dict) else None
    if not isinstance(life_s, int) or life_s < MIN_TOKEN_LIFE_S:
        raise wire.after_sending(is_repeatable=True)
    return FreshToken(text_of(answer, "access_token"), life_s)
