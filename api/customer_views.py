"""Customers → what the console shows, with a constant number of statements."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from api.customer_schemas import (
    CustomerRow,
    EntryOut,
    LinkOut,
    OpenComplaintOut,
    OpenReferralOut,
    OpenTaskOut,
    ProfileOut,
    TagOut,
)
from api.handoff_schemas import ConsentOut
from bot.bootstrap import Bot
from bot.complaints.model import Complaint, ComplaintState
from bot.customers.consents import standing_of
from bot.customers.masking import mask_name, mask_phone
from bot.customers.model import Follower
from bot.customers.remarks import tags_on
from bot.customers.rules import Purpose
from bot.customers.searching import matches
from bot.customers.service import level_of
from bot.followups.model import Followup, FollowupState
from bot.handoff.customer_scope import close_to, findable_by, referrals_seen_by
from bot.handoff.model import Conversation, Owner
from bot.handoff.scope import readable_by
from bot.referrals.model import Referral, ReferralState
from bot.results.touches import sources_in_words
from bot.staff.model import Role, StaffMember
from bot.timeline.model import Entry
from bot.timeline.service import usernames

MOST_OPEN = 20
MOST_CONTACTS = 20


def search_page(
    session: Session, person: StaffMember, text: str, after: tuple[datetime, int] | None, limit: int
) -> list[CustomerRow]:
    """Customers this person finds, last seen first; one more than `limit` when there are more."""
    found = select(Follower).where(findable_by(person))
    if text.strip():
        found = found.where(matches(text))
    if after is not None:
        seen, last = after
        same = and_(Follower.last_seen_at == seen, Follower.id < last)
        found = found.where(or_(Follower.last_seen_at < seen, same))
    ordered = found.order_by(Follower.last_seen_at.desc(), Follower.id.desc()).limit(limit + 1)
    return rows_of(session, person, session.scalars(ordered).all())


def rows_of(session: Session, person: StaffMember, followers: Sequence[Follower]) -> list[CustomerRow]:
    """List rows, in the order given."""
    ids = [row.id for row in followers]
    close = set(session.scalars(select(Follower.id).where(Follower.id.in_(ids), close_to(person))))
    return [_row(row, is_his=row.id in close) for row in followers]


def profile(bot: Bot, session: Session, person: StaffMember, follower: Follower) -> ProfileOut:
    """All there is about one customer but what the bank says."""
    contacts = rows_of(session, person, firm_contacts(session, person, follower))
    own = next((row for row in contacts if row.id == follower.id), None) or rows_of(session, person, [follower])[0]
    tasks, complaints = _open_tasks(session, person, follower), _open_complaints(session, person, follower)
    referrals, tags = _open_referrals(session, person, follower), tags_on(session, follower.id)
    names = names_of(
        session,
        {follower.dedicated_rep, follower.last_rep}
        | {row.owner for row in tasks}
        | {row.handler for row in complaints}
        | {row.by for row in tags},
    )
    standing, now = standing_of(session, follower.id), bot.clock.now()
    newest, chats = _chats(session, person, follower)
    return ProfileOut(
        customer=own,
        source=sources_in_words(session, [follower.source]).get(follower.source or "", follower.source),
        first_seen_at=follower.first_seen_at,
        dedicated_rep=names.get(follower.dedicated_rep or ""),
        last_rep=names.get(follower.last_rep or ""),
        contacts=[row for row in contacts if row.id != follower.id],
        consents=[ConsentOut.model_validate(standing[purpose]) for purpose in Purpose if purpose in standing],
        tags=[
            TagOut(
                tag=row.tag,
                label=bot.tags[row.tag].label if row.tag in bot.tags else row.tag,
                source=row.source,
                by=names.get(row.by, row.by),
                at=row.at,
            )
            for row in tags
        ],
        tasks=[
            OpenTaskOut(
                id=row.id,
                skill=bot.content.skills[row.skill].name if row.skill in bot.content.skills else row.skill,
                owner=names.get(row.owner or ""),
                reason=row.reason if own.is_his else None,
                due_at=row.due_at,
                is_overdue=row.due_at < now,
            )
            for row in tasks
        ],
        complaints=[
            OpenComplaintOut(
                id=row.id, ticket=row.ticket, state=row.state, handler=names.get(row.handler or ""), due_on=row.due_on
            )
            for row in complaints
        ],
        referrals=[
            OpenReferralOut(
                id=row.id,
                number=row.number,
                branch=row.branch,
                state=row.state,
                accepted_name=row.accepted_name,
                due_at=row.due_at,
                is_late=row.late_at is not None,
            )
            for row in referrals
        ],
        chats=chats,
        chat=newest.id if newest else None,
        is_open=newest is not None and newest.owner is not Owner.CLOSED,
    )


def firm_contacts(session: Session, person: StaffMember, follower: Follower) -> Sequence[Follower]:
    """The contacts of his firm whom this person finds, himself among them; last seen first."""
    same = Follower.firm_id == follower.firm_id if follower.firm_id else Follower.id == follower.id
    found = select(Follower).where(same, findable_by(person)).order_by(Follower.last_seen_at.desc())
    return session.scalars(found.limit(MOST_CONTACTS)).all()


def entries(session: Session, found: Sequence[Entry], labels: Mapping[int, str]) -> list[EntryOut]:
    """Entries with the names people know."""
    names = names_of(session, usernames(found))
    return [
        EntryOut(
            key=f"{entry.what}:{entry.id}",
            kind=entry.kind,
            what=entry.what,
            at=entry.at,
            customer_id=entry.follower_id,
            label=labels.get(entry.follower_id, ""),
            by=names.get(entry.by or "", entry.by),
            words=entry.words,
            facts=dict(entry.facts),
            link=LinkOut.model_validate(entry.link) if entry.link else None,
        )
        for entry in found
    ]


def names_of(session: Session, people: Collection[str | None]) -> dict[str, str]:
    """What colleagues see, by username."""
    known = select(StaffMember.username, StaffMember.display_name).where(
        StaffMember.username.in_({one for one in people if one})
    )
    return {row[0]: row[1] for row in session.execute(known)}


def _row(row: Follower, *, is_his: bool) -> CustomerRow:
    return CustomerRow(
        id=row.id,
        label=row.label,
        firm_id=row.firm_id,
        firm_name=row.firm_name,
        contact=mask_name(row.contact),
        phone=mask_phone(row.phone),
        industry=row.industry,
        branch=row.branch,
        identity_level=level_of(row),
        is_following=row.is_following,
        last_seen_at=row.last_seen_at,
        is_his=is_his,
    )


def _open_tasks(session: Session, person: StaffMember, follower: Follower) -> Sequence[Followup]:
    if person.role is Role.BRANCH:
        return ()
    mine = (Followup.follower_id == follower.id) & (Followup.state == FollowupState.OPEN)
    return session.scalars(select(Followup).where(mine).order_by(Followup.due_at).limit(MOST_OPEN)).all()


def _open_complaints(session: Session, person: StaffMember, follower: Follower) -> Sequence[Complaint]:
    if person.role is Role.BRANCH:
        return ()
    mine = (Complaint.follower_id == follower.id) & (Complaint.state == ComplaintState.OPEN)
    if person.role is not Role.SUPERVISOR:
        mine &= Complaint.about_rep.is_(None) | (Complaint.about_rep != person.username)
    return session.scalars(select(Complaint).where(mine)).all()


def _open_referrals(session: Session, person: StaffMember, follower: Follower) -> Sequence[Referral]:
    mine = (Referral.follower_id == follower.id) & (Referral.state != ReferralState.CLOSED)
    found = select(Referral).where(mine, referrals_seen_by(person))
    return session.scalars(found.order_by(Referral.due_at).limit(MOST_OPEN)).all()


def _chats(session: Session, person: StaffMember, follower: Follower) -> tuple[Conversation | None, int]:
    """The newest conversation this person may open, and how many there were at all."""
    his = Conversation.follower_id == follower.id
    newest = select(Conversation).where(his, readable_by(person)).order_by(Conversation.id.desc()).limit(1)
    count = session.scalar(select(func.count()).select_from(Conversation).where(his)) or 0
    return session.scalars(newest).first(), count
