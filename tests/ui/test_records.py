"""The data that came in: search, filters, order and pages in the database; one record."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from nicegui import ElementFilter
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from domain import integration_pages
from domain.types_of_data import ALL
from storage import database
from storage.records import Guest, Record, Reservation
from tests import flows, harvest
from tests.builders import World
from tests.harvest import HotelSystem
from tests.ui import hands
from tests.ui.conftest import Person
from tests.ui.patience import until
from ui.components.recordtable import RecordTable
from ui.pages.records.values import SHOWN, shown
from ui.pages.records.wish import Wish


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


@pytest.fixture
def flow(world: World) -> str:
    """An integration that has brought in five reservations."""
    return flows.active(world)


def table(user: User) -> RecordTable:
    with user:
        return next(iter(ElementFilter(kind=RecordTable)))


def cells(user: User, key: str) -> list[Any]:
    """Return what stands in one column."""
    return [row[key] for row in table(user).sheet["rows"]]


@pytest.mark.parametrize("wanted", ["sort=raw", "f=nonsense.is.1", "f=arrival.from.yesterday"])
async def test_an_address_that_makes_no_sense_shows_everything(
    maya: User, flow: str, wanted: str
) -> None:
    await maya.open(f"/records/reservations?{wanted}")
    await maya.should_see(kind=RecordTable)
    assert len(cells(maya, "number")) == 5


def ask(user: User, event: str, args: object) -> None:
    """Do what a browser sends when somebody searches, sorts or turns a page."""
    UserInteraction(user, {table(user)}, None).trigger(event, args)


def many(world: World, integration_id: str, number: int) -> None:
    """Add reservations straight into the table, numbered from 2000 on."""
    source_id = flows.stored(integration_id).source_id
    rows = [
        {
            "property_id": world.hotel,
            "source_id": source_id,
            "external_id": f"more-{n}",
            "run_id": "run_gone",
            "content_hash": b"",
            "search": f"{2000 + n}",
            "first_seen_at": world.now,
            "seen_at": world.now,
            "changed_at": world.now,
            "number": f"{2000 + n}",
            "status": "confirmed",
            "arrival": date(2027, 1, 1) + timedelta(days=n),
            "departure": date(2027, 1, 2) + timedelta(days=n),
            "raw": b"{}",
        }
        for n in range(number)
    ]
    with database.transaction() as session:
        session.execute(sa.insert(Reservation), rows)


def refer() -> int:
    """Let the first reservation say by reference alone who stays; return the guest’s number."""
    first = flows.records()["res-1"]
    common = first.model_dump(include=set(Record.model_fields) - {"id", "external_id", "search"})
    guest = Guest(
        **common,
        external_id="guest-1",
        search="guest-1 élise lefèvre",
        first_name="Élise",
        last_name="Lefèvre",
        raw=b"{}",
    )
    with database.transaction() as session:
        session.execute(
            sa.update(Reservation)
            .where(Reservation.external_id == "res-1")  # type: ignore[arg-type]
            .values(guest_name=None, guest_id="guest-1")
        )
        session.add(guest)
        session.flush()
        assert guest.id is not None
        return guest.id


# The list


async def test_nothing_yet_leads_to_the_integrations(maya: User, world: World) -> None:
    await hands.go(maya, "/records")
    await maya.should_see("No reservations yet")
    way = hands.button(maya, "Go to the integrations").props["href"]
    assert way == "/integrations"


async def test_records_are_listed_in_the_usual_order(maya: User, flow: str) -> None:
    await hands.go(maya, "/records")
    assert cells(maya, "number") == ["1001", "1002", "1003", "1004", "1005"]
    assert cells(maya, "arrival")[0] == "2 Dec 2026"
    assert cells(maya, "status")[0] == {"tone": "ok", "text": "Confirmed"}
    assert table(maya).sheet["sort"] == "arrival"


async def test_a_search_finds_by_any_of_its_words(maya: User, flow: str) -> None:
    await hands.go(maya, "/records/reservations")
    ask(maya, "search", "guest 3")
    await until(lambda: cells(maya, "number") == ["1003"])
    ask(maya, "search", "nobody")
    await maya.should_see("No reservation fits.")
    ask(maya, "search", "")
    await until(lambda: len(cells(maya, "number")) == 5)


async def test_an_empty_search_offers_the_way_out(maya: User, flow: str) -> None:
    await hands.go(maya, "/records/reservations?q=nobody&f=status.is.confirmed")
    await maya.should_see("No reservation fits.")
    hands.press(maya, "Clear the search")
    await until(lambda: len(cells(maya, "number")) == 5)
    assert table(maya).props["text"] == ""
    await maya.should_see("Status is confirmed")


async def test_filters_that_nothing_fits_are_removed_at_once(maya: User, flow: str) -> None:
    address = "/records/reservations?f=status.is.canceled&f=number.is.1001&source=src_gone"
    await hands.go(maya, address)
    await maya.should_see("No reservation fits.")
    await maya.should_not_see("Clear the search")
    hands.press(maya, "Remove the filters")
    await until(lambda: len(cells(maya, "number")) == 5)
    await maya.should_not_see("Status is canceled")


async def test_names_behind_ids_are_found_and_are_no_order(maya: User, flow: str) -> None:
    refer()
    await hands.go(maya, "/records/reservations?q=élise")
    assert cells(maya, "guest_name") == ["Élise Lefèvre"]
    ask(maya, "sort", "guest_name")
    ask(maya, "sort", "number")
    await until(lambda: table(maya).sheet["sort"] == "number")
    fixed = {head["key"] for head in table(maya).props["heads"] if head["fixed"]}
    assert fixed == {"guest_name"}


async def test_a_column_sorts_up_and_then_down(maya: User, flow: str) -> None:
    await hands.go(maya, "/records/reservations")
    ask(maya, "sort", "guest_name")
    await until(lambda: table(maya).sheet["sort"] == "guest_name")
    assert not table(maya).sheet["descending"]
    ask(maya, "sort", "guest_name")
    await until(lambda: cells(maya, "number")[0] == "1005")
    assert table(maya).sheet["descending"]


async def test_pages_are_turned_in_the_database(maya: User, world: World, flow: str) -> None:
    many(world, flow, 120)
    await hands.go(maya, "/records/reservations")
    sheet = table(maya).sheet
    assert (len(sheet["rows"]), sheet["total"], sheet["pages"]) == (50, 125, 3)
    ask(maya, "page", 3)
    await until(lambda: table(maya).sheet["first"] == 101)
    assert len(cells(maya, "number")) == 25
    ask(maya, "search", "2007")  # begins at the first page again
    await until(lambda: cells(maya, "number") == ["2007"])


async def test_an_address_says_what_is_shown(maya: User, world: World, flow: str) -> None:
    many(world, flow, 60)
    address = "/records/reservations?f=arrival.from.2027-01-01&sort=number&order=down&page=2"
    await hands.go(maya, address)
    sheet = table(maya).sheet
    assert (sheet["total"], sheet["page"], sheet["sort"]) == (60, 2, "number")
    assert cells(maya, "number")[-1] == "2000"
    await maya.should_see("Arrival from 1 Jan 2027")
    hands.press(maya, "Without “Arrival from 1 Jan 2027”")
    await until(lambda: table(maya).sheet["total"] == 65)


async def test_a_filter_is_added_in_a_dialog(maya: User, flow: str) -> None:
    await hands.go(maya, "/records/reservations")
    hands.press(maya, "Add a filter")
    await maya.should_see("Add filter")
    hands.fill(maya, "Field", "number")
    hands.fill(maya, "Number", "4")
    hands.press(maya, "Add filter")
    await until(lambda: cells(maya, "number") == ["1004"])
    await maya.should_see("Number contains 4")


async def test_what_is_gone_from_the_source_has_its_own_list(maya: User, flow: str) -> None:
    with database.transaction() as session:
        session.execute(
            sa.update(Reservation)
            .where(Reservation.external_id == "res-2")  # type: ignore[arg-type]
            .values(removed_at=flows.stored(flow).since)
        )
    await hands.go(maya, "/records/reservations?show=gone")
    assert cells(maya, "number") == ["1002"]


async def test_a_finished_run_shows_itself(
    maya: User, world: World, flow: str, system: HotelSystem
) -> None:
    await hands.go(maya, "/records/reservations")
    system.records["reservations"].append(harvest.reservation(6))
    flows.run(world, flow)
    await until(lambda: "1006" in cells(maya, "number"))


async def test_forged_wishes_change_nothing(maya: User, flow: str) -> None:
    await hands.go(maya, "/records/reservations")
    before = table(maya).sheet
    for event, args in (
        ("sort", "content_hash"),
        ("sort", ["number"]),
        ("page", 2),
        ("page", "1"),
        ("page", True),
        ("search", {"text": "1"}),
    ):
        ask(maya, event, args)
    assert table(maya).sheet is before


ABSENT = ("secrets", "reservations/0", f"reservations/{9**25}", "reservations/x", "guests/1")


async def test_what_is_not_there_is_not_found(maya: User, world: World) -> None:
    for path in ABSENT:
        await maya.open(f"/records/{path}")
        await maya.should_see("There is no such page")


async def test_a_viewer_sees_guests_masked_and_cannot_search_for_them(
    noah: User, flow: str
) -> None:
    await hands.go(noah, "/records/reservations")
    assert set(cells(noah, "guest_name")) == {"•••"}
    ask(noah, "sort", "guest_name")
    ask(noah, "search", "guest 3")
    await noah.should_see("No reservation fits.")
    await noah.should_see("What tells about guests is masked for you, and is not searched.")


async def test_another_property_sees_nothing_of_it(person: Person, world: World, flow: str) -> None:
    record = flows.records()["res-1"]
    charlie = await person("charlie@alpine.example")
    await hands.go(charlie, "/records/reservations")
    await charlie.should_see("No reservations yet")
    await charlie.open(f"/records/reservations/{record.id}")
    await charlie.should_see("There is no such page")


# One record


async def test_a_record_says_where_it_comes_from(maya: User, world: World, flow: str) -> None:
    record = flows.records()["res-3"]
    await hands.go(maya, f"/records/reservations/{record.id}")
    run = integration_pages.read(world.maya, flow).row.last_run
    assert run is not None
    for words in ("Reservation 1003", "Guest 3", "4 Dec 2026", "Front desk", "Flow"):
        await maya.should_see(words)
    await maya.should_see("guest3@mail.example")  # the original
    with maya:
        links = {one.props.get("href") for one in ElementFilter()}
    assert f"/integrations/{flow}/runs/{run.id}" in links


async def test_a_name_leads_to_the_record_it_belongs_to(maya: User, flow: str) -> None:
    guest = refer()
    await hands.go(maya, f"/records/reservations/{flows.records()['res-1'].id}")
    assert way(maya, "Élise Lefèvre") == f"/records/guests/{guest}"
    for words in ("Primary key", "res-1", "Guest ID", "guest-1"):
        await maya.should_see(words)


async def test_a_viewer_is_led_to_a_guest_without_a_name(noah: User, flow: str) -> None:
    guest = refer()
    await hands.go(noah, f"/records/reservations/{flows.records()['res-1'].id}")
    assert way(noah, "The guest") == f"/records/guests/{guest}"
    await noah.should_not_see("Lefèvre")


def way(user: User, label: str) -> Any:
    """Return where a link leads."""
    with user:
        return next(iter(ElementFilter(content=label))).props["href"]


async def test_a_viewer_sees_a_record_masked(noah: User, flow: str) -> None:
    await hands.go(noah, f"/records/reservations/{flows.records()['res-3'].id}")
    await noah.should_see("What tells about guests is masked for you.")
    await noah.should_not_see("Guest 3")
    await noah.should_not_see("guest3@mail.example")


# Pure


def test_every_type_shows_fields_that_it_has() -> None:
    for key, of_type in ALL.items():
        assert SHOWN[key]
        assert all(of_type.field(each) for each in SHOWN[key])


def test_a_wish_survives_its_address() -> None:
    wish = Wish.of([("q", "ann"), ("f", "number.contains.1.5"), ("sort", "number"), ("page", "3")])
    assert Wish.of(wish.address()) == wish
    assert wish.filters[0].value == "1.5"


@pytest.mark.parametrize(
    "address", [("page", "-1"), ("page", "9" * 40), ("f", "x"), ("f", ".."), ("f", "a.like.b")]
)
def test_an_address_that_makes_no_sense_is_no_wish(address: tuple[str, str]) -> None:
    assert Wish.of([address]) == Wish()


@pytest.mark.parametrize(
    ("key", "values", "words"),
    [
        ("total", {"total": 12345, "total_currency": "EUR"}, "123.45 EUR"),
        ("total", {"total": 12345, "total_currency": "JPY"}, "12,345 JPY"),
        ("total", {"total": -5, "total_currency": "KWD"}, "-0.005 KWD"),
        ("arrival", {"arrival": date(2026, 12, 4)}, "4 Dec 2026"),
        ("status", {"status": "no_show"}, "No show"),
        ("adults", {"adults": 0}, "0"),
        ("notes", {"notes": None}, ""),
    ],
)
def test_values_are_written_as_people_read_them(
    key: str, values: Mapping[str, Any], words: str
) -> None:
    field = ALL["reservations"].field(key)
    assert field is not None
    assert shown(field, values, "Europe/Berlin") == words
