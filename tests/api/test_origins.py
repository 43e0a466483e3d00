"""No other website acts through a visitor's browser, over forms or websockets."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, WebSocket
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.api.machines import BASE_URL, OWN, served

FOREIGN = [
    "https://evil.example",
    "http://adjoin.test.evil.example",
    "http://evil.example/adjoin.test",
    "http://adjoin.test:8081",
    "http://adjoin.test@evil.example",
    "ftp://adjoin.test",
    "null",
    "adjoin.test",
    "",
    "http://[",
    "http://adjoin.test:99999",
]
OURS = [BASE_URL, "http://adjoin.test:80", "http://ADJOIN.test"]


@pytest.fixture
def app(app: FastAPI) -> FastAPI:
    @app.post("/auth/sign-in")
    def sign_in() -> str:
        return "welcome"

    @app.get("/apps")
    def apps() -> str:
        return "apps"

    @app.websocket("/_nicegui_ws/socket.io/")
    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(await socket.receive_text())

    return app


@pytest.mark.parametrize("origin", FOREIGN)
async def test_a_form_of_another_website_is_refused(
    machine: httpx.AsyncClient, origin: str
) -> None:
    response = await machine.post("/auth/sign-in", headers={"Origin": origin})
    assert response.status_code == 403
    assert response.text.startswith("This came from another website")


@pytest.mark.parametrize("origin", OURS)
async def test_our_own_forms_are_taken(machine: httpx.AsyncClient, origin: str) -> None:
    assert (await machine.post("/auth/sign-in", headers={"Origin": origin})).status_code == 200


async def test_the_address_that_was_asked_for_is_ours_too(machine: httpx.AsyncClient) -> None:
    behind_a_proxy = {"Host": "portal.example", "Origin": "https://portal.example"}
    assert (await machine.post("/auth/sign-in", headers=behind_a_proxy)).status_code == 200
    other_port = {"Host": "127.0.0.1:8080", "Origin": "http://127.0.0.1:8081"}
    assert (await machine.post("/auth/sign-in", headers=other_port)).status_code == 403


async def test_of_two_origins_neither_may_be_foreign(machine: httpx.AsyncClient) -> None:
    headers = [("Origin", BASE_URL), ("Origin", "https://evil.example")]
    assert (await machine.post("/auth/sign-in", headers=headers)).status_code == 403


@pytest.mark.parametrize(
    ("site", "status"),
    [(None, 200), ("none", 200), ("same-origin", 200), ("same-site", 403), ("cross-site", 403)],
)
async def test_without_an_origin_the_browsers_word_counts(
    machine: httpx.AsyncClient, site: str | None, status: int
) -> None:
    headers = {"Sec-Fetch-Site": site} if site else {}
    assert (await machine.post("/auth/sign-in", headers=headers)).status_code == status


async def test_links_from_other_websites_lead_here(machine: httpx.AsyncClient) -> None:
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert (await machine.get("/apps", headers=headers)).status_code == 200


async def test_programs_may_call_the_api_from_anywhere(machine: httpx.AsyncClient) -> None:
    response = await machine.post(f"{OWN}/activate", headers={"Origin": "https://evil.example"})
    assert response.status_code == 401
    assert not any(name.startswith("access-control") for name in response.headers)


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
async def test_sockets_without_a_websocket_are_guarded_too(
    machine: httpx.AsyncClient, app: FastAPI, method: str
) -> None:
    @app.api_route("/_nicegui_ws/polling", methods=[method])
    def polling() -> str:
        return "hello"

    def ask(**headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return machine.request(method, "/_nicegui_ws/polling", headers=named)

    assert (await ask(Origin="https://evil.example")).status_code == 403
    assert (await ask(Sec_Fetch_Site="cross-site")).status_code == 403
    assert (await ask(Sec_Fetch_Site="same-origin")).status_code == 200
    assert (await ask(Origin=BASE_URL)).status_code == 200


@pytest.fixture
def socket_host(app: FastAPI) -> Iterator[str]:
    with served(app) as host:
        yield host


async def test_a_websocket_of_another_website_is_refused(socket_host: str) -> None:
    address = f"ws://{socket_host}/_nicegui_ws/socket.io/"
    for origin in (*FOREIGN, None):
        with pytest.raises(InvalidStatus) as refused:
            await connect(address, origin=origin)  # type: ignore[arg-type]
        assert refused.value.response.status_code == 403, origin


async def test_our_own_websockets_are_open(socket_host: str) -> None:
    for origin in (f"http://{socket_host}", BASE_URL):
        async with connect(
            f"ws://{socket_host}/_nicegui_ws/socket.io/?client_id=x",
            origin=origin,  # type: ignore[arg-type]
        ) as socket:
            await socket.send("hello")
            assert await socket.recv() == "hello"
            assert socket.response is not None
            assert len(socket.response.headers["x-request-id"]) == 32
