"""The demo's staff, and an end to chats of an earlier demo (CONTRACT: rep01..rep05, supervisor01, marketer01,
reviewer01, branch01, admin01; and trainer01, trainer02, who approve each other's lessons). Refuses to run in
production.
"""

import sys

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth import hash_password
from bot.clock import SystemClock
from bot.db import Database
from bot.fields import install_keys
from bot.handoff.model import Conversation, Outcome, Owner
from bot.handoff.transitions import close
from bot.staff.model import Role, StaffMember
from bot.staff.service import NewStaff, add_missing
from config.settings import Settings

PASSWORD = "xinqiao-demo"  # noqa: S105 -- printed by `make run`; production never loads this file
EVERY_DESK = ("loan", "ebank", "general", "complaint", "fraud")
PEOPLE = (
    NewStaff("rep01", "小钱", Role.REP, ("loan", "general", "fraud"), 5),
    NewStaff("rep02", "小周", Role.REP, ("loan", "general"), 5),
    NewStaff("rep03", "小吴", Role.REP, ("ebank", "general", "fraud"), 5),
    NewStaff("rep04", "小郑", Role.REP, ("ebank", "general"), 5),
    NewStaff("rep05", "小王", Role.REP, EVERY_DESK, 5),
    NewStaff("supervisor01", "李主管", Role.SUPERVISOR, EVERY_DESK, 3),
    NewStaff("marketer01", "陈运营", Role.MARKETER),
    NewStaff("reviewer01", "孙消保", Role.REVIEWER),
    # The branch of the first firm of the simulated bank (陶家小馆).
    NewStaff("branch01", "张经理", Role.BRANCH, branch="鼓楼支行"),
    NewStaff("admin01", "管理员", Role.ADMIN),
    NewStaff("trainer01", "何训练", Role.TRAINER),
    NewStaff("trainer02", "罗训练", Role.TRAINER),
)


def main() -> int:
    """Load what is missing; safe to repeat."""
    settings = Settings.from_env()
    if settings.is_production:
        print("Demo data does not belong in production; nothing was loaded.", file=sys.stderr)
        return 1
    install_keys(settings.field_keys)
    database = Database(settings.database_url)
    password_hash = hash_password(PASSWORD)
    with database.transaction() as session:
        added = add_missing(session, PEOPLE, password_hash)
        _place_branches(session)
        # The simulator forgets its followers when it stops; nobody is left who could go on with these.
        for conversation in session.scalars(select(Conversation).where(Conversation.owner != Owner.CLOSED)):
            close(conversation, Outcome.EXPIRED, None, SystemClock().now())
    database.close()
    print(f"{added} demo users added, {len(PEOPLE) - added} known already")
    return 0


def _place_branches(session: Session) -> None:
    """Demo people of an earlier release worked for no branch."""
    for person in PEOPLE:
        known = session.get_one(StaffMember, person.username)
        known.branch = known.branch or person.branch


if __name__ == "__main__":
    sys.exit(main())
