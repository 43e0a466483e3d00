"""Runs `main.py serve` as a process of its own, for hotels that have nothing yet."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from storage import database, encryption
from tests import builders
from tests.browser.demo import ROOT, free_port, wait
from tests.conftest import SECRET_KEY
from tests.databases import Sqlite


@contextlib.contextmanager
def running(folder: Path, managers: Sequence[str]) -> Iterator[str]:
    """Start the portal and wait until it answers; gives its address.

    Each of the `managers` has a hotel. It may speak to every system on this machine. Whatever it
    logs as an error fails.
    """
    databases = Sqlite(folder)
    url, log, port = databases.fresh("portal"), folder / "portal.log", free_port()
    address = f"http://127.0.0.1:{port}"
    hidden = ("PYTEST_CURRENT_TEST", "NICEGUI_USER_SIMULATION")
    environment = {name: text for name, text in os.environ.items() if name not in hidden} | {
        "ADJOIN_DATABASE_URL": url,
        "ADJOIN_SECRET_KEY": SECRET_KEY,
        "ADJOIN_BASE_URL": address,
        "ADJOIN_ALLOWED_HOSTS": "127.0.0.1",
        "ADJOIN_PORT": str(port),
    }
    _settle(url, managers)
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "main.py", "serve"],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        wait(process, address, log)
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        databases.stop()
    errors = [line for line in log.read_text().splitlines() if '"level": "error"' in line]
    assert not errors, "\n".join(errors)


def email(manager: str) -> str:
    return f"{manager}@hotels.example"


def _settle(url: str, managers: Sequence[str]) -> None:
    """Put a hotel for each of the managers into a database."""
    database.close()
    database.connect(url)
    encryption.use(SECRET_KEY)
    now = builders.build().now
    with builders.adding() as rows:
        for manager in managers:
            hotel = f"{manager.capitalize()}’s hotel"
            place = builders.add_property(rows, hotel, now, time_zone="Europe/Berlin")
            builders.add_person(rows, email(manager), "manager", place, now=now)
    database.close()
