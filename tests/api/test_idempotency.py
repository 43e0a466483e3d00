"""A program that got no answer sends its request again, with the same Idempotency-Key."""

import asyncio
import threading
import uuid
from typing import Any

import httpx
import pytest

from domain import connections, idempotency, partner_keys
from domain.actors import Actor
from tests import builders
from tests.api.machines import OWN, bearer, problem_of
from tests.builders import World

ON_BOTH_DATABASES = True  # of two at once only one may work, which each ensures in its own way

ALL = f"{OWN}s"


@pytest.fixture
def key(world: World) -> str:
    return partner_keys.make(world.dee, world.d3x, "Dashboard").clear


def named(token: str, name: str = "first") -> dict[str, str]:
    return bearer(token) | {"Idempotency-Key": name}


async def test_the_same_request_gets_the_same_answer(
    machine: httpx.AsyncClient, world: World
) -> None:
    connection_id = world.connect()
    headers = named(builders.token_of(connection_id), str(uuid.uuid4()))
    first = await machine.post(f"{OWN}/activate", headers=headers)
    again = await machine.post(f"{OWN}/activate/", headers=headers)  # either spelling
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json() == {"id": connection_id, "status": "active"}
    assert again.headers["content-type"] == first.headers["content-type"]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["x-request-id"] != first.headers["x-request-id"]


async def test_a_refusal_is_an_answer_too(machine: httpx.AsyncClient, world: World) -> None:
    headers = named(builders.token_of(world.connect_active()))
    first = await machine.post(f"{OWN}/activate", headers=headers)
    again = await machine.post(f"{OWN}/activate", headers=headers)
    assert (again.status_code, again.content) == (409, first.content)
    assert again.headers["content-type"] == "application/problem+json"


async def test_another_request_needs_another_key(
    machine: httpx.AsyncClient, world: World, key: str
) -> None:
    first, other = world.connect(), world.connect("freeguides")
    headers = named(key)
    await machine.post(f"{ALL}/{first}/disconnect", headers=headers, json={"reason": "a"})
    for path, more in (
        (f"{ALL}/{first}/disconnect", {"json": {"reason": "b"}}),
        (f"{ALL}/{first}/disconnect", {}),
        (f"{ALL}/{first}/disconnect?x=1", {"json": {"reason": "a"}}),
        (f"{ALL}/{other}/disconnect", {"json": {"reason": "a"}}),
    ):
        answer = await machine.post(path, headers=headers, **more)  # type: ignore[arg-type]
        assert (answer.status_code, problem_of(answer)["code"]) == (422, "idempotency_key_reused")


async def test_of_two_at_once_one_is_worked_on_and_the_other_told_to_wait(
    machine: httpx.AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = named(builders.token_of(world.connect()))
    inside, may_end = threading.Event(), threading.Event()
    activate = connections.activate

    def slowly(actor: Actor, connection_id: str) -> None:
        inside.set()
        may_end.wait(20)
        activate(actor, connection_id)

    monkeypatch.setattr(connections, "activate", slowly)
    first = asyncio.create_task(machine.post(f"{OWN}/activate", headers=headers))
    await asyncio.to_thread(inside.wait, 20)
    second = await machine.post(f"{OWN}/activate", headers=headers)
    may_end.set()
    assert (second.status_code, problem_of(second)["code"]) == (409, "request_in_progress")
    assert (await first).status_code == 200
    third = await machine.post(f"{OWN}/activate", headers=headers)
    assert third.headers["idempotency-replayed"] == "true"


async def test_after_a_fault_of_ours_the_request_can_be_sent_again(
    machine: httpx.AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = named(builders.token_of(world.connect()))
    with monkeypatch.context() as broken:
        broken.setattr(connections, "activate", lambda *_: 1 / 0)
        assert (await machine.post(f"{OWN}/activate", headers=headers)).status_code == 500
    assert (await machine.post(f"{OWN}/activate", headers=headers)).status_code == 200


async def test_who_was_told_to_come_later_may_come_later(
    machine: httpx.AsyncClient, world: World
) -> None:
    connection_id = world.connect()
    headers = named(builders.token_of(connection_id))
    pending = await machine.post(f"{OWN}/disconnect", headers=headers)
    assert problem_of(pending)["code"] == "connection_pending"
    connections.activate(world.dee, connection_id)
    assert (await machine.post(f"{OWN}/disconnect", headers=headers)).status_code == 200


async def test_a_dead_token_replays_nothing(machine: httpx.AsyncClient, world: World) -> None:
    headers = named(builders.token_of(world.connect_active()))
    assert (await machine.post(f"{OWN}/disconnect", headers=headers)).status_code == 200
    again = await machine.post(f"{OWN}/disconnect", headers=headers)
    assert (again.status_code, problem_of(again)["code"]) == (401, "unauthorized")


@pytest.mark.parametrize("wrong", ["", "x" * 256, "two words", "caf\xe9", ["a", "b"]])
async def test_a_garbled_key_is_refused_before_anything_happens(
    machine: httpx.AsyncClient, world: World, wrong: Any
) -> None:
    connection_id = world.connect()
    names = [wrong] if isinstance(wrong, str) else wrong
    token = bearer(builders.token_of(connection_id))
    headers = [*token.items(), *(("Idempotency-Key", name.encode("latin-1")) for name in names)]
    answer = await machine.post(f"{OWN}/activate", headers=headers)
    problem = problem_of(answer)
    assert (answer.status_code, problem["code"]) == (422, "invalid")
    assert problem["errors"][0]["header"] == "Idempotency-Key"
    assert builders.connection(connection_id).status == "pending"


async def test_a_read_does_not_need_it_and_does_not_mind(
    machine: httpx.AsyncClient, world: World
) -> None:
    headers = named(builders.token_of(world.connect_active()))
    for _ in range(2):
        answer = await machine.get(OWN, headers=headers)
        assert answer.status_code == 200
        assert "idempotency-replayed" not in answer.headers
    assert builders.snapshot()["idempotent_requests"] == []


async def test_the_work_of_a_process_that_died_is_begun_again(
    machine: httpx.AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = named(builders.token_of(world.connect()))
    with monkeypatch.context() as killed:
        killed.setattr(idempotency, "end", lambda *_: None)  # killed before it could write
        assert (await machine.post(f"{OWN}/activate", headers=headers)).status_code == 200
    assert (await machine.post(f"{OWN}/activate", headers=headers)).status_code == 409
    monkeypatch.setattr(idempotency, "GIVEN_UP", idempotency.GIVEN_UP * 0)
    again = await machine.post(f"{OWN}/activate", headers=headers)
    assert problem_of(again)["code"] == "request_already_resolved"


async def test_the_description_says_which_requests_take_it(machine: httpx.AsyncClient) -> None:
    description = (await machine.get("/api/v1/openapi.json")).json()
    for path in description["paths"].values():
        for method, operation in path.items():
            named_here = [each["name"] for each in operation.get("parameters", [])]
            assert named_here.count("Idempotency-Key") == (method in ("post", "put"))
