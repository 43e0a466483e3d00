"""Versions: what somebody changed, as others read it."""

import pytest

from domain.mapping.rows import Row
from domain.mapping.versions import changes
from tests.domain.mapping.builders import RESERVATIONS, a_row

ARRIVAL = a_row("arrival", "arrival", "date")
STATUS = a_row("status", "state", "choice", values={"A": "confirmed", "B": "ended"})


def _said(before: list[Row], after: list[Row]) -> tuple[str, ...]:
    return changes(RESERVATIONS, before, after)


def test_the_same_rows_changed_nothing() -> None:
    assert _said([ARRIVAL, STATUS], [STATUS, ARRIVAL]) == ()


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ([], [ARRIVAL], "Arrival: now from `arrival`."),
        ([ARRIVAL], [], "Arrival: no longer filled (was from `arrival`)."),
        (
            [ARRIVAL],
            [a_row("arrival", "checkIn", "date")],
            "Arrival: now from `checkIn` (was `arrival`).",
        ),
        (
            [a_row("channel", "origin")],
            [a_row("channel", "Direct", take="constant")],
            "Channel: now from the constant “Direct” (was `origin`).",
        ),
        (
            [a_row("channel", "origin")],
            [a_row("channel", "origin || source", take="expression")],
            "Channel: now from the expression `origin || source` (was `origin`).",
        ),
        (
            [a_row("guest_name", "guest")],
            [a_row("guest_name", "guest", "join")],
            "Guest name: now converted by “Join fields” (was “Text”).",
        ),
        (
            [ARRIVAL],
            [a_row("arrival", "arrival", "date", format="DD.MM.YYYY")],
            "Arrival: “Written as” is now “DD.MM.YYYY”.",
        ),
        (
            [a_row("total", "price", "money", currency="EUR")],
            [a_row("total", "price", "money", currency="CHF")],
            "Total: “Currency” is now “CHF” (was “EUR”).",
        ),
        (
            [a_row("total", "price", "money", currency="EUR")],
            [a_row("total", "price", "money")],
            "Total: “Currency” is no longer set (was “EUR”).",
        ),
        (
            [STATUS],
            [a_row("status", "state", "choice", values={"A": "started", "C": "canceled"})],
            "Status: “Value list” changed: A → started, C → canceled, without B.",
        ),
        (
            [a_row("guest_name", "first", "join", more=["last"])],
            [a_row("guest_name", "first", "join", more=["middle", "last"])],
            "Guest name: “Further fields” is now “middle”, “last” (was “last”).",
        ),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_a_change_is_one_sentence(before: list[Row], after: list[Row], sentence: str) -> None:
    assert _said(before, after) == (sentence,)


def test_many_lines_of_a_value_list_are_counted() -> None:
    many = a_row("status", "state", "choice", values={f"S{n}": "ended" for n in range(9)})
    (said,) = _said([a_row("status", "state", "choice")], [many])
    assert said.endswith("S4 → ended and 4 more.")


def test_changes_come_in_the_order_of_our_fields() -> None:
    said = _said([], [ARRIVAL, STATUS, a_row("gone", "x"), a_row("external_id", "id")])
    assert [each.split(":")[0] for each in said] == ["Primary key", "Status", "Arrival", "gone"]
