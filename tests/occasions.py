"""Brings about every kind of notice for tests, by the verbs that people and programs use."""

from domain import (
    app_drafts,
    cases,
    connections,
    core,
    dependents,
    outcomes,
    value_drift,
    value_mappings,
)
from domain.actors import Actor
from domain.escalations import Escalation
from storage import database
from storage.authorizations import Authorization
from storage.integrations import Integration
from storage.messages import Message
from tests import builders, flows, harvest, pantry
from tests.builders import World

CREDENTIALS = {"client_token": "C" * 20, "access_token": "A" * 20}


def every_kind(world: World) -> dict[str, Actor]:
    """Let everything happen that gives notice, and return who was given it, by kind.

    Mews has to accept `CREDENTIALS` as an app and be played as a source. D3x needs values of the
    hotel, and asks again; another app of D3x is rejected.
    """
    with builders.adding() as rows:
        for slug in ("spa", "tea", "bar"):
            builders.add_app(rows, slug, slug.title(), world.now, partner_id=world.d3x)
    gone_value(world)
    paused_transfer(world)
    disabled_integration(world)
    broken_connection(world)
    connections.reject(world.dee, world.connect("spa"), "Not yet.", now=world.now)
    disabled_endpoint(world, world.connect("tea"))
    escalated_case(world)
    texts = {"description": "Keys on phones", "setup_notes": ""}
    app_drafts.save(world.dee, "d3x", tagline="Keys", **texts, now=world.now)
    partner, hotel, platform = world.dee, world.maya, world.olga
    return {
        "case": platform,
        "case.evidence": hotel,
        "app.texts": platform,
        "connection.requested": partner,
        "connection.rejected": hotel,
        "connection.broken": hotel,
        "integration.disabled": hotel,
        "transfer.paused": hotel,
        "values.gone": hotel,
        "endpoint.disabled": partner,
    }


def escalated_case(world: World) -> str:
    """Let D3x pass a case of the hotel on to the platform; return its id."""
    connection_id = connections.connect(world.maya, world.hotel, "bar", now=world.now)
    connections.activate(world.dee, connection_id, now=world.now)
    case_id = cases.open_(world.maya, connection_id, "No arrivals", "None.", now=world.now)
    facts = Escalation("It is not us.", expected="Arrivals", came="Nothing")
    cases.escalate(world.dee, case_id, facts, now=world.now)
    return case_id


def broken_connection(world: World) -> str:
    """Let Mews accept credentials and then refuse them; return the connection's id."""
    connection_id = core.connect(world.maya, world.hotel, "mews", CREDENTIALS, now=world.now)
    authorization_id = builders.connection(connection_id).authorization_id
    with database.transaction() as session:
        found = session.get_one(Authorization, authorization_id)
        dependents.refuse(session, found, "Mews refuses the credentials.", world.now)
    return connection_id


def disabled_integration(world: World) -> str:
    """Let an integration disable itself; return its id."""
    integration_id = flows.active(world)
    with database.transaction() as session:
        found = session.get_one(Integration, integration_id)
        outcomes.disable(
            session, found, "errors", "30 runs in a row failed.", "property", world.now
        )
    return integration_id


def paused_transfer(world: World) -> str:
    """Let the source of a data transfer change; return the transfer's id."""
    transfer_id = harvest.active(world, harvest.source(world, name="Spa desk"))
    harvest.paused(world, transfer_id)
    return transfer_id


def gone_value(world: World) -> str:
    """Let the source lose what D3x's breakfast means; return the connection's id."""
    reads = harvest.source(world, name="Back office")
    harvest.active(world, reads)
    integration = flows.active(world, reads, name="Lists")
    lists = pantry.stock(world)
    source = flows.stored(integration).source_id
    with database.transaction() as session:
        number = pantry.add(
            session, "products", world.hotel, source, "buffet", world.now, "Buffet", "BRK"
        )
    value_mappings.choose(world.maya, lists.connection, "breakfast", number, expected_version=0)
    lists.change("buffet", active=False)
    value_drift.check(integration, now=world.now)
    return lists.connection


def disabled_endpoint(world: World, connection_id: str) -> Message:
    """Let D3x's endpoint answer that it is gone; return the message that it did not take."""
    (message,) = builders.messages_of(connection_id, "connection.requested")
    builders.attempt(message.id, now=world.now, code=410)
    return message
