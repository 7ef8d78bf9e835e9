"""The replay check: which events of a stretch concern one, as the rows tell."""

from sqlalchemy import delete

from bot.events import Event, EventType
from bot.outbox import OutboxRow, publish
from tests.factories import add_waiting
from tests.product import UnderTest


def write(product: UnderTest, *events: Event) -> None:
    with product.bot.database.transaction() as session:
        publish(session, product.fakes.clock.now(), *events)


def test_a_page_learns_which_events_concern_it(signed_in, product: UnderTest) -> None:
    own, others = add_waiting(product.bot.database, 1), add_waiting(product.bot.database, 2, skill="ebank")
    added = EventType.LINE_ADDED
    write(product, Event(added, own), Event(added, others), Event(EventType.KNOWLEDGE_CHANGED), Event(added, own))

    found = signed_in("rep").get("/api/events/heard", after=1, until=4).json

    assert found == {"ids": [3, 4], "is_whole": True, "newest": 4}


def test_the_end_of_the_stretch_is_the_pages_own(signed_in, product: UnderTest) -> None:
    write(product, *[Event(EventType.KNOWLEDGE_CHANGED)] * 3)

    assert signed_in("rep").get("/api/events/heard", after=0, until=2).json["ids"] == [1, 2]


def test_a_stretch_that_is_no_longer_kept_is_said_to_have_holes(signed_in, product: UnderTest) -> None:
    write(product, *[Event(EventType.KNOWLEDGE_CHANGED)] * 3)
    with product.bot.database.transaction() as session:
        session.execute(delete(OutboxRow).where(OutboxRow.id < 3))

    found = signed_in("rep").get("/api/events/heard", after=0, until=3).json

    assert (found["ids"], found["is_whole"]) == ([3], False)


def test_odd_stretches_are_refused(signed_in) -> None:
    assert signed_in("rep").get("/api/events/heard", after=-1, until=3).status_code == 422
    assert signed_in("rep").get("/api/events/heard", after=1).status_code == 422
