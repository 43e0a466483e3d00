"""Runs `main.py serve` as a process of its own, on a database that was filled before."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.browser.demo import ROOT, free_port, wait
from tests.conftest import SECRET_KEY

_OF_TESTS = ("PYTEST_CURRENT_TEST", "NICEGUI_USER_SIMULATION")


@contextlib.contextmanager
def served(url: str, log: Path, **settings: str) -> Iterator[tuple[str, int]]:
    """Start the portal and wait until it answers; gives its address and the process's id.

    It may call this machine. settings: further ones, `API_RATE="1000/30"`. log: what it says.
    """
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    known = {
        "DATABASE_URL": url,
        "SECRET_KEY": SECRET_KEY,
        "BASE_URL": address,
        "ALLOWED_HOSTS": "127.0.0.1",
        "PORT": str(port),
    }
    environment = {name: text for name, text in os.environ.items() if name not in _OF_TESTS}
    environment |= {f"ADJOIN_{name}": text for name, text in (known | settings).items()}
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
        yield address, process.pid
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
