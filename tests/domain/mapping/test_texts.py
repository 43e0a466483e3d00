"""Texts: what a source writes, as our fields keep it."""

from typing import Any

import pytest

from tests.domain.mapping.builders import VIENNA, a_field, a_row, cell, mapped, mapped_cell, refusal

ENDLESS = pytest.param(10**5000, id="endless")  # too long for Python to write


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("  Anna ", "Anna"),
        ("Anna\u00a0", "Anna"),
        (12, "12"),
        (12.0, "12"),
        (12.5, "12.5"),
        (True, "true"),
        (0, "0"),
        ("", None),
        (" \t ", None),
        (None, None),
        ([], None),
        ({}, None),
    ],
)
def test_single_values_become_texts_and_empty_ones_nothing(value: Any, kept: str | None) -> None:
    assert cell("text", value) == kept


def test_what_no_database_keeps_is_replaced() -> None:
    assert cell("text", "a\0b\ud800c") == "a\ufffdb\ufffdc"
    assert cell("text", "\ud83d\ude00") == "😀"
    assert cell("text", "101\0\0") == "101"


def test_letters_can_be_changed() -> None:
    assert cell("text", "de", case="UPPER") == "DE"
    assert cell("text", "ANNA MÜLLER", case="Title") == "Anna Müller"


def test_a_text_that_is_too_long_is_refused_or_cut() -> None:
    sentence = refusal("text", "x" * 11, longest=10)
    assert sentence.startswith("Our field: “xxxxxxxxxxx” is longer than 10 characters. Shorten it")
    assert cell("text", "x" * 1_000_000, longest=10, too_long="cut") == "x" * 10


def test_a_group_or_a_list_is_no_text() -> None:
    assert "(first, last)" in refusal("text", {"first": "A", "last": "B"})
    assert "A list of 2 is no single value" in refusal("text", [1, 2])


@pytest.mark.parametrize("value", [float("nan"), float("inf"), ENDLESS])
def test_numbers_that_are_none_are_no_texts_either(value: Any) -> None:
    assert refusal("text", value).startswith("Our field: ")


def test_fields_are_joined_without_gaps_where_one_is_empty() -> None:
    record = {"theirs": None, "last": "Novak", "titles": ["Dr.", None, "MSc"]}
    assert _joined(record, ["last"]) == "Novak"
    assert _joined({**record, "theirs": "Eva"}, ["last", "titles"]) == "Eva Novak Dr. MSc"
    assert _joined({"theirs": "", "last": " "}, ["last"]) is None


def _joined(record: dict[str, Any], more: list[str]) -> Any:
    row = a_row("guest_name", "theirs", "join", more=more)
    return mapped(record, row).values["guest_name"]


@pytest.mark.parametrize(
    ("part", "kept"), [(1, "Novak"), (2, "Eva"), (-1, "Eva"), (3, None), (-3, None)]
)
def test_a_part_of_a_text_is_taken(part: int, kept: str | None) -> None:
    assert cell("text", "Novak, Eva", "split", separator=",", part=part) == kept


def test_a_date_and_a_time_in_two_fields_are_one_moment() -> None:
    row = a_row("created", "theirs", "join", more=["time"], format="DD.MM.YYYY")
    mapped_to = mapped({"theirs": "31.12.2026", "time": "15:00"}, row).values["created"]
    assert mapped_to.isoformat() == "2026-12-31T14:00:00+00:00"
    assert mapped({"theirs": None, "time": ""}, row).values == {"created": None}


def test_two_dates_in_one_field_are_taken_apart() -> None:
    stay = "01.05.2026 - 03.05.2026"
    options = {"separator": " - ", "format": "DD.MM.YYYY"}
    assert str(cell("date", stay, "split", part=2, **options)) == "2026-05-03"
    assert "no date written like" in refusal("date", "01.05.26 - x", "split", **options)


def test_joined_texts_are_no_longer_than_the_field() -> None:
    assert "longer than 10" in refusal("text", "x" * 11, "join", longest=10)
    assert cell("text", "Novak Eva", "split", part=1, case="UPPER") == "NOVAK"


def test_a_list_of_texts_comes_from_a_list_or_a_text() -> None:
    assert cell("list", ["sea view", " ", 12]) == ["sea view", "12"]
    assert cell("list", "sea view; balcony", separator=";") == ["sea view", "balcony"]
    assert cell("list", [[]]) is None
    assert "no single value" in refusal("list", [{"a": 1}])


def test_a_default_stands_in_for_what_is_empty_only() -> None:
    assert cell("text", " ", default="direct") == "direct"
    assert cell("text", "Booking.com", default="direct") == "Booking.com"
    assert cell("integer", None, default="2") == 2


def test_a_sentence_shows_the_value_in_one_short_line() -> None:
    converted = mapped_cell(a_field("integer"), "two\nhundred " * 100, "integer", VIENNA, {})
    (error,) = converted.errors
    assert len(error.value) <= 61
    assert error.value in error.sentence
    assert "\n" not in error.sentence
