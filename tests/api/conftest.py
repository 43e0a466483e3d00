"""Fixtures: the API as programs call it, and the lines that it logs."""

import io
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

import api.app
import logs
from domain import api_requests
from domain.pace import USUAL
from tests.api.machines import BASE_URL


@pytest.fixture
def app() -> FastAPI:
    api_requests._waiting.clear()  # what an earlier test asked, of a database that is gone
    return api.app.create(base_url=BASE_URL)


@pytest.fixture(scope="session")
def description() -> dict[str, Any]:
    """What the API says of itself; to write that takes longer than most tests."""
    return api.app._api(BASE_URL, USUAL).openapi()


@pytest.fixture
async def machine(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A program that calls the API; it shows no token unless a test gives it one."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
        yield client


@pytest.fixture
def log_text() -> Iterator[Callable[[], str]]:
    """`log_text()` is everything logged so far, as `serve` writes it, but from the first level."""
    root = logging.getLogger()
    names = ("adjoin", "adjoin.requests", "uvicorn", "dbos", "httpx")
    before = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in names}
    stream = io.StringIO()
    logs.configure(as_json=True, stream=stream)
    root.setLevel(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # the program that calls, not we
    yield stream.getvalue
    logging.captureWarnings(False)
    root.handlers[:], root.level = before
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    logging.getLogger("dbos").handlers.clear()


@pytest.fixture
def request_lines(log_text: Callable[[], str]) -> Callable[[], list[dict[str, Any]]]:
    """`request_lines()` are the lines about requests, one for each."""

    def read() -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in log_text().splitlines()]
        return [line for line in lines if line["logger"] == "adjoin.requests" and "path" in line]

    return read
