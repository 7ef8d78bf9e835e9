"""The bank's day of an instant in SQL, for both databases."""

from typing import Any

from sqlalchemy import Date
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


class bank_day(FunctionElement[Any]):  # noqa: N801  # reads as SQL's own functions do
    """The day of an instant in Asia/Shanghai, which has known no other offset than eight hours since 1991."""

    name = "bank_day"
    type: TypeEngine[Any] = Date()
    inherit_cache = True


@compiles(bank_day)
def _in_postgresql(element: bank_day, compiler: SQLCompiler, **how: Any) -> str:
    return f"CAST({compiler.process(next(iter(element.clauses)), **how)} AT TIME ZONE 'Asia/Shanghai' AS DATE)"


@compiles(bank_day, "sqlite")
def _in_sqlite(element: bank_day, compiler: SQLCompiler, **how: Any) -> str:
    return f"date({compiler.process(next(iter(element.clauses)), **how)}, '+8 hours')"
