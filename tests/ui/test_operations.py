"""The operators' pages: they run the catalogue, and look on at everything else."""

import pytest
import sqlalchemy as sa

from domain import apps, catalogue, connections, invitations, partners, properties
from domain.refusals import Refusal
from storage import database
from tests import builders
from tests.builders import World
from tests.ui.conftest import Person
from tests.ui.hands import (
    button,
    complaint,
    field,
    fill,
    go,
    labels,
    press,
    rows,
    search,
    table_rows,
)
from tests.ui.patience import until

OLGA = "olga@platform.example"
PATHS = (
    "/operations",
    "/operations/properties",
    "/operations/partners",
    "/operations/apps",
    "/operations/apps/new",
    "/operations/apps/d3x",
    "/operations/connections",
)


@pytest.mark.parametrize(
    "email", ["charlie@alpine.example", "maya@harbour.example", "dee@d3x.example"]
)
async def test_nobody_else_has_these_pages(person: Person, world: World, email: str) -> None:
    connection = world.connect()
    somebody = await person(email)
    extra = (
        f"/operations/connections/{connection}",
        f"/operations/properties/{world.hotel}",
        f"/operations/partners/{world.d3x}",
    )
    for path in (*PATHS, *extra):
        await somebody.open(path)
        await somebody.should_see("There is no such page")


async def test_the_overview_counts_and_shows_who_waits_and_what_fails(
    person: Person, world: World
) -> None:
    connection = world.connect("d3x", now=world.after(hours=-30))
    (message,) = builders.messages_of(connection, "connection.requested")
    assert builders.attempt(message.id, now=world.now, code=500) is True
    olga = await person(OLGA)
    await go(olga, "/")
    for words in ("properties", "partners", "apps in the catalogue", "Pending"):
        await olga.should_see(words)
    (waiting,) = rows(olga, "Requests that wait longest")
    assert (waiting["app"], waiting["hotel"]) == ("D3x", "Harbour Hotel")
    assert waiting["href"] == f"/operations/connections/{connection}"
    (failing,) = rows(olga, "Partners that notifications do not reach")
    assert (failing["partner"], failing["messages"], failing["endpoint"]) == (
        "D3x Ltd",
        1,
        "enabled",
    )


async def test_the_overview_follows_what_happens(person: Person, world: World) -> None:
    olga = await person(OLGA)
    await go(olga, "/operations")
    await olga.should_see("No request waits for a partner.")
    connection = world.connect()
    await until(lambda: rows(olga, "Requests that wait longest"))
    connections.activate(world.dee, connection)
    await until(lambda: not rows(olga, "Requests that wait longest"))
    await olga.should_see("Active")


async def test_an_empty_platform_begins_with_its_first_steps(person: Person, world: World) -> None:
    _empty_the_platform()
    olga = await person(OLGA)
    await go(olga, "/")
    await olga.should_see("First steps")
    assert button(olga, "Add a partner").props["href"] == "/operations/partners?new=1"
    partners.create(world.olga, "Akia Inc.")
    await go(olga, "/operations")
    assert button(olga, "Add an app").props["href"] == "/operations/apps/new"


def _empty_the_platform() -> None:
    """Leave nobody and nothing but the operator."""
    with database.transaction() as session:
        for statement in (
            "DELETE FROM endpoints",
            "DELETE FROM apps",
            "DELETE FROM memberships WHERE role <> 'operator'",
            "DELETE FROM properties",
            "DELETE FROM partners",
        ):
            session.execute(sa.text(statement))


async def test_a_connection_shows_its_story_and_nothing_to_press(
    person: Person, world: World
) -> None:
    connection = world.connect()
    olga = await person(OLGA)
    await go(olga, f"/operations/connections/{connection}")
    for words in ("D3x at Harbour Hotel", "Pending", "Connect was pressed", "help@d3x.example"):
        await olga.should_see(words)
    await olga.should_see("Operators cannot do it for them")
    assert labels(olga) == {"Harbour Hotel", "D3x"}
    await olga.should_not_see(builders.token_of(connection))
    connections.activate(world.dee, connection)
    await olga.should_see("Activated")
    assert labels(olga) == {"Harbour Hotel", "D3x"}


