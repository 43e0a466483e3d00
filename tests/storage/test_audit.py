"""The history can only grow: the database itself refuses everything else."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session

from storage import audit, database, ids, tables
from storage.audit import Seal
from storage.history import HistoryRow
from tests.databases import Databases

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
CHANGES = (
    "UPDATE history SET note = 'nothing happened'",
    "UPDATE history SET note = 'nothing happened' WHERE id = 'his_1'",
    "DELETE FROM history",
    "DELETE FROM history WHERE id = 'his_1'",
    "UPDATE seals SET digest = 'another'",
    "DELETE FROM seals WHERE number = 1",
)
COLUMNS = "(id, at, event, side, who, before, after, note)"
VALUES = "('{id}', '2026-11-22 10:00:00+00:00', 'e', '', 'Eve', '', '', '')"
ON_SQLITE = (
    f"INSERT OR REPLACE INTO history {COLUMNS} VALUES {VALUES.format(id='his_1')}",
    f"REPLACE INTO history (rowid, {COLUMNS[1:]} VALUES (1, {VALUES.format(id='his_2')[1:]}",
    "INSERT OR REPLACE INTO seals VALUES (1, 'his_9', '2026-11-22 10:00:00+00:00', 'd')",
    "INSERT OR REPLACE INTO seals VALUES (9, 'his_1', '2026-11-22 10:00:00+00:00', 'd')",
)
ON_POSTGRESQL = (
    "TRUNCATE history",
    "TRUNCATE seals",
    f"INSERT INTO history {COLUMNS} VALUES {VALUES.format(id='his_1')}"
    " ON CONFLICT (id) DO UPDATE SET note = 'nothing happened'",
)


def check_that_it_only_grows(engine: sa.Engine) -> None:
    with Session(engine) as session:
        session.add(HistoryRow(id="his_1", at=NOW, event="e", side="", who="Maya"))
        session.add(Seal(number=1, history_id="his_1", at=NOW, digest="d"))
        session.commit()
    also = ON_SQLITE if engine.dialect.name == "sqlite" else ON_POSTGRESQL
    for statement in (*CHANGES, *also):
        with (
            pytest.raises(DatabaseError, match="the audit log only grows"),
            engine.begin() as connection,
        ):
            connection.exec_driver_sql(statement)
    with engine.begin() as connection:
        connection.execute(
            sa.insert(HistoryRow).values(
                id="his_2", at=NOW, event="e", side="", who="Maya", before="", after="", note=""
            )
        )
    with engine.connect() as connection:
        whole = "SELECT id, who FROM history ORDER BY id"
        assert connection.exec_driver_sql(whole).all() == [("his_1", "Maya"), ("his_2", "Maya")]
        assert connection.exec_driver_sql("SELECT number, digest FROM seals").all() == [(1, "d")]


def test_a_migrated_history_only_grows(databases_of_kind: Databases) -> None:
    engine = database.make_engine(databases_of_kind.fresh("only_grows"))
    check_that_it_only_grows(engine)
    engine.dispose()


def test_a_history_made_without_migrations_only_grows(databases_of_kind: Databases) -> None:
    engine = database.make_engine(databases_of_kind.bare("made_at_once"))
    tables.metadata.create_all(engine)
    check_that_it_only_grows(engine)
    engine.dispose()


def test_what_protects_it_can_be_taken_back(databases_of_kind: Databases) -> None:
    engine = database.make_engine(databases_of_kind.fresh("released"))
    with engine.begin() as connection:
        audit.release(connection)
        connection.exec_driver_sql("DELETE FROM history")
        audit.protect(connection)
    engine.dispose()


def test_an_id_says_when_it_was_made() -> None:
    assert ids.made_at(ids.first_of("his", 1_775_345_200.5)) == 1_775_345_200.5
    assert ids.made_at(ids.new("his")) == pytest.approx(datetime.now(UTC).timestamp(), abs=60)
    assert ids.first_of("his", 1_775_345_200.5) < ids.new("his")
    assert ids.made_at("his_1") is None
    assert ids.made_at("his_" + "u" * 22) is None
