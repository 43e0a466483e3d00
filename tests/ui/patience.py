"""Waits for what a page does by itself, such as following a change."""

import asyncio
from collections.abc import Callable


async def until(is_so: Callable[[], object], seconds: float = 30) -> None:
    """Return as soon as `is_so()`; fails when it is not so after `seconds`."""
    async with asyncio.timeout(seconds):
        while not is_so():  # noqa: ASYNC110 - what it waits for is drawn, not announced
            await asyncio.sleep(0.01)
