"""Compiled mappings: a record in, values and errors out, and never an exception."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.mapping import conversions
from domain.mapping.compiled import Converted, compile
from domain.mapping.rows import Row
from tests.domain.mapping.builders import (
    RESERVATIONS,
    VIENNA,
    a_field,
    a_row,
    a_type,
    mapped,
    mapped_cell,
    sentences,
)

STATES = {"Confirmed": "confirmed", "Processed": "ended"}
ROWS = (
    a_row("external_id", "Id"),
    a_row("status", "State", "choice", values=STATES),
    a_row("arrival", "StartUtc", "date"),
    a_row("departure", "EndUtc", "date"),
    a_row("created", "CreatedUtc", "moment"),
    a_row("guest_name", "Guest.First", "join", more=["Guest.Last"]),
    a_row("adults", "sum(Persons[*].Count)", "integer", take="expression"),
    a_row("total", "Price.Gross", "money", currency_path="Price.Currency"),
    a_row("channel", "Direct", take="constant"),
)
RECORD = {
    "Id": 17,
    "State": "Confirmed",
    "StartUtc": "2026-11-21T23:30:00Z",
    "EndUtc": "2026-11-25T09:00:00Z",
    "CreatedUtc": "2026-01-02T03:04:05Z",
    "Guest": {"First": "Eva", "Last": "Novak"},
    "Persons": [{"Count": 2}, {"Count": 1}],
    "Price": {"Gross": 480.5, "Currency": "EUR"},
}


def test_a_record_becomes_a_reservation() -> None:
    assert mapped(RECORD, *ROWS) == Converted(
        "17",
        {
            "status": "confirmed",
            "arrival": date(2026, 11, 22),
            "departure": date(2026, 11, 25),
            "created": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
            "guest_name": "Eva Novak",
            "adults": 3,
            "total": 48050,
            "total_currency": "EUR",
            "channel": "Direct",
        },
    )


def test_every_wrong_cell_is_told_and_the_right_ones_stay() -> None:
    wrong = {**RECORD, "State": "Maybe", "EndUtc": "25/11/2026", "Price": {"Gross": "cheap"}}
    converted = mapped(wrong, *ROWS)
    assert converted.key == "17"
    assert converted.values["arrival"] == date(2026, 11, 22)
    assert [error.target for error in converted.errors] == ["status", "departure", "total"]
    assert (
        sentences(converted.errors)[0] == "Status: “Maybe” is not in the value list. Add it there."
    )
    assert [error.value for error in converted.errors] == ["Maybe", "25/11/2026", "cheap"]


@pytest.mark.parametrize("nothing", [None, "", "  ", [], {}])
def test_a_required_field_that_is_empty_is_an_error_and_another_one_is_not(nothing: Any) -> None:
    empty = {**RECORD, "State": nothing, "CreatedUtc": nothing}
    converted = mapped(empty, *ROWS)
    assert converted.values["created"] is None
    assert sentences(converted.errors) == [
        "Status: it is empty, but every reservation needs it."
    ]  # fmt: skip


@pytest.mark.parametrize("record", [None, [], {}, "text", 7, True, [RECORD], float("nan")])
def test_what_is_no_record_lacks_everything_that_is_required(record: Any) -> None:
    converted = mapped(record, *ROWS)
    assert converted.key is None
    targets = {error.target for error in converted.errors}
    assert {"external_id", "status", "arrival", "departure"} <= targets


@pytest.mark.parametrize("key", ["a\0b", "a\ud800", "x" * 301, {"id": 1}, [1], float("inf"), 1e22])
def test_a_key_is_never_repaired(key: Any) -> None:
    converted = mapped({**RECORD, "Id": key}, *ROWS)
    assert converted.key is None
    assert converted.errors[0].target == "external_id"


def test_a_row_that_makes_no_sense_is_an_error_of_its_cell_only() -> None:
    wrong = (a_row("number", "a["), a_row("notes", "b", "money"), a_row("children", "c", "dance"))
    converted = mapped(RECORD, *ROWS, *wrong)
    assert converted.key == "17"
    assert [error.target for error in converted.errors] == ["number", "notes", "children"]


def test_a_half_made_mapping_can_be_tried() -> None:
    assert mapped(RECORD, ROWS[2]) == Converted(None, {"arrival": date(2026, 11, 22)})
    assert mapped(RECORD) == Converted(None, {})
    assert mapped(RECORD, a_row("nonsense", "Id")) == Converted(None, {})


def test_a_time_zone_that_is_none_is_an_error_of_the_cells_that_need_it() -> None:
    converted = mapped(RECORD, *ROWS, zone="Mars/Olympus")
    assert converted.key == "17"
    assert [error.target for error in converted.errors] == ["arrival", "departure", "created"]


def _nested(depth: int) -> Any:
    value: Any = "end"
    for _ in range(depth):
        value = {"Id": [value]}
    return value


# By name, as neither Python nor hypothesis can write all of them.
MONSTERS: dict[str, Any] = {
    "NUL": "\0",
    "half a pair": "\ud800",
    "a megabyte": "x" * 1_000_000,
    "endless": 10**5000,
    "smallest": -(2**63),
    "deep": _nested(300),
    "huge": "1e99",
    "noughts": "0" * 400,
    "earliest": "0001-01-01T00:00+14:00",
    "latest": "9999-12-31T23:59:59-23:59",
    "date": "2026-12-31",
    "number": "-1.5",
}
WILD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(sorted(MONSTERS)).map(lambda name: MONSTERS[name]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["Id", "Gross", "First", "Count", "a"]), inner, max_size=4
        )
    ),
    max_leaves=6,
)
RECORDS = st.fixed_dictionaries({}, optional=dict.fromkeys(RECORD, WILD))
MAPPED = compile(RESERVATIONS, ROWS, time_zone=VIENNA)


@given(RECORDS | WILD)
def test_a_mapping_never_raises_and_maps_equal_records_equally(record: Any) -> None:
    converted = MAPPED(record)
    assert MAPPED(record) == converted
    assert all(error.sentence.endswith(".") for error in converted.errors)
    assert converted.key is not None or converted.errors
    "".join([*filter(None, [converted.key]), *sentences(converted.errors)]).encode()


OPTIONS = st.dictionaries(
    st.sampled_from(
        sorted({"default", *(o.key for c in conversions.ALL.values() for o in c.options)})
    ),
    WILD | st.sampled_from([".", ",", " ", "EUR", "unix_seconds", "MM/DD/YYYY", "cut", "UPPER"]),
    max_size=3,
)


@pytest.mark.parametrize("conversion", conversions.ALL.values(), ids=lambda each: each.key)
@given(value=WILD, options=OPTIONS)
@settings(max_examples=60)
def test_no_conversion_raises_whatever_it_is_told_and_given(
    conversion: Any, value: Any, options: dict[str, Any]
) -> None:
    for kind in conversion.kinds:
        converted = mapped_cell(a_field(kind), value, conversion.key, VIENNA, options)
        is_filled = converted.values["target"] is not None
        assert not (is_filled and converted.errors)


@given(WILD)
@settings(max_examples=60)
def test_what_a_text_becomes_can_be_stored(value: Any) -> None:
    text = mapped_cell(a_field("text", longest=300), value, "text", VIENNA, {}).values["target"]
    assert text is None or (text and len(text) <= 300 and "\0" not in text and text.encode())


def test_the_last_of_a_hundred_thousand_texts_is_refused_as_shortly_as_the_first() -> None:
    convert = compile(a_type(a_field("date")), (Row("target", "path", "d", "date"),), time_zone="")
    assert len(convert({"d": "x" * 1_000_000}).errors[0].sentence) < 200
