"""`make demo`: plays stories through the running product and prints what the phone and the rep see, line by line.

Starts the product when it is not running. Story A1 of today's scope; stories whose parts are not built yet are
not played.
"""

import re
import sys
from collections.abc import Callable
from textwrap import indent
from typing import Any
from urllib.parse import unquote

import httpx

from config.settings import SettingsError
from deploy.local import local_http
from deploy.local.background import start_detached
from deploy.local.environment import Environment, load
from deploy.local.product import TIMEOUT_S, Console, Phone, eventually

WIDTH = 62
# 陶先生's restaurant in the simulated bank.
FIRM = "F00001"
# A line to tap inside a text answer, as the platform writes it.
LINK = re.compile(r'<a href="weixin://bizmsgmenu\?msgmenucontent=[^"&]*&msgmenuid=([^"]*)">([^<]*)</a>\n?')
VERDICTS = {"fits": "适合", "maybe": "待确认", "no": "不适合"}


class StoryBroken(Exception):
    """A step did not happen; the message is the sentence to show."""


def main() -> int:
    """Exit code: 0 when every story came to its end."""
    try:
        environment = load()
    except SettingsError as error:
        print(f"xinqiao: {error}", file=sys.stderr)
        return 1
    if not local_http.answers(environment.settings.api_port, "/readyz") and start_detached(environment) != 0:
        return 1
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{environment.settings.sim_port}", timeout=TIMEOUT_S) as simulator:
            _Story(environment, simulator).restaurant_loan()
    except StoryBroken as error:
        print(f"\nThe story stopped: {error}", file=sys.stderr)
        return 1
    return 0


class _Story:
    """Plays, and prints both sides."""

    def __init__(self, environment: Environment, simulator: httpx.Client) -> None:
        self._simulator = simulator
        self._api = f"http://127.0.0.1:{environment.settings.api_port}"

    def restaurant_loan(self) -> None:
        """A1: 陶先生 asks for his own rep, is guided to a loan and says thank you."""
        _title("A1  陶先生 · 三家餐厅复工，想贷款")
        rep = Console(self._api, "rep01")
        rep.ready()
        tao = Phone(self._simulator, "陶先生")
        tao.bind(FIRM)
        screen = _Screen(tao)
        screen.show()
        tao.say("你好，我开了三家餐厅，疫情好转准备复工，想联系一下专属客服，看看有没有贷款")
        screen.show()

        chat = _need("the offer to reach rep01", lambda: _offer_of(rep))
        shown = rep.accept(chat)
        _desk("接入前看到的转接卡片", _card_text(shown["card"]))
        self._talk(rep, chat, tao, screen)
        self._guide(rep, chat, tao, screen)
        self._paid_and_rated(rep, chat, tao, screen)
        counters = rep.client.get("/api/counters").raise_for_status().json()
        amount = f"{counters['drawdown_fen'] / 1_000_000:g}万元"
        drawn = f"提款户数 {counters['drawdown_firms']}，金额 {amount}"
        quick = f"今天接入 {counters['accepted_today']}，20 秒内 {counters['answered_in_20s_today']}"
        _desk("看板", f"{drawn}；{quick}")
        rep.offline()

    @staticmethod
    def _talk(rep: Console, chat: int, tao: Phone, screen: "_Screen") -> None:
        question = "陶先生您好，我是普惠服务代表小钱。方便说下大概需要多少、用多久、有没有房产抵押吗？"
        _sent(rep.reply(chat, question))
        screen.show()
        tao.say("二三十万，周转半年，没有抵押，营业执照四年了。")
        screen.show()
        products = rep.show(chat)["card"]["products"]
        _desk(
            "适合的产品",
            "\n".join(f"{hint['name']}：{VERDICTS[hint['verdict']]}，{hint['reason']}" for hint in products[:3]),
        )
        _sent(rep.reply(chat, card="product:jingying_kuaidai"))
        screen.show()

    @staticmethod
    def _guide(rep: Console, chat: int, tao: Phone, screen: "_Screen") -> None:
        tao.say("就这个经营快贷，怎么弄？")
        screen.show()
        _sent(rep.reply(chat, card="guide:loan_apply"))
        screen.show()
        for _ in range(3):
            tao.tap(*screen.choice("完成"))
            screen.show()
        tao.tap(*screen.choice("卡住了"))
        tao.say("一直说没授权")
        screen.show()
        shown = rep.show(chat)
        _desk("客户卡在哪一步", f"{shown['card']['guide']}｜客户说：{shown['lines'][-1]['text']}")
        _sent(rep.reply(chat, "陶先生，请在申请页点“征信及数据授权”，逐项勾选后返回上一页再提交就可以了。"))
        screen.show()

    def _paid_and_rated(self, rep: Console, chat: int, tao: Phone, screen: "_Screen") -> None:
        data = {"amount_fen": 25_000_000, "due_on": "2026-12-20"}
        news = {"type": "drawdown_paid", "openid": tao.openid, "firm_id": FIRM, "data": data}
        self._simulator.post("/sim/bank/events", json=news).raise_for_status()
        screen.show()
        tao.say("太感谢你了！")
        rep.close(chat, "drawn", "经营快贷 25 万元到账")
        screen.show()
        tao.tap(*screen.choice("非常满意"))
        screen.show()


