"""What we know of a follower: first seen, following or gone, bound to which firm."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from bot.customers import dedicated
from bot.customers.model import BankFact, Follower, IdentityFact
from bot.customers.rules import IdentityLevel
from bot.ports import Firm

# So exactly it is kept when somebody was last seen: who writes ten lines is written down once.
SEEN_WITHIN = timedelta(minutes=1)
# Every push runs these. Written once, because putting a statement together costs more than running it.
_BY_OPENID = select(Follower).where(Follower.openid == bindparam("whose"))
_BY_OPENID_LOCKED = _BY_OPENID.with_for_update()


def find_follower(session: Session, openid: str) -> Follower | None:
    """The follower, or None."""
    return session.scalars(_BY_OPENID, {"whose": openid}).first()


def meet(session: Session, openid: str, now: datetime) -> Follower:
    """The follower, written down when seen for the first time."""
    # Asked for by a message, so he follows: the platform takes no messages from strangers.
    follower = _locked(session, openid) or _written_down(session, openid, now, is_following=True)
    if abs(now - follower.last_seen_at) >= SEEN_WITHIN:
        follower.last_seen_at = now
    return follower


def follow(follower: Follower, source: str | None) -> None:
    """He follows, again or for the first time; the first source stays."""
    follower.is_following = True
    follower.unfollowed_at = None
    follower.source = follower.source or source


def unfollow(follower: Follower, now: datetime) -> None:
    """He left; what is kept of him has its own keeping time, some of it from now on. A repeat changes nothing."""
    follower.is_following = False
    follower.unfollowed_at = follower.unfollowed_at or now


def meet_through_bank(session: Session, openid: str, now: datetime) -> Follower:
    """The follower the bank speaks of; somebody who never wrote to us is written down as not following."""
    return _locked(session, openid) or _written_down(session, openid, now, is_following=False)


def by_firm(firm_id: str) -> str:
    """The name of somebody without WeChat, who is known by his firm: the platform gives no follower such a name."""
    return f"firm:{firm_id}"


def last_binding_at(session: Session, follower_id: int) -> datetime | None:
    """When the bank last bound or unbound him, as far as it told us; an older word of the bank changes nothing."""
    binds = BankFact.type.in_([IdentityFact.BOUND.value, IdentityFact.UNBOUND.value])
    return session.scalar(select(func.max(BankFact.occurred_at)).where(BankFact.follower_id == follower_id, binds))


def level_of(follower: Follower) -> IdentityLevel:
    """How sure we are of him now; who does not follow is a visitor, whatever he was."""
    return IdentityLevel(follower.identity_level) if follower.is_following else IdentityLevel.VISITOR


def level_in_turn(follower: Follower | None, firm: Firm | None) -> IdentityLevel:
    """How sure we are of who writes now: bound when the bank names his firm, else what is known of him below that. Who
    was bound and is no more has proved nothing, as after `unbind`.
    """
    if firm is not None:
        return IdentityLevel.BOUND
    known = IdentityLevel.FOLLOWER if follower is None else IdentityLevel(follower.identity_level)
    return known if known < IdentityLevel.BOUND else IdentityLevel.FOLLOWER


def verify_phone(follower: Follower) -> None:
    """The bank checked his phone with a code."""
    follower.identity_level = max(follower.identity_level, int(IdentityLevel.PHONE_VERIFIED))


def bind(follower: Follower, firm: Firm) -> None:
    """The bank says which firm he acts for."""
    follower.firm_id = firm.firm_id
    follower.firm_name = firm.name
    follower.contact = firm.contact
    follower.industry = firm.industry
    follower.branch = firm.branch
    dedicated.name_by_bank(follower, firm.dedicated_rep)
    follower.identity_level = int(IdentityLevel.BOUND)
    follower.erased_at = None


def bind_by_id(follower: Follower, firm_id: str) -> None:
    """The bank bound him to this firm, of which nothing more is known yet; the next turn asks."""
    unbind(follower)
    follower.firm_id = firm_id
    follower.identity_level = int(IdentityLevel.BOUND)
    follower.erased_at = None


def follow_bank(follower: Follower, firm: Firm | None) -> None:
    """He acts for whom the bank says now: this firm, or none any more. Whoever was forgotten stays unknown to us."""
    if follower.erased_at is not None:
        # It was while the bank was asked.
        return
    if firm is None and follower.firm_id is not None:
        unbind(follower)
    elif firm is not None and (follower.firm_id, follower.firm_name) != (firm.firm_id, firm.name):
        bind(follower, firm)


def unbind(follower: Follower) -> None:
    """He acts for no firm any more: facts of the firm are not told from now on. A supervisor's choice stays."""
    follower.firm_id = follower.firm_name = follower.contact = None
    follower.industry = follower.branch = None
    dedicated.name_by_bank(follower, None)
    follower.identity_level = int(IdentityLevel.FOLLOWER)


def firm_of(follower: Follower) -> Firm:
    """The firm as it was last known, for when the bank need not or cannot be asked."""
    return Firm(
        firm_id=follower.firm_id or "",
        name=follower.firm_name or "",
        contact=follower.contact or "",
        industry=follower.industry,
        branch=follower.branch,
        opened_on=None,
        dedicated_rep=follower.bank_rep,
    )


def forget_personal_data(follower: Follower, now: datetime) -> None:
    """He withdrew his authorisation at the platform: names, phone and binding go at once, and do not come back with his
    next word.
    """
    unbind(follower)
    dedicated.forget(follower)
    follower.phone = None
    follower.erased_at = now


def label_of(openid: str) -> str:
    """A name for screens that gives nothing away."""
    return f"客户{hashlib.sha256(openid.encode()).hexdigest()[:4].upper()}"


def log_id(openid: str) -> str:
    """The follower as logs may name him."""
    return hashlib.sha256(openid.encode()).hexdigest()[:12]


def _locked(session: Session, openid: str) -> Follower | None:
    # Locked first of all: the order everybody keeps is follower, conversation, rep.
    return session.scalars(_BY_OPENID_LOCKED, {"whose": openid}).first()


def _written_down(session: Session, openid: str, now: datetime, *, is_following: bool) -> Follower:
    follower = Follower(
        openid=openid,
        label=label_of(openid),
        is_following=is_following,
        unfollowed_at=None if is_following else now,
        first_seen_at=now,
        last_seen_at=now,
    )
    session.add(follower)
    session.flush()
    return follower
