"""Security headers stand on every answer, whoever gives it."""

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

import api.app

PATHS = ["/healthz", "/nothing", "/api/v1/nothing", "/help/errors/not_found", "/breaks"]


@pytest.fixture
def app(app: FastAPI) -> FastAPI:
    @app.get("/breaks")
    def breaks() -> None:
        raise ZeroDivisionError

    @app.get("/own")
    def own() -> PlainTextResponse:
        return PlainTextResponse("x", headers={"Referrer-Policy": "no-referrer"})

    return app


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_has_them(machine: httpx.AsyncClient, path: str) -> None:
    headers = (await machine.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "strict-transport-security" not in headers
    assert "x-request-id" in headers


async def test_refused_requests_have_them_too(machine: httpx.AsyncClient) -> None:
    foreign = await machine.post("/nothing", headers={"Origin": "https://evil.example"})
    too_long = await machine.post("/nothing", content=b"x" * 1_000_001)
    assert (foreign.status_code, too_long.status_code) == (403, 413)
    for response in (foreign, too_long):
        assert response.headers["x-content-type-options"] == "nosniff"


async def test_pages_may_load_from_here_only_and_answers_of_the_api_nothing(
    machine: httpx.AsyncClient,
) -> None:
    page = (await machine.get("/nothing")).headers["content-security-policy"]
    assert "default-src 'self'" in page
    assert "object-src 'none'" in page
    answer = (await machine.get("/api/v1/connection")).headers["content-security-policy"]
    assert answer.startswith("default-src 'none'")


async def test_a_page_may_be_stricter_itself(machine: httpx.AsyncClient) -> None:
    response = await machine.get("/own")
    assert response.headers.get_list("referrer-policy") == ["no-referrer"]


async def test_browsers_are_bound_to_https_only_where_it_is_used() -> None:
    app = api.app.create(base_url="https://portal.example")
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://portal.example") as client:
        response = await client.get("/healthz")
    assert response.headers["strict-transport-security"] == "max-age=31536000"
