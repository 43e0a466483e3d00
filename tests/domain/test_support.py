""" "Whom do I call?": what is read from the tables for it, and who reads which answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col

from domain import (
    connections,
    core,
    endpoints,
    integrations,
    subscriptions,
    support,
    tokens,
    value_mappings,
    waiting,
)
from storage import api_requests, database, ids
from storage.apps import App
from storage.authorizations import Authorization
from storage.cases import Case
from storage.connections import Connection
from storage.integrations import Integration
from storage.messages import Endpoint
from storage.sources import Source, Transfer
from tests import builders, flows, pantry
from tests.builders import World
from tests.domain.conftest import REFUSED, UNREACHABLE, FakeVendor
from tests.domain.refusing import refused
from tests.harvest import HotelSystem

CREDENTIALS = {"client_token": "C" * 20, "access_token": "A" * 20}


def set_(table: Any, **values: Any) -> None:
    """Change every row of a table."""
    with database.transaction() as session:
        session.execute(sa.update(table).values(values))


def key(world: World, connection_id: str, **later: float) -> str:
    answer = support.of_connection(world.maya, connection_id, now=world.after(**later))
    return answer.route.key


def used(world: World, connection_id: str, **later: float) -> None:
    tokens.authenticate(builders.token_of(connection_id), now=world.after(**later))


def asked(world: World, connection_id: str, *statuses: int, **later: float) -> None:
    """Let the partner's program have asked, and been answered so."""
    rows = [
        {
            "id": ids.new("req"),
            "at": world.after(**later),
            "request_id": f"r{number}",
            "method": "GET",
            "endpoint": "/v1/reservations",
            "status": status,
            "code": "",
            "duration_ms": 5,
            "connection_id": connection_id,
        }
        for number, status in enumerate(statuses)
    ]
    api_requests.add(rows)


@pytest.fixture
def active(world: World) -> str:
    """D3x at Harbour Hotel, in use, and told of all that happened."""
    connection_id = world.connect_active()
    for message in builders.messages_of(connection_id):
        builders.attempt(message.id, now=world.now)
    used(world, connection_id)
    return connection_id


def test_a_connection_that_works_needs_nobody(world: World, active: str) -> None:
    answer = support.of_connection(world.maya, active, now=world.after(hours=1))
    assert (answer.route.key, answer.route.whose, answer.why_not) == ("well", "nobody", "")
    assert answer.contact is not None
    assert (answer.contact.email, answer.whom) == ("help@d3x.example", "D3x Ltd")


def test_a_request_waits_for_its_partner(world: World) -> None:
    connection_id = world.connect()
    assert key(world, connection_id) == "waiting"
    set_(App, usual_minutes=60)
    assert key(world, connection_id, minutes=59) == "waiting"
    assert key(world, connection_id, minutes=61) == "overdue"


def test_a_nudge_is_offered_once_a_day(world: World) -> None:
    connection_id = world.connect()
    assert support.of_connection(world.maya, connection_id).route.step.verb == "nudge"
    waiting.nudge(world.maya, connection_id, now=world.now)
    answers = [
        support.of_connection(world.maya, connection_id, now=world.after(hours=hours))
        for hours in (23, 25)
    ]
    assert [answer.route.step.verb for answer in answers] == ["contact", "nudge"]


def test_a_request_whose_notification_was_given_up_is_said_to_be_unknown(world: World) -> None:
    connection_id = world.connect()
    (message,) = builders.messages_of(connection_id)
    for hour in range(10):
        builders.attempt(message.id, now=world.after(hours=hour), code=500)
    assert key(world, connection_id, hours=11) == "never_told"


def test_one_way_that_gets_through_is_enough(world: World) -> None:
    with builders.adding() as rows:
        builders.add_endpoint(rows, world.d3x, "https://hooks.d3x.example/b", world.now)
    endpoints.disable(world.dee, world.d3x_endpoint, now=world.now)
    connection_id = world.connect()
    (arriving,) = [each for each in builders.messages_of(connection_id) if each.status == "waiting"]
    builders.attempt(arriving.id, now=world.now)
    assert key(world, connection_id) == "waiting"


