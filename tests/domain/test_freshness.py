"""How fresh each type of a hotel's data is: fresh, stale, stopped, or never there, in words."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.source import Fault
from domain import freshness, integrations, runs
from domain.freshness import Row
from domain.schedules import Schedule
from tests import flows, harvest, occasions
from tests.builders import World
from tests.domain.refusing import refused
from tests.harvest import HotelSystem


def only(world: World, **after: float) -> Row:
    (row,) = freshness.of_property(world.maya, world.hotel, now=world.after(**after))
    return row


def test_what_came_in_is_fresh_and_grows_stale_when_two_runs_bring_nothing(
    world: World, system: HotelSystem
) -> None:
    integration = flows.active(world)
    row = only(world)
    assert (row.type, row.label, row.integration_id) == (
        "reservations",
        "Reservations",
        integration,
    )
    assert (row.state, row.words) == ("fresh", "Comes every 15 minutes.")
    assert row.as_of is not None
    assert row.runs == ("succeeded",)
    assert only(world, minutes=40).state == "fresh"
    late = only(world, hours=3)
    assert late.state == "stale"
    assert late.words == "Stale: nothing has come in for 3 hours, expected every 15 minutes."


def test_a_run_that_failed_makes_nothing_fresher(world: World, system: HotelSystem) -> None:
    integration = flows.active(world)
    as_of = only(world).as_of
    system.fault = Fault("unreachable", "Mews did not answer.")
    flows.run(world, integration)
    row = only(world)
    assert (row.as_of, row.runs) == (as_of, ("succeeded", "failed"))


def test_rejects_are_marked_and_a_dry_run_is_not(world: World, system: HotelSystem) -> None:
    integration = flows.active(world)
    system.records["reservations"][0]["Start"] = "some day"
    flows.run(world, integration)
    flows.work(runs.dry_run(world.maya, integration))
    assert only(world).runs == ("succeeded", "succeeded_with_rejects")


def test_what_is_disabled_or_paused_is_stopped(world: World, system: HotelSystem) -> None:
    integration = occasions.disabled_integration(world)
    row = only(world)
    assert (row.state, row.words) == ("stopped", "Stopped: the integration is disabled.")
    integrations.enable(world.maya, integration)
    flows.work(flows.living(integration))
    assert only(world).state == "fresh"


def test_a_type_whose_transfer_is_paused_is_stopped(world: World, system: HotelSystem) -> None:
    source = harvest.source(world)
    transfer = harvest.active(world, source)
    flows.active(world, source)
    harvest.paused(world, transfer)
    assert only(world).words == "Stopped: its data transfer is not active."


def test_a_draft_promises_nothing_and_a_new_one_waits(world: World, system: HotelSystem) -> None:
    drafted = flows.draft(world)
    assert freshness.of_property(world.maya, world.hotel) == ()
    integrations.activate(world.maya, drafted, now=world.now)
    row = only(world)
    assert (row.state, row.as_of, row.runs) == ("never", None, ())
    assert row.words == "Nothing has come in yet. It comes every 15 minutes."


def test_everybody_of_the_hotel_reads_it_and_nobody_else(world: World, system: HotelSystem) -> None:
    flows.active(world)
    assert freshness.of_property(world.noah, world.hotel)
    assert freshness.of_property(world.charlie, world.lodge) == ()
    for stranger in (world.charlie, world.dee, world.olga):
        assert refused(freshness.of_property, stranger, world.hotel).code == "not_found"


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (Schedule("every", minutes=60), timedelta(hours=2, minutes=15)),
        (Schedule("webhook", minutes=120), timedelta(hours=4, minutes=15)),
        (Schedule("daily", at="13:00"), timedelta(hours=25, minutes=15)),
        (Schedule("by_hand"), None),
    ],
)
def test_data_are_stale_after_two_runs_that_brought_nothing(
    schedule: Schedule, expected: timedelta | None
) -> None:
    noon = datetime(2026, 6, 10, 12, tzinfo=UTC)
    limit = freshness.stale_at(schedule, noon, "UTC")
    assert (limit - noon if limit else None) == expected
