"""One integration and its runs: state, meter, progress, what was left out; all live."""

import csv
import io

import pytest
from nicegui import ElementFilter
from nicegui.testing import User

from connectors.source import Fault
from domain import (
    intake,
    integration_pages,
    integrations,
    moments,
    reject_pages,
    run_pages,
    runs,
    transfers,
)
from storage import database
from storage.integrations import Integration, Run
from tests import flows, harvest
from tests.builders import World
from tests.harvest import HotelSystem, reservation
from tests.ui import hands
from tests.ui.conftest import Person
from tests.ui.patience import until
from ui.components.menu import Menu
from ui.components.runchart import RunChart


@pytest.fixture(autouse=True)
def system(monkeypatch: pytest.MonkeyPatch) -> HotelSystem:
    """The hotel system behind every source."""
    return harvest.play(monkeypatch, "mews")


@pytest.fixture
async def maya(person: Person) -> User:
    return await person("maya@harbour.example")


@pytest.fixture
async def noah(person: Person) -> User:
    return await person("noah@harbour.example")


async def look(user: User, integration_id: str) -> None:
    await hands.go(user, f"/integrations/{integration_id}")


async def look_at_run(user: User, run_id: str) -> None:
    await hands.go(user, f"/integrations/{flows.of(run_id).integration_id}/runs/{run_id}")


async def choose(user: User, key: str) -> None:
    """Choose in the menu of the page, as a browser would."""
    with user:
        await next(iter(ElementFilter(kind=Menu)))._choose(key)


def gauge(user: User, role: str) -> dict[str, object]:
    """Return the props of a bar: of role progressbar or meter."""
    with user:
        found = [one for one in ElementFilter() if one.props.get("role") == role and one.visible]
    return dict(found[-1].props)


def with_rejects(world: World, system: HotelSystem) -> str:
    """Let a run have left out two of five reservations; return its id."""
    integration = flows.draft(world)
    system.records["reservations"] = [
        reservation(1),
        reservation(2, Start="soon"),
        reservation(3),
        reservation(4, Start="later"),
        reservation(5),
    ]
    integrations.activate(world.maya, integration, now=world.now)
    return flows.work(flows.living(integration))


# State, and what to do next


async def test_a_draft_says_what_is_missing_and_where(maya: User, world: World) -> None:
    source = harvest.source(world)
    transfer = harvest.active(world, source)
    integration = flows.draft(world, source)
    transfers.deactivate(world.maya, transfer, now=world.now)
    await look(maya, integration)
    await maya.should_see("A draft: not everything is there yet")
    await maya.should_see("Reservations of Front desk are not active: finish the mapping")
    await maya.should_see("Then come back here and press Activate.")
    way = hands.button(maya, "Open reservations").props["href"]
    assert way == f"/sources/{source}/transfers/{transfer}"
    assert "Activate" not in hands.labels(maya), "it would only refuse again"
    transfers.activate(world.maya, transfer, now=world.now)
    await maya.should_see("Everything is in place.")
    hands.press(maya, "Activate")
    await maya.should_see("The first run is on")
    assert flows.stored(integration).status == "active"


async def test_what_disabled_itself_says_why_and_comes_back_by_one_press(
    maya: User, world: World, system: HotelSystem
) -> None:
    integration = flows.active(world, limits=integrations.Limits(1, 1))
    flows.failed(integration, 1, world.after(hours=-2), world.now)
    system.fault = Fault("unreachable", "Mews did not answer in time.")
    flows.run(world, integration)
    assert flows.stored(integration).status == "disabled"
    await look(maya, integration)
    await maya.should_see("It disabled itself")
    await maya.should_see("First error: It began so.")
    await maya.should_see("Last error: Mews did not answer in time.")
    hands.press(maya, "Enable")
    await maya.should_see("Mews did not answer in time.")
    assert flows.stored(integration).status == "disabled"
    system.fault = None
    hands.press(maya, "Enable")
    await maya.should_see("Active: there is nothing for you to do")