def test_an_endpoint_that_fails_or_is_disabled_is_the_partners_turn(
    world: World, active: str
) -> None:
    set_(Endpoint, failures=4, failing_since=world.now)
    assert key(world, active) == "endpoint_failing"
    endpoints.disable(world.dee, world.d3x_endpoint, now=world.now)
    answer = support.of_connection(world.dee, active, now=world.now)
    assert (answer.route.key, answer.route.step.href) == ("endpoint_disabled", "/hub/endpoint")


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ((200, 500, 500, 500), "calls_failed"),
        ((500, 500, 500, 200), "well"),
        ((200, 403, 403, 403), "well"),
        ((403, 404, 409), "calls_refused"),
        ((500, 500), "well"),
    ],
)
def test_requests_that_go_wrong_in_a_row_are_a_sign(
    world: World, active: str, statuses: tuple[int, ...], expected: str
) -> None:
    asked(world, active, *statuses)
    assert key(world, active) == expected
    assert key(world, active, hours=25) == "well"  # what was asked yesterday says nothing of today


def test_a_token_that_lies_around_is_a_question_for_the_partner(world: World) -> None:
    connection_id = world.connect_active()
    for message in builders.messages_of(connection_id):
        builders.attempt(message.id, now=world.now)
    assert key(world, connection_id, hours=23) == "well"
    assert key(world, connection_id, hours=25) == "token_unused"
    used(world, connection_id, hours=26)
    assert key(world, connection_id, days=3) == "well"
    answer = support.of_connection(world.maya, connection_id, now=world.after(days=9))
    assert answer.route.key == "token_quiet"
    assert "Its access token was last used" in answer.draft.text


def test_a_use_of_the_token_before_it_was_rotated_counts(world: World, active: str) -> None:
    tokens.rotate(world.maya, active, now=world.after(hours=1))
    for message in builders.messages_of(active, "token.rotated"):
        builders.attempt(message.id, now=world.after(hours=1))
    assert key(world, active, hours=2) == "well"


def test_values_that_are_missing_or_gone_are_the_hotels_turn(world: World) -> None:
    kitchen = pantry.stock(world)
    used(world, kitchen.connection)
    for message in builders.messages_of(kitchen.connection):
        builders.attempt(message.id, now=world.now)
    answer = support.of_connection(world.maya, kitchen.connection, now=world.now)
    assert (answer.route.key, answer.route.whose) == ("value_missing", "property")
    (row,) = subscriptions.of_property(world.noah, world.hotel, now=world.now)
    assert (row.turn.short, row.is_due) == (answer.route.title, True)
    assert subscriptions.count_due(world.maya, world.hotel, now=world.now) == 1
    for version, (slot, record) in enumerate((("room_revenue", "acc-1"), ("breakfast", "pro-1"))):
        number = kitchen.numbers[record]
        value_mappings.choose(
            world.maya, kitchen.connection, slot, number, expected_version=version, now=world.now
        )
    assert key(world, kitchen.connection) == "well"
    assert subscriptions.count_due(world.maya, world.hotel, now=world.now) == 0
    kitchen.change("pro-1", removed_at=world.now)
    assert key(world, kitchen.connection) == "value_gone"


# What brings in the data


@pytest.fixture
def fed(world: World, active: str, system: HotelSystem) -> str:
    """The integration that brings in the reservations that D3x reads."""
    set_(App, permissions=["reservations:read"])
    return flows.active(world)


def test_data_that_does_not_come_in_is_the_hotels_turn(world: World, active: str, fed: str) -> None:
    assert key(world, active) == "well"
    set_(Integration, failures=1)
    assert key(world, active) == "well"  # once is no sign
    set_(Integration, failures=2)
    assert key(world, active) == "integration_failing"
    assert subscriptions.count_due(world.maya, world.hotel, now=world.now) == 1
    set_(Transfer, status="paused")
    assert key(world, active) == "transfer_paused"
    set_(Source, status="broken")
    answer = support.of_connection(world.maya, active, now=world.now)
    assert (answer.route.key, answer.route.step.label) == ("source_broken", "Open “Front desk”")
    assert answer.route.step.href.startswith("/sources/src_")
    set_(Source, status="working")
    set_(Transfer, status="active")
    integrations.disable(world.maya, fed, now=world.now)
    # Support says it, but it was the hotel's own wish.
    assert subscriptions.count_due(world.maya, world.hotel, now=world.now) == 0
    assert key(world, active) == "integration_halted"
    set_(Integration, disabled_by="adjoin")
    assert key(world, active) == "integration_disabled"


