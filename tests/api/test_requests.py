"""Every request has an id and one line in the log, and no line has a secret."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, WebSocket
from fastapi.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import connect

from domain import connections, tokens
from tests import builders
from tests.api.machines import OWN, bearer, served
from tests.builders import World

Lines = Callable[[], list[dict[str, Any]]]


async def test_a_sane_request_id_is_kept(machine: httpx.AsyncClient) -> None:
    response = await machine.get("/healthz", headers={"X-Request-Id": "Partner_7-a"})
    assert response.headers["x-request-id"] == "Partner_7-a"


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "a\tb", "é", "<script>", "a;b", "1\x00"])
async def test_any_other_request_id_is_replaced(machine: httpx.AsyncClient, given: str) -> None:
    headers = {b"x-request-id": given.encode("latin-1")}
    response = await machine.get("/healthz", headers=headers)
    assert response.headers["x-request-id"] != given
    assert len(response.headers["x-request-id"]) == 32


async def test_every_request_gets_an_id_of_its_own(machine: httpx.AsyncClient) -> None:
    ids = {(await machine.get("/healthz")).headers["x-request-id"] for _ in range(20)}
    assert len(ids) == 20


async def test_one_line_tells_of_a_request(
    machine: httpx.AsyncClient, request_lines: Lines
) -> None:
    response = await machine.post("/api/v1/nothing?client_id=secret", json={"a": 1})
    [line] = request_lines()
    assert line["duration_ms"] >= 0
    assert line["request_id"] == response.headers["x-request-id"]
    told = {key: line[key] for key in ("level", "method", "path", "status")}
    assert told == {"level": "info", "method": "POST", "path": "/api/v1/nothing", "status": 404}


async def test_the_line_says_when_the_caller_left_before_the_answer(
    app: FastAPI, request_lines: Lines
) -> None:
    async def gone() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(_: Any) -> None:
        raise AssertionError("nobody is there to be answered")

    scope = {"type": "http", "method": "POST", "path": OWN, "headers": [], "query_string": b""}
    await app(scope, gone, send)
    [line] = request_lines()
    assert line["status"] == 499


@pytest.mark.parametrize("place", ["token", "invitation"])
async def test_the_secret_in_a_path_is_masked(
    machine: httpx.AsyncClient, log_text: Callable[[], str], request_lines: Lines, place: str
) -> None:
    secret = "aB3-_x" * 7
    await machine.get(f"/{place}/{secret}")
    await machine.get(f"/{place}/{secret}/more?again={secret}")
    assert [line["path"] for line in request_lines()] == [f"/{place}/…", f"/{place}/…/more"]
    assert secret not in log_text()


async def test_a_path_cannot_forge_a_line(
    machine: httpx.AsyncClient, log_text: Callable[[], str], request_lines: Lines
) -> None:
    await machine.get("/x%0A%7B%22level%22:%22error%22%7D%1b[31m")
    assert len(request_lines()) == 1
    assert "\x1b" not in log_text()


async def test_the_path_is_the_one_that_was_asked_for(
    app: FastAPI, machine: httpx.AsyncClient, request_lines: Lines
) -> None:
    async def rewriting(scope: Scope, receive: Receive, send: Send) -> None:
        scope["path"] = "/api/rewritten"
        await PlainTextResponse("x")(scope, receive, send)

    app.mount("/sockets", rewriting)
    response = await machine.get("/sockets/1")
    assert response.headers["content-security-policy"].startswith("default-src 'self'")
    assert [line["path"] for line in request_lines()] == ["/sockets/1"]


async def test_a_page_that_breaks_is_answered_with_its_request_id(
    app: FastAPI, machine: httpx.AsyncClient, log_text: Callable[[], str]
) -> None:
    @app.get("/breaks")
    def breaks() -> None:
        raise ZeroDivisionError("insides")

    response = await machine.get("/breaks", headers={"X-Request-Id": "case-18"})
    assert response.status_code == 500
    assert "case-18" in response.text
    assert "insides" not in response.text
    assert log_text().count('"trace"') == 1


async def test_the_logs_of_a_whole_run_contain_no_secret(
    app: FastAPI, world: World, log_text: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    @app.websocket("/_nicegui_ws/echo")
    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text("hello")

    connection_id = world.connect()
    secrets = [builders.token_of(connection_id), world.cookies["maya"], "the-bearer-of-a-page"]
    with served(app) as host:
        async with httpx.AsyncClient(base_url=f"http://{host}") as program:
            headers = bearer(secrets[0]) | {"Cookie": f"adjoin={secrets[1]}"}
            await program.get(OWN, headers=headers)
            await program.get(f"/api/v1/{secrets[0]}", headers=headers)
            await program.get(OWN, params={"token": secrets[0]})
            await program.post(f"{OWN}/activate", headers=headers)
            tokens.rotate(world.maya, connection_id)
            secrets.append(builders.token_of(connection_id))
            await program.get(OWN, headers=bearer(secrets[-1]) | {"X-Request-Id": secrets[-1]})
            await program.post(f"{OWN}/disconnect", headers=headers, content=secrets[0])
            monkeypatch.setattr(connections, "disconnect", _complain_about(headers))
            broken = await program.post(f"{OWN}/disconnect", headers=headers)
            assert broken.status_code == 500
        address = f"ws://{host}/_nicegui_ws/echo?client_id={secrets[2]}"
        async with connect(address, origin=f"http://{host}") as socket:  # type: ignore[arg-type]
            assert await socket.recv() == "hello"
    text = log_text()
    assert text.count("/activate") >= 1
    assert "/_nicegui_ws/echo" in text
    assert "trace" in text
    for secret in secrets:
        assert secret not in text
        assert secret.removeprefix("adj_") not in text


def _complain_about(headers: dict[str, str]) -> Callable[..., None]:
    def complain(*_: object) -> None:
        raise RuntimeError(f"unexpected headers: {headers}")

    return complain
