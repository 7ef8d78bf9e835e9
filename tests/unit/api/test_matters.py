"""How customers' matters ended, for supervisors."""

from collections.abc import Callable
from datetime import timedelta

from bot.db import Database
from bot.handoff.matters import MatterVerdict, note_matter
from tests.factories import MORNING, add_waiting
from tests.unit.api.conftest import Browser


def test_matters_are_counted_by_intent_in_their_latest_word(
    signed_in: Callable[[str], Browser], database: Database
) -> None:
    chats = [add_waiting(database, number) for number in (1, 2)]
    long_ago = MORNING - timedelta(days=8)
    with database.transaction() as session:
        note_matter(session, chats[0], "faq", "loan_documents", MatterVerdict.UNSOLVED, MORNING)
        note_matter(session, chats[1], "faq", "loan_documents", MatterVerdict.SOLVED, MORNING)
        note_matter(session, chats[1], "faq", "account_open", MatterVerdict.SOLVED, long_ago)
    with database.transaction() as session:
        note_matter(session, chats[0], "faq", "loan_documents", MatterVerdict.HUMAN, MORNING)

    week = signed_in("supervisor").get("/api/matters").json["items"]
    month = signed_in("supervisor").get("/api/matters", days=30).json["items"]

    assert week == [
        {"intent": "loan_documents", "label": "贷款要什么材料", "solved": 1, "unsolved": 0, "human": 1},
    ]
    assert [row["intent"] for row in month] == ["loan_documents", "account_open"]


def test_a_span_of_no_days_is_refused(signed_in: Callable[[str], Browser]) -> None:
    assert signed_in("supervisor").get("/api/matters", days=0).status_code == 422
