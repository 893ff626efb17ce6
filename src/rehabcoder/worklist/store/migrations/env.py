"""How Alembic reaches the database: over the connection that `database.py` hands it, never by an ini file."""

from __future__ import annotations

from alembic import context

from rehabcoder.worklist.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
