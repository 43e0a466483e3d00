"""A line stays open over many requests, through the same guard as every single one."""

import asyncio
import threading
from collections.abc import Callable

import pytest
from aiohttp import web

from connectors.door import Blocked, Door, Unreachable
from tests.connectors.receivers import Serve


async def test_many_requests_go_over_one_connection(here: Door, serve: Serve) -> None:
    connections = set()

    async def handler(request: web.Request) -> web.Response:
        connections.add(id(request.transport))
        return web.json_response(await request.json() if request.can_read_body else "none")

    url = await serve(handler)

    def ask() -> list[object]:
        with here.line() as line:
            got = [line.get(f"{url}/{number}").json() for number in range(5)]
            return [*got, line.post(url, json={"a": 1}).json()]

    assert await asyncio.to_thread(ask) == ["none"] * 5 + [{"a": 1}]
    assert len(connections) == 1


async def test_nothing_stays_behind_when_a_line_is_closed(here: Door, serve: Serve) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(text="ok")

    url = await serve(handler)

    def ask() -> None:
        with here.line() as line:
            line.get(url)
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        await asyncio.to_thread(ask)
    assert not [thread for thread in threading.enumerate() if thread.name == "line"]


async def test_every_request_on_a_line_is_judged(here: Door, serve: Serve) -> None:
    asked = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=302, headers={"Location": "http://169.254.169.254/"})

    url = await serve(handler)

    def ask() -> int:
        with here.line() as line:
            code = line.get(f"{url}/first").code
            for address in ("http://localhost/", "https://10.0.0.5/", "file:///etc/passwd"):
                with pytest.raises(Blocked):
                    line.get(address)
            return code

    assert await asyncio.to_thread(ask) == 302
    assert asked == ["/first"]


def _alternating(*found: str) -> Callable[[str, int], list[str]]:
    answers = iter(found)
    return lambda host, port: [next(answers)]


async def test_a_name_that_changes_on_the_way_is_not_followed() -> None:
    door = Door(lookup=_alternating("10.0.0.5"))

    def ask() -> None:
        with door.line() as line:
            line.get("https://hotel.example/")

    with pytest.raises(Blocked, match=r"hotel\.example leads to 10\.0\.0\.5"):
        await asyncio.to_thread(ask)


async def test_a_line_has_limits_of_its_own(here: Door, serve: Serve) -> None:
    async def handler(request: web.Request) -> web.Response:
        await asyncio.sleep(float(request.query.get("wait", 0)))
        return web.Response(body=b"x" * int(request.query.get("size", 1)))

    url = await serve(handler)

    def ask(query: str, longest: float = 30) -> str:
        with here.line(largest=2_000_000, longest=longest) as line:
            try:
                return str(len(line.get(f"{url}/?{query}", seconds=30).body))
            except Unreachable as fault:
                return fault.error

    assert await asyncio.to_thread(ask, "size=2000000") == "2000000"
    assert await asyncio.to_thread(ask, "size=2000001") == "too_large"
    assert await asyncio.to_thread(ask, "wait=1", 0.1) == "timeout"


async def test_a_server_that_hangs_up_between_pages_is_dialed_again(
    here: Door, serve: Serve
) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(text="ok", headers={"Connection": "close"})

    url = await serve(handler)

    def ask() -> list[bytes]:
        with here.line() as line:
            return [line.get(url).body for _ in range(3)]

    assert await asyncio.to_thread(ask) == [b"ok"] * 3
