"""How fast a partner's program reads: a page of 100 reservations, and a million of them to the end.

`main.py serve` as it is, with an access token, beside a bare FastAPI route that asks its database
the very same question and writes the rows as they come: no token, no log, no cursor. Both are
processes of their own on the same database, asked in turns by the same loop with as many
connections. The processor time of a server for one request is what other work on the machine
disturbs least.

    uv run python -m tests.bench.connector [sqlite|postgresql] [ROWS]
"""

import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from connectors.door import Door
from connectors.webhook import Sender
from domain import installation, passwords
from domain.installation import Installation
from storage import database, encryption
from tests import builders, databases, shelf
from tests.bench import table
from tests.bench.server import Server
from tests.browser.demo import ROOT, free_port
from tests.conftest import SECRET_KEY

CONNECTIONS, ROUNDS, SECONDS = 4, 5, 2.0
PATH = "/api/v1/reservations?limit=100"
EDGE = 20  # pages at the beginning and at the end that are compared

# What differs between the two: a day so many days after another.
_DAY = {
    "sqlite": "date('2026-01-01', '+' || (i % 700 + {more}) || ' days')",
    "postgresql": "date '2026-01-01' + (i % 700 + {more})",
}
_FILL = """
    WITH RECURSIVE counted(i) AS (
        SELECT 1 UNION ALL SELECT i + 1 FROM counted WHERE i < {count}
    )
    INSERT INTO reservations (
        property_id, source_id, external_id, run_id, content_hash, search, first_seen_at, seen_at,
        changed_at, number, status, arrival, departure, created, updated, guest_id, guest_name,
        space_name, rate_name, adults, total, total_currency, channel, raw
    )
    SELECT '{hotel}', '{source}', '3f2504e0-4f89-11d3-9a0c-' || i, 'run_1', {hash}, 'guest ' || i,
        '{at}', '{at}', '{at}', i || '', 'confirmed', {arrival}, {departure}, '{at}', '{at}',
        'guest-' || i, 'Guest Number ' || i, 'Room ' || (i % 90), 'Best available rate', 2,
        25000 + i % 90000, 'EUR', 'Booking.com', {raw}
    FROM counted
"""


