"""Every question and every answer, judged by Prism with the vendors' own API descriptions.

Our stand-ins check questions, too, but they are ours: here nobody marks their own homework.
"""

import asyncio
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.door import Door
from connectors.line import Line, Reply
from connectors.source import Access, Wanted
from connectors.sources import KINDS
from tests import needs
from tests.connectors.contracts import SPECS
from tests.connectors.receivers import Serve
from tests.connectors.scenes import SETTINGS
from tests.standins.samples import BEGINNING

PRISM = Path("tests/standins/node_modules/@stoplight/prism-cli/dist/index.js")
INSTALL = "npm install --prefix tests/standins"
VENDOR = "https://vendor.example"
SINCE = BEGINNING + timedelta(hours=20)

pytestmark = pytest.mark.slow


@dataclass
class Through:
    """A line on which the vendor's address leads to Prism, and tokens come from the stand-in.

    prefix: the part of the address that is missing in the description's paths.
    """

    line: Line
    prism: str
    standin: str
    prefix: str

    def get(self, url: str, **more: Any) -> Reply:
        return self.line.get(self._there(url), **more)

    def post(self, url: str, **more: Any) -> Reply:
        return self.line.post(self._there(url), **more)

    def _there(self, url: str) -> str:
        path = url.removeprefix(VENDOR)
        if path == "/connect/token":
            return self.standin + path
        return self.prism + path.removeprefix(self.prefix)


@contextmanager
def _prism(description: str, standin: str) -> Iterator[str]:
    """Start Prism between us and a stand-in. It answers 422 or 500 to what breaks the contract."""
    if not PRISM.is_file():
        needs.missing("the npm package @stoplight/prism-cli", INSTALL)
    port = _free_port()
    command = [needs.node(), str(PRISM), "proxy", str(SPECS / description), standin]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    options = ["--errors", "--host", "127.0.0.1", "--port", str(port)]
    prism = subprocess.Popen([*command, *options], **quiet)  # type: ignore[call-overload]
    try:
        _await(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        prism.terminate()
        prism.wait()


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(port: int) -> None:
    for _ in range(600):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    pytest.fail("Prism did not start within a minute.")


@pytest.mark.parametrize(
    ("kind", "description", "types", "prefix"),
    [
        pytest.param(kind, *rest, marks=pytest.mark.described(kind))
        for kind, *rest in [
            ("mews", "mews/connector-api.openapi31.json", [*KINDS["mews"].types], ""),
            ("apaleo", "apaleo/booking.json", ["reservations", "guests"], ""),
            ("apaleo", "apaleo/inventory.json", ["spaces"], ""),
            (
                "cloudbeds",
                "cloudbeds/pms-v1.3-openapi.yaml",
                [*KINDS["cloudbeds"].types],
                "/api/v1.3",
            ),
        ]
    ],
)
async def test_questions_and_answers_keep_the_vendors_contract(
    here: Door, serve: Serve, kind: str, description: str, types: list[str], prefix: str
) -> None:
    _, make, method, values, _ = SETTINGS[kind]
    standin = await serve(make(30).handle)
    access = Access(VENDOR, method, values)

    def read() -> dict[str, int]:
        with _prism(description, standin + prefix) as prism, here.line() as line:
            way = Through(line, prism, standin, prefix)
            changed = {key: _count(way, kind, access, Wanted(key, SINCE)) for key in types}
            return changed | {"all": _count(way, kind, access, Wanted(types[0], count=20))}

    counts = await asyncio.to_thread(read)
    assert all(count >= 10 for count in counts.values()), counts


def _count(way: Through, kind: str, access: Access, wanted: Wanted) -> int:
    count, cursor = 0, None
    while True:
        asked = Wanted(wanted.type, wanted.since, None, cursor, wanted.count)
        page = KINDS[kind].read(way, access, asked)
        count, cursor = count + len(page.records), page.cursor
        if cursor is None:
            return count
