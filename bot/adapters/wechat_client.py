"""The platform's server API over wechatpy, kept on a short leash: our token store instead of its own, one retry after
a refused token instead of endless ones, a timeout on every call, errors without addresses.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
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
from bot.errors import BotError
from bot.messages import Article, Reply
from bot.ports import FollowerProfile
from config.settings import Settings

CONNECT_TIMEOUT_S = 2.0
READ_TIMEOUT_S = 5.0
TIMEOUTS_S = (CONNECT_TIMEOUT_S, READ_TIMEOUT_S)
CONNECTIONS = 32
MIN_TOKEN_LIFE_S = 1
JSON_TYPE = "application/json; charset=utf-8"


class WechatpyClient:
    """ports.WeChat on the real platform or the simulator."""

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        # At lower levels urllib3 logs whole addresses, and those carry the token.
        logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)
        self._base = settings.wechat_api_base
        self._client = _Client(settings, database, clock)

    def send(self, openid: str, reply: Reply) -> None:
        """Send one customer-service message. Not safe to repeat."""
        body = wire.message_body(openid, reply)
        self._once("message/custom/send", lambda call: self._client.post(call, data=body))

    def send_image(self, openid: str, media_id: str) -> None:
        """Send an uploaded picture. Not safe to repeat."""
        body = wire.image_body(openid, media_id)
        self._once("message/custom/send", lambda call: self._client.post(call, data=body))

    def send_article(self, openid: str, article: Article) -> None:
        """Send one article card. Not safe to repeat."""
        body = wire.article_body(openid, article)
        self._once("message/custom/send", lambda call: self._client.post(call, data=body))

    def show_typing(self, openid: str) -> None:
        """Show "对方正在输入" for 15 s; when it is already shown, that is as good."""
        body = {"touser": openid, "command": "Typing"}
        self._json("message/custom/typing", lambda call: self._client.post(call, data=body), fine=wire.ALREADY_TYPING)

    def get_profile(self, openid: str) -> FollowerProfile:
        """Subscription state and scene of a follower."""
        return _profile(openid, self._json("user/info", lambda _: self._client.user.get(openid)))

    def upload_image(self, name: str, content: bytes) -> str:
        """Upload a temporary picture; its media id, good for three days."""
        # Bytes, not a file: after a refused token the same body must go out again.
        part = (f"image{PurePath(name).suffix.lower() or '.jpg'}", content)
        return _text(self._json("media/upload", lambda _: self._client.media.upload("image", part)), "media_id")

    def download_media(self, media_id: str) -> bytes:
        """The bytes of something a follower sent in the last three days."""
        found = self._any("media/get", lambda _: self._client.media.download(media_id), is_repeatable=True)
        if isinstance(found, dict):
            # Of a video the platform tells only where it lies.
            address = _text(found, "video_url")
            found = self._any("video_url", lambda _: self._client.fetch(address), is_repeatable=True)
        if not isinstance(found, requests.Response) or found.headers.get("Content-Type", "").startswith("text/html"):
            raise wire.after_sending(is_repeatable=True)
        return found.content

    def create_menu(self, buttons: Sequence[Mapping[str, object]]) -> None:
        """Replace the account's menu."""
        self._json("menu/create", lambda _: self._client.menu.create({"button": list(buttons)}))

    def create_qr(self, scene: str, expire_s: int) -> str:
        """A temporary QR code that carries a scene; the address of its picture."""
        made = self._json("qrcode/create", lambda _: self._client.qrcode.create(wire.qr_body(scene, expire_s)))
        return wire.qr_address(self._base, _text(made, "ticket"))

    def _once(self, call: str, act: Callable[[str], Any]) -> None:
        """A call that must not be repeated when nobody knows how it ended."""
        if not isinstance(self._any(call, act, is_repeatable=False), dict):
            raise wire.after_sending(is_repeatable=False)

    def _json(self, call: str, act: Callable[[str], Any], fine: int | None = None) -> dict[str, Any]:
        """A call that may be repeated, and its JSON object; `fine` is an errcode that is as good as success."""
        found = self._any(call, act, is_repeatable=True, fine=fine)
        if not isinstance(found, dict):
            raise wire.after_sending(is_repeatable=True)
        return found

    @staticmethod
    def _any(call: str, act: Callable[[str], Any], *, is_repeatable: bool, fine: int | None = None) -> Any:
        error: BotError
        try:
            return act(call)
        except WeChatClientException as refused:
            if refused.errcode is not None and refused.errcode == fine:
                return {}
            is_answer = refused.errcode is not None
            error = (
                wire.refusal(refused.errcode, call) if is_answer else wire.after_sending(is_repeatable=is_repeatable)
            )
        except requests.RequestException as broken:
            error = wire.broken_call(broken, is_repeatable=is_repeatable)
        except ValueError:
            error = wire.after_sending(is_repeatable=is_repeatable)
        # Without its cause: the library's errors carry the address, and the address carries the token.
        raise error from None


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
    return FreshToken(_text(answer, "access_token"), life_s)


def _text(answer: object, name: str) -> str:
    value = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(value, str) or not value:
        raise wire.after_sending(is_repeatable=True)
    return value


def _profile(openid: str, answer: Mapping[str, Any]) -> FollowerProfile:
    followed_s, scene = answer.get("subscribe_time"), answer.get("qr_scene_str") or answer.get("qr_scene")
    return FollowerProfile(
        openid=openid,
        is_following=answer.get("subscribe") == 1,
        followed_at=datetime.fromtimestamp(followed_s, UTC) if isinstance(followed_s, int) else None,
        scene=str(scene) if scene else None,
        remark=answer.get("remark") or None,
    )
