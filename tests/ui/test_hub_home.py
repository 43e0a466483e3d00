"""The hub's first page: numbers that lead somewhere, alarms, and a new partner's first steps."""

from nicegui import ElementFilter
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement
from nicegui.testing import User

from domain import connections, endpoints
from tests import builders
from tests.builders import World
from tests.ui.conftest import Person
from tests.ui.hands import press
from tests.ui.hub import CHARLIE, FINN, finds_nothing, steps, visit
from tests.ui.patience import until

PATH = "/hub"


def numbers(user: User) -> dict[str, str]:
    """Return the numbers of the page by where they lead."""
    with user:
        return {
            link.props["href"]: _first_words(link)
            for link in ElementFilter(kind=Element)
            if "stat" in link.classes
        }


def _first_words(link: Element) -> str:
    number = link.default_slot.children[0]
    assert isinstance(number, TextElement)
    return number.text


async def test_the_numbers_lead_to_what_they_count(world: World, person: Person) -> None:
    dee = await visit(person, PATH, "Hotels ask for your apps")
    assert numbers(dee) == {
        "/hub/requests": "0",
        "/hub/connections?status=active": "0",
        "/hub/deliveries?status=failing": "0",
        "/hub/apps": "1",
    }
    connection_id = world.connect("d3x")
    await until(lambda: numbers(dee)["/hub/requests"] == "1")
    builders.attempt(builders.messages_of(connection_id)[0].id, now=world.now, code=500)
    await until(lambda: numbers(dee)["/hub/deliveries?status=failing"] == "1")
    connections.activate(world.dee, connection_id)
    await until(lambda: numbers(dee)["/hub/connections?status=active"] == "1")


async def test_who_waits_is_answered_right_here(world: World, person: Person) -> None:
    connection_id = world.connect("d3x")
    dee = await visit(person, PATH, "Harbour Hotel wants D3x")
    press(dee, "Activate")
    await dee.should_see("Nobody is waiting")
    assert builders.connection(connection_id).status == "active"


async def test_a_new_partner_is_led_step_by_step(world: World, person: Person) -> None:
    endpoints.remove(world.dee, world.d3x_endpoint)
    dee = await visit(person, PATH, "First steps")
    first, second, third = "Add your endpoint", "Check our signature", "Activate the first hotel"
    assert steps(dee) == {first: "now", second: "next", third: "next"}
    made = endpoints.create(world.dee, world.d3x, "https://hooks.d3x.example/new")
    await until(lambda: steps(dee) == {first: "done", second: "now", third: "next"})
    await dee.should_see("Send a test event")
    builders.attempt(endpoints.send_test_event(world.dee, made.endpoint_id), now=world.now)
    await until(lambda: steps(dee) == {first: "done", second: "done", third: "now"})
    world.connect_active()
    await dee.should_not_see("First steps")


async def test_an_endpoint_that_adjoin_disabled_is_said_first(world: World, person: Person) -> None:
    dee = await visit(person, PATH, "Hotels ask for your apps")
    message_id = endpoints.send_test_event(world.dee, world.d3x_endpoint, now=world.now)
    builders.attempt(message_id, now=world.now, code=410)
    await dee.should_see("Adjoin disabled an endpoint")
    await dee.should_see("https://hooks.d3x.example/a: It answered 410 Gone.")


async def test_the_start_of_a_partner_is_the_hub(world: World, person: Person) -> None:
    await visit(person, "/", "Hotels ask for your apps")


async def test_nobody_else_reads_it(world: World, person: Person) -> None:
    world.connect("d3x")
    finn = await visit(person, PATH, "Hotels ask for your apps", FINN)
    await finn.should_not_see("Harbour Hotel")
    await finds_nothing(person, PATH, CHARLIE)
