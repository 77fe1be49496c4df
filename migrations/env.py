"""Alembic environment: runs on the connection and inside the transaction that ``db.migrate`` hands over."""

from alembic import context

from risk_registry.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
