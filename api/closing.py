"""What the end of a chat brings with it besides its outcome, in the transaction that ends it: a call promised, a
referral made. Used wherever the console ends a chat or says better how it ended.
"""

from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from api.auth import caller, the_bot
from api.reading import get_seen_by_desk
from api.referral_schemas import AskedIn, CloseChatIn
from api.referrals import asked_for
from bot.compliance.secrets import mask_secrets
from bot.customers.model import Follower
from bot.errors import InvalidInput
from bot.handoff.model import Conversation, Outcome
from bot.handoff.transitions import Consequence, nothing
from bot.referrals.model import ReferralReason
from bot.referrals.queries import open_of
from bot.referrals.sending import Origin, send_in
from bot.staff.service import staffed_branches

SHORTEST_ASK = 2


def check_branch(handoff_id: int, body: CloseChatIn) -> None:
    """Raises InvalidInput for a referral to a branch at which nobody would read it, before anything is done."""
    if body.outcome is Outcome.REFERRED and body.referral is not None:
        with the_bot().database.reading() as session:
            follower = session.get_one(Follower, get_seen_by_desk(session, handoff_id).follower_id)
            branch = body.referral.branch or follower.branch
            if branch not in staffed_branches(session):
                raise InvalidInput(places=["referral.branch"])


def consequence_of(body: CloseChatIn) -> Consequence:
    """What ends with this outcome brings with it."""
    if body.outcome is Outcome.REFERRED:
        return partial(_refer, body)
    return promise_of(body.outcome, body.note)


def promise_of(outcome: Outcome, note: str) -> Consequence:
    """A call back, if it ends with one."""
    if outcome is not Outcome.FOLLOWUP:
        return nothing
    return partial(the_bot().aftercare.promise_followup, note=mask_secrets(note).text)


def _refer(body: CloseChatIn, session: Session, row: Conversation, now: datetime) -> None:
    """Refer the customer of a chat that ends so; without words for the branch, the note and the firm's own branch do,
    if somebody reads it there and the chat was not referred before.
    """
    follower = session.get_one(Follower, row.follower_id)
    note = body.note.strip()
    if body.referral is None:
        is_read = follower.branch in staffed_branches(session)
        if not is_read or len(note) < SHORTEST_ASK or open_of(session, row.id) is not None:
            return
    asked = body.referral or AskedIn(reason=ReferralReason.OTHER, ask=note)
    send_in(session, follower.id, Origin(row.id), asked_for(follower, asked), caller().username, now)
