"""The audit log at rest: the table of seals, and the triggers that let the history only grow."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col

from storage import database
from storage.columns import moment
from storage.history import HistoryRow

Read = Mapping[Any, Any]  # a row, by the names of its columns
_SEALING = 0x7365616C  # "seal", the number of the lock


class Seal(SQLModel, table=True):
    """One link of the chain over all rows of the history; see domain/seals.py."""

    __tablename__ = "seals"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})  # 1, 2, 3 …
    # No foreign key: a row that somebody has removed must leave its seal behind.
    history_id: str = Field(unique=True)
    at: datetime = moment()
    digest: str  # of the digest before, and of the row


def wait_for_turn(session: Session) -> None:
    """Let one process at a time seal, until its transaction ends; on SQLite it is so anyway."""
    if not database.is_sqlite():
        session.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SEALING})


def last(session: Session) -> Seal | None:
    """Return the newest seal."""
    return session.scalars(sa.select(Seal).order_by(col(Seal.number).desc()).limit(1)).first()


def unsealed(session: Session, after: str, most: int) -> Sequence[Read]:
    """Return up to `most` rows of the history without a seal, those whose id is above `after`.

    Moments are texts, in UTC: somebody may have written something else there, and it must be read.
    """
    history = tables_of(HistoryRow)
    return (
        session.execute(
            sa.select(*_read(history))
            .outerjoin(Seal, col(Seal.history_id) == history.c.id)
            .where(col(Seal.number).is_(None), history.c.id > after)
            .order_by(history.c.id)
            .limit(most)
        )
        .mappings()
        .all()
    )


def chain(session: Session, after: int, most: int) -> Sequence[Read]:
    """Return up to `most` seals above a number, in order, each with its row of the history.

    The columns of the seal are called number, history_id, sealed_at and digest; those of a row that
    is gone are None. Moments are texts, as in `unsealed`.
    """
    history, seal = tables_of(HistoryRow), tables_of(Seal).c
    sealed_at = _as_text(seal.at).label("sealed_at")
    return (
        session.execute(
            sa.select(seal.number, seal.history_id, sealed_at, seal.digest, *_read(history))
            .outerjoin(history, history.c.id == seal.history_id)
            .where(seal.number > sa.literal(after, sa.BigInteger))
            .order_by(seal.number)
            .limit(most)
        )
        .mappings()
        .all()
    )


def _read(table: sa.Table) -> list[sa.ColumnElement[Any]]:
    return [_as_text(each).label("at") if each.name == "at" else each for each in table.columns]


def _as_text(moment: sa.Column[Any]) -> sa.ColumnElement[str]:
    if database.is_sqlite():
        return sa.type_coerce(moment, sa.String)
    return sa.cast(sa.func.timezone("UTC", moment), sa.String)


def tables_of(model: type[SQLModel]) -> sa.Table:
    """Return the table under a model: whole batches need no objects."""
    table = model.__table__  # type: ignore[attr-defined]
    assert isinstance(table, sa.Table)
    return table


# The triggers. They stop mistakes of ours and visitors with a database tool; who owns the tables
# can drop them, and is found out by the seals.

_SAYING = "the audit log only grows"
# An INSERT OR REPLACE deletes without asking the triggers for deletion, so that is refused, too.
_REPLACES = {
    "history": "id = NEW.id OR rowid = NEW.rowid",
    "seals": "number = NEW.number OR history_id = NEW.history_id",
}


def _on_sqlite(table: str) -> list[str]:
    refusal = f"BEGIN SELECT RAISE(ABORT, '{_SAYING}'); END"
    taken = f"SELECT 1 FROM {table} WHERE {_REPLACES[table]}"  # noqa: S608 - names of ours
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refusal}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refusal}",
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS ({taken}) {refusal}",
    ]


def _on_postgresql(table: str) -> list[str]:
    return [
        "CREATE OR REPLACE FUNCTION refuse_to_change_the_audit_log() RETURNS trigger LANGUAGE "
        f"plpgsql AS $$ BEGIN RAISE EXCEPTION '{_SAYING}'; END $$",
        f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_the_audit_log()",
    ]


TABLES = ("history", "seals")
PROTECTING = {
    "sqlite": {table: _on_sqlite(table) for table in TABLES},
    "postgresql": {table: _on_postgresql(table) for table in TABLES},
}
RELEASING = {
    "sqlite": [
        f"DROP TRIGGER IF EXISTS {table}_no_{deed}"
        for table in TABLES
        for deed in ("update", "delete", "replace")
    ],
    "postgresql": [
        *(f"DROP TRIGGER IF EXISTS {table}_only_grows ON {table}" for table in TABLES),
        "DROP FUNCTION refuse_to_change_the_audit_log",
    ],
}


def protect(connection: sa.Connection) -> None:
    """Let history and seals only grow from now on: for migrations."""
    for statements in PROTECTING[connection.dialect.name].values():
        for statement in statements:
            connection.exec_driver_sql(statement)


def release(connection: sa.Connection) -> None:
    """Take `protect` back: for migrations."""
    for statement in RELEASING[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def _protect_new(table: sa.Table, connection: sa.Connection, **_: Any) -> None:
    """Whoever makes the tables without migrations gets the triggers, too."""
    for statement in PROTECTING[connection.dialect.name][table.name]:
        connection.exec_driver_sql(statement)


for _model in (HistoryRow, Seal):
    sa.event.listen(tables_of(_model), "after_create", _protect_new)
