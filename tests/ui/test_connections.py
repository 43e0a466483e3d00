"""My subscriptions: every connection of a property in the order of who is needed."""

from typing import Any

import pytest
from nicegui.testing import User

from domain import connections, subscriptions
from tests import pantry
from tests.builders import World
from tests.ui import hands
from tests.ui.conftest import Person
from tests.ui.patience import until
from ui.components.shell import Rail


@pytest.fixture
async def maya(person: Person) -> User:
    return await person("maya@harbour.example")


async def look(user: User) -> None:
    await user.open("/subscriptions")
    await user.should_see("My subscriptions")


def rows(user: User) -> list[dict[str, Any]]:
    return hands.rows(user, "Connections")


def count(user: User) -> int:
    """Return the number beside My subscriptions in the menu."""
    rail = user.find(kind=Rail).elements.pop()
    return next(item["count"] for item in rail.props["menu"] if item["path"] == "/subscriptions")


async def test_what_needs_the_property_comes_first(maya: User, world: World) -> None:
    world.connect("freeguides")
    rejected = world.connect("d3x")
    connections.reject(world.dee, rejected, "Not yet.")
    await look(maya)
    assert [(row["app"], row["status"], row["turn"]) for row in rows(maya)] == [
        ("D3x", "rejected", "Read the reason"),
        ("FreeGuides", "pending", "Notifying FreeGuides"),
    ]
    assert rows(maya)[0]["href"] == f"/subscriptions/{rejected}"


async def test_the_list_follows_what_happens_elsewhere(maya: User, world: World) -> None:
    first = world.connect("d3x")
    await look(maya)
    connections.activate(world.dee, first)
    await until(lambda: rows(maya)[0]["status"] == "active")
    world.connect("freeguides")
    await until(lambda: [row["app"] for row in rows(maya)] == ["FreeGuides", "D3x"])


async def test_the_first_connection_replaces_the_empty_page(maya: User, world: World) -> None:
    await look(maya)
    await maya.should_see("Nothing is connected yet")
    assert hands.button(maya, "Browse apps").props["href"] == "/apps"
    world.connect("d3x")
    await maya.should_see("by D3x Ltd")
    await maya.should_not_see("Nothing is connected yet")
    assert [row["app"] for row in rows(maya)] == ["D3x"]


async def test_the_menu_counts_what_is_due_at_the_property(maya: User, world: World) -> None:
    connection_id = world.connect("d3x")
    await look(maya)
    await until(lambda: count(maya) == 0)
    connections.reject(world.dee, connection_id, "Not yet.")
    await until(lambda: count(maya) == 1)
    connections.connect(world.maya, world.hotel, "d3x")
    await until(lambda: count(maya) == 0)


async def test_the_menu_counts_what_lacks_values(maya: User, world: World) -> None:
    await look(maya)
    await until(lambda: count(maya) == 0)
    pantry.stock(world)
    await until(lambda: count(maya) == 1)


def test_a_rejection_stays_due_for_two_weeks(world: World) -> None:
    connection_id = world.connect("d3x", now=world.after(days=-16))
    connections.reject(world.dee, connection_id, "Not yet.", now=world.after(days=-15))

    def due(**after: float) -> int:
        return subscriptions.count_due(world.maya, world.hotel, now=world.after(**after))

    assert (due(days=-2), due()) == (1, 0)


async def test_another_property_sees_nothing_of_it(person: Person, world: World) -> None:
    connection_id = world.connect("d3x")
    charlie = await person("charlie@alpine.example")
    await look(charlie)
    connections.reject(world.dee, connection_id, "Not yet.")
    await charlie.should_see("Nothing is connected yet")
    assert count(charlie) == 0
