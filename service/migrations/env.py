"""How Alembic reaches our database: through the app's own engine, in one transaction, one process at a time."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import text

from service.crypto import Encrypted
from service.db import Instant, db

# Any number of our own: two processes that migrate at once wait here for each other.
LOCK = 20250
# A migration says what the database has, not what our code calls it: it must outlive the code.
PLAIN = {Instant: "sa.DateTime(timezone=True)", Encrypted: "sa.LargeBinary()"}


def rendered(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Our own column types as plain ones."""
    return PLAIN.get(type(item), False) if kind == "type" else False


def run() -> None:
    """Apply the migrations."""
    with db.engine.connect() as connection:
        context.configure(
            connection=connection, target_metadata=db.metadata, compare_server_default=True, render_item=rendered
        )
        with context.begin_transaction():
            connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
            context.run_migrations()


run()
