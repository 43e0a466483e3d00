"""Databases for tests: SQLite files copied from one that was migrated, and a PostgreSQL server."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg
import sqlalchemy as sa

from storage import audit, migrations
from tests import needs

KINDS = ("sqlite", "postgresql")

# What migrations write and tests never touch.
_KEPT = ("alembic_version", "dbos_migrations")


_RELEASING = audit.RELEASING["sqlite"]
_PROTECTING = [one for each in audit.PROTECTING["sqlite"].values() for one in each]


class Databases(Protocol):
    """One kind of database: hands out migrated ones, by their address."""

    def empty(self) -> str:
        """Return the address of the one that all tests share, emptied."""

    def fresh(self, name: str) -> str:
        """Return the address of a new, empty database that nobody else uses."""

    def bare(self, name: str) -> str:
        """Return the address of a new database without any table."""

    def stop(self) -> None:
        """Give everything back."""


class Sqlite:
    """Files, each a copy of one that was migrated once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.db"
        migrations.upgrade(f"sqlite:///{self._template}")
        self._shared = self.fresh("shared")
        self._cleaner = sqlite3.connect(folder / "shared.db", timeout=10)

    def empty(self) -> str:
        # Emptying keeps the engine of the last test, and with it every statement it has compiled.
        self._cleaner.execute("BEGIN IMMEDIATE")
        names = self._cleaner.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        wanted = [f'DELETE FROM "{name}"' for (name,) in names if name not in _KEPT]
        if self._is_kept():
            wanted = [*_RELEASING, *wanted, *_PROTECTING]
        for statement in wanted:
            self._cleaner.execute(statement)
        self._cleaner.commit()
        return self._shared

    def _is_kept(self) -> bool:
        """Whether there is anything that the triggers of the audit log would keep."""
        kept = "SELECT EXISTS (SELECT 1 FROM history) OR EXISTS (SELECT 1 FROM seals)"
        return bool(self._cleaner.execute(kept).fetchone()[0])

    def fresh(self, name: str) -> str:
        shutil.copyfile(self._template, self._folder / f"{name}.db")
        return self.bare(name)

    def bare(self, name: str) -> str:
        return f"sqlite:///{self._folder / name}.db"

    def stop(self) -> None:
        self._cleaner.close()


class Postgresql:
    """A server of our own over the machine's programs; it ends with the tests."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="adjoin-pg-"))
        if _is_root():
            shutil.chown(self._folder, "postgres", "postgres")
        self._start()
        self._admin = self._connect("postgres")
        migrations.upgrade(self.bare("migrated"))
        self._shared = self.fresh("shared")
        self._cleaner = self._connect("shared")
        self._cleaner.execute("SET session_replication_role = replica; SET lock_timeout = '10s'")

    def empty(self) -> str:
        # Deleting a few rows takes 8 ms; copying or truncating a whole database takes 60.
        names = self._cleaner.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'dbos')"
        ).fetchall()
        wanted = [f'"{schema}"."{name}"' for schema, name in names if name not in _KEPT]
        self._cleaner.execute("; ".join(f"DELETE FROM {name}" for name in wanted))
        return self._shared

    def fresh(self, name: str) -> str:
        self._admin.execute(f'CREATE DATABASE "{name}" TEMPLATE migrated')
        return self._url(name)

    def bare(self, name: str) -> str:
        self._admin.execute(f'CREATE DATABASE "{name}"')
        return self._url(name)

    def stop(self) -> None:
        self._cleaner.close()
        self._admin.close()
        self._run("pg_ctl", "stop", "-m", "immediate", "-D", self._folder / "data")
        shutil.rmtree(self._folder)

    def _start(self) -> None:
        data = self._folder / "data"
        self._run("initdb", "-D", data, "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8")
        # Without fsync, and reached only through a socket in its own folder: fast, and no port.
        # Nothing sweeps behind the tests: what it finds out about tables changes how they are read.
        options = (
            f"-F -k {self._folder} -c listen_addresses='' -c max_connections=200 -c autovacuum=off"
        )
        self._run("pg_ctl", "start", "-w", "-D", data, "-l", self._folder / "log", "-o", options)

    def _connect(self, name: str) -> "psycopg.Connection[Any]":
        address = f"host={self._folder} user=postgres dbname={name}"
        return psycopg.connect(address, autocommit=True)

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self._folder}"

    def _run(self, program: str, *arguments: object) -> None:
        # Root may not run PostgreSQL, but it may become somebody who may.
        as_somebody = {"user": "postgres", "group": "postgres", "extra_groups": []}
        subprocess.run(
            [self._programs / program, *map(str, arguments)],
            check=True,
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            **(as_somebody if _is_root() else {}),
        )


@contextmanager
def unguarded(connection: sa.Connection) -> Iterator[None]:
    """Let a transaction change the audit log, as only somebody can who owns the tables."""
    if connection.dialect.name == "sqlite":
        audit.release(connection)
        yield
        audit.protect(connection)
        return
    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    yield
    connection.exec_driver_sql("SET LOCAL session_replication_role = origin")


def start(kind: str, folder: Path) -> Databases:
    """Make databases of `kind`; skips where the machine has no PostgreSQL."""
    return Sqlite(folder) if kind == "sqlite" else Postgresql(needs.postgresql())


def _is_root() -> bool:
    return os.geteuid() == 0
