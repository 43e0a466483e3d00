"""Who may call what: every operation of the API and every caller, against the one table."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlmodel import col

import api.app
from api.doors import CALLERS, DOORS, OPENS
from api.problems import KINDS
from domain import connections, partner_keys, tokens
from domain.pace import Limit
from storage import database
from storage.connections import Connection
from storage.messages import Endpoint
from tests import builders, shelf
from tests.api.machines import BASE_URL, bearer, problem_of
from tests.builders import World
from tests.shelf import Shelf

EXPECTED = {operation: door.codes for door in DOORS for operation in door.operations}
ENDPOINT = {"url": "https://hooks.d3x.example/b"}
SINCE = {"since": "2026-11-01T00:00:00Z"}
BODIES: dict[str, dict[str, Any]] = {
    "POST /v1/connection/reject": {"reason": "Not ours."},
    "PUT /v1/mappings": {"values": {}},
    "POST /v1/connections/{connection_id}/reject": {"reason": "Not ours."},
    "POST /v1/webhook-endpoints": ENDPOINT,
    "PATCH /v1/webhook-endpoints/{endpoint_id}": ENDPOINT,
    "POST /v1/webhook-endpoints/{endpoint_id}/recover": SINCE,
    "POST /v1/escalations": {
        "case": shelf.CASE,
        "text": "We tried all.",
        "expected": "Three",
        "came": "Two",
    },
    "POST /v1/webhook-endpoints/{endpoint_id}/replay-missing": SINCE,
}
# What D3x's connection has to be for a verb with a key to be possible; active otherwise.
STATES = {"activate": "pending", "reject": "pending", "enable": "disabled"}


def test_every_operation_is_behind_one_door(description: dict[str, Any]) -> None:
    told = [f"{method.upper()} {path}" for path, method in operations(description)]
    behind = [operation for door in DOORS for operation in door.operations]
    assert sorted(behind) == sorted(told)


def test_every_operation_has_a_title_for_people(description: dict[str, Any]) -> None:
    paths = description["paths"]
    titles = [paths[path][method]["summary"] for path, method in operations(description)]
    assert titles
    for title in titles:  # and not the name of a function, such as “All Of Them”
        assert " " in title
        assert title == title.capitalize()


def test_a_program_is_told_how_long_a_page_may_be(description: dict[str, Any]) -> None:
    lists = [
        parameter
        for path, method in operations(description)
        for parameter in description["paths"][path][method].get("parameters", ())
        if parameter["name"] == "limit"
    ]
    assert len(lists) > 7
    for limit in lists:
        schema = limit["schema"]
        assert f"{schema['minimum']} to {schema['maximum']}" in limit["description"]
        assert str(schema["default"]) in limit["description"]


def test_every_door_has_an_answer_for_everybody() -> None:
    for door in DOORS:
        assert list(door.codes) == list(CALLERS), door.title
        assert set(door.codes.values()) <= {OPENS, *KINDS}, door.title


@pytest.mark.parametrize("caller", CALLERS)
async def test_everybody_gets_what_the_table_says(
    caller: str, world: World, machine: httpx.AsyncClient
) -> None:
    filled = shelf.fill(world, active=caller != "pending")
    with_endpoint_of_its_own(world)
    ids = shelf.ids(filled)
    headers = HEADERS[caller](filled)
    found = {}
    before = builders.snapshot()
    for operation in EXPECTED:
        if caller == "key":
            bring(filled, operation)
        answer = await call(machine, operation, ids, headers)
        found[operation] = OPENS if answer.is_success else problem_of(answer)["code"]
        if caller in ("strange_key", "stranger") and answer.is_success:
            assert filled.connection not in answer.text, operation
        if answer.is_success and not operation.startswith("GET"):
            builders.restore(before)
    assert found == {operation: codes[caller] for operation, codes in EXPECTED.items()}


# Who calls


def _with_token(filled: Shelf) -> dict[str, str]:
    return bearer(builders.token_of(filled.connection))


def _unpermitted(filled: Shelf) -> dict[str, str]:
    shelf.permit([])
    return _with_token(filled)


def _disabled(filled: Shelf) -> dict[str, str]:
    connections.disable(filled.world.dee, filled.connection, now=filled.world.now)
    return _with_token(filled)


def _superseded(filled: Shelf) -> dict[str, str]:
    old = _with_token(filled)
    tokens.rotate(filled.world.maya, filled.connection)
    return old


def _revoked(filled: Shelf) -> dict[str, str]:
    old = _with_token(filled)
    connections.disconnect(filled.world.dee, filled.connection, now=filled.world.now)
    return old


def _elsewhere(filled: Shelf) -> dict[str, str]:
    return bearer(builders.token_of(shelf.add_charlies(filled.world)))


def _stranger(filled: Shelf) -> dict[str, str]:
    shelf.permit(shelf.EVERYTHING, "freeguides")
    connection = filled.world.connect("freeguides")
    set_connection(connection, "active")
    return bearer(builders.token_of(connection))


def _key(filled: Shelf) -> dict[str, str]:
    return bearer(partner_keys.make(filled.world.dee, filled.world.d3x, "Dashboard").clear)


def _dead_key(filled: Shelf) -> dict[str, str]:
    made = partner_keys.make(filled.world.dee, filled.world.d3x, "Old")
    partner_keys.revoke(filled.world.dee, made.id)
    return bearer(made.clear)


def _strange_key(filled: Shelf) -> dict[str, str]:
    world = filled.world
    return bearer(partner_keys.make(world.finn, world.freeguides, "Dashboard").clear)


HEADERS: dict[str, Callable[[Shelf], dict[str, str]]] = {
    "nobody": lambda _: {},
    "garbled": lambda _: bearer("adj_nonsense"),
    "pending": _with_token,
    "active": _with_token,
    "unpermitted": _unpermitted,
    "disabled": _disabled,
    "superseded": _superseded,
    "revoked": _revoked,
    "elsewhere": _elsewhere,
    "stranger": _stranger,
    "key": _key,
    "dead_key": _dead_key,
    "strange_key": _strange_key,
}


# What they call


@pytest.fixture(scope="module")
def app() -> FastAPI:
    """One for all, as it takes longer to build than to call; it holds nobody back."""
    return api.app.create(base_url=BASE_URL, limit=Limit(1_000_000, 30))


@pytest.fixture
async def description(machine: httpx.AsyncClient) -> dict[str, Any]:
    told: dict[str, Any] = (await machine.get("/api/v1/openapi.json")).json()
    return told


def operations(description: dict[str, Any]) -> list[tuple[str, str]]:
    return [(path, method) for path, ways in description["paths"].items() for method in ways]


async def call(
    machine: httpx.AsyncClient, operation: str, ids: dict[str, str], headers: dict[str, str]
) -> httpx.Response:
    method, path = operation.split(" ")
    # Which record `{id}` is, is said by the path before it.
    path = path.replace("{id}", ids.get(path.split("/")[2], "")).format(**ids)
    more = {"If-Match": '"0"'} if method == "PUT" else {}
    return await machine.request(
        method, f"/api{path}", json=BODIES.get(operation), headers=headers | more
    )


def with_endpoint_of_its_own(world: World) -> None:
    """Give D3x another endpoint, so that the first one may go."""
    with builders.adding() as rows:
        builders.add_endpoint(rows, world.d3x, "https://hooks.d3x.example/c", world.now)


def bring(filled: Shelf, operation: str) -> None:
    """Bring what D3x has into a state in which this operation is possible."""
    verb = operation.rpartition("/")[2]
    set_connection(filled.connection, STATES.get(verb, "active"))
    with database.transaction() as session:
        status = "disabled" if verb == "enable" else "enabled"
        session.execute(sa.update(Endpoint).values(status=status))


def set_connection(connection_id: str, status: str) -> None:
    by = "partner" if status == "disabled" else None
    with database.transaction() as session:
        session.execute(
            sa.update(Connection)
            .where(col(Connection.id) == connection_id)
            .values(status=status, disabled_by=by)
        )
