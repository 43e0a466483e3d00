"""A partner's program and its own connection: what its token opens, and what it never opens."""

import asyncio
import threading
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import Session, SQLModel, select

from api import problems
from api.callers import OpenCaller
from domain import callers, connections, partner_keys, subscriptions, tokens
from domain.actors import Actor
from domain.refusals import Refusal
from storage import database
from storage.apps import App
from tests import builders
from tests.api.machines import BASE_URL, OWN, bearer, problem_of
from tests.builders import World

MOVES = [("activate", {}), ("reject", {"reason": "Unknown hotel"}), ("disconnect", {})]


async def test_a_program_reads_its_own_connection(machine: httpx.AsyncClient, world: World) -> None:
    connection_id = world.connect()
    token = builders.token_of(connection_id)
    response = await machine.get(OWN, headers=bearer(token))
    moment = world.now.isoformat().replace("+00:00", "Z")
    assert response.status_code == 200
    assert response.json() == {
        "id": connection_id,
        "status": "pending",
        "app": "d3x",
        "activation": "manual",
        "requested_at": moment,
        "since": moment,
        "property": {
            "id": world.hotel,
            "name": "Harbour Hotel",
            "time_zone": "Europe/Berlin",
            "city": "",
            "country": "",
            "sandbox": False,
        },
        "token": {"masked": f"{token[4:8]}…{token[-4:]}", "expires_at": None},
    }


async def test_a_partners_dashboard_activates(machine: httpx.AsyncClient, world: World) -> None:
    connection_id = world.connect()
    headers = bearer(builders.token_of(connection_id))
    response = await machine.post(f"{OWN}/activate", headers=headers)
    assert response.status_code == 200
    assert response.json() == {"id": connection_id, "status": "active"}
    [row] = subscriptions.of_property(world.noah, world.hotel)
    assert row.status == "active"
    assert (await machine.get(OWN, headers=headers)).json()["status"] == "active"


async def test_activating_twice_is_answered_politely(
    machine: httpx.AsyncClient, world: World
) -> None:
    connection_id = world.connect()
    headers = bearer(builders.token_of(connection_id))
    await machine.post(f"{OWN}/activate", headers=headers)
    response = await machine.post(f"{OWN}/activate", headers=headers)
    problem = problem_of(response)
    assert (response.status_code, problem["code"]) == (409, "request_already_resolved")
    assert "D3x is active already" in problem["detail"]
    assert builders.events_of(connection_id).count("connection.activated") == 1


async def test_of_many_activations_at_once_one_is_taken(
    machine: httpx.AsyncClient, world: World
) -> None:
    connection_id = world.connect()
    headers = bearer(builders.token_of(connection_id))
    answers = await asyncio.gather(
        *(machine.post(f"{OWN}/activate", headers=headers) for _ in range(8))
    )
    codes = sorted(response.json().get("code", "taken") for response in answers)
    assert codes == ["request_already_resolved"] * 7 + ["taken"]
    events = builders.events_of(connection_id)
    assert events.count("connection.activated") == 1
    assert events.count("token.first_used") == 1


