"""What the catalogue costs the server, with 60 and with 2,000 apps, beside an empty NiceGUI page.

Each page is loaded by a real Chromium until it is drawn and its socket is open; the figure is the
processor time of the whole server process for one load, which other work on the machine disturbs
less than the clock does.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from tests import needs
from tests.bench import table
from tests.bench.notifications import PASSWORD
from tests.bench.server import EMPTY, MANAGER, Server, running
from tests.browser.conftest import FLAGS

WARM_UP = 5


async def open_page(browser: Browser, server: Server) -> Page:
    """Return a window that is signed in as the manager."""
    context = await browser.new_context(base_url=server.address)
    await context.request.post(
        "/auth/sign-in",
        form={"email": MANAGER, "password": PASSWORD},
        headers={"Origin": server.address},
    )
    return await context.new_page()


async def cost(
    page: Page, server: Server, path: str, ready: str, loads: int
) -> tuple[float, float]:
    """Return the milliseconds of server processor and of waiting, for one load of `path`."""
    for _ in range(WARM_UP):
        await _load(page, path, ready)
    cpu, waited = server.cpu(), 0.0
    for _ in range(loads):
        began = time.perf_counter()
        await _load(page, path, ready)
        waited += time.perf_counter() - began
    return 1e3 * (server.cpu() - cpu) / loads, 1e3 * waited / loads


async def _load(page: Page, path: str, ready: str) -> None:
    await page.goto(path)
    await page.wait_for_selector(ready, state="attached")
    await page.wait_for_function("window.socket?.connected === true")


async def main(loads: int) -> None:
    rows = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=needs.chromium(), args=FLAGS)
        with tempfile.TemporaryDirectory() as folder:
            for apps in (60, 2000):
                with running(apps, Path(folder)) as server:
                    page = await open_page(browser, server)
                    empty, _ = await cost(page, server, EMPTY, "main", loads)
                    full, waited = await cost(page, server, "/apps", ".app-card", loads)
                    rows.append((f"{apps:,} apps", empty, full, full / empty, waited))
        await browser.close()
    head = ("catalogue", "empty page, ms", "catalogue, ms", "to empty", "until drawn, ms")
    table.show(f"Server processor for one page, {loads} loads each", head, rows)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 30))
