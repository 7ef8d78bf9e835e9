"""The time between two columns in SQL, for both databases."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Float
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

Moment = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None] | ColumnElement[Any]


class seconds_from(FunctionElement[float]):  # noqa: N801  # reads as SQL's own functions do
    """The seconds from the first column's instant to the second's."""

    name = "seconds_from"
    type = Float()
    inherit_cache = True

    def __init__(self, start: Moment, end: Moment) -> None:
        super().__init__(start, end)


@compiles(seconds_from)
def _in_postgresql(element: seconds_from, compiler: SQLCompiler, **how: Any) -> str:
    start, end = (compiler.process(one, **how) for one in element.clauses)
    return f"EXTRACT(EPOCH FROM {end} - {start})"


@compiles(seconds_from, "sqlite")
def _in_sqlite(element: seconds_from, compiler: SQLCompiler, **how: Any) -> str:
    start, end = (compiler.process(one, **how) for one in element.clauses)
    return f"((julianday({end}) - julianday({start})) * 86400)"
