"""A program that hammers is told to wait, and nobody else has to wait for it."""

import re

import httpx
import pytest
from fastapi import FastAPI

import api.app
from domain import connections, partner_keys, tokens
from domain.pace import Limit
from tests import builders
from tests.api.machines import BASE_URL, OWN, bearer, problem_of
from tests.builders import World

ON_BOTH_DATABASES = True  # where several processes count together, it is another way of counting


@pytest.fixture
def app() -> FastAPI:
    return api.app.create(base_url=BASE_URL, limit=Limit(3, 3600))


async def test_a_program_that_hammers_is_told_to_wait(
    machine: httpx.AsyncClient, world: World
) -> None:
    connection_id = world.connect()
    headers = bearer(builders.token_of(connection_id))
    for left in (2, 1, 0):
        answer = await machine.get(OWN, headers=headers)
        assert answer.status_code == 200
        assert answer.headers["ratelimit-policy"] == '"token";q=3;w=3600'
        assert re.fullmatch(rf'"token";r={left};t=\d+', answer.headers["ratelimit"])
        assert "retry-after" not in answer.headers
    answer = await machine.post(f"{OWN}/activate", headers=headers)
    problem = problem_of(answer)
    assert (answer.status_code, problem["code"]) == (429, "too_many_requests")
    assert problem["owner"] == "partner"
    seconds = int(answer.headers["retry-after"])
    assert 3600 <= seconds <= 3960
    assert f"{seconds} seconds" in problem["detail"]
    assert answer.headers["ratelimit"] == f'"token";r=0;t={seconds}'
    assert builders.connection(connection_id).status == "pending"


async def test_another_program_does_not_have_to_wait(
    machine: httpx.AsyncClient, world: World
) -> None:
    busy = bearer(builders.token_of(world.connect()))
    other = bearer(partner_keys.make(world.dee, world.d3x, "Dashboard").clear)
    for _ in range(4):
        last = await machine.get(OWN, headers=busy)
    assert last.status_code == 429
    assert (await machine.get(f"{OWN}s", headers=other)).status_code == 200


async def test_refusals_of_every_kind_are_counted_and_say_what_is_left(
    machine: httpx.AsyncClient, world: World
) -> None:
    headers = bearer(builders.token_of(world.connect()))
    wanted = (("GET", "/api/v1/nothing"), ("DELETE", OWN), ("POST", f"{OWN}/reject"))
    answers = [await machine.request(*each, headers=headers) for each in wanted]
    assert [answer.status_code for answer in answers] == [404, 405, 422]
    assert all("ratelimit" in answer.headers for answer in answers)
    assert (await machine.get(OWN, headers=headers)).status_code == 429


async def test_who_shows_no_token_is_counted_by_address(machine: httpx.AsyncClient) -> None:
    for headers in ({}, bearer("nonsense"), bearer("adj_" + "F" * 39)):
        answer = await machine.get(OWN, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["ratelimit-policy"] == '"address";q=3;w=3600'
    answer = await machine.get(OWN)
    assert (answer.status_code, problem_of(answer)["code"]) == (429, "too_many_requests")


async def test_guessing_tokens_ends_soon_and_harms_no_neighbour(
    machine: httpx.AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = bearer(builders.token_of(world.connect()))
    late = bearer(partner_keys.make(world.dee, world.d3x, "Dashboard").clear)
    assert (await machine.get(OWN, headers=good)).status_code == 200
    guesses = [bearer(f"adj_{number:040X}") for number in range(5)]
    looked_up: list[str] = []
    accepted = tokens.accepted
    monkeypatch.setattr(
        tokens, "accepted", lambda *given: (looked_up.append("one"), accepted(*given))[1]
    )
    statuses = [(await machine.get(OWN, headers=guess)).status_code for guess in guesses]
    assert statuses == [401, 401, 401, 429, 429]
    assert len(looked_up) == 3
    # Behind the same address: a program known to hold a good token, and one not known yet.
    assert (await machine.get(OWN, headers=good)).status_code == 200
    assert (await machine.get(f"{OWN}s", headers=late)).status_code == 429


async def test_a_token_that_ended_is_no_good_one_any_more(
    machine: httpx.AsyncClient, world: World
) -> None:
    connection_id = world.connect()
    headers = bearer(builders.token_of(connection_id))
    assert (await machine.get(OWN, headers=headers)).status_code == 200
    connections.withdraw(world.maya, connection_id)
    for _ in range(2):
        assert (await machine.get(OWN, headers=headers)).status_code == 401
    for _ in range(2):
        await machine.get(OWN)
    answer = await machine.get(OWN, headers=headers)
    assert answer.headers["ratelimit-policy"] == '"address";q=3;w=3600'


async def test_health_checks_are_never_held_back(machine: httpx.AsyncClient) -> None:
    for _ in range(5):
        assert (await machine.get("/healthz")).status_code == 200
