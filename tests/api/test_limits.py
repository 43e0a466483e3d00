"""Bodies have a limit, declared or not, and answers may still be streams."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from starlette.types import Message

from api.limits import API_LIMIT, PAGE_LIMIT, UPLOAD_LIMIT
from tests import builders
from tests.api.machines import OWN, bearer, problem_of, served
from tests.builders import World

TEN_MB = 10_000_000


@pytest.fixture
def app(app: FastAPI) -> FastAPI:
    @app.post("/auth/sign-in")
    async def sign_in(request: Request) -> int:
        return len(await request.body())

    @app.post("/_nicegui/client/{client}/upload/{element}")
    async def upload(request: Request) -> int:
        return len(await request.body())

    return app


@pytest.fixture
def host(app: FastAPI) -> Iterator[str]:
    with served(app) as host:
        yield host


async def _pieces(size: int) -> AsyncIterator[bytes]:
    for _ in range(0, size, 50_000):
        yield b"x" * 50_000


@pytest.mark.parametrize("move", ["activate", "reject", "disconnect"])
@pytest.mark.parametrize("is_declared", [True, False])
async def test_ten_megabytes_are_too_much_for_the_api(
    host: str, world: World, move: str, is_declared: bool
) -> None:
    connection_id = world.connect()
    headers = bearer(builders.token_of(connection_id)) | {"Content-Type": "application/json"}
    content = b"x" * TEN_MB if is_declared else _pieces(TEN_MB)
    async with httpx.AsyncClient(base_url=f"http://{host}") as client:
        response = await client.post(f"{OWN}/{move}", headers=headers, content=content)
        assert response.status_code == 413
        assert problem_of(response)["code"] == "body_too_large"
        assert (await client.get("/healthz")).status_code == 200
    assert builders.connection(connection_id).status == "pending"


@pytest.mark.parametrize("is_declared", [True, False])
async def test_ten_megabytes_are_too_much_for_a_page(host: str, is_declared: bool) -> None:
    content = b"x" * TEN_MB if is_declared else _pieces(TEN_MB)
    async with httpx.AsyncClient(base_url=f"http://{host}") as client:
        response = await client.post("/auth/sign-in", content=content)
        assert response.status_code == 413
        assert response.text == "This is too much at once: 1000 kB at most."


async def test_a_file_that_a_page_asked_for_may_be_larger(host: str) -> None:
    async with httpx.AsyncClient(base_url=f"http://{host}") as client:
        path = "/_nicegui/client/a-client/upload/7"
        answer = await client.post(path, content=b"x" * TEN_MB)
        assert (answer.status_code, answer.text) == (200, str(TEN_MB))
        assert (await client.post(path, content=_pieces(TEN_MB))).status_code == 411
        other = "/_nicegui/client/a-client/upload/7/more"
        assert (await client.post(other, content=b"x" * TEN_MB)).status_code == 413


async def test_not_even_a_file_may_be_endless(machine: httpx.AsyncClient) -> None:
    path = "/_nicegui/client/a-client/upload/7"
    answer = await machine.post(path, content=b"x" * (UPLOAD_LIMIT + 1))
    assert answer.status_code == 413


async def test_the_limit_itself_is_fine(machine: httpx.AsyncClient) -> None:
    for size, status in ((PAGE_LIMIT, 200), (PAGE_LIMIT + 1, 413)):
        assert (await machine.post("/auth/sign-in", content=b"x" * size)).status_code == status
    for size, status in ((API_LIMIT, 415), (API_LIMIT + 1, 413)):
        assert (await machine.post(f"{OWN}/reject", content=b"x" * size)).status_code == status


async def test_of_a_body_that_is_declared_too_long_nothing_is_read(app: FastAPI) -> None:
    answers: list[Message] = []

    async def receive() -> Message:
        raise AssertionError("the body was asked for")

    async def send(message: Message) -> None:
        answers.append(message)

    headers = [(b"content-length", str(API_LIMIT + 1).encode())]
    scope = {"type": "http", "method": "POST", "path": OWN, "headers": headers}
    await app(scope, receive, send)
    assert answers[0]["status"] == 413


async def test_a_body_in_pieces_arrives_whole(machine: httpx.AsyncClient) -> None:
    response = await machine.post("/auth/sign-in", content=_pieces(200_000))
    assert response.json() == 200_000


def test_a_lie_about_the_length_does_not_hurt(host: str) -> None:
    name, port = host.split(":")
    for length in (b"-1", b"1e9", b"99999999999999999999999", b"0x10"):
        with socket.create_connection((name, int(port)), timeout=5) as raw:
            raw.sendall(
                b"POST /api/v1/connection/reject HTTP/1.1\r\nHost: x\r\nContent-Length: "
                + length
                + b"\r\n\r\nx"
            )
            assert raw.recv(100).split(b" ")[1] in (b"400", b"413")


@pytest.mark.parametrize("begin", [b"GET /", b"GET /healthz HTTP/1.1\r\nHost: x\r\nA: "])
def test_a_head_is_not_held_beyond_all_bounds(host: str, begin: bytes) -> None:
    name, port = host.split(":")
    with socket.create_connection((name, int(port)), timeout=5) as raw:
        raw.sendall(begin)
        with contextlib.suppress(ConnectionError):
            for _ in range(100):
                raw.sendall(b"a" * 100_000)
        assert raw.recv(100).split(b" ")[1] == b"400"


async def test_one_connection_takes_many_requests_with_what_heads_browsers_send(host: str) -> None:
    async with httpx.AsyncClient(base_url=f"http://{host}") as client:
        for _ in range(10):
            sent = await client.post(
                "/auth/sign-in", content=b"x" * 200_000, headers={"Cookie": "a" * 60_000}
            )
            assert (sent.status_code, sent.text) == (200, "200000")


async def test_a_stream_is_not_held_back(app: FastAPI) -> None:
    goes_on = asyncio.Event()
    loop = asyncio.get_running_loop()

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"first"
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(goes_on.wait(), loop))
            yield b"second"

        return StreamingResponse(pieces())

    with served(app) as host:
        async with (
            httpx.AsyncClient(base_url=f"http://{host}") as client,
            client.stream("GET", "/stream") as response,
        ):
            pieces = response.aiter_raw()
            assert await anext(pieces) == b"first"
            goes_on.set()
            assert await anext(pieces) == b"second"
