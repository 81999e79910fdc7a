"""Run by Alembic, on the connection and in the transaction that runner.py opened."""

from alembic import context

from infrastructure.database.models import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters a table by making it anew
)
with context.begin_transaction():
    context.run_migrations()
