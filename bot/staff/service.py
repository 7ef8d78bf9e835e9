"""Writing staff down."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.staff.model import Role, StaffMember


@dataclass(frozen=True)
class NewStaff:
    """One person to be known."""

    username: str
    display_name: str
    role: Role
    skills: Sequence[str] = ()
    capacity: int = 0
    branch: str | None = None


def add_missing(session: Session, people: Sequence[NewStaff], password_hash: str) -> int:
    """Write down who is not known yet, all with one password; how many were new. Safe to repeat: nobody known is
    changed.
    """
    added = 0
    for person in people:
        if session.get(StaffMember, person.username) is None:
            session.add(
                StaffMember(
                    username=person.username,
                    display_name=person.display_name,
                    role=person.role,
                    password_hash=password_hash,
                    skills=list(person.skills),
                    capacity=person.capacity,
                    branch=person.branch,
                )
            )
            added += 1
    return added


def staffed_branches(session: Session) -> list[str]:
    """The branches at which somebody would read what is referred to them, by name."""
    works = (StaffMember.role == Role.BRANCH) & StaffMember.is_enabled & StaffMember.branch.is_not(None)
    return [name for name in session.scalars(select(StaffMember.branch).where(works).distinct()) if name]
