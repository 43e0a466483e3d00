"""Runs: what becomes of every record, what is asked of the source, and how a run ends."""

import re
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from connectors.source import Fault, Page
from connectors.sources import KINDS
from domain import (
    belts,
    due,
    intake,
    integration_pages,
    integrations,
    loads,
    mappings,
    moments,
    plans,
    reject_pages,
    rejects,
    run_pages,
    runs,
    transfers,
)
from domain.actors import Actor
from domain.mapping.rows import Row
from domain.refusals import Refusal
from domain.run_pages import Counts
from storage import changes, database
from storage.integrations import Integration, Reject, Seen
from storage.records import Reservation
from storage.sources import Transfer
from tests import flows, harvest
from tests.builders import World
from tests.harvest import HotelSystem, reservation


@pytest.fixture(autouse=True)
def _small_pages(system: HotelSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of two, of a source whose reservations really go away."""
    monkeypatch.setattr(belts, "PER_PAGE", 2)
    flows.tell_deletions(monkeypatch)


@pytest.fixture
def clock(world: World, monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """What `moments.now` says: the last moment of the list."""
    told = [world.now]
    monkeypatch.setattr(moments, "now", lambda: told[-1])
    return told


def counts(run_id: str) -> Counts:
    part = flows.part(run_id)
    return Counts(*(getattr(part, name) for name in Counts._fields))


def test_the_first_run_creates_and_the_second_leaves_as_it_is(
    world: World, system: HotelSystem
) -> None:
    integration = flows.draft(world)
    integrations.activate(world.maya, integration, now=world.now)
    first = flows.work(flows.living(integration))
    assert flows.of(first).status == "succeeded"
    assert counts(first) == Counts(read=5, created=5)
    assert flows.part(first).pages == 3
    kept = flows.records()["res-1"]
    assert (kept.guest_name, kept.arrival.isoformat()) == ("Guest 1", "2026-12-02")
    assert "guest 1" in kept.search
    assert b"guest1@mail.example" in kept.raw
    again = flows.run(world, integration)
    assert counts(again) == Counts(read=5, unchanged=5)
    assert flows.records()["res-1"].run_id == first


def test_what_comes_as_it_came_before_is_not_even_mapped(
    world: World, system: HotelSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    integration = flows.active(world)
    system.records["reservations"][0]["Number"] = "changed"
    mapped: list[Any] = []
    belt_of = belts.belt_of

    def watched(*arguments: Any) -> Any:
        belt = belt_of(*arguments)
        convert = belt.mapped
        belt.mapped = lambda record: mapped.append(record["Id"]) or convert(record)  # type: ignore[func-returns-value]
        return belt

    monkeypatch.setattr(belts, "belt_of", watched)
    assert counts(flows.run(world, integration)) == Counts(read=5, updated=1, unchanged=4)
    assert mapped == ["res-1"]


def test_how_far_a_run_is_is_news_only_where_it_is_shown(
    world: World, system: HotelSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loads, "ANNOUNCED_EVERY", 0)
    integration = flows.active(world)
    told: list[changes.Change] = []
    stop = changes.listen(told.append)
    run = flows.run(world, integration)
    stop()
    nouns = [change.noun for change in told if change.id == run]
    assert nouns == ["run", "run", "progress", "progress", "progress", "run"]


def test_only_what_differs_is_updated(world: World, system: HotelSystem) -> None:
    integration = flows.active(world)
    system.records["reservations"][1]["Number"] = "77"
    system.records["reservations"].append(reservation(9))
    run = flows.run(world, integration)
    assert counts(run) == Counts(read=6, created=1, updated=1, unchanged=4)
    assert flows.records()["res-2"].number == "77"
    assert flows.records()["res-2"].run_id == run


WORDS = {"Confirmed": "confirmed", "C": "canceled", "S": "started"}
STATUSES = (
    *harvest.without(harvest.ROWS, "status"),
    Row(
        "status",
        "path",
        "State",
        "choice",
        {"values": {"Confirmed": "confirmed", "C": "canceled", "S": "started"}},
    ),
)


@pytest.mark.parametrize(
    ("ticked", "taken"),
    [
        (["created", "updated"], {"res-2"}),
        (["created", "canceled"], {"res-3"}),
        (["created", "status_changed"], {"res-4"}),
    ],
)
def test_kinds_of_change_that_are_not_ticked_are_counted_but_not_applied(
    world: World, system: HotelSystem, ticked: list[str], taken: set[str]
) -> None:
    source = harvest.source(world)
    transfers.activate(world.maya, harvest.mapped(world, source, STATUSES), now=world.now)
    integration = flows.active(world, source, wanted={"reservations": ticked})
    there = system.records["reservations"]
    there[1]["Number"], there[2]["State"], there[3]["State"] = "77", "C", "S"
    run = flows.run(world, integration)
    assert counts(run) == Counts(read=5, updated=1, unchanged=2, not_subscribed=2)
    assert {key for key, row in flows.records().items() if row.run_id == run} == taken


def test_nothing_new_is_created_when_that_is_not_ticked(world: World, system: HotelSystem) -> None:
    integration = flows.active(world, wanted={"reservations": ["updated"]})
    assert flows.records() == {}
    assert counts(flows.run(world, integration)) == Counts(read=5, not_subscribed=5)


def test_a_record_that_cannot_be_taken_is_kept_with_its_reason(
    world: World, system: HotelSystem
) -> None:
    integration = flows.active(world)
    system.records["reservations"][0]["Start"] = "the day after"
    system.records["reservations"][3].pop("Id")
    run = flows.run(world, integration)
    assert flows.of(run).status == "succeeded_with_rejects"
    assert counts(run) == Counts(read=5, unchanged=3, rejected=2)
    first, second = reject_pages.of_run(world.maya, run)
    assert first.external_id == "res-1"
    assert "the day after" in first.reasons[0].sentence
    assert second.external_id is None
    assert second.raw["Guest"]["Name"] == "Guest 4"
    assert set(flows.records()) == {"res-1", "res-2", "res-3", "res-4", "res-5"}, "not deleted"


def test_only_so_many_rejects_are_kept_and_then_nothing_is_taken_for_gone(
    world: World, system: HotelSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    integration = flows.active(world)
    monkeypatch.setattr(rejects, "MOST", 1)
    system.records["reservations"][0]["Start"] = "the day after"
    system.records["reservations"][1].pop("Id")
    run = flows.run(world, integration)
    assert counts(run) == Counts(read=5, unchanged=3, rejected=2)
    assert len(reject_pages.of_run(world.maya, run)) == 1
    assert len(flows.records()) == 5


def test_a_source_that_never_ends_is_given_up(
    world: World, system: HotelSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    integration = flows.active(world)
    monkeypatch.setattr(loads, "MOST_PAGES", 2)
    run = flows.run(world, integration)
    assert (flows.of(run).status, flows.part(run).error) == ("failed", "endless")
    assert flows.of(run).sentence == (
        "Reservations: There was no end to it after 2 pages. Look at the paging."
    )
    assert len(flows.records()) == 5, "what was not met is not taken for gone"


@pytest.mark.parametrize("total", [-1, 2**31, 2**64])
def test_a_number_of_records_that_cannot_be_is_no_news(
    world: World, system: HotelSystem, monkeypatch: pytest.MonkeyPatch, total: int
) -> None:
    integration = flows.active(world)
    page = Page([reservation(1)], None, total)
    kind = replace(KINDS["mews"], read=lambda *_: page)
    monkeypatch.setitem(KINDS, "mews", kind)  # type: ignore[arg-type]
    run = flows.run(world, integration)
    assert (flows.of(run).status, flows.part(run).total) == ("succeeded", None)


@pytest.mark.parametrize("error", ["rate_limited", "vendor_fault", "unreachable"])
def test_a_wait_of_a_day_is_left_to_the_next_run(
    world: World, system: HotelSystem, error: str
) -> None:
    integration = flows.active(world)
    system.fault = Fault(error, "Mews is busy.", None, 86_400)
    run = runs.run_now(world.maya, integration)
    intake.go_on(run, 1)
    assert (flows.of(run).status, flows.of(run).error) == ("failed", error)


def test_viewers_see_that_records_were_rejected_but_nothing_of_the_guests(
    world: World, system: HotelSystem
) -> None:
    integration = flows.active(world)
    system.records["reservations"][0]["Start"] = "when Maria comes"
    run = flows.run(world, integration)
    told = f"{reject_pages.of_run(world.noah, run)}{reject_pages.as_csv(world.noah, run)!r}"
    assert "Guest 1" not in told
    assert "Maria" not in told
    assert b"Guest 1" in reject_pages.as_csv(world.maya, run)


def test_a_key_that_says_who_a_guest_is_is_masked_for_viewers_everywhere(
    world: World, system: HotelSystem
) -> None:
    rows = [
        replace(row, source="Guest.Email") if row.target == "external_id" else row
        for row in harvest.ROWS
    ]
    source = harvest.source(world)
    transfer = harvest.mapped(world, source, rows=rows)
    transfers.activate(world.maya, transfer, now=world.now)
    integration = flows.draft(world, source)
    system.records["reservations"][0]["Start"] = "when Maria comes"
    run = flows.work(runs.dry_run(world.maya, integration, now=world.now))

    def told(who: Actor) -> str:
        rejected = reject_pages.of_run(who, run)
        file, previews = reject_pages.as_csv(who, run), run_pages.read(who, run).previews
        return f"{mappings.read(who, transfer).trial}{rejected}{file!r}{previews}"

    for key in ("guest1@", "guest2@"):
        assert key in told(world.maya)
        assert key not in told(world.noah)


def test_a_spreadsheet_takes_nothing_in_the_csv_for_a_formula(
    world: World, system: HotelSystem
) -> None:
    integration = flows.active(world)
    system.records["reservations"][0] |= {"Id": "=cmd|' /C calc'!A0", "Start": "=1+1"}
    system.records["reservations"][1] |= {"Id": "a;=1+1", "Start": '9;" @SUM(A1)'}
    system.records["reservations"][2] |= {"Id": "＝1+1", "Start": "2;-3;x=4-5"}
    text = reject_pages.as_csv(world.maya, flows.run(world, integration)).decode("utf-8-sig")
    assert "'=cmd" in text
    assert ",=" not in text
    assert "a;'=1+1" in text
    assert "'＝1+1" in text
    assert "2;'-3;x=4-5" in text
    assert not re.search(r"[;,][\" ]*[=@]", text)


def test_what_was_rejected_can_be_tried_again_with_a_better_mapping(
    world: World, system: HotelSystem
) -> None:
    source = harvest.source(world)
    transfer = harvest.active(world, source)
    integration = flows.active(world, source)
    system.records["reservations"] += [reservation(8, Start="08.12.2026", End="09.12.2026")]
    run = flows.run(world, integration)
    assert run_pages.read(world.maya, run).left == 1
    better = [
        replace(row, options={"format": "DD.MM.YYYY"}) if row.transform == "date" else row
        for row in harvest.ROWS
    ]
    system.records["reservations"] = [
        reservation(n, Start=f"{n:02}.12.2026", End=f"{n + 1:02}.12.2026") for n in range(1, 9)
    ]
    transfers.sample(world.maya, transfer, now=world.now)
    mappings.save(world.maya, transfer, better, expected_version=1, now=world.now)
    system.read.clear()
    again = flows.work(runs.retry(world.maya, run))
    assert flows.of(again).status == "succeeded"
    assert counts(again) == Counts(read=1, created=1)
    assert system.read == [], "nobody asked the source"
    assert flows.records()["res-8"].arrival.isoformat() == "2026-12-08"
    assert run_pages.read(world.maya, run).left == 0
    with pytest.raises(Refusal) as nothing:
        runs.retry(world.maya, run)
    assert nothing.value.code == "nothing_to_retry"


def test_trying_again_never_puts_an_older_record_over_a_newer_one(
    world: World, system: HotelSystem
) -> None:
    integration = flows.active(world)
    there = system.records["reservations"]
    there[0] = reservation(1, Start="soon", Number="old")
    rejecting = flows.run(world, integration)
    there[0] = reservation(1, Number="new")
    flows.run(world, integration)
    assert flows.records()["res-1"].number == "new"
    assert run_pages.read(world.maya, rejecting).left == 0, "taken by the run after it"


def test_what_is_gone_is_removed_after_a_complete_read(world: World, system: HotelSystem) -> None:
    integration = flows.active(world)
    del system.records["reservations"][1]
    run = flows.run(world, integration)
    assert counts(run) == Counts(read=4, unchanged=4, deleted=1)
    assert "res-2" not in flows.records()
    system.records["reservations"].append(reservation(2))
    assert counts(flows.run(world, integration)) == Counts(read=5, created=1, unchanged=4)
    with database.reading() as session:
        assert session.exec(select(Seen)).all() == []


def changed_at(key: str) -> datetime:
    with database.reading() as session:
        found = session.exec(select(Reservation).where(Reservation.external_id == key)).one()
        return found.changed_at


def test_a_record_says_when_our_copy_of_it_changed_last(
    world: World, system: HotelSystem, clock: list[datetime]
) -> None:
    integration = flows.active(world)
    reservations = system.records["reservations"]
    gone = reservations.pop(0)
    reservations[0]["Number"] = "77"
    clock.append(world.after(hours=25))  # everything is read again
    flows.run(world, integration)
    assert changed_at("res-1") == clock[-1]  # found removed
    assert changed_at("res-2") == clock[-1]
    assert changed_at("res-3") == world.now  # seen again, as it was
    assert flows.records()["res-3"].seen_at == clock[-1]
    reservations.append(gone)
    clock.append(world.after(hours=50))
    flows.run(world, integration)
    assert changed_at("res-1") == clock[-1]  # back, and the same as ever
    assert changed_at("res-2") == world.after(hours=25)


@pytest.mark.parametrize("why", ["not ticked", "empty", "without key", "broken off"])
def test_nothing_is_removed_without_being_sure(
    world: World, system: HotelSystem, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = {"reservations": ["created", "updated"]} if why == "not ticked" else flows.everything()
    integration = flows.active(world, wanted=wanted)
    left = system.records["reservations"] = system.records["reservations"][:3]
    if why == "empty":
        left.clear()
    if why == "without key":
        left[0].pop("Id")
    if why == "broken off":
        monkeypatch.setattr(system, "page", None)
        system.fault = Fault("garbled", "Not what was expected.")
    run = flows.run(world, integration)
    assert counts(run).deleted == 0
    assert len(flows.records()) == 5


def test_changes_are_asked_for_since_the_last_read_and_everything_once_a_day(
    world: World, system: HotelSystem, clock: list[datetime]
) -> None:
    system.filters = True
    integration = flows.active(world)
    assert system.read[-1][1].since is None
    clock.append(world.after(minutes=15))
    del system.records["reservations"][0]
    run = flows.run(world, integration)
    assert system.read[-1][1].since == world.now - plans.OVERLAP
    assert system.read[-1][1].until == clock[-1]
    assert counts(run).deleted == 0, "only changes were read"
    clock.append(world.after(hours=24))
    run = flows.run(world, integration)
    assert system.read[-1][1].since is None
    assert counts(run).deleted == 1


def test_a_failed_run_does_not_move_on_since_when_changes_are_asked_for(
    world: World, system: HotelSystem, clock: list[datetime]
) -> None:
    system.filters = True
    integration = flows.active(world)
    clock.append(world.after(minutes=15))
    system.fault = Fault("garbled", "Not what was expected.")
    flows.run(world, integration)
    system.fault = None
    clock.append(world.after(minutes=30))
    flows.run(world, integration)
    assert system.read[-1][1].since == world.now - plans.OVERLAP


def test_a_new_mapping_makes_the_next_run_read_everything(
    world: World, system: HotelSystem
) -> None:
    system.filters = True
    source = harvest.source(world)
    transfer = harvest.active(world, source)
    integration = flows.active(world, source)
    fewer = harvest.without(harvest.ROWS, "number")
    mappings.save(world.maya, transfer, fewer, expected_version=1, now=world.now)
    run = flows.run(world, integration)
    assert system.read[-1][1].since is None
    assert counts(run).updated == 5
    assert flows.records()["res-1"].number is None


def test_a_run_goes_on_where_the_job_before_was_cut(world: World, system: HotelSystem) -> None:
    integration = flows.draft(world)
    integrations.activate(world.maya, integration, now=world.now)
    run = flows.living(integration)
    intake.go_on(run, 1, seconds=0)
    assert flows.of(run).jobs == 2
    assert counts(run) == Counts(read=2, created=2)
    intake.go_on(run, 1)
    assert counts(run).read == 2, "the job before it has nothing to do any more"
    flows.work(run)
    assert counts(run) == Counts(read=5, created=5)
    assert flows.of(run).status == "succeeded"


def test_two_jobs_that_hold_the_same_page_apply_it_once(world: World, system: HotelSystem) -> None:
    integration = flows.draft(world)
    integrations.activate(world.maya, integration, now=world.now)
    run = flows.living(integration)
    ask, is_first = system.page, [True]

    def slow(*asked: object) -> object:
        if is_first.pop() if is_first else False:
            flows.work(run)  # another process is faster with all of it
        return ask(*asked)

    task = intake.begin(run, 1)
    assert task is not None
    harvest.KINDS["mews"] = replace(harvest.KINDS["mews"], read=slow)  # type: ignore[index]
    intake.carry(task)
    assert counts(run) == Counts(read=5, created=5)
    assert flows.of(run).status == "succeeded"


def test_a_canceled_run_applies_no_further_page(world: World, system: HotelSystem) -> None:
    integration = flows.active(world)
    run = runs.run_now(world.maya, integration)
    intake.go_on(run, 1, seconds=0)
    task = intake.begin(run, 2)
    assert task is not None
    runs.cancel(world.maya, run)
    intake.carry(task)
    assert counts(run).read == 2
    assert (flows.of(run).status, flows.of(run).canceled_by) == ("canceled", "Maya")
    with database.reading() as session:
        assert session.exec(select(Seen)).all() == []
    with pytest.raises(Refusal) as too_late:
        runs.cancel(world.maya, run)
    assert too_late.value.code == "wrong_state"


def test_a_dry_run_takes_what_comes_twice_in_a_page_as_a_run_does(
    world: World, system: HotelSystem
) -> None:
    integration = flows.active(world)
    again = {**reservation(9), "Number": "other"}
    system.records["reservations"] = [reservation(9), again]
    found = flows.work(runs.dry_run(world.maya, integration, now=world.now))
    assert flows.of(found).status == "succeeded"
    assert counts(found) == Counts(read=2, created=1, updated=1, deleted=5)


def test_what_is_known_is_looked_up_first_again_once_a_page_has_met_it(
    world: World, system: HotelSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    integration = flows.active(world)
    there = system.records["reservations"]
    system.records["reservations"] = [*map(reservation, range(11, 15)), *there]
    asked: list[str] = []
    known = belts.belt_of

    def watched(*arguments: Any) -> Any:
        belt = known(*arguments)
        key_of = belt.key_of
        belt.key_of = lambda record: asked.append(record["Id"]) or key_of(record)  # type: ignore[func-returns-value]
        return belt

    monkeypatch.setattr(belts, "belt_of", watched)
    assert counts(flows.run(world, integration)) == Counts(read=9, created=4, unchanged=5)
    # Two are made before anything is stored. Then all is taken for news until a page was not.
    assert asked == ["res-11", "res-12", "res-13", "res-14", "res-5"]


def test_in_a_first_run_one_that_comes_again_on_another_page_is_an_update(
    world: World, system: HotelSystem
) -> None:
    integration = flows.draft(world)
    again = {**reservation(1), "Number": "again"}
    system.records["reservations"] = [*map(reservation, range(1, 10)), again]
    integrations.activate(world.maya, integration, now=world.now)
    run = flows.work(flows.living(integration))
    assert counts(run) == Counts(read=10, created=9, updated=1)
    assert flows.records()["res-1"].number == "again"


def test_one_that_comes_as_it_was_after_a_page_that_changed_it_is_as_it_was_again(
    world: World, system: HotelSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    integration = flows.active(world)
    changed = {**reservation(1), "Number": "changed"}
    system.records["reservations"] = [changed, *map(reservation, (2, 1, 3, 4, 5))]
    mapped, apply, is_ahead = belts.mapped, loads.apply, threading.Event()

    def told(belt: belts.Belt, records: list[Any], *more: Any) -> Any:
        found = mapped(belt, records, *more)
        if reservation(3) in records:
            is_ahead.set()
        return found

    def waits(*given: Any) -> None:
        assert is_ahead.wait(20)  # the second page is looked up before the first is stored
        apply(*given)

    monkeypatch.setattr(belts, "mapped", told)
    monkeypatch.setattr(loads, "apply", waits)
    run = flows.run(world, integration)
    assert counts(run) == Counts(read=6, updated=2, unchanged=4)
    assert flows.records()["res-1"].number == "1001"


def test_a_dry_run_shows_what_would_change_and_writes_no_record(
    world: World, system: HotelSystem
) -> None:
    integration = flows.active(world)
    before = flows.records()
    there = system.records["reservations"]
    there[0]["Number"] = "77"
    there[1]["Guest"] = {"Name": "Somebody Else"}
    there[2] = reservation(9)
    run = flows.work(runs.dry_run(world.maya, integration))
    assert counts(run) == Counts(read=5, created=1, updated=2, unchanged=2, deleted=1)
    assert {key: row.model_dump() for key, row in flows.records().items()} == {
        key: row.model_dump() for key, row in before.items()
    }
    shown = {each.external_id: each for each in run_pages.read(world.maya, run).previews}
    assert shown["res-1"].cells[0][2:] == ("1001", "77")
    assert shown["res-9"].change == "created"
    told = repr(run_pages.read(world.noah, run).previews)
    assert "Somebody" not in told
    assert "77" in told


@pytest.mark.parametrize(
    ("fault", "pauses"),
    [
        (Fault("vendor_fault", "Mews has trouble."), list(intake.PAUSES)),
        (Fault("unreachable", "Mews gave no answer."), list(intake.PAUSES)),
        (Fault("rate_limited", "Too fast.", None, 7), [7] * 4),
    ],
)
def test_what_may_pass_is_tried_again_later_before_the_run_fails(
    world: World,
    system: HotelSystem,
    fault: Fault,
    pauses: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    integration = flows.active(world)
    monkeypatch.setattr(intake, "MOST_WAITS", 4)
    asked = []
    enqueue = plans.enqueue

    def note(*arguments: object, delay_seconds: float | None = None) -> None:
        asked.append(delay_seconds)
        enqueue(*arguments, delay_seconds=delay_seconds)  # type: ignore[arg-type]

    monkeypatch.setattr(plans, "enqueue", note)
    system.fault = fault
    run = flows.run(world, integration)
    assert asked[1:] == pauses
    assert flows.of(run).status == "failed"
    assert flows.of(run).error == fault.error


@pytest.mark.parametrize(
    ("error", "owner", "failures"), [("garbled", "property", 1), ("blocked", "platform", 0)]
)
def test_what_cannot_pass_ends_the_run_in_its_middle_at_once_and_counts_as_what_it_is(
    world: World, system: HotelSystem, error: str, owner: str, failures: int
) -> None:
    integration = flows.active(world)
    asked = system.page

    def page(way: Any, access: Any, wanted: Any) -> Page:
        system.fault = Fault(error, "It was not opened.") if wanted.cursor else None
        return asked(way, access, wanted)

    harvest.KINDS["mews"] = replace(harvest.KINDS["mews"], read=page)  # type: ignore[index]
    run = runs.run_now(world.maya, integration)
    intake.go_on(run, 1)
    found = flows.of(run)
    assert (found.status, found.jobs, found.error, found.owner) == ("failed", 1, error, owner)
    assert counts(run).read == 2, "the page before it stays"
    assert flows.stored(integration).failures == failures


def test_a_source_that_recovers_in_time_lets_the_run_go_on_where_it_stood(
    world: World, system: HotelSystem, clock: list[datetime]
) -> None:
    integration = flows.active(world)
    system.fault = Fault("rate_limited", "Mews asks us to slow down.", None, 7)
    run = runs.run_now(world.maya, integration)
    intake.go_on(run, 1)
    at = (world.now + timedelta(seconds=7)).astimezone(ZoneInfo("Europe/Berlin"))
    said = f"Mews asks us to slow down. It is asked again at {at:%H:%M:%S}."
    assert flows.of(run).sentence == said
    system.fault = None
    flows.work(run)
    assert flows.of(run).status == "succeeded"
    assert flows.of(run).sentence == ""


def test_a_run_fails_when_not_one_record_can_be_taken(world: World, system: HotelSystem) -> None:
    integration = flows.active(world)
    system.records["reservations"] = [reservation(n, Start="?") for n in range(1, 15)]
    run = flows.run(world, integration)
    assert flows.of(run).status == "failed"
    assert "Not one of the 14 records" in flows.of(run).sentence
    assert counts(run) == Counts(read=14, rejected=14)
    assert len(flows.records()) == 5


def test_a_required_field_that_vanished_pauses_the_transfer_before_anything_is_applied(
    world: World, system: HotelSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(belts, "PER_PAGE", 50)
    system.records["reservations"] = [reservation(n) for n in range(1, 31)]
    source = harvest.source(world)
    transfer = harvest.active(world, source)
    integration = flows.active(world, source)
    for record in system.records["reservations"]:
        record["Arrival"] = record.pop("Start")
    run = flows.run(world, integration)
    assert flows.of(run).error == "drift"
    assert counts(run).read == 0
    assert harvest.row_of(Transfer, transfer).status == "paused"
    assert integration_pages.read(world.maya, integration).row.stopped == ("reservations",)
    assert flows.stored(integration).failures == 0, "the mapping is to be put right, not the source"
    assert [mail.event for mail in flows.mails()] == ["transfer.paused"]


def test_a_page_that_comes_again_for_ever_ends_the_run(
    world: World, system: HotelSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    integration = flows.active(world)
    ask = system.page
    stuck = replace(harvest.KINDS["mews"], read=lambda *asked: replace(ask(*asked), cursor="2"))
    monkeypatch.setitem(harvest.KINDS, "mews", stuck)  # type: ignore[arg-type]
    run = flows.run(world, integration)
    assert flows.of(run).error == "endless"


def test_a_fault_of_our_own_fails_the_run_and_never_counts(
    world: World, system: HotelSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    integration = flows.active(world)
    monkeypatch.setattr(belts, "mapped", lambda *_: 1 / 0)
    run = flows.run(world, integration)
    assert (flows.of(run).status, flows.of(run).error) == ("failed", "ours")
    assert "ZeroDivision" not in flows.of(run).sentence
    assert flows.stored(integration).failures == 0
    assert flows.mails() == []


def test_a_key_that_comes_twice_keeps_the_last_one_and_the_counts_add_up(
    world: World, system: HotelSystem
) -> None:
    integration = flows.active(world)
    there = system.records["reservations"]
    there[:] = [reservation(7), reservation(7, Number="last"), reservation(1), reservation(1)]
    run = flows.run(world, integration)
    assert counts(run)[:6] == Counts(read=4, created=1, updated=1, unchanged=2)[:6]
    assert flows.records()["res-7"].number == "last"


def test_a_run_that_the_database_leaves_alone_goes_on_later(
    world: World, system: HotelSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    integration = flows.active(world)
    run = runs.run_now(world.maya, integration, now=world.now)
    gone = OperationalError("select", {}, Exception("the server went away"))

    def hiccup(*_: object) -> None:
        raise gone

    with monkeypatch.context() as patched:
        patched.setattr(loads, "apply", hiccup)
        intake.go_on(run, 1)
    assert flows.of(run).status == "running"
    assert flows.of(flows.work(run)).status == "succeeded"


def test_one_integration_that_cannot_start_holds_up_no_other(
    world: World, system: HotelSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = flows.active(world)
    second = flows.active(world, flows.stored(first).source_id, name="Second")
    queue = plans.queue

    def stumble(session: Session, integration: Integration, *more: Any) -> Any:
        if integration.id == first:
            raise RuntimeError("a bug")
        return queue(session, integration, *more)

    monkeypatch.setattr(plans, "queue", stumble)
    assert due.tick(now=world.after(minutes=20)) == 1
    assert flows.of(flows.living(second)).trigger == "schedule"


def test_a_run_that_was_lost_goes_on(world: World, system: HotelSystem) -> None:
    integration = flows.active(world)
    run = runs.run_now(world.maya, integration, now=world.now)
    assert due.sweep(now=world.after(minutes=10)) == 0, "its job is waiting"
    with database.transaction() as session:
        found = session.get_one(type(flows.of(run)), run)
        found.jobs = 7  # whose job is nowhere
    assert due.sweep(now=world.after(minutes=10)) == 1
    assert flows.of(flows.work(run)).status == "succeeded"


def test_old_rejects_and_runs_are_forgotten(world: World, system: HotelSystem) -> None:
    integration = flows.active(world)
    system.records["reservations"][0]["Start"] = "?"
    run = flows.run(world, integration)
    due.forget(now=moments.now() + timedelta(days=29))
    assert len(reject_pages.of_run(world.maya, run)) == 1
    due.forget(now=moments.now() + timedelta(days=31))
    assert reject_pages.of_run(world.maya, run) == ()
    due.forget(now=moments.now() + timedelta(days=190))
    assert run_pages.of_integration(world.maya, integration) == ()


def test_progress_says_how_far_and_how_fast(world: World, system: HotelSystem) -> None:
    integration = flows.active(world)
    run = runs.run_now(world.maya, integration)
    task = intake.begin(run, 1)
    assert task is not None
    intake.carry(task, seconds=0)
    started = flows.of(run).started_at
    assert started is not None
    row = run_pages.read(world.noah, run, now=started + timedelta(seconds=4)).row
    assert row.progress == (0.4, 0.5, 6.0)


def test_strangers_learn_of_no_run(world: World, system: HotelSystem) -> None:
    integration = flows.active(world)
    run = flows.run(world, integration)
    for stranger in harvest.strangers(world):
        for verb in (
            run_pages.read,
            reject_pages.of_run,
            reject_pages.as_csv,
            runs.cancel,
            runs.retry,
        ):
            with pytest.raises(Refusal) as refused:
                verb(stranger, run)
            assert refused.value.code == "not_found"


def test_a_run_of_the_newest_is_first(world: World, system: HotelSystem) -> None:
    integration = flows.active(world)
    run = flows.run(world, integration)
    listed = run_pages.of_integration(world.noah, integration)
    assert listed[0].id == run
    assert [row.trigger for row in listed] == ["hand", "enable"]
    before = listed[0].queued_at
    assert len(run_pages.of_integration(world.maya, integration, before=before)) == 1


def test_rejects_are_encrypted_at_rest(world: World, system: HotelSystem) -> None:
    integration = flows.active(world)
    system.records["reservations"][0]["Start"] = "?"
    run = flows.run(world, integration)
    reject = harvest.row_of(Reject, reject_pages.of_run(world.maya, run)[0].id)
    assert "Guest 1" not in reject.raw
