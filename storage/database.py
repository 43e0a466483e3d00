"""Opens the database, SQLite or PostgreSQL, and hands out transactions."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, InvalidRequestError, OperationalError
from sqlmodel import Session, SQLModel

from storage import changes

Row = TypeVar("Row", bound=SQLModel)

_CHANGING_TABLES = 0x61646A6F  # "adjo", the number of the lock
_engine: sa.Engine | None = None
_when_closing: list[Callable[[], None]] = []


def connect(url: str) -> sa.Engine:
    """Open the database at `url` for this process; it does not create tables, `migrations` does."""
    global _engine
    _engine = make_engine(url)
    return _engine


def close() -> None:
    """Give back every connection; what depends on the engine is told first."""
    global _engine
    while _when_closing:
        _when_closing.pop()()
    if _engine is not None:
        _engine.dispose()
    _engine = None


def when_closing(callback: Callable[[], None]) -> None:
    """Have `callback` called before the engine is given back."""
    _when_closing.append(callback)


def engine() -> sa.Engine:
    if _engine is None:
        raise RuntimeError("database.connect(url) has not been called")
    return _engine


def is_sqlite() -> bool:
    return engine().dialect.name == "sqlite"


@contextmanager
def transaction() -> Iterator[Session]:
    """One unit of work: committed as a whole when the block ends, rolled back when it raises.

    On SQLite nobody else writes from its first line to its last, so what was read stays true; on
    PostgreSQL that holds for the rows taken with `lock`. What was announced through
    `changes.announce` is told to the listeners after the commit.
    """
    with Session(engine(), expire_on_commit=False) as session:
        try:
            if is_sqlite():
                session.connection().exec_driver_sql("BEGIN IMMEDIATE")
            yield session
            changes.publish(session)
            session.commit()
        except BaseException:
            session.rollback()
            raise
    changes.tell(session)


@contextmanager
def reading() -> Iterator[Session]:
    """A session for reads only, which sees all it reads as of its first read.

    A page made of several reads would otherwise show a message before an attempt and its attempts
    after it. Nothing is committed.
    """
    with Session(engine(), expire_on_commit=False) as session:
        if is_sqlite():
            # Straight to the driver, since every page and every request begins with it.
            cast("sqlite3.Connection", session.connection().connection.driver_connection).execute(
                "BEGIN"
            )
        else:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session


@contextmanager
def asking() -> Iterator[sa.Connection]:
    """A connection for a single statement, which has nothing to agree with.

    On PostgreSQL it needs no transaction, and is committed by itself.
    """
    with engine().connect() as connection:
        if not is_sqlite():
            connection.execution_options(isolation_level="AUTOCOMMIT")
        yield connection


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Let one process at a time change the tables of the database at `url`; others wait.

    A SQLite file is opened by one process, which needs to wait for nobody.
    """
    if url.startswith("sqlite"):
        yield
        return
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            # Given back by the database itself should this process die.
            connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": _CHANGING_TABLES})
            connection.commit()
            yield
    finally:
        engine.dispose()


@contextmanager
def driver(session: Session) -> Iterator[Any]:
    """The driver's own connection of `session`, for what is written by the thousand.

    When the database does not answer, that is said as SQLAlchemy says it.
    """
    connection = session.connection().connection.driver_connection
    try:
        yield connection
    except (sqlite3.OperationalError, psycopg.OperationalError) as error:
        raise OperationalError("", {}, error) from error


class Gone(Exception):
    """Somebody has removed a row between our finding it and our holding it still."""


def lock(session: Session, row: SQLModel) -> None:
    """Read `row` again and let nobody else change it before the transaction ends; raises Gone.

    Who locks several takes them in the order connection, case, authorization, source, transfer,
    integration, run, endpoint, message, so that no two wait for each other.
    """
    try:
        session.refresh(row, with_for_update={"key_share": True})
    except InvalidRequestError as error:
        raise Gone from error


def held(session: Session, table: type[Row], row_id: str) -> Row | None:
    """Return a row that nobody else changes before the transaction ends; see `lock` for the order.

    None when there is none. In one question, for what happens by the thousand.
    """
    return session.get(table, row_id, with_for_update={"key_share": True})


def changes_a_row(session: Session, statement: sa.Update | sa.Delete) -> bool:
    """Run a guarded change and return whether it hit a row: of two at once, one is told True."""
    result = session.execute(statement, execution_options={"synchronize_session": "fetch"})
    return cast(sa.CursorResult[Any], result).rowcount > 0


def takes(session: Session, row: SQLModel) -> bool:
    """Write `row` now and return whether it went in: of two alike at once, one is told True.

    After False the session can do nothing more; leave the transaction with a refusal.
    """
    session.add(row)
    try:
        session.flush()
    except IntegrityError:
        return False
    return True


def adds(session: Session, table: type[SQLModel], **values: object) -> bool:
    """Write a row unless its primary key is taken; return whether it was written.

    Of two alike at once the second waits for the end of the first one's transaction; unlike after
    `takes`, it can go on and read what is there.
    """
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    columns = sa.inspect(table).local_table
    statement = insert(columns).values(**values).on_conflict_do_nothing()
    # Not every driver counts the rows of an insert.
    written = session.execute(statement.returning(*columns.primary_key))
    return written.first() is not None


def check() -> None:
    """Ask the database for an answer; raises what the driver raises when there is none."""
    with engine().connect() as connection:
        connection.execute(sa.text("SELECT 1"))


def make_engine(url: str) -> sa.Engine:
    """Return an engine with the settings that Adjoin and its job queue rely on."""
    if not url.startswith("sqlite"):
        engine = sa.create_engine(
            url, pool_size=20, max_overflow=20, pool_pre_ping=True, hide_parameters=True
        )
        sa.event.listen(engine, "before_cursor_execute", _make_storable, retval=True)
        return engine
    path = sa.make_url(url).database
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url, connect_args={"timeout": 30}, pool_size=20, max_overflow=20, hide_parameters=True
    )
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "before_cursor_execute", _make_storable, retval=True)
    return engine


def _make_storable(
    _: Any, __: Any, statement: str, parameters: Any, ___: Any, is_many: bool
) -> tuple[str, Any]:
    """Replace what no database takes in a text, so that it is simply not found.

    PostgreSQL refuses NUL, both refuse lone surrogates, and browsers can send either. Whole
    batches are ours, and spared the look.
    """
    if is_many or not parameters:
        return statement, parameters
    if isinstance(parameters, dict):
        return statement, {name: storable(value) for name, value in parameters.items()}
    return statement, tuple(map(storable, parameters))


def storable(value: Any) -> Any:
    """Return a value as databases keep it."""
    if not isinstance(value, str) or (value.isascii() and "\0" not in value):
        return value
    return value.replace("\0", "\ufffd").encode(errors="replace").decode()


def _prepare_sqlite(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = "IMMEDIATE"
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "busy_timeout=30000",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
    if sqlite3.sqlite_version_info < (3, 42):
        # The job queue asks for unixepoch('subsec'), which older SQLite libraries don't know.
        connection.create_function("unixepoch", -1, lambda *_: time.time())
