"""The health of the platform: what waits, what fails, and which processes fell silent."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col

from domain import engines, integrations, platform_health
from domain.platform_health import Overview
from storage import database
from storage.properties import Property
from tests import builders, flows, harvest
from tests.builders import World


def overview(world: World, now: datetime | None = None) -> Overview:
    return platform_health.overview(world.olga, now=now or world.now)


def test_deliveries_wait_then_fail_then_are_given_up_by_destination(world: World) -> None:
    connection_id = world.connect()
    (message,) = builders.messages_of(connection_id)
    (to,) = overview(world).destinations
    assert (to.name, to.waiting, to.failing, to.endpoint) == ("D3x Ltd", 1, 0, "enabled")
    builders.attempt(message.id, now=world.now, code=503)
    found = overview(world)
    assert (found.waiting, found.undelivered, found.destinations[0].failing) == (0, 1, 1)
    builders.attempt(message.id, now=world.after(minutes=1), code=204)
    assert overview(world).destinations == ()


def test_the_oldest_pending_request_is_named(world: World) -> None:
    world.connect("freeguides", now=world.after(hours=-1))
    world.connect("d3x", now=world.after(hours=-30))
    pending = overview(world).pending
    assert (pending.count, pending.oldest) == (2, world.after(hours=-30))


def test_integrations_in_trouble_are_listed_with_their_hotel(
    world: World, system: harvest.HotelSystem
) -> None:
    source = harvest.source(world)
    harvest.active(world, source)
    made = flows.draft(world, source, name="Nightly", wanted={"reservations": ("created",)})
    integrations.activate(world.maya, made, now=world.now)
    assert overview(world).troubles == ()
    integrations.disable(world.maya, made, now=world.now)
    found = overview(world)
    (trouble,) = found.troubles
    assert (trouble.name, trouble.property, trouble.disabled_by) == (
        "Nightly",
        "Harbour Hotel",
        "property",
    )
    assert (found.disabled, found.failing) == (1, 0)


def test_a_process_that_falls_silent_is_missed_and_one_that_stopped_is_not(world: World) -> None:
    engines.beat("hotel1-serve", world.now, now=world.now)
    engines.beat("hotel1-worker", world.now, now=world.now)
    engines.beat("hotel1-serve", world.now, now=world.after(minutes=2))
    seen = {each.id: each.is_missed for each in overview(world, world.after(minutes=2)).engines}
    assert seen == {"hotel1-serve": False, "hotel1-worker": True}
    engines.beat("hotel1-serve", world.now, now=world.after(days=8))
    assert [each.id for each in overview(world, world.after(days=8)).engines] == ["hotel1-serve"]
    pulse = engines.Pulse("hotel1-serve")
    pulse.start()
    pulse.stop()
    assert overview(world).engines == ()


def test_jobs_that_wait_are_counted_with_the_oldest(world: World) -> None:
    assert overview(world).backlog.waiting == 0
    world.connect()
    backlog = overview(world).backlog
    assert backlog.waiting == 1
    assert backlog.oldest is not None
    assert backlog.running == 0


def test_the_parts_say_what_they_are(world: World, database_kind: str) -> None:
    parts = overview(world).parts
    assert parts.kind.lower() == database_kind
    assert (parts.database, parts.tables, parts.mail) == ("ready", "ready", False)
    assert parts.milliseconds > 0


def test_a_sandbox_has_no_part_in_it(world: World) -> None:
    world.connect()
    with database.transaction() as session:
        session.execute(
            sa.update(Property).where(col(Property.id) == world.hotel).values(sandbox_of=world.d3x)
        )
        session.execute(sa.text("UPDATE connections SET in_sandbox = true"))
    found = overview(world)
    assert (found.destinations, found.pending.count) == ((), 0)
