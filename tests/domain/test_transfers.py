"""Data transfers: inactive until everything is in place, and then active at once."""

from dataclasses import replace
from typing import Any

import pytest

from connectors.source import Fault, Page
from connectors.sources import KINDS
from domain import authorizations, mappings, readiness, samples, transfers
from domain.mapping.rows import Row
from domain.readiness import NotReady
from domain.types_of_data import ALL
from storage import database
from storage.integrations import Integration
from storage.sources import Source, Transfer
from tests import builders, harvest
from tests.builders import World
from tests.domain.refusing import refused
from tests.harvest import REJECTED, ROWS, HotelSystem, reservation


def status(transfer_id: str) -> str:
    return str(harvest.row_of(Transfer, transfer_id).status)


def save(world: World, transfer_id: str, *rows: Row) -> None:
    version = harvest.row_of(Transfer, transfer_id).version
    mappings.save(world.maya, transfer_id, rows, expected_version=version, now=world.now)


def places(world: World, transfer_id: str) -> list[str]:
    refusal = refused(transfers.activate, world.maya, transfer_id, now=world.now)
    assert isinstance(refusal, NotReady)
    assert refusal.code == "not_ready"
    assert all(each.sentence.endswith(".") for each in refusal.missing)
    return [each.place for each in refusal.missing]


# Adding


def test_a_data_transfer_begins_inactive(world: World, system: HotelSystem) -> None:
    source_id = harvest.source(world)
    transfer_id = harvest.transfer(world, source_id)
    (row,) = transfers.of_source(world.noah, source_id, now=world.now)
    assert (row.id, row.label, row.status, row.mapped, row.lacking) == (
        transfer_id,
        "Reservations",
        "inactive",
        0,
        4,
    )
    assert harvest.events_of(transfer_id) == ["transfer.added"]


def test_a_source_has_one_per_type_of_data_in_their_order(
    world: World, system: HotelSystem
) -> None:
    source_id = harvest.source(world)
    for key in ("rates", "guests", "reservations"):
        harvest.transfer(world, source_id, key)
    refusal = refused(transfers.add, world.maya, source_id, "guests")
    assert (refusal.code, "Guests already" in refusal.message) == ("invalid", True)
    rows = transfers.of_source(world.maya, source_id)
    assert [row.type for row in rows] == ["reservations", "guests", "rates"]


