"""Integrations: what it takes to activate one, and when it disables itself, loudly but once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connectors.source import Fault
from domain import (
    alerts,
    authorization_pages,
    authorizations,
    due,
    intake,
    integration_pages,
    integrations,
    meter,
    outcomes,
    run_pages,
    runs,
    schedules,
    transfers,
)
from domain.alerts import Recipient
from domain.integrations import Draft
from domain.meter import Limits
from domain.readiness import NotReady
from domain.refusals import Refusal
from domain.schedules import Schedule
from storage import database
from storage.integrations import Integration
from tests import builders, flows, harvest
from tests.builders import World
from tests.harvest import HotelSystem

GARBLED = Fault("garbled", "Mews did not give what was expected.")


def fail(integration_id: str, now: datetime, error: str = "garbled", said: str = "No.") -> None:
    """Let one more run have failed at a moment."""
    with database.transaction() as session:
        found = session.get_one(Integration, integration_id)
        outcomes.failed(session, found, error, said, "property", now)


def test_a_draft_does_nothing_until_it_is_activated_and_then_runs_at_once(
    world: World, system: HotelSystem
) -> None:
    drafted = flows.draft(world)
    assert integration_pages.read(world.noah, drafted).row.status == "draft"
    assert due.tick(now=world.after(days=1)) == 0
    integrations.activate(world.maya, drafted, now=world.now)
    flows.work(flows.living(drafted))
    row = integration_pages.read(world.maya, drafted, now=world.now).row
    assert (row.status, row.running) == ("active", None)
    assert row.last_run is not None
    assert row.last_run.status == "succeeded"
    assert row.next_run_at == world.after(minutes=15)
    assert harvest.events_of(drafted) == ["integration.created", "integration.activated"]


def test_activating_is_refused_with_everything_that_is_missing(
    world: World, system: HotelSystem
) -> None:
    source = harvest.source(world)
    harvest.mapped(world, source)
    drafted = flows.draft(world, source, wanted={**flows.everything(), "guests": ["created"]})
    with pytest.raises(NotReady) as refused:
        integrations.activate(world.maya, drafted, now=world.now)
    assert [each.place for each in refused.value.missing] == [
        "transfer:reservations",
        "transfer:guests",
    ]
    assert integration_pages.read(world.maya, drafted).missing == refused.value.missing
    nothing = flows.draft(world, source, wanted={})
    with pytest.raises(NotReady) as refused:
        integrations.activate(world.maya, nothing, now=world.now)
    (obstacle,) = refused.value.missing
    assert obstacle.place == "transfer:reservations", "nothing can be ticked before it is active"
    assert obstacle.sentence == (
        "Reservations of Front desk are not active: finish the mapping and press Activate there."
    )


def test_a_draft_without_ticks_says_what_can_be_ticked_or_what_has_to_come_first(
    world: World, system: HotelSystem
) -> None:
    source = harvest.source(world)
    drafted = flows.draft(world, source, wanted={})
    (first,) = integration_pages.read(world.maya, drafted).missing
    assert first == ("Front desk has no data transfer yet. Add one first.", "source")
    harvest.active(world, source)
    (then,) = integration_pages.read(world.maya, drafted).missing
    assert then == ("Reservations of Front desk can come in. Tick what you want.", "wanted")


def test_what_is_offered_says_what_comes_in_already_and_takes_no_name_twice(
    world: World, system: HotelSystem
) -> None:
    source = harvest.source(world)
    harvest.active(world, source)
    flow = flows.draft(world, source, name="Front desk")
    (offered,) = integration_pages.offered(world.maya, world.hotel)
    assert {each.brought_by for each in offered.types} == {()}, "a draft brings nothing in"
    assert offered.new_name == "Front desk 2"
    integrations.activate(world.maya, flow, now=world.now)
    (offered,) = integration_pages.offered(world.maya, world.hotel)
    brought = {each.type: each.brought_by for each in offered.types}
    assert (brought["reservations"], brought["guests"]) == (("Front desk",), ())
    own = integration_pages.read(world.maya, flow).offered
    assert {each.brought_by for each in own.types} == {()}, "it is no double of itself"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"wanted": {"reservations": ["exploded"]}}, "cannot bring this in"),
        ({"wanted": {"nonsense": ["created"]}}, "cannot bring this in"),
        ({"schedule": Schedule("every", minutes=0)}, "number of minutes"),
        ({"schedule": Schedule("daily", at="25:00")}, "such as 04:30"),
        ({"schedule": Schedule("sometimes")}, "when it runs"),
        ({"limits": Limits(failures_in_a_row=0)}, "failed runs"),
        ({"limits": Limits(warn_at=(1.5,))}, "between 1 and 99"),
        ({"recipients": (Recipient("nobody"),)}, "no mail address"),
        ({"recipients": (Recipient("ünï@exämple.com"),)}, "no mail address"),
        ({"recipients": (Recipient("a@b.example\nBcc: c@d.example"),)}, "no mail address"),
        ({"recipients": (Recipient("a@b.example", rejects_above=101),)}, "percent"),
        ({"name": "x" * 81}, "name"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    world: World, system: HotelSystem, wrong: dict[str, object], words: str
) -> None:
    source = harvest.source(world)
    before = builders.snapshot()
    with pytest.raises(Refusal) as refused:
        flows.draft(world, source, **wrong)
    assert words in refused.value.message
    assert builders.snapshot() == before


def test_a_source_of_another_hotel_cannot_be_chosen(world: World, system: HotelSystem) -> None:
    theirs = harvest.source(world, world.charlie)
    for source in (theirs, "src_never"):
        with pytest.raises(Refusal) as refused:
            integrations.create(world.maya, world.hotel, Draft(source))
        assert refused.value.message == "Choose a source of this property."


def test_changing_what_is_wanted_keeps_the_source_and_moves_the_next_run(
    world: World, system: HotelSystem
) -> None:
    flow = flows.active(world)
    daily = Draft("", "Nightly", flows.everything(), Schedule("daily", at=" 4:30 "))
    integrations.change(world.maya, flow, daily, now=world.now)
    row = integration_pages.read(world.maya, flow).row
    assert (row.name, row.schedule.at) == ("Nightly", "04:30")
    assert row.next_run_at is not None
    assert row.next_run_at.astimezone(UTC).strftime("%H:%M") in ("03:30", "02:30")
    with pytest.raises(Refusal):
        integrations.change(world.maya, flow, replace(daily, wanted={}), now=world.now)
    with pytest.raises(Refusal):
        integrations.change(world.maya, flow, replace(daily, source_id="src_x"), now=world.now)


def test_the_clock_starts_what_is_due_and_nothing_twice(world: World, system: HotelSystem) -> None:
    flow = flows.active(world)
    assert due.tick(now=world.after(minutes=14)) == 0
    assert due.tick(now=world.after(minutes=15)) == 1
    assert due.tick(now=world.after(minutes=15)) == 0
    assert due.tick(now=world.after(minutes=31)) == 0, "the run before has not ended"
    flows.work(flows.living(flow))
    assert due.tick(now=world.after(minutes=50)) == 1
    assert run_pages.of_integration(world.maya, flow)[0].trigger == "schedule"


def test_by_hand_means_by_hand(world: World, system: HotelSystem) -> None:
    drafted = flows.draft(world, schedule=Schedule("by_hand"))
    integrations.activate(world.maya, drafted, now=world.now)
    assert run_pages.of_integration(world.maya, drafted) == ()
    assert due.tick(now=world.after(days=9)) == 0
    flows.run(world, drafted)
    assert len(flows.records()) == 5


def test_while_no_transfer_is_active_nothing_runs_and_nothing_fails(
    world: World, system: HotelSystem
) -> None:
    source = harvest.source(world)
    transfer = harvest.active(world, source)
    flow = flows.active(world, source)
    transfers.deactivate(world.maya, transfer, now=world.now)
    assert due.tick(now=world.after(minutes=15)) == 0
    assert integration_pages.read(world.maya, flow).row.stopped == ("reservations",)
    with pytest.raises(Refusal) as refused:
        runs.run_now(world.maya, flow)
    assert refused.value.code == "nothing_to_run"
    assert flows.stored(flow).failures == 0


def test_disabling_stops_the_run_and_enabling_tries_a_page_first(
    world: World, system: HotelSystem
) -> None:
    flow = flows.active(world)
    run = runs.run_now(world.maya, flow)
    integrations.disable(world.maya, flow, "Moving house", now=world.now)
    assert flows.of(run).status == "canceled"
    assert due.tick(now=world.after(days=1)) == 0
    with pytest.raises(Refusal) as refused:
        runs.run_now(world.maya, flow)
    assert refused.value.code == "not_active"
    system.fault = GARBLED
    with pytest.raises(Refusal) as refused:
        integrations.enable(world.maya, flow, now=world.now)
    assert refused.value.message == GARBLED.sentence
    assert flows.stored(flow).status == "disabled"
    system.fault = None
    bad = [record | {"Start": "?"} for record in system.records["reservations"]]
    good, system.records["reservations"] = system.records["reservations"], bad
    with pytest.raises(Refusal) as refused:
        integrations.enable(world.maya, flow, now=world.now)
    assert "none of the 5 reservations" in refused.value.message
    system.records["reservations"] = good
    integrations.enable(world.maya, flow, now=world.now)
    assert flows.of(flows.work(flows.living(flow))).status == "succeeded"
    assert flows.mails() == [], "who disables it by hand need not be told"


def test_removing_keeps_the_records_and_forgets_the_rest(world: World, system: HotelSystem) -> None:
    flow = flows.active(world)
    runs.run_now(world.maya, flow)
    integrations.remove(world.maya, flow, now=world.now)
    assert integration_pages.of_property(world.maya, world.hotel) == ()
    left = builders.snapshot()
    assert [left[name] for name in ("runs", "run_parts", "rejects", "alerts", "seen")] == [[]] * 5
    assert len(left["reservations"]) == 5


# Errors


def test_it_disables_itself_after_thirty_failures_and_a_day_and_says_so_once(
    world: World, system: HotelSystem
) -> None:
    flow = flows.active(world)
    for hour in range(24):
        fail(flow, world.after(hours=hour), said=f"No. {hour}")
        fail(flow, world.after(hours=hour, minutes=30), said=f"Again no. {hour}")
    assert flows.stored(flow).status == "active", "48 failures, but no whole day"
    fail(flow, world.after(hours=24), said="The last straw.")
    fail(flow, world.after(hours=25), said="Nobody hears this.")
    stored = flows.stored(flow)
    assert (stored.status, stored.disabled_by, stored.next_run_at) == ("disabled", "adjoin", None)
    assert [mail.event for mail in flows.mails()] == [
        "run.failed",
        "integration.warned",
        "integration.warned",
        "integration.disabled",
    ]
    letter = builders.body_of(flows.mails("integration.disabled")[0])
    for part in ("49 runs in a row", "No. 0", "The last straw.", "You can put this right"):
        assert part in letter
    assert f"/integrations/{flow}" in letter
    assert harvest.events_of(flow)[-1] == "integration.disabled"


def test_thirty_failures_within_an_hour_do_not_disable_it(
    world: World, system: HotelSystem
) -> None:
    flow = flows.active(world)
    flows.failed(flow, 29, world.now, world.now)
    fail(flow, world.after(hours=1))
    assert flows.stored(flow).status == "active"
    words = integration_pages.read(world.maya, flow, now=world.after(hours=1)).row.meter.words
    assert words == "30 of 30 in a row, disables itself in 23 hours if no run succeeds"


def test_one_success_puts_the_meter_back_and_tells_who_was_told(
    world: World, system: HotelSystem
) -> None:
    flow = flows.active(world)
    for _ in range(2):
        system.fault = GARBLED
        flows.run(world, flow)
        assert flows.stored(flow).failures == 1
        system.fault = None
        flows.run(world, flow)
        assert flows.stored(flow).failures == 0
    assert [mail.event for mail in flows.mails()] == ["run.failed", "integration.recovered"] * 2


def test_what_is_ours_never_counts(world: World, system: HotelSystem) -> None:
    flow = flows.active(world)
    for error in outcomes.NEVER_COUNTED:
        fail(flow, world.now, error)
    assert flows.stored(flow).failures == 0
    assert flows.mails() == []


def test_refused_credentials_disable_it_at_once_and_repairing_them_enables_it(
    world: World, system: HotelSystem
) -> None:
    flow = flows.active(world)
    other = flows.draft(world, flows.stored(flow).source_id, name="Another")
    integrations.activate(world.maya, other, now=world.now)
    flows.work(flows.living(other))
    system.fault = harvest.REJECTED
    run = flows.run(world, flow)
    assert (flows.of(run).status, flows.of(run).error) == ("failed", "refused")
    for each in (flow, other):
        stored = flows.stored(each)
        assert (stored.status, stored.disabled_for) == ("disabled", "refused")
        assert stored.reason == harvest.REJECTED.sentence
        row = integration_pages.read(world.maya, each).row
        assert row.meter.words == "Full at once: the credentials were refused."
    assert integration_pages.count_stopped(world.maya, world.hotel) == 2
    letter = builders.body_of(flows.mails("integration.disabled")[0])
    assert letter.count(harvest.REJECTED.sentence) == 1
    assert [mail.event for mail in flows.mails()] == ["integration.disabled"] * 2
    system.fault = None
    (opens,) = authorization_pages.of_property(world.maya, world.hotel)
    authorizations.repair(world.maya, opens.id, harvest.CREDENTIALS)
    assert [flows.stored(each).status for each in (flow, other)] == ["active"] * 2
    assert len(flows.mails("integration.recovered")) == 2
    assert flows.stored(flow).next_run_at is not None


def test_credentials_that_somebody_disabled_by_hand_stay_disabled(
    world: World, system: HotelSystem
) -> None:
    flow = flows.active(world)
    integrations.disable(world.maya, flow, now=world.now)
    assert integration_pages.count_stopped(world.maya, world.hotel) == 0
    (opens,) = authorization_pages.of_property(world.maya, world.hotel)
    authorizations.refused(opens.id, "No.", now=world.now)
    authorizations.repair(world.maya, opens.id, harvest.CREDENTIALS)
    assert flows.stored(flow).status == "disabled"


def test_each_is_mailed_about_what_they_asked_for(world: World, system: HotelSystem) -> None:
    wishes = (
        Recipient("all@harbour.example", True, True, 0),
        Recipient("worst@harbour.example", True, False, None),
        Recipient("many@harbour.example", False, False, 30),
    )
    flow = flows.active(world, recipients=wishes)
    system.records["reservations"][0]["Start"] = "?"
    flows.run(world, flow)
    assert [mail.mail_to for mail in flows.mails("run.rejects")] == ["all@harbour.example"]
    system.records["reservations"][1]["Start"] = "?"
    flows.run(world, flow)
    assert {mail.mail_to for mail in flows.mails("run.rejects")} == {
        "all@harbour.example",
        "many@harbour.example",
    }
    system.fault = GARBLED
    flows.run(world, flow)
    assert [mail.mail_to for mail in flows.mails("run.failed")] == ["all@harbour.example"]


def test_an_address_is_mailed_once_however_often_it_is_written() -> None:
    found = alerts.checked([Recipient("a@b.example"), Recipient("A@B.example", on_failed=True)])
    assert [each.email for each in found] == ["A@B.example"]


# Pure


@pytest.mark.parametrize(
    ("failures", "hours", "share", "warns_at"),
    [(0, 99, 0, 0), (7, 99, 7 / 30, 0), (15, 99, 0.5, 0.5), (30, 19.2, 0.8, 0.8), (30, 24, 1, 0.8)],
)
def test_the_meter_goes_as_far_as_failures_and_hours_both_do(
    failures: int, hours: float, share: float, warns_at: float
) -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    found = meter.read(Limits(), failures, now - timedelta(hours=hours), now)
    assert found.share == pytest.approx(share)
    assert found.warns_at == warns_at
    assert found.is_over == (share == 1)


def test_the_meter_says_how_far_it_is() -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    words = meter.read(Limits(), 7, now - timedelta(hours=3), now).words
    assert words == "7 of 30 in a row, would disable itself after 24 h without success"
    words = meter.read(Limits(), 0, None, now).words
    assert words == "No failed run now. 30 in a row, and 24 h without success, would disable it."


def test_the_meter_of_what_is_disabled_promises_nothing() -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    full = meter.disabled(Limits(), "errors", 49, now)
    assert (full.share, full.words) == (1, "Full: 49 failed in a row, and 24 h without success.")
    assert meter.disabled(Limits(), "refused", 1, now).share == 1
    assert meter.disabled(Limits(), "hand", 7, now).share == 0


@pytest.mark.parametrize(
    ("after", "due_at"),
    [
        ("2026-11-21 03:00", "2026-11-21 03:30"),
        ("2026-11-21 03:30", "2026-11-22 03:30"),
        ("2026-03-28 04:00", "2026-03-29 02:30"),  # the clocks go forward
        ("2026-10-24 04:00", "2026-10-25 03:30"),  # and back
    ],
)
def test_daily_means_by_the_clocks_of_the_property(after: str, due_at: str) -> None:
    daily = Schedule("daily", at="04:30")
    moment = datetime.fromisoformat(after).replace(tzinfo=UTC)
    expected = datetime.fromisoformat(due_at).replace(tzinfo=UTC)
    assert schedules.following(daily, moment, "Europe/Berlin") == expected


@pytest.mark.parametrize(
    "schedule", [Schedule("every", minutes=5), Schedule("daily", at="23:59"), Schedule("by_hand")]
)
def test_a_schedule_comes_back_as_it_was_stored(schedule: Schedule) -> None:
    again = schedules.from_json(schedules.as_json(schedule))
    assert again.words == schedule.words


def test_strangers_see_no_integration(world: World, system: HotelSystem) -> None:
    flow = flows.active(world)
    for stranger in harvest.strangers(world):
        with pytest.raises(Refusal) as refused:
            integration_pages.read(stranger, flow)
        assert refused.value.code == "not_found"
    assert intake.begin("run_never", 1) is None
