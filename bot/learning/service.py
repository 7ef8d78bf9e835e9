"""What people do with the model's mistakes: correct a turn, decide what a text teaches, approve what a colleague
decided. Every act leaves a row in learning_acts.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.db import Database
from bot.errors import InvalidInput, LessonStateConflict, NotFound, SamePerson, UnfitText
from bot.events import Event, EventType
from bot.learning.model import Followed, LearningAct, Lesson, LessonState, Parse
from bot.learning.recording import mark
from bot.learning.rules import why_unfit
from bot.outbox import publish

log = structlog.get_logger()

WITHDRAWABLE = (LessonState.SENT_BACK, LessonState.ANSWER_WANTED, LessonState.IGNORED)


@dataclass(frozen=True)
class Utterance:
    """A parse a trainer decided about, and its text as it is to be learned."""

    parse_id: int
    text: str


@dataclass(frozen=True)
class Learning:
    """The use cases of 待学习."""

    database: Database
    clock: Clock
    is_intent: Callable[[str], bool]

    def correct(self, parse_id: int, username: str, intent: str) -> Parse:
        """A rep says what the customer really wanted. Raises NotFound, InvalidInput. Safe to repeat."""
        self._check_intent(intent)
        now = self.clock.now()
        with self.database.transaction() as session:
            parse = session.get(Parse, parse_id, with_for_update=True)
            if parse is None:
                raise NotFound(parse_id=parse_id)
            mark(parse, Followed.CORRECTED, intent)
            parse.corrected_by, parse.corrected_at = username, now
            _note(session, now, username, "corrected", parse_id=parse.id, intent=intent)
            publish(session, now, Event(EventType.PARSE_CORRECTED, parse.conversation_id, payload={"rep": username}))
        return parse

    def propose(self, username: str, intent: str, utterances: Sequence[Utterance]) -> list[Lesson]:
        """Texts to learn under this intent, for a second person to approve. Raises UnfitText, LessonStateConflict."""
        self._check_intent(intent)
        return self._decide(username, utterances, LessonState.PROPOSED, intent)

    def want_answer(self, username: str, utterances: Sequence[Utterance]) -> list[Lesson]:
        """Texts no approved answer fits: work for the owners of the content. Raises LessonStateConflict."""
        return self._decide(username, utterances, LessonState.ANSWER_WANTED, None)

    def ignore(self, username: str, utterances: Sequence[Utterance]) -> list[Lesson]:
        """Texts that teach nothing; they leave the list. Raises LessonStateConflict."""
        return self._decide(username, utterances, LessonState.IGNORED, None)

    def propose_again(self, lesson_id: int, username: str, intent: str, text: str) -> Lesson:
        """A lesson that was sent back, improved. Raises UnfitText, LessonStateConflict."""
        self._check_intent(intent)
        clean = _fit(text)
        with self._stepping(lesson_id, username, "proposed_again", LessonState.SENT_BACK) as lesson:
            lesson.state, lesson.intent, lesson.text = LessonState.PROPOSED, intent, clean
            # The one who sent it back may improve it himself: then somebody else has to approve.
            lesson.reviewed_by, lesson.reviewed_at, lesson.proposed_by = None, None, username
            lesson.proposed_at = self.clock.now()
        return lesson

    def approve(self, lesson_id: int, username: str) -> Lesson:
        """The second person's yes. Raises SamePerson, LessonStateConflict."""
        with self._reviewing(lesson_id, username, "approved") as lesson:
            lesson.state, lesson.reason = LessonState.APPROVED, None
        return lesson

    def send_back(self, lesson_id: int, username: str, reason: str) -> Lesson:
        """The second person's no, with a reason. Raises SamePerson, LessonStateConflict."""
        with self._reviewing(lesson_id, username, "sent_back") as lesson:
            lesson.state, lesson.reason = LessonState.SENT_BACK, reason
        return lesson

    def withdraw(self, lesson_id: int, username: str) -> Lesson:
        """Take a decision back that nobody approved: the text stands in the list again. Raises LessonStateConflict."""
        with self._stepping(lesson_id, username, "withdrawn", *WITHDRAWABLE) as lesson:
            lesson.state, lesson.settled_at = LessonState.WITHDRAWN, self.clock.now()
        return lesson

    def answer(self, lesson_id: int, username: str, result: str) -> Lesson:
        """A wanted answer exists now, or was decided against: what became of it. Raises LessonStateConflict."""
        with self._stepping(lesson_id, username, "answered", LessonState.ANSWER_WANTED) as lesson:
            lesson.state, lesson.reason, lesson.settled_at = LessonState.ANSWERED, result, self.clock.now()
        return lesson

    def _decide(
        self, username: str, utterances: Sequence[Utterance], state: LessonState, intent: str | None
    ) -> list[Lesson]:
        now = self.clock.now()
        try:
            with self.database.transaction() as session:
                return [_new_lesson(session, one, state, intent, username, now) for one in utterances]
        except IntegrityError as error:
            # A colleague was faster: the table holds one unsettled lesson per text.
            raise LessonStateConflict(state="taken") from error

    @contextmanager
    def _reviewing(self, lesson_id: int, username: str, act: str) -> Iterator[Lesson]:
        with self._stepping(lesson_id, username, act, LessonState.PROPOSED) as lesson:
            if lesson.proposed_by == username:
                raise SamePerson
            lesson.reviewed_by, lesson.reviewed_at = username, self.clock.now()
            yield lesson

    @contextmanager
    def _stepping(self, lesson_id: int, username: str, act: str, *states: LessonState) -> Iterator[Lesson]:
        """The lesson, locked, if it stands in one of these states; the act is noted with what was changed."""
        with self.database.transaction() as session:
            lesson = session.get(Lesson, lesson_id, with_for_update=True)
            if lesson is None:
                raise NotFound(lesson_id=lesson_id)
            if lesson.state not in states:
                raise LessonStateConflict(state=lesson.state.value)
            yield lesson
            now = self.clock.now()
            _note(session, now, username, act, lesson_id=lesson.id, intent=lesson.intent, reason=lesson.reason)

    def _check_intent(self, intent: str) -> None:
        if not self.is_intent(intent):
            raise InvalidInput(places=["intent"])


