"""Numbered steps to a result in the bank's app, with 完成, 卡住了 and, where there is a picture, 看图 under each; works
also while a rep owns the chat.
"""

import re
from dataclasses import replace

from bot.dialogue import choices
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.saying import answer
from bot.dialogue.session import Session
from bot.knowledge.content import Content, Guide
from bot.messages import Choice, Picture, Reply

FLOW = "guide"
TELLING_CHARS = 2
VERBS = ("done", "stuck", "back", "look")
_DONE = re.compile(r"(完成|好了|弄好|下一步|然后呢|接下来|搞定|可以了|点了|进去了|登上了|继续)")
_LOOK = re.compile(r"看图|看看图|看下图|有图|发图|图片|截图|图呢")
# A fault's words that are this long name it even when nobody said that he is stuck.
CLEAR_CHARS = 3
LONGEST_LOOK = 8
LONGEST_ASIDE = 16
_STUCK = re.compile(r"卡住|卡在|卡了|不行|报错|提示|显示|失败|找不到|看不到|没有|没看到|点不|打不开|不了|灰的|弹|一直")


class GuideFlow:
    """Leads step by step; `session.guide` says where the follower is, for the rep too."""

    name = FLOW
    intents: tuple[str, ...] = ("loan_drawdown",)

    def start(self, turn: Turn) -> Step:
        """The drawdown guide."""
        return begin(turn, "loan_drawdown", lead=answer(turn, "loan_drawdown"))

    def resume(self, turn: Turn) -> Step | None:
        """A tap, or the same in words; at 卡住了 the words on the screen."""
        if turn.choice not in (None, "continue"):
            return guide_tap(turn)
        at = turn.session.guide
        if at is None or at[0] not in turn.content.guides:
            return None
        guide, number = turn.content.guides[at[0]], at[1]
        if turn.choice == "continue":
            return _show(turn, guide, number)
        return self._by_words(turn, guide, number)

    def _by_words(self, turn: Turn, guide: Guide, number: int) -> Step | None:
        is_stuck = turn.session.step == "stuck"
        if len(turn.text) <= LONGEST_LOOK and _LOOK.search(turn.text) and guide.steps[number - 1].picture:
            return _move(turn, guide, number, "look")
        if choices.goes_back(turn.text):
            return _move(turn, guide, number, "back")
        if is_stuck or _STUCK.search(turn.text) or _names_fault(guide, number, turn.text):
            fault = _fault(guide, number, turn.text)
            if fault is not None:
                lines = (_line(guide, number, "done", choices.DONE),)
                return _stay(
                    turn, guide, number, "stuck", answer(turn, "guide_fault", *lines, answer=_fill(turn, fault))
                )
        if len(turn.text) <= LONGEST_LOOK and _DONE.search(turn.text) and not choices.is_unsolved(turn.text):
            return _move(turn, guide, number, "done")
        if choices.is_yes(turn.text) or choices.is_acknowledged(turn.text):
            return _stay(turn, guide, number, "step", answer(turn, "guide_take_time", *_lines(guide, number)))
        if choices.is_question(turn.text):
            return None
        if is_stuck:
            return _stay(turn, guide, number, "stuck", answer(turn, "guide_unknown_fault", choices.HUMAN, n=number))
        return (
            _move(turn, guide, number, "stuck") if len(turn.text) <= LONGEST_LOOK and _STUCK.search(turn.text) else None
        )


def begin(turn: Turn, guide_id: str, *, lead: Reply | None = None) -> Step:
    """The first step of a guide; for one that was only interrupted, the step the follower is at."""
    session, at = turn.session, turn.session.guide
    is_paused = session.paused is not None and session.paused[0] == FLOW
    if at is not None and at[0] == guide_id and (is_paused or session.flow == FLOW):
        turn = replace(turn, session=replace(session, paused=None if is_paused else session.paused))
        return _show(turn, turn.content.guides[guide_id], at[1])
    step = _show(turn, turn.content.guides[guide_id], 1)
    return replace(step, replies=(lead, *step.replies)) if lead else step


def first_step(content: Content, guide: Guide) -> Reply:
    """Step 1 with its lines to tap; they lead on whoever sent it."""
    return step_of(content, guide, 1)


def step_of(content: Content, guide: Guide, number: int) -> Reply:
    """One step with its lines to tap, counted from 1; for a rep who goes on from there."""
    return _said(content, guide, number)


def all_steps(content: Content, guide: Guide) -> tuple[Reply, ...]:
    """Every step as it will be shown, and what is said at the end."""
    steps = (_said(content, guide, number) for number in range(1, len(guide.steps) + 1))
    return (*steps, Reply(content.fill(guide.done), source=_source(guide)))