async def test_of_two_first_calls_at_once_one_is_the_first(
    machine: httpx.AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection_id = world.connect()
    headers = bearer(builders.token_of(connection_id))
    both, lock = threading.Barrier(2, timeout=20), database.lock

    def lock_together(session: Session, row: SQLModel) -> None:
        if not database.is_sqlite():  # there the second has not even begun
            both.wait()
        lock(session, row)

    monkeypatch.setattr(database, "lock", lock_together)
    answers = await asyncio.gather(*(machine.get(OWN, headers=headers) for _ in range(2)))
    assert [response.status_code for response in answers] == [200, 200]
    assert builders.events_of(connection_id).count("token.first_used") == 1


async def test_a_rejection_reaches_the_hotel_and_ends_the_token(
    machine: httpx.AsyncClient, world: World
) -> None:
    connection_id = world.connect()
    headers = bearer(builders.token_of(connection_id))
    reason = "Your property is not in our system yet.\nPlease sign up – we’ll wait 👩‍💻."
    response = await machine.post(f"{OWN}/reject", headers=headers, json={"reason": reason})
    assert response.json() == {"id": connection_id, "status": "rejected"}
    assert subscriptions.read(world.maya, connection_id).reason == reason
    again = await machine.get(OWN, headers=headers)
    assert (again.status_code, problem_of(again)["code"]) == (401, "unauthorized")


@pytest.mark.parametrize("body", [None, {}, {"reason": ""}, {"reason": "  \n "}])
async def test_a_rejection_needs_a_reason(
    machine: httpx.AsyncClient, world: World, body: Any
) -> None:
    connection_id = world.connect()
    headers = bearer(builders.token_of(connection_id))
    response = await machine.post(f"{OWN}/reject", headers=headers, json=body)
    problem = problem_of(response)
    assert (response.status_code, problem["code"]) == (422, "invalid")
    [error] = problem["errors"]
    assert error["pointer"] == ("#" if body is None else "#/reason")
    assert error["detail"]
    assert builders.connection(connection_id).status == "pending"


async def test_an_active_connection_cannot_be_rejected(
    machine: httpx.AsyncClient, world: World
) -> None:
    connection_id = world.connect_active()
    headers = bearer(builders.token_of(connection_id))
    response = await machine.post(f"{OWN}/reject", headers=headers, json={"reason": "Too late"})
    assert (response.status_code, problem_of(response)["code"]) == (409, "request_already_resolved")


@pytest.mark.parametrize("body", [None, {}, {"reason": "The contract has ended"}])
async def test_a_partner_ends_a_connection_with_or_without_a_reason(
    machine: httpx.AsyncClient, world: World, body: Any
) -> None:
    connection_id = world.connect_active()
    headers = bearer(builders.token_of(connection_id))
    more = {} if body is None else {"json": body}
    response = await machine.post(f"{OWN}/disconnect", headers=headers, **more)
    assert response.json() == {"id": connection_id, "status": "disconnected"}
    assert builders.connection(connection_id).reason == (body or {}).get("reason", "")
    assert (await machine.get(OWN, headers=headers)).status_code == 401


async def test_a_pending_token_opens_nothing_but_the_answer(
    machine: httpx.AsyncClient, world: World
) -> None:
    connection_id = world.connect()
    headers = bearer(builders.token_of(connection_id))
    response = await machine.post(f"{OWN}/disconnect", headers=headers)
    problem = problem_of(response)
    assert (response.status_code, problem["code"]) == (403, "connection_pending")
    assert problem["owner"] == "partner"
    assert builders.connection(connection_id).status == "pending"


async def test_what_needs_an_active_connection_is_closed_to_others(world: World) -> None:
    part = FastAPI()

    @part.get("/rooms")
    def rooms(caller: OpenCaller) -> str:
        return caller.connection.id

    problems.install(part, base_url=BASE_URL)
    transport = httpx.ASGITransport(part)
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as program:
        connection_id = world.connect()
        headers = bearer(builders.token_of(connection_id))
        assert (await program.get("/rooms", headers=headers)).json()["code"] == "connection_pending"
        connections.activate(world.dee, connection_id)
        assert (await program.get("/rooms", headers=headers)).json() == connection_id
        connections.disable(world.maya, connection_id)
        refused = await program.get("/rooms", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "connection_disabled")


async def test_a_disabled_connection_is_read_and_ended_by_its_token(
    machine: httpx.AsyncClient, world: World
) -> None:
    connection_id = world.connect_active()
    headers = bearer(builders.token_of(connection_id))
    connections.disable(world.maya, connection_id)
    assert (await machine.get(OWN, headers=headers)).json()["status"] == "disabled"
    assert (await machine.post(f"{OWN}/activate", headers=headers)).status_code == 409
    assert (await machine.post(f"{OWN}/disconnect", headers=headers)).status_code == 200


async def test_a_superseded_token_says_until_when_it_works(
    machine: httpx.AsyncClient, world: World
) -> None:
    connection_id = world.connect_active()
    old = builders.token_of(connection_id)
    tokens.rotate(world.maya, connection_id)
    answer = (await machine.get(OWN, headers=bearer(old))).json()
    assert answer["token"]["expires_at"].endswith("Z")
    new = builders.token_of(connection_id)
    answer = (await machine.get(OWN, headers=bearer(new))).json()
    assert answer["token"]["expires_at"] is None


async def test_a_token_that_is_over_is_refused(machine: httpx.AsyncClient, world: World) -> None:
    connection_id = world.connect_active(now=world.after(hours=-50))
    outdated = builders.token_of(connection_id)
    tokens.rotate(world.maya, connection_id, now=world.after(hours=-25))
    stopped = builders.token_of(connection_id)
    tokens.rotate(world.maya, connection_id, at_once=True)
    for token in (outdated, stopped):
        response = await machine.get(OWN, headers=bearer(token))
        assert (response.status_code, problem_of(response)["code"]) == (401, "unauthorized")
        assert response.headers["www-authenticate"].startswith("Bearer")
    current = builders.token_of(connection_id)
    assert (await machine.get(OWN, headers=bearer(current))).status_code == 200


async def test_a_partner_key_does_not_open_a_connection(
    machine: httpx.AsyncClient, world: World
) -> None:
    connection_id = world.connect()
    key = partner_keys.make(world.dee, world.d3x, "Dashboard")
    response = await machine.post(f"{OWN}/activate", headers=bearer(key.clear))
    assert (response.status_code, problem_of(response)["code"]) == (403, "token_needed")
    assert builders.connection(connection_id).status == "pending"
    partner_keys.revoke(world.dee, key.id)
    response = await machine.get(OWN, headers=bearer(key.clear))
    assert (response.status_code, problem_of(response)["code"]) == (401, "unauthorized")


def test_the_caller_brings_what_its_app_asked_for_at_connect(world: World) -> None:
    connection_id = world.connect()
    with database.transaction() as session:
        app = session.exec(select(App).where(App.slug == "d3x")).one()
        app.permissions = ["reservations:read", "guests:read"]
    caller = callers.recognise(builders.token_of(connection_id))
    assert caller.permissions == {"reservations:read", "guests:read"}
    assert (caller.property_id, caller.partner_id) == (world.hotel, world.d3x)
    assert (caller.app_id, caller.app_slug) == (app.id, "d3x")


async def test_a_garbled_authorization_is_refused(machine: httpx.AsyncClient, world: World) -> None:
    token = builders.token_of(world.connect_active())
    garbled = [
        "",
        "Bearer",
        "Bearer ",
        token,
        f"Basic {token}",
        f"Token {token}",
        f"Bearer {token}0",
        f"Bearer {token[:-1]}",
        f"Bearer {token.lower()}",
        f"Bearer {token} {token}",
        f"Bearer adp_{token[4:]}",
        f"Bearer {'A' * 60_000}",
        "Bearer adj_" + "0" * 40,
        "Bearer adj_'; DROP TABLE tokens; --",
        "Bearer \x80\xff",
    ]
    for text in garbled:
        headers = {b"authorization": text.encode("latin-1")}
        response = await machine.get(OWN, headers=headers)
        assert (response.status_code, problem_of(response)["code"]) == (401, "unauthorized"), text
        assert response.headers["www-authenticate"].startswith("Bearer")
    response = await machine.get(OWN)
    assert problem_of(response)["code"] == "unauthorized"
    accepted = await machine.get(OWN, headers={"Authorization": f"bearer {token}"})
    assert accepted.status_code == 200


async def test_charlies_token_never_leads_to_another_property(
    machine: httpx.AsyncClient, world: World
) -> None:
    harbour = world.connect_active()
    lodge = connections.connect(world.charlie, world.lodge, "d3x")
    headers = bearer(builders.token_of(lodge))
    answer = await machine.get(
        OWN, headers=headers, params={"id": harbour, "connection_id": harbour}
    )
    assert answer.json()["property"]["id"] == world.lodge
    assert "Harbour" not in answer.text
    assert harbour not in answer.text
    assert (await machine.get(f"{OWN}/{harbour}", headers=headers)).status_code == 404
    await machine.post(f"{OWN}/reject", headers=headers, json={"reason": "No"})
    assert builders.connection(harbour).status == "active"
    assert builders.connection(lodge).status == "rejected"


async def test_every_verb_of_the_api_asks_for_a_token_or_a_key(
    machine: httpx.AsyncClient,
) -> None:
    description = (await machine.get("/api/v1/openapi.json")).json()
    assert len(description["paths"]) >= 4
    for path, operations in description["paths"].items():
        for verb in operations.values():
            kinds = {kind for choice in verb["security"] for kind in choice}
            assert kinds, verb["operationId"]
            assert kinds <= {"access token", "partner key"}
            if path.startswith("/v1/connection/"):
                asked = [each["name"] for each in verb.get("parameters", ())]
                assert asked in ([], ["Idempotency-Key"]), "the token says which connection it is"


async def test_an_operator_cannot_activate_by_any_route(
    machine: httpx.AsyncClient, world: World
) -> None:
    connection_id = world.connect()
    description = (await machine.get("/api/v1/openapi.json")).json()
    served_at = description["servers"][0]["url"]
    cookie, sign_in = world.cookies["olga"], world.olga.id
    for path, verbs in description["paths"].items():
        for verb in verbs:
            for secret in (cookie, sign_in, f"adj_{cookie}", connection_id):
                response = await machine.request(
                    verb,
                    served_at + path,
                    headers=bearer(secret) | {"Cookie": f"adjoin={cookie}; __Host-adjoin={cookie}"},
                    json={"reason": "I am the operator", "connection_id": connection_id},
                )
                assert response.status_code in (401, 422), (verb, path, response.text)
    assert builders.connection(connection_id).status == "pending"
    assert builders.events_of(connection_id) == ["connection.requested"]


async def test_a_person_is_nobody_to_the_reads_of_programs(world: World) -> None:
    world.connect()
    for person in (world.olga, world.maya, world.dee, world.charlie, Actor("adjoin")):
        with pytest.raises(Refusal) as refused:
            callers.read(person)
        assert refused.value.code == "not_found"


@pytest.mark.parametrize(("move", "body"), MOVES)
async def test_both_spellings_of_a_path_are_the_same(
    machine: httpx.AsyncClient, world: World, move: str, body: dict[str, str]
) -> None:
    connection_id = world.connect_active() if move == "disconnect" else world.connect()
    headers = bearer(builders.token_of(connection_id))
    assert (await machine.get(f"{OWN}/", headers=headers)).status_code == 200
    response = await machine.post(f"{OWN}/{move}/", headers=headers, json=body)
    assert response.status_code == 200
    assert builders.connection(connection_id).status == response.json()["status"]


async def test_answers_carry_no_cookie_and_are_not_kept(
    machine: httpx.AsyncClient, world: World
) -> None:
    token = builders.token_of(world.connect())
    for headers in ({}, bearer(token), bearer(token) | {"Cookie": "adjoin=x"}):
        response = await machine.get(OWN, headers=headers)
        assert "set-cookie" not in response.headers
        assert response.headers["cache-control"] == "no-store"
