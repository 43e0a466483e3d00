"""Fixtures: the demo's real programs, a small API for Akia to call, and a world built once."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from connectors.door import Door
from connectors.webhook import Sender
from demo import world
from demo.post_office import PostOffice
from demo.programs import Addresses, Programs
from domain import installation
from domain.installation import Installation
from storage import database as storage
from storage import encryption, migrations

SECRET_KEY = "a-secret-key-for-the-demo-0123456789abcdef"


@dataclass
class SmallApi:
    """Stands where Adjoin would: notes each call and answers with the next code of `codes`."""

    address: str = ""
    codes: list[int] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)  # path, Authorization


@pytest.fixture(scope="session")
def small_api() -> Iterator[SmallApi]:
    api = SmallApi()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            # The hotel system calls, too, whenever something has changed there.
            is_for_programs = not self.path.startswith("/in/")
            if is_for_programs:
                api.calls.append((self.path, self.headers["Authorization"]))
            body = json.dumps({"status": "active"}).encode()
            self.send_response(api.codes.pop(0) if is_for_programs and api.codes else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    api.address = f"http://127.0.0.1:{server.server_port}"
    yield api
    server.shutdown()
    server.server_close()


@dataclass(frozen=True)
class Running:
    """The programs while they run."""

    folder: Path
    addresses: Addresses
    pids: dict[str, int]


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory, small_api: SmallApi) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("programs")
    programs = Programs()
    addresses = programs.start(folder, small_api.address)
    yield Running(folder / "programs", addresses, programs.pids)
    programs.stop()


@dataclass(frozen=True)
class Built:
    """A world that was built on a database of its own. `now` is when."""

    url: str
    now: datetime
    addresses: Addresses
    post_office: PostOffice


@pytest.fixture(scope="session")
def _built(tmp_path_factory: pytest.TempPathFactory, running: Running) -> Built:
    folder = tmp_path_factory.mktemp("world")
    url = f"sqlite:///{folder / 'demo.db'}"
    migrations.upgrade(url)
    _open(url, running.addresses)
    built = Built(url, datetime.now(UTC), running.addresses, PostOffice(folder))
    world.build(built.addresses, built.now, built.post_office)
    storage.close()
    return built


@pytest.fixture
def built(_built: Built) -> Iterator[Built]:
    """The world of the demo, built once for all tests, which only look at it."""
    _open(_built.url, _built.addresses)
    yield _built
    storage.close()


@pytest.fixture
def empty(database: str, running: Running) -> Addresses:
    """An empty database of either kind, whose installation may call the programs."""
    _install(running.addresses)
    return running.addresses


def _open(url: str, addresses: Addresses) -> None:
    storage.close()
    storage.connect(url)
    _install(addresses)


def _install(addresses: Addresses) -> None:
    encryption.use(SECRET_KEY)
    door = Door(addresses.allowed_hosts)
    sender = "Adjoin <adjoin@adjoin.example>"
    installation.use(Installation("http://127.0.0.1:8080", sender, door, Sender(door)))
