"""Webhook endpoints through the API, with a partner key: the same verbs as the hub's buttons."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from domain import endpoints, events, moments, partner_keys
from tests import builders
from tests.api.machines import bearer, problem_of
from tests.builders import World

HOOKS = "/api/v1/webhook-endpoints"
NEW = "https://new.d3x.example/hook"
TAKES_TOKENS = ["connection.requested", "token.rotated"]


@pytest.fixture
def d3x(world: World, machine: httpx.AsyncClient) -> httpx.AsyncClient:
    """A program of D3x with a partner key."""
    machine.headers.update(bearer(partner_keys.make(world.dee, world.d3x, "Dashboard").clear))
    return machine


def own(world: World) -> str:
    return f"{HOOKS}/{world.d3x_endpoint}"


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, problem_of(answer)["code"]


async def test_a_program_adds_an_endpoint_and_is_shown_the_secret_once(
    d3x: httpx.AsyncClient, world: World
) -> None:
    world.connect_active()
    wish = {
        "url": NEW,
        "events": ["reservation.updated", "connection.requested"],
        "property_ids": [world.hotel],
    }
    answer = await d3x.post(HOOKS, json=wish)
    assert answer.status_code == 201
    made = answer.json()
    assert made["secret"].startswith("whsec_")
    assert made["endpoint"]["events"] == ["connection.requested", "reservation.updated"]
    assert made["endpoint"]["property_ids"] == [world.hotel]
    found = await d3x.get(f"{HOOKS}/{made['endpoint']['id']}")
    assert found.json() == made["endpoint"]
    listed = (await d3x.get(HOOKS)).json()["data"]
    assert [each["id"] for each in listed] == [world.d3x_endpoint, made["endpoint"]["id"]]
    assert made["secret"] not in repr(listed)


async def test_a_change_is_made_as_a_whole_or_not_at_all(
    d3x: httpx.AsyncClient, world: World
) -> None:
    before = builders.snapshot()["endpoints"]
    answer = await d3x.patch(own(world), json={"url": NEW, "events": ["connection.activated"]})
    assert refused(answer) == (422, "invalid")
    assert "carries the access token" in problem_of(answer)["detail"]
    assert builders.snapshot()["endpoints"] == before
    wish = {"url": NEW, "events": [*TAKES_TOKENS, "guest.updated"]}
    changed = (await d3x.patch(own(world), json=wish)).json()
    assert (changed["url"], len(changed["events"])) == (NEW, 3)
    kept = (await d3x.patch(own(world), json={})).json()
    assert kept == changed
    cleared = (await d3x.patch(own(world), json={"events": []})).json()
    assert (cleared["url"], cleared["events"]) == (NEW, [])


@pytest.mark.parametrize(
    ("wish", "pointer"),
    [
        ({"url": NEW, "events": ["guest.sold"]}, "#/events/0"),
        ({"url": NEW, "events": ["endpoint.test"]}, "#/events/0"),
        ({"url": NEW, "events": "guest.updated"}, "#/events"),
        ({"url": NEW, "events": [1]}, "#/events/0"),
        ({"url": 1}, "#/url"),
        ({}, "#/url"),
        ({"url": NEW, "secret": "whsec_mine"}, "#/secret"),
        ({"url": NEW, "property_ids": ["x"] * 1001}, "#/property_ids"),
    ],
)
async def test_what_is_wrong_with_a_wish_is_pointed_at(
    d3x: httpx.AsyncClient, wish: dict[str, Any], pointer: str
) -> None:
    problem = problem_of(await d3x.post(HOOKS, json=wish))
    assert (problem["status"], problem["code"]) == (422, "invalid")
    assert problem["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize(
    "wish",
    [
        {"url": "http://169.254.169.254/latest"},
        {"url": "https://10.0.0.1/"},
        {"url": "javascript:alert(1)"},
        {"url": "https://x.example/" + "y" * 3000},
        {"url": "https://x.example/\ud800"},
        {"url": NEW, "property_ids": ["pro_never"]},
    ],
)
async def test_what_adjoin_may_not_do_is_refused_in_words(
    d3x: httpx.AsyncClient, world: World, wish: dict[str, Any]
) -> None:
    before = len(endpoints.of_partner(world.dee, world.d3x))
    content = json.dumps(wish)
    answer = await d3x.post(HOOKS, content=content, headers={"content-type": "application/json"})
    assert refused(answer) == (422, "invalid")
    pointer = "#/property_ids" if "property_ids" in wish else "#/url"
    assert [each["pointer"] for each in problem_of(answer)["errors"]] == [pointer]
    assert len(endpoints.of_partner(world.dee, world.d3x)) == before


async def test_a_rotated_secret_is_shown_and_the_old_one_lives_for_a_day(
    d3x: httpx.AsyncClient, world: World
) -> None:
    made = (await d3x.post(f"{own(world)}/rotate-secret")).json()
    assert made["secret"].startswith("whsec_")
    assert made["old_secret_until"] == (await d3x.get(own(world))).json()["old_secret_until"]
    assert made["old_secret_until"] is not None


async def test_a_test_is_sent_of_any_event(d3x: httpx.AsyncClient, world: World) -> None:
    plain = await d3x.post(f"{own(world)}/test")
    of_data = await d3x.post(f"{own(world)}/test", json={"event": "guest.updated"})
    assert (plain.status_code, of_data.status_code) == (202, 202)
    sent = [builders.message(each.json()["delivery_id"]) for each in (plain, of_data)]
    assert [each.event for each in sent] == ["endpoint.test", "guest.updated"]
    wrong = problem_of(await d3x.post(f"{own(world)}/test", json={"event": "guest.sold"}))
    assert wrong["errors"][0]["pointer"] == "#/event"


async def test_an_endpoint_is_disabled_enabled_and_its_missing_deliveries_replayed(
    d3x: httpx.AsyncClient, world: World
) -> None:
    disabled = (await d3x.post(f"{own(world)}/disable")).json()
    assert (disabled["status"], disabled["disabled_by"]) == ("disabled", "partner")
    world.connect_active()
    since = {"since": (world.now - timedelta(minutes=1)).isoformat()}
    too_early = await d3x.post(f"{own(world)}/replay-missing", json=since)
    assert refused(too_early) == (409, "endpoint_disabled")
    assert (await d3x.post(f"{own(world)}/enable")).json()["replayable"] == 2
    replayed = await d3x.post(f"{own(world)}/replay-missing", json=since)
    assert (replayed.status_code, replayed.json()) == (202, {"queued": 2, "more": False})
    assert (await d3x.get(own(world))).json()["replayable"] == 0


async def test_what_failed_is_recovered(d3x: httpx.AsyncClient, world: World) -> None:
    message = builders.messages_of(world.connect())[0]
    builders.attempt(message.id, now=world.now, code=500)
    since = {"since": world.now.isoformat().replace("+00:00", "Z")}
    recovered = await d3x.post(f"{own(world)}/recover", json=since)
    assert recovered.json() == {"queued": 1, "more": False}
    assert builders.message(message.id).round == 2


@pytest.mark.parametrize(
    "since",
    [
        "2026-11-21",
        "2026-11-21T14:02:00",
        "yesterday",
        "",
        0,
        1_700_000_000,
        "1700000000",
        None,
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-02-30T00:00:00Z",
        "2026-11-21T14:02:00+99:00",
        "8000-01-01T00:00:00Z",
    ],
)
@pytest.mark.parametrize("verb", ["recover", "replay-missing"])
async def test_a_moment_that_is_none_or_to_come_is_refused(
    d3x: httpx.AsyncClient, world: World, verb: str, since: object
) -> None:
    answer = await d3x.post(f"{own(world)}/{verb}", json={"since": since})
    assert refused(answer) == (422, "invalid")


async def test_an_endpoint_is_deleted(d3x: httpx.AsyncClient, world: World) -> None:
    answer = await d3x.delete(own(world))
    assert (answer.status_code, answer.content) == (204, b"")
    assert refused(await d3x.get(own(world))) == (404, "not_found")
    assert (await d3x.get(HOOKS)).json() == {"data": []}


async def test_others_endpoints_are_not_found(d3x: httpx.AsyncClient, world: World) -> None:
    theirs = f"{HOOKS}/{world.freeguides_endpoint}"
    since = {"since": moments.now().isoformat()}
    asked = [
        await d3x.get(theirs),
        await d3x.patch(theirs, json={"url": NEW}),
        await d3x.delete(theirs),
        await d3x.post(f"{theirs}/rotate-secret"),
        await d3x.post(f"{theirs}/test"),
        await d3x.post(f"{theirs}/enable"),
        await d3x.post(f"{theirs}/disable"),
        await d3x.post(f"{theirs}/recover", json=since),
        await d3x.post(f"{theirs}/replay-missing", json=since),
    ]
    assert {refused(answer) for answer in asked} == {(404, "not_found")}
    assert {problem_of(answer)["owner"] for answer in asked} == {"partner"}


async def test_a_token_or_nothing_opens_none_of_it(
    machine: httpx.AsyncClient, world: World
) -> None:
    token = bearer(builders.token_of(world.connect_active()))
    for path in (HOOKS, own(world), "/api/v1/deliveries"):
        assert refused(await machine.get(path)) == (401, "unauthorized")
        answer = await machine.get(path, headers=token)
        assert refused(answer) == (403, "partner_key_needed")


async def test_the_description_names_every_event(machine: httpx.AsyncClient) -> None:
    described = (await machine.get("/api/v1/openapi.json")).json()
    schemas = described["components"]["schemas"]
    assert schemas["New"]["properties"]["events"]["items"]["enum"] == list(events.CHOICES)
    assert schemas["Since"]["properties"]["since"]["format"] == "date-time"
