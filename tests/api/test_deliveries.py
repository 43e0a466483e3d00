"""Deliveries through the API, with a partner key: the list, its filters, attempts, and resend."""

import httpx
import pytest

from domain import connections, endpoints, partner_keys
from tests import builders
from tests.api.machines import bearer, problem_of
from tests.builders import World

SENT = "/api/v1/deliveries"


@pytest.fixture
def d3x(world: World, machine: httpx.AsyncClient) -> httpx.AsyncClient:
    """A program of D3x with a partner key."""
    machine.headers.update(bearer(partner_keys.make(world.dee, world.d3x, "Dashboard").clear))
    return machine


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, problem_of(answer)["code"]


async def events_of(d3x: httpx.AsyncClient, **filters: str) -> list[str]:
    answer = await d3x.get(SENT, params=filters)
    assert answer.status_code == 200, answer.text
    return [each["event"] for each in answer.json()["data"]]


async def test_a_list_says_what_was_sent_where_and_what_came_of_it(
    d3x: httpx.AsyncClient, world: World
) -> None:
    world.connect("freeguides")
    connection_id = world.connect()
    (message,) = builders.messages_of(connection_id)
    builders.attempt(message.id, now=world.now, code=500)
    body = (await d3x.get(SENT)).json()
    assert body["next_cursor"] is None
    (row,) = body["data"]
    assert row.pop("next_attempt_at") > row["created_at"]
    assert row == {
        "id": message.id,
        "event": "connection.requested",
        "channel": "webhook",
        "endpoint_id": world.d3x_endpoint,
        "target": "https://hooks.d3x.example/a",
        "connection_id": connection_id,
        "status": "waiting",
        "attempts": 1,
        "last_outcome": "The receiver answered 500.",
        "created_at": world.now.isoformat().replace("+00:00", "Z"),
        "is_test": False,
    }


async def test_the_list_can_be_filtered(d3x: httpx.AsyncClient, world: World) -> None:
    made = endpoints.create(
        world.dee, world.d3x, "https://b.d3x.example", events=["connection.disabled"], now=world.now
    )
    connection_id = world.connect_active()
    connections.disable(world.maya, connection_id, now=world.after(hours=1))
    for message in builders.messages_of(connection_id, "connection.requested"):
        builders.attempt(message.id, now=world.now)
    failing = builders.messages_of(connection_id, "connection.activated")[0]
    builders.attempt(failing.id, now=world.now, code=500)
    assert await events_of(d3x, status="delivered") == ["connection.requested"]
    assert await events_of(d3x, status="failing") == ["connection.activated"]
    assert await events_of(d3x, endpoint=made.endpoint_id) == ["connection.disabled"]
    assert await events_of(d3x, event="connection.activated") == ["connection.activated"]
    later = world.after(minutes=30).isoformat()
    assert await events_of(d3x, since=later) == ["connection.disabled"] * 2
    assert await events_of(d3x, endpoint="end_never") == []


