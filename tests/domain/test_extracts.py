"""Extracts: what a partner's program reads of a hotel, page by page, while the data change."""

import base64
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import orjson
import pytest

from domain import connections, cursors, extracts, tokens
from domain.actors import Actor
from domain.extracts import Wanted
from domain.shelves import CATALOGUE, READS, number_of, public_id
from domain.types_of_data import ALL
from tests import shelf
from tests.builders import World
from tests.domain.refusing import refused
from tests.shelf import Shelf

EACH = pytest.mark.parametrize("type_key", ALL)


@pytest.fixture
def filled(world: World) -> Shelf:
    """Harbour Hotel with res-1 to res-5, which D3x may read, and with one of all else."""
    return shelf.fill(world)


def keys(filled: Shelf, type_key: str = "reservations", **wanted: Any) -> list[str]:
    found = extracts.page(filled.actor, type_key, Wanted(**wanted))
    return [each["external_id"] for each in found.data]


def every_page(filled: Shelf, wanted: Wanted) -> list[list[str]]:
    """Return the keys of all pages, one list for each."""
    pages: list[list[str]] = []
    while True:
        found = extracts.page(filled.actor, "reservations", wanted)
        pages.append([each["external_id"] for each in found.data])
        if found.next_cursor is None:
            return pages
        wanted = replace(wanted, cursor=found.next_cursor)


# What a record looks like


def test_a_record_is_told_with_its_source_and_with_money_and_moments_as_programs_take_them(
    filled: Shelf,
) -> None:
    found = extracts.page(filled.actor, "reservations", Wanted(limit=1))
    told = orjson.loads(orjson.dumps(found.data[0]))
    assert told["id"].startswith("res_")
    assert told["source"] == {"id": filled.source, "name": "Mews"}
    assert told["total"] == {"amount": 25_001, "currency": "EUR"}
    assert told["balance"] is None
    assert told["arrival"] == "2026-12-02"
    assert told["changed_at"] == told["created"]
    assert told["changed_at"] == filled.world.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert told["removed_at"] is None
    fields = {each.key for each in ALL["reservations"].fields}
    assert set(told) == fields | {"id", "source", "changed_at", "removed_at"}


@EACH
def test_every_type_is_read_with_all_its_fields_and_nothing_of_ours(
    filled: Shelf, type_key: str
) -> None:
    found = extracts.page(filled.actor, type_key, Wanted(limit=1))
    fields = {each.key for each in ALL[type_key].fields}
    assert set(found.data[0]) == fields | {"id", "source", "changed_at", "removed_at"}
    for each in ALL[type_key].fields:
        if each.kind == "boolean":
            assert found.data[0][each.key] in (True, False, None)
            assert type(found.data[0][each.key]) is not int


def test_one_record_is_read_by_its_number(filled: Shelf) -> None:
    (told,) = extracts.page(filled.actor, "spaces", Wanted()).data
    number = number_of("spaces", told["id"]) or 0
    assert extracts.one(filled.actor, "spaces", number) == told


@pytest.mark.parametrize("text", ["res_", "res_0", "res_017", "res_-1", "gue_17", "17", "res_1७"])
def test_what_is_no_id_of_a_type_has_no_number(text: str) -> None:
    assert number_of("reservations", text) is None
    assert number_of("reservations", public_id("reservations", 17)) == 17


# Who may read what


def test_guests_leave_no_trace_in_the_reservations_of_an_app_that_may_not_read_them(
    filled: Shelf,
) -> None:
    shelf.permit(["reservations:read"])
    found = extracts.page(filled.actor, "reservations", Wanted())
    assert len(found.data) == 5
    assert not {"guest_id", "guest_name", "notes"} & set(found.data[0])
    assert b"Guest" not in orjson.dumps(found.data)
    assert found.data[0]["number"] == "1001"


