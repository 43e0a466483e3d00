"""The living hotel behind the demo: our connector reads it, it changes, it breaks on a click."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.door import Door
from connectors.faults import Fault
from connectors.source import Access, Wanted
from connectors.sources import KINDS
from demo import clock, mapped
from demo.partners.hotel.caller import called
from demo.partners.hotel.chronicle import Chronicle
from demo.partners.hotel.guests import written
from demo.partners.hotel.life import Hotel
from demo.partners.hotel.mews import RENAMED
from demo.programs import Addresses
from domain import (
    authorization_pages,
    authorizations,
    integration_pages,
    integrations,
    mappings,
    readiness,
    run_pages,
    runs,
    samples,
    sources,
    transfers,
)
from domain.mapping import compiled, rows
from domain.readiness import NotReady
from domain.schedules import Schedule
from domain.types_of_data import ALL
from tests import builders, flows
from tests.demo.conftest import Running

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
OLD, NEW = RENAMED


@pytest.fixture
def hotel() -> Hotel:
    """A small one that has not lived yet."""
    return Hotel("A small hotel", 12, 300, NOW)


@dataclass
class System:
    """The stand-in, as our own connector for Mews sees it."""

    addresses: Addresses
    hotel: str

    def read(self, type_of_data: str, **wanted: Any) -> list[Any]:
        given = self.addresses.credential("mews", self.hotel)
        access = Access(self.addresses.vendor("mews"), "mews", given.fields)
        records, cursor = [], None
        with Door(self.addresses.allowed_hosts).line() as line:
            while True:
                asked = Wanted(type_of_data, cursor=cursor, **wanted)
                page = KINDS["mews"].read(line, access, asked)
                records += page.records
                cursor = page.cursor
                if cursor is None:
                    return records

    def press(self, button: str, **headers: str) -> httpx.Response:
        return httpx.post(f"{self.addresses.hotel}/{button}", headers=headers, trust_env=False)

    @property
    def page(self) -> str:
        return httpx.get(self.addresses.hotel, trust_env=False).text


@pytest.fixture
def harbour(running: Running) -> Iterator[System]:
    """Harbour Hotel's system; it stands still unless a test lets something happen."""
    clock.begin(running.addresses, datetime.now(UTC).replace(microsecond=0))
    system = System(running.addresses, "Harbour Hotel")
    yield system
    system.press("restore")


@pytest.fixture
def lodge(running: Running) -> Iterator[System]:
    """The same of Alpine Lodge, which is smaller."""
    clock.begin(running.addresses, datetime.now(UTC).replace(microsecond=0))
    system = System(running.addresses, "Alpine Lodge")
    yield system
    system.press("restore")


def keys(records: list[Any]) -> set[str]:
    return {record["Id"] for record in records}


def test_our_own_connector_reads_every_reservation_and_what_it_tells_of(harbour: System) -> None:
    reservations, guests = harbour.read("reservations"), keys(harbour.read("guests"))
    assert len(reservations) == len(keys(reservations)) == 5000
    assert {record["State"] for record in reservations} >= {"Confirmed", "Started", "Canceled"}
    spaces, rates = keys(harbour.read("spaces")), keys(harbour.read("rates"))
    assert len(guests) > 3000
    assert len(spaces) == 118
    assert all(record["AccountId"] in guests for record in reservations)
    assert all(record["AssignedResourceId"] in {None, *spaces} for record in reservations)
    assert all(record["RateId"] in rates for record in reservations)


@pytest.mark.parametrize("type_of_data", ["products", "services", "accounting_categories"])
def test_the_smaller_lists_are_read_to_their_end(lodge: System, type_of_data: str) -> None:
    found = lodge.read(type_of_data, count=5)
    assert len(found) == len(keys(found)) >= 3


def test_every_list_can_be_mapped_as_the_demo_maps_it(hotel: Hotel) -> None:
    names = ("reservations", "guests", "spaces", "rates", "products", "services")
    every = (*names, "accounting_categories")
    lists = dict(zip(every, hotel.lists.values(), strict=True))
    for key, mapping in (mapped.OF_MEWS | {"reservations": mapped.BETTER_RESERVATIONS}).items():
        convert = compiled.compile(ALL[key], mapping, time_zone="Europe/Berlin")
        wrong = [one for one in map(convert, lists[key]) if one.errors]
        assert len(wrong) == (2 if key == "guests" else 0), wrong[:1]


def test_only_what_changed_is_given_to_who_asks_for_it(lodge: System) -> None:
    since = datetime.now(UTC) - timedelta(seconds=2)
    assert lodge.read("reservations", since=since + timedelta(minutes=1)) == []
    before = keys(lodge.read("reservations"))
    lodge.press("happen")
    changed = lodge.read("reservations", since=since)
    assert 3 <= len(changed) <= 9
    assert len(keys(changed) - before) == 1


