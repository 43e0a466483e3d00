"""What operators see of the whole platform, and nobody else."""

from collections.abc import Callable

import pytest

from domain import connections, operations, partners, properties, subscriptions
from domain.actors import Actor
from domain.refusals import Refusal
from tests import builders
from tests.builders import World

FOR_OPERATORS: dict[str, Callable[[Actor, World], object]] = {
    "overview": lambda actor, world: operations.overview(actor),
    "connections": lambda actor, world: subscriptions.page(actor),
    "properties": lambda actor, world: properties.page(actor),
    "property": lambda actor, world: properties.read(actor, world.hotel),
    "property edit": lambda actor, world: properties.edit(actor, world.hotel, "Mine now"),
    "partners": lambda actor, world: partners.all_of_them(actor),
    "partner": lambda actor, world: partners.read(actor, world.d3x),
    "partner edit": lambda actor, world: partners.edit(actor, world.d3x, "Mine now"),
}


@pytest.mark.parametrize("what", FOR_OPERATORS)
def test_nobody_but_operators(world: World, what: str) -> None:
    for somebody in (world.maya, world.noah, world.charlie, world.dee):
        with pytest.raises(Refusal, match="not_found"):
            FOR_OPERATORS[what](somebody, world)
    FOR_OPERATORS[what](world.olga, world)


def test_the_numbers_and_the_longest_waiting(world: World) -> None:
    later = world.connect("freeguides", now=world.after(hours=2))
    first = world.connect("d3x")
    found = operations.overview(world.olga, now=world.after(hours=3))
    assert (found.properties, found.partners, found.apps, found.drafts) == (2, 2, 3, 0)
    assert found.people == 5
    assert found.statuses == {"pending": 2}
    assert [row.id for row in found.waiting] == [first, later]
    connections.activate(world.dee, first)
    found = operations.overview(world.olga, now=world.after(hours=3))
    assert found.statuses == {"pending": 1, "active": 1}
    assert [row.id for row in found.waiting] == [later]


def test_a_partner_whose_messages_fail_is_named_until_they_arrive(world: World) -> None:
    connection = world.connect()
    (message,) = builders.messages_of(connection)
    assert operations.overview(world.olga).failing == ()
    builders.attempt(message.id, now=world.now, code=503)
    (failing,) = operations.overview(world.olga).failing
    assert (failing.partner, failing.messages, failing.endpoint) == ("D3x Ltd", 1, "enabled")
    builders.attempt(message.id, now=world.after(minutes=1), code=204)
    assert operations.overview(world.olga).failing == ()


def test_properties_and_partners_are_put_right_in_words(world: World) -> None:
    with pytest.raises(Refusal, match="invalid") as refused:
        properties.edit(world.olga, world.hotel, "Harbour", time_zone="Mars/Olympus")
    assert refused.value.message == "Choose a time zone such as Europe/Berlin."
    with pytest.raises(Refusal, match="invalid") as refused:
        partners.edit(world.olga, world.d3x, "FreeGuides")
    assert refused.value.message == "There is a partner called FreeGuides already."
    for verb, gone in ((properties.edit, "no property"), (partners.edit, "no partner")):
        with pytest.raises(Refusal, match="not_found"):
            verb(world.olga, gone, "X")
    assert "Europe/Berlin" in properties.zones()
