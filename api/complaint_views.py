"""Complaints → what the console shows, and the file of one."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.complaint_schemas import ComplaintDetail, ComplaintNoteOut, ComplaintOut, ComplaintRow, HandlerOut
from api.customer_views import names_of
from bot.bootstrap import Bot
from bot.clock import local_day
from bot.complaints.dossier import Dossier, Taker, dossier_of
from bot.complaints.handling import handles, who_may_handle
from bot.complaints.model import Complaint, ComplaintState
from bot.complaints.notes import notes_of
from bot.complaints.queries import note_counts
from bot.customers.masking import mask_phone
from bot.customers.model import Follower
from bot.handoff.model import Conversation
from bot.staff.model import Role, StaffMember
from bot.transcripts.model import Line

# How far back before it was filed the chats belong to it.
BEFORE_IT = timedelta(days=30)
COPIED = ComplaintOut.model_fields.keys() & Complaint.__mapper__.columns.keys()


def rows(
    bot: Bot, session: Session, person: StaffMember, found: Sequence[tuple[Complaint, Follower]]
) -> list[ComplaintRow]:
    """List rows, in the order given."""
    today = local_day(bot.clock.now())
    people = {one for row, _ in found for one in (row.about_rep, row.handler)}
    names, counts = names_of(session, people), note_counts(session, [row.id for row, _ in found])
    return [
        ComplaintRow(
            **{name: getattr(row, name) for name in COPIED},
            label=follower.label,
            phone=mask_phone(follower.phone),
            days_left=(row.due_on - today).days,
            is_extension_asked=row.extension_asked_by is not None and row.extended_by is None,
            customer_id=row.follower_id,
            firm_name=follower.firm_name,
            about_name=names.get(row.about_rep or ""),
            handler_name=names.get(row.handler or ""),
            may_handle=handles(row, person),
            notes=counts.get(row.id, 0),
        )
        for row, follower in found
    ]


def detail(bot: Bot, session: Session, person: StaffMember, row: Complaint) -> ComplaintDetail:
    """One complaint; what the person may not read or do is empty."""
    follower = session.get_one(Follower, row.follower_id)
    (shown,) = rows(bot, session, person, [(row, follower)])
    notes = notes_of(session, row.id) if shown.may_handle else ()
    names = names_of(session, {one.by for one in notes})
    may_assign = person.role is Role.SUPERVISOR and row.state is ComplaintState.OPEN
    return ComplaintDetail(
        complaint=shown,
        notes_written=[
            ComplaintNoteOut(id=one.id, text=one.text, by=names.get(one.by, one.by), at=one.at) for one in notes
        ],
        handlers=[HandlerOut.model_validate(one) for one in who_may_handle(session, row)] if may_assign else [],
    )


def dossier(session: Session, row: Complaint, taker: Taker) -> Dossier:
    """The file: the chat it was filed in, and those with people from a month before it to its end."""
    follower = session.get_one(Follower, row.follower_id)
    until = row.closed_at or taker.at
    with_people = (Conversation.follower_id == row.follower_id) & Conversation.queued_at.is_not(None)
    in_time = (Conversation.opened_at >= row.filed_at - BEFORE_IT) & (Conversation.opened_at <= until)
    chats = select(Conversation.id).where((with_people & in_time) | (Conversation.id == row.conversation_id))
    lines = session.scalars(select(Line).where(Line.conversation_id.in_(chats)).order_by(Line.at, Line.id)).all()
    notes = notes_of(session, row.id)
    people = {row.about_rep, row.handler, row.extension_asked_by, row.extended_by, row.closed_by}
    named = people | {line.rep for line in lines} | {one.by for one in notes}
    return dossier_of(row, follower.label, lines, notes, names_of(session, named), taker)
