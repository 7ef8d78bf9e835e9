"""Every table with a follower is placed, and what may be there once for him is settled before it is moved."""

from collections.abc import Iterator

from sqlalchemy import Column, ForeignKey, Integer, PrimaryKeyConstraint, Table, UniqueConstraint
from sqlalchemy.schema import Index

from bot.db import Base
from bot.duplicates.clashes import CLASHES
from bot.duplicates.tables import ENTERED_ANEW, MOVED, STAYING

# One for each conversation as well, and a conversation comes along whole.
CANNOT_CLASH = {
    "rescues",
    # Known by his own openid: a firm's record is no tester.
    "article_testers",
}


def with_follower() -> set[str]:
    """Tables that name a follower, by whatever column."""
    return {
        table.name
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.name == "follower_id" or any(key.column.table.name == "followers" for key in column.foreign_keys)
    }


def once_for_a_follower(table: Table) -> Iterator[str]:
    unique = [one for one in table.indexes if one.unique]
    unique += [one for one in table.constraints if isinstance(one, PrimaryKeyConstraint | UniqueConstraint)]  # type: ignore[misc]
    for one in unique:
        assert isinstance(one, Index | PrimaryKeyConstraint | UniqueConstraint)
        if "follower_id" in one.columns:
            yield table.name


def test_every_table_with_a_follower_is_placed_once() -> None:
    placed = [*MOVED, *ENTERED_ANEW, *STAYING]

    assert sorted(placed) == sorted(with_follower())


def test_a_new_table_would_be_missed() -> None:
    table = Table("newcomers", Base.metadata, Column("of", Integer, ForeignKey("followers.id"), primary_key=True))
    try:
        assert with_follower() - {*MOVED, *ENTERED_ANEW, *STAYING} == {"newcomers"}
    finally:
        Base.metadata.remove(table)


def test_what_may_be_there_once_is_settled_first() -> None:
    once = {name for table in Base.metadata.tables.values() for name in once_for_a_follower(table)}

    assert once - CANNOT_CLASH == set(CLASHES)
    assert set(CLASHES) <= set(MOVED)