async def test_refused_credentials_are_said_once_and_lead_to_the_repair(
    maya: User, world: World, system: HotelSystem
) -> None:
    source = harvest.source(world)
    harvest.active(world, source)
    integration = flows.active(world, source)
    await look(maya, integration)
    system.fault = harvest.REJECTED
    flows.run(world, integration)
    await maya.should_see("It disabled itself: Front desk refuses the credentials")
    await maya.should_see("Once the source is repaired, this goes on by itself.")
    await maya.should_see("Stopped")
    await maya.should_not_see("First error")
    await maya.should_not_see("is broken")
    assert hands.button(maya, "Repair the source").props["href"] == f"/sources/{source}"
    assert "Enable" not in hands.labels(maya)
    assert gauge(maya, "meter")["aria-valuenow"] == 100.0


async def test_the_first_run_is_not_called_nothing_to_do(maya: User, world: World) -> None:
    integration = flows.draft(world)
    integrations.activate(world.maya, integration, now=world.now)
    await look(maya, integration)
    await maya.should_see("The first run is on")
    await maya.should_not_see("Active: there is nothing for you to do")
    await maya.should_not_see("never")
    flows.work(flows.living(integration))
    await maya.should_see("Active: there is nothing for you to do")


async def test_a_failure_before_the_last_success_is_not_denied(
    maya: User, world: World, system: HotelSystem
) -> None:
    integration = flows.active(world)
    await look(maya, integration)
    await maya.should_see("No failed run now. 30 in a row, and 24 h without success")
    await maya.should_not_see("Last failed run")
    system.fault = Fault("unreachable", "Mews did not answer in time.")
    flows.run(world, integration)
    system.fault = None
    flows.run(world, integration)
    await maya.should_see("No failed run now.")
    await maya.should_see("Last failed run")


async def test_failing_runs_say_why_and_whose_turn_it_is(
    maya: User, world: World, system: HotelSystem
) -> None:
    integration = flows.active(world)
    system.fault = Fault("unreachable", "Mews did not answer in time.")
    await look(maya, integration)
    flows.run(world, integration)
    await maya.should_see("The last run failed. Not your turn")
    await maya.should_see("Mews did not answer in time.")
    await maya.should_see("It is tried again by itself.")


async def test_a_stopped_transfer_says_what_does_not_come_in(maya: User, world: World) -> None:
    source = harvest.source(world)
    transfer = harvest.active(world, source)
    integration = flows.active(world, source)
    await look(maya, integration)
    await maya.should_see("there is nothing for you to do")
    transfers.deactivate(world.maya, transfer, now=world.now)
    await maya.should_see("Reservations do not come in")
    await maya.should_see("Nothing comes in")  # beside the name, as in the list
    way = hands.button(maya, "Open reservations").props["href"]
    assert way == f"/sources/{source}/transfers/{transfer}"


async def test_a_paused_transfer_says_that_the_source_has_changed(maya: User, world: World) -> None:
    source = harvest.source(world)
    transfer = harvest.active(world, source)
    integration = flows.active(world, source)
    await look(maya, integration)
    await maya.should_see("there is nothing for you to do")
    harvest.paused(world, transfer)
    await maya.should_see("The source has changed. Put the mapping right")
    await maya.should_see("Until then nothing comes in.")


async def test_records_that_are_left_out_are_not_forgotten_by_later_runs(
    maya: User, world: World, system: HotelSystem
) -> None:
    run = with_rejects(world, system)
    integration = flows.of(run).integration_id
    retried = flows.work(runs.retry(world.maya, run))  # in vain
    system.records["reservations"] = [reservation(6)]
    flows.run(world, integration)
    await look(maya, integration)
    await maya.should_see("Active, but 2 records could not be taken")
    way = hands.button(maya, "See what is left out").props["href"]
    assert way == f"/integrations/{integration}/runs/{retried}"
    system.records["reservations"] = [reservation(2), reservation(4)]
    flows.run(world, integration)
    await maya.should_see("Active: there is nothing for you to do")


async def test_a_run_that_is_due_is_not_said_to_have_been(maya: User, world: World) -> None:
    integration = flows.active(world)
    with database.transaction() as session:
        session.get_one(Integration, integration).next_run_at = moments.now()
    await look(maya, integration)
    await maya.should_see("Next run any moment")


async def test_the_meter_says_how_far_it_is_from_disabling_itself(maya: User, world: World) -> None:
    integration = flows.active(world)
    flows.failed(integration, 15, world.after(hours=-13), world.now)
    await look(maya, integration)
    shown = gauge(maya, "meter")
    words = "15 of 30 in a row, would disable itself after 24 h without success"
    assert shown["aria-valuetext"] == words
    assert shown["aria-valuenow"] == 50.0
    await maya.should_see(words)


