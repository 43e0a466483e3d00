"""Runs `main.py demo` as a process of its own, as a stakeholder would."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
PATIENCE = 300  # seconds for the whole demo to come up on a busy machine


@dataclass(frozen=True)
class Demo:
    """`programs` are the addresses of the programs' own pages, by the name that is printed."""

    address: str
    folder: Path
    programs: dict[str, str]

    @property
    def log(self) -> str:
        return (self.folder / "demo.log").read_text()


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Demo]:
    """Start the demo in `folder`, wait until it answers, and end it with Ctrl-C."""
    port = free_port()
    log = folder / "demo.log"
    hidden = ("PYTEST_CURRENT_TEST", "NICEGUI_USER_SIMULATION")
    environment = {name: text for name, text in os.environ.items() if name not in hidden}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "main.py", "demo", "--port", str(port), "--data", str(folder / "d")],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        wait(process, address, log)
        pages = re.findall(r"^\s+(\S.*?)\s{2,}(http://127\.0\.0\.1:\d+)$", log.read_text(), re.M)
        yield Demo(address, folder, dict(pages))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Return as soon as a portal answers; fails with its log when it ends or never does."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{address}/readyz", timeout=2).status_code == 200:
                return
        time.sleep(0.2)
    raise AssertionError(f"the demo did not come up:\n{log.read_text()}")
