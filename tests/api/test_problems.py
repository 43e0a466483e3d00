"""Every failure has the same shape, says nothing of our insides, and explains itself."""

import inspect
import json
import re
from collections.abc import Callable

import httpx
import pytest

from api.problems import KINDS
from domain import (
    actors,
    callers,
    connections,
    idempotency,
    partner_connections,
    partner_keys,
    refusals,
    tokens,
)
from tests import builders
from tests.api.machines import BASE_URL, OWN, bearer, problem_of
from tests.builders import World


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v2/connection",
        f"{OWN}x",
        "/api//v1/connection",
        "/api/%00",
    ],
)
async def test_an_unknown_path_is_not_found(machine: httpx.AsyncClient, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        response = await machine.request(method, path)
        assert (response.status_code, problem_of(response)["code"]) == (404, "not_found")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "POST", "BREW"])
async def test_a_wrong_method_is_told_the_right_one(
    machine: httpx.AsyncClient, method: str
) -> None:
    response = await machine.request(method, OWN)
    assert (response.status_code, problem_of(response)["code"]) == (405, "method_not_allowed")
    assert response.headers["allow"] == "GET"


async def test_a_bug_is_a_generic_sentence_outside_and_a_stack_trace_in_the_log(
    machine: httpx.AsyncClient,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    log_text: Callable[[], str],
) -> None:
    token = builders.token_of(world.connect())

    def broken(*_: object) -> None:
        raise ZeroDivisionError(f"the password of the database is hunter2, the token {token}")

    monkeypatch.setattr(connections, "activate", broken)
    response = await machine.post(
        f"{OWN}/activate", headers=bearer(token) | {"X-Request-Id": "case-17"}
    )
    problem = problem_of(response)
    assert (response.status_code, problem["code"]) == (500, "internal_error")
    assert (problem["owner"], problem["request_id"]) == ("platform", "case-17")
    assert "hunter2" not in response.text
    assert "ZeroDivision" not in response.text
    lines = [json.loads(line) for line in log_text().splitlines()]
    [failure] = [line for line in lines if line["level"] == "error"]
    assert failure["request_id"] == "case-17"
    assert "ZeroDivisionError" in failure["trace"]
    assert "in broken" in failure["trace"]
    assert token not in log_text()


def test_every_refusal_that_a_program_can_meet_has_a_kind() -> None:
    modules = (actors, callers, connections, idempotency, partner_connections, partner_keys)
    for module in (*modules, refusals, tokens):
        for code in re.findall(r"Refusal\(\s*\"(\w+)\"", inspect.getsource(module)):
            if code not in ONLY_ON_PAGES:
                assert code in KINDS, f"{code} of {module.__name__} has no row in api/problems.py"


# Refusals of verbs that need a person who is signed in.
ONLY_ON_PAGES = {
    "already_connected",
    "core_app",
    "no_token",
    "signed_out",
}


async def test_the_description_knows_the_shape_of_problems(machine: httpx.AsyncClient) -> None:
    description = (await machine.get("/api/v1/openapi.json")).json()
    assert description["servers"] == [{"url": f"{BASE_URL}/api"}]
    for path in description["paths"].values():
        for operation in path.values():
            told = {status: each for status, each in operation["responses"].items() if status > "4"}
            assert {"401", "403", "404", "422", "429", "500"} <= set(told)
            for each in told.values():
                content = each["content"]
                assert "owner" in content["application/problem+json"]["schema"]["properties"]
