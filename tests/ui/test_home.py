"""Home: a hotel's overview, and each kind of place its own."""

import pytest
from nicegui import ElementFilter
from nicegui.element import Element
from nicegui.testing import User
from sqlmodel import select

from connectors.source import Fault
from domain import cases, connections, integrations, support, value_mappings
from domain.meter import Limits
from storage import database
from storage.apps import App
from tests import flows, harvest, occasions, pantry
from tests.builders import World
from tests.domain.test_support import asked
from tests.ui import hands
from tests.ui.conftest import Person
from tests.ui.hub import page_words
from tests.ui.patience import until
from tests.ui.test_whom import told
from ui.pages.home import News


@pytest.fixture
async def maya(person: Person) -> User:
    return await person("maya@harbour.example")


async def test_a_new_hotel_reads_its_first_step(maya: User) -> None:
    await maya.open("/")
    await maya.should_see("Open Harbour Hotel’s first door")
    await maya.should_see(", Maya")


async def test_home_tells_what_needs_you_from_what_waits(maya: User, world: World) -> None:
    rejected = world.connect("d3x")
    connections.reject(world.dee, rejected, "Not yet.")
    world.connect("freeguides")
    await maya.open("/")
    await maya.should_see("D3x was rejected")
    await maya.should_see("Not yet.")
    await maya.should_see("Open it to put right what they wrote, then press Reconnect.")
    assert hands.button(maya, "Open D3x").props["href"] == f"/subscriptions/{rejected}"
    await maya.should_see("Waiting for others")
    await maya.should_see("FreeGuides")
    await maya.should_not_see("Nothing needs you")


async def test_a_viewer_reads_that_a_manager_must_act_and_is_not_counted_at(
    person: Person, world: World
) -> None:
    connections.reject(world.dee, world.connect("d3x"), "Not yet.")
    noah, maya = await person("noah@harbour.example"), await person("maya@harbour.example")
    await noah.open("/")
    await noah.should_see("A manager must put right what they wrote")
    await noah.should_not_see("press Reconnect")
    await maya.open("/")
    counted = "'label': 'My subscriptions', 'icon': 'plug-zap', 'count': 1"
    await until(lambda: counted in page_words(maya))
    assert counted not in page_words(noah)


async def test_a_pause_of_the_partner_says_when_in_words(maya: User, world: World) -> None:
    connections.disable(world.dee, world.connect_active(), "Maintenance.")
    await maya.open("/")
    await maya.should_see("Paused by D3x Ltd, ")
    assert "'prefix': 'since'" not in page_words(maya)


async def test_home_follows_what_happens_elsewhere(maya: User, world: World) -> None:
    connection_id = world.connect("d3x")
    await maya.open("/")
    await maya.should_see("Waiting for others")
    connections.activate(world.dee, connection_id)
    await maya.should_see("Works")
    await maya.should_see("Nothing needs you")
    await maya.should_not_see("Waiting for others")


