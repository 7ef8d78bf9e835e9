"""What we know of a follower: first seen, following or gone, bound to which firm."""

import hashlib
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.customers.model import Follower, IdentityLevel
from bot.ports import Firm


def find_follower(session: Session, openid: str) -> Follower | None:
    """The follower, or None."""
    return session.scalars(select(Follower).where(Follower.openid == openid)).first()


def meet(session: Session, openid: str, now: datetime) -> Follower:
    """The follower, written down when seen for the first time."""
    # Locked first of all: the order everybody keeps is follower, conversation, rep.
    follower = session.scalars(select(Follower).where(Follower.openid == openid).with_for_update()).first()
    if follower is None:
        # Asked for by a message, so he follows: the platform takes no messages from strangers.
        follower = Follower(openid=openid, label=label_of(openid), first_seen_at=now, last_seen_at=now)
        session.add(follower)
        session.flush()
    follower.last_seen_at = now
    return follower


def follow(follower: Follower, source: str | None) -> None:
    """He follows, again or for the first time; the first source stays."""
    follower.is_following = True
    follower.source = follower.source or source


def unfollow(follower: Follower) -> None:
    """He left; what is kept of him has its own keeping time."""
    follower.is_following = False


def bind(follower: Follower, firm: Firm) -> None:
    """The bank says which firm he acts for."""
    follower.firm_id = firm.firm_id
    follower.firm_name = firm.name
    follower.contact = firm.contact
    follower.industry = firm.industry
    follower.branch = firm.branch
    follower.dedicated_rep = firm.dedicated_rep
    follower.identity_level = int(IdentityLevel.BOUND)
    follower.erased_at = None


def firm_of(follower: Follower) -> Firm:
    """The firm as it was last known, for when the bank need not or cannot be asked."""
    return Firm(
        firm_id=follower.firm_id or "",
        name=follower.firm_name or "",
        contact=follower.contact or "",
        industry=follower.industry,
        branch=follower.branch,
        opened_on=None,
        dedicated_rep=follower.dedicated_rep,
    )


def forget_personal_data(follower: Follower) -> None:
    """He withdrew his authorisation at the platform: names, phone and binding go at once."""
    follower.firm_id = follower.firm_name = follower.contact = follower.phone = None
    follower.industry = follower.branch = follower.dedicated_rep = None
    follower.identity_level = int(IdentityLevel.FOLLOWER)


def opt_out(follower: Follower, now: datetime) -> None:
    """He wants no marketing, on any channel, from now on; service notices go on."""
    follower.opted_out_at = follower.opted_out_at or now


def label_of(openid: str) -> str:
    """A name for screens that gives nothing away."""
    return f"客户{hashlib.sha256(openid.encode()).hexdigest()[:4].upper()}"


def log_id(openid: str) -> str:
    """The follower as logs may name him."""
    return hashlib.sha256(openid.encode()).hexdigest()[:12]
