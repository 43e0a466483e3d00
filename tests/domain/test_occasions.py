"""What gives whom notice, and what shows that it is done."""

from collections.abc import Callable

import pytest

from domain import (
    connections,
    dependents,
    endpoints,
    integrations,
    invitations,
    notices,
    sign_ins,
    sources,
    transfers,
    value_mappings,
    waiting,
)
from domain.actors import Actor, standing
from storage import database
from storage.authorizations import Authorization
from storage.sources import Transfer
from tests import builders, flows, harvest, occasions
from tests.builders import World
from tests.domain.conftest import FakeVendor
from tests.harvest import HotelSystem


def told(reader: Actor) -> list[str]:
    """Return the kinds of what needs somebody, the newest first."""
    return [notice.kind for notice in notices.of_person(reader)]


def title(reader: Actor) -> str:
    return notices.of_person(reader)[0].title


def test_every_kind_reaches_those_who_can_act_and_nobody_else(
    world: World, mews: FakeVendor, system: HotelSystem
) -> None:
    readers = occasions.every_kind(world)
    assert set(readers) == set(notices.KINDS) - set(notices.NEWS)
    for kind, reader in readers.items():
        assert told(reader).count(kind) == 1, kind
    assert {*told(world.maya), *told(world.dee), *told(world.olga)} == set(readers)
    for stranger in (world.charlie, world.noah, world.finn):
        assert told(stranger) == []


def test_a_request_waits_for_the_partner_until_it_is_answered(world: World) -> None:
    connection_id = world.connect()
    assert title(world.dee) == "Harbour Hotel wants to connect D3x"
    connections.activate(world.dee, connection_id)
    assert told(world.dee) == told(world.maya) == []


def test_a_request_that_is_taken_back_needs_nobody(world: World) -> None:
    connections.withdraw(world.maya, world.connect())
    assert told(world.dee) == []


def test_a_nudge_and_a_reminder_bring_a_request_back_that_was_read(world: World) -> None:
    connection_id = world.connect()
    notices.read_all(world.dee)
    waiting.nudge(world.maya, connection_id, now=world.after(hours=2))
    (nudged,) = notices.of_person(world.dee)
    assert (nudged.title, nudged.is_read) == ("Harbour Hotel is waiting for D3x", False)
    assert nudged.text == "Maya asks you to look. Activate the request, or reject it and say why."
    notices.read_all(world.dee)
    waiting.remind(now=world.after(hours=25))
    assert title(world.dee) == "Harbour Hotel still waits for D3x"
    assert notices.count_unread(world.dee) == 1


def test_an_app_that_becomes_active_by_itself_asks_nobody(world: World) -> None:
    world.connect("freeguides")
    assert told(world.finn) == []


def test_a_rejection_is_news_until_the_hotel_asks_again_or_leaves_it(world: World) -> None:
    connection_id = world.connect()
    connections.reject(world.dee, connection_id, "Which rooms?")
    assert title(world.maya) == "D3x was rejected"
    world.connect()
    assert told(world.maya) == []
    assert told(world.dee) == ["connection.requested"]


def _repair(world: World, authorization_id: str) -> None:
    with database.transaction() as session:
        found = session.get_one(Authorization, authorization_id)
        who = standing(session, world.maya, world.now)
        assert dependents.repair(session, who, found, world.now, "")


@pytest.mark.parametrize(
    "end",
    [
        lambda world, each: _repair(world, builders.connection(each).authorization_id or ""),
        lambda world, each: connections.disconnect(world.maya, each),
    ],
)
def test_a_broken_connection_needs_its_managers_until_it_works_or_ends(
    world: World, mews: FakeVendor, end: Callable[[World, str], None]
) -> None:
    connection_id = occasions.broken_connection(world)
    assert title(world.maya) == "Mews needs new credentials"
    end(world, connection_id)
    assert told(world.maya) == []


@pytest.mark.parametrize("end", [integrations.enable, integrations.remove])
def test_an_integration_that_disabled_itself_is_told_until_it_is_enabled_or_removed(
    world: World, system: HotelSystem, end: Callable[[Actor, str], None]
) -> None:
    integration_id = occasions.disabled_integration(world)
    (found,) = notices.of_person(world.maya)
    assert (found.title, found.text) == ("Flow disabled itself", "30 runs in a row failed.")
    end(world.maya, integration_id)
    assert told(world.maya) == []


def test_an_integration_that_somebody_disabled_by_hand_is_no_news(
    world: World, system: HotelSystem
) -> None:
    integrations.disable(world.maya, flows.active(world))
    assert told(world.maya) == []


def _remove_source(world: World, transfer_id: str) -> None:
    sources.remove(world.maya, harvest.row_of(Transfer, transfer_id).source_id)


@pytest.mark.parametrize(
    "end",
    [
        lambda world, each: transfers.deactivate(world.maya, each),
        lambda world, each: transfers.remove(world.maya, each),
        _remove_source,
    ],
)
def test_a_paused_transfer_is_told_until_somebody_decides(
    world: World, system: HotelSystem, end: Callable[[World, str], None]
) -> None:
    transfer_id = occasions.paused_transfer(world)
    assert title(world.maya) == "Reservations of Spa desk are paused"
    end(world, transfer_id)
    assert told(world.maya) == []


def test_a_value_that_is_gone_is_told_until_another_takes_its_place(
    world: World, system: HotelSystem
) -> None:
    connection_id = occasions.gone_value(world)
    (found,) = notices.of_person(world.maya)
    assert found.title == "D3x lacks a value"
    assert found.text.startswith("What was chosen for Breakfast is gone at the source.")
    value_mappings.choose_none(world.maya, connection_id, "breakfast", expected_version=2)
    assert told(world.maya) == []


def test_an_endpoint_that_adjoin_disabled_is_told_until_it_is_enabled(world: World) -> None:
    occasions.disabled_endpoint(world, world.connect())
    assert title(world.dee) == "A webhook endpoint was disabled"
    assert (
        "https://hooks.d3x.example/a: It answered 410 Gone." in notices.of_person(world.dee)[0].text
    )
    endpoints.enable(world.dee, world.d3x_endpoint)
    assert told(world.dee) == ["connection.requested"]
    endpoints.disable(world.dee, world.d3x_endpoint)
    assert told(world.dee) == ["connection.requested"], "they know: they did it"


def test_who_is_new_at_a_place_is_told_what_needs_it_already(world: World) -> None:
    connections.reject(world.dee, world.connect(), "Which rooms?", now=world.now)
    for role, kinds in (("manager", ["connection.rejected"]), ("viewer", [])):
        email = f"{role}@harbour.example"
        sent = invitations.invite(world.maya, email, role, world.hotel, now=world.now)
        assert sent.link
        secret = sent.link.rpartition("/")[2]
        cookie = invitations.accept(
            secret, "New", "a long new password", device="A browser", address="x", now=world.now
        )
        assert told(_signed_in(cookie)) == kinds


def _signed_in(cookie: str) -> Actor:
    visitor = sign_ins.visit(cookie)
    assert visitor
    return visitor.actor
