"""Starts and ends the demo's partners and hotel systems: real programs, in their own processes."""

import os
import secrets
import socket
import subprocess
import sys
import time
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import httpx

from demo.ports import remembered

ROOT = Path(__file__).parent.parent
RECEIVERS = {"d3x": "D3x", "akia": "Akia", "freeguides": "FreeGuides"}
VENDORS = "vendors"
PATIENCE = 30.0  # seconds for a program to answer after its start


@dataclass(frozen=True)
class Receiver:
    """A partner's program: where its page is, where it takes webhooks, the secret it knows."""

    name: str
    page: str
    hook: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Credential:
    """Credentials that a hotel system accepts now; `fields` by the vendor's own keys.

    `system` is the vendor's key (mews, cloudbeds, apaleo) or boathouse, `account` its id of the
    hotel.
    """

    system: str
    hotel: str
    account: str
    fields: dict[str, str]


@dataclass(frozen=True)
class Addresses:
    """Where the programs are. `vendors` has no slash at its end."""

    d3x: Receiver
    akia: Receiver
    freeguides: Receiver
    vendors: str

    @property
    def receivers(self) -> tuple[Receiver, ...]:
        return (self.d3x, self.akia, self.freeguides)

    @property
    def pages(self) -> list[tuple[str, str]]:
        """Names and addresses of the programs' own pages, to be printed."""
        own = [(f"{one.name} (partner)", one.page) for one in self.receivers]
        return [
            *own,
            ("Mews, Cloudbeds, Apaleo (stand-in)", self.vendors),
            ("Harbour Hotel’s system: demo controls", self.hotel),
        ]

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """The programs' exact hosts and ports: what the operator of the demo allows."""
        own = (self.vendors, *(one.page for one in self.receivers))
        return frozenset(address.partition("://")[2] for address in own)

    @property
    def hotel(self) -> str:
        """Where the living hotel is watched and changed; actions lie below it."""
        return f"{self.vendors}/hotel"

    @property
    def boathouse(self) -> str:
        """The base address of the second, older system's API."""
        return f"{self.vendors}/boathouse/api/v2"

    def vendor(self, key: str) -> str:
        """Return where the API of a hotel system (mews, cloudbeds, apaleo) answers."""
        return f"{self.vendors}/{key}"

    def credentials(self) -> list[Credential]:
        """Ask the hotel systems which credentials work now."""
        answer = httpx.get(f"{self.vendors}/credentials.json", trust_env=False)
        answer.raise_for_status()
        return [Credential(**one) for one in answer.json()]

    def credential(self, system: str, hotel: str) -> Credential:
        """Return what opens a hotel's account now. Raises StopIteration while it is revoked."""
        wanted = (system, hotel)
        return next(one for one in self.credentials() if (one.system, one.hotel) == wanted)


class Programs:
    """The running programs. They end with `stop`, and by themselves when this process dies."""

    def __init__(self) -> None:
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, data_folder: Path, base_url: str) -> Addresses:
        """Start every program and wait until all answer.

        data_folder keeps their ports, secrets, memories and logs, so that a later start finds
        them at the same addresses. base_url: Adjoin's address, without a slash at its end.
        Raises RuntimeError when a program does not come up; its log says why.
        """
        folder = data_folder / "programs"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ports = remembered(folder / "ports.json", [*RECEIVERS, VENDORS])
        found = {name: _receiver(name, ports[name], folder) for name in RECEIVERS}
        try:
            for name, port in ports.items():
                self._running[name] = _run(name, port, folder, base_url)
            for name, port in ports.items():
                _wait_for(self._running[name], port, folder / f"{name}.log")
        except BaseException:
            self.stop()
            raise
        return Addresses(**found, vendors=_address(ports[VENDORS]))

    @property
    def pids(self) -> dict[str, int]:
        return {name: process.pid for name, process in self._running.items()}

    def stop(self) -> None:
        """End the programs. Their end of the pipe closes, which they take as goodbye."""
        for process in self._running.values():
            if process.stdin:
                process.stdin.close()
        for process in self._running.values():
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()


def _run(name: str, port: int, folder: Path, base_url: str) -> subprocess.Popen[bytes]:
    module = f"demo.partners.{name}"
    command = [sys.executable, "-m", module, "--port", str(port)]
    command += ["--folder", str(folder.resolve()), "--portal", base_url]
    with _log(folder / f"{name}.log") as log:
        return subprocess.Popen(  # noqa: S603 - our own programs, nobody else's words
            command,
            cwd=ROOT,
            env={name: text for name, text in os.environ.items() if not name.startswith("ADJOIN_")},
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            # Ctrl-C is for us alone; the programs follow when we go.
            start_new_session=True,
        )


def _receiver(name: str, port: int, folder: Path) -> Receiver:
    page = _address(port)
    return Receiver(RECEIVERS[name], page, f"{page}/adjoin", _secret(folder / f"{name}.secret"))


def _secret(path: Path) -> str:
    """Return the signing secret kept in a file, made at the first start."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(f"whsec_{b64encode(secrets.token_bytes(32)).decode()}")
    return path.read_text().strip()


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"A program of the demo did not start. {log} says why.")


def _log(path: Path) -> IO[bytes]:
    path.unlink(missing_ok=True)
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _address(port: int) -> str:
    return f"http://127.0.0.1:{port}"
