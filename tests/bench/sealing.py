"""How many rows of the history a second are sealed and checked, and what a Connect costs with it.

Connects are taken in turns, with the audit log and as if there were none; then rows are sealed in
batches beside nothing, and the whole chain is walked as `main.py verify-audit` does.
"""

import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from connectors.door import Door
from connectors.webhook import Sender
from domain import connections, history, installation, passwords, seals, tampering
from domain.actors import Standing
from domain.installation import Installation
from storage import audit, database, encryption, migrations
from storage.history import HistoryRow
from tests import builders
from tests.bench import table
from tests.builders import World

ROWS = 20_000
ROUNDS, CLICKS = 8, 25


def main(url: str | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = url or f"sqlite:///{Path(folder) / 'bench.db'}"
        migrations.upgrade(url)
        database.connect(url)
        encryption.use("a-secret-key-for-benches-0123456789abcdef")
        passwords.make_cheap()
        door = Door(frozenset(), lookup=builders.look_up)
        installation.use(Installation("http://bench.test", "a@bench.test", door, Sender(door)))
        logging.disable()  # rows without a stamp are told of, and here they are wanted
        world = builders.build()
        table.show("Connect and Withdraw", ["with", "ms, median", "ratio"], clicks(world))
        table.show("Rows of the history", ["what", "a second"], sealing(world))
        database.close()


def clicks(world: World) -> list[list[object]]:
    """Connect and Withdraw, 25 times in turn: as it would be without an audit log, as it is, and
    with rows being sealed forty times as often as usual."""
    taken: dict[str, list[float]] = {name: [] for name in WAYS}
    for _ in range(ROUNDS):
        for name, way in WAYS.items():
            with way():
                taken[name] += [timed(lambda: click(world)) for _ in range(CLICKS)]
    medians = {name: statistics.median(times) * 1000 for name, times in taken.items()}
    bare = medians["history only"]
    return [[name, ms, ms / bare] for name, ms in medians.items()]


@contextmanager
def unprotected() -> Iterator[None]:
    """Without stamps, triggers and the indexes by which the audit log is read."""
    stamp = seals.stamp
    seals.stamp = lambda row: ""
    indexes = [each for each in audit.tables_of(HistoryRow).indexes if each.name in INDEXES]
    with database.engine().begin() as connection:
        audit.release(connection)
        for index in indexes:
            index.drop(connection)
    yield
    seals.stamp = stamp
    with database.engine().begin() as connection:
        for index in indexes:
            index.create(connection)
        audit.protect(connection)


@contextmanager
def often() -> Iterator[None]:
    seals.EVERY = 0.05
    sealer = seals.Sealer()
    sealer.start()
    yield
    sealer.stop()


WAYS = {"history only": unprotected, "stamped, only growing": nullcontext, "and sealed": often}
INDEXES = ("history_by_time", "history_by_event", "history_by_person")


def click(world: World) -> None:
    connection_id = world.connect()
    connections.withdraw(world.maya, connection_id)


def sealing(world: World) -> list[list[object]]:
    who = Standing("Maya")

    def write() -> None:
        with database.transaction() as session:
            for number in range(ROWS):
                note = f"number {number}"
                history.record(session, "bench.done", who, "property", world.now, note=note)

    written = timed(write)
    sealed = timed(seals.seal)
    checked = timed(tampering.check)
    return [
        ["written in one transaction", f"{ROWS / written:,.0f}"],
        ["sealed", f"{ROWS / sealed:,.0f}"],
        ["checked", f"{ROWS / checked:,.0f}"],
    ]


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