async def test_no_page_of_an_operator_connects_or_activates(person: Person, world: World) -> None:
    connection = world.connect()
    olga = await person(OLGA)
    for path in (*PATHS, f"/operations/connections/{connection}", "/", "/people"):
        await go(olga, path)
        forbidden = {"Connect", "Reconnect", "Activate", "Reject", "Disconnect", "Show token"}
        assert not forbidden & labels(olga), path
    for path in ("/apps", "/apps/d3x", f"/subscriptions/{connection}", "/hub/requests"):
        await olga.open(path)
        await olga.should_see("There is no such page")
    for verb in (connections.activate, connections.withdraw, connections.disconnect):
        with pytest.raises(Refusal, match="forbidden"):
            verb(world.olga, connection)


async def test_all_connections_are_listed_and_filtered(person: Person, world: World) -> None:
    pending = world.connect("freeguides")
    active = world.connect_active()
    olga = await person(OLGA)
    await go(olga, "/operations/connections")
    assert {row["id"] for row in table_rows(olga)} == {pending, active}
    search(olga, "C-10002 d3x")
    await until(lambda: [row["id"] for row in table_rows(olga)] == [active])
    await go(olga, "/operations/connections?status=active")
    assert [row["id"] for row in table_rows(olga)] == [active]
    await go(olga, "/operations/connections?status=broken")
    await olga.should_see("No connection is broken.")


async def test_a_property_is_added_and_its_first_manager_invited(
    person: Person, world: World, departures: list[tuple[str, str]]
) -> None:
    olga = await person(OLGA)
    await go(olga, "/operations/properties")
    press(olga, "Add a property")
    await olga.should_see("Time zone")
    press(olga, "Add the property")
    await olga.should_see("Write the name of the property.")
    assert complaint(olga, "Name") == "Write the name of the property."
    fill(olga, "Name", "City Suites")
    fill(olga, "City", "Vienna")
    fill(olga, "Time zone", "Europe/Vienna")
    press(olga, "Add the property")
    await olga.should_see("Nobody works here yet")
    suites = next(row for row in properties.page(world.olga).rows if row.name == "City Suites")
    assert (suites.city, suites.time_zone) == ("Vienna", "Europe/Vienna")
    press(olga, "Invite")
    await olga.should_see("Invite to City Suites")
    fill(olga, "E-mail address", "lena@suites.example")
    fill(olga, "What they may do", "manager")
    press(olga, "Send the invitation")
    await olga.should_see("Hand this link over")
    assert [one.role for one in invitations.waiting(world.olga, suites.id)] == ["manager"]


async def test_operators_invite_nobody_where_somebody_manages(person: Person, world: World) -> None:
    olga = await person(OLGA)
    for path in (f"properties/{world.hotel}", f"partners/{world.d3x}"):
        await go(olga, f"/operations/{path}")
        await olga.should_see("Operators let the first one in.")
        assert not button(olga, "Invite").enabled


async def test_a_property_is_put_right(person: Person, world: World) -> None:
    olga = await person(OLGA)
    await go(olga, f"/operations/properties/{world.hotel}")
    await olga.should_see("Maya")
    fill(olga, "Name", "")
    press(olga, "Save")
    await olga.should_see("Write the name of the property.")
    fill(olga, "Name", "Harbour Grand Hotel")
    press(olga, "Save")
    await olga.should_see("The property is saved.")
    assert properties.read(world.olga, world.hotel).name == "Harbour Grand Hotel"


async def test_a_partner_is_added_with_its_first_member(person: Person, world: World) -> None:
    olga = await person(OLGA)
    await go(olga, "/operations/partners?new=1")
    await olga.should_see("Contact person")
    fill(olga, "Name", "D3x Ltd")
    press(olga, "Add the partner")
    await olga.should_see("There is a partner called D3x Ltd already.")
    fill(olga, "Name", "Akia Inc.")
    fill(olga, "Contact’s e-mail address", "nonsense")
    press(olga, "Add the partner")
    await olga.should_see("Write an e-mail address")
    assert complaint(olga, "Contact’s e-mail address") is not None
    fill(olga, "Contact’s e-mail address", "help@akia.example")
    press(olga, "Add the partner")
    await olga.should_see("Nobody works here yet")
    assert "Akia Inc." in {row.name for row in partners.all_of_them(world.olga)}


