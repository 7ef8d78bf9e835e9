"""What is wrong with the U-key, or with signing in: each a tree of at most four questions."""

import re
from dataclasses import replace

from bot.customers.rules import Telling
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows import fraud
from bot.dialogue.flows.diagnosing import AFTER, Tree
from bot.dialogue.flows.saying import AWAITS_VERDICT, answer, solved_lines, verdict
from bot.dialogue.flows.ukey_records import LAPSED_OR_LOCKED, read_records
from bot.errors import BankUnavailable, NotFound
from bot.knowledge.content import Symptom
from bot.messages import Reply

FLOW = "ukey"
LOGIN_FLOW = "login"
HAND_OVER_TO_FRAUD = "posted"
LOST = "lost"
KIND = "kind"
# What is asked before the kind is settled by a certificate that is known to work.
BEFORE_KIND = frozenset({"new", "logged_in", "light"})
AFTER_GUESS = f"{AWAITS_VERDICT}_guess"

_U_KEY = re.compile(r"([uU优又友油][ -]?[盾顿盹墩]|[uU][ -]?key|网银盾|USB盾)", re.IGNORECASE)
_SIGNING_IN = re.compile(r"手机银行|闪退|APP|网页|页面|网站|浏览器|绑定|收不到验证码|操作员", re.IGNORECASE)
_BROKEN = re.compile(r"坏|损坏|断了|摔|进水")


def _to_fraud(turn: Turn, symptom: Symptom) -> Step | None:
    return fraud.suspected(turn) if symptom.id == HAND_OVER_TO_FRAUD else None


UKEY_TREE = Tree(FLOW, "ukey", "U盾问题没解决", slot="ukey_cause", special=_to_fraud)
LOGIN_TREE = Tree(LOGIN_FLOW, "login", "登录问题没解决")


class UKey:
    """Finds the cause, says what to do, asks whether it helped."""

    name = FLOW
    intents: tuple[str, ...] = ("ukey_activate", "ukey_locked_expired", "ukey_lost", "ebank_login_fail")

    def start(self, turn: Turn) -> Step:
        """The cause, if the words name it, else the first question they leave open."""
        tree = UKEY_TREE.of(turn)
        text = _normal(turn.text)
        symptom = UKEY_TREE.symptom(turn, text)
        if symptom is not None:
            return UKEY_TREE.conclude(turn, symptom)
        intent = turn.understanding.intent
        if intent != "ukey_lost" and any(kind != "phone" for kind in turn.message.secrets):
            return Step(turn.session.idle(), (answer(turn, "ukey_secret"),))
        if intent == "ukey_lost":
            return UKEY_TREE.conclude(turn, tree.symptoms["no_reaction" if _BROKEN.search(text) else LOST])
        if intent == "ebank_login_fail" and _SIGNING_IN.search(text):
            return LOGIN_TREE.begin(turn, text, lead=turn.content.say(intent))
        first = UKEY_TREE.first_open(turn, text, KIND if intent == LAPSED_OR_LOCKED else tree.first)
        firm = turn.firm_to_tell(Telling.ACCOUNT)
        if firm is not None:
            return _by_records(turn, firm.firm_id, first)
        return UKEY_TREE.ask_first(turn, first, lead=turn.content.say(_lead(intent)))

    def resume(self, turn: Turn) -> Step | None:
        """An answer to the question, or to whether it helped."""
        if turn.choice == "start":
            return self.start(turn)
        if turn.session.step == AFTER_GUESS:
            # The records told of one of several keys: when that was not it, the questions follow.
            if verdict(turn) == "unsolved":
                return UKEY_TREE.ask_first(turn, KIND)
            turn = replace(turn, session=turn.session.waiting_in(FLOW, AFTER))
        return UKEY_TREE.resume(turn, _normal(turn.text))


class Login:
    """Why somebody cannot sign in, when it is not the key; begun by the flow above."""

    name = LOGIN_FLOW
    intents: tuple[str, ...] = ()

    def start(self, turn: Turn) -> Step:
        """The first question the words leave open."""
        return LOGIN_TREE.begin(turn, _normal(turn.text), lead=turn.content.say("ebank_login_fail"))

    def resume(self, turn: Turn) -> Step | None:
        """An answer to the question, or to whether it helped."""
        return LOGIN_TREE.resume(turn, _normal(turn.text))


def _by_records(turn: Turn, firm_id: str, first: str) -> Step:
    """What the bank knows spares questions; when it cannot be asked, the questions are the way."""
    try:
        found = read_records(turn, firm_id)
    except BankUnavailable:
        return UKEY_TREE.ask_first(turn, first, lead=answer(turn, "ukey_unavailable"))
    except NotFound:
        return UKEY_TREE.ask_first(turn, first, lead=turn.content.say(_lead(turn.understanding.intent)))
    tree = UKEY_TREE.of(turn)
    if found.symptom is None:
        open_first = KIND if found.works and first in BEFORE_KIND else first
        return UKEY_TREE.ask_first(turn, open_first, lead=found.lead)
    symptom = tree.symptoms[found.symptom]
    advice = Reply(turn.content.fill(symptom.advice), solved_lines(FLOW), source=f"diagnosis.{tree.id}@{tree.version}")
    session = turn.session.with_slots(ukey_cause=symptom.cause)
    return Step(session.waiting_in(FLOW, AFTER if found.is_sure else AFTER_GUESS), (found.lead, advice))


def _lead(intent: str) -> str:
    return intent if intent in UKey.intents else "ukey_activate"


def _normal(text: str) -> str:
    return _U_KEY.sub("U盾", text)
