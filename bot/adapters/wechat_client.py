"""What the product does inside a chat, over the platform's server API: ports.WeChat."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import requests

from bot.adapters import wechat_wire as wire
from bot.adapters.wechat_calls import PlatformCalls, text_of
from bot.messages import Article, Reply
from bot.ports import FollowerProfile


class WechatpyClient:
    """ports.WeChat on the real platform or the simulator."""

    def __init__(self, calls: PlatformCalls) -> None:
        self._calls = calls

    def send(self, openid: str, reply: Reply) -> None:
        """Send one customer-service message. Not safe to repeat."""
        self._send(wire.message_body(openid, reply))

    def send_image(self, openid: str, media_id: str) -> None:
        """Send an uploaded picture. Not safe to repeat."""
        self._send(wire.image_body(openid, media_id))

    def send_article(self, openid: str, article: Article) -> None:
        """Send one article card. Not safe to repeat."""
        self._send(wire.article_body(openid, article))

    def show_typing(self, openid: str) -> None:
        """Show "对方正在输入" for 15 s; when it is already shown, that is as good."""
        self._calls.post("message/custom/typing", {"touser": openid, "command": "Typing"}, fine=wire.ALREADY_TYPING)

    def get_profile(self, openid: str) -> FollowerProfile:
        """Subscription state and scene of a follower."""
        return _profile(openid, self._calls.get("user/info", openid=openid, lang="zh_CN"))

    def upload_image(self, name: str, content: bytes) -> str:
        """Upload a temporary picture; its media id, good for three days."""
        return text_of(self._calls.upload("media/upload", name, content, type="image"), "media_id")

    def download_media(self, media_id: str) -> bytes:
        """The bytes of something a follower sent in the last three days."""
        found = self._calls.file("media/get", media_id=media_id)
        if isinstance(found, dict):
            # Of a video the platform tells only where it lies.
            found = self._calls.fetch(text_of(found, "video_url"))
        return _bytes_of(found)

    def create_menu(self, buttons: Sequence[Mapping[str, object]]) -> None:
        """Replace the account's menu."""
        self._calls.post("menu/create", {"button": list(buttons)})

    def create_qr(self, scene: str, expire_s: int) -> str:
        """A temporary QR code that carries a scene; the address of its picture."""
        made = self._calls.post("qrcode/create", wire.qr_body(scene, expire_s))
        return wire.qr_address(self._calls.base, text_of(made, "ticket"))

    def qr_picture(self, scene: str, expire_s: int) -> bytes:
        """A temporary QR code that carries a scene: the picture itself."""
        return _bytes_of(self._calls.fetch(self.create_qr(scene, expire_s)))

    def _send(self, body: Mapping[str, object]) -> None:
        self._calls.post("message/custom/send", body, is_repeatable=False)


def _bytes_of(found: Any) -> bytes:
    """The bytes of a file; a page in its place is somebody in between."""
    if not isinstance(found, requests.Response) or found.headers.get("Content-Type", "").startswith("text/html"):
        raise wire.after_sending(is_repeatable=True)
    return found.content


def _profile(openid: str, answer: Mapping[str, Any]) -> FollowerProfile:
    followed_s, scene = answer.get("subscribe_time"), answer.get("qr_scene_str") or answer.get("qr_scene")
    return FollowerProfile(
        openid=openid,
        is_following=answer.get("subscribe") == 1,
        followed_at=datetime.fromtimestamp(followed_s, UTC) if isinstance(followed_s, int) else None,
        scene=str(scene) if scene else None,
        remark=answer.get("remark") or None,
    )
