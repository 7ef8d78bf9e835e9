"""The rep of a script: what he sees at the desk, writes, sends and closes."""

from typing import Any, Self

import httpx

from bot.knowledge.rates import amount_text
from deploy.local.product import Console
from deploy.local.scripts.customer import Customer
from deploy.local.scripts.record import Record, StepFailed
from deploy.local.scripts.transcript import Side

VERDICTS = {"fits": "适合", "maybe": "待确认", "no": "不适合"}


class Rep:
    """A rep at the desk. At most one chat of a script is in his hands at a time."""

    def __init__(self, record: Record, console: Console, name: str) -> None:
        self.console, self.name = console, name
        self._record = record
        self._card = ""
        self._drawn_fen = 0
        self._chat: int | None = None
        self._customer: Customer | None = None

    def is_ready(self) -> Self:
        """Go on duty."""
        self.console.ready()
        self._did("就绪")
        return self

    def accepts(self, customer: Customer) -> Self:
        """Take the chat of this customer when it is offered; its card goes on record."""
        offer = self._record.wait_for(f"the offer of {customer.name} to {self.name}", lambda: self._offer_of(customer))
        assert offer is not None
        self._chat, self._customer = offer, customer
        self.console.accept(offer)
        self._card = _card_text(self._shown())
        self._did(f"接入，看到的卡片：\n{self._card}")
        return self

    def sees_on_card(self, *phrases: str) -> Self:
        """The card holds these words by now; the reader is told when it changed."""
        card = self._record.wait_for(f"{'、'.join(phrases)} on the card", lambda: self._card_with(phrases))
        if card != self._card:
            self._did(f"卡片更新：\n{_excerpt(card, phrases)}")
            self._card = card
        return self

    def reads(self, *phrases: str, without: tuple[str, ...] = ()) -> Self:
        """The customer's newest line, as the desk shows it, holds these phrases and none of `without`."""
        said = [line["text"] for line in self._shown()["lines"] if line["speaker"] == "customer"][-1]
        if any(phrase not in said for phrase in phrases) or any(phrase in said for phrase in without):
            raise StepFailed(f"{self.name} reads “{said}”")
        self._did(f"看到客户说：{said}")
        return self

    def corrects(self, text: str, intent: str, label: str) -> Self:
        """Say what the customer's line really asked for."""
        line = next(line for line in self._shown()["lines"] if line["text"] == text and line["reading"])
        path = f"/api/learning/parses/{line['reading']['parse_id']}/correct"
        self._must_succeed(self.console.client.post(path, json={"intent": intent}))
        self._did(f"把“{text}”改判为“{label}”")
        return self

    def replies(self, text: str) -> Self:
        """Write to the customer, who gets exactly that."""
        self._must_go_out(self.console.reply(self._in_hand, text))
        self._speaks().sees(text)
        return self

    def replies_in_a_row(self, *lines: str, takes_last: bool = False) -> Self:
        """Write short lines one after the other when few messages are left: the customer gets them as one."""
        for line in lines:
            self._must_go_out(self.console.reply(self._in_hand, line, takes_last=takes_last))
        self.console.flush(self._in_hand)
        self._speaks().sees("\n".join(lines))
        return self

    def sends_card(self, card: str) -> Self:
        """Send an approved card; the customer's next `sees` looks at it."""
        self._must_go_out(self.console.reply(self._in_hand, card=card))
        self._speaks()
        return self

    def is_refused(self, why: str, text: str = "", card: str | None = None) -> Self:
        """Words or a card that the product does not let out; `why` is the problem's code or reason."""
        answer = self.console.reply(self._in_hand, text, card)
        if not answer.is_error or why not in answer.text:
            self._speaks()
            raise StepFailed(f"“{text or card}” was answered with {answer.status_code} {answer.text[:200]}")
        self._did(f"想发“{text or card}”，被拦下（{why}）")
        return self

    def transfers_to(self, other: "Rep", skill: str, note: str) -> Self:
        """Hand the chat to a colleague."""
        body = {"rep": other.console.username, "skill": skill, "note": note}
        self._must_succeed(self.console.client.post(f"/api/handoffs/{self._in_hand}/transfer", json=body))
        self._did(f"转给{other.name}，附言：{note}")
        self._chat = None
        return self

    def closes(self, outcome: str, note: str) -> Self:
        """End the chat with an outcome."""
        self.console.close(self._in_hand, outcome, note)
        self._did(f"结案（{outcome}）：{note}")
        self._chat = None
        return self

    def sees_waiting(self, *reasons: str) -> Self:
        """The line as the desk shows it: why each of the first customers waits."""
        line = self._record.wait_for("the line", lambda: self.console.handoffs(state="queued"))
        found = [str(chat["reason"]) for chat in line]
        self._did(f"排队：{'；'.join(found)}")
        if any(reason not in waits for reason, waits in zip(reasons, found, strict=False)) or len(found) < len(reasons):
            raise StepFailed(f"the line is {found}")
        return self

    def looks_at_board(self) -> Self:
        """Keep the board's figures in mind."""
        self._drawn_fen = self._board()["drawdown_fen"]
        return self

    def sees_board_grow_by(self, amount_fen: int) -> Self:
        """The sum of loans paid out is so much more than it was, and at least one firm's."""
        wanted = self._drawn_fen + amount_fen
        self._record.wait_for(f"{wanted} fen on the board", lambda: self._board()["drawdown_fen"] == wanted)
        if self._board()["drawdown_firms"] < 1:
            raise StepFailed("the board counts no firm")
        self._did(f"看板：提款金额增加{amount_text(amount_fen)}")
        return self

    def goes_home(self) -> None:
        """End what is left and go off duty."""
        for chat in self._mine("active"):
            self.console.close(int(chat["id"]), "unsolved")
        self.console.offline()

    @property
    def _in_hand(self) -> int:
        if self._chat is None:
            raise StepFailed(f"{self.name} has no chat")
        return self._chat

    def _mine(self, state: str) -> list[dict[str, Any]]:
        return self.console.handoffs(scope="mine", state=state)

    def _board(self) -> dict[str, int]:
        return dict(self.console.client.get("/api/counters").raise_for_status().json())

    def _offer_of(self, customer: Customer) -> int | None:
        """A chat does not tell whose it is: it is known by the words said last."""
        for chat in self._mine("offered"):
            said = [line["text"] for line in self.console.show(chat["id"])["lines"] if line["speaker"] == "customer"]
            if said and said[-1] == customer.said:
                return int(chat["id"])
        return None

    def _shown(self) -> dict[str, Any]:
        return self.console.show(self._in_hand)

    def _card_with(self, phrases: tuple[str, ...]) -> str:
        text = _card_text(self._shown())
        return text if all(phrase in text for phrase in phrases) else ""

    def _speaks(self) -> Customer:
        if self._customer is None:
            raise StepFailed(f"{self.name} talks to nobody")
        self._customer.spoken_by = f"服务代表 {self.name}"
        return self._customer

    def _did(self, what: str) -> None:
        self._record.happened(Side.DESK, f"服务台 {self.name}", what)

    def _must_go_out(self, answer: httpx.Response) -> None:
        if answer.status_code != httpx.codes.ACCEPTED:
            raise StepFailed(f"the message of {self.name} was refused: {answer.text[:200]}")

    @staticmethod
    def _must_succeed(answer: httpx.Response) -> None:
        if answer.is_error:
            raise StepFailed(f"{answer.request.url.path} was answered with {answer.status_code} {answer.text[:200]}")


def _card_text(shown: dict[str, Any]) -> str:
    """All a rep can read on the card of a chat, a fact a line."""
    card, customer = shown["card"], shown["customer"]
    lines = [*card["summary"], f"身份：L{customer['identity_level']}", f"原因：{card['reason']}"]
    lines += [f"{label}：{value}" for label, value in card["slots"]]
    lines += [f"已答过：{'；'.join(card['tried'])}"] if card["tried"] else []
    lines += [f"步骤：{card['guide']}"] if card["guide"] else []
    lines += [f"{one['name']}：{VERDICTS[one['verdict']]}，{one['reason']}" for one in card["products"]]
    transfer = card.get("transfer")
    return "\n".join([*lines, f"转接附言：{transfer['note']}"] if transfer else lines)


def _excerpt(card: str, phrases: tuple[str, ...]) -> str:
    return "\n".join(line for line in card.splitlines() if any(phrase in line for phrase in phrases))
