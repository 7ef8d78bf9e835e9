"""What people do with checks: score, see, appeal once, settle. Nobody scores or settles his own chat."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from bot.alerts.model import AlertKind
from bot.alerts.service import About, raise_alert
from bot.clock import Clock, local_day
from bot.db import Database
from bot.errors import CheckStateConflict, InvalidInput, NotFound, SamePerson
from bot.quality.model import CheckState, Mark, QualityCheck
from bot.quality.rules import Form, score_of
from bot.quality.telling import tell

log = structlog.get_logger()


@dataclass(frozen=True)
class Marks:
    """What a checker says: a mark for every item, a reason for each that did not pass, and a word to the rep."""

    marks: Mapping[str, Mark]
    reasons: Mapping[str, str]
    comment: str


@dataclass(frozen=True)
class Quality:
    """The acts of checkers and reps, each in one transaction."""

    database: Database
    clock: Clock
    form: Form

    def score(self, check_id: int, checker: str, said: Marks) -> QualityCheck:
        """Score a chat. Raises NotFound, SamePerson, CheckStateConflict, InvalidInput (a mark or a reason is missing).

        The same score by the same person again is no conflict. Safe to repeat.
        """
        self._check_whole(said)
        now = self.clock.now()
        with self.database.transaction() as session:
            row = _locked(session, check_id)
            _check_another(row, checker)
            if row.checker == checker and row.marks == _plain(said.marks):
                return row
            if row.state is not CheckState.TO_DO:
                raise CheckStateConflict(state=row.state.value)
            row.state, row.checker, row.scored_at, row.scored_on = CheckState.SCORED, checker, now, local_day(now)
            row.comment = said.comment
            self._write(session, row, said, now)
        log.info("quality_scored", handoff_id=row.conversation_id, rep_id=row.rep, outcome=str(row.score))
        return row

    def see(self, check_id: int, rep: str) -> None:
        """The rep has read it. Raises NotFound. Safe to repeat."""
        with self.database.transaction() as session:
            row = self._own(session, check_id, rep)
            row.seen_at = row.seen_at or self.clock.now()

    def appeal(self, check_id: int, rep: str, words: str) -> QualityCheck:
        """The rep disagrees, once and within the form's days. Raises NotFound, CheckStateConflict (also `too_late`)."""
        now = self.clock.now()
        with self.database.transaction() as session:
            row = self._own(session, check_id, rep)
            if row.state is not CheckState.SCORED:
                raise CheckStateConflict(state=row.state.value)
            if row.scored_at is not None and now > row.scored_at + timedelta(days=self.form.appeal_days):
                raise CheckStateConflict(state="too_late")
            row.state, row.appeal, row.appealed_at, row.seen_at = CheckState.APPEALED, words, now, row.seen_at or now
            tell(session, row, now)
        return row

    def settle(self, check_id: int, supervisor: str, said: Marks | None, answer: str) -> QualityCheck:
        """Decide an appeal: new marks grant it, None leaves the score as it was. Raises NotFound, SamePerson,
        CheckStateConflict, InvalidInput.
        """
        if said is not None:
            self._check_whole(said)
        now = self.clock.now()
        with self.database.transaction() as session:
            row = _locked(session, check_id)
            _check_another(row, supervisor)
            if row.state is not CheckState.APPEALED:
                raise CheckStateConflict(state=row.state.value)
            row.state, row.settled_by, row.settled_at = CheckState.SETTLED, supervisor, now
            row.is_upheld, row.answer = said is not None, answer
            if said is not None:
                self._write(session, row, said, now)
            else:
                tell(session, row, now)
        return row

    def _write(self, session: Session, row: QualityCheck, said: Marks, now: datetime) -> None:
        row.marks, row.reasons, row.form_version = _plain(said.marks), dict(said.reasons), self.form.version
        row.score, row.is_fatal = score_of(self.form.items, said.marks)
        if row.is_fatal:
            about = About(
                skill=row.desk, rep=row.rep, conversation_id=row.conversation_id, figures={"score": row.score}
            )
            raise_alert(session, AlertKind.QUALITY_FAILED, str(row.id), now, about)
        tell(session, row, now)

    def _own(self, session: Session, check_id: int, rep: str) -> QualityCheck:
        """The rep's own check, once it was scored; what is still to do is not his to know of."""
        row = _locked(session, check_id)
        if row.rep != rep or row.state is CheckState.TO_DO:
            raise NotFound(check_id=check_id)
        return row

    def _check_whole(self, said: Marks) -> None:
        known = {item.id for item in self.form.items}
        if set(said.marks) != known:
            raise InvalidInput(places=["marks"])
        wanting = {name for name, mark in said.marks.items() if mark in (Mark.PART, Mark.FAIL)}
        if set(said.reasons) != wanting or not all(words.strip() for words in said.reasons.values()):
            raise InvalidInput(places=["reasons"])


def _locked(session: Session, check_id: int) -> QualityCheck:
    row = session.get(QualityCheck, check_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(check_id=check_id)
    return row


def _check_another(row: QualityCheck, person: str) -> None:
    if row.rep == person:
        raise SamePerson(rep=row.rep)


def _plain(marks: Mapping[str, Mark]) -> dict[str, str]:
    return {name: mark.value for name, mark in marks.items()}
