"""Previews: what a person sees before anything counts."""

from typing import Any

import pytest

from domain.mapping.preview import Cell, keys, preview
from domain.mapping.rows import Row
from tests.domain.mapping.builders import RESERVATIONS, VIENNA, a_row

ROWS = (
    a_row("external_id", "id"),
    a_row("status", "state", "choice"),
    a_row("arrival", "start", "date"),
    a_row("created", "made", "moment"),
    a_row("total", "price", "money", currency_path="currency"),
    a_row("channel", "Direct", take="constant"),
)
RECORD = {
    "id": 5,
    "state": "confirmed",
    "start": "2026-11-21T23:30:00Z",
    "made": "2026-07-01T10:00:00Z",
    "price": 480.5,
    "currency": "EUR",
}


def _cells(record: Any, *rows: Row) -> dict[str, Cell]:
    (sample,) = preview(RESERVATIONS, rows or ROWS, [record], time_zone=VIENNA)
    return {cell.target: cell for cell in sample.cells}


def test_each_cell_is_shown_before_and_after() -> None:
    (sample,) = preview(RESERVATIONS, ROWS, [RECORD], time_zone=VIENNA)
    assert sample.is_right
    assert sample.key == "5"
    assert [(cell.before, cell.after) for cell in sample.cells] == [
        ("5", "5"),
        ("confirmed", "confirmed"),
        ("2026-11-21T23:30:00Z", "2026-11-22"),
        ("2026-07-01T10:00:00Z", "2026-07-01 12:00:00"),
        ("480.5", "480.50 EUR"),
        ("Direct", "Direct"),
    ]


@pytest.mark.parametrize(
    ("price", "currency", "shown"),
    [(0.05, "EUR", "0.05 EUR"), (-0.5, "EUR", "-0.50 EUR"), (1500, "JPY", "1500 JPY"),
     (1.5, "KWD", "1.500 KWD"), (None, "EUR", "")],
)  # fmt: skip
def test_money_is_shown_with_the_decimals_of_its_currency(
    price: Any, currency: str, shown: str
) -> None:
    cells = _cells({**RECORD, "price": price, "currency": currency})
    assert cells["total"].after == shown


def test_an_error_is_explained_in_its_cell_and_the_others_stay() -> None:
    cells = _cells({**RECORD, "start": "21.11.2026"})
    assert cells["arrival"].before == "21.11.2026"
    assert cells["arrival"].after == ""
    assert str(cells["arrival"].error).startswith("Arrival: “21.11.2026” is no date written like")
    assert cells["total"].error is None


def test_of_joined_fields_each_is_shown() -> None:
    cells = _cells({"a": "Eva", "c": "Novak"}, a_row("guest_name", "a", "join", more=["b", "c"]))
    assert (cells["guest_name"].before, cells["guest_name"].after) == ("Eva + Novak", "Eva Novak")


def test_a_row_that_makes_no_sense_is_explained_in_its_cells() -> None:
    cells = _cells(RECORD, a_row("notes", "length(", take="expression"))
    assert cells["notes"].error == "Notes: The expression ends too early."
    assert cells["notes"].before == ""


def test_values_that_are_missing_are_shown_as_nothing() -> None:
    cells = _cells({"id": 5}, a_row("notes", "note"), a_row("adults", "pax", "integer"))
    assert [(cell.before, cell.after, cell.error) for cell in cells.values()] == [
        ("", "", None),
        ("", "", None),
    ]


@pytest.mark.parametrize("record", [None, 7, [], "text", {"id": {"a": ["\ud800" * 99]}}])
def test_any_record_can_be_shown(record: Any) -> None:
    for cell in _cells(record).values():
        (cell.before + cell.after + str(cell.error)).encode()


def test_duplicate_and_empty_keys_are_found() -> None:
    found = keys(
        RESERVATIONS,
        ROWS,
        [{"id": key} for key in (1, 2, "1 ", None, "", 3, {"a": 1}, 3, 3)],
        time_zone=VIENNA,
    )
    assert (found.records, found.empty) == (9, 3)
    assert found.duplicates == (("3", 3), ("1", 2))
    assert not found.are_right


def test_keys_that_tell_all_records_apart_are_right() -> None:
    assert keys(RESERVATIONS, ROWS, [{"id": 1}, {"id": 2}], time_zone=VIENNA).are_right
    assert not keys(RESERVATIONS, ROWS[1:], [{"id": 1}], time_zone=VIENNA).are_right
