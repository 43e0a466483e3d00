"""Every night: a source that has changed is found before a run finds it."""

import pytest

from connectors.source import Fault
from domain import drift_checks, transfers
from storage import jobs
from storage.sources import Source, Transfer
from tests import harvest
from tests.builders import World
from tests.harvest import REJECTED, HotelSystem


def rename(system: HotelSystem, old: str) -> None:
    for record in system.records["reservations"]:
        record[f"{old}Utc"] = record.pop(old)


def test_a_vanished_required_field_pauses_the_transfer_at_night(
    world: World, system: HotelSystem
) -> None:
    transfer_id = harvest.active(world)
    drift_checks.check_one(transfer_id, now=world.after(days=1))
    assert harvest.row_of(Transfer, transfer_id).status == "active"
    rename(system, "Start")
    drift_checks.check_one(transfer_id, now=world.after(days=2))
    page = transfers.read(world.maya, transfer_id, now=world.after(days=2))
    assert (page.row.status, page.row.sampled_at) == ("paused", world.after(days=2))
    assert [each.place for each in page.missing] == ["field:arrival"]


@pytest.mark.parametrize("error", ["unreachable", "vendor_fault", "rate_limited"])
def test_a_source_that_cannot_be_read_is_left_for_tomorrow(
    world: World, system: HotelSystem, error: str
) -> None:
    transfer_id = harvest.active(world)
    before = harvest.row_of(Transfer, transfer_id)
    system.fault = Fault(error, "Mews could not be read.")
    drift_checks.check_one(transfer_id, now=world.after(days=1))
    assert harvest.row_of(Transfer, transfer_id) == before


def test_refused_credentials_are_found_at_night_too(world: World, system: HotelSystem) -> None:
    source_id = harvest.source(world)
    transfer_id = harvest.active(world, source_id)
    system.fault = REJECTED
    drift_checks.check_one(transfer_id, now=world.after(days=1))
    assert harvest.row_of(Source, source_id).status == "broken"
    assert harvest.row_of(Transfer, transfer_id).status == "active"


def test_what_feeds_on_a_paused_transfer_hears_of_it(
    world: World, system: HotelSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfers, "_when_paused", [])
    heard: list[str] = []
    transfers.when_paused(lambda session, transfer, reason, now: heard.append(transfer.id))
    transfer_id = harvest.active(world)
    rename(system, "Id")
    for day in (1, 2):
        drift_checks.check_one(transfer_id, now=world.after(days=day))
    assert heard == [transfer_id]


def test_each_active_transfer_is_a_job_of_its_own(
    world: World, system: HotelSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    source_id = harvest.source(world)
    transfer_id = harvest.active(world, source_id)
    harvest.transfer(world, source_id, "guests")  # inactive
    queued: list[tuple[str, tuple[object, ...], str]] = []

    def enqueue(
        session: object, name: str, job_id: str, *arguments: object, destination: str
    ) -> None:
        queued.append((job_id, arguments, destination))

    monkeypatch.setattr(jobs, "enqueue", enqueue)
    monkeypatch.setattr("domain.moments.now", lambda: world.now)
    drift_checks.check_every_night()
    assert queued == [(f"drift-{transfer_id}-{world.now:%Y-%m-%d}", (transfer_id,), "vendor-mews")]
    asked = len(system.read)
    drift_checks.check.__wrapped__(transfer_id)  # as the queue calls it
    drift_checks.check.__wrapped__("tra_never")
    assert len(system.read) == asked + 1
