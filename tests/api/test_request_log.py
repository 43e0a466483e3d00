"""Every request of a program is in the request log of its connection, without what it carried."""

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import Session

import api.app
from domain import api_requests, connections, lookups, partner_keys
from domain.api_requests import Row
from domain.pace import Limit
from storage import database
from tests import builders
from tests.api.machines import BASE_URL, OWN, bearer
from tests.builders import World

ON_BOTH_DATABASES = True  # lines are written in batches, in the driver's own way

ALL = f"{OWN}s"


def logged(world: World, connection_id: str) -> list[Row]:
    """Return the log of a connection, the oldest first."""
    api_requests.write()
    return list(reversed(api_requests.of_connection(world.maya, connection_id)))


async def test_a_request_is_logged_with_how_it_ended(
    machine: httpx.AsyncClient, world: World
) -> None:
    connection_id = world.connect()
    headers = bearer(builders.token_of(connection_id))
    answer = await machine.get(OWN, headers=headers)
    await machine.post(f"{OWN}/disconnect/", headers=headers)
    await machine.delete(OWN, headers=headers | {"X-Request-Id": "mine-1"})
    first, second, third = logged(world, connection_id)
    assert (first.method, first.endpoint, first.status) == ("GET", "/v1/connection", 200)
    assert first.request_id == answer.headers["x-request-id"]
    assert first.code == ""
    assert 0 <= first.duration_ms < 10_000
    assert (second.endpoint, second.code) == ("/v1/connection/disconnect", "connection_pending")
    assert (third.status, third.code) == (405, "method_not_allowed")
    [found] = lookups.find(world.olga, "mine-1").hits
    assert found.id == third.id


async def test_ids_and_questions_stay_out_of_the_log(
    machine: httpx.AsyncClient, world: World
) -> None:
    connection_id = world.connect()
    key = partner_keys.make(world.dee, world.d3x, "Dashboard").clear
    await machine.get(f"{ALL}/{connection_id}", headers=bearer(key))
    await machine.get(ALL, headers=bearer(key), params={"cursor": "Mustermann"})
    await machine.get("/api/v1/Mustermann/secret", headers=bearer(key))
    api_requests.write()
    rows = api_requests.of_partner(world.dee, world.d3x)
    one, all_of_them = "/v1/connections/{connection_id}", "/v1/connections"
    assert [row.endpoint for row in rows] == ["", all_of_them, one]
    kept = repr(builders.snapshot()["api_requests"])
    assert "Mustermann" not in kept
    assert key not in kept


async def test_what_a_partner_key_did_to_a_connection_is_in_its_log(
    machine: httpx.AsyncClient, world: World
) -> None:
    mine, theirs = world.connect(), world.connect("freeguides")
    key = bearer(partner_keys.make(world.dee, world.d3x, "Dashboard").clear)
    for connection_id in (mine, theirs):
        await machine.post(f"{ALL}/{connection_id}/activate", headers=key)
    [row] = logged(world, mine)
    assert (row.endpoint, row.status) == ("/v1/connections/{connection_id}/activate", 200)
    # Who guesses the id of somebody else's connection leaves no line in their log.
    assert logged(world, theirs) == []


async def test_the_last_words_of_an_ended_token_are_in_it_and_a_foreign_ones_are_not(
    machine: httpx.AsyncClient, world: World
) -> None:
    mine = world.connect_active()
    headers = bearer(builders.token_of(mine))
    await machine.get(OWN, headers=headers)
    connections.disconnect(world.maya, mine)
    await machine.get(OWN, headers=headers)
    await machine.get(OWN, headers=bearer("adj_" + "0" * 40))
    assert [row.status for row in logged(world, mine)] == [200, 401]


async def test_after_a_move_with_a_partner_key_the_key_is_still_the_partners(
    machine: httpx.AsyncClient, world: World
) -> None:
    mine = world.connect()
    key = bearer(partner_keys.make(world.dee, world.d3x, "Dashboard").clear)
    await machine.post(f"{ALL}/{mine}/activate", headers=key)
    await machine.delete(ALL, headers=key)
    assert [row.status for row in logged(world, mine)] == [200]
    assert [row.status for row in api_requests.of_partner(world.dee, world.d3x)] == [405, 200]


async def test_an_answer_that_was_given_before_is_logged_again(
    machine: httpx.AsyncClient, world: World
) -> None:
    connection_id = world.connect()
    headers = bearer(builders.token_of(connection_id)) | {"Idempotency-Key": "k1"}
    for _ in range(2):
        await machine.post(f"{OWN}/activate", headers=headers)
    assert [row.endpoint for row in logged(world, connection_id)] == ["/v1/connection/activate"] * 2


async def test_of_a_program_that_hammers_the_log_keeps_one_refusal_a_second(
    world: World,
) -> None:
    hasty = api.app.create(base_url=BASE_URL, limit=Limit(2, 3600))
    connection_id = world.connect()
    headers = bearer(builders.token_of(connection_id))
    async with _client(hasty) as machine:
        statuses = [(await machine.get(OWN, headers=headers)).status_code for _ in range(9)]
    assert statuses == [200, 200, *[429] * 7]
    assert 1 <= [row.status for row in logged(world, connection_id)].count(429) <= 2


async def test_a_read_costs_no_write(
    machine: httpx.AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not database.is_sqlite():
        return  # there the processes share a count of requests
    headers = bearer(builders.token_of(world.connect()))
    await machine.get(OWN, headers=headers)  # its first use is told to the hotel

    def refuse(_: Session) -> None:
        raise AssertionError("a read has written")

    monkeypatch.setattr(database, "transaction", refuse)
    for _ in range(3):
        assert (await machine.get(OWN, headers=headers)).status_code == 200


async def test_pages_and_health_checks_are_not_in_it(
    machine: httpx.AsyncClient, world: World
) -> None:
    await machine.get("/healthz")
    await machine.get("/help/errors/invalid")
    api_requests.write()
    assert builders.snapshot()["api_requests"] == []


def _client(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE_URL)
