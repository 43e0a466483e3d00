"""How many reservations a second come in: read over loopback, 12 fields mapped, and upserted.

Beside the same work in dlt, and in a floor: the least that could be written by hand for this one
mapping (httpx, orjson, executemany or COPY), without rejects, counts, resuming or history. The
floor writes into a table of its own with one index, its key; and once more into ours, in which
pages and API find, sort and page the records. Each is a process of its own, on a database of its
own: a first run, and one more with nothing changed.

    uv run --with 'dlt[postgres,sqlalchemy]' python -m tests.bench.transfer [COUNT] [WHO, ...]

Without dlt it is left out; with names of contestants all others are. The pages are made beforehand
and served by another process.
"""

import asyncio
import gc
import importlib.util
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import orjson

PER_PAGE = 1000
STATES = ("Confirmed", "CheckedIn", "CheckedOut", "Canceled")
WORDS = dict(zip(STATES, ("confirmed", "started", "ended", "canceled"), strict=True))
FIELDS = {
    "external_id": "TEXT PRIMARY KEY",
    "number": "TEXT",
    "status": "TEXT",
    "arrival": "DATE",
    "departure": "DATE",
    "created": "TIMESTAMPTZ",
    "guest_name": "TEXT",
    "space_name": "TEXT",
    "rate_name": "TEXT",
    "adults": "BIGINT",
    "total": "BIGINT",
    "total_currency": "TEXT",
    "channel": "TEXT",
}
BERLIN = ZoneInfo("Europe/Berlin")
LONGEST = 900  # seconds for one process
SECRET_KEY = "a-secret-key-for-benches-0123456789abcdef"


def main(count: int, wanted: Sequence[str]) -> None:
    from tests import databases

    with served(count) as address, tempfile.TemporaryDirectory() as folder:
        contestants = list(wanted or OURS_AND_FLOORS)
        if not wanted and importlib.util.find_spec("dlt"):
            contestants.append("dlt")
        rows = []
        for kind in databases.KINDS:
            there = databases.start(kind, Path(tempfile.mkdtemp(dir=folder)))
            for name in contestants:
                rows += measured(name, kind, there.fresh(name.replace(" ", "_")), address, count)
            there.stop()
    show(count, rows)


def measured(name: str, kind: str, url: str, address: str, count: int) -> list[list[object]]:
    """Run one contestant in a process of its own, and return its two lines of the table."""
    asked = [sys.executable, "-m", "tests.bench.transfer", "one", name, url, address]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, timeout=LONGEST)
    except subprocess.TimeoutExpired:
        return [[name, kind, "first and again", f"not done in {LONGEST} s", "", "", ""]]
    if done.returncode:
        print(done.stderr[-2000:], file=sys.stderr)
        return [[name, kind, "first and again", "failed", "", "", ""]]
    lines = []
    for which, run in zip(("first", "unchanged"), json.loads(done.stdout), strict=True):
        rate = round(count / run["seconds"])
        lines.append(
            [
                name,
                kind,
                which,
                f"{rate:,}",
                run["seconds"],
                run["cpu"],
                f"{run['peak_mb']:.0f} ({run['before_mb']:.0f})",
            ]
        )
    return lines


def show(count: int, rows: list[list[object]]) -> None:
    from tests.bench import table

    head = ("", "database", "run", "records/s", "seconds", "CPU s", "peak MB (before)")
    table.show(f"{count:,} reservations, 12 fields, {PER_PAGE} a page", head, rows)


def timed(work: Callable[[], None]) -> dict[str, float]:
    before, started, cpu = peak(), time.perf_counter(), time.process_time()
    work()
    return {
        "before_mb": before,
        "seconds": time.perf_counter() - started,
        "cpu": time.process_time() - cpu,
        "peak_mb": peak(),
    }


