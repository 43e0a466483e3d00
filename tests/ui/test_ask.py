"""How pages call the domain: what takes long never makes the quick ones wait."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from storage.changes import Change
from tests.ui.conftest import Person
from ui import ask, live


@pytest.mark.parametrize("slowly", [ask.attempt_slowly, ask.attempt_outside, ask.act_outside])
async def test_quick_verbs_wait_behind_no_slow_ones(
    person: Person, slowly: Callable[..., Awaitable[Any]]
) -> None:
    await person("maya@harbour.example")
    released = threading.Event()
    waiting = [asyncio.ensure_future(slowly(released.wait, 10)) for _ in range(20)]
    try:
        async with asyncio.timeout(5):
            assert (await ask.attempt(lambda: "quick")).value == "quick"
            other = ask.attempt_outside if slowly is ask.attempt_slowly else ask.attempt_slowly
            assert (await other(lambda: "other")).value == "other"
    finally:
        released.set()
        await asyncio.gather(*waiting)


@pytest.mark.parametrize("read", [ask.load, ask.attempt, ask.act])
async def test_who_waits_for_a_page_waits_behind_no_window_that_follows_a_change(
    person: Person, read: Callable[..., Awaitable[Any]]
) -> None:
    maya = await person("maya@harbour.example")
    await maya.open("/account")
    released, begun = threading.Event(), asyncio.Event()

    async def follow(_: live.Change) -> None:
        begun.set()
        await read(released.wait, 10)

    with maya:
        for _ in range(20):
            live.subscribe("pro_busy", follow)
    live.heard(Change("integration", "int_1", "pro_busy"))
    try:
        async with asyncio.timeout(5):
            await begun.wait()
            assert await ask.load(lambda: "quick") == "quick"
    finally:
        released.set()


async def test_a_reading_that_somebody_waits_for_is_not_put_behind_others_any_more() -> None:
    read: list[bool] = []
    begun, first = asyncio.Event(), asyncio.Event()

    async def refresh() -> None:
        begun.set()
        read.append(live.is_following.get())
        await first.wait()

    renew = live.gathered(refresh)

    async def follow() -> None:
        live.is_following.set(True)
        await renew()

    following = asyncio.ensure_future(follow())
    await begun.wait()
    await renew()  # a button, while the window reads what has changed
    first.set()
    await following
    assert read == [True, False]
