"""Trees from a complaint to its cause (config/diagnosis.yml): words of a symptom jump to it, questions that the words
answer are skipped, 上一步 goes back. Used by the flows that each own a tree.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from bot.dialogue import choices
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.human import EBANK, hand_over
from bot.dialogue.flows.saying import AWAITS_VERDICT, answer, solved, solved_lines, verdict
from bot.dialogue.session import Session
from bot.knowledge.content import Diagnosis, Question, Symptom
from bot.messages import Choice, Reply

# The step in which it is asked whether the advice helped.
AFTER = f"{AWAITS_VERDICT}_cause"
# The questions asked so far, for 上一步; and the cause, for the rep's card.
ASKED, CAUSE = "asked", "cause"
_NOT_KNOWN = re.compile(
    r"(我|这个?|也|都|真|好像|记)*(不(清楚|知道|晓得|确定|懂|记得|太清楚)|忘(记)?了?|说不(清|准|上来)|搞不清(楚)?|不好说|没注意|都不是|都没有|不是这些|别的)"
)

# What a leaf that is more than advice leads to; None for plain ones.
Special = Callable[[Turn, Symptom], Step | None]


def nothing_special(_: Turn, __: Symptom) -> None:
    """For trees whose leaves are all advice."""


@dataclass(frozen=True)
class Tree:
    """One tree as it is walked by one flow. `reason` is what the rep reads when the advice did not help."""

    flow: str
    id: str
    reason: str
    slot: str = CAUSE
    special: Special = nothing_special

    def of(self, turn: Turn) -> Diagnosis:
        """The approved questions and causes."""
        return turn.content.diagnoses[self.id]

    def begin(self, turn: Turn, text: str, *, first: str | None = None, lead: Reply | None = None) -> Step:
        """The cause, if the words name it, else the first question they leave open."""
        found = self.symptom(turn, text)
        if found is not None:
            return self.conclude(turn, found)
        return self.ask_first(turn, self.first_open(turn, text, first or self.of(turn).first), lead=lead)

    def first_open(self, turn: Turn, text: str, node: str) -> str:
        """From this node on, the first question the words leave open, or the symptom they lead to."""
        return _skip_answered(self.of(turn), node, text)

    def ask_first(self, turn: Turn, node: str, lead: Reply | None = None) -> Step:
        """Begin with this question: there is none before it."""
        return self.ask(replace(turn, session=turn.session.with_slots(asked=[])), node, lead=lead)

    def symptom(self, turn: Turn, text: str) -> Symptom | None:
        """The symptom whose words are in the text; urgent ones win over all others."""
        symptoms = self.of(turn).symptoms
        urgent = [one for one in symptoms.values() if one.urgent and any(word in text for word in one.words)]
        if urgent:
            return urgent[-1]
        found = _best(text, ((one.words, one.id) for one in symptoms.values()))
        return symptoms[found] if found else None

    def resume(self, turn: Turn, text: str) -> Step | None:
        """An answer to the open question, or to whether the advice helped; None for other words."""
        if turn.choice is not None:
            return self._tapped(turn, turn.choice)
        question = self.of(turn).questions.get(turn.session.step or "")
        if choices.goes_back(turn.text) and (question is not None or turn.session.step == AFTER):
            return self._back(turn)
        if turn.session.step == AFTER:
            return self._after(turn) or self._other_symptom(turn, text)
        return self._answered(turn, question, text) if question is not None else None

    def ask(self, turn: Turn, node: str, lead: Reply | None = None) -> Step:
        """Ask the question of this node, or conclude when it is a symptom."""
        tree = self.of(turn)
        if node in tree.symptoms:
            return self.conclude(turn, tree.symptoms[node])
        question = tree.questions[node]
        labels = (label for label, _, _ in question.answers)
        lines = tuple(Choice(f"{self.flow}:{node}:{index}", label) for index, label in enumerate(labels))
        asked = Reply(question.text, lines, source=f"diagnosis.{tree.id}@{tree.version}")
        return Step(_having_asked(turn.session, node).waiting_in(self.flow, node), (lead, asked) if lead else (asked,))

    def conclude(self, turn: Turn, symptom: Symptom) -> Step:
        """The cause and what to do about it; an urgent one is not a matter of solved or not."""
        special = self.special(turn, symptom)
        if special is not None:
            return special
        advice = turn.content.fill(symptom.advice)
        if symptom.urgent:
            said = answer(turn, "diagnosed_urgent", cause=symptom.cause, advice=advice)
            return Step(turn.session.idle(), (said,))
        reply = answer(turn, "diagnosed", *solved_lines(self.flow), cause=symptom.cause, advice=advice)
        return Step(turn.session.with_slots(**{self.slot: symptom.cause}).waiting_in(self.flow, AFTER), (reply,))

    def _tapped(self, turn: Turn, choice: str) -> Step | None:
        tree = self.of(turn)
        if choice == "continue":
            step = turn.session.step or tree.first
            return self.ask(turn, step) if step in tree.questions else None
        if choice in ("solved", "unsolved"):
            return self._after(turn)
        question_id, _, index = choice.partition(":")
        question = tree.questions.get(question_id)
        if question is None or not index.isdigit() or int(index) >= len(question.answers):
            return None
        return self.ask(turn, question.answers[int(index)][2])

    def _answered(self, turn: Turn, question: Question, text: str) -> Step | None:
        tree = self.of(turn)
        chosen = _best(text, ((words, target) for _, words, target in question.answers))
        if chosen is None and len(question.answers) == 2 and not choices.is_question(text):
            yes_or_no = 0 if choices.is_yes(text) else 1 if choices.is_no(text) else None
            chosen = None if yes_or_no is None else question.answers[yes_or_no][2]
        if chosen is None:
            return self._other_symptom(turn, text) or self._unsure(turn, question)
        return self.ask(turn, _skip_answered(tree, chosen, text))

    def _other_symptom(self, turn: Turn, text: str) -> Step | None:
        found = self.symptom(turn, text)
        return self.conclude(turn, found) if found else None

    def _unsure(self, turn: Turn, question: Question) -> Step | None:
        """不清楚, or none of these: the next question that is still of use, else a person; None for other words."""
        if not _NOT_KNOWN.fullmatch(choices.bare(turn.text)):
            return None
        further = [target for _, _, target in question.answers if target in self.of(turn).questions]
        if further:
            return self.ask(turn, further[-1])
        return Step(turn.session.idle(), (answer(turn, "howto_unsolved"),), outcome="unsolved")

    def _after(self, turn: Turn) -> Step | None:
        said = verdict(turn)
        if said == "solved":
            return solved(turn)
        return hand_over(turn, reason=self.reason, skill=EBANK) if said == "unsolved" else None

    def _back(self, turn: Turn) -> Step:
        """The question before; behind an advice, the one that led to it."""
        asked = list(turn.session.slots.get(ASKED, ()))
        if turn.session.step != AFTER:
            asked = asked[:-1]
        if not asked:
            first = turn.session.step if turn.session.step in self.of(turn).questions else self.of(turn).first
            return self.ask(turn, str(first), lead=answer(turn, "first_question"))
        session = turn.session.with_slots(asked=asked[:-1])
        return self.ask(replace(turn, session=session), asked[-1], lead=answer(turn, "step_back"))


def _having_asked(session: Session, node: str) -> Session:
    before = [one for one in session.slots.get(ASKED, ()) if one != node]
    return session.with_slots(asked=[*before, node])


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