@pytest.mark.parametrize("question", [b"", b"[]", b'{"Limitation": 7}', b'{"ClientToken": []}'])
def test_a_strange_question_is_refused_and_survived(lodge: System, question: bytes) -> None:
    address = f"{lodge.addresses.vendor('mews')}/api/connector/v1/reservations/getAll/2023-06-06"
    assert httpx.post(address, content=question, trust_env=False).status_code == 401
    given = lodge.addresses.credential("mews", lodge.hotel).fields
    tokens = {"ClientToken": given["client_token"], "AccessToken": given["access_token"]}
    for limitation in ({}, {"Limitation": 7}, {"Limitation": {"Count": 2000}}):
        answer = httpx.post(address, json=tokens | limitation, trust_env=False)
        assert (answer.status_code, "RequestId" in answer.json()) == (400, True)


def test_revoked_tokens_read_nothing(lodge: System) -> None:
    given = lodge.addresses.credential("mews", lodge.hotel).fields
    access = Access(lodge.addresses.vendor("mews"), "mews", {**given, "access_token": "X" * 64})
    door = Door(lodge.addresses.allowed_hosts)
    with pytest.raises(Fault) as fault:
        KINDS["mews"].read(door, access, Wanted("reservations"))
    assert fault.value.error == "refused"


def test_no_room_has_two_guests_at_once(hotel: Hotel) -> None:
    stays: dict[str, list[tuple[str, str]]] = {}
    for record in hotel.lists["Reservations"]:
        if record["AssignedResourceId"]:
            stay = (record["ScheduledStartUtc"], record["ScheduledEndUtc"])
            stays.setdefault(record["AssignedResourceId"], []).append(stay)
    assert len(stays) == 12
    for taken in map(sorted, stays.values()):
        assert all(one[1] < other[0] for one, other in pairwise(taken))


def test_every_minute_somebody_books_cancels_and_moves(hotel: Hotel) -> None:
    before = {record["Id"]: dict(record) for record in hotel.lists["Reservations"]}
    for minute in range(10):
        hotel.live(minute, NOW + timedelta(minutes=minute + 1))
    after = {record["Id"]: record for record in hotel.lists["Reservations"]}
    changed = [record for key, record in after.items() if record != before.get(key)]
    assert len(after) == len(before) + 10 == len(hotel.lists["Reservations"])
    assert sum(record["State"] == "Canceled" for record in changed) >= 5
    assert all(record["UpdatedUtc"] > written(NOW) for record in changed)


def test_the_same_minutes_make_the_same_hotel(tmp_path: Path) -> None:
    def seen(chronicle: Chronicle) -> Any:
        return chronicle.look("Alpine Lodge", lambda hotel: hotel.lists)

    first = Chronicle(tmp_path, NOW)
    first.begin(NOW)
    first.pass_until(NOW + timedelta(minutes=7, seconds=20))
    first.pass_one(NOW + timedelta(minutes=7, seconds=40))
    while_it_stood_still = NOW + timedelta(days=3)
    second = Chronicle(tmp_path, while_it_stood_still)
    assert seen(second) == seen(first)
    second.pass_until(while_it_stood_still + timedelta(minutes=1))
    assert seen(second) != seen(first)


def test_it_calls_adjoin_about_what_has_changed_as_mews_does() -> None:
    hotel = Hotel("Harbour Hotel", 20, 400, NOW)
    hotel.live(0, NOW + timedelta(minutes=1))
    assert len(hotel.changed) > 2
    hears = KINDS["mews"].hears
    assert hears is not None
    call = hears.hear(json.dumps(called("account-1", hotel.changed)).encode(), "account-1")
    assert (call.types, call.is_ours) == (("reservations",), True)


def test_the_controls_tell_what_happens(harbour: System) -> None:
    assert "Nothing yet" in harbour.page
    harbour.press("happen")
    assert "booked." in harbour.page
    assert "5,001" in harbour.page
    harbour.press("rename")
    assert "Take the new version back" in harbour.page


def test_a_field_is_renamed_on_a_click_and_back(lodge: System) -> None:
    lodge.press("rename")
    assert all(NEW in record and OLD not in record for record in lodge.read("reservations"))
    lodge.press("restore")
    assert all(OLD in record and NEW not in record for record in lodge.read("reservations"))


