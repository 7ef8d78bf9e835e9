"""Error codes of the platform with its own English texts, as the API prints them."""

import secrets

MESSAGES = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40004: "invalid media type",
    40005: "invalid file type",
    40006: "invalid media size",
    40007: "invalid media_id",
    40008: "invalid message type",
    40009: "invalid image size",
    40013: "invalid appid",
    40014: "invalid access_token",
    40016: "invalid button size",
    40017: "invalid button type",
    40018: "invalid button name size",
    40019: "invalid button key size",
    40020: "invalid button url size",
    40023: "invalid sub button size",
    40024: "invalid sub button type",
    40025: "invalid sub button name size",
    40026: "invalid sub button key size",
    40027: "invalid sub button url size",
    40029: "invalid code",
    40030: "invalid refresh_token",
    40032: "invalid openid list size",
    40052: "invalid action name",
    40053: "invalid action info",
    40054: "invalid sub button url domain",
    40055: "invalid button url domain",
    40066: "invalid url",
    40073: "invalid card id",
    40125: "invalid appsecret",
    40163: "code been used",
    40164: "invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist",
    40243: "AppSecret已被冻结,请解冻后再次调用",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    41005: "media data missing",
    41006: "media_id missing",
    41008: "missing code",
    41009: "missing openid",
    42001: "access_token expired",
    42002: "refresh_token expired",
    42003: "code expired",
    43001: "require GET method",
    43002: "require POST method",
    43004: "require subscribe",
    43019: "require remove blacklist",
    44001: "empty media data",
    44002: "empty post data",
    44003: "empty news data",
    44004: "empty content",
    45001: "media size out of limit",
    45002: "content size out of limit",
    45003: "title size out of limit",
    45007: "playtime out of limit",
    45008: "article size out of limit",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    45015: "response out of time limit or subscription is canceled",
    45029: "qrcode count out of limit",
    45047: "out of response count limit",
    45072: "invalid command",
    45080: "no message exchanged with the user in the last 30 seconds",
    45081: "already typing",
    45162: "invalid type",
    46003: "menu no exist",
    46004: "user no exist",
    47001: "data format error",
    48001: "api unauthorized",
    48002: "user refuse to accept the msg",
    48006: "forbid to clear quota because of reaching the limit",
    50002: "user limited",
    50004: "forbid to use token interface",
    50007: "account frozen",
    53600: "invalid article id",
    61450: "system error",
    61451: "invalid parameter",
    61452: "invalid kf_account",
    61453: "kf_account exsited",
    65404: "illegal kf account",
    65405: "kf account count out of limit",
    76021: "cgi_path not found",
    76022: "no permission to query this cgi_path",
    89503: "此次调用需要管理员确认,请耐心等候",
}


class ApiError(Exception):
    """The platform refuses a call. HTTP status stays 200, as on the real one."""

    def __init__(self, errcode: int, detail: str = "", **extra: object) -> None:
        super().__init__(errcode)
        self.errcode = errcode
        self.detail = detail
        self.extra = extra

    def as_reply(self) -> dict[str, object]:
        """The JSON body, with the request id the platform appends to errmsg."""
        text = MESSAGES.get(self.errcode, "unknown error")
        text = f"{text}: {self.detail}" if self.detail else text
        return {"errcode": self.errcode, "errmsg": f"{text} rid: {_rid()}", **self.extra}


def _rid() -> str:
    return "-".join(secrets.token_hex(4) for _ in range(3))
