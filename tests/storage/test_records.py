"""Tables of records: both ways in which programs page through them are answered from an index."""

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from domain import references
from storage import database
from storage.records import TABLES

MOMENT = datetime(2026, 11, 1, tzinfo=UTC)
EACH = pytest.mark.parametrize("type_key", TABLES)


def plan(query: sa.Select[Any]) -> str:
    """Return how the database would answer, where sorting and reading everything is the last way.

    PostgreSQL reads small tables whole whatever their indexes, so that it is told not to.
    """
    with database.engine().connect() as connection:
        if not database.is_sqlite():
            connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
            connection.execute(sa.text("SET LOCAL enable_bitmapscan = off"))
        asked = query.compile(connection, compile_kwargs={"render_postcompile": True})
        how = "EXPLAIN QUERY PLAN " if database.is_sqlite() else "EXPLAIN "
        parameters = asked.params if asked.positiontup is None else _in_order(asked)
        rows = connection.exec_driver_sql(how + str(asked), parameters)
        return "\n".join(str(row[-1]) for row in rows)


def _in_order(asked: Any) -> tuple[Any, ...]:
    return tuple(asked.params[name] for name in asked.positiontup)


@EACH
@pytest.mark.usefixtures("database")
def test_paging_by_number_reads_only_what_is_shown(type_key: str) -> None:
    table: Any = TABLES[type_key]
    found = plan(
        sa.select(table.__table__)
        .where(table.property_id == "pro_1", table.removed_at.is_(None), table.id > 17)
        .order_by(table.id)
        .limit(100)
    )
    assert f"{type_key}_by_id" in found
    assert "SORT" not in found.upper().replace("TEMP B-TREE", "SORT")


@EACH
@pytest.mark.usefixtures("database")
def test_paging_by_change_reads_only_what_is_shown(type_key: str) -> None:
    table: Any = TABLES[type_key]
    moment = sa.literal(MOMENT, table.changed_at.type)
    # However many have changed at one moment, the rest is found where the page before ended.
    for after in (
        (table.changed_at == moment, table.id > 17),
        (table.changed_at > moment,),
    ):
        found = plan(
            sa.select(table.__table__)
            .where(table.property_id == "pro_1", *after)
            .order_by(table.changed_at, table.id)
            .limit(100)
        )
        assert f"{type_key}_by_change" in found
        assert "SORT" not in found.upper().replace("TEMP B-TREE", "SORT")
        if len(after) == 2 and database.is_sqlite():
            assert "changed_at=? AND id>?" in found


@EACH
@pytest.mark.usefixtures("database")
def test_words_are_looked_up_without_reading_records(type_key: str) -> None:
    found = plan(references.with_words(type_key, "pro_1", ["ann", "506"]))
    # PostgreSQL chooses by what it has found out about the records; here there are none.
    if database.is_sqlite():
        assert f"{type_key}_by_search" in found
