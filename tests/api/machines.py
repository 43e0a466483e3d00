"""Programs that call the API, and a real server where the network itself matters."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from api.heads import Heads
from api.problems import KINDS

BASE_URL = "http://adjoin.test"
OWN = "/api/v1/connection"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def problem_of(response: httpx.Response) -> dict[str, Any]:
    """Return the problem in an answer, after checking that it is a complete one."""
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert set(problem) - {"errors"} == {
        "type",
        "title",
        "status",
        "detail",
        "code",
        "request_id",
        "owner",
        "help",
    }
    assert problem["status"] == response.status_code
    assert problem["code"] in KINDS
    assert problem["type"] == f"{BASE_URL}/help/errors/{problem['code']}"
    assert problem["help"] == problem["type"]
    assert response.headers["content-language"] == "en"
    assert problem["title"]
    assert problem["detail"]
    assert problem["request_id"] == response.headers["x-request-id"]
    assert problem["owner"] in ("property", "partner", "platform")
    return problem


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serve `app` by uvicorn as `main` does, on a free port; gives host and port."""
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host="127.0.0.1",
            port=0,
            http=Heads,
            log_config=None,
            access_log=False,
            server_header=False,
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.005)
        assert thread.is_alive()
    try:
        yield "{}:{}".format(*server.servers[0].sockets[0].getsockname())
    finally:
        server.should_exit = True
        thread.join(timeout=10)
