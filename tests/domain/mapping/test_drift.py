"""Drift: a source that changed under a mapping."""

from dataclasses import replace
from typing import Any

import pytest

from domain.mapping.discovery import fields
from domain.mapping.drift import Drift, Missing, compare
from domain.mapping.rows import Row
from tests.domain.mapping.builders import RESERVATIONS, a_row

ROWS = (
    a_row("external_id", "id"),
    a_row("status", "state", "choice"),
    a_row("arrival", "checkIn", "date"),
    a_row("departure", "checkOut", "date"),
    a_row("guest_name", "guest.first", "join", more=["guest.last"]),
    a_row("total", "price", "money", currency_path="money"),
    a_row("adults", "sum(pax[*].count)", "integer", take="expression"),
    a_row("channel", "Direct", take="constant"),
)


def _records(**changed: Any) -> list[dict[str, Any]]:
    return [
        {
            "id": f"R-{n}",
            "state": "confirmed",
            "checkIn": f"2026-05-0{n}",
            "checkOut": f"2026-05-1{n}",
            "guest": {"first": "Eva", "last": f"Novak {n}"},
            "price": 100 + n,
            "money": "EUR",
            "pax": [{"count": 2}],
            "memo": "late" if n == 1 else None,
        }
        | {name: value(n) if callable(value) else value for name, value in changed.items()}
        for n in range(1, 9)
    ]


def _without(*names: str, **changed: Any) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in record.items() if name not in names}
        for record in _records(**changed)
    ]


def _drift(now: list[dict[str, Any]], rows: tuple[Row, ...] = ROWS) -> Drift:
    return compare(rows, RESERVATIONS, fields(_records()), fields(now))


def test_nothing_changed_is_no_drift() -> None:
    assert _drift(_records()) == Drift()
    assert _drift(_records(state="canceled", price=7)) == Drift()


@pytest.mark.parametrize(
    ("gone", "target"), [("id", "external_id"), ("state", "status"), ("checkIn", "arrival")]
)
def test_without_a_key_or_a_required_field_nothing_can_be_mapped(gone: str, target: str) -> None:
    drift = _drift(_without(gone))
    assert drift.breaks
    assert drift.missing == (Missing(gone, target, True),)


def test_without_an_optional_field_the_rest_can() -> None:
    drift = _drift(_without("guest", "money"))
    assert not drift.breaks
    assert {each.path for each in drift.missing} == {"guest.first", "guest.last", "money"}


def test_a_default_lets_a_required_field_go() -> None:
    rows = (ROWS[0], a_row("status", "state", "choice", default="confirmed"))
    drift = _drift(_without("state"), rows)
    assert [(each.path, each.breaks) for each in drift.missing] == [("state", False)]


@pytest.mark.parametrize(
    ("gone", "new", "value"),
    [
        ("checkIn", "check_in", lambda n: f"2026-05-0{n}"),
        ("checkIn", "arrivalDate", lambda n: f"2026-05-0{n}"),
        ("checkIn", "von", lambda n: f"2026-05-0{n}"),
        ("id", "reservationId", lambda n: f"X-{n}"),
    ],
)
def test_the_new_name_of_a_field_is_suggested(gone: str, new: str, value: Any) -> None:
    drift = _drift(_without(gone, **{new: value, "wake_up": "no", "rooms": 3}))
    (missing,) = drift.missing
    assert (missing.path, missing.suggestion) == (gone, new)
    assert set(drift.new) == {new, "wake_up", "rooms"}


def test_the_only_field_of_its_sort_that_came_is_suggested_for_the_only_one_that_went() -> None:
    # Examples may hold guest data, so that nobody keeps them.
    known = [replace(field, examples=()) for field in fields(_records())]
    now = fields(_without("checkIn", "id", von=lambda n: f"2026-06-0{n}", ref=lambda n: f"Q{n}"))
    drift = compare(ROWS, RESERVATIONS, known, now)
    assert {each.path: each.suggestion for each in drift.missing} == {"checkIn": "von", "id": "ref"}
    both = fields(_without("checkIn", "checkOut", von=lambda n: f"2026-06-0{n}"))
    assert {each.suggestion for each in compare(ROWS, RESERVATIONS, known, both).missing} == {None}


def test_dates_that_all_differ_by_chance_are_of_the_same_sort_as_before() -> None:
    known = [replace(field, examples=(), is_unique=False) for field in fields(_records())]
    now = fields(_without("checkIn", von=lambda n: f"2026-06-0{n}"))
    (missing,) = compare(ROWS, RESERVATIONS, known, now).missing
    assert missing.suggestion == "von"


def test_what_does_not_fit_is_never_suggested() -> None:
    drift = _drift(_without("checkIn", check_in={"by": "car"}, checkin=True))
    assert drift.missing[0].suggestion is None


def test_what_an_expression_mentions_is_missed_too() -> None:
    drift = _drift(_without("pax"))
    assert {(each.path, each.target) for each in drift.missing} == {("pax[*].count", "adults")}


def test_a_field_that_is_only_empty_now_is_as_good_as_gone() -> None:
    assert _drift(_records(checkIn=None)).breaks
    assert not _drift(_records(memo=None)).missing


def test_a_group_that_is_empty_for_once_is_not_gone() -> None:
    known = [{"id": n, "unit": {"id": n} if n % 2 else None} for n in range(8)]
    rows = (a_row("external_id", "id"), a_row("space_id", "unit.id"))
    now = fields([{"id": 1, "unit": None}])
    assert compare(rows, RESERVATIONS, fields(known), now) == Drift()
    always = fields([{"id": n, "unit": {"id": n}} for n in range(8)])
    assert compare(rows, RESERVATIONS, always, now).missing


def test_what_was_hardly_ever_filled_may_be_missing_by_chance() -> None:
    known = [{"id": n} | ({"memo": "x"} if n == 7 else {}) for n in range(20)]
    rows = (a_row("external_id", "id"), a_row("notes", "memo"))
    now = fields([{"id": n} for n in range(20)])
    assert compare(rows, RESERVATIONS, fields(known), now) == Drift()


def test_a_source_without_records_says_nothing() -> None:
    assert _drift([]) == Drift()


@pytest.mark.parametrize("garbage", [5, {"a": 1}, [1, None], "text", None])
def test_options_that_make_no_sense_are_no_reason_to_fail(garbage: Any) -> None:
    rows = (Row("total", "path", "price", "money", {"more": garbage, "currency_path": garbage}),)
    assert _drift(_records(), rows) == Drift()
    assert _drift(_without("money"), rows) == Drift()
