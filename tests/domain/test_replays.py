"""Replays since a moment: what failed, and what an endpoint was never sent."""

import pytest

from domain import connections, endpoints, replays, tokens
from storage.messages import Message
from tests import builders
from tests.builders import World
from tests.domain.refusing import refused

SECOND = "https://second.d3x.example/hook"


def second(world: World, *events: str, now: float = 0) -> str:
    return endpoints.create(
        world.dee, world.d3x, SECOND, events=events, now=world.after(hours=now)
    ).endpoint_id


def to(endpoint_id: str, connection_id: str) -> list[Message]:
    found = builders.messages_of(connection_id)
    return [message for message in found if message.endpoint_id == endpoint_id]


def missing(world: World, endpoint_id: str, hours: float = 0) -> int:
    """Replay what an endpoint is missing of the last `hours`, two days after the world began."""
    now = world.after(hours=48)
    return replays.replay_missing(world.dee, endpoint_id, world.after(hours=hours), now=now)


def recover(world: World, hours: float = 0) -> int:
    now = world.after(hours=48)
    return replays.recover(world.dee, world.d3x_endpoint, world.after(hours=hours), now=now)


def test_what_failed_since_a_moment_is_sent_at_once(world: World) -> None:
    connection_id = world.connect_active()
    requested, activated = builders.messages_of(connection_id)[:2]
    builders.attempt(requested.id, now=world.now, code=200)
    builders.attempt(activated.id, now=world.now, code=500)
    connections.disable(world.maya, connection_id, now=world.after(hours=1))
    late = to(world.d3x_endpoint, connection_id)[-1]
    for number in range(10):
        builders.attempt(late.id, now=world.after(hours=1, seconds=number), code=500)
    assert recover(world, hours=0.5) == 1
    assert recover(world) == 1, "the other one"
    assert recover(world) == 0
    assert [each.round for each in to(world.d3x_endpoint, connection_id)] == [1, 2, 2]
    assert [each.status for each in to(world.d3x_endpoint, connection_id)] == [
        "delivered",
        "waiting",
        "waiting",
    ]
    assert builders.attempt(late.id, now=world.after(hours=48))


def test_what_waits_for_its_first_attempt_has_not_failed(world: World) -> None:
    world.connect()
    assert recover(world) == 0


def test_what_was_skipped_since_a_moment_is_missing(world: World) -> None:
    endpoints.disable(world.dee, world.d3x_endpoint, now=world.now)
    connection_id = world.connect_active()
    connections.disable(world.maya, connection_id, now=world.after(hours=2))
    endpoints.enable(world.dee, world.d3x_endpoint, now=world.after(hours=3))
    assert missing(world, world.d3x_endpoint, hours=1) == 1
    assert missing(world, world.d3x_endpoint) == 2
    assert missing(world, world.d3x_endpoint) == 0


def test_a_new_endpoint_gets_what_only_the_others_got(world: World) -> None:
    connection_id = world.connect_active()
    connections.disable(world.maya, connection_id, now=world.after(hours=2))
    other = second(world, now=3)
    assert missing(world, other, hours=1) == 1
    assert missing(world, other) == 2
    assert missing(world, other) == 0, "it has them"
    mine, theirs = to(other, connection_id), to(world.d3x_endpoint, connection_id)
    bodies = {message.event: builders.body_of(message) for message in theirs}
    assert {message.event: builders.body_of(message) for message in mine} == bodies
    assert {each.id for each in mine}.isdisjoint(each.id for each in theirs)
    first = next(each for each in mine if each.event == "connection.requested")
    assert builders.attempt(first.id, now=world.after(hours=48))


def test_it_gets_only_what_it_asks_for_and_of_nobody_else(world: World) -> None:
    connection_id = world.connect_active()
    world.connect("freeguides")
    other = second(world, "connection.activated", now=1)
    assert missing(world, other) == 1
    assert [each.event for each in to(other, connection_id)] == ["connection.activated"]


def test_what_a_removed_endpoint_missed_a_new_one_can_get(world: World) -> None:
    connection_id = world.connect()
    endpoints.remove(world.dee, world.d3x_endpoint, now=world.now)
    other = second(world, now=1)
    assert missing(world, other) == 1
    assert to(other, connection_id)[0].token_id is not None


@pytest.mark.parametrize("how", ["rotated", "disconnected"])
def test_a_token_that_is_not_the_newest_is_brought_to_nobody(world: World, how: str) -> None:
    connection_id = world.connect_active()
    if how == "rotated":
        tokens.rotate(world.maya, connection_id, now=world.after(hours=1))
    else:
        connections.disconnect(world.maya, connection_id, now=world.after(hours=1))
    other = second(world, now=2)
    missing(world, other)
    events = [each.event for each in to(other, connection_id)]
    assert "connection.requested" not in events
    assert ("token.rotated" if how == "rotated" else "connection.disconnected") in events


def test_what_somebody_canceled_is_not_missing(world: World) -> None:
    connection_id = world.connect()
    connections.withdraw(world.maya, connection_id, now=world.after(hours=1))
    other = second(world, now=2)
    assert missing(world, other) == 1
    assert [each.event for each in to(other, connection_id)] == ["connection.disconnected"]


def test_many_are_sent_in_several_goes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    connection_id = world.connect_active()
    connections.disable(world.maya, connection_id, now=world.after(hours=1))
    connections.enable(world.maya, connection_id, now=world.after(hours=2))
    endpoints.disable(world.dee, other := second(world, now=3), now=world.after(hours=3))
    connections.disable(world.maya, connection_id, now=world.after(hours=4))
    endpoints.enable(world.dee, other, now=world.after(hours=5))
    monkeypatch.setattr(replays, "AT_ONCE", 2)
    assert [missing(world, other) for _ in range(4)] == [2, 2, 1, 0]


@pytest.mark.parametrize("verb", [replays.recover, replays.replay_missing])
def test_a_replay_needs_a_moment_that_passed_and_an_enabled_endpoint(
    world: World, verb: object
) -> None:
    ask = (verb, world.dee, world.d3x_endpoint)
    assert refused(*ask, world.after(hours=1), now=world.now).code == "invalid"  # type: ignore
    stranger = (verb, world.finn, world.d3x_endpoint, world.now)
    assert refused(*stranger, now=world.now).code == "not_found"  # type: ignore
    endpoints.disable(world.dee, world.d3x_endpoint, now=world.now)
    code = refused(*ask, world.now, now=world.now).code  # type: ignore
    assert code == "endpoint_disabled"
