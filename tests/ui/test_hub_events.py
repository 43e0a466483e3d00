"""The catalogue of events in the hub: every event with schema and example, sent on demand."""

import json

from nicegui import ElementFilter, ui
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from domain import deliveries, endpoints, events
from tests import builders
from tests.builders import World
from tests.ui.conftest import Person
from tests.ui.hands import button, press
from tests.ui.hub import CHARLIE, MAYA, confirm, finds_nothing, visit
from tests.ui.patience import until
from ui.components.code import Code

PATH, READY = "/hub/events", "connection.requested"


def unfold(user: User, event: str) -> None:
    """Open the part of the page about one event."""
    with user:
        opened = [
            one
            for one in ElementFilter(kind=ui.element)
            if one.tag == "details" and event in _words(one)
        ]
    UserInteraction(user, set(opened), None).trigger("toggle", None)


def _words(element: ui.element) -> list[str]:
    return [getattr(each, "text", "") for each in element.descendants()]


def shown(user: User) -> dict[str, str]:
    """Return the code that is shown, by its name."""
    with user:
        return {
            tab["name"]: tab["text"]
            for code in ElementFilter(kind=Code)
            for tab in code.props["sources"]
        }


async def test_every_event_is_named_with_what_it_means(world: World, person: Person) -> None:
    dee = await visit(person, PATH, READY)
    for event in events.EVENTS.values():
        await dee.should_see(event.name)
        await dee.should_see(event.meaning)
    assert shown(dee) == {}, "what nobody has opened yet"


async def test_an_event_shows_its_example_and_its_schema(world: World, person: Person) -> None:
    dee = await visit(person, PATH, READY)
    unfold(dee, "reservation.updated")
    await until(lambda: shown(dee))
    assert shown(dee)["Example"] == events.example("reservation.updated")
    assert json.loads(shown(dee)["JSON Schema"]) == events.schema("reservation.updated")


async def test_an_example_is_sent_to_the_endpoint_that_is_chosen(
    world: World, person: Person
) -> None:
    dee = await visit(person, PATH, READY)
    unfold(dee, "reservation.updated")
    await until(lambda: shown(dee))
    press(dee, "Send example")
    await dee.should_see("It says of itself that it is a test")
    confirm(dee, "Send example")
    await until(lambda: dee.notify.contains("On its way"))
    (row,) = deliveries.of_partner(world.dee, world.d3x)
    assert (row.event, row.is_test) == ("reservation.updated", True)
    assert json.loads(builders.body_of(builders.message(row.id)))["data"]["test"] is True
    await dee.open("/hub/deliveries")
    await dee.should_see("Reservations updated (example)")


async def test_without_an_endpoint_it_is_said_what_to_do_first(
    world: World, person: Person
) -> None:
    endpoints.remove(world.dee, world.d3x_endpoint, now=world.now)
    dee = await visit(person, PATH, READY)
    unfold(dee, "connection.activated")
    await until(lambda: shown(dee))
    assert not button(dee, "Send example").enabled


async def test_hotels_have_no_such_page(world: World, person: Person) -> None:
    await finds_nothing(person, PATH, CHARLIE)
    await finds_nothing(person, PATH, MAYA)
