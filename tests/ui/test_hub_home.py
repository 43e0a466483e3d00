"""The hub's first page: numbers that lead somewhere, alarms, and a new partner's first steps."""

from nicegui import ElementFilter
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement
from nicegui.testing import User

from domain import cases, connections, endpoints
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
        "/hub/cases?show=mine": "0",
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


async def test_how_long_requests_have_waited_is_said_by_age(world: World, person: Person) -> None:
    connections.connect(world.maya, world.hotel, "d3x")
    connections.connect(world.charlie, world.lodge, "d3x", now=world.after(days=-10))
    dee = await visit(person, PATH, "Waiting for you, by age")
    assert _bars(dee) == {"today": "1", "days": "0", "week": "0", "older": "1"}


def _bars(user: User) -> dict[str, str]:
    with user:
        return {
            link.props["href"].partition("age=")[2]: _words(link.default_slot.children[-1])
            for link in ElementFilter(kind=Element)
            if "bar-row" in link.classes
        }


def _words(element: Element) -> str:
    assert isinstance(element, TextElement)
    return element.text


async def test_an_endpoint_that_fails_is_said_before_it_is_disabled(
    world: World, person: Person
) -> None:
    connection_id = world.connect("d3x")
    builders.attempt(builders.messages_of(connection_id)[0].id, now=world.now, code=500)
    dee = await visit(person, PATH, "An endpoint does not take our deliveries")
    await dee.should_see("1 time in a row.")


async def test_a_case_that_waits_for_the_partner_is_counted_and_listed(
    world: World, person: Person
) -> None:
    connection_id = world.connect_active()
    dee = await visit(person, PATH, "Hotels ask for your apps")
    case_id = cases.open_(world.maya, connection_id, "No arrivals", "Since noon nothing comes.")
    await dee.should_see("No arrivals")
    await until(lambda: numbers(dee)["/hub/cases?show=mine"] == "1")
    cases.write(world.dee, case_id, "Which rooms?")
    await until(lambda: numbers(dee)["/hub/cases?show=mine"] == "0")
    await dee.should_see("Waiting for Harbour Hotel")
