"""The bell and the page of notices: what needs whoever looks, in all of their windows."""

from dataclasses import replace
from typing import Any

import pytest
from nicegui import ElementFilter
from nicegui.testing import User

from connectors.vendor import Check
from connectors.vendors import VENDORS
from domain import connections, notices
from domain.actors import Actor
from storage import database
from storage.people import SignIn
from tests import builders, harvest, occasions
from tests.builders import World
from tests.ui import hands
from tests.ui.conftest import Person
from tests.ui.patience import until
from ui import bell as bells
from ui.components.shell import Topbar

CALM = {"items": [], "unread": 0, "path": "/notices"}


@pytest.fixture
def every_kind(world: World, monkeypatch: pytest.MonkeyPatch) -> dict[str, Actor]:
    """Whom every kind of notice was given to."""
    accepted = Check(True, "ent_1", "Harbour Hotel at Mews", "Mews accepted the credentials.")
    vendor = replace(VENDORS["mews"], check=lambda *_: accepted)
    monkeypatch.setitem(VENDORS, "mews", vendor)
    harvest.play(monkeypatch, "mews")
    return occasions.every_kind(world)


def bell(user: User) -> dict[str, Any]:
    """Return what the bell on top of somebody's page shows."""
    with user:
        return next(iter(ElementFilter(kind=Topbar))).props["notices"]  # type: ignore[no-any-return]


def ring(user: User, event: str, value: object = None) -> None:
    """Do in the bell what a browser does."""
    user.find(kind=Topbar).trigger(event, value)


async def test_the_bell_shows_what_needs_me_and_where(person: Person, world: World) -> None:
    connection_id = world.connect()
    dee, maya = await person("dee@d3x.example"), await person("maya@harbour.example")
    await hands.go(dee, "/")
    await until(lambda: bell(dee)["unread"] == 1)
    (item,) = bell(dee)["items"]
    assert item["title"] == "Harbour Hotel wants to connect D3x"
    assert item["place"] == "D3x Ltd"
    assert item["href"] == f"/hub/connections/{connection_id}?place={world.d3x}"
    assert not item["is_read"]
    await hands.go(maya, "/")
    assert bell(maya) == CALM


async def test_it_follows_in_every_window_of_the_person_wherever_they_look(
    person: Person, world: World
) -> None:
    with builders.adding() as rows:
        builders.add_role(rows, _person(world.maya), "manager", world.lodge, now=world.now)
    here, there = await person("maya@harbour.example"), await person("maya@harbour.example")
    await hands.go(here, f"/?place={world.hotel}")
    await hands.go(there, f"/?place={world.lodge}")
    connection_id = world.connect()
    connections.reject(world.dee, connection_id, "Which rooms?")
    for window in (here, there):
        await until(lambda window=window: bell(window)["unread"] == 1)
        assert bell(window)["items"][0]["place"] == "Harbour Hotel"
    ring(there, "notice", bell(there)["items"][0]["id"])
    for window in (here, there):
        await until(lambda window=window: bell(window)["unread"] == 0)
        assert bell(window)["items"][0]["is_read"]
    world.connect()
    for window in (here, there):
        await until(lambda window=window: bell(window) == CALM)


async def test_opening_what_it_is_about_reads_it(person: Person, world: World) -> None:
    connection_id = world.connect()
    dee = await person("dee@d3x.example")
    await hands.go(dee, "/hub/deliveries")
    await until(lambda: bell(dee)["unread"] == 1)
    await hands.go(dee, f"/hub/connections/{connection_id}")
    await until(lambda: bell(dee)["unread"] == 0)
    assert len(bell(dee)["items"]) == 1, "read, but still to be done"


async def test_mark_all_read(person: Person, world: World) -> None:
    world.connect()
    dee = await person("dee@d3x.example")
    await hands.go(dee, "/")
    await until(lambda: bell(dee)["unread"] == 1)
    ring(dee, "seen")
    await until(lambda: bell(dee)["unread"] == 0)


@pytest.mark.parametrize("forged", [None, 7, "ntc_never", {"id": 1}, ["x"]])
async def test_what_a_browser_makes_up_reads_nothing(
    person: Person, world: World, forged: object
) -> None:
    world.connect()
    charlie = await person("charlie@alpine.example")
    await hands.go(charlie, "/")
    ring(charlie, "notice", forged)
    (theirs,) = notices.of_person(world.dee)
    ring(charlie, "notice", theirs.id)
    ring(charlie, "seen")
    await hands.go(charlie, "/account")
    assert bell(charlie) == CALM
    assert notices.count_unread(world.dee) == 1


async def test_the_page_lists_all_marks_them_read_and_keeps_what_is_done(
    person: Person, world: World
) -> None:
    connections.reject(world.dee, world.connect(), "Which rooms?")
    maya = await person("maya@harbour.example")
    await hands.go(maya, "/notices")
    (row,) = hands.rows(maya, "Notices")
    assert (row["title"], row["kind"], row["place"], row["state"]["text"]) == (
        "D3x was rejected",
        "Rejected request",
        "Harbour Hotel",
        "New",
    )
    hands.press(maya, "Mark all read")
    await until(lambda: hands.rows(maya, "Notices")[0]["state"]["text"] == "Read")
    assert hands.button(maya, "Mark all read").props["why-not"] == "Everything is read already."
    world.connect()
    await until(lambda: not hands.rows(maya, "Notices"))
    await maya.should_see("Nothing needs you now.")
    await hands.go(maya, "/notices?show=all")
    assert [row["state"]["text"] for row in hands.rows(maya, "Notices")] == ["Done"]


async def test_a_stranger_and_a_viewer_have_none(
    person: Person, every_kind: dict[str, Actor]
) -> None:
    for email in ("charlie@alpine.example", "noah@harbour.example", "finn@freeguides.example"):
        somebody = await person(email)
        await hands.go(somebody, "/notices?show=all")
        await somebody.should_see("Nothing has needed you in the last 90 days.")
        assert bell(somebody) == CALM


async def test_every_kind_has_a_look_and_its_link_opens_for_its_reader(
    person: Person, world: World, every_kind: dict[str, Actor]
) -> None:
    assert set(every_kind) <= set(bells.LOOK) <= set(notices.KINDS)
    windows = {
        world.maya.id: await person("maya@harbour.example"),
        world.dee.id: await person("dee@d3x.example"),
        world.olga.id: await person("olga@platform.example"),
    }
    for kind, reader in every_kind.items():
        row = next(row for row in notices.of_person(reader) if row.kind == kind)
        window = windows[reader.id]
        await hands.go(window, row.href)
        await window.should_not_see("There is no such page")
        await until(lambda row=row, reader=reader: _is_read(reader, row.id))


def _is_read(reader: Actor, notice_id: str) -> bool:
    return next(row for row in notices.of_person(reader) if row.id == notice_id).is_read


def _person(actor: Actor) -> str:
    with database.reading() as session:
        return session.get_one(SignIn, actor.id).person_id