async def test_disable_asks_first_and_enable_brings_it_back(maya: User, world: World) -> None:
    integration = flows.active(world)
    await look(maya, integration)
    await choose(maya, "disable")
    hands.fill(maya, "Reason", "We change rooms.")
    hands.press(maya, "Disable")
    await maya.should_see("Disabled by hand")
    await maya.should_see("We change rooms.")
    hands.press(maya, "Enable")
    await until(lambda: flows.stored(integration).status == "active")


async def test_remove_asks_first(maya: User, world: World) -> None:
    integration = flows.active(world)
    await look(maya, integration)
    await choose(maya, "remove")
    await maya.should_see("The records that it brought in stay")
    hands.press(maya, "Remove")
    await maya.should_see("Your source is there")
    assert integration_pages.of_property(world.maya, world.hotel) == ()
    assert len(flows.records()) == 5


# Runs


async def test_run_now_shows_the_run_and_its_end_live(maya: User, world: World) -> None:
    integration = flows.active(world)
    await look(maya, integration)
    hands.press(maya, "Run now")
    await maya.should_see("A run is queued")
    await until(lambda: hands.rows(maya, "Runs")[0]["status"] == "queued")
    await until(lambda: hands.button(maya, "Run now").props.get("why-not"))
    flows.work(flows.living(integration))
    await maya.should_not_see("A run is queued")
    await until(lambda: hands.rows(maya, "Runs")[0]["status"] == "succeeded")
    newest = hands.rows(maya, "Runs")[0]
    assert (newest["read"], newest["unchanged"], newest["why"]) == (5, 5, "By Maya")


async def test_progress_says_how_many_how_fast_and_how_much_longer(
    maya: User, world: World
) -> None:
    integration = flows.active(world)
    run_id = runs.run_now(world.maya, integration)
    with database.transaction() as session:
        run = session.get_one(Run, run_id)
        run.status, run.started_at = "running", world.after(seconds=-10)
        part = flows.part(run_id)
        part.read, part.total, part.unchanged = 1000, 4000, 1000
        session.add_all((run, session.merge(part)))
    await look(maya, integration)
    await maya.should_see("A run is on")
    shown = gauge(maya, "progressbar")
    assert shown["aria-valuenow"] == 25.0
    words = str(shown["aria-valuetext"])
    assert words.startswith("1,000 of about 4,000 records · ")
    assert words.endswith(" left")


async def test_progress_says_when_nobody_knows_how_many_there_are(maya: User, world: World) -> None:
    integration = flows.active(world)
    run_id = runs.run_now(world.maya, integration)
    with database.transaction() as session:
        run = session.get_one(Run, run_id)
        run.status, run.started_at = "running", world.after(seconds=-10)
        part = flows.part(run_id)
        part.read, part.total, part.unchanged = 1000, None, 1000
        session.add_all((run, session.merge(part)))
    await look(maya, integration)
    words = str(gauge(maya, "progressbar")["aria-valuetext"])
    assert words.startswith("1,000 records · ")
    assert words.endswith("the source does not tell how many there are")


async def test_a_run_that_has_to_wait_says_until_when(
    maya: User, world: World, system: HotelSystem
) -> None:
    integration = flows.active(world)
    system.fault = Fault("rate_limited", "Mews asks us to slow down.", None, 7)
    run_id = runs.run_now(world.maya, integration)
    intake.go_on(run_id, 1)
    await look(maya, integration)
    words = str(gauge(maya, "progressbar")["aria-valuetext"])
    assert words.startswith("Mews asks us to slow down. It is asked again at ")


async def test_cancel_stops_it(maya: User, world: World) -> None:
    integration = flows.active(world)
    run_id = runs.run_now(world.maya, integration)
    await look(maya, integration)
    hands.press(maya, "Cancel")
    await until(lambda: flows.of(run_id).status == "canceled")
    await until(lambda: hands.rows(maya, "Runs")[0]["status"] == "canceled")


async def test_the_chart_shows_real_runs_from_left_to_right(maya: User, world: World) -> None:
    integration = flows.active(world)
    last = flows.run(world, integration)
    runs.dry_run(world.maya, integration)
    await look(maya, integration)
    with maya:
        points = next(iter(ElementFilter(kind=RunChart))).points
    assert [(point["created"], point["unchanged"]) for point in points] == [(5, 0), (0, 5)]
    assert points[-1]["href"] == f"/integrations/{integration}/runs/{last}"