def peak() -> float:
    """Return the most memory that this process ever had, in MB; what it was forked from aside."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line) / 1024


# Ours


def ours(url: str, address: str) -> list[dict[str, float]]:
    """Bring it in as a job of the queue does, without the queue."""
    from domain import intake, plans, runs
    from storage import database
    from storage.integrations import Run

    world, integration = prepared(url, address)

    # As `main` does it; without, the collector looks at all of Adjoin again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)

    def run() -> None:
        run_id = runs.run_now(world.maya, integration)
        while True:
            with database.reading() as session:
                found = session.get_one(Run, run_id)
            if found.status not in plans.LIVING:
                break
            intake.go_on(run_id, found.jobs)
        assert found.status == "succeeded", found.sentence

    return [timed(run), timed(run)]


def prepared(url: str, address: str) -> tuple[Any, str]:
    """Set up a source of the kind REST by the same verbs as on the pages; return the people who may
    use it, and the id of its integration."""
    from connectors.door import Door
    from connectors.webhook import Sender
    from domain import (
        installation,
        integration_pages,
        integrations,
        mappings,
        passwords,
        sources,
        transfers,
    )
    from domain.installation import Installation
    from domain.mapping.rows import Row
    from domain.schedules import Schedule
    from storage import database, encryption
    from tests import builders

    passwords.make_cheap()
    database.connect(url)
    encryption.use(SECRET_KEY)
    door = Door(frozenset({"127.0.0.1"}))
    installation.use(Installation("http://adjoin.test", "a@adjoin.test", door, Sender(door)))
    world = builders.build()
    settings = {
        "paging": "offset",
        "page_parameter": "skip",
        "size_parameter": "limit",
        "size": str(PER_PAGE),
        "total_path": "total",
        "types": {"reservations": {"path": "/reservations", "records": "data"}},
    }
    draft = sources.Draft("rest", "Bench", address=address, settings=settings)
    source = sources.add(world.maya, world.hotel, draft)
    transfer = transfers.add(world.maya, source, "reservations")
    transfers.sample(world.maya, transfer)
    mapping = (
        Row("external_id", "path", "Id"),
        Row("number", "path", "Number"),
        Row("status", "path", "State", "choice", {"values": WORDS}),
        Row("arrival", "path", "StartUtc", "date"),
        Row("departure", "path", "EndUtc", "date"),
        Row("created", "path", "CreatedUtc", "moment"),
        Row("guest_name", "path", "Customer.Name"),
        Row("space_name", "path", "Space.Number"),
        Row("rate_name", "path", "Rate.Name"),
        Row("adults", "path", "Adults", "integer"),
        Row("total", "path", "Total.Amount", "money", {"currency_path": "Total.Currency"}),
        Row("channel", "path", "Channel"),
    )
    mappings.save(world.maya, transfer, mapping, expected_version=0)
    transfers.activate(world.maya, transfer)
    (offered,) = integration_pages.offered(world.maya, world.hotel)
    wanted = {each.type: each.changes for each in offered.types if each.transfer_id}
    chosen = integrations.Draft(source, "Bench", wanted, Schedule("by_hand"))
    integration = integrations.create(world.maya, world.hotel, chosen)
    integrations.activate(world.maya, integration)
    return world, integration


# The floor


@dataclass(frozen=True)
class Layout:
    """A table that the floor writes into: what is the same in every line, and its key."""

    table: str
    key: str
    hash: str
    same: Mapping[str, Any] = field(default_factory=dict)
    made_by: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.same, *FIELDS, "search", self.hash, "raw")

    @property
    def on_conflict(self) -> str:
        changed = ", ".join(f"{each} = excluded.{each}" for each in self.names)
        return (
            f"ON CONFLICT ({self.key}) DO UPDATE SET {changed} "
            f"WHERE {self.table}.{self.hash} IS DISTINCT FROM excluded.{self.hash}"
        )


def floor(url: str, address: str) -> list[dict[str, float]]:
    """Only what this one mapping needs, into a table of its own."""
    kind = "BLOB" if url.startswith("sqlite") else "BYTEA"
    columns = ", ".join(f"{name} {of}" for name, of in FIELDS.items())
    made_by = f"CREATE TABLE floor ({columns}, search TEXT, hash {kind}, raw {kind})"
    return written(url, address, Layout("floor", "external_id", "hash", made_by=made_by))


def floor_in_ours(url: str, address: str) -> list[dict[str, float]]:
    """The same, into the table in which our pages and our API find, sort and page the records."""
    now = datetime.now(UTC)
    same = {
        "property_id": "pro_01m816jszk3zw5jkwn6k4k",
        "source_id": "src_01m816jszk3zw5jkwn6k4k",
        "run_id": "run_01m816jszk3zw5jkwn6k4k",
        **dict.fromkeys(("first_seen_at", "seen_at", "changed_at"), now),
    }
    layout = Layout("reservations", "source_id, external_id", "content_hash", same)
    return written(url, address, layout)


def written(url: str, address: str, layout: Layout) -> list[dict[str, float]]:
    import httpx

    write = (_sqlite if url.startswith("sqlite") else _postgresql)(url, layout)
    same = tuple(layout.same.values())
    if url.startswith("sqlite"):
        same = tuple(_told(each) for each in same)

    def run() -> None:
        with httpx.Client() as client:
            for records in pages(client, address):
                lines = []
                for record in records:
                    values = mapped(record)
                    digest = blake2b(orjson.dumps(values), digest_size=16).digest()
                    search = " ".join(values[name] for name in SEARCHED).lower()
                    line = (*same, *values.values(), search, digest, orjson.dumps(record))
                    lines.append(line)
                write(lines)

    return [timed(run), timed(run)]


SEARCHED = ("external_id", "number", "guest_name")
Write = Callable[[list[tuple[Any, ...]]], None]


def _told(value: Any) -> Any:
    return f"{value:%Y-%m-%d %H:%M:%S.%f}" if isinstance(value, datetime) else value


def _sqlite(url: str, layout: Layout) -> Write:
    import sqlite3

    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute(layout.made_by)
    sqlite3.register_adapter(date, date.isoformat)
    sqlite3.register_adapter(datetime, datetime.isoformat)
    marks = ", ".join("?" * len(layout.names))
    statement = (
        f"INSERT INTO {layout.table} ({', '.join(layout.names)}) VALUES ({marks}) "
        f"{layout.on_conflict}"
    )

    def write(lines: list[tuple[Any, ...]]) -> None:
        with connection:
            connection.executemany(statement, lines)

    return write


def _postgresql(url: str, layout: Layout) -> Write:
    import psycopg

    connection = psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"))
    listed = ", ".join(layout.names)
    if layout.made_by:
        connection.execute(layout.made_by.encode())
    connection.execute(
        f"CREATE TEMPORARY TABLE i ON COMMIT DELETE ROWS AS "
        f"SELECT {listed} FROM {layout.table} WITH NO DATA".encode()
    )
    connection.commit()
    described = connection.execute(f"SELECT {listed} FROM {layout.table} LIMIT 0".encode())
    types = [column.type_code for column in described.description or ()]
    connection.commit()

    def write(lines: list[tuple[Any, ...]]) -> None:
        with connection.cursor() as cursor:
            into = f"COPY i ({listed}) FROM STDIN (FORMAT BINARY)"
            with cursor.copy(into.encode()) as copy:
                copy.set_types(types)
                for line in lines:
                    copy.write_row(line)
            cursor.execute(
                f"INSERT INTO {layout.table} ({listed}) SELECT {listed} FROM i "
                f"{layout.on_conflict}".encode()
            )
        connection.commit()

    return write


# dlt


def dlt(url: str, address: str) -> list[dict[str, float]]:
    """A resource that is merged by its primary key; its mapping is the floor's."""
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    os.environ["RUNTIME__LOG_LEVEL"] = "CRITICAL"
    import dlt as it
    import httpx
    from sqlalchemy import make_url

    @it.resource(name="reservations", primary_key="external_id", write_disposition="merge")
    def reservations() -> Iterator[list[dict[str, Any]]]:
        with httpx.Client() as client:
            for records in pages(client, address):
                yield [mapped(record) for record in records]

    if url.startswith("sqlite"):
        destination = it.destinations.sqlalchemy(credentials=url)
    else:
        place = make_url(url)
        # The server listens in a folder, which has to look like a host in dlt's addresses.
        folder = quote(str(place.query["host"]), safe="")
        credentials = {
            "database": place.database,
            "username": place.username,
            "password": place.password or "none",
            "host": folder,
        }
        destination = it.destinations.postgres(credentials=credentials)

    with tempfile.TemporaryDirectory() as folder:
        pipeline = it.pipeline(
            "bench", pipelines_dir=folder, destination=destination, dataset_name="bench"
        )

        def run() -> None:
            pipeline.run(reservations())

        return [timed(run), timed(run)]