@EACH
def test_a_type_that_the_app_did_not_ask_for_is_refused_in_words(
    filled: Shelf, type_key: str
) -> None:
    shelf.permit([each for each in shelf.EVERYTHING if each != READS[type_key]])
    refusal = refused(extracts.page, filled.actor, type_key, Wanted())
    assert (refusal.code, refusal.owner) == ("permission_missing", "partner")
    assert READS[type_key] in refusal.message


@EACH
def test_a_pending_connection_reads_only_the_catalogue_for_mapping(
    world: World, type_key: str
) -> None:
    filled = shelf.fill(world, active=False)
    if type_key in CATALOGUE:
        assert keys(filled, type_key) == [f"{type_key}-1"]
    else:
        refusal = refused(extracts.page, filled.actor, type_key, Wanted())
        assert refusal.code == "connection_pending"


@EACH
def test_a_disabled_connection_reads_nothing(filled: Shelf, type_key: str) -> None:
    connections.disable(filled.world.maya, filled.connection, "A break.")
    refusal = refused(extracts.page, filled.actor, type_key, Wanted())
    assert refusal.code == "connection_disabled"


def test_nothing_is_read_once_the_connection_has_ended_or_the_token_was_rotated_at_once(
    filled: Shelf,
) -> None:
    before = filled.actor
    tokens.rotate(filled.world.maya, filled.connection, at_once=True)
    assert refused(extracts.page, before, "spaces", Wanted()).code == "token_revoked"
    after = filled.actor
    assert keys(filled, "spaces") == ["spaces-1"]
    connections.disconnect(filled.world.maya, filled.connection)
    assert refused(extracts.page, after, "spaces", Wanted()).code == "token_revoked"


def test_a_superseded_token_reads_for_a_day(filled: Shelf) -> None:
    old, now = filled.actor, filled.world.now
    tokens.rotate(filled.world.maya, filled.connection, now=now)
    soon, late = now + timedelta(hours=23), now + timedelta(hours=25)
    assert extracts.page(old, "spaces", Wanted(), now=soon).data
    assert refused(extracts.page, old, "spaces", Wanted(), now=late).code == "token_revoked"


def test_charlies_connection_reads_charlies_hotel_and_nothing_of_another(filled: Shelf) -> None:
    charlies = shelf.token_of(shelf.add_charlies(filled.world))
    theirs = extracts.page(charlies, "reservations", Wanted())
    assert [each["source"]["name"] for each in theirs.data] == ["Apaleo"] * 3
    ours = extracts.page(filled.actor, "reservations", Wanted(limit=2))
    foreign = tuple(number_of("reservations", each["id"]) or 0 for each in ours.data)
    assert extracts.page(charlies, "reservations", Wanted(ids=foreign)).data == []
    assert refused(extracts.one, charlies, "reservations", foreign[0]).code == "not_found"
    taken = Wanted(limit=2, cursor=ours.next_cursor or "")
    assert refused(extracts.page, charlies, "reservations", taken).code == "invalid_cursor"


def test_people_and_made_up_tokens_read_nothing_here(filled: Shelf) -> None:
    world = filled.world
    for stranger in (world.charlie, world.maya, world.dee, world.olga):
        assert refused(extracts.page, stranger, "spaces", Wanted()).code == "not_found"
    made_up = Actor("token", "tok_never")
    assert refused(extracts.page, made_up, "spaces", Wanted()).code == "token_revoked"
    assert refused(extracts.page, filled.actor, "people", Wanted()).code == "not_found"


# Paging


def test_pages_follow_each_other_in_the_order_of_the_numbers(filled: Shelf) -> None:
    assert every_page(filled, Wanted(limit=2)) == [
        ["res-1", "res-2"],
        ["res-3", "res-4"],
        ["res-5"],
    ]
    assert every_page(filled, Wanted(limit=5)) == [[f"res-{n}" for n in range(1, 6)]]


