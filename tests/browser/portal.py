"""Runs `main.py serve` as a process of its own, on a database that a test has filled."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.browser.demo import ROOT, free_port, wait
from tests.conftest import SECRET_KEY


@contextlib.contextmanager
def running(database_url: str, folder: Path, *, may_call: str) -> Iterator[str]:
    """Start the portal and wait until it answers; gives its address.

    `may_call` is the host and port of a system on this machine that it may speak to.
    """
    port, log = free_port(), folder / "portal.log"
    address = f"http://127.0.0.1:{port}"
    hidden = ("PYTEST_CURRENT_TEST", "NICEGUI_USER_SIMULATION")
    environment = {name: text for name, text in os.environ.items() if name not in hidden} | {
        "ADJOIN_DATABASE_URL": database_url,
        "ADJOIN_SECRET_KEY": SECRET_KEY,
        "ADJOIN_BASE_URL": address,
        "ADJOIN_ALLOWED_HOSTS": may_call,
        "ADJOIN_PORT": str(port),
    }
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