# What floor and dlt share


def pages(client: Any, address: str) -> Iterator[list[dict[str, Any]]]:
    skip = 0
    while True:
        reply = client.get(
            f"{address}/reservations", params={"limit": PER_PAGE, "skip": skip}, timeout=60
        )
        answer = orjson.loads(reply.content)
        yield answer["data"]
        skip += PER_PAGE
        if skip >= answer["total"]:
            return


def mapped(record: dict[str, Any]) -> dict[str, Any]:
    total = record["Total"]
    return {
        "external_id": record["Id"],
        "number": record["Number"],
        "status": WORDS[record["State"]],
        "arrival": datetime.fromisoformat(record["StartUtc"]).astimezone(BERLIN).date(),
        "departure": datetime.fromisoformat(record["EndUtc"]).astimezone(BERLIN).date(),
        "created": datetime.fromisoformat(record["CreatedUtc"]),
        "guest_name": record["Customer"]["Name"],
        "space_name": record["Space"]["Number"],
        "rate_name": record["Rate"]["Name"],
        "adults": int(record["Adults"]),
        "total": round(float(total["Amount"]) * 100),
        "total_currency": total["Currency"],
        "channel": record["Channel"],
    }


# The hotel system


class served:  # noqa: N801 - used like a function
    """Serve `count` reservations from another process; gives the address."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __enter__(self) -> str:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(self._count, theirs), daemon=True)
        self._process.start()
        return f"http://127.0.0.1:{ours.recv()}"

    def __exit__(self, *_: object) -> None:
        self._process.terminate()


def serve(count: int, said: Any) -> None:
    asyncio.run(_serve(count, said))


async def _serve(count: int, said: Any) -> None:
    from aiohttp import web

    ready = {
        skip: orjson.dumps(
            {
                "data": [record_of(n) for n in range(skip, min(skip + PER_PAGE, count))],
                "total": count,
            }
        )
        for skip in range(0, count, PER_PAGE)
    }

    async def answer(request: web.Request) -> web.Response:
        if request.query.get("limit") != str(PER_PAGE):
            few = {"data": [record_of(n) for n in range(50)], "total": 50}
            return web.json_response(few)
        body = ready[int(request.query["skip"])]
        return web.Response(body=body, content_type="application/json")

    async def hello(_: web.Request) -> web.Response:
        return web.json_response({"data": [], "total": 0})

    app = web.Application()
    app.router.add_get("/reservations", answer)
    app.router.add_get("/{rest:.*}", hello)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    said.send(runner.addresses[0][1])
    await asyncio.Event().wait()


def record_of(number: int) -> dict[str, Any]:
    start = datetime(2026, 1, 1, 14, tzinfo=UTC) + timedelta(days=number % 700)
    return {
        "Id": f"3f2504e0-4f89-11d3-9a0c-{number:012x}",
        "Number": str(100_000 + number),
        "State": STATES[number % 4],
        "StartUtc": start.isoformat(),
        "EndUtc": (start + timedelta(days=1 + number % 9)).isoformat(),
        "CreatedUtc": (start - timedelta(days=number % 90)).isoformat(),
        "Customer": {"Id": f"c-{number}", "Name": f"Guest Number {number}", "Language": "de-CH"},
        "Space": {"Id": f"s-{number % 200}", "Number": str(100 + number % 200)},
        "Rate": {"Id": f"r-{number % 12}", "Name": f"Best available {number % 12}"},
        "Adults": str(1 + number % 4),
        "Total": {"Amount": f"{120 + number % 500}.50", "Currency": "EUR"},
        "Channel": "Booking.com" if number % 3 else "Direct",
        "Options": {"OwnerChecked": True, "AllCompanionsChecked": False},
        "Notes": None,
    }


OURS_AND_FLOORS = {"ours": ours, "floor": floor, "floor in our table": floor_in_ours}

if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        contestant = (OURS_AND_FLOORS | {"dlt": dlt})[sys.argv[2]]
        print(json.dumps(contestant(sys.argv[3], sys.argv[4])))
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 100_000, sys.argv[2:])
