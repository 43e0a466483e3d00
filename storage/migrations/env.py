"""Alembic's entry: runs the versions of this folder against the database it is given."""

from typing import Any

from alembic import context

from storage import database, tables


def is_ours(thing: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    """Leave the job queue's tables alone: it looks after them itself."""
    return kind != "table" or name in tables.metadata.tables


engine = database.make_engine(context.config.attributes["url"])
with engine.connect() as connection:
    if connection.dialect.name == "sqlite":
        # Some changes copy a table and drop the old one, whose rows others refer to meanwhile.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=tables.metadata,
        include_object=is_ours,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
