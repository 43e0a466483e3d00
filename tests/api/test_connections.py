"""A partner's program and all connections of its apps, with a partner key."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
import pytest

from domain import connections, partner_keys
from domain.partner_connections import STATUSES
from tests import builders
from tests.api.machines import OWN, bearer, problem_of
from tests.builders import World

ALL = f"{OWN}s"


@pytest.fixture
def headers(world: World) -> dict[str, str]:
    """What a program of D3x shows."""
    return bearer(partner_keys.make(world.dee, world.d3x, "Dashboard").clear)


@pytest.fixture
def many(world: World) -> list[str]:
    """Five connections of D3x with five hotels, and one of FreeGuides; the ids of the five."""
    with builders.adding() as rows:
        hotels = [builders.add_property(rows, f"Hotel {n}", world.now) for n in range(4)]
        managers = [
            builders.add_person(rows, f"m{n}@h.example", "manager", hotel, now=world.now)
            for n, hotel in enumerate(hotels)
        ]
    world.connect("freeguides")
    ids = [world.connect("d3x")]
    return ids + [
        connections.connect(manager, hotel, "d3x", now=world.now)
        for manager, hotel in zip(managers, hotels, strict=True)
    ]


async def test_a_program_reads_one_of_its_connections(
    machine: httpx.AsyncClient, world: World, headers: dict[str, str]
) -> None:
    connection_id = world.connect_active()
    connections.disable(world.maya, connection_id, "We renovate.", now=world.now)
    moment = _shown(world.now)
    answer = await machine.get(f"{ALL}/{connection_id}", headers=headers)
    assert answer.status_code == 200
    assert answer.json() == {
        "id": connection_id,
        "status": "disabled",
        "app": "d3x",
        "activation": "manual",
        "requested_at": moment,
        "since": moment,
        "disabled_by": "property",
        "reason": "We renovate.",
        "property": {
            "id": world.hotel,
            "name": "Harbour Hotel",
            "time_zone": "Europe/Berlin",
            "city": "",
            "country": "",
            "sandbox": False,
        },
    }


async def test_a_program_pages_through_its_connections_while_they_change(
    machine: httpx.AsyncClient, world: World, headers: dict[str, str], many: list[str]
) -> None:
    found: list[str] = []
    cursor: str | None = None
    while True:
        wanted: dict[str, Any] = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await machine.get(ALL, headers=headers, params=wanted)).json()
        found += [row["id"] for row in page["data"]]
        # What was read and what comes next changes between two pages.
        for connection_id in {found[-1], many[-1]}:
            await machine.post(f"{ALL}/{connection_id}/activate", headers=headers)
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == many


async def test_the_last_page_says_so_when_it_is_full(
    machine: httpx.AsyncClient, headers: dict[str, str], many: list[str]
) -> None:
    page = (await machine.get(ALL, headers=headers, params={"limit": 5})).json()
    assert len(page["data"]) == 5
    assert page["next_cursor"] is None


async def test_connections_are_filtered_by_status(
    machine: httpx.AsyncClient, world: World, headers: dict[str, str], many: list[str]
) -> None:
    connections.activate(world.dee, many[1])
    for status, expected in (("pending", 4), ("active", 1), ("rejected", 0)):
        page = (await machine.get(ALL, headers=headers, params={"status": status})).json()
        assert {row["status"] for row in page["data"]} <= {status}
        assert len(page["data"]) == expected
    assert set(STATUSES) == {"pending", "active", "disabled", "rejected", "disconnected"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "sleeping"},
        {"limit": "0"},
        {"limit": "1001"},
        {"limit": "many"},
        {"limit": "9" * 5000},
        {"offset": "3"},
    ],
)
async def test_a_wrong_question_is_told_what_is_wrong(
    machine: httpx.AsyncClient, headers: dict[str, str], wrong: dict[str, str]
) -> None:
    problem = problem_of(await machine.get(ALL, headers=headers, params=wrong))
    assert problem["code"] == "invalid"
    assert [error["query"] for error in problem["errors"]] == list(wrong)


async def test_a_cursor_of_somebody_else_or_made_up_is_refused(
    machine: httpx.AsyncClient, world: World, headers: dict[str, str]
) -> None:
    theirs = world.connect("freeguides")
    for cursor in (theirs, "con_never", "", "\0", "0" * 3000):
        answer = await machine.get(ALL, headers=headers, params={"cursor": cursor})
        assert (answer.status_code, problem_of(answer)["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize(
    ("before", "move", "body", "status"),
    [
        ("pending", "activate", None, "active"),
        ("pending", "reject", {"reason": "Unknown hotel"}, "rejected"),
        ("active", "disable", {"reason": "Maintenance"}, "disabled"),
        ("active", "disable", None, "disabled"),
        ("active", "disconnect", {"reason": "The contract ended"}, "disconnected"),
        ("disabled", "enable", None, "active"),
    ],
)
async def test_a_program_moves_a_connection(
    machine: httpx.AsyncClient,
    world: World,
    headers: dict[str, str],
    before: str,
    move: str,
    body: dict[str, str] | None,
    status: str,
) -> None:
    connection_id = _in_status(world, before)
    more = {} if body is None else {"json": body}
    answer = await machine.post(f"{ALL}/{connection_id}/{move}", headers=headers, **more)
    assert answer.status_code == 200
    assert answer.json() == {"id": connection_id, "status": status}
    connection = builders.connection(connection_id)
    assert connection.status == status
    assert connection.reason == (body or {}).get("reason", "")


async def test_what_the_hotel_paused_only_the_hotel_can_go_on_with(
    machine: httpx.AsyncClient, world: World, headers: dict[str, str]
) -> None:
    connection_id = world.connect_active()
    connections.disable(world.maya, connection_id)
    answer = await machine.post(f"{ALL}/{connection_id}/enable", headers=headers)
    problem = problem_of(answer)
    assert (answer.status_code, problem["code"]) == (409, "disabled_by_other_side")
    assert problem["owner"] == "property"


async def test_a_move_that_came_too_late_is_answered_politely(
    machine: httpx.AsyncClient, world: World, headers: dict[str, str]
) -> None:
    connection_id = world.connect_active()
    for move, code in (("activate", "request_already_resolved"), ("enable", "wrong_state")):
        answer = await machine.post(f"{ALL}/{connection_id}/{move}", headers=headers)
        assert (answer.status_code, problem_of(answer)["code"]) == (409, code)


@pytest.mark.parametrize("move", ["", "/activate", "/reject", "/disable", "/enable", "/disconnect"])
async def test_nobody_elses_connection_exists(
    machine: httpx.AsyncClient, world: World, headers: dict[str, str], move: str
) -> None:
    theirs = world.connect("freeguides")
    before = builders.connection(theirs).status
    body = {"json": {"reason": "Mine now"}} if move == "/reject" else {}
    answers = []
    for connection_id in (theirs, "con_never", "%00", "x" * 900):
        method = "POST" if move else "GET"
        answer = await machine.request(
            method, f"{ALL}/{connection_id}{move}", headers=headers, **body
        )
        problem = problem_of(answer)
        answers.append((answer.status_code, problem["code"], problem["detail"]))
    assert set(answers) == {(404, "not_found", answers[0][2])}
    assert builders.connection(theirs).status == before


async def test_an_access_token_does_not_open_the_partners_connections(
    machine: httpx.AsyncClient, world: World
) -> None:
    connection_id = world.connect_active()
    token = bearer(builders.token_of(connection_id))
    answer = await machine.get(ALL, headers=token)
    assert (answer.status_code, problem_of(answer)["code"]) == (403, "partner_key_needed")
    answer = await machine.post(f"{ALL}/{connection_id}/disable", headers=token)
    assert (answer.status_code, problem_of(answer)["code"]) == (403, "partner_key_needed")
    for headers in ({}, bearer("adp_" + "0" * 43), bearer("adj_" + "0" * 40)):
        answer = await machine.get(ALL, headers=headers)
        assert (answer.status_code, problem_of(answer)["code"]) == (401, "unauthorized")


async def test_a_revoked_key_is_refused_from_the_next_request_on(
    machine: httpx.AsyncClient, world: World
) -> None:
    made = partner_keys.make(world.dee, world.d3x, "Dashboard")
    assert (await machine.get(ALL, headers=bearer(made.clear))).status_code == 200
    partner_keys.revoke(world.dee, made.id)
    assert (await machine.get(ALL, headers=bearer(made.clear))).status_code == 401


def _in_status(world: World, status: str) -> str:
    to: dict[str, Callable[[], str]] = {"pending": world.connect, "active": world.connect_active}
    if status != "disabled":
        return to[status]()
    connection_id = world.connect_active()
    connections.disable(world.dee, connection_id)
    return connection_id


def _shown(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
