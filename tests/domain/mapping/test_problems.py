"""Problems: a mapping that cannot be used says so before the first record."""

import pytest

from domain.mapping.problems import problem_of, problems
from domain.mapping.rows import Row
from tests.domain.mapping.builders import RESERVATIONS, a_field, a_row

RIGHT = (
    a_row("external_id", "id"),
    a_row("status", "state", "choice"),
    a_row("arrival", "start", "date"),
    a_row("departure", "end", "date"),
)


def _sentences(*rows: Row) -> list[str]:
    return [each.sentence for each in problems(RESERVATIONS, rows)]


def test_a_mapping_with_key_and_required_fields_is_right() -> None:
    assert problems(RESERVATIONS, RIGHT) == ()


def test_everything_that_is_missing_is_told_at_once() -> None:
    assert _sentences() == [
        "Choose the primary key: the field that tells the records apart.",
        "Status: every reservation needs it. Choose where it comes from.",
        "Arrival: every reservation needs it. Choose where it comes from.",
        "Departure: every reservation needs it. Choose where it comes from.",
    ]


def test_unknown_targets_and_doubled_rows_are_told() -> None:
    found = problems(RESERVATIONS, (*RIGHT, a_row("number", "a"), a_row("number", "b"),
                                    a_row("shoe_size", "c")))  # fmt: skip
    assert {each.target: each.sentence for each in found} == {
        "shoe_size": "A reservation has no field called shoe_size.",
        "number": "Number: more than one row fills it.",
    }


@pytest.mark.parametrize(
    ("kind", "row", "sentence"),
    [
        ("text", a_row("target", "a["), "“a[” is no path into a record."),
        ("text", a_row("target", "a]", take="expression"), "The expression cannot be read"),
        ("text", a_row("target", "x" * 501, take="expression"), "at most 500 characters"),
        ("text", a_row("target", " ", take="constant"), "Write the value"),
        ("integer", a_row("target", "two", "integer", take="constant"), "“two” is no number"),
        ("text", a_row("target", "a", "dance"), "There is no transform called dance."),
        ("date", a_row("target", "a", "money"), "Money cannot fill a field of kind date."),
        ("text", a_row("target", "a", colour="red"), "Text has no option called colour."),
        ("text", a_row("target", "a", case="wild"), "The option case is one of"),
        ("text", a_row("target", "a", longest=0), "a whole number from 1"),
        ("text", a_row("target", "a", "join", more=["b["]), "no path into a record"),
        ("text", a_row("target", "a", "join", more="b"), "a list of at most 20 texts"),
        ("text", a_row("target", "a", "split", separator=""), "Say at which separator"),
        ("text", a_row("target", "a", "split", part=0), "which part to take"),
        ("integer", a_row("target", "a", "integer", default="few"), "“few” is no number"),
        (
            "number",
            a_row("target", "a", "number", decimal=",", thousands=","),
            "cannot be the same",
        ),
        ("money", a_row("target", "a", "money"), "Choose a currency"),
        ("money", a_row("target", "a", "money", currency="EUX"), "“EUX” is no currency"),
        ("moment", a_row("target", "a", "moment", time_zone="Mars"), "“Mars” is no time zone"),
        ("date", a_row("target", "a", "date", format="Y"), "The option format is one of"),
        ("choice", a_row("target", "a", "choice", values={"A": "sure"}), "“sure” is none of"),
        ("choice", a_row("target", "a", "choice", otherwise="sure"), "“sure” is none of"),
        ("boolean", a_row("target", "a", "boolean", yes=["x"], no=["x"]), "both yes and no"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_each_row_that_makes_no_sense_says_why(kind: str, row: Row, sentence: str) -> None:
    found = problem_of(row, a_field(kind))
    assert found
    assert found.startswith("Our field: ")
    assert sentence in found


def test_a_primary_key_comes_from_the_record_alone() -> None:
    assert "A constant cannot tell" in _sentences(a_row("external_id", "1", take="constant"))[0]
    assert "A default cannot tell" in _sentences(a_row("external_id", "id", default="1"))[0]
