"""The bank's own binding desk: who opened its page, whose phone it checked, and what he may agree to.

State only, in memory; simulator/bank/bind_page.py serves the page and reports what was decided here.
"""

import re
import secrets
from dataclasses import dataclass

from simulator.clock import VirtualClock

STATE_S = 600
VISIT_S = 1800
CODE_S = 300
MOST_TRIES = 5
TEXT_VERSION = "2026-11"
CHANNEL = "bank_page"
# Each is asked alone and stands unticked; refusing all of them changes nothing about the binding.
PURPOSES = (
    ("service", "服务通知", "到账、还款日、积分到期这类提醒，在微信里发给您"),
    ("marketing", "营销信息", "新产品和优惠活动的消息"),
    ("profiling", "个性化推荐（画像）", "根据企业的交易和使用情况，推荐适合的产品"),
    ("calls", "电话外呼", "客户经理打电话介绍产品和活动"),
    ("sms", "短信", "用短信发送产品和活动消息"),
)
NAMES = frozenset(name for name, _, _ in PURPOSES)


class BindingRefused(Exception):
    """The page asks for something the bank does not do. The message is what the customer reads."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class Visit:
    """One opening of the page by one WeChat user. `phone` is set once its code was right."""

    openid: str
    ends_s: float
    asked_phone: str = ""
    code: str = ""
    code_ends_s: float = 0.0
    tries: int = 0
    phone: str = ""


class BindingDesk:
    """Visits of the page, by token. The caller holds the world's lock."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._states: dict[str, float] = {}
        self._visits: dict[str, Visit] = {}

    def begin(self) -> str:
        """A state for the way through WeChat's login, good for one return."""
        state = secrets.token_hex(16)
        self._states[state] = self._clock.now_s() + STATE_S
        return state

    def open(self, state: str, openid: str) -> str:
        """The token of a new visit. Raises BindingRefused when this way was not begun here, or too long ago."""
        if self._states.pop(state, 0.0) <= self._clock.now_s():
            raise BindingRefused("页面已过期，请回到微信重新打开。")
        token = secrets.token_urlsafe(24)
        self._visits[token] = Visit(openid, self._clock.now_s() + VISIT_S)
        return token

    def visit(self, token: str) -> Visit:
        """The visit of this token. Raises BindingRefused."""
        found = self._visits.get(token)
        if found is None or found.ends_s <= self._clock.now_s():
            raise BindingRefused("页面已过期，请回到微信重新打开。", 401)
        return found

    def send_code(self, visit: Visit, phone: object) -> str:
        """The code that goes to this phone. Raises BindingRefused for what is no mobile number."""
        if not isinstance(phone, str) or not re.fullmatch(r"1\d{10}", phone):
            raise BindingRefused("请填写11位手机号。")
        visit.asked_phone, visit.tries = phone, 0
        visit.code, visit.code_ends_s = f"{secrets.randbelow(10**6):06d}", self._clock.now_s() + CODE_S
        return visit.code

    def check_code(self, visit: Visit, code: object) -> None:
        """The phone is his when the code is right. Raises BindingRefused; after five wrong tries a new code is due."""
        if not visit.code or visit.code_ends_s <= self._clock.now_s():
            raise BindingRefused("验证码已过期，请重新获取。")
        visit.tries += 1
        if visit.tries > MOST_TRIES:
            visit.code = ""
            raise BindingRefused("输错次数太多，请重新获取验证码。")
        if not isinstance(code, str) or not secrets.compare_digest(visit.code.encode(), code.encode()):
            raise BindingRefused("验证码不对，请再看一下短信。")
        visit.code, visit.phone = "", visit.asked_phone


def read_consents(body: object) -> dict[str, bool]:
    """A yes or no for every purpose. Raises BindingRefused: what was not asked cannot be agreed to."""
    if not isinstance(body, dict) or set(body) != NAMES or not all(isinstance(word, bool) for word in body.values()):
        raise BindingRefused("授权选项不完整，请刷新页面再试。")
    return dict(body)