async def test_a_dry_run_shows_what_would_change(
    maya: User, world: World, system: HotelSystem
) -> None:
    integration = flows.active(world)
    system.records["reservations"][0] = reservation(1, Guest={"Name": "Anne Smith"})
    await look(maya, integration)
    hands.press(maya, "Dry run")
    await maya.should_see("Waits for its turn")
    flows.work(flows.living(integration))
    await maya.should_see("What would change")
    for words in ("res-1", "Guest 1", "Anne Smith", "It wrote no record.", "Would be updated"):
        await maya.should_see(words)
    assert flows.records()["res-1"].guest_name == "Guest 1"
    hands.press(maya, "Run now")
    await maya.should_see("Waits for its turn")
    flows.work(flows.living(integration))
    assert flows.records()["res-1"].guest_name == "Anne Smith"


async def test_a_failed_run_says_why_and_whose_turn_it_is(
    maya: User, world: World, system: HotelSystem
) -> None:
    integration = flows.active(world)
    system.fault = Fault(
        "not_permitted", "These credentials may not read reservations.", request_id="req-77"
    )
    run_id = flows.run(world, integration)
    await look_at_run(maya, run_id)
    await maya.should_see("It failed. Your turn")
    await maya.should_see("These credentials may not read reservations.")
    await maya.should_see("The other system calls it req-77.")


# What was left out


async def test_rejected_records_are_shown_with_reason_and_original(
    maya: User, world: World, system: HotelSystem
) -> None:
    run_id = with_rejects(world, system)
    await look_at_run(maya, run_id)
    await maya.should_see("2 records could not be taken")
    for words in ("res-2", "res-4", "soon", "guest2@mail.example"):
        await maya.should_see(words)
    part = hands.rows(maya, "Counts by type of data")[0]
    assert (part["read"], part["created"], part["rejected"]) == (5, 3, 2)


async def test_a_reject_leads_to_the_row_of_the_mapping_that_it_is_about(
    maya: User, world: World, system: HotelSystem
) -> None:
    run = with_rejects(world, system)
    page = run_pages.read(world.maya, run)
    await look_at_run(maya, run)
    await maya.should_see("Arrival in the mapping")
    transfer = f"/sources/{page.source_id}/transfers/{page.parts[0].transfer_id}"
    with maya:
        ways = [one.props.get("href") for one in ElementFilter() if one.props.get("href")]
    assert ways.count(f"{transfer}?at=arrival") == 2


def test_what_is_still_left_out_comes_before_what_was_taken_since(
    world: World, system: HotelSystem
) -> None:
    run = with_rejects(world, system)
    system.records["reservations"] = [reservation(2)]
    flows.run(world, flows.of(run).integration_id)
    first, second = reject_pages.of_run(world.maya, run)
    assert (first.external_id, second.external_id) == ("res-4", "res-2")
    assert reject_pages.of_run(world.maya, run, after=first.id) == (second,)
    assert reject_pages.of_run(world.maya, run, after=second.id) == ()


async def test_what_came_in_since_says_so_instead_of_what_to_do(
    maya: User, world: World, system: HotelSystem
) -> None:
    run = with_rejects(world, system)
    system.records["reservations"] = [reservation(2)]
    flows.run(world, flows.of(run).integration_id)
    await look_at_run(maya, run)
    await maya.should_see("1 of 2 records has come in since; 1 is left out still")
    await maya.should_see("Came in")
    with maya:
        ways = [one.props.get("href") for one in ElementFilter() if one.props.get("href")]
    assert sum("?at=arrival" in way for way in ways) == 1, "of the one that is left out"


async def test_what_no_mapping_can_read_is_to_be_corrected_at_the_source(
    maya: User, world: World, system: HotelSystem
) -> None:
    integration = flows.draft(world)
    system.records["reservations"] = [reservation(1, Start="2026-02-30"), reservation(2)]
    integrations.activate(world.maya, integration, now=world.now)
    run = flows.work(flows.living(integration))
    await look_at_run(maya, run)
    await maya.should_see("is a day that does not exist")
    await maya.should_see("Correct it in the source system. The next run brings it in.")
    await maya.should_not_see("Arrival in the mapping")


