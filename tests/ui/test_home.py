"""Home: a hotel's overview, and each kind of place its own."""

import pytest
from nicegui.testing import User

from domain import connections
from tests.builders import World
from tests.ui import hands
from tests.ui.conftest import Person


@pytest.fixture
async def maya(person: Person) -> User:
    return await person("maya@harbour.example")


async def test_a_new_hotel_reads_its_first_step(maya: User) -> None:
    await maya.open("/")
    await maya.should_see("Open Harbour Hotel’s first door", retries=30)
    await maya.should_see(", Maya")


async def test_home_tells_what_needs_you_from_what_waits(maya: User, world: World) -> None:
    rejected = world.connect("d3x")
    connections.reject(world.dee, rejected, "Not yet.")
    world.connect("freeguides")
    await maya.open("/")
    await maya.should_see("D3x: read the reason", retries=30)
    assert hands.button(maya, "Open D3x").props["href"] == f"/subscriptions/{rejected}"
    await maya.should_see("Waiting for others")
    await maya.should_see("FreeGuides")
    await maya.should_not_see("Nothing needs you")


async def test_home_follows_what_happens_elsewhere(maya: User, world: World) -> None:
    connection_id = world.connect("d3x")
    await maya.open("/")
    await maya.should_see("Waiting for others", retries=30)
    connections.activate(world.dee, connection_id)
    await maya.should_see("Works", retries=30)
    await maya.should_see("Nothing needs you")
    await maya.should_not_see("Waiting for others")


async def test_what_is_paused_or_ended_is_one_line(maya: User, world: World) -> None:
    connections.disable(world.maya, world.connect_active())
    await maya.open("/")
    await maya.should_see("1 more is paused or has ended.", retries=30)


async def test_a_stranger_sees_nothing_of_it(person: Person, world: World) -> None:
    world.connect_active()
    charlie = await person("charlie@alpine.example")
    await charlie.open("/")
    await charlie.should_see("Open Alpine Lodge’s first door", retries=30)
    await charlie.should_not_see("D3x")


@pytest.mark.parametrize(
    "email", ["dee@d3x.example", "olga@platform.example"], ids=["partner", "operator"]
)
async def test_others_have_a_home_of_their_own(person: Person, email: str) -> None:
    other = await person(email)
    await other.open("/")
    await other.should_not_see("first door", retries=30)
    await other.should_see(marker="page", retries=30)
    await other.should_not_see("There is no such page")
    await other.should_not_see("Browse apps")
