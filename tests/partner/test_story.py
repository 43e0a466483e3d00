"""A partner's program in JavaScript lives through the story of a connection, on a real server.

The program knows what the public documentation says, and nothing else. This side is the hotel: it
fills the database before the server starts, and works while the program reads.
"""

import json
import os
import random
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from connectors.door import Door
from connectors.webhook import Sender
from domain import installation, moments
from domain.installation import Installation
from storage import database, encryption
from storage.upserts import Fresh, Upserts
from tests import builders, needs, serving, shelf
from tests.conftest import SECRET_KEY
from tests.databases import Databases
from tests.shelf import Shelf

FOLDER = Path(__file__).parent
COUNT = 10_000
PATIENCE = 120  # seconds for the whole story
COLUMNS = ("number", "status", "arrival", "departure", "guest_name")


def test_the_programs_own_tests_pass() -> None:
    done = subprocess.run(
        [needs.node(), "--test", "api.test.mjs"], cwd=FOLDER, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# pass 5" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    "database_kind", ["sqlite"], scope="session"
)  # the reading itself is tested on both
def test_it_lives_through_the_story_of_a_connection(
    databases_of_kind: Databases, tmp_path: Path
) -> None:
    node, url = needs.node(), databases_of_kind.fresh("partner")
    there = _settled(url)
    token = builders.token_of(there.connection)
    hotel = Hotel(there)
    with serving.served(url, tmp_path / "portal.log") as (address, _), listening(hotel) as wishes:
        told = {"ADDRESS": address, "TOKEN": token, "HOTEL": wishes}
        done = subprocess.run(
            [node, "--test", "--test-reporter=tap", "story.mjs"],
            cwd=FOLDER,
            env=os.environ | told,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
    hotel.rest()
    database.close()
    steps = len(list((FOLDER / "steps").glob("*.mjs")))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"# tests {steps + 1}\n" in done.stdout


class Hotel:
    """Harbour Hotel at work: its runs change, add and remove reservations until it rests."""

    def __init__(self, there: Shelf) -> None:
        self._there = there
        self._upserts = Upserts(
            "reservations",
            COLUMNS,
            property_id=there.world.hotel,
            source_id=there.source,
            run_id="run_2",
            status="status",
        )
        self._stays = {f"res-{n}" for n in range(1, COUNT + 1)}
        self.changed: set[str] = set()
        self.added: set[str] = set()
        self.removed: set[str] = set()
        self._is_over = threading.Event()
        self._work = threading.Thread(target=self._go_on, daemon=True)
        self._random = random.Random(4)

    def work(self) -> dict[str, Any]:
        self._write()
        self._work.start()
        return {}

    def rest(self) -> dict[str, Any]:
        """Stop, and tell what the day has brought."""
        self._is_over.set()
        if self._work.is_alive():
            self._work.join()
        return {
            "stayed": sorted(self._stays - self.removed),
            "changed": sorted(self.changed - self.removed),
            "added": sorted(self.added),
            "removed": sorted(self.removed),
        }

    def _go_on(self) -> None:
        while not self._is_over.is_set():
            self._write()
            time.sleep(0.02)

    def _write(self) -> None:
        known = sorted(self._stays - self.removed)
        changed = self._random.sample(known, 20)
        added = [f"new-{len(self.added) + n}" for n in range(3)]
        (removed,) = self._random.sample(sorted(set(known) - set(changed)), 1)
        with database.transaction() as session:
            now = moments.now()
            self._upserts.write(session, [_fresh(key) for key in (*changed, *added)], now)
        self._there.remove(removed, moments.now())
        self.changed |= set(changed)
        self.added |= set(added)
        self.removed.add(removed)


def _fresh(key: str) -> Fresh:
    stays = date(2027, 1, 1)
    values = (f"{time.monotonic_ns()}", "started", stays, stays + timedelta(days=1), "Guest")
    return Fresh(key, os.urandom(16), key, b"{}", dict(zip(COLUMNS, values, strict=True)))


@contextmanager
def listening(hotel: Hotel) -> Iterator[str]:
    """Let the story tell the hotel when to work and when to rest; gives the address."""

    class Wishes(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.dumps({"/work": hotel.work, "/rest": hotel.rest}[self.path]()).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Wishes)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()


def _settled(url: str) -> Shelf:
    """Fill a database: the hotel has been there for an hour, and its app may read everything."""
    database.close()
    database.connect(url)
    encryption.use(SECRET_KEY)
    door = Door(frozenset({"127.0.0.1"}))
    installation.use(Installation("http://adjoin.test", "a@adjoin.test", door, Sender(door)))
    world = builders.build(now=moments.now() - timedelta(hours=1))
    return shelf.fill(world, COUNT)
