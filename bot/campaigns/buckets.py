"""In which of 10,000 buckets a follower falls, found in SQL: who is held out, and who gets which variant.

A follower's bucket hangs on nothing but his id and the salt, so that it is the same whenever it is asked, in every run
and on both databases, and no column has to be filled first.
"""

from typing import Any

from sqlalchemy import ColumnElement, Integer, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from bot.campaigns.rules import BUCKETS, bucket

GLOBAL_SALT = "xinqiao-holdout"
# Which four bytes of the campaign's hash decide what.
FOR_HOLDOUT, FOR_VARIANT = 0, 4
_NAME = "xq_bucket"


class BucketOf(FunctionElement[int]):
    """The bucket of a follower's id under a salt."""

    inherit_cache = True
    type = Integer()

    def __init__(self, salt: str, follower_id: Any, offset: int = 0) -> None:
        super().__init__(literal(salt), follower_id, literal(offset))


def salt_of(salt_id: int) -> str:
    """A campaign's own salt, which all its runs share."""
    return f"xinqiao-campaign-{salt_id}"


def is_below(salt: str, follower_id: Any, edge: int, offset: int = 0) -> ColumnElement[bool]:
    """True for the followers of the first `edge` buckets."""
    return BucketOf(salt, follower_id, offset) < edge


def teach(session: Session) -> None:
    """Let SQLite compute buckets on this session's connection; PostgreSQL has all it needs."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        raw: Any = connection.connection.driver_connection
        raw.create_function(_NAME, 3, bucket, deterministic=True)


@compiles(BucketOf, "postgresql")
def _on_postgresql(element: BucketOf, compiler: SQLCompiler, **kw: Any) -> str:
    salt, follower_id, offset = (compiler.process(part, **kw) for part in element.clauses)
    digest = f"sha256(convert_to({salt} || ':' || ({follower_id})::text, 'UTF8'))"
    four = f"encode(substring({digest} from ({offset}) + 1 for 4), 'hex')"
    return f"mod(('x' || {four})::bit(32)::bigint & 2147483647, {BUCKETS})"


@compiles(BucketOf, "sqlite")
def _on_sqlite(element: BucketOf, compiler: SQLCompiler, **kw: Any) -> str:
    return f"{_NAME}({compiler.process(element.clauses, **kw)})"