def test_data_that_the_app_does_not_read_is_none_of_its_business(
    world: World, active: str, fed: str
) -> None:
    set_(App, permissions=["rates:read"])
    set_(Source, status="broken")
    set_(Transfer, status="paused")
    set_(Integration, failures=9)
    assert key(world, active) == "well"


def test_the_partner_does_not_read_what_the_hotel_calls_its_sources(
    world: World, active: str, fed: str
) -> None:
    set_(Source, status="broken", name="The cellar")
    assert "The cellar" in str(support.of_connection(world.maya, active, now=world.now))
    for reader in (world.dee, world.olga):
        answer = support.of_connection(reader, active, now=world.now)
        assert answer.route.key == "source_broken"
        assert "The cellar" not in str(answer)


# Core apps


def test_a_core_app_is_repaired_by_the_hotel_and_supported_by_the_platform(
    world: World, mews: FakeVendor
) -> None:
    connection_id = core.connect(world.maya, world.hotel, "mews", CREDENTIALS, now=world.now)
    answer = support.of_connection(world.maya, connection_id, now=world.now)
    assert (answer.route.key, answer.route.step.verb) == ("core_well", "open_core")
    assert (answer.contact, answer.whom) == (None, "The platform’s own team")
    mews.says = UNREACHABLE
    core.check_again(world.maya, connection_id, now=world.now)
    assert key(world, connection_id) == "unreachable"
    mews.says = REFUSED
    core.check_again(world.maya, connection_id, now=world.now)
    assert key(world, connection_id) == "broken"


def test_what_reads_with_the_credentials_of_a_core_app_belongs_to_it(
    world: World, mews: FakeVendor, system: HotelSystem
) -> None:
    connection_id = core.connect(world.maya, world.hotel, "mews", CREDENTIALS, now=world.now)
    integration_id = flows.active(world)
    set_(Integration, failures=2)
    assert key(world, connection_id) == "core_well"
    with database.transaction() as session:
        opens = session.get_one(Connection, connection_id).authorization_id
        source_id = session.get_one(Integration, integration_id).source_id
        session.get_one(Source, source_id).authorization_id = opens
    assert key(world, connection_id) == "integration_failing"


# Cases


def reported(world: World, connection_id: str, turn: str, **more: Any) -> str:
    """Let a case about a connection be open, and return its id."""
    connection = builders.connection(connection_id)
    case = Case(
        number=1001,
        connection_id=connection_id,
        app_id=connection.app_id,
        property_id=world.hotel,
        partner_id=world.d3x,
        **({"route": "integrated", "status": "open_with_partner"} | more),
        title="It stands still",
        turn=turn,
        turn_since=world.now,
        opened_by=connection.requested_by,
        opened_at=world.now,
        changed_at=world.now,
    )
    with builders.adding() as rows:
        rows.append(case)
        return case.id


def test_a_case_that_is_open_is_the_next_step(world: World, active: str) -> None:
    case_id = reported(world, active, "partner")
    answer = support.of_connection(world.maya, active, now=world.now)
    assert (answer.route.key, answer.route.step.href) == ("case_at_partner", f"/support/{case_id}")
    set_(Case, turn="property")
    assert key(world, active) == "case_at_hotel"
    set_(Case, turn="", status="resolved")
    assert key(world, active) == "well"


