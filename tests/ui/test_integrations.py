"""Integrations: the list, and making one: what, when, who hears, and Activate."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from nicegui import ElementFilter
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from domain import integration_pages, integrations, run_pages, transfers
from domain.alerts import Recipient
from domain.places import Place
from domain.schedules import Schedule
from tests import flows, harvest
from tests.builders import World
from tests.harvest import HotelSystem
from tests.ui import hands
from tests.ui.conftest import Person
from tests.ui.patience import until
from ui.components.field import TextField
from ui.components.ticktree import TickTree
from ui.pages.integration.words import clock
from ui.pages.integrations import count

NEW = "/integrations/new"


@pytest.fixture(autouse=True)
def system(monkeypatch: pytest.MonkeyPatch) -> HotelSystem:
    """The hotel system behind every source."""
    return harvest.play(monkeypatch, "mews")


@pytest.fixture
async def maya(person: Person) -> User:
    return await person("maya@harbour.example")


@pytest.fixture
def source(world: World) -> str:
    """A source with an active transfer of reservations and an inactive one of guests."""
    source_id = harvest.source(world)
    harvest.active(world, source_id)
    harvest.transfer(world, source_id, "guests")
    return source_id


def tree(user: User) -> TickTree:
    with user:
        return next(iter(ElementFilter(kind=TickTree)))


def tick(user: User, branch: object, *leaves: object, on: object = True) -> None:
    """Tick boxes of the tree, or send what a forged browser would."""
    wish = {"branch": branch, "leaves": list(leaves), "on": on}
    UserInteraction(user, {tree(user)}, None).trigger("tick", wish)


def labels(user: User) -> set[str]:
    """Return the labels of all fields."""
    with user:
        return {each.props["label"] for each in ElementFilter(kind=TextField)}


def last_run(world: World, integration_id: str) -> str:
    return run_pages.of_integration(world.maya, integration_id)[0].id


def made(world: World) -> tuple[integration_pages.Row, ...]:
    return integration_pages.of_property(world.maya, world.hotel)


# The list


async def test_without_a_source_the_way_leads_there(maya: User) -> None:
    await hands.go(maya, "/integrations")
    await maya.should_see("Nothing flows yet")
    assert hands.button(maya, "Go to the sources").props["href"] == "/sources"


async def test_the_first_integration_replaces_the_empty_page(
    maya: User, world: World, source: str
) -> None:
    await hands.go(maya, "/integrations")
    await maya.should_see("Your source is there")
    assert hands.button(maya, "New integration").props["href"] == NEW
    flows.draft(world, source)
    await maya.should_not_see("Nothing flows yet")
    row = hands.rows(maya, "Integrations")[0]
    assert (row["name"], row["about"]) == ("Flow", "from Front desk, every 15 minutes")
    assert row["status"] == {"status": "draft", "text": None}
    assert row["run"] == {"status": "muted", "text": "None yet"}


async def test_a_line_says_how_it_runs_and_how_fresh_it_is(maya: User, world: World) -> None:
    integration = flows.active(world)
    await hands.go(maya, "/integrations")
    row = hands.rows(maya, "Integrations")[0]
    assert (row["status"]["status"], row["run"]) == ("active", "succeeded")
    ended = flows.of(last_run(world, integration)).ended_at
    assert ended is not None
    assert row["ran"] == clock(ended, "Europe/Berlin")
    assert row["fresh"] is not None
    assert row["meter"] == {"status": "ok", "text": "No errors"}
    flows.failed(integration, 7, world.after(hours=-2), world.now)
    same = integrations.Draft("", "Flow", flows.everything())
    integrations.change(world.maya, integration, same)  # any change has the list read again
    await until(
        lambda: (
            hands.rows(maya, "Integrations")[0]["meter"]
            == {"status": "warn", "text": "7 of 30 in a row"}
        )
    )


async def test_a_line_does_not_call_active_what_brings_nothing_in(maya: User, world: World) -> None:
    source_id = harvest.source(world)
    transfer = harvest.active(world, source_id)
    flows.active(world, source_id)
    await hands.go(maya, "/integrations")
    harvest.paused(world, transfer)
    stopped = {"status": "warn", "text": "Nothing comes in"}
    await until(lambda: hands.rows(maya, "Integrations")[0]["status"] == stopped)
    assert hands.rows(maya, "Integrations")[0]["note"] == "Reservations do not come in"


async def test_what_has_disabled_itself_stands_first_with_the_way_to_its_repair(
    maya: User, world: World, system: HotelSystem
) -> None:
    source_id = harvest.source(world)
    harvest.active(world, source_id)
    flow = flows.active(world, source_id)
    flows.draft(world, source_id, name="A draft")
    await hands.go(maya, "/integrations")
    assert [row["name"] for row in hands.rows(maya, "Integrations")] == ["A draft", "Flow"]
    system.fault = harvest.REJECTED
    flows.run(world, flow)
    await until(lambda: hands.rows(maya, "Integrations")[0]["name"] == "Flow")
    row = hands.rows(maya, "Integrations")[0]
    assert row["status"] == {"status": "bad", "text": "Stopped"}
    assert row["note"].startswith("by itself, ")
    assert row["meter"] == {"status": "bad", "text": "Credentials refused"}
    assert row["step"] == {"label": "Repair the source", "href": f"/sources/{source_id}"}


async def test_the_menu_counts_what_has_disabled_itself_for_those_who_can_help(
    world: World, system: HotelSystem
) -> None:
    flow = flows.active(world)
    mayas = Place("hotel", "property", world.hotel, "Harbour Hotel", "manager")
    noahs = replace(mayas, role="viewer")
    assert await count(world.maya, mayas) == 0
    system.fault = harvest.REJECTED
    flows.run(world, flow)
    assert await count(world.maya, mayas) == 1
    assert await count(world.noah, noahs) == 0


async def test_a_line_counts_the_records_that_are_left_out(
    maya: User, world: World, system: HotelSystem
) -> None:
    flow = flows.active(world)
    system.records["reservations"].append(harvest.reservation(7, Start="soon"))
    flows.run(world, flow)
    system.records["reservations"] = [harvest.reservation(8)]
    flows.run(world, flow)
    await hands.go(maya, "/integrations")
    row = hands.rows(maya, "Integrations")[0]
    assert row["meter"] == {"status": "warn", "text": "1 record left out"}


async def test_charlie_finds_nothing(person: Person, world: World) -> None:
    integration = flows.active(world)
    charlie = await person("charlie@alpine.example")
    await hands.go(charlie, "/integrations")
    await charlie.should_not_see("Flow")
    for path in ("", "/settings", f"/runs/{last_run(world, integration)}"):
        await charlie.open(f"/integrations/{integration}{path}")
        await charlie.should_see("There is no such page")


def test_a_moment_stays_on_one_line() -> None:
    said = clock(datetime(2026, 11, 21, 13, 2, tzinfo=UTC), "Europe/Berlin")
    assert said.split(" ") == [said]
    assert said.replace("\N{NO-BREAK SPACE}", " ") == "21 Nov, 14:02"


# A new one


async def test_what_can_flow_is_ticked_and_what_cannot_says_why(maya: User, source: str) -> None:
    await hands.go(maya, NEW)
    shown = {branch["key"]: branch for branch in tree(maya)._props["branches"]}
    assert shown["reservations"]["why_not"] is None
    told = {leaf["key"]: leaf["why_not"] for leaf in shown["reservations"]["leaves"]}
    assert told["created"] is None
    assert told["deleted"] == "Mews does not tell it"
    assert shown["guests"]["why_not"] == "Its data transfer is inactive."
    assert shown["guests"]["link"]["href"].startswith(f"/sources/{source}/transfers/tra_")
    assert set(shown) == {"reservations", "guests"}
    await maya.should_see("Spaces, rates, products, services and accounting categories have no")
    await maya.should_see("Add one to Front desk")
    assert "created" in tree(maya).value["reservations"]


async def test_activate_makes_it_and_queues_the_first_run(
    maya: User, world: World, source: str
) -> None:
    await hands.go(maya, NEW)
    tick(maya, "reservations", "canceled", on=False)
    hands.fill(maya, "Name", "Reservations")
    hands.fill(maya, "Schedule", "daily")
    hands.fill(maya, "Time in Europe/Berlin", "04:30")
    hands.fill(maya, "Rejects above %", "2,5")
    hands.press(maya, "Activate")
    await maya.should_see("Brings data in from Front desk, daily at 04:30")
    (row,) = made(world)
    assert (row.name, row.status) == ("Reservations", "active")
    assert row.wanted["reservations"] == ("created", "updated", "status_changed")
    assert row.schedule == Schedule("daily", at="04:30")
    assert row.running is not None
    found = integration_pages.read(world.maya, row.id)
    assert found.recipients == (Recipient("maya@harbour.example", True, True, 2.5),)


async def test_one_that_runs_by_hand_waits_for_a_person(
    maya: User, world: World, source: str
) -> None:
    await hands.go(maya, NEW)
    hands.fill(maya, "Schedule", "by_hand")
    hands.press(maya, "Activate")
    await until(lambda: maya.notify.contains("Active"))
    (row,) = made(world)
    assert (row.status, row.running) == ("active", None)


async def test_a_draft_is_kept_without_activating(maya: User, world: World, source: str) -> None:
    await hands.go(maya, NEW)
    hands.press(maya, "Save as draft")
    await maya.should_see("A draft: nothing flows yet")
    await maya.should_see("The first run follows at once.")
    assert [row.status for row in made(world)] == ["draft"]


async def test_nothing_ticked_cannot_be_activated_but_kept_as_a_draft(
    maya: User, world: World, source: str
) -> None:
    await hands.go(maya, NEW)
    tick(maya, "reservations", *tree(maya).value["reservations"], on=False)
    hands.press(maya, "Activate")
    await maya.should_see("Tick at least one kind of change, or save a draft.")
    assert made(world) == ()
    hands.press(maya, "Save as draft")
    await maya.should_see("A draft: not everything is there yet")
    await maya.should_see("Reservations of Front desk can come in. Tick what you want.")
    (row,) = made(world)
    way = hands.button(maya, "Choose what comes in").props["href"]
    assert (row.status, way) == ("draft", f"/integrations/{row.id}/settings")
    await hands.go(maya, way)
    assert "created" in tree(maya).value["reservations"], "what can come in is suggested"


async def test_where_nothing_can_come_in_yet_the_form_leads_to_what_comes_first(
    maya: User, world: World
) -> None:
    source_id = harvest.source(world)
    await hands.go(maya, NEW)
    await maya.should_see("Nothing can come in from Front desk yet")
    assert hands.button(maya, "Open the source").props["href"] == f"/sources/{source_id}"
    transfer = harvest.mapped(world, source_id)
    await hands.go(maya, NEW)
    await maya.should_see("Reservations are not active: finish the mapping")
    way = hands.button(maya, "Open reservations").props["href"]
    assert way == f"/sources/{source_id}/transfers/{transfer}"
    assert "Activate" not in hands.labels(maya)


async def test_what_comes_in_already_is_marked_and_not_ticked_again(
    maya: User, world: World, source: str
) -> None:
    flows.active(world, source, name="Front desk")
    await hands.go(maya, NEW)
    shown = {branch["key"]: branch for branch in tree(maya)._props["branches"]}
    assert shown["reservations"]["note"] == "Already comes by Front desk"
    assert tree(maya).value == {}
    assert hands.field(maya, "Name").value == "Front desk 2"


async def test_a_wrong_number_stays_in_the_form(maya: User, world: World, source: str) -> None:
    await hands.go(maya, NEW)
    hands.fill(maya, "Minutes between two runs", "often")
    hands.press(maya, "Activate")
    await until(lambda: hands.complaint(maya, "Minutes between two runs"))
    hands.fill(maya, "Minutes between two runs", "30")
    hands.fill(maya, "Rejects above %", "many")
    hands.press(maya, "Activate")
    await until(lambda: hands.complaint(maya, "Rejects above %"))
    assert made(world) == ()
    hands.fill(maya, "Rejects above %", "")
    hands.fill(maya, "Mail address", "nobody")
    hands.press(maya, "Activate")
    await maya.should_see("“nobody” is no mail address.")
    assert made(world) == ()


async def test_several_people_can_be_mailed(maya: User, world: World, source: str) -> None:
    await hands.go(maya, NEW)
    hands.press(maya, "Add a person")
    await until(lambda: "Mail address 2" in labels(maya))
    hands.fill(maya, "Mail address 2", "desk@harbour.example")
    hands.press(maya, "Save as draft")
    await maya.should_see("A draft: nothing flows yet")
    found = integration_pages.read(world.maya, made(world)[0].id)
    assert [each.email for each in found.recipients] == [
        "desk@harbour.example",
        "maya@harbour.example",
    ]


FORGED: tuple[tuple[object, object, object], ...] = (
    ("guests", "created", True),  # its transfer is not active
    ("reservations", "deleted", True),  # Mews does not tell it
    ("reservations", "made_up", True),
    ("made_up", "created", True),
    ("reservations", ["created"], False),
    ("reservations", "created", "no"),
)


async def test_forged_ticks_change_nothing(maya: User, source: str) -> None:
    await hands.go(maya, NEW)
    before = dict(tree(maya).value)
    for branch, leaf, on in FORGED:
        tick(maya, branch, leaf, on=on)
        assert tree(maya).value == before


async def test_a_viewer_is_told_why_not(person: Person, source: str) -> None:
    noah = await person("noah@harbour.example")
    await hands.go(noah, "/integrations")
    why_not = hands.button(noah, "New integration").props["why-not"]
    assert why_not == "Only a manager of Harbour Hotel can do this."
    await hands.go(noah, NEW)
    await noah.should_see("You can look at integrations, but not make one")
    assert "Activate" not in hands.labels(noah)


# Its settings


async def test_settings_are_changed_where_they_were_chosen(maya: User, world: World) -> None:
    integration = flows.draft(world)
    await hands.go(maya, f"/integrations/{integration}/settings")
    assert hands.field(maya, "Name").value == "Flow"
    hands.fill(maya, "Failed runs in a row", "5")
    tick(maya, "reservations", "updated", on=False)
    hands.press(maya, "Save")
    await maya.should_see("A draft: nothing flows yet")
    found = integration_pages.read(world.maya, integration)
    assert found.limits.failures_in_a_row == 5
    assert "updated" not in found.row.wanted["reservations"]


async def test_what_is_ticked_can_be_emptied_though_its_transfer_stopped(
    maya: User, world: World, source: str
) -> None:
    integration = flows.draft(world, source)
    transfer = next(
        each.transfer_id
        for each in integration_pages.read(world.maya, integration).offered.types
        if each.type == "reservations"
    )
    assert transfer is not None
    transfers.deactivate(world.maya, transfer, now=world.now)
    await hands.go(maya, f"/integrations/{integration}/settings")
    tick(maya, "reservations", "created", on=False)
    assert "created" not in tree(maya).value["reservations"]
    tick(maya, "reservations", "created")
    assert "created" not in tree(maya).value["reservations"]
