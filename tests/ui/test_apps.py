"""The catalogue as a hotel sees it: what it offers, what it leads to, and how it keeps up."""

from typing import Any

from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

import domain.catalogue
from domain import apps, connections
from tests.builders import World
from tests.ui.conftest import Person
from tests.ui.patience import until
from ui.components.catalogue import Catalogue


async def catalogue_of(user: User) -> Catalogue:
    await user.open("/apps")
    await user.should_see(kind=Catalogue)
    return user.find(kind=Catalogue).elements.pop()


def card(catalogue: Catalogue, slug: str) -> dict[str, Any]:
    return next(app for app in catalogue.props["apps"] if app["slug"] == slug)


def press(user: User, catalogue: Catalogue, slug: str) -> None:
    UserInteraction(user, {catalogue}, None).trigger("act", slug)


async def test_a_card_says_who_made_the_app_and_how_it_is_activated(
    person: Person, world: World
) -> None:
    catalogue = await catalogue_of(await person("maya@harbour.example"))
    d3x, mews = card(catalogue, "d3x"), card(catalogue, "mews")
    assert (d3x["developer"], d3x["kind"], d3x["activation"]) == ("D3x Ltd", "integrated", "manual")
    assert (mews["developer"], mews["kind"], mews["activation"]) == ("the platform", "core", None)
    assert d3x["action"] == {"label": "Connect", "enabled": True, "why_not": None}


async def test_a_viewer_cannot_connect_and_reads_whom_to_ask(person: Person) -> None:
    catalogue = await catalogue_of(await person("noah@harbour.example"))
    action = card(catalogue, "d3x")["action"]
    assert action["enabled"] is False
    assert action["why_not"] == "Only a manager of this property can do this: ask Maya."


async def test_the_badge_of_one_card_changes_without_a_reload(
    person: Person, world: World, monkeypatch: Any
) -> None:
    catalogue = await catalogue_of(await person("maya@harbour.example"))
    read_again: list[str] = []
    monkeypatch.setattr(
        domain.catalogue, "of_property", lambda *_, **__: read_again.append("all of it")
    )

    connection_id = world.connect("d3x")
    await until(lambda: card(catalogue, "d3x")["status"] == "pending")
    connections.activate(world.dee, connection_id)
    await until(lambda: card(catalogue, "d3x")["status"] == "active")

    assert card(catalogue, "d3x")["action"]["label"] == "Open"
    assert card(catalogue, "freeguides")["status"] is None
    assert not read_again


async def test_a_stranger_does_not_see_what_another_property_connects(
    person: Person, world: World
) -> None:
    theirs = await catalogue_of(await person("charlie@alpine.example"))
    mine = await catalogue_of(await person("maya@harbour.example"))
    world.connect("d3x")
    await until(lambda: card(mine, "d3x")["status"] == "pending")
    assert card(theirs, "d3x")["status"] is None
    assert card(theirs, "d3x")["action"]["label"] == "Connect"


async def test_connect_opens_the_dialog_on_the_page_of_the_app(person: Person) -> None:
    maya = await person("maya@harbour.example")
    press(maya, await catalogue_of(maya), "d3x")
    await maya.should_see("What D3x will do with your data")


async def test_open_leads_to_the_connection(person: Person, world: World) -> None:
    connection_id = world.connect("d3x")
    maya = await person("maya@harbour.example")
    press(maya, await catalogue_of(maya), "d3x")
    await until(lambda: maya.back_history[-1] == f"/subscriptions/{connection_id}")
    await maya.should_see("Waiting for D3x")


async def test_a_made_up_card_leads_nowhere(person: Person) -> None:
    maya = await person("maya@harbour.example")
    catalogue = await catalogue_of(maya)
    press(maya, catalogue, "../account")
    await maya.should_see(kind=Catalogue)
    assert maya.back_history[-1] == "/apps"


async def test_a_retired_app_stays_while_the_property_has_it(person: Person, world: World) -> None:
    connection_id = world.connect_active()
    apps.retire(world.olga, "d3x")
    maya = await person("maya@harbour.example")
    assert card(await catalogue_of(maya), "d3x")["action"]["label"] == "Open"
    connections.disconnect(world.maya, connection_id)
    shown = [app["slug"] for app in (await catalogue_of(maya)).props["apps"]]
    assert shown == ["freeguides", "mews"]


async def test_an_empty_catalogue_says_so(person: Person, world: World) -> None:
    for slug in ("d3x", "freeguides", "mews"):
        apps.retire(world.olga, slug)
    maya = await person("maya@harbour.example")
    await maya.open("/apps")
    await maya.should_see("No apps yet")