async def test_pages_miss_nothing_and_repeat_nothing_while_more_is_sent(
    d3x: httpx.AsyncClient, world: World
) -> None:
    before = [
        endpoints.send_test_event(world.dee, world.d3x_endpoint, now=world.after(seconds=n // 2))
        for n in range(7)
    ]
    seen, wish = [], {"limit": "2"}
    while wish:
        page = (await d3x.get(SENT, params=wish)).json()
        seen += [each["id"] for each in page["data"]]
        wish = page["next_cursor"] and {"limit": "2", "cursor": page["next_cursor"]}
        endpoints.send_test_event(world.dee, world.d3x_endpoint, now=world.after(hours=1))
    assert seen == before[::-1]


async def test_a_cursor_of_somebody_else_or_made_up_is_refused(
    d3x: httpx.AsyncClient, world: World
) -> None:
    world.connect("freeguides")
    theirs = endpoints.send_test_event(world.finn, world.freeguides_endpoint)
    for cursor in (theirs, "msg_never", "", "x" * 5000, "\x00", "é"):
        answer = await d3x.get(SENT, params={"cursor": cursor})
        assert refused(answer) == (400, "invalid_cursor"), cursor


@pytest.mark.parametrize(
    "query",
    [
        "status=lost",
        "limit=0",
        "limit=1001",
        "limit=x",
        "since=yesterday",
        "since=2026-11-21",
        "since=0001-01-01T00:00:00%2B14:00",
        "page=2",
        "status=waiting&status=lost",
    ],
)
async def test_what_is_wrong_in_the_query_is_named(d3x: httpx.AsyncClient, query: str) -> None:
    problem = problem_of(await d3x.get(f"{SENT}?{query}"))
    assert (problem["status"], problem["code"]) == (422, "invalid")
    assert problem["errors"][0]["query"] == query.partition("=")[0]


async def test_one_delivery_is_read_with_its_attempts_and_a_masked_token(
    d3x: httpx.AsyncClient, world: World
) -> None:
    connection_id = world.connect()
    (message,) = builders.messages_of(connection_id)
    builders.attempt(message.id, now=world.now, code=500)
    builders.attempt(message.id, now=world.after(seconds=9))
    answer = await d3x.get(f"{SENT}/{message.id}")
    found = answer.json()
    assert builders.token_of(connection_id) not in answer.text
    assert found["body"]["data"]["connection"]["id"] == connection_id
    assert [each["code"] for each in found["attempts"]] == [200, 500]
    assert found["delivery"]["status"] == "delivered"
    assert found["finished_at"] is not None


async def test_mail_shows_no_text(d3x: httpx.AsyncClient, world: World) -> None:
    endpoints.remove(world.dee, world.d3x_endpoint, now=world.now)
    (message,) = builders.messages_of(world.connect())
    found = (await d3x.get(f"{SENT}/{message.id}")).json()
    assert (found["delivery"]["channel"], found["body"]) == ("mail", None)


async def test_a_delivery_is_sent_once_more(d3x: httpx.AsyncClient, world: World) -> None:
    (message,) = builders.messages_of(world.connect())
    before = builders.snapshot()["jobs"]
    answer = await d3x.post(f"{SENT}/{message.id}/resend")
    assert (answer.status_code, answer.json()) == (202, {"delivery_id": message.id})
    assert builders.snapshot()["jobs"] != before


async def test_what_cannot_be_sent_again_is_refused(d3x: httpx.AsyncClient, world: World) -> None:
    connection_id = world.connect()
    (message,) = builders.messages_of(connection_id)
    again = f"{SENT}/{message.id}/resend"
    endpoints.disable(world.dee, world.d3x_endpoint, now=world.now)
    assert refused(await d3x.post(again)) == (409, "endpoint_disabled")
    connections.withdraw(world.maya, connection_id, now=world.now)
    assert refused(await d3x.post(again)) == (409, "canceled")
    endpoints.enable(world.dee, world.d3x_endpoint, now=world.now)
    done = endpoints.send_test_event(world.dee, world.d3x_endpoint, now=world.now)
    builders.attempt(done, now=world.now)
    endpoints.remove(world.dee, world.d3x_endpoint, now=world.now)
    assert refused(await d3x.post(f"{SENT}/{done}/resend")) == (409, "endpoint_removed")


async def test_a_mail_whose_token_was_revoked_is_not_written_again(
    d3x: httpx.AsyncClient, world: World
) -> None:
    endpoints.remove(world.dee, world.d3x_endpoint, now=world.now)
    connection_id = world.connect_active()
    mail = builders.messages_of(connection_id, "connection.requested")[0]
    builders.attempt(mail.id, now=world.now)
    connections.disconnect(world.maya, connection_id, now=world.now)
    assert refused(await d3x.post(f"{SENT}/{mail.id}/resend")) == (409, "canceled")


async def test_others_deliveries_are_not_found(d3x: httpx.AsyncClient, world: World) -> None:
    (message,) = builders.messages_of(world.connect("freeguides"))
    for answer in (
        await d3x.get(f"{SENT}/{message.id}"),
        await d3x.post(f"{SENT}/{message.id}/resend"),
        await d3x.get(f"{SENT}/msg_never"),
    ):
        assert refused(answer) == (404, "not_found")