def main(kind: str, count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        there = databases.start(kind, Path(folder))
        try:
            url = there.fresh("bench")
            began = time.perf_counter()
            hotel, token = filled(url, kind, count)
            print(f"{count:,} reservations in {time.perf_counter() - began:.0f} s", flush=True)
            with bare(url, hotel) as its, ours(url, Path(folder)) as our:
                asyncio.run(compare(kind, its, our, token))
                asyncio.run(read_on(kind, our, token, count))
        finally:
            there.stop()


# Rates


async def compare(kind: str, its: Server, our: Server, token: str) -> None:
    """Ask both in turns and print how many requests a second each has answered."""
    asked = {"bare route": (its, "/bare?limit=100"), "Connector API": (our, PATH)}
    for server, path in asked.values():
        await asked_for(server, path, token, 1.0)  # until it is warm
    found: dict[str, list[float]] = {name: [] for name in asked}
    cpu = dict.fromkeys(asked, 0.0)
    for _ in range(ROUNDS):
        for name, (server, path) in asked.items():
            before = server.cpu()
            found[name] += await asked_for(server, path, token, SECONDS)
            cpu[name] += server.cpu() - before
    rows = [
        [
            name,
            len(took) / (ROUNDS * SECONDS),
            1e3 * cpu[name] / len(took),
            1e3 * table.percentile(took, 0.5),
            1e3 * table.percentile(took, 0.99),
        ]
        for name, took in found.items()
    ]
    rate, its_cpu = rows[1][1] / rows[0][1], rows[0][2] / rows[1][2]  # type: ignore[operator]
    rows.append(["ours to bare", rate, its_cpu, "", ""])
    head = ("", "requests/s", "CPU ms each", "p50 ms", "p99 ms")
    table.show(f"100 reservations, {CONNECTIONS} connections, {kind}", head, rows)


async def asked_for(server: Server, path: str, token: str, seconds: float) -> list[float]:
    """Ask over and over for so long; return the seconds that each answer took."""
    until, took = time.perf_counter() + seconds, []

    async def ask() -> None:
        async with Caller(server.address, token) as caller:
            while (began := time.perf_counter()) < until:
                await caller.get(path)
                took.append(time.perf_counter() - began)

    await asyncio.gather(*(ask() for _ in range(CONNECTIONS)))
    return took


# To the end


async def read_on(kind: str, our: Server, token: str, count: int) -> None:
    """Read all reservations, a thousand at a time, and print what the first and last pages took."""
    rows = []
    for name, more in (("by number", ""), ("by change", "&updated_since=2026-01-01T00:00:00Z")):
        took, seen, cursor = [], 0, ""
        async with Caller(our.address, token) as caller:
            while cursor is not None:
                path = f"/api/v1/reservations?limit=1000{more}"
                began = time.perf_counter()
                page = orjson.loads(await caller.get(path + (f"&cursor={cursor}" * bool(cursor))))
                took.append(time.perf_counter() - began)
                seen, cursor = seen + len(page["data"]), page["next_cursor"]
        assert seen == count, f"{seen} of {count}"
        first, last = (1e3 * table.percentile(each, 0.5) for each in (took[:EDGE], took[-EDGE:]))
        rows.append([name, len(took), sum(took), first, last, last / first])
    head = ("", "pages", "seconds", "first pages, ms", "last pages, ms", "last to first")
    table.show(f"{count:,} reservations to the end, {kind}", head, rows)


class Caller:
    """One connection that asks, and does next to nothing else."""

    def __init__(self, address: str, token: str) -> None:
        self._host, self._port = address.removeprefix("http://").split(":")
        self._token = token

    async def __aenter__(self) -> "Caller":
        self._reader, self._writer = await asyncio.open_connection(
            self._host, int(self._port), limit=10_000_000
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()

    async def get(self, path: str) -> bytes:
        self._writer.write(
            f"GET {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n"
            f"Authorization: Bearer {self._token}\r\n\r\n".encode()
        )
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        body = await self._reader.readexactly(length)
        assert head.startswith(b"http/1.1 200"), body
        return body


# Both servers


def filled(url: str, kind: str, count: int) -> tuple[str, str]:
    """Fill a database; return the hotel and the access token of its app."""
    database.connect(url)
    encryption.use(SECRET_KEY)
    passwords.make_cheap()
    door = Door(frozenset())
    installation.use(Installation("http://adjoin.test", "a@adjoin.test", door, Sender(door)))
    world = builders.build()
    there = shelf.fill(world, 0)
    at = world.now.strftime("%Y-%m-%d %H:%M:%S.000000") + ("+00" if kind != "sqlite" else "")
    raw = orjson.dumps({"Id": "x" * 40, "Notes": "y" * 500}).decode()
    statement = _FILL.format(
        count=count,
        hotel=world.hotel,
        source=there.source,
        at=at,
        hash="x'00'" if kind == "sqlite" else "'\\x00'::bytea",
        arrival=_DAY[kind].format(more=0),
        departure=_DAY[kind].format(more=2),
        raw=f"CAST('{raw}' AS BLOB)" if kind == "sqlite" else f"'{raw}'::bytea",
    )
    if kind != "sqlite":
        statement = statement.replace(f"'{at}'", f"'{at}'::timestamptz")
    with database.transaction() as session:
        # As it stands: the colons in it are no parameters, and a % has to be two for PostgreSQL.
        text = statement if kind == "sqlite" else statement.replace("%", "%%")
        session.connection().exec_driver_sql(text)
        if kind != "sqlite":
            session.connection().exec_driver_sql("ANALYZE reservations")
    token = builders.token_of(there.connection)
    database.close()
    return world.hotel, token


@contextlib.contextmanager
def ours(url: str, folder: Path) -> Iterator[Server]:
    """Serve Adjoin as `main.py serve` does, without a limit to how often one may ask."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = {
        "ADJOIN_DATABASE_URL": url,
        "ADJOIN_SECRET_KEY": SECRET_KEY,
        "ADJOIN_BASE_URL": address,
        "ADJOIN_PORT": str(port),
        "ADJOIN_API_RATE": "100000/30",
    }
    with served([sys.executable, "main.py", "serve"], address, "/readyz", settings) as server:
        yield server


@contextlib.contextmanager
def bare(url: str, hotel: str) -> Iterator[Server]:
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.connector", "bare", url, hotel, str(port)]
    with served(command, f"http://127.0.0.1:{port}", "/bare?limit=1", {}) as server:
        yield server


@contextlib.contextmanager
def served(
    command: list[str], address: str, ready: str, settings: dict[str, str]
) -> Iterator[Server]:
    import httpx

    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | settings, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(300):
            assert process.poll() is None, "the server did not come up"
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(address + ready).status_code == 200:
                    break
            time.sleep(0.2)
        yield Server(process, address)
    finally:
        process.terminate()
        process.wait(timeout=30)


def serve_bare(url: str, hotel: str, port: int) -> None:
    """The same question and the same rows, in as little code as FastAPI needs."""
    import uvicorn
    from fastapi import FastAPI, Response

    from domain.shapes import shape
    from storage.records import Reservation

    engine = database.make_engine(url)
    table_: Any = Reservation
    query = (
        shape("reservations", True)
        .query.where(table_.property_id == hotel, table_.removed_at.is_(None))
        .order_by(table_.id)
    )
    app = FastAPI()

    @app.get("/bare")
    def reservations(limit: int) -> Response:
        with engine.connect() as connection:
            found = connection.execute(query.limit(limit + 1))
            names = [str.__str__(name) for name in found.keys()]  # noqa: SIM118 - not the rows
            rows = found.all()
        body = orjson.dumps({"data": [dict(zip(names, row, strict=True)) for row in rows[:limit]]})
        return Response(body, media_type="application/json")

    uvicorn.run(app, host="127.0.0.1", port=port, log_config=None, access_log=False)


if __name__ == "__main__":
    if sys.argv[1:2] == ["bare"]:
        serve_bare(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        kinds = [each for each in sys.argv[1:] if each in databases.KINDS] or ["sqlite"]
        rows = [int(each) for each in sys.argv[1:] if each.isdecimal()] or [1_000_000]
        main(kinds[0], rows[0])
