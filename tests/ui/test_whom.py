""" "Whom do I call?" at the head of the support page, and on the connections of the three sides."""

import pytest
import sqlalchemy as sa
from nicegui import ElementFilter
from nicegui.testing import User

from domain import connections, endpoints
from storage import database
from storage.messages import Endpoint
from tests import builders
from tests.builders import World
from tests.domain.test_support import asked
from tests.ui import hands
from tests.ui.conftest import Person
from ui.components.button import Button
from ui.components.copy import Copy


@pytest.fixture
async def maya(person: Person) -> User:
    return await person("maya@harbour.example")


def leads_to(user: User, label: str) -> str:
    with user:
        (found,) = [one for one in ElementFilter(kind=Button) if one.text == label and one.visible]
    return str(found.props.get("href", ""))


def told(world: World, connection_id: str) -> str:
    """Let the partner have been told of all that happened, and return the connection's id."""
    for message in builders.messages_of(connection_id):
        builders.attempt(message.id, now=world.now)
    return connection_id


async def test_the_head_of_support_says_what_is_wrong_and_the_rest_whom_to_call(
    maya: User, world: World
) -> None:
    connection_id = told(world, world.connect_active())
    told(world, world.connect("freeguides"))  # and is active by itself from then on
    asked(world, connection_id, 500, 500, 500)
    await hands.go(maya, "/support")
    await maya.should_see("Requests of D3x fail")
    step = leads_to(maya, "Report it to D3x Ltd")
    assert step == f"/support?about={connection_id}"
    (row,) = hands.rows(maya, "Who answers for what")
    assert (row["app"], row["whom"], row["email"]) == (
        "FreeGuides",
        "FreeGuides",
        "help@freeguides.example",
    )


async def test_a_nudge_goes_out_from_there(maya: User, world: World) -> None:
    connection_id = world.connect()
    await hands.go(maya, "/support")
    await maya.should_see("Waiting for D3x Ltd")
    hands.press(maya, "Nudge")
    # From then on the way to them is the telephone, or a mail of one's own.
    await maya.should_see("D3x Ltd Support")
    assert builders.messages_of(connection_id, "connection.nudged")


async def test_what_is_wrong_is_said_on_the_page_of_the_connection(
    maya: User, world: World, person: Person
) -> None:
    connection_id = told(world, world.connect_active())
    endpoints.disable(world.dee, world.d3x_endpoint)
    await hands.go(maya, f"/subscriptions/{connection_id}")
    await maya.should_see("D3x Ltd does not hear from us")
    assert leads_to(maya, "Report it to D3x Ltd") == f"/support?about={connection_id}"
    assert "Report a problem" not in hands.labels(maya)

    dee = await person("dee@d3x.example")
    await hands.go(dee, f"/hub/connections/{connection_id}")
    await dee.should_see("D3x Ltd does not hear from us")
    assert leads_to(dee, "Look at your endpoints") == "/hub/endpoint"
    with dee:
        assert [one.props["value"] for one in ElementFilter(kind=Copy)] == ["maya@harbour.example"]

    olga = await person("olga@platform.example")
    await hands.go(olga, f"/operations/connections/{connection_id}")
    await olga.should_see("D3x Ltd does not hear from us")
    await olga.should_see("help@d3x.example")


async def test_a_connection_that_works_offers_to_report_a_problem(
    maya: User, world: World, person: Person
) -> None:
    connection_id = told(world, world.connect_active())
    await hands.go(maya, f"/subscriptions/{connection_id}")
    assert leads_to(maya, "Report a problem") == f"/support?about={connection_id}"
    noah = await person("noah@harbour.example")
    await hands.go(noah, f"/subscriptions/{connection_id}")
    assert not hands.button(noah, "Report a problem").enabled


async def test_a_pending_request_has_contacts_and_no_case(maya: User, world: World) -> None:
    connection_id = world.connect()
    await hands.go(maya, f"/subscriptions/{connection_id}")
    await maya.should_see("help@d3x.example")
    assert "Report a problem" not in hands.labels(maya)
    assert not any(label.startswith("Open a case") for label in hands.labels(maya))


async def test_the_page_follows_what_goes_wrong(maya: User, world: World) -> None:
    connection_id = told(world, world.connect_active())
    await hands.go(maya, f"/subscriptions/{connection_id}")
    await maya.should_see("as far as Adjoin can see")
    with database.transaction() as session:
        session.execute(sa.update(Endpoint).values(failures=5, failing_since=world.now))
    connections.disable(world.maya, connection_id)
    connections.enable(world.maya, connection_id)
    await maya.should_see("D3x Ltd does not take our notifications")