def test_none_is_missing_and_none_comes_twice_while_the_data_change(filled: Shelf) -> None:
    later = filled.world.after(minutes=1)
    first = extracts.page(filled.actor, "reservations", Wanted(limit=2))
    filled.change("res-1", later, number="9")
    filled.remove("res-2", later)
    filled.change("res-4", later, number="9")
    filled.add([6], later)
    wanted = Wanted(limit=2, cursor=first.next_cursor or "")
    assert every_page(filled, wanted) == [["res-3", "res-4"], ["res-5", "res-6"]]


def test_what_has_changed_since_comes_in_the_order_of_the_changes_with_what_was_removed(
    filled: Shelf,
) -> None:
    now = filled.world.now
    filled.change("res-4", now + timedelta(minutes=1), number="9")
    filled.remove("res-2", now + timedelta(minutes=2))
    filled.add([6], now + timedelta(minutes=3))
    wanted = Wanted(updated_since=now + timedelta(minutes=1), limit=2)
    assert every_page(filled, wanted) == [["res-4", "res-2"], ["res-6"]]
    found = extracts.page(filled.actor, "reservations", wanted)
    gone = (now + timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert [each["removed_at"] for each in found.data] == [None, gone]
    assert keys(filled) == ["res-1", "res-3", "res-4", "res-5", "res-6"]


def test_what_has_changed_at_one_moment_is_told_on_as_many_pages_as_it_needs(
    filled: Shelf,
) -> None:
    now = filled.world.now
    for key in ("res-1", "res-3", "res-4", "res-5"):
        filled.change(key, now + timedelta(minutes=1), number="9")
    filled.change("res-2", now + timedelta(minutes=2), number="9")
    since = now + timedelta(minutes=1)
    for limit, pages in ((1, 5), (2, 3), (3, 2), (4, 2), (5, 1)):
        found = every_page(filled, Wanted(updated_since=since, limit=limit))
        assert [key for page in found for key in page] == [
            "res-1",
            "res-3",
            "res-4",
            "res-5",
            "res-2",
        ]
        assert len(found) == pages


def test_a_record_that_changes_again_comes_again_at_the_end(filled: Shelf) -> None:
    now = filled.world.now
    wanted = Wanted(updated_since=now, limit=3)
    first = extracts.page(filled.actor, "reservations", wanted)
    filled.change("res-1", now + timedelta(minutes=1), number="9")
    rest = every_page(filled, replace(wanted, cursor=first.next_cursor or ""))
    assert rest == [["res-4", "res-5", "res-1"]]


def test_every_page_says_until_when_the_first_one_was_complete(filled: Shelf) -> None:
    now = filled.world.now
    first = extracts.page(filled.actor, "reservations", Wanted(limit=4), now=now)
    last = extracts.page(
        filled.actor,
        "reservations",
        Wanted(limit=4, cursor=first.next_cursor or ""),
        now=now + timedelta(hours=1),
    )
    assert first.synced_until == last.synced_until == now - timedelta(seconds=10)


def test_a_cursor_is_of_one_list_only(filled: Shelf) -> None:
    wanted = Wanted(limit=2, filters={"status": ("confirmed",)})
    cursor = extracts.page(filled.actor, "reservations", wanted).next_cursor or ""
    assert keys(filled, cursor=cursor, filters=wanted.filters) == ["res-3", "res-4", "res-5"]
    for other in (
        Wanted(cursor=cursor),
        Wanted(cursor=cursor, filters={"status": ("started",)}),
        Wanted(cursor=cursor, filters=wanted.filters, updated_since=filled.world.now),
        Wanted(cursor=cursor, filters=wanted.filters, ids=(1,)),
    ):
        assert refused(extracts.page, filled.actor, "reservations", other).code == "invalid_cursor"
    elsewhere = Wanted(cursor=cursor)
    assert refused(extracts.page, filled.actor, "guests", elsewhere).code == "invalid_cursor"


def test_a_cursor_outlives_the_rotation_of_the_token(filled: Shelf) -> None:
    cursor = extracts.page(filled.actor, "reservations", Wanted(limit=4)).next_cursor or ""
    tokens.rotate(filled.world.maya, filled.connection)
    assert keys(filled, cursor=cursor) == ["res-5"]


def test_a_cursor_that_somebody_made_up_is_refused(filled: Shelf) -> None:
    cursor = extracts.page(filled.actor, "reservations", Wanted(limit=2)).next_cursor or ""
    packed = bytearray(base64.urlsafe_b64decode(cursor + "=="))
    packed[7] ^= 1
    moved = base64.urlsafe_b64encode(packed).decode()
    for made_up in ("x", "é", "\ud800", "=", moved, cursor[:-4], cursor[::-1], "A" * 54):
        wanted = Wanted(limit=2, cursor=made_up)
        refusal = refused(extracts.page, filled.actor, "reservations", wanted)
        assert (refusal.code, refusal.owner) == ("invalid_cursor", "partner")


def test_a_cursor_says_nothing_that_others_may_not_know(filled: Shelf) -> None:
    place = cursors.Place(17, filled.world.now, filled.world.now)
    assert cursors.read(cursors.written(place, "ours"), "ours") == place
    assert b"ours" not in base64.urlsafe_b64decode(cursors.written(place, "ours") + "==")


# Filters


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"status": ("started",)}, []),
        ({"status": ("started", "confirmed")}, [1, 2, 3, 4, 5]),
        ({"arrival_from": "2026-12-05"}, [4, 5]),
        ({"arrival_to": "2026-12-03"}, [1, 2]),
        ({"departure_from": "2026-12-07", "departure_to": "2026-12-07"}, [4]),
        ({"arrival_from": "2026-12-03", "arrival_to": "2026-12-04", "status": ("started",)}, []),
    ],
)
def test_reservations_are_asked_for_by_status_and_days(
    filled: Shelf, filters: dict[str, Any], expected: list[int]
) -> None:
    days = {
        name: value if name == "status" else date.fromisoformat(value)
        for name, value in filters.items()
    }
    assert keys(filled, filters=days) == [f"res-{n}" for n in expected]


