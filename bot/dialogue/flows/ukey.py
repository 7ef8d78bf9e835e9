"""What is wrong with the U-key, or with signing in: each a tree of at most four questions."""

import re

from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows import fraud
from bot.dialogue.flows.diagnosing import Tree
from bot.dialogue.flows.saying import answer
from bot.knowledge.content import Symptom

FLOW = "ukey"
LOGIN_FLOW = "login"
HAND_OVER_TO_FRAUD = "posted"
LOST = "lost"
KIND = "kind"

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
        first = KIND if intent == "ukey_locked_expired" else None
        lead = intent if intent in self.intents else "ukey_activate"
        return UKEY_TREE.begin(turn, text, first=first, lead=turn.content.say(lead))

    def resume(self, turn: Turn) -> Step | None:
        """An answer to the question, or to whether it helped."""
        return self.start(turn) if turn.choice == "start" else UKEY_TREE.resume(turn, _normal(turn.text))


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


def _normal(text: str) -> str:
    return _U_KEY.sub("U盾", text)