def guide_tap(turn: Turn) -> Step | None:
    """What a tap under a guide's step leads to; None when the tap is no guide's. Safe to repeat, whoever owns
    the chat.
    """
    where = (turn.choice or turn.message.menu_choice or "").removeprefix(f"{FLOW}:").split(":")
    if len(where) != 3 or not where[1].isdigit() or where[2] not in VERBS:
        return None
    guide, number = turn.content.guides.get(where[0]), int(where[1])
    if guide is None or not 1 <= number <= len(guide.steps):
        return Step(replace(turn.session.idle(), guide=None), (answer(turn, "guide_gone"),))
    return _move(turn, guide, number, where[2])


def _move(turn: Turn, guide: Guide, number: int, verb: str) -> Step:
    if verb == "back":
        return _show(turn, guide, max(1, number - 1))
    if verb == "stuck":
        lines = (_line(guide, number, "done", choices.DONE),)
        stuck = _fill(turn, guide.steps[number - 1].stuck)
        return _stay(turn, guide, number, "stuck", answer(turn, "guide_stuck", *lines, n=number, stuck=stuck))
    if verb == "look":
        return _look(turn, guide, number)
    if number < len(guide.steps):
        return _show(turn, guide, number + 1)
    finished = Reply(_fill(turn, guide.done), source=_source(guide))
    return Step(replace(turn.session.idle(), guide=None), (finished,), outcome="solved")


def _show(turn: Turn, guide: Guide, number: int) -> Step:
    return _stay(turn, guide, number, "step", _said(turn.content, guide, number))


def _look(turn: Turn, guide: Guide, number: int) -> Step:
    """The picture of a step, asked for; the step in words where it has none any more."""
    step = guide.steps[number - 1]
    if step.picture is None:
        return _show(turn, guide, number)
    lines = tuple(line for line in _lines(guide, number) if line.text != choices.LOOK)
    said = answer(turn, "guide_look", *lines, n=number)
    instead = turn.content.say("guide_picture", n=number, text=_fill(turn, step.text)).text
    return _stay(turn, guide, number, "step", replace(said, picture=Picture(step.picture, instead)))


def _said(content: Content, guide: Guide, number: int) -> Reply:
    text = content.fill(guide.steps[number - 1].text)
    said = content.say("guide_step", title=guide.title, n=number, count=len(guide.steps), text=text)
    return replace(said, choices=_lines(guide, number), source=_source(guide))


def _stay(turn: Turn, guide: Guide, number: int, step: str, reply: Reply) -> Step:
    # Set here as well because a tap may be answered while a rep owns the chat, past the policy that sets it.
    offered = tuple((line.id, line.text) for line in reply.choices)
    session: Session = replace(turn.session.waiting_in(FLOW, step), guide=(guide.id, number), offered=offered)
    return Step(session, (reply,))


def _fault(guide: Guide, number: int, text: str) -> str | None:
    """The answer to these words: of this step, else the one of any step with the longest of them."""
    here = guide.steps[number - 1].faults
    found = next((fault.answer for fault in here if any(word in text for word in fault.words)), None)
    elsewhere = [(word, fault.answer) for step in guide.steps for fault in step.faults for word in fault.words]
    hits = [(len(word), answer) for word, answer in elsewhere if len(word) >= TELLING_CHARS and word in text]
    return found or max(hits, key=lambda hit: hit[0], default=(0, None))[1]


def _names_fault(guide: Guide, number: int, text: str) -> bool:
    """True when the words name a fault of this step, or clearly one of another."""
    if len(text) > LONGEST_ASIDE:
        return False
    here = [word for fault in guide.steps[number - 1].faults for word in fault.words if len(word) >= TELLING_CHARS]
    anywhere = [word for step in guide.steps for fault in step.faults for word in fault.words]
    return any(word in text for word in here + [word for word in anywhere if len(word) >= CLEAR_CHARS])


def _lines(guide: Guide, number: int) -> tuple[Choice, ...]:
    """What can be done at a step."""
    verbs = [("done", choices.DONE), ("stuck", choices.STUCK)]
    if guide.steps[number - 1].picture is not None:
        verbs.append(("look", choices.LOOK))
    if number > 1:
        verbs.append(("back", choices.BACK))
    return tuple(_line(guide, number, verb, label) for verb, label in verbs)


def _line(guide: Guide, number: int, verb: str, label: str) -> Choice:
    return Choice(f"{FLOW}:{guide.id}:{number}:{verb}", label)


def _fill(turn: Turn, text: str) -> str:
    return turn.content.fill(text)


def _source(guide: Guide) -> str:
    return f"guide.{guide.id}@{guide.version}"
