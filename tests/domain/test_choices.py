"""What an endpoint asks for is what it gets, and access tokens always find a way."""

import json

import pytest

from domain import connections, endpoints, partners, tokens
from storage.messages import Message
from tests import builders
from tests.builders import World
from tests.domain.refusing import refused

SECOND = "https://second.d3x.example/hook"
NOBODY = "Then nobody would get connection.requested, which carries the access token."


def second(world: World, *events: str, property_ids: tuple[str, ...] = ()) -> str:
    made = endpoints.create(
        world.dee, world.d3x, SECOND, events=events, property_ids=property_ids, now=world.now
    )
    return made.endpoint_id


def choose(world: World, *events: str, property_ids: tuple[str, ...] = ()) -> None:
    endpoints.choose(
        world.dee, world.d3x_endpoint, events=events, property_ids=property_ids, now=world.now
    )


def got(connection_id: str, endpoint_id: str) -> list[str]:
    found = builders.messages_of(connection_id)
    return [message.event for message in found if message.endpoint_id == endpoint_id]


def mailed(connection_id: str) -> list[Message]:
    return [each for each in builders.messages_of(connection_id) if each.channel == "mail"]


def by_mail(world: World, on: bool) -> None:
    to = "hub@d3x.example" if on else ""
    partners.save_notifications(
        world.dee, world.d3x, by_webhook=True, by_mail=on, mail_to=to, token_in_mail=False
    )


def test_who_asks_for_nothing_in_particular_gets_all_about_connections(world: World) -> None:
    connection_id = world.connect_active()
    tokens.rotate(world.maya, connection_id, now=world.now)
    assert got(connection_id, world.d3x_endpoint) == [
        "connection.requested",
        "connection.activated",
        "token.rotated",
    ]


def test_an_endpoint_gets_only_the_events_that_it_asked_for(world: World) -> None:
    other = second(world, "connection.activated", "connection.disconnected")
    connection_id = world.connect_active()
    assert got(connection_id, other) == ["connection.activated"]
    assert len(got(connection_id, world.d3x_endpoint)) == 2
    endpoints.choose(world.dee, other, events=(), property_ids=(), now=world.now)
    connections.disable(world.maya, connection_id, now=world.now)
    assert got(connection_id, other) == ["connection.activated", "connection.disabled"]


def test_an_endpoint_gets_only_the_properties_that_it_asked_for(world: World) -> None:
    at_harbour = world.connect_active()
    other = second(world, property_ids=(world.hotel,))
    at_lodge = connections.connect(world.charlie, world.lodge, "d3x", now=world.now)
    connections.disable(world.maya, at_harbour, now=world.now)
    assert got(at_harbour, other) == ["connection.disabled"]
    assert got(at_lodge, other) == []
    assert got(at_lodge, world.d3x_endpoint) == ["connection.requested"]


def test_what_was_chosen_can_be_read(world: World) -> None:
    world.connect_active()
    wanted = ("reservation.updated", "connection.requested")
    other = second(world, *wanted, property_ids=(world.hotel, world.hotel))
    found = endpoints.read(world.dee, other, now=world.now)
    assert found.events == ("connection.requested", "reservation.updated")
    assert found.property_ids == (world.hotel,)


@pytest.mark.parametrize("event", ["reservation.sold", "endpoint.test", "", "x" * 5000])
def test_only_events_of_the_catalogue_can_be_chosen(world: World, event: str) -> None:
    before = builders.snapshot()
    refusal = refused(choose, world, "connection.requested", event)
    assert refusal.code == "invalid"
    assert "There is no event called" in refusal.message
    assert len(refusal.message) < 200
    assert builders.snapshot() == before


def test_only_connected_properties_can_be_chosen_and_others_are_all_unknown_alike(
    world: World,
) -> None:
    made_up = refused(second, world, property_ids=("pro_never",)).message
    theirs = refused(second, world, property_ids=(world.lodge,)).message
    assert made_up.replace("pro_never", world.lodge) == theirs
    assert endpoints.properties_to_choose(world.dee, world.d3x) == {}
    world.connect()
    assert endpoints.properties_to_choose(world.dee, world.d3x) == {world.hotel: "Harbour Hotel"}
    second(world, property_ids=(world.hotel,))
    assert refused(endpoints.properties_to_choose, world.finn, world.d3x).code == "not_found"


