"""How long a page takes while a run brings in data in the same process, and when nothing runs.

`main.py serve` on SQLite, as a hotel would have it. A manager goes from page to page as a browser
does, each with its socket, and another window shows how far the run is.

    uv run python -m tests.bench.meanwhile [COUNT]
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from domain import plans, runs
from storage import database
from storage.integrations import Run
from tests import databases
from tests.bench import pages, table, transfer
from tests.bench.connector import served
from tests.browser.demo import free_port
from tests.builders import PASSWORD, World

QUIET, LOOKING = 20.0, 0.2  # seconds: without a run, and at each page before the next
PAGES = ("/", "/subscriptions", "/integrations", "/records/reservations")


def main(count: int) -> None:
    with transfer.served(count) as address, tempfile.TemporaryDirectory() as folder:
        url = databases.start("sqlite", Path(folder)).fresh("meanwhile")
        world, integration = transfer.prepared(url, address)
        port = free_port()
        here = f"http://127.0.0.1:{port}"
        settings = {
            "ADJOIN_DATABASE_URL": url,
            "ADJOIN_SECRET_KEY": transfer.SECRET_KEY,
            "ADJOIN_BASE_URL": here,
            "ADJOIN_PORT": str(port),
            "ADJOIN_ALLOWED_HOSTS": "127.0.0.1",
        }
        command = [sys.executable, "main.py", "serve"]
        with served(command, here, "/readyz", settings):
            rows = asyncio.run(measured(here, world, integration, count))
    head = ("while", "pages", "p50 ms", "p95 ms", "slowest ms")
    table.show("A page, asked for by a manager", head, rows)


async def measured(here: str, world: World, integration: str, count: int) -> list[list[Any]]:
    async with httpx.AsyncClient(base_url=here, timeout=60) as browser:
        form = {"email": "maya@harbour.example", "password": PASSWORD}
        await browser.post("/auth/sign-in", data=form, headers={"Origin": here})
        watching = await pages.open_page(browser, f"/integrations/{integration}")
        quiet = await quietly(browser)
        run_id = await asyncio.to_thread(runs.run_now, world.maya, integration)
        busy = await meanwhile(browser, run_id)
        await watching.disconnect()
    return [line("nothing runs", quiet), line(f"a run of {count:,} records", busy)]


async def quietly(browser: httpx.AsyncClient) -> list[float]:
    until, took = time.perf_counter() + QUIET, []
    while time.perf_counter() < until:
        took += await asked(browser)
    return took


async def meanwhile(browser: httpx.AsyncClient, run_id: str) -> list[float]:
    took: list[float] = []
    while True:
        took += await asked(browser)
        with database.reading() as session:
            found = session.get_one(Run, run_id)
        if found.status not in plans.LIVING:
            assert found.status == "succeeded", found.sentence
            return took


async def asked(browser: httpx.AsyncClient) -> list[float]:
    """Go through the pages once; return the seconds that each answer took."""
    took = []
    for path in PAGES:
        began = time.perf_counter()
        answer = await browser.get(path)
        took.append(time.perf_counter() - began)
        assert answer.status_code == 200, answer
        socket = await pages.follow(browser, answer)
        await asyncio.sleep(LOOKING)
        await socket.disconnect()
    return took


def line(name: str, took: list[float]) -> list[Any]:
    return [
        name,
        len(took),
        1e3 * table.percentile(took, 0.5),
        1e3 * table.percentile(took, 0.95),
        1e3 * max(took),
    ]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
