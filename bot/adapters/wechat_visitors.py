"""Who opens a page of ours in WeChat. developers.weixin.qq.com: 网页授权 (connect/oauth2/authorize, sns/oauth2/*)."""

from urllib.parse import urlencode

from pydantic import BaseModel

from bot.adapters.http_json import JsonService, NoAnswer, NotThere
from bot.errors import WechatBusy
from config.settings import Settings

EXCHANGE_S = 2.0
# Pages are opened under another name than calls are made to.
_CALLS, _PAGES = "api.weixin.qq.com", "https://open.weixin.qq.com"


class _Opened(BaseModel):
    """The platform's answer; an error is an answer without an openid."""

    openid: str | None = None
    is_snapshotuser: int = 0


class WechatVisitors:
    """Asks the platform. Thread-safe."""

    def __init__(self, settings: Settings) -> None:
        base = settings.wechat_api_base
        self._pages = _PAGES if base.endswith(_CALLS) else base
        self._app_id, self._secret = settings.wechat_app_id, settings.wechat_app_secret
        self._service = JsonService(base)

    def way_in(self, back: str, state: str) -> str:
        """See Visitors."""
        asked = {
            "appid": self._app_id,
            "redirect_uri": back,
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
        }
        return f"{self._pages}/connect/oauth2/authorize?{urlencode(asked)}#wechat_redirect"

    def openid_of(self, code: str) -> str | None:
        """See Visitors."""
        asked = {
            "appid": self._app_id,
            "secret": self._secret,
            "code": code,
            "grant_type": "authorization_code",
        }
        try:
            found = self._service.get(f"/sns/oauth2/access_token?{urlencode(asked)}", _Opened, timeout_s=EXCHANGE_S)
        except (NoAnswer, NotThere):
            # Without its cause: the address carries the secret.
            raise WechatBusy(reason="visitors") from None
        return None if found.is_snapshotuser else found.openid