def test_a_chosen_property_stays_chosen_when_its_connection_has_ended(world: World) -> None:
    connection_id = world.connect_active()
    other = second(world, property_ids=(world.hotel,))
    connections.disconnect(world.maya, connection_id, now=world.now)
    assert world.hotel in endpoints.properties_to_choose(world.dee, world.d3x)
    chosen = ("connection.activated",)
    endpoints.choose(world.dee, other, events=chosen, property_ids=(world.hotel,), now=world.now)
    assert endpoints.read(world.dee, other).events == chosen


# The token


@pytest.mark.parametrize(
    "how",
    ["other events", "only one of the two", "a property", "the other one is removed", "no mail"],
)
def test_at_least_one_way_for_access_tokens_must_remain(world: World, how: str) -> None:
    world.connect()
    if how == "the other one is removed":
        second(world, "connection.activated")
    if how == "no mail":
        by_mail(world, True)
        choose(world, "connection.activated")
    before = builders.snapshot()
    refusal = {
        "other events": lambda: refused(choose, world, "connection.activated"),
        "only one of the two": lambda: refused(choose, world, "connection.requested"),
        "a property": lambda: refused(choose, world, property_ids=(world.hotel,)),
        "the other one is removed": lambda: refused(
            endpoints.remove, world.dee, world.d3x_endpoint
        ),
        "no mail": lambda: refused(by_mail, world, False),
    }[how]()
    assert refusal.code == "invalid"
    expected = NOBODY.replace("connection.requested", "token.rotated")
    assert (expected if how == "only one of the two" else NOBODY) in refusal.message
    assert builders.snapshot() == before


def test_another_endpoint_or_mail_is_way_enough(world: World) -> None:
    second(world, "connection.requested", "token.rotated")
    choose(world, "connection.activated")
    by_mail(world, True)
    connection_id = world.connect()
    assert len(mailed(connection_id)) == 1


def test_the_first_endpoint_must_take_tokens_too(world: World) -> None:
    endpoints.remove(world.dee, world.d3x_endpoint, now=world.now)
    assert NOBODY in refused(second, world, "reservation.updated").message
    second(world, "connection.requested", "token.rotated", "reservation.updated")


def test_who_asked_for_no_such_event_is_not_written_to_instead(world: World) -> None:
    choose(world, "connection.requested", "token.rotated")
    connection_id = world.connect_active()
    assert got(connection_id, world.d3x_endpoint) == ["connection.requested"]
    to_partner = [m for m in mailed(connection_id) if m.mail_to == "help@d3x.example"]
    assert to_partner == []


def test_a_disabled_endpoint_keeps_what_it_asked_for_and_nothing_else(world: World) -> None:
    second(world)
    choose(world, "connection.requested")
    endpoints.disable(world.dee, world.d3x_endpoint, now=world.now)
    connection_id = world.connect_active()
    (kept,) = [
        each
        for each in builders.messages_of(connection_id)
        if each.endpoint_id == world.d3x_endpoint
    ]
    assert (kept.event, kept.status) == ("connection.requested", "skipped")


# An example of each event


def test_an_example_says_that_it_is_a_test_and_carries_no_real_token(world: World) -> None:
    real = builders.token_of(world.connect())
    choose(world, "connection.requested", "token.rotated")
    for event in ("connection.requested", "reservation.updated"):
        message_id = endpoints.send_example(
            world.dee, world.d3x_endpoint, event, now=world.after(seconds=1)
        )
        message = builders.message(message_id)
        body = json.loads(builders.body_of(message))
        assert (message.event, message.connection_id) == (event, None)
        assert (body["type"], body["data"]["test"]) == (event, True)
        assert real not in builders.body_of(message)
        assert builders.attempt(message_id, now=world.after(seconds=2))


def test_an_example_of_a_request_activates_nothing(world: World) -> None:
    for message in builders.messages_of(connection_id := world.connect("freeguides")):
        builders.attempt(message.id, now=world.now, code=500)
    message_id = endpoints.send_example(
        world.finn, world.freeguides_endpoint, "connection.requested", now=world.now
    )
    builders.attempt(message_id, now=world.now)
    assert builders.connection(connection_id).status == "pending"


def test_examples_are_of_events_that_exist_and_for_enabled_endpoints(world: World) -> None:
    send = endpoints.send_example
    assert refused(send, world.dee, world.d3x_endpoint, "guest.sold").code == "invalid"
    assert refused(send, world.finn, world.d3x_endpoint, "guest.created").code == "not_found"
    endpoints.disable(world.dee, world.d3x_endpoint, now=world.now)
    code = refused(send, world.dee, world.d3x_endpoint, "guest.created").code
    assert code == "endpoint_disabled"