async def test_a_partner_is_put_right(person: Person, world: World) -> None:
    olga = await person(OLGA)
    await go(olga, f"/operations/partners/{world.d3x}")
    assert [row["name"] for row in rows(olga, "Apps of D3x Ltd")] == ["D3x"]
    fill(olga, "Website", "javascript:alert(1)")
    press(olga, "Save")
    await olga.should_see("Write the website as an address")
    assert complaint(olga, "Website") is not None
    fill(olga, "Website", "https://d3x.example")
    press(olga, "Save")
    await olga.should_see("The partner is saved.")
    assert partners.read(world.olga, world.d3x).website == "https://d3x.example"


async def test_an_app_is_added_published_and_retired(person: Person, world: World) -> None:
    olga = await person(OLGA)
    await go(olga, f"/operations/apps/new?partner={world.d3x}")
    assert field(olga, "Partner").value == world.d3x
    fill(olga, "Name", "D3x Échos")
    assert field(olga, "Its address").value == "d3x-echos"
    press(olga, "Add the app")
    await olga.should_see("Write the category.")
    fill(olga, "Category", "Reputation")
    fill(olga, "In one sentence", "Asks for reviews at the right moment.")
    fill(olga, "Read reservations", True)
    press(olga, "Add a question")
    press(olga, "Add the app")
    await olga.should_see("Question 1 needs a text")
    fill(olga, "Question", "Property code")
    fill(olga, "Needs an answer", True)
    press(olga, "Add the app")
    await olga.should_see("Draft")
    draft = apps.entry(world.olga, "d3x-echos").draft
    assert draft.permissions == ("reservations:read",)
    assert draft.questions == (
        {"key": "property_code", "label": "Property code", "kind": "text", "required": True},
    )
    assert "d3x-echos" not in _offered(world)
    press(olga, "Publish")
    await olga.should_see("Published")
    assert "d3x-echos" in _offered(world)
    press(olga, "Retire")
    await olga.should_see("Retire D3x Échos?")
    press(olga, "Retire")
    await olga.should_see("Retired")
    assert "d3x-echos" not in _offered(world)


def _offered(world: World) -> set[str]:
    return {card.slug for card in catalogue.of_property(world.maya, world.hotel)}


async def test_an_app_is_changed_but_not_taken_from_its_partner_in_use(
    person: Person, world: World
) -> None:
    world.connect()
    olga = await person(OLGA)
    await go(olga, "/operations/apps/d3x")
    fill(olga, "Usual waiting time in minutes", "soon")
    press(olga, "Save")
    await olga.should_see("Write the usual time in minutes")
    fill(olga, "Usual waiting time in minutes", "90")
    fill(olga, "Activation", "automatic")
    press(olga, "Save")
    await olga.should_see("Saved")
    draft = apps.entry(world.olga, "d3x").draft
    assert (draft.usual_minutes, draft.activation) == (90, "automatic")
    fill(olga, "Partner", world.freeguides)
    press(olga, "Save")
    await olga.should_see("Properties have asked for this app already")
    assert apps.entry(world.olga, "d3x").draft.partner_id == world.d3x


async def test_a_core_app_needs_its_system(person: Person, world: World) -> None:
    olga = await person(OLGA)
    await go(olga, "/operations/apps/new")
    fill(olga, "Name", "Cloudbeds")
    fill(olga, "Category", "Property system")
    fill(olga, "In one sentence", "Reservations and rooms.")
    fill(olga, "Kind", "core")
    press(olga, "Add the app")
    await olga.should_see("Choose which system a core app connects to.")
    fill(olga, "System", "cloudbeds")
    fill(olga, "Address of its API", "http://169.254.169.254/")
    press(olga, "Add the app")
    await olga.should_see("169.254.169.254")
    fill(olga, "Address of its API", "")
    press(olga, "Add the app")
    await olga.should_see("Draft")
    draft = apps.entry(world.olga, "cloudbeds").draft
    assert (draft.kind, draft.partner_id, draft.vendor) == ("core", None, "cloudbeds")