def test_operators_hear_of_no_case_that_is_not_theirs(world: World, active: str) -> None:
    reported(world, active, "partner")
    answer = support.of_connection(world.olga, active, now=world.now)
    assert answer.route.key == "well"
    assert "#" not in str(answer.route)
    set_(Case, turn="platform", status="escalated", escalated_at=world.now)
    answer = support.of_connection(world.olga, active, now=world.now)
    assert answer.route.step.label == "Read case #1001"


def test_nobody_waits_for_a_case_from_a_sandbox(world: World, active: str) -> None:
    set_(Connection, in_sandbox=True)
    answer = support.of_connection(world.maya, active, now=world.now)
    assert answer.route.step.verb == "nothing"


# Who reads it


def test_each_side_is_told_whom_to_call(world: World) -> None:
    connection_id = world.connect()
    answers = {
        name: support.of_connection(actor, connection_id, now=world.now)
        for name, actor in (
            ("maya", world.maya),
            ("noah", world.noah),
            ("dee", world.dee),
            ("olga", world.olga),
        )
    }
    assert {name: answer.side for name, answer in answers.items()} == {
        "maya": "property",
        "noah": "viewer",
        "dee": "partner",
        "olga": "platform",
    }
    emails = {name: answer.contact and answer.contact.email for name, answer in answers.items()}
    assert emails == {
        "maya": "help@d3x.example",
        "noah": "help@d3x.example",
        "dee": "maya@harbour.example",
        "olga": "help@d3x.example",
    }
    assert answers["dee"].route.step.verb == "activate"
    assert answers["noah"].why_not == "Only a manager of this property can do this: ask Maya."


def test_a_partner_does_not_learn_an_address_once_the_connection_has_ended(world: World) -> None:
    connection_id = world.connect()
    connections.withdraw(world.maya, connection_id, now=world.now)
    contact = support.of_connection(world.dee, connection_id, now=world.now).contact
    assert contact is not None
    assert (contact.name, contact.email) == ("Maya", "")


def test_strangers_are_told_nothing(world: World) -> None:
    connection_id = world.connect()
    for stranger in (world.charlie, world.finn):
        assert refused(support.of_connection, stranger, connection_id).code == "not_found"
        assert refused(support.of_property, stranger, world.hotel).code == "not_found"
    assert refused(support.of_connection, world.maya, "con_none").code == "not_found"


def test_a_property_reads_the_worst_first(world: World, mews: FakeVendor, active: str) -> None:
    world.connect("freeguides")
    core_id = core.connect(world.maya, world.hotel, "mews", CREDENTIALS, now=world.now)
    set_(Authorization, last_error="No answer.")
    mews.says = REFUSED
    core.check_again(world.maya, core_id, now=world.now)
    answers = support.of_property(world.maya, world.hotel, now=world.now)
    assert [answer.route.key for answer in answers] == ["broken", "notifying", "well"]
    assert support.of_property(world.charlie, world.lodge, now=world.now) == ()
    assert {answer.why_not for answer in support.of_property(world.noah, world.hotel)} == {
        "Only a manager of this property can do this: ask Maya."
    }


@contextmanager
def _counting() -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        asked.append(statement)

    sa.event.listen(database.engine(), "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sa.event.remove(database.engine(), "before_cursor_execute", note)


def test_many_connections_take_no_more_questions_than_one(world: World, active: str) -> None:
    with _counting() as few:
        support.of_property(world.maya, world.hotel, now=world.now)
    with builders.adding() as rows:
        for number in range(12):
            builders.add_app(rows, f"app{number}", "App", world.now, partner_id=world.d3x)
    for number in range(12):
        world.connect(f"app{number}")
    with _counting() as many:
        assert len(support.of_property(world.maya, world.hotel, now=world.now)) == 13
    assert len(many) == len(few) < 20


def test_how_a_connection_is_called_on_its_page_is_what_the_list_says(
    world: World, active: str
) -> None:
    asked(world, active, 500, 500, 500)
    (listed,) = support.of_property(world.maya, world.hotel, now=world.now)
    assert listed == support.of_connection(world.maya, active, now=world.now)
    with database.transaction() as session:
        session.execute(sa.update(App).where(col(App.slug) == "d3x").values(retired_at=world.now))
    assert key(world, active) == "calls_failed"
