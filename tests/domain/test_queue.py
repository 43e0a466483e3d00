"""The queue for real: jobs run in this process, receivers answer or do not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web

from domain import attempts, deliveries, endpoints
from domain.installation import current
from storage import jobs
from tests.builders import World

Serve = Callable[[Callable[[web.Request], Awaitable[web.Response]]], Awaitable[str]]

assert attempts  # importing it registers the job that the queue runs


@pytest.fixture
async def queue(database: str) -> AsyncIterator[None]:
    await jobs.start("tests")
    yield
    await asyncio.to_thread(jobs.stop)
    await current().sender.close()


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Serve a handler on a free port of this machine; gives its address."""
    runners: list[web.AppRunner] = []

    async def start(handler: Callable[[web.Request], Awaitable[web.Response]]) -> str:
        app = web.Application()
        app.router.add_post("/", handler)
        runner = web.AppRunner(app, shutdown_timeout=0)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}/"

    yield start
    for runner in runners:
        await runner.cleanup()


async def test_a_receiver_that_hangs_holds_up_nobody_else(
    world: World, queue: None, serve: Serve
) -> None:
    never, arrived = asyncio.Event(), asyncio.Event()
    hanging: list[web.Request] = []

    async def hang(request: web.Request) -> web.Response:
        hanging.append(request)
        await never.wait()
        return web.Response()

    async def take(request: web.Request) -> web.Response:
        arrived.set()
        return web.Response()

    slow = endpoints.create(world.dee, world.d3x, await serve(hang))
    quick = endpoints.create(world.finn, world.freeguides, await serve(take))
    for _ in range(100):
        endpoints.send_test_event(world.dee, slow.endpoint_id)
    seen = -1
    while seen < len(hanging) or not hanging:  # until it has every place that it may take
        seen = len(hanging)
        await asyncio.sleep(1.5)
    endpoints.send_test_event(world.finn, quick.endpoint_id)
    await asyncio.wait_for(arrived.wait(), timeout=10)
    never.set()


async def test_what_was_answered_is_recorded_and_shown_to_the_partner(
    world: World, queue: None, serve: Serve
) -> None:
    async def refuse(request: web.Request) -> web.Response:
        return web.Response(status=500, text="out of order")

    endpoint = endpoints.create(world.dee, world.d3x, await serve(refuse))
    message_id = endpoints.send_test_event(world.dee, endpoint.endpoint_id)
    page = deliveries.read(world.dee, message_id)
    while not page.tries:
        await asyncio.sleep(0.05)
        page = deliveries.read(world.dee, message_id)
    assert (page.tries[0].code, page.tries[0].response) == (500, "out of order")
    assert page.row.status == "waiting"
    assert page.row.next_attempt_at is not None


async def test_an_attempt_under_way_ends_before_the_queue_stops(
    world: World, queue: None, serve: Serve
) -> None:
    arrived = asyncio.Event()

    async def take_its_time(request: web.Request) -> web.Response:
        arrived.set()
        await asyncio.sleep(0.5)
        return web.Response()

    endpoint = endpoints.create(world.dee, world.d3x, await serve(take_its_time))
    message_id = endpoints.send_test_event(world.dee, endpoint.endpoint_id)
    await asyncio.wait_for(arrived.wait(), timeout=10)
    await asyncio.to_thread(jobs.stop)
    assert deliveries.read(world.dee, message_id).row.status == "delivered"


async def test_the_loop_has_threads_again_after_a_stop(database: str) -> None:
    await jobs.start("tests")
    await asyncio.to_thread(jobs.stop)
    assert await asyncio.to_thread(lambda: "a thread") == "a thread"
