"""What is wrong with the U-key: a tree of at most four questions; symptom words jump straight to the cause."""

import re
from collections.abc import Iterable

from bot.customers.rules import Telling
from bot.dialogue import choices
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows import fraud
from bot.dialogue.flows.human import hand_over
from bot.dialogue.flows.saying import AWAITS_VERDICT, answer, awaits_verdict, solved, solved_lines, verdict
from bot.dialogue.flows.ukey_records import LAPSED_OR_LOCKED, read_records
from bot.errors import BankUnavailable, NotFound
from bot.knowledge.content import Diagnosis, Question, Symptom
from bot.messages import Choice, Reply

FLOW = "ukey"
TREE = "ukey"
AFTER = AWAITS_VERDICT
# The records told of one of several keys: when that was not it, the questions follow.
AFTER_GUESS = f"{AWAITS_VERDICT}_guess"
HAND_OVER_TO_FRAUD = "posted"
LOST = "lost"
KIND = "kind"
# What is asked before the kind is settled by a certificate that is known to work.
BEFORE_KIND = frozenset({"new", "logged_in", "light"})

_U_KEY = re.compile(r"([uU优又友油][ -]?[盾顿盹墩]|[uU][ -]?key|网银盾|USB盾)", re.IGNORECASE)
_APP = re.compile(r"手机银行|闪退|APP", re.IGNORECASE)
_NOT_KNOWN = re.compile(
    r"(我|这个?|也|都|真|好像|记)*(不(清楚|知道|晓得|确定|懂|记得|太清楚)|忘(记)?了?|说不(清|准|上来)|搞不清(楚)?|不好说|没注意|都不是|都没有|不是这些|别的)"
)
_BROKEN = re.compile(r"坏|损坏|断了|摔|进水")


class UKey:
    """Finds the cause, says what to do, asks whether it helped."""

    name = FLOW
    intents: tuple[str, ...] = ("ukey_activate", "ukey_locked_expired", "ukey_lost", "ebank_login_fail")

    def start(self, turn: Turn) -> Step:
        """The cause, if the words name it, else the first question they leave open."""
        tree = turn.content.diagnoses[TREE]
        text = _U_KEY.sub("U盾", turn.text)
        symptom = _symptom(tree, text)
        if symptom is not None:
            return _conclude(turn, symptom)
        intent = turn.understanding.intent
        if intent != "ukey_lost" and any(kind != "phone" for kind in turn.message.secrets):
            return Step(turn.session.idle(), (answer(turn, "ukey_secret"),))
        if intent == "ukey_lost":
            return _conclude(turn, tree.symptoms["no_reaction" if _BROKEN.search(text) else LOST])
        if intent == "ebank_login_fail" and _APP.search(text):
            waiting = turn.session.waiting_in(FLOW, AFTER)
            return Step(waiting, (answer(turn, "ebank_login_app", *solved_lines(FLOW)),))
        first = _skip_answered(tree, KIND if intent == LAPSED_OR_LOCKED else tree.first, text)
        firm = turn.firm_to_tell(Telling.ACCOUNT)
        if firm is not None:
            return _by_records(turn, tree, firm.firm_id, first)
        return _ask(turn, tree, first, lead=turn.content.say(_lead(intent)))

    def resume(self, turn: Turn) -> Step | None:
        """An answer to the question, or to whether it helped."""
        tree = turn.content.diagnoses[TREE]
        if turn.choice is not None:
            return self._tapped(turn, tree, turn.choice)
        text = _U_KEY.sub("U盾", turn.text)
        if turn.session.step == AFTER_GUESS and verdict(turn) == "unsolved":
            return _ask(turn, tree, KIND)
        if turn.session.step in (AFTER, AFTER_GUESS):
            return _after(turn) or (_conclude(turn, found) if (found := _symptom(tree, text)) else None)
        question = tree.questions.get(turn.session.step or "")
        if question is None:
            return None
        chosen = _best(text, ((words, target) for _, words, target in question.answers))
        if chosen is None and len(question.answers) == 2 and not choices.is_question(text):
            yes_or_no = 0 if choices.is_yes(text) else 1 if choices.is_no(text) else None
            chosen = None if yes_or_no is None else question.answers[yes_or_no][2]
        if chosen is None:
            symptom = _symptom(tree, text)
            return _conclude(turn, symptom) if symptom else _unsure(turn, tree, question)
        return _ask(turn, tree, _skip_answered(tree, chosen, text))

    def _tapped(self, turn: Turn, tree: Diagnosis, choice: str) -> Step | None:
        if choice == "start":
            return self.start(turn)
        if choice == "continue":
            return _ask(turn, tree, turn.session.step or tree.first) if not awaits_verdict(turn) else None
        if choice in ("solved", "unsolved"):
            is_guess = turn.session.step == AFTER_GUESS and choice == "unsolved"
            return _ask(turn, tree, KIND) if is_guess else _after(turn)
        question_id, _, index = choice.partition(":")
        question = tree.questions.get(question_id)
        if question is None or not index.isdigit() or int(index) >= len(question.answers):
            return None
        return _ask(turn, tree, question.answers[int(index)][2])


