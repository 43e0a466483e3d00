"""Whatever is sent to any endpoint, with a good token or key, gets a documented answer."""

import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

import api.app
from domain import partner_keys
from domain.pace import Limit
from tests import builders
from tests.api.machines import BASE_URL, bearer, problem_of
from tests.builders import World

ON_BOTH_DATABASES = True  # what one takes as a text or a number, the other may not

BODIES: dict[str, bytes] = {
    "nothing": b"",
    "null": b"null",
    "a list": b"[]",
    "a number": b"1e999",
    "not a number": b'{"reason": NaN}',
    "not JSON": b"{",
    "not UTF-8": b'{"reason": "\xff"}',
    "a lone surrogate": b'{"reason": "\\ud800", "url": "\\udfff"}',
    "a NUL": b'{"reason": "a\\u0000b", "values": {"a\\u0000b": null}}',
    "wrong types": b'{"reason": 1, "url": {}, "events": "all", "values": [[]], "since": []}',
    "unknown fields": b'{"reasons": "x", "\\ud800": 1}',
    "a deep list": b"[" * 30_000,
    "a deep object": b'{"a":' * 9_000 + b"1" + b"}" * 9_000,
    "a large number": b'{"version": ' + b"9" * 5_000 + b"}",
}
IDS = ("nothing", "%00", "con_01", "..", "x" * 2_000, "%ED%A0%80", "🐚", "-1", "9" * 400)
QUERIES = ("limit=%00", "cursor=%ED%A0%80", "limit=-1&limit=2", "updated_since=soon", "a[b]=1", "%")


@pytest.fixture
def app() -> FastAPI:
    return api.app.create(base_url=BASE_URL, limit=Limit(999_999, 30))


@pytest.fixture
def callers(world: World) -> list[dict[str, str]]:
    """What each kind of program shows: of an active connection, and of its partner."""
    token = builders.token_of(world.connect_active())
    return [bearer(token), bearer(partner_keys.make(world.dee, world.d3x, "Dashboard").clear)]


async def operations(machine: httpx.AsyncClient) -> list[tuple[str, str]]:
    """Return method and path of all that the API describes."""
    paths: dict[str, Any] = (await machine.get("/api/v1/openapi.json")).json()["paths"]
    return [(method.upper(), path) for path, found in paths.items() for method in found]


def documented(answer: httpx.Response, asked: object) -> None:
    assert answer.status_code < 500, asked
    if answer.status_code >= 400:
        problem_of(answer)


async def test_no_body_is_too_odd_for_an_answer(
    machine: httpx.AsyncClient, callers: list[dict[str, str]]
) -> None:
    headers = {"Content-Type": "application/json", "If-Match": '"0"'}
    wanted = [each for each in await operations(machine) if each[0] != "GET"]
    assert len(wanted) >= 8
    for method, path in wanted:
        # On nothing that exists, so that every body meets the same state.
        path = path.replace("{", "").replace("}", "")
        if path.endswith(("/disconnect", "/reject")) and "connection_id" not in path:
            continue  # would end the only token; test_bodies.py has these
        for name, body in BODIES.items():
            for caller in callers:
                answer = await machine.request(
                    method, f"/api{path}", headers={**caller, **headers}, content=body
                )
                documented(answer, (method, path, name))


async def test_no_id_and_no_question_is_too_odd_for_an_answer(
    machine: httpx.AsyncClient, callers: list[dict[str, str]]
) -> None:
    for method, path in await operations(machine):
        if method != "GET":
            continue
        head, brace, rest = path.partition("{")
        tail = rest.partition("}")[2]
        addresses = [f"{head}{each}{tail}" for each in IDS] if brace else [path, f"{path}/"]
        for address in (*addresses, *(f"{addresses[0]}?{query}" for query in QUERIES)):
            for caller in callers:
                answer = await machine.get(f"/api{address}", headers=caller)
                documented(answer, (path, address))


async def test_both_spellings_of_a_path_are_one_endpoint(
    machine: httpx.AsyncClient, callers: list[dict[str, str]]
) -> None:
    for method, path in await operations(machine):
        if method == "GET" and "{" not in path:
            for caller in callers:
                one = await machine.get(f"/api{path}", headers=caller)
                other = await machine.get(f"/api{path}/", headers=caller)
                assert one.status_code == other.status_code, path
                assert _kind(one) == _kind(other), path


def _kind(answer: httpx.Response) -> object:
    body = json.loads(answer.content)
    return body.get("code") if answer.status_code >= 400 else sorted(body)