@pytest.mark.parametrize("hours", range(0, 24, 4))
def test_whenever_the_demo_begins_its_mappings_fit_the_newest_records(hours: int) -> None:
    began = datetime(2026, 11, 21, tzinfo=UTC) + timedelta(hours=hours, minutes=7)
    hotel = Hotel("Harbour Hotel", 118, 5000, began)
    for type_key, listed in (("reservations", "Reservations"), ("guests", "Customers")):
        newest = hotel.lists[listed][: -samples.MOST - 1 : -1]
        mapped_by = mapped.OF_MEWS[type_key]
        assert not readiness.missing(
            ALL[type_key], mapped_by, newest, time_zone="Europe/Berlin", broken="", with_values=True
        )


def test_another_site_cannot_press_the_buttons(lodge: System) -> None:
    assert lodge.press("rename", **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert all(OLD in record for record in lodge.read("reservations", count=900))


def test_the_rename_pauses_the_transfer_and_the_suggested_repair_works(empty: Addresses) -> None:
    system = System(empty, "Alpine Lodge")
    clock.begin(empty, datetime.now(UTC).replace(microsecond=0))
    world = builders.build()
    integration_id, transfer_id = _flowing(world, system)
    run = run_pages.read(world.maya, flows.work(flows.living(integration_id)))
    assert (run.row.status, run.row.counts.created) == ("succeeded", 900)

    try:
        system.press("rename")
        for _ in range(3):
            system.press("happen")
        flows.run(world, integration_id)
        broken = transfers.read(world.maya, transfer_id).row
        assert broken.status == "paused"
        (lost,) = broken.drift["missing"]
        assert (lost["path"], lost["target"], lost["breaks"]) == (OLD, "arrival", True)
        assert lost["suggestion"] == NEW
        with pytest.raises(NotReady):
            transfers.activate(world.maya, transfer_id)

        _repair(world, transfer_id)
        run = run_pages.read(world.maya, flows.run(world, integration_id))
        assert run.row.status == "succeeded"
        assert run.row.counts.read == len(flows.records()) == 903
    finally:
        system.press("restore")


def test_revoked_tokens_disable_the_integration_and_new_ones_let_it_run_again(
    empty: Addresses,
) -> None:
    system = System(empty, "Alpine Lodge")
    clock.begin(empty, datetime.now(UTC).replace(microsecond=0))
    world = builders.build()
    integration_id, _ = _flowing(world, system)
    flows.work(flows.living(integration_id))
    account = {"system": "mews", "id": empty.credential("mews", system.hotel).account}
    try:
        httpx.post(f"{empty.vendors}/revoke", data=account, trust_env=False)
        flows.run(world, integration_id)
        stopped = integration_pages.read(world.maya, integration_id).row
        assert (stopped.status, stopped.disabled_by) == ("disabled", "adjoin")
    finally:
        httpx.post(f"{empty.vendors}/issue", data=account, trust_env=False)
    (opens,) = authorization_pages.of_property(world.maya, world.hotel)
    given = empty.credential("mews", system.hotel).fields
    authorizations.repair(world.maya, opens.id, given)
    assert integration_pages.read(world.maya, integration_id).row.status == "active"
    assert flows.of(flows.run(world, integration_id)).status == "succeeded"


def _flowing(world: builders.World, system: System) -> tuple[str, str]:
    """Let Maya bring in reservations of the stand-in; return integration and data transfer."""
    given = system.addresses.credential("mews", system.hotel).fields
    address = system.addresses.vendor("mews")
    opens = authorizations.add(
        world.maya, world.hotel, authorizations.Draft("mews", "mews", given, address)
    )
    source = sources.add(world.maya, world.hotel, sources.Draft("mews", "Mews", opens))
    transfer = transfers.add(world.maya, source, "reservations")
    transfers.sample(world.maya, transfer)
    mappings.save(world.maya, transfer, mapped.BETTER_RESERVATIONS, expected_version=0)
    transfers.activate(world.maya, transfer)
    wanted = {"reservations": KINDS["mews"].types["reservations"].changes}
    draft = integrations.Draft(source, "Flow", wanted, Schedule("by_hand"))
    integration = integrations.create(world.maya, world.hotel, draft)
    integrations.activate(world.maya, integration)
    runs.run_now(world.maya, integration)
    return integration, transfer


def _repair(world: builders.World, transfer_id: str) -> None:
    """Do what a person does: take what is suggested, and activate."""
    editor = mappings.read(world.maya, transfer_id)
    mended = [row for row in editor.rows if row.target != "arrival"]
    mended.append(rows.Row("arrival", "path", NEW, "date"))
    mappings.save(world.maya, transfer_id, mended, expected_version=editor.version)
    transfers.activate(world.maya, transfer_id)