def _by_records(turn: Turn, tree: Diagnosis, firm_id: str, first: str) -> Step:
    """What the bank knows spares questions; when it cannot be asked, the questions are the way."""
    try:
        found = read_records(turn, firm_id)
    except BankUnavailable:
        return _ask(turn, tree, first, lead=answer(turn, "ukey_unavailable"))
    except NotFound:
        return _ask(turn, tree, first, lead=turn.content.say(_lead(turn.understanding.intent)))
    if found.symptom is None:
        return _ask(turn, tree, KIND if found.works and first in BEFORE_KIND else first, lead=found.lead)
    symptom = tree.symptoms[found.symptom]
    advice = Reply(turn.content.fill(symptom.advice), solved_lines(FLOW), source=f"diagnosis.{tree.id}@{tree.version}")
    waiting = turn.session.with_slots(ukey_cause=symptom.cause).waiting_in(
        FLOW, AFTER if found.is_sure else AFTER_GUESS
    )
    return Step(waiting, (found.lead, advice))


def _ask(turn: Turn, tree: Diagnosis, node: str, lead: Reply | None = None) -> Step:
    """Ask the question of this node, or conclude when it is a symptom."""
    if node in tree.symptoms:
        return _conclude(turn, tree.symptoms[node])
    question = tree.questions[node]
    lines = tuple(Choice(f"{FLOW}:{node}:{index}", label) for index, (label, _, _) in enumerate(question.answers))
    asked = Reply(question.text, lines, source=f"diagnosis.{tree.id}@{tree.version}")
    return Step(turn.session.waiting_in(FLOW, node), (lead, asked) if lead else (asked,))


def _conclude(turn: Turn, symptom: Symptom) -> Step:
    if symptom.id == HAND_OVER_TO_FRAUD:
        return fraud.suspected(turn)
    advice = turn.content.fill(symptom.advice)
    if symptom.urgent:
        return Step(turn.session.idle(), (answer(turn, "ukey_urgent", cause=symptom.cause, advice=advice),))
    reply = answer(turn, "ukey_diagnosed", *solved_lines(FLOW), cause=symptom.cause, advice=advice)
    return Step(turn.session.with_slots(ukey_cause=symptom.cause).waiting_in(FLOW, AFTER), (reply,))


def _after(turn: Turn) -> Step | None:
    said = verdict(turn)
    if said == "solved":
        return solved(turn)
    return hand_over(turn, reason="U盾问题没解决", skill="ebank") if said == "unsolved" else None


def _unsure(turn: Turn, tree: Diagnosis, question: Question) -> Step | None:
    """不清楚, or none of these: the next question that is still of use, else a person; None for other words."""
    if not _NOT_KNOWN.fullmatch(choices.bare(turn.text)):
        return None
    further = [target for _, _, target in question.answers if target in tree.questions]
    if further:
        return _ask(turn, tree, further[-1])
    return Step(turn.session.idle(), (answer(turn, "howto_unsolved"),))


def _symptom(tree: Diagnosis, text: str) -> Symptom | None:
    """The symptom whose words are in the text; urgent ones win over all others."""
    urgent = [one for one in tree.symptoms.values() if one.urgent and any(word in text for word in one.words)]
    if urgent:
        return urgent[-1]
    found = _best(text, ((one.words, one.id) for one in tree.symptoms.values()))
    return tree.symptoms[found] if found else None


def _skip_answered(tree: Diagnosis, node: str, text: str) -> str:
    """Walk on as long as the text already answers the question."""
    while node in tree.questions:
        chosen = _best(text, ((words, target) for _, words, target in tree.questions[node].answers))
        if chosen is None:
            return node
        node = chosen
    return node


def _best(text: str, options: Iterable[tuple[tuple[str, ...], str]]) -> str | None:
    """The target with the longest word in the text, so that 不亮 beats 亮."""
    lengths = [(max((len(word) for word in words if word in text), default=0), target) for words, target in options]
    longest, target = max(lengths, key=lambda one: one[0])
    return target if longest else None


def _lead(intent: str) -> str:
    return intent if intent in UKey.intents else "ukey_activate"
