"""Databases for tests: SQLite files copied from one that was migrated, and a PostgreSQL server."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg

from storage import migrations
from tests import needs

KINDS = ("sqlite", "postgresql")


class Databases(Protocol):
    """One kind of database: hands out migrated ones, by their address."""

    def empty(self) -> str:
        """Return the address of an empty database that the next `empty` may take over."""

    def fresh(self, name: str) -> str:
        """Return the address of a new, empty database that nobody else uses."""


class Sqlite:
    """Files, each a copy of one that was migrated once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.db"
        self._number = 0
        migrations.upgrade(f"sqlite:///{self._template}")

    def empty(self) -> str:
        for leftover in self._folder.glob("empty-*"):
            leftover.unlink()
        self._number += 1
        return self.fresh(f"empty-{self._number}")

    def fresh(self, name: str) -> str:
        path = self._folder / f"{name}.db"
        shutil.copyfile(self._template, path)
        return f"sqlite:///{path}"


class Postgresql:
    """A server of our own over the machine's programs; it dies with the tests."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="adjoin-pg-"))
        if _is_root():
            shutil.chown(self._folder, "postgres", "postgres")
        self._admin: psycopg.Connection[Any] | None = None
        self._cleaner: psycopg.Connection[Any] | None = None

    def start(self) -> None:
        data = self._folder / "data"
        self._run("initdb", "-D", data, "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8")
        # Without fsync, and reached only through a socket in its own folder: fast, and no port.
        options = f"-F -k {self._folder} -c listen_addresses='' -c max_connections=200"
        self._run("pg_ctl", "start", "-w", "-D", data, "-l", self._folder / "log", "-o", options)
        self._admin = self._connect("postgres")
        self._admin.execute("CREATE DATABASE migrated")
        migrations.upgrade(self._url("migrated"))
        self.fresh("empty")
        self._cleaner = self._connect("empty")

    def stop(self) -> None:
        for connection in (self._admin, self._cleaner):
            if connection is not None:
                connection.close()
        self._run("pg_ctl", "stop", "-m", "immediate", "-D", self._folder / "data")
        shutil.rmtree(self._folder)

    def empty(self) -> str:
        # Deleting a few rows takes 8 ms, copying or truncating a whole database 60.
        assert self._cleaner is not None
        tables = self._cleaner.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables "
            "WHERE schemaname IN ('public', 'dbos') "
            "AND tablename NOT IN ('alembic_version', 'dbos_migrations')"
        ).fetchall()
        self._cleaner.execute("SET session_replication_role = replica; SET lock_timeout = '10s'")
        self._cleaner.execute("; ".join(f"DELETE FROM {name}" for (name,) in tables))
        return self._url("empty")

    def fresh(self, name: str) -> str:
        assert self._admin is not None
        self._admin.execute(f'CREATE DATABASE "{name}" TEMPLATE migrated')
        return self._url(name)

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
def open_one(kind: str, folder: Path) -> Iterator[Databases]:
    """Hand out databases of `kind`; skips where the machine has no PostgreSQL."""
    if kind == "sqlite":
        yield Sqlite(folder)
        return
    server = Postgresql(needs.postgresql())
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _is_root() -> bool:
    return os.geteuid() == 0