def test_a_type_that_the_source_does_not_have_is_not_added(
    world: World, system: HotelSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    source_id = harvest.source(world)
    fewer = {key: offer for key, offer in KINDS["mews"].types.items() if key != "rates"}
    monkeypatch.setitem(KINDS, "mews", replace(KINDS["mews"], types=fewer))  # type: ignore[arg-type]
    for key in ("rates", "invoices", ""):
        assert refused(transfers.add, world.maya, source_id, key).code == "invalid"


def test_strangers_see_no_transfer_and_viewers_change_none(
    world: World, system: HotelSystem
) -> None:
    source_id = harvest.source(world)
    transfer_id = harvest.mapped(world, source_id)
    for actor in harvest.strangers(world):
        assert refused(transfers.of_source, actor, source_id).code == "not_found"
        for verb in (transfers.read, transfers.sample, transfers.activate, transfers.remove):
            assert refused(verb, actor, transfer_id).code == "not_found"
    asked = len(system.read)
    for verb in (transfers.sample, transfers.activate, transfers.deactivate, transfers.remove):
        assert refused(verb, world.noah, transfer_id).code == "forbidden"
    assert transfers.read(world.noah, transfer_id).row.moves == ()
    assert len(system.read) == asked


# Samples


def test_sample_records_are_read_live_and_kept_encrypted(world: World, system: HotelSystem) -> None:
    transfer_id = harvest.transfer(world)
    assert transfers.sample(world.maya, transfer_id, now=world.after(minutes=5)) == 5
    _, wanted = system.read[0]
    assert (wanted.type, wanted.since, wanted.cursor) == ("reservations", None, None)
    transfer = harvest.row_of(Transfer, transfer_id)
    assert transfer.sampled_at == world.after(minutes=5)
    with database.reading() as session:
        assert samples.of(session, transfer) == system.records["reservations"]
    assert "guest3@mail.example" not in repr(builders.snapshot())


def test_the_newest_sample_takes_the_place_of_the_one_before(
    world: World, system: HotelSystem
) -> None:
    transfer_id = harvest.transfer(world)
    transfers.sample(world.maya, transfer_id, now=world.now)
    system.records["reservations"] = [reservation(n) for n in range(100, 400)]
    assert transfers.sample(world.maya, transfer_id, now=world.now) == samples.MOST
    with database.reading() as session:
        kept = samples.of(session, harvest.row_of(Transfer, transfer_id))
    assert [record["Id"] for record in kept] == [f"res-{n}" for n in range(100, 150)]


def test_records_that_are_too_large_are_kept_as_far_as_they_fit(
    world: World, system: HotelSystem
) -> None:
    transfer_id = harvest.transfer(world)
    large = "x" * (samples.LARGEST // 3)
    system.records["reservations"] = [reservation(n, Notes=large) for n in range(4)]
    transfers.sample(world.maya, transfer_id, now=world.now)
    with database.reading() as session:
        assert len(samples.of(session, harvest.row_of(Transfer, transfer_id))) == 2


def test_empty_pages_before_the_first_record_are_read_over(
    world: World, system: HotelSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    transfer_id = harvest.transfer(world)
    pages = [Page([], "1"), Page([], "2"), Page([reservation(1)], "3"), Page([reservation(2)])]
    mews = replace(KINDS["mews"], read=lambda way, access, wanted: pages[int(wanted.cursor or 0)])
    monkeypatch.setitem(KINDS, "mews", mews)  # type: ignore[arg-type]
    assert transfers.sample(world.maya, transfer_id, now=world.now) == 2


def test_a_source_without_end_is_not_read_for_ever(
    world: World, system: HotelSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    transfer_id = harvest.transfer(world)
    asked: list[Any] = []

    def endless(way: Any, access: Any, wanted: Any) -> Page:
        asked.append(wanted)
        return Page([], "again")

    mews = replace(KINDS["mews"], read=endless)
    monkeypatch.setitem(KINDS, "mews", mews)  # type: ignore[arg-type]
    assert transfers.sample(world.maya, transfer_id, now=world.now) == 0
    assert len(asked) == samples.PAGES


@pytest.mark.parametrize(
    ("error", "owner"),
    [
        ("not_permitted", "property"),
        ("garbled", "property"),
        ("too_large", "property"),
        ("rate_limited", "platform"),
        ("unreachable", "platform"),
        ("vendor_fault", "platform"),
        ("endless", "platform"),
        ("blocked", "platform"),
    ],
)
def test_a_source_that_cannot_be_read_says_why_and_breaks_nothing(
    world: World, system: HotelSystem, error: str, owner: str
) -> None:
    source_id = harvest.source(world)
    transfer_id = harvest.mapped(world, source_id)
    system.fault = Fault(error, "Mews could not be read.")
    refusal = refused(transfers.sample, world.maya, transfer_id)
    assert (refusal.code, refusal.owner) == ("check_failed", owner)
    row = transfers.read(world.noah, transfer_id).row
    assert (row.sample_error, row.sampled_at) == ("Mews could not be read.", world.now)
    assert harvest.row_of(Source, source_id).status == "working"
    system.fault = None
    transfers.sample(world.maya, transfer_id, now=world.after(hours=1))
    assert transfers.read(world.noah, transfer_id).row.sample_error == ""


def test_refused_credentials_break_the_source_at_once(world: World, system: HotelSystem) -> None:
    source_id = harvest.source(world)
    transfer_id = harvest.transfer(world, source_id)
    system.fault = REJECTED
    assert refused(transfers.sample, world.maya, transfer_id).code == "credentials_refused"
    assert harvest.row_of(Source, source_id).status == "broken"
    assert refused(transfers.sample, world.maya, transfer_id).code == "source_broken"
    assert len(system.read) == 1


# Activating


def test_everything_that_is_missing_is_said_at_once_each_with_its_place(
    world: World, system: HotelSystem
) -> None:
    source_id = harvest.source(world)
    transfer_id = harvest.transfer(world, source_id)
    assert places(world, transfer_id) == [
        "primary_key",
        "field:status",
        "field:arrival",
        "field:departure",
        "sample",
    ]
    opens = harvest.row_of(Source, source_id).authorization_id
    authorizations.refused(opens, "No more.", now=world.now)
    assert places(world, transfer_id)[0] == "authorization"
    page = transfers.read(world.noah, transfer_id)
    assert [each.place for each in page.missing] == places(world, transfer_id)
    assert status(transfer_id) == "inactive"


def test_what_is_complete_is_active_at_once(world: World, system: HotelSystem) -> None:
    transfer_id = harvest.mapped(world)
    transfers.activate(world.maya, transfer_id, now=world.after(hours=1))
    page = transfers.read(world.noah, transfer_id)
    assert (page.row.status, page.row.since, page.missing) == (
        "active",
        world.after(hours=1),
        (),
    )
    assert harvest.events_of(transfer_id)[-1] == "transfer.activated"
    known = harvest.row_of(Transfer, transfer_id).known_fields
    assert {"Id", "Guest.Name"} <= {field["path"] for field in known}
    assert "Guest 3" not in repr(known)


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([reservation(1), reservation(1)], "primary_key"),
        ([reservation(1), reservation(2, Id=None)], "primary_key"),
        ([reservation(1), reservation(2, Start="soon")], "field:arrival"),
        ([reservation(1), reservation(2, End="")], "field:departure"),
        ([], "sample"),
    ],
)
def test_what_the_sample_records_would_not_survive_is_found_before(
    world: World, system: HotelSystem, records: list[Any], expected: str
) -> None:
    transfer_id = harvest.mapped(world)
    system.records["reservations"] = records
    transfers.sample(world.maya, transfer_id, now=world.now)
    assert places(world, transfer_id) == [expected]


def test_a_few_that_are_wrong_at_the_source_do_not_hold_up_all_others(
    world: World, system: HotelSystem
) -> None:
    status = Row("status", "path", "State", "choice", {"values": {"Confirmed": "confirmed"}})
    transfer_id = harvest.mapped(world, rows=(*harvest.without(harvest.ROWS, "status"), status))
    fine = [reservation(number) for number in range(1, 20)]
    system.records["reservations"] = [reservation(20, Start="2026-02-31"), *fine]
    transfers.sample(world.maya, transfer_id, now=world.now)
    assert transfers.read(world.maya, transfer_id).missing == ()
    # A value that is not in the list is the mapping's to add, however rarely it comes.
    system.records["reservations"] = [reservation(20, State="Weird"), *fine]
    transfers.sample(world.maya, transfer_id, now=world.now)
    assert places(world, transfer_id) == ["field:status"]


def test_different_reasons_are_counted_by_themselves(world: World, system: HotelSystem) -> None:
    transfer_id = harvest.mapped(world)
    late = [reservation(each, Start=f"31.01.{2026 + each}") for each in range(3)]
    system.records["reservations"] = [*late, reservation(4, Start=""), reservation(5)]
    transfers.sample(world.maya, transfer_id, now=world.now)
    (seen,) = transfers.read(world.maya, transfer_id).missing
    assert seen.sentence.endswith(
        " 3 of 5 sample records are like that, and 1 cannot be converted for other reasons."
    )


def test_a_viewer_reads_what_is_missing_without_what_guests_wrote(
    world: World, system: HotelSystem
) -> None:
    transfer_id = harvest.mapped(world)
    system.records["reservations"] = [reservation(1, Start="Mr Secret")]
    transfers.sample(world.maya, transfer_id, now=world.now)
    (seen,) = transfers.read(world.maya, transfer_id).missing
    assert "Mr Secret" in seen.sentence
    (masked,) = transfers.read(world.noah, transfer_id).missing
    assert masked.sentence == "Arrival: 1 of 1 sample records cannot be converted."


def test_it_is_activated_once(world: World, system: HotelSystem) -> None:
    transfer_id = harvest.active(world)
    assert refused(transfers.activate, world.maya, transfer_id).code == "wrong_state"
    assert harvest.events_of(transfer_id).count("transfer.activated") == 1


def test_what_is_deactivated_keeps_its_mapping(world: World, system: HotelSystem) -> None:
    transfer_id = harvest.active(world)
    transfers.deactivate(world.maya, transfer_id, now=world.now)
    row = transfers.read(world.maya, transfer_id).row
    assert (row.status, row.mapped, row.moves) == ("inactive", len(ROWS), ("activate", "remove"))
    assert refused(transfers.deactivate, world.maya, transfer_id).code == "wrong_state"
    transfers.activate(world.maya, transfer_id, now=world.now)
    assert status(transfer_id) == "active"


# When the source changes


def drifted(world: World, transfer_id: str, records: list[Any]) -> None:
    with database.transaction() as session:
        transfer = session.get_one(Transfer, transfer_id)
        transfers.note_drift(session, transfer, records, world.after(days=1))


def renamed(old: str, new: str) -> list[Any]:
    records = [reservation(n) for n in range(1, 6)]
    return [{new if key == old else key: each[key] for key in each} for each in records]


def test_what_stayed_as_it_was_is_no_drift(world: World, system: HotelSystem) -> None:
    transfer_id = harvest.active(world)
    drifted(world, transfer_id, [reservation(n) for n in range(50, 60)])
    drifted(world, transfer_id, [])
    row = harvest.row_of(Transfer, transfer_id)
    assert (row.status, row.drift) == ("active", {})


def test_a_vanished_optional_field_warns_and_goes_on(world: World, system: HotelSystem) -> None:
    transfer_id = harvest.active(world)
    drifted(world, transfer_id, renamed("Number", "Nr"))
    row = transfers.read(world.noah, transfer_id).row
    assert row.status == "active"
    assert [each["path"] for each in row.drift["missing"]] == ["Number"]


@pytest.mark.parametrize("gone", ["Id", "Start"])
def test_a_vanished_key_or_required_field_pauses_it(
    world: World, system: HotelSystem, gone: str
) -> None:
    transfer_id = harvest.active(world)
    drifted(world, transfer_id, renamed(gone, "Renamed"))
    page = transfers.read(world.noah, transfer_id)
    assert (page.row.status, gone in page.row.reason) == ("paused", True)
    (line,) = [each for each in page.history if each.event == "transfer.paused"]
    assert (line.who, line.side, line.text) == (
        "Adjoin",
        "adjoin",
        "Paused: the source has changed",
    )


def test_what_is_paused_is_mapped_anew_and_activated_again(
    world: World, system: HotelSystem
) -> None:
    transfer_id = harvest.active(world)
    records = renamed("Start", "Arrival")
    drifted(world, transfer_id, records)
    system.records["reservations"] = records
    transfers.sample(world.maya, transfer_id, now=world.now)
    assert places(world, transfer_id) == ["field:arrival"]
    others = harvest.without(ROWS, "arrival")
    save(world, transfer_id, *others, Row("arrival", "path", "Arrival", "date"))
    transfers.activate(world.maya, transfer_id, now=world.now)
    row = harvest.row_of(Transfer, transfer_id)
    assert (row.status, row.reason, row.drift) == ("active", "", {})


def test_an_inactive_transfer_is_not_paused(world: World, system: HotelSystem) -> None:
    transfer_id = harvest.active(world)
    transfers.deactivate(world.maya, transfer_id, now=world.now)
    drifted(world, transfer_id, renamed("Id", "Renamed"))
    assert status(transfer_id) == "inactive"


# Removing


def test_a_removed_transfer_can_be_added_anew(world: World, system: HotelSystem) -> None:
    source_id = harvest.source(world)
    transfer_id = harvest.active(world, source_id)
    transfers.remove(world.maya, transfer_id, now=world.now)
    assert transfers.of_source(world.maya, source_id) == ()
    assert harvest.events_of(transfer_id)[-1] == "transfer.removed"
    assert harvest.transfer(world, source_id) != transfer_id


def test_what_an_active_integration_brings_in_is_not_removed(
    world: World, system: HotelSystem
) -> None:
    source_id = harvest.source(world)
    transfer_id = harvest.active(world, source_id)
    integration = Integration(
        property_id=world.hotel,
        source_id=source_id,
        name="Every hour",
        status="active",
        since=world.now,
        wanted={"reservations": ["created"], "guests": []},
        created_at=world.now,
    )
    with builders.adding() as rows:
        rows.append(integration)
    refusal = refused(transfers.remove, world.maya, transfer_id)
    assert (refusal.code, "Every hour" in refusal.message) == ("in_use", True)
    guests = harvest.transfer(world, source_id, "guests")
    transfers.remove(world.maya, guests, now=world.now)


def test_readiness_says_places_that_the_editor_knows() -> None:
    of_type = ALL["guests"]
    found = readiness.missing(of_type, (), [], time_zone="UTC", broken="Broken.")
    assert [each.place for each in found] == [
        "authorization",
        "primary_key",
        "field:last_name",
        "sample",
    ]
