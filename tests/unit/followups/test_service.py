"""What is promised to a customer, beside what the desk reminds itself of."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.db import Database
from bot.followups.model import Followup, FollowupKind
from bot.followups.service import NewFollowup, make, promise, remind
from tests.factories import MORNING, add_waiting, conversation_of

LATER = MORNING + timedelta(hours=3)


@pytest.fixture
def chat(database: Database) -> int:
    return add_waiting(database)


def call_back(database: Database, chat: int, reason: str = "客户请回电") -> None:
    with database.transaction() as session:
        promise(
            session,
            follower_id=conversation_of(database, chat).follower_id,
            conversation_id=chat,
            skill="loan",
            reason=reason,
            phone=None,
            due_at=LATER,
            now=MORNING,
        )


def on_the_list(database: Database) -> list[tuple[str, bool]]:
    """Each follow-up's reason, and whether it is due at the promised time."""
    with database.reading() as session:
        return [(one.reason, one.due_at == LATER) for one in session.scalars(select(Followup).order_by(Followup.id))]


def test_a_second_promise_of_a_chat_is_written_into_the_first(database: Database, chat: int) -> None:
    call_back(database, chat)
    call_back(database, chat, "想问利率")

    assert on_the_list(database) == [("想问利率", True)]


def test_a_promise_stands_beside_what_the_desk_is_reminded_of(database: Database, chat: int) -> None:
    with database.transaction() as session:
        remind(
            session,
            follower_id=conversation_of(database, chat).follower_id,
            conversation_id=chat,
            skill="loan",
            owner="rep",
            reason="转介被退回，请改派",
            phone=None,
            due_at=MORNING,
            now=MORNING,
        )

    call_back(database, chat)

    assert on_the_list(database) == [("转介被退回，请改派", False), ("客户请回电", True)]


@pytest.mark.parametrize("kind", [FollowupKind.BRANCH, FollowupKind.OWN_REMINDER, FollowupKind.EXPIRY_REMINDER])
def test_a_promise_does_not_rewrite_another_kind_of_follow_up(
    database: Database, chat: int, kind: FollowupKind
) -> None:
    with database.transaction() as session:
        follower_id = conversation_of(database, chat).follower_id
        wanted = NewFollowup(kind, "promised_call", follower_id, "loan", "自己的事", MORNING, conversation_id=chat)
        make(session, wanted, MORNING)

    call_back(database, chat)

    assert on_the_list(database) == [("自己的事", False), ("客户请回电", True)]
