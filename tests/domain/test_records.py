"""Records: found in the database by words, filters and order, and masked for viewers."""

import pytest
from sqlmodel import col, select

from domain import finder, masking, records
from domain.records import Filter, Query
from domain.refusals import Refusal
from storage import database
from storage.records import Guest, Record, Reservation, Space
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


def test_a_key_that_says_who_a_guest_is_is_masked_for_viewers_and_not_found(
    world: World, flow: str
) -> None:
    with database.transaction() as session:
        first = session.exec(select(Reservation).where(Reservation.external_id == "res-1")).one()
        first.external_id = first.guest_id = first.search = "ada@mail.example"
        session.add(first)
    assert keys(world, Query(text="ada@"), viewer=True) == []
    for key in ("external_id", "guest_id"):
        with pytest.raises(Refusal):
            keys(world, Query(filters=(Filter(key, "contains", "a"),)), viewer=True)
    row = records.search(world.noah, world.hotel, "reservations").rows[0]
    assert (row.external_id, row.name) == (masking.MASK, f"#{row.id}")
    page = records.read(world.noah, "reservations", row.id)
    hit = finder.find(world.noah, world.hotel, "ada@mail.example").hits[0]
    assert "ada@" not in repr((row, page.row, hit))
    assert keys(world, Query(text="ada@")) == ["ada@mail.example"]


def test_a_record_says_where_it_came_from(world: World, flow: str) -> None:
    row = records.search(world.maya, world.hotel, "reservations").rows[0]
    page = records.read(world.maya, "reservations", row.id)
    assert page.raw == reservation(1)
    assert page.run is not None
    assert (page.row.source, page.run.integration_id) == ("Front desk", flow)


@pytest.fixture
def apart(world: World, flow: str) -> None:
    """Two reservations that say by reference alone who stays where: res-1 Élise Lefèvre in Garden
    506, res-2 a guest who never came in."""
    with database.transaction() as session:
        rows = session.exec(select(Reservation).order_by(col(Reservation.id))).all()
        for row in rows[:2]:
            row.guest_name, row.guest_id, row.space_id = (
                None,
                f"guest-{row.external_id}",
                "room-506",
            )
            row.search = f"{row.external_id} {row.number}"
            session.add(row)
        common = rows[0].model_dump(include=set(Record.model_fields) - {"id", "external_id"})
        common |= {"external_id": "guest-res-1", "raw": b"{}"}
        elise = {"first_name": "Élise", "last_name": "Lefèvre", "company": "Rue & Fils"}
        found_by = {"search": "guest-res-1 élise lefèvre elise@mail.example rue & fils"}
        # The same number in another system is somebody else.
        other = {"last_name": "Nobody", "source_id": "src_other", "search": "guest-res-1 nobody"}
        room = {"external_id": "room-506", "search": "room-506 garden 506", "name": "Garden 506"}
        session.add_all(
            [Guest(**common | elise | found_by), Guest(**common | other), Space(**common | room)]
        )


@pytest.mark.parametrize(("who", "name"), [("maya", "Élise Lefèvre"), ("noah", masking.MASK)])
def test_a_name_is_read_behind_its_id(world: World, apart: None, who: str, name: str) -> None:
    row = records.search(getattr(world, who), world.hotel, "reservations").rows[0]
    assert row.values["guest_name"] == name
    page = records.read(getattr(world, who), "reservations", row.id)
    assert page.row.values["guest_name"] == name


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(text="LEFÈVRE"), ["res-1"]),
        (Query(text="élise 506 1001"), ["res-1"]),
        (Query(text="garden"), ["res-1", "res-2"]),
        (Query(text="guest 3"), ["res-3"]),
        (Query(text="elise@mail.example"), []),
        (Query(text="nobody"), []),
        (Query(filters=(Filter("guest_name", "contains", "élise lef"),)), ["res-1"]),
        (Query(filters=(Filter("guest_name", "contains", "LEFÈVRE"),)), ["res-1"]),
        (Query(filters=(Filter("guest_name", "contains", "lefèvre élise"),)), []),
        (Query(filters=(Filter("guest_name", "contains", "guest-res-1"),)), []),
        (Query(filters=(Filter("guest_name", "is", "Élise Lefèvre"),)), ["res-1"]),
        (Query(filters=(Filter("guest_name", "is", "Lefèvre"),)), []),
        (Query(filters=(Filter("guest_name", "is", ""),)), ["res-2"]),
        (Query(filters=(Filter("space_name", "is", "Garden 506"),)), ["res-1", "res-2"]),
        (Query(filters=(Filter("space_name", "is", ""),)), ["res-3", "res-4", "res-5"]),
    ],
)
def test_records_are_found_by_a_name_behind_an_id(
    world: World, apart: None, query: Query, expected: list[str]
) -> None:
    assert keys(world, query) == expected