class _Screen:
    """The phone: prints what is new since the last look."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self._seen = 0
        self._choices: dict[str, str] = {}

    def show(self) -> None:
        """Print new bubbles, waiting for at least one."""
        entries = _need("a new bubble on the phone", lambda: self._phone.transcript()[self._seen :])
        for entry in entries:
            self._seen += 1
            self._choices |= {label: choice_id for choice_id, label in _choices_of(entry)}
            print(_bubble(entry))

    def choice(self, label: str) -> tuple[str, str]:
        """The id and the label of the line last offered under this label."""
        _need(f"the line {label} on the phone", lambda: label in self._choices or self._refresh())
        return self._choices[label], label

    def _refresh(self) -> bool:
        self.show()
        return False


def _offer_of(rep: Console) -> int | None:
    offered = rep.handoffs(scope="mine", state="offered")
    return int(offered[0]["id"]) if offered else None


def _need(what: str, look: Callable[[], Any]) -> Any:
    found = eventually(look)
    if not found:
        raise StoryBroken(f"waited in vain for {what}")
    return found


def _sent(answer: httpx.Response) -> None:
    if answer.status_code != httpx.codes.ACCEPTED:
        raise StoryBroken(f"the rep's message was refused: {answer.text[:200]}")


def _choices_of(entry: dict[str, Any]) -> list[tuple[str, str]]:
    found = [(str(line["id"]), str(line["content"])) for line in entry.get("list", ())]
    return found + [(unquote(choice_id), label) for choice_id, label in LINK.findall(entry.get("text") or "")]


def _bubble(entry: dict[str, Any]) -> str:
    text = entry.get("text") or "\n".join(filter(None, [entry.get("head"), entry.get("tail")]))
    text = LINK.sub("", text).rstrip()
    lines = "".join(f"\n  〔{label}〕" for _, label in _choices_of(entry))
    who = {"user": "客户", "account": "公众号", "system": "系统"}[entry["from"]]
    return indent(f"{who}｜{text}{lines}", "    " if entry["from"] == "user" else "  ")


def _card_text(card: dict[str, Any]) -> str:
    known = "\n".join(f"{label}：{value}" for label, value in card["slots"])
    return "\n".join([*card["summary"], known, f"为什么转人工：{card['reason']}"])


def _desk(title: str, text: str) -> None:
    print(indent(f"[服务台] {title}\n{indent(text, '  ')}", " " * 34))


def _title(text: str) -> None:
    print(f"\n{'─' * WIDTH}\n{text}\n{'─' * WIDTH}")


if __name__ == "__main__":
    sys.exit(main())