async def test_data_that_stopped_is_said_at_home(
    maya: User, person: Person, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    harvest.play(monkeypatch, "mews")
    world.connect_active()
    source_id = harvest.source(world)
    transfer = harvest.active(world, source_id)
    integration = flows.active(world, source_id)
    await maya.open("/")
    await maya.should_see("Nothing needs you")
    harvest.paused(world, transfer)
    await maya.should_see("Reservations of Flow do not come in")
    await maya.should_see("The source has changed.")
    await maya.should_not_see("Nothing needs you")
    assert hands.button(maya, "Open Flow").props["href"] == f"/integrations/{integration}"
    noah, charlie = await person("noah@harbour.example"), await person("charlie@alpine.example")
    await noah.open("/")
    await noah.should_see("A manager must see to it.")
    await charlie.open("/")
    await charlie.should_not_see("Flow")


async def test_data_that_stopped_is_said_once_and_hides_nothing_else(
    maya: User, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    harvest.play(monkeypatch, "mews")
    told(world, pantry.stock(world).connection)
    with database.transaction() as session:
        app = session.exec(select(App).where(App.slug == "d3x")).one()
        app.permissions = [*app.permissions, "reservations:read"]
        session.add(app)
    source_id = harvest.source(world)
    transfer = harvest.active(world, source_id)
    flows.active(world, source_id)
    harvest.paused(world, transfer)
    await hands.go(maya, "/")
    await maya.should_see("Reservations of Flow do not come in")
    await maya.should_see("Apps that work with it: D3x.")
    await maya.should_see("D3x needs your values")


async def test_what_the_hotel_has_switched_off_itself_holds_up_no_app(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    harvest.play(monkeypatch, "mews")
    told(world, world.connect_active())
    with database.transaction() as session:
        app = session.exec(select(App).where(App.slug == "d3x")).one()
        app.permissions = ["reservations:read"]
        session.add(app)
    flow = flows.active(world)
    integrations.disable(world.maya, flow)
    answers = support.of_property(world.maya, world.hotel)
    assert [each.route.key for each in answers] == ["integration_halted"]
    assert News((), (), (), (), (), answers).held_up == ()


async def test_an_integration_that_disabled_itself_is_said_at_home(
    maya: User, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = harvest.play(monkeypatch, "mews")
    integration = flows.active(world, limits=Limits(1, 1))
    flows.failed(integration, 1, world.after(hours=-2), world.now)
    system.fault = Fault("unreachable", "Mews did not answer in time.")
    flows.run(world, integration)
    await maya.open("/")
    await maya.should_see("Flow disabled itself")


async def test_a_connection_in_trouble_is_said_and_not_listed_as_working(
    maya: User, world: World
) -> None:
    connection_id = told(world, world.connect_active())
    asked(world, connection_id, 500, 500, 500)
    await hands.go(maya, "/")
    await maya.should_see("Requests of D3x fail")
    await maya.should_not_see("Nothing needs you")
    await maya.should_not_see("Works")


async def test_what_is_paused_or_ended_is_one_line(maya: User, world: World) -> None:
    connections.disable(world.maya, world.connect_active())
    await maya.open("/")
    await maya.should_see("1 more is paused or has ended.")


async def test_a_stranger_sees_nothing_of_it(person: Person, world: World) -> None:
    world.connect_active()
    charlie = await person("charlie@alpine.example")
    await charlie.open("/")
    await charlie.should_see("Open Alpine Lodge’s first door")
    await charlie.should_not_see("D3x")


@pytest.mark.parametrize(
    "email", ["dee@d3x.example", "olga@platform.example"], ids=["partner", "operator"]
)
async def test_others_have_a_home_of_their_own(person: Person, email: str) -> None:
    other = await person(email)
    await other.open("/")
    await other.should_not_see("first door")
    await other.should_see(marker="page")
    await other.should_not_see("There is no such page")
    await other.should_not_see("Browse apps")


async def test_the_numbers_lead_to_their_lists(maya: User, world: World) -> None:
    connections.reject(world.dee, world.connect("d3x"), "Not yet.")
    world.connect("freeguides")
    await hands.go(maya, "/")
    assert numbers(maya) == {
        "/subscriptions?show=due": "1",
        "/subscriptions?show=waiting": "1",
        "/subscriptions?show=working": "0",
        "/support?show=open": "0",
    }
    for address, number in numbers(maya).items():
        if address.startswith("/subscriptions"):
            await hands.go(maya, address)
            assert len(hands.rows(maya, "Connections")) == int(number)


async def test_a_case_that_waits_for_the_hotel_needs_it(maya: User, world: World) -> None:
    connection_id = world.connect_active()
    case_id = cases.open_(world.maya, connection_id, "No arrivals", "Since noon nothing comes.")
    await hands.go(maya, "/")
    await maya.should_see("Nothing needs you")
    assert numbers(maya)["/support?show=open"] == "1"
    cases.write(world.dee, case_id, "Which rooms?")
    await maya.should_see("Cases that wait for your answer")
    await maya.should_see("No arrivals")
    await maya.should_not_see("Nothing needs you")


async def test_how_fresh_the_data_are_is_said(
    maya: User, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    harvest.play(monkeypatch, "mews")
    integration = flows.active(world)
    await hands.go(maya, "/")
    await maya.should_see("Your data")
    await maya.should_see("Comes every 15 minutes.")
    integrations.disable(world.maya, integration)
    await maya.should_see("Stopped: the integration is disabled.")


def numbers(user: User) -> dict[str, str]:
    """Return the numbers of the page by where they lead."""
    with user:
        return {
            link.props["href"]: link.default_slot.children[0].text  # type: ignore[attr-defined]
            for link in ElementFilter(kind=Element)
            if "stat" in link.classes
        }


async def test_a_value_that_is_gone_needs_somebody_at_home(
    maya: User, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    harvest.play(monkeypatch, "mews")
    connection_id = occasions.gone_value(world)
    await hands.go(maya, "/")
    await maya.should_see("D3x lacks a value")
    await maya.should_not_see("Nothing needs you")
    value_mappings.choose_none(world.maya, connection_id, "breakfast", expected_version=2)
    await maya.should_not_see("D3x lacks a value")
    await maya.should_see("D3x needs your values")  # nothing may be chosen, but it is required
