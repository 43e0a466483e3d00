"""Adjoin in a process of its own, with as many apps as a benchmark wants and one empty page.

Run by the benchmarks: `python -m tests.bench.server PORT APPS FOLDER`. Prints "ready" once it may
be asked, and beforehand the manager's password is `notifications.PASSWORD`.
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from tests.browser.demo import free_port

MANAGER = "m@bench.example"
EMPTY = "/bench-empty"


class Server:
    """A running server: `cpu()` is the seconds of processor that it has used so far, `megabytes()`
    the memory that it holds now."""

    def __init__(self, process: "subprocess.Popen[bytes]", address: str) -> None:
        self._process = process
        self.address = address

    def cpu(self) -> float:
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> float:
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextlib.contextmanager
def running(apps: int, folder: Path) -> Iterator[Server]:
    """Start a server whose catalogue has `apps` apps, and end it afterwards."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.server", str(port), str(apps), str(folder)],
        stderr=subprocess.DEVNULL,
    )
    server = Server(process, f"http://127.0.0.1:{port}")
    try:
        _wait(process, server.address)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=30)


def serve(port: int, apps: int, folder: Path) -> None:
    """Fill a database and serve it until this process is ended."""
    from nicegui import ui

    import main
    from domain import passwords
    from settings import Settings
    from tests.bench import notifications

    settings = Settings(
        database_url=f"sqlite:///{folder / f'{apps}.db'}",
        secret_key="a secret for benches, long enough for them",
        port=port,
        allowed_hosts="127.0.0.1",
    )
    passwords.make_cheap()
    with main.opened(settings):
        notifications.build("http://127.0.0.1:9/", apps)
        ui.page(EMPTY)(lambda: None)
        main.run(settings)


def _wait(process: "subprocess.Popen[bytes]", address: str) -> None:
    while True:
        assert process.poll() is None, "the server did not come up"
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{address}/readyz").status_code == 200:
                return
        time.sleep(0.2)


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