def note_exported(session: Session, lessons: Sequence[Lesson], username: str, now: datetime) -> None:
    """These lessons stand in the training data now; what is misread from now on is news again."""
    for lesson in lessons:
        lesson.state, lesson.settled_at = LessonState.EXPORTED, now
        _note(session, now, username, "exported", lesson_id=lesson.id, intent=lesson.intent)


def _new_lesson(
    session: Session, utterance: Utterance, state: LessonState, intent: str | None, username: str, now: datetime
) -> Lesson:
    parse = session.get(Parse, utterance.parse_id)
    if parse is None:
        raise NotFound(parse_id=utterance.parse_id)
    lesson = Lesson(
        source_hash=parse.text_hash,
        parse_id=parse.id,
        follower_id=parse.follower_id,
        # What is not to be learned is kept as it came, masked: it only reminds of what was asked.
        text=_fit(utterance.text) if state is LessonState.PROPOSED else parse.text,
        intent=intent,
        state=state,
        proposed_by=username,
        proposed_at=now,
    )
    session.add(lesson)
    session.flush()
    _note(session, now, username, state.value, lesson_id=lesson.id, parse_id=parse.id, intent=intent)
    return lesson


def _fit(text: str) -> str:
    """The text without spaces around it. Raises UnfitText."""
    clean = text.strip()
    reason = why_unfit(clean)
    if reason is not None:
        raise UnfitText(reason=reason)
    return clean


def _note(
    session: Session,
    now: datetime,
    username: str,
    act: str,
    *,
    parse_id: int | None = None,
    lesson_id: int | None = None,
    intent: str | None = None,
    reason: str | None = None,
) -> None:
    fields = {"parse_id": parse_id, "lesson_id": lesson_id, "intent": intent}
    session.add(LearningAct(at=now, username=username, act=act, reason=reason, **fields))
    log.info("learning_act", outcome=act, rep_id=username, **fields)
