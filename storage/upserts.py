"""Bulk upserts of records: how those that are known are looked up, and how changes are written.

Thousands a second go through here, so that it speaks to the drivers themselves: statements of many
rows for SQLite, COPY into a temporary table for PostgreSQL.

For each row that SQLite's driver gives or takes, other threads have their turn, and the run waits
for its own again: beside people who open pages a run took five times as long. So rows go in by
the hundred, and come back as one.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple, cast

import orjson
import psycopg
import sqlalchemy as sa
from sqlmodel import Session

from storage import database
from storage.columns import Moment
from storage.integrations import Seen
from storage.records import TABLES

SEEN_EVERY = timedelta(days=1)  # `seen_at` is that exact, so that the unchanged is not rewritten

_AT_ONCE = 300  # rows of one statement on SQLite, each of some thirty parameters

_OURS = ("property_id", "source_id", "run_id", "first_seen_at", "seen_at", "changed_at")
_EACH = ("external_id", "content_hash", "search", "raw")
_NEVER_CHANGED = {"property_id", "source_id", "external_id", "first_seen_at"}


class Known(NamedTuple):
    """What a record was when it was last written. id: None when it was not written yet.

    status: of the field that holds a status, None where there is none. is_stale: `seen_at` is to
    be written again.
    """

    id: int | None
    content_hash: bytes
    status: Any
    run_id: str
    is_removed: bool
    is_stale: bool


class Fresh(NamedTuple):
    """A record as it is to be written. `values` has every column that the mapping fills."""

    external_id: str
    content_hash: bytes
    search: str
    raw: bytes
    values: Mapping[str, Any]


class Upserts:
    """Writes the records of one type of data that one run brings from one source.

    columns: those that the mapping fills; the others become empty. status: the column that holds
    a status, None when the type has none.
    """

    def __init__(
        self,
        type_key: str,
        columns: Sequence[str],
        *,
        property_id: str,
        source_id: str,
        run_id: str,
        status: str | None = None,
    ) -> None:
        self.table: sa.Table = TABLES[type_key].__table__  # type: ignore[attr-defined]
        self._columns, self._status = tuple(columns), status
        self._property_id, self._source_id, self._run_id = property_id, source_id, run_id
        dialect = database.engine().dialect
        self._moment = _processor(self.table, "seen_at", dialect) or _as_it_is
        self._chosen = _chooser(self._columns)
        self._names = (*_OURS, *_EACH, *columns)
        self._types = [_type_name(self.table, name, dialect) for name in self._names]
        # Few columns need one, and each call counts.
        found = ((name, _processor(self.table, name, dialect)) for name in columns)
        self._processed = [(self._names.index(name), does) for name, does in found if does]

    def known(self, session: Session, keys: Sequence[str], now: datetime) -> dict[str, Known]:
        """Return which of these primary keys there are already, and how they were written."""
        status = f"found.{self._status}" if self._status else "NULL"
        told = (
            f"found.external_id, found.id, {_hexadecimal('found.content_hash')}, {status}, "
            "found.run_id, found.removed_at IS NOT NULL, found.seen_at < ?"
        )
        asked = (self._moment(now - SEEN_EVERY), _list(keys), self._source_id)
        rows = _rows(session, told, _looked_up(self.table.name), asked)
        return {
            key: Known(number, bytes.fromhex(digits), held, run_id, bool(removed), bool(stale))
            for key, number, digits, held, run_id, removed, stale in rows
        }

    def add(self, session: Session, records: Iterable[Fresh], now: datetime) -> bool:
        """Insert these records when all of them are new; else write nothing and return False.

        Where most are, as in the first run of a source, that is half the work of `write`.
        """
        lines = self._lines(records, now)
        with database.driver(session) as driver:
            driver.execute("SAVEPOINT as_it_was")
            try:
                self._put_in(driver, lines)
            except (sqlite3.IntegrityError, psycopg.errors.UniqueViolation):
                driver.execute("ROLLBACK TO as_it_was")
                return False
            driver.execute("RELEASE as_it_was")
        return True

    def write(self, session: Session, records: Iterable[Fresh], now: datetime) -> None:
        """Insert or update these records, once per transaction; no primary key may come twice."""
        if lines := self._lines(records, now):
            with database.driver(session) as driver:
                self._put_in(driver, lines, self._on_conflict())

    def _lines(self, records: Iterable[Fresh], now: datetime) -> list[tuple[Any, ...]]:
        at = self._moment(now)
        ours = (self._property_id, self._source_id, self._run_id, at, at, at)
        chosen, processed = self._chosen, self._processed
        lines = []
        for external_id, content_hash, search, raw, values in records:
            line = [*ours, external_id, content_hash, search, raw, *chosen(values)]
            for place, process in processed:
                if (value := line[place]) is not None:
                    line[place] = process(value)
            lines.append(tuple(line))
        return lines

    def touch(self, session: Session, ids: Sequence[int], now: datetime) -> None:
        """Note that these records were seen, and are as they were."""
        if ids:
            session.connection().exec_driver_sql(
                _spelt(f"UPDATE {self.table.name} SET seen_at = ? WHERE id {_among()}"),  # noqa: S608
                (self._moment(now), _list(ids)),
            )

    def note_seen(self, session: Session, part_id: str, ids: Sequence[int]) -> None:
        """Remember that a complete read has met these records."""
        if ids:
            each = "value FROM json_each(?)" if database.is_sqlite() else "unnest(?::bigint[])"
            session.connection().exec_driver_sql(
                # What would be a condition of ON in SQLite's eyes is none after a WHERE.
                _spelt(
                    f"INSERT INTO seen (part_id, record_id) SELECT ?, {each} "
                    "WHERE true ON CONFLICT DO NOTHING"
                ),
                (part_id, _list(ids)),
            )

    def missing(self, session: Session, part_id: str) -> int:
        """Return how many records a complete read has not met."""
        query = sa.select(sa.func.count()).select_from(self.table).where(*self._unmet(part_id))
        return int(session.execute(query).scalar_one())

    def remove_missing(self, session: Session, part_id: str, now: datetime) -> int:
        """Mark the records that a complete read has not met as removed; return how many."""
        removed = session.execute(
            sa.update(self.table)
            .where(*self._unmet(part_id))
            .values(removed_at=now, changed_at=now, run_id=self._run_id)
        )
        return cast(sa.CursorResult[Any], removed).rowcount

    def values_of(self, session: Session, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
        """Return the mapped columns of some records as they are now, by their numbers."""
        columns = [self.table.c[name] for name in self._columns]
        query = sa.select(self.table.c.id, *columns).where(self.table.c.id.in_(ids))
        return {row.id: dict(row._mapping) for row in session.execute(query)}

    def _unmet(self, part_id: str) -> tuple[sa.ColumnElement[bool], ...]:
        seen: sa.Table = Seen.__table__  # type: ignore[attr-defined]
        met = sa.exists().where(seen.c.part_id == part_id, seen.c.record_id == self.table.c.id)
        return (
            self.table.c.source_id == self._source_id,
            self.table.c.removed_at.is_(None),
            self.table.c.run_id != self._run_id,
            ~met,
        )

    def _put_in(self, driver: Any, lines: list[tuple[Any, ...]], on_conflict: str = "") -> None:
        if database.is_sqlite():
            self._insert(driver, lines, on_conflict)
        elif on_conflict:
            self._merge(driver, lines, on_conflict)
        else:
            self._copy(driver, self.table.name, lines)

    def _insert(self, driver: Any, lines: list[tuple[Any, ...]], on_conflict: str) -> None:
        into = f"INSERT INTO {self.table.name} ({', '.join(self._names)}) VALUES "  # noqa: S608
        line = f"({', '.join('?' * len(self._names))})"
        for start in range(0, len(lines), _AT_ONCE):
            some = lines[start : start + _AT_ONCE]
            statement = f"{into}{', '.join([line] * len(some))} {on_conflict}"
            driver.execute(statement, list(chain.from_iterable(some)))

    def _merge(self, driver: Any, lines: list[tuple[Any, ...]], on_conflict: str) -> None:
        table, names = self.table.name, ", ".join(self._names)
        every = ", ".join(column.name for column in self.table.columns)
        driver.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS incoming_{table} ON COMMIT DELETE ROWS "  # noqa: S608
            f"AS SELECT {every} FROM {table} WITH NO DATA"
        )
        self._copy(driver, f"incoming_{table}", lines)
        driver.execute(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM incoming_{table} {on_conflict}"  # noqa: S608
        )

    def _copy(self, driver: Any, table: str, lines: list[tuple[Any, ...]]) -> None:
        # As text, the driver would work twice as long.
        into = f"COPY {table} ({', '.join(self._names)}) FROM STDIN (FORMAT BINARY)"
        with driver.cursor() as cursor, cursor.copy(into) as copy:
            copy.set_types(self._types)
            for line in lines:
                copy.write_row(line)

    def _on_conflict(self) -> str:
        unfilled = [
            column.name
            for column in self.table.columns
            if column.name not in self._names and column.name != "id"
        ]
        changed = [
            f"{name} = excluded.{name}" for name in self._names if name not in _NEVER_CHANGED
        ]
        changed += [f"{name} = NULL" for name in unfilled]  # `removed_at` among them
        differs = "IS NOT" if database.is_sqlite() else "IS DISTINCT FROM"
        return (
            f"ON CONFLICT (source_id, external_id) DO UPDATE SET {', '.join(changed)} "
            f"WHERE {self.table.name}.content_hash {differs} excluded.content_hash "
            f"OR {self.table.name}.removed_at IS NOT NULL"
        )


# What differs between the two: how rows come back, and how lists and parameters are written.


def _rows(session: Session, told: str, where: str, asked: tuple[Any, ...]) -> Sequence[Any]:
    connection = session.connection()
    if not database.is_sqlite():
        query = _spelt(f"SELECT {told} FROM {where}")  # noqa: S608 - our names
        return connection.exec_driver_sql(query, asked).all()
    query = f"SELECT json_group_array(json_array({told})) FROM {where}"  # noqa: S608 - our names
    rows: list[Any] = orjson.loads(connection.exec_driver_sql(query, asked).scalar_one())
    return rows


def _looked_up(table: str) -> str:
    """Look up each key of a list by itself.

    Neither database may choose otherwise: without statistics, as in the first run of a source,
    PostgreSQL would read all records of the source for each page.
    """
    if database.is_sqlite():
        return (
            f"json_each(?) AS wanted CROSS JOIN {table} AS found "
            "ON found.source_id = ? AND found.external_id = wanted.value"
        )
    one = f"SELECT * FROM {table} WHERE (source_id, external_id) = (?, wanted.value) LIMIT 1"  # noqa: S608
    return f"unnest(?::text[]) AS wanted (value) CROSS JOIN LATERAL ({one}) AS found"


def _hexadecimal(name: str) -> str:
    return f"hex({name})" if database.is_sqlite() else f"encode({name}, 'hex')"


def _among() -> str:
    return "IN (SELECT value FROM json_each(?))" if database.is_sqlite() else "= ANY(?)"


def _spelt(statement: str) -> str:
    return statement if database.is_sqlite() else statement.replace("?", "%s")


def _list(values: Sequence[Any]) -> Any:
    return json.dumps(list(values)) if database.is_sqlite() else list(values)


def _processor(table: sa.Table, name: str, dialect: sa.Dialect) -> Callable[[Any], Any] | None:
    """Return what makes a value of a column fit for the driver, None when it is already."""
    kind = table.c[name].type
    # In SQLite what SQLAlchemy writes as well, in a third of the time.
    if dialect.name == "sqlite" and isinstance(kind, sa.Date):
        return date.isoformat
    if dialect.name == "sqlite" and isinstance(kind, Moment):
        return _moment_as_text
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _type_name(table: sa.Table, name: str, dialect: sa.Dialect) -> str:
    """Return the type of a column as the database calls it, without its length."""
    return table.c[name].type.compile(dialect).partition("(")[0].lower()


def _moment_as_text(value: datetime) -> str:
    in_utc = value if value.tzinfo is UTC else value.astimezone(UTC)
    return in_utc.isoformat(" ", "microseconds")[:26]


def _chooser(columns: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """Return what takes the values of these columns, in their order."""
    if len(columns) > 1:
        return itemgetter(*columns)
    return lambda values: tuple(values[name] for name in columns)


def _as_it_is(value: Any) -> Any:
    return value
