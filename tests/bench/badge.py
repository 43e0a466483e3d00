"""From the click on Connect in one browser to the badge in another, in milliseconds.

Both windows belong to the same machine and so to the same clock: the first notes when Connect is
confirmed, the second when its card shows Pending.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Page, async_playwright

from tests import needs
from tests.bench import table
from tests.bench.catalogue import open_page
from tests.bench.server import running
from tests.browser.conftest import FLAGS

NOW = "performance.timeOrigin + performance.now()"
WATCH = f"""(name) => {{
    window.seen = null;
    const card = () => [...document.querySelectorAll('.app-card')].find(
        (one) => one.querySelector('h3').textContent.trim() === name);
    const look = () => {{
        if (window.seen === null && card()?.querySelector('.badge')) window.seen = {NOW};
    }};
    new MutationObserver(look).observe(document.querySelector('main'),
        {{subtree: true, childList: true, characterData: true}});
}}"""
CLICK = f"""(button) => button.addEventListener('click', () => {{
    localStorage.setItem('pressed', {NOW});
}}, {{capture: true, once: true}})"""


async def once(hotel: Page, other: Page, number: int) -> float:
    """Connect one app in `hotel` and return how long `other` took to show it."""
    await other.evaluate(WATCH, f"App {number}")
    await hotel.goto(f"/apps/app-{number}?connect=1")
    confirm = hotel.get_by_role("dialog").get_by_role("button", name="Connect", exact=True)
    await (await confirm.element_handle()).evaluate(CLICK)
    await confirm.click()
    await other.wait_for_function("window.seen !== null")
    seen: float = await other.evaluate("window.seen")
    pressed: str = await hotel.evaluate("localStorage.getItem('pressed')")
    return seen - float(pressed)


async def main(times: int) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=needs.chromium(), args=FLAGS)
        with tempfile.TemporaryDirectory() as folder, running(times + 5, Path(folder)) as server:
            hotel = await open_page(browser, server)
            other = await open_page(browser, server)
            await other.goto("/apps")
            await other.wait_for_selector(".app-card")
            taken = [await once(hotel, other, number) for number in range(times + 5)][5:]
        await browser.close()
    row = (
        "Connect → badge in another browser",
        table.percentile(taken, 0.5),
        table.percentile(taken, 0.95),
        max(taken),
    )
    table.show(f"{times} times", ("what", "p50 ms", "p95 ms", "slowest ms"), [row])


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 40))