async def test_a_run_that_found_nothing_new_says_so(
    maya: User, world: World, system: HotelSystem
) -> None:
    integration = flows.active(world)
    flows.run(world, integration)
    await look_at_run(maya, flows.run(world, integration))
    await maya.should_see("There was nothing to change")
    await maya.should_not_see("Every record was taken")
    system.filters, system.records["reservations"] = True, []
    await look_at_run(maya, flows.run(world, integration))
    await maya.should_see("Reservations: nothing new.")


async def test_a_run_in_vain_does_not_say_that_all_others_were_taken(
    maya: User, world: World, system: HotelSystem
) -> None:
    run = with_rejects(world, system)
    await look_at_run(maya, run)
    await maya.should_see("All others were. See below why")
    await look_at_run(maya, flows.work(runs.retry(world.maya, run)))
    await maya.should_see("2 records could not be taken")
    await maya.should_not_see("All others were")
    parts = hands.rows(maya, "Counts by type of data")
    assert parts[0]["how"] == "only what was rejected"


async def test_a_run_says_what_it_did_not_ask_for(maya: User, world: World) -> None:
    source = harvest.source(world)
    harvest.active(world, source)
    guests = {"guests": ("created", "updated")}
    integration = flows.draft(world, source, wanted=flows.everything() | guests)
    run = flows.work(runs.dry_run(world.maya, integration))
    await look_at_run(maya, run)
    await maya.should_see("Guests were not asked for")


async def test_a_viewer_sees_rejects_masked(noah: User, world: World, system: HotelSystem) -> None:
    run_id = with_rejects(world, system)
    await look_at_run(noah, run_id)
    await noah.should_see("res-2")
    await noah.should_see("What tells about guests is masked for you.")
    await noah.should_not_see("guest2@mail.example")
    await noah.should_not_see("soon")
    why_not = hands.button(noah, "Retry rejected").props["why-not"]
    assert why_not == "Only a manager of Harbour Hotel can do this."


async def test_rejects_are_downloaded_as_csv(maya: User, world: World, system: HotelSystem) -> None:
    run_id = with_rejects(world, system)
    await look_at_run(maya, run_id)
    hands.press(maya, "Download rejects")
    answer = await maya.download.next()
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(line["Primary key"], line["Value"]) for line in lines] == [
        ("res-2", "soon"),
        ("res-4", "later"),
    ]


async def test_retry_takes_what_can_be_taken_now(
    maya: User, world: World, system: HotelSystem
) -> None:
    run_id = with_rejects(world, system)
    await look_at_run(maya, run_id)
    hands.press(maya, "Retry rejected")
    await maya.should_see("Rejects tried again")
    again = flows.living(flows.of(run_id).integration_id)
    flows.work(again)
    assert flows.of(again).status == "succeeded_with_rejects"
    await maya.should_see("2 records could not be taken")


async def test_what_came_again_is_listed_with_the_newest_run_only(
    maya: User, world: World, system: HotelSystem
) -> None:
    first = with_rejects(world, system)
    newest = flows.run(world, flows.of(first).integration_id)
    await look_at_run(maya, first)
    await maya.should_see("2 records could not be taken then")
    await maya.should_see("came again since, and is listed with the newer run")
    await maya.should_see("Nothing is listed here any more.")
    assert "came again" in hands.button(maya, "Retry rejected").props["why-not"]
    assert hands.button(maya, "Open the newer run").props["href"].endswith(newest)
    await look_at_run(maya, newest)
    await maya.should_see("Came 2 times")
    await maya.should_see("2 records could not be taken")


# Who may what


async def test_a_viewer_sees_buttons_that_say_why_not(noah: User, world: World) -> None:
    integration = flows.active(world)
    await look(noah, integration)
    for label in ("Run now", "Dry run"):
        assert hands.button(noah, label).props["why-not"].startswith("Only a manager")
    await choose(noah, "remove")
    await noah.should_not_see("The records that it brought in stay")
    assert flows.stored(integration).status == "active"


async def test_a_run_is_found_only_under_its_integration(maya: User, world: World) -> None:
    source = harvest.source(world)
    harvest.active(world, source)
    first = flows.active(world, source)
    other = flows.draft(world, source, name="Other")
    run_id = run_pages.of_integration(world.maya, first)[0].id
    await maya.open(f"/integrations/{other}/runs/{run_id}")
    await maya.should_see("There is no such page")