@pytest.mark.parametrize(
    ("type_key", "filters", "is_there"),
    [
        ("products", {"q": "BREAK"}, True),
        ("products", {"q": "bf break"}, True),
        ("products", {"q": "products-1"}, True),
        ("products", {"q": "break dinner"}, False),
        ("products", {"q": "%"}, False),
        ("products", {"active": True}, True),  # its source does not say
        ("products", {"active": False}, False),
        ("spaces", {"active": True}, True),
        ("accounting_categories", {"active": True}, False),
        ("accounting_categories", {"active": False, "q": "4000"}, True),
    ],
)
def test_the_catalogue_is_searched_by_name_code_and_id_and_by_what_is_in_use(
    filled: Shelf, type_key: str, filters: dict[str, Any], is_there: bool
) -> None:
    assert keys(filled, type_key, filters=filters) == [f"{type_key}-1"] * is_there


def test_a_record_of_the_catalogue_is_found_by_our_id(filled: Shelf) -> None:
    (told,) = extracts.page(filled.actor, "products", Wanted()).data
    assert keys(filled, "products", filters={"q": told["id"]}) == ["products-1"]


def test_records_are_asked_for_by_their_ids(filled: Shelf) -> None:
    told = extracts.page(filled.actor, "reservations", Wanted()).data
    numbers = tuple(number_of("reservations", each["id"]) or 0 for each in told)
    assert keys(filled, ids=(numbers[3], numbers[1], 10**17)) == ["res-2", "res-4"]
    assert keys(filled, ids=()) == []
    filled.remove("res-2", filled.world.now)
    assert keys(filled, ids=numbers[:2]) == ["res-1"]
