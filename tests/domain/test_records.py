"""Records: found in the database by words, filters and order, and masked for viewers."""

import pytest
from sqlmodel import select

from domain import masking, records
from domain.records import Filter, Query
from domain.refusals import Refusal
from storage import database
from storage.records import Guest, Record, Reservation
from tests import flows, harvest
from tests.builders import World
from tests.harvest import HotelSystem, reservation


@pytest.fixture
def flow(world: World, system: HotelSystem) -> str:
    """An integration that has brought in five reservations: Guest 1 to 5 from 2 December on."""
    return flows.active(world)


def keys(world: World, query: Query, *, viewer: bool = False) -> list[str]:
    who = world.noah if viewer else world.maya
    found = records.search(who, world.hotel, "reservations", query)
    return [row.external_id for row in found.rows]


def test_the_usual_order_is_by_arrival(world: World, flow: str) -> None:
    assert keys(world, Query()) == [f"res-{n}" for n in range(1, 6)]
    assert keys(world, Query(descending=True))[0] == "res-5"


def test_pages_say_how_many_there_are_and_stay_within_them(world: World, flow: str) -> None:
    found = records.search(world.maya, world.hotel, "reservations", Query(page=2, size=2))
    assert (found.total, found.page, found.pages) == (5, 2, 3)
    assert [row.external_id for row in found.rows] == ["res-3", "res-4"]
    assert keys(world, Query(page=99, size=2)) == ["res-5"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(text="GUEST 3"), ["res-3"]),
        (Query(text="1004 guest"), ["res-4"]),
        (Query(text="100%"), []),
        (Query(text="_"), []),
        (Query(filters=(Filter("arrival", "from", "2026-12-05"),)), ["res-4", "res-5"]),
        (Query(filters=(Filter("arrival", "to", "2026-12-02"),)), ["res-1"]),
        (Query(filters=(Filter("number", "is", "1002"),)), ["res-2"]),
        (Query(filters=(Filter("guest_name", "contains", "guest 5"),)), ["res-5"]),
        (Query(filters=(Filter("status", "is", "canceled"),)), []),
        (Query(filters=(Filter("adults", "is", ""),), size=1), ["res-1"]),
        (Query(sort="number", descending=True, size=1), ["res-5"]),
        (Query(sort="adults", size=1), ["res-1"]),
        (Query(text="x" * 60_000), []),
        (Query(filters=(Filter("guest_name", "contains", "%" * 60_000),)), []),
        (Query(source_id="src_never"), []),
        (Query(removed=True), []),
    ],
)
def test_records_are_found_by_what_they_are(
    world: World, flow: str, query: Query, expected: list[str]
) -> None:
    assert keys(world, query) == expected


@pytest.mark.parametrize(
    "wrong",
    [
        Filter("arrival", "is", "tomorrow"),
        Filter("arrival", "is", "9999-12-31"),
        Filter("adults", "is", "9" * 30),
        Filter("status", "from", "confirmed"),
        Filter("content_hash", "is", "x"),
        Filter("arrival", "like", "2026"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused_in_words(
    world: World, flow: str, wrong: Filter
) -> None:
    with pytest.raises(Refusal) as refused:
        keys(world, Query(filters=(wrong,)))
    assert refused.value.code == "invalid"


def test_viewers_see_what_is_there_but_not_who(world: World, flow: str) -> None:
    assert keys(world, Query(text="1002"), viewer=True) == ["res-2"]
    assert keys(world, Query(text="guest"), viewer=True) == [], "nor find it letter by letter"
    with pytest.raises(Refusal):
        keys(world, Query(filters=(Filter("guest_name", "is", "Guest 1"),)), viewer=True)
    found = records.search(world.noah, world.hotel, "reservations")
    page = records.read(world.noah, "reservations", found.rows[0].id)
    for told in (repr(found), repr(page)):
        assert "Guest 1" not in told
        assert "guest1@" not in told
    assert page.row.values["number"] == "1001"


def test_a_record_says_where_it_came_from(world: World, flow: str) -> None:
    row = records.search(world.maya, world.hotel, "reservations").rows[0]
    page = records.read(world.maya, "reservations", row.id)
    assert page.raw == reservation(1)
    assert page.run is not None
    assert (page.row.source, page.run.integration_id) == ("Front desk", flow)


@pytest.mark.parametrize(("who", "name"), [("maya", "Ada Byron"), ("noah", masking.MASK)])
def test_a_name_is_found_behind_its_id(world: World, flow: str, who: str, name: str) -> None:
    with database.transaction() as session:
        first = session.exec(select(Reservation).where(Reservation.external_id == "res-1")).one()
        first.guest_name, first.guest_id = None, "guest-1"
        common = first.model_dump(include=set(Record.model_fields) - {"id", "external_id"})
        common |= {"external_id": "guest-1", "raw": b"{}"}
        guest = {"first_name": "Ada", "last_name": "Byron"}
        # The same number in another system is somebody else.
        other = {"last_name": "Nobody", "source_id": "src_other"}
        session.add_all([first, Guest(**common | guest), Guest(**common | other)])
    row = records.search(getattr(world, who), world.hotel, "reservations").rows[0]
    assert row.values["guest_name"] == name
    page = records.read(getattr(world, who), "reservations", row.id)
    assert page.row.values["guest_name"] == name


def test_what_is_gone_is_shown_apart(
    world: World, system: HotelSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    flows.tell_deletions(monkeypatch)
    flow = flows.active(world)
    del system.records["reservations"][0]
    flows.run(world, flow)
    assert records.counts(world.maya, world.hotel)["reservations"] == 4
    assert keys(world, Query(removed=True)) == ["res-1"]


def test_strangers_find_nothing(world: World, flow: str) -> None:
    row = records.search(world.maya, world.hotel, "reservations").rows[0]
    for stranger in harvest.strangers(world):
        with pytest.raises(Refusal):
            records.search(stranger, world.hotel, "reservations")
        with pytest.raises(Refusal):
            records.read(stranger, "reservations", row.id)
    assert records.search(world.charlie, world.lodge, "reservations").total == 0
    for type_key, number in (("reservations", 2**70), ("reservations", 0), ("nonsense", 1)):
        with pytest.raises(Refusal):
            records.read(world.maya, type_key, number)
