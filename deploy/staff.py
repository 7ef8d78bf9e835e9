"""Adds one person to the console: `python -m deploy.staff rep11 小孙 rep --desks loan`. Asks for the first password.

For whoever operates the product; staff are not managed in the console. Demo users come from deploy/local/demo_data.py.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from getpass import getpass
from pathlib import Path

import yaml

from api.auth import hash_password
from bot.db import Database
from bot.staff.model import Role
from bot.staff.service import NewStaff, add_missing
from config.settings import ROOT, Settings, SettingsError

SHORTEST_PASSWORD = 12
CHATS_AT_ONCE = 5
DESKS = ROOT / "config" / "skills.yml"


def main(arguments: Sequence[str] | None = None, ask: Callable[[str], str] = getpass) -> int:
    """Exit code: 0 when the person was added; nobody who is known already is changed."""
    given = _parser(DESKS).parse_args(arguments)
    password = ask("First password: ")
    if len(password) < SHORTEST_PASSWORD:
        print(f"Take a password of at least {SHORTEST_PASSWORD} characters.", file=sys.stderr)
        return 1
    if (given.role == Role.BRANCH.value) != (given.branch is not None):
        print("--branch is for the role branch, and that role needs it.", file=sys.stderr)
        return 1
    person = NewStaff(given.username, given.name, Role(given.role), tuple(given.desks), given.chats, given.branch)
    try:
        database = Database(Settings.from_env().database_url)
    except SettingsError as error:
        print(str(error), file=sys.stderr)
        return 1
    try:
        with database.transaction() as session:
            added = add_missing(session, (person,), hash_password(password))
    finally:
        database.close()
    print(f"{given.username} added" if added else f"{given.username} is known already; nothing was changed")
    return 0 if added else 1


def _parser(desks: Path) -> argparse.ArgumentParser:
    known = list(yaml.safe_load(desks.read_text(encoding="utf-8"))["skills"])
    parser = argparse.ArgumentParser(prog="python -m deploy.staff", description="Add one person to the console.")
    parser.add_argument("username", help="what the person signs in with (工号)")
    parser.add_argument("name", help="what colleagues see")
    parser.add_argument("role", choices=[role.value for role in Role])
    parser.add_argument("--desks", nargs="*", default=[], choices=known, help="the desks served")
    parser.add_argument("--chats", type=int, default=CHATS_AT_ONCE, choices=range(11), help="chats at once")
    parser.add_argument("--branch", help="the branch worked for, as the core bank names it (鼓楼支行)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
