"""Whatever a program sends as a body: a sentence comes back, and nothing is half-saved."""

import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from domain import connections, subscriptions
from tests import builders
from tests.api.machines import OWN, bearer, problem_of
from tests.builders import World

ON_BOTH_DATABASES = True  # what one takes as a text or a number, the other may not

JSON = {"Content-Type": "application/json"}
BROKEN = [
    b"{",
    b"{'reason': 'single quotes'}",
    b'{"reason": "unfinished',
    b'{"reason": "\xff\xfe"}',
    b"\xff\xfe{\x00",
    b'{"reason": "a"} and more',
    b"[" * 30_000,
    b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    b'{"reason": ' + b"9" * 6_000 + b"}",
]
WRONG: list[tuple[Any, str]] = [
    ([], "#"),
    ("reason", "#"),
    (7, "#"),
    (True, "#"),
    ({"reason": 7}, "#/reason"),
    ({"reason": None}, "#/reason"),
    ({"reason": True}, "#/reason"),
    ({"reason": ["x"]}, "#/reason"),
    ({"reason": {"text": "x"}}, "#/reason"),
    ({"reason": "x" * 1001}, "#/reason"),
    ({"reason": "NUL \x00 inside"}, "#/reason"),
    ({"reason": "escape \x1b[31m"}, "#/reason"),
    ({"reason": "half a pair \ud83d"}, "#/reason"),
    ({"reason": "x", "because": "y"}, "#/because"),
    ({"reason": "x", "a/b~c d": "y"}, "#/a~1b~0c%20d"),
    ({"reason": "x", "\ud800": "y"}, "#"),
]


@pytest.fixture
def headers(world: World) -> dict[str, str]:
    """What the program of a pending connection sends."""
    return bearer(builders.token_of(world.connect()))


@pytest.mark.parametrize("body", BROKEN, ids=range(len(BROKEN)))
async def test_what_is_not_json_is_named_so(
    machine: httpx.AsyncClient, headers: dict[str, str], body: bytes
) -> None:
    response = await machine.post(f"{OWN}/reject", headers=headers | JSON, content=body)
    assert (response.status_code, problem_of(response)["code"]) == (400, "malformed_body")


@pytest.mark.parametrize(("body", "pointer"), WRONG, ids=range(len(WRONG)))
async def test_what_is_wrong_is_pointed_at(
    machine: httpx.AsyncClient, headers: dict[str, str], world: World, body: Any, pointer: str
) -> None:
    content = json.dumps(body).encode()
    response = await machine.post(f"{OWN}/reject", headers=headers | JSON, content=content)
    problem = problem_of(response)
    assert (response.status_code, problem["code"]) == (422, "invalid")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert all(error["detail"].endswith((".", "string")) for error in problem["errors"])
    assert (await machine.get(OWN, headers=headers)).json()["status"] == "pending"


@pytest.mark.parametrize(
    "kind",
    ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "json", "\xe9"],
)
async def test_another_kind_of_body_is_refused(
    machine: httpx.AsyncClient, headers: dict[str, str], kind: str
) -> None:
    for move in ("activate", "reject", "disconnect"):
        response = await machine.post(
            f"{OWN}/{move}",
            headers={**headers, "Content-Type": kind.encode("latin-1")},  # type: ignore[dict-item]
            content=b'{"reason": "x"}',
        )
        assert (response.status_code, problem_of(response)["code"]) == (
            415,
            "unsupported_media_type",
        )
    assert (await machine.get(OWN, headers=headers)).json()["status"] == "pending"


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/problem+json"])
async def test_every_spelling_of_json_is_taken(
    machine: httpx.AsyncClient, headers: dict[str, str], kind: str
) -> None:
    response = await machine.post(
        f"{OWN}/reject", headers=headers | {"Content-Type": kind}, content=b'{"reason": "x"}'
    )
    assert response.status_code == 200


async def test_a_flood_of_unknown_fields_gets_a_short_answer(
    machine: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    body = {f"f{number}": 1 for number in range(4_000)}
    response = await machine.post(f"{OWN}/reject", headers=headers, json=body)
    assert response.status_code == 422
    assert len(problem_of(response)["errors"]) <= 20


_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
    max_leaves=8,
)
_reasons = st.fixed_dictionaries({"reason": st.text(st.characters())})
_bodies = st.binary() | (_anything | _reasons).map(
    lambda value: json.dumps(value).encode("utf-8", "surrogatepass")
)


@settings(
    max_examples=80,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(move=st.sampled_from(("activate", "reject", "disconnect")), body=_bodies)
@example(move="reject", body=b'{"reason": "\\u0000"}')
@example(move="reject", body=b'{"reason": "\\ud800"}')
@example(move="disconnect", body=b"null")
async def test_no_body_breaks_anything(
    machine: httpx.AsyncClient, world: World, move: str, body: bytes
) -> None:
    connection_id = _renewed(world, "active" if move == "disconnect" else "pending")
    before = builders.connection(connection_id).status
    headers = bearer(builders.token_of(connection_id)) | JSON
    response = await machine.post(f"{OWN}/{move}", headers=headers, content=body)
    after = builders.connection(connection_id).status
    if response.status_code == 200:
        assert after == response.json()["status"] != before
    else:
        assert problem_of(response)["code"] in ("malformed_body", "invalid")
        assert after == before


def _renewed(world: World, status: str) -> str:
    """Bring the hotel's connection into `status`, whatever became of it before."""
    for row in subscriptions.of_property(world.maya, world.hotel):
        if row.status == status:
            return row.id
        if row.status == "pending":
            connections.withdraw(world.maya, row.id)
        if row.status == "active":
            connections.disconnect(world.maya, row.id)
    return world.connect_active() if status == "active" else world.connect()
