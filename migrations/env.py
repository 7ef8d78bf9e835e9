"""Runs migrations against DATABASE_URL. Revisions import nothing of the product, so that they keep working as it
changes.
"""

import os
from pathlib import Path

from alembic import context
from sqlalchemy import create_engine, text

LOCK_TIMEOUT = "2s"


def _url() -> str:
    default = f"sqlite:///{Path(__file__).resolve().parent.parent / 'var' / 'xinqiao.db'}"
    url = os.environ.get("DATABASE_URL") or default
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _run() -> None:
    engine = create_engine(_url())
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            # A migration that cannot get its lock must not queue up the whole product behind it.
            connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
            connection.commit()
        context.configure(connection=connection, render_as_batch=connection.dialect.name == "sqlite")
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


_run()