@pytest.mark.parametrize("text", ["lefèvre", "é", "rue", "elise", "guest-res-1"])
def test_viewers_do_not_find_the_guest_behind_an_id_letter_by_letter(
    world: World, apart: None, text: str
) -> None:
    assert keys(world, Query(text=text), viewer=True) == []
    with pytest.raises(Refusal):
        keys(world, Query(filters=(Filter("guest_name", "contains", text),)), viewer=True)


def test_viewers_find_the_space_behind_an_id(world: World, apart: None) -> None:
    assert keys(world, Query(text="GARDEN 506"), viewer=True) == ["res-1", "res-2"]
    by_name = Query(filters=(Filter("space_name", "contains", "garden"),))
    assert keys(world, by_name, viewer=True) == ["res-1", "res-2"]


def test_strangers_do_not_find_a_name_behind_an_id(world: World, apart: None) -> None:
    for query in (
        Query(text="lefèvre"),
        Query(filters=(Filter("guest_name", "contains", "lefèvre"),)),
    ):
        assert records.search(world.charlie, world.lodge, "reservations", query).total == 0


def test_what_is_gone_is_found_by_a_name_behind_an_id(world: World, apart: None) -> None:
    with database.transaction() as session:
        first = session.exec(select(Reservation).where(Reservation.external_id == "res-1")).one()
        first.removed_at = world.now
        session.add(first)
    assert keys(world, Query(text="lefèvre", removed=True)) == ["res-1"]


def test_names_behind_ids_are_no_order(world: World, apart: None) -> None:
    found = records.search(world.maya, world.hotel, "reservations")
    assert found.filled == {"guest_name", "space_name"}
    with pytest.raises(Refusal) as refused:
        keys(world, Query(sort="guest_name"))
    assert refused.value.code == "invalid"


def test_names_that_records_say_themselves_are_an_order(world: World, flow: str) -> None:
    found = records.search(world.maya, world.hotel, "reservations", Query(sort="guest_name"))
    assert found.filled == frozenset()


def test_capitals_of_every_language_are_found(world: World, flow: str) -> None:
    with database.transaction() as session:
        first = session.exec(select(Reservation).where(Reservation.external_id == "res-1")).one()
        first.guest_name = "Élise Østergaard"
        session.add(first)
    for text in ("élise", "ØSTER"):
        assert keys(world, Query(filters=(Filter("guest_name", "contains", text),))) == ["res-1"]


def test_a_record_leads_to_those_it_refers_to(world: World, apart: None) -> None:
    first, second = records.search(world.maya, world.hotel, "reservations").rows[:2]
    targets = records.read(world.maya, "reservations", first.id).targets
    assert set(targets) == {"guest_name", "space_name"}
    guest = records.read(world.maya, *targets["guest_name"])
    assert guest.row.external_id == "guest-res-1"
    assert guest.row.values["last_name"] == "Lefèvre"
    assert set(records.read(world.maya, "reservations", second.id).targets) == {"space_name"}


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
