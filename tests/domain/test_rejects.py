"""Rejected records: one that comes with every run is kept once, until it is left out no more."""

import csv
import io

import pytest

from domain import (
    belts,
    due,
    integration_pages,
    integrations,
    moments,
    reject_pages,
    run_pages,
    runs,
)
from domain.refusals import Refusal
from domain.reject_pages import Rejected
from domain.run_pages import Counts
from tests import flows
from tests.builders import World
from tests.harvest import HotelSystem, reservation


@pytest.fixture(autouse=True)
def _small_pages(system: HotelSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of two, of a source whose reservations really go away."""
    monkeypatch.setattr(belts, "PER_PAGE", 2)
    flows.tell_deletions(monkeypatch)


def listed(world: World, run_id: str) -> dict[str | None, Rejected]:
    return {each.external_id: each for each in reject_pages.of_run(world.maya, run_id)}


def rejected(run_id: str) -> Counts:
    part = flows.part(run_id)
    return Counts(*(getattr(part, name) for name in Counts._fields))


def left_out(world: World, integration: str) -> int:
    left = integration_pages.read(world.maya, integration).row.left_out
    return left.records if left else 0


def test_what_comes_again_for_the_same_reasons_is_one_row_of_the_newest_run(
    world: World, system: HotelSystem
) -> None:
    integration = flows.active(world)
    there = system.records["reservations"]
    there[0]["Start"], there[3] = "soon", {"Number": "4", "Start": "later"}  # without a key
    first = flows.run(world, integration)
    for _ in range(2):
        newest = flows.run(world, integration)
        assert rejected(newest) == Counts(read=5, unchanged=3, rejected=2)
    met = listed(world, newest)
    assert {key: each.times for key, each in met.items()} == {"res-1": 3, None: 3}
    ended = flows.of(first).ended_at
    assert ended is not None
    assert all(each.first_at <= ended for each in met.values())
    assert listed(world, first) == {}
    assert run_pages.read(world.maya, first).newest == newest
    assert rejected(first).rejected == 2, "its counts stay what they were"
    assert left_out(world, integration) == 2


def test_the_same_record_twice_in_one_run_came_once(world: World, system: HotelSystem) -> None:
    integration = flows.active(world)
    bad = reservation(7, Start="soon")
    system.records["reservations"] = [bad, bad, bad, reservation(1)]
    (met,) = listed(world, flows.run(world, integration)).values()
    assert met.times == 1


def test_other_reasons_are_another_row(world: World, system: HotelSystem) -> None:
    integration = flows.active(world)
    record = system.records["reservations"][0]
    record["Start"] = "soon"
    first = flows.run(world, integration)
    record["Start"] = "later"
    newest = flows.run(world, integration)
    assert listed(world, first)["res-1"].became == "again"
    assert run_pages.read(world.maya, first).left == 0
    assert run_pages.read(world.maya, first).newest == newest
    assert "later" in listed(world, newest)["res-1"].reasons[0].sentence
    assert left_out(world, integration) == 1


@pytest.mark.parametrize("number", ["1001", "new"])
def test_what_converts_later_leaves_the_list_even_when_it_is_as_it_ever_was(
    world: World, system: HotelSystem, number: str
) -> None:
    integration = flows.active(world)
    good = system.records["reservations"][0]
    system.records["reservations"][0] = good | {"Start": "soon"}
    run = flows.run(world, integration)
    system.records["reservations"][0] = good | {"Number": number}
    flows.run(world, integration)
    assert listed(world, run)["res-1"].became == "fine"
    assert left_out(world, integration) == 0
    assert run_pages.read(world.maya, run).newest is None


def test_what_the_source_gives_no_more_is_not_left_out(world: World, system: HotelSystem) -> None:
    integration = flows.active(world)
    there = system.records["reservations"]
    there[0]["Start"] = "soon"
    there.append({"Number": "?"})
    run = flows.run(world, integration)
    del there[0], there[-1]
    system.filters = True
    flows.run(world, integration)
    assert left_out(world, integration) == 2, "only changes were read"
    system.filters = False
    flows.run(world, integration)
    assert {each.became for each in listed(world, run).values()} == {"gone"}
    assert left_out(world, integration) == 0


def test_an_empty_read_says_nothing_of_what_was_left_out(world: World, system: HotelSystem) -> None:
    integration = flows.active(world)
    system.records["reservations"][0]["Start"] = "soon"
    flows.run(world, integration)
    system.records["reservations"].clear()
    flows.run(world, integration)
    assert left_out(world, integration) == 1


def test_what_is_tried_again_in_vain_moves_on_to_the_run_that_tried_it(
    world: World, system: HotelSystem
) -> None:
    integration = flows.active(world)
    for record in system.records["reservations"][:3]:
        record["Start"] = "soon"
    run = flows.run(world, integration)
    again = flows.work(runs.retry(world.maya, run))
    assert rejected(again) == Counts(read=3, rejected=3)
    assert len(listed(world, again)) == 3
    lines = list(csv.DictReader(io.StringIO(reject_pages.as_csv(world.maya, again).decode())))
    assert [(line["Value"], line["Times"]) for line in lines] == [("soon", "2")] * 3
    with pytest.raises(Refusal) as elsewhere:
        runs.retry(world.maya, run)
    assert elsewhere.value.code == "nothing_to_retry"


def test_a_dry_run_shows_what_it_would_reject_and_leaves_nothing_out(
    world: World, system: HotelSystem
) -> None:
    integration = flows.active(world)
    system.records["reservations"][0]["Start"] = "soon"
    run = flows.work(runs.dry_run(world.maya, integration))
    assert list(listed(world, run)) == ["res-1"]
    assert left_out(world, integration) == 0
    flows.run(world, integration)
    flows.work(runs.dry_run(world.maya, integration))
    assert left_out(world, integration) == 1


def test_two_integrations_of_a_source_do_not_take_each_others_rows(
    world: World, system: HotelSystem
) -> None:
    first = flows.active(world)
    second = flows.active(world, flows.stored(first).source_id, name="Second")
    system.records["reservations"][0]["Start"] = "soon"
    flows.run(world, first)
    flows.run(world, second)
    assert (left_out(world, first), left_out(world, second)) == (1, 1)


def test_what_comes_still_is_not_forgotten_however_old_it_is(
    world: World, system: HotelSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    integration = flows.active(world)
    system.records["reservations"][0]["Start"] = "soon"
    flows.run(world, integration)
    due.tick(now=world.after(days=40))
    newest = flows.living(integration)
    with monkeypatch.context() as later:
        later.setattr(moments, "now", lambda: world.after(days=40))
        flows.work(newest)
    due.forget(now=world.after(days=41))
    assert listed(world, newest)["res-1"].first_at < world.after(days=1)


def test_removing_an_integration_removes_what_it_left_out(
    world: World, system: HotelSystem
) -> None:
    integration = flows.active(world)
    system.records["reservations"][0]["Start"] = "soon"
    run = flows.run(world, integration)
    flows.run(world, integration)
    integrations.remove(world.maya, integration)
    with pytest.raises(Refusal):
        reject_pages.of_run(world.maya, run)
