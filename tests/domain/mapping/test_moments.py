"""Moments and dates: one day off is a guest before a locked door."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.domain.mapping.builders import cell, refusal

NEW_YEAR = date(2026, 12, 31)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-12-31T15:00:00Z", at(2026, 12, 31, 15)),
        ("2026-12-31T15:00:00.1234567Z", at(2026, 12, 31, 15, 0, 0, 123456)),
        ("2026-12-31T15:00:00+05:30", at(2026, 12, 31, 9, 30)),
        ("2026-12-31 15:00", at(2026, 12, 31, 14)),
        ("2026-07-31T15:00:00", at(2026, 7, 31, 13)),
        ("2026-12-31", at(2026, 12, 30, 23)),
        (" 2026-12-31T15:00Z ", at(2026, 12, 31, 15)),
    ],
)
def test_times_without_a_zone_are_the_property_s(written: str, moment: datetime) -> None:
    found = cell("moment", written)
    assert found == moment
    assert found.tzinfo is UTC


def test_the_zone_of_the_row_comes_before_the_property_s() -> None:
    found = cell("moment", "2026-12-31T15:00", time_zone="America/New_York")
    assert found == at(2026, 12, 31, 20)


def test_an_hour_that_does_not_exist_is_read_as_if_the_clock_was_not_turned_yet() -> None:
    assert cell("moment", "2026-03-29T02:30") == at(2026, 3, 29, 1, 30)


def test_of_an_hour_that_comes_twice_the_first_is_meant() -> None:
    assert cell("moment", "2026-10-25T02:30") == at(2026, 10, 25, 0, 30)


@pytest.mark.parametrize(
    ("format", "written"),
    [
        ("iso", "2026-12-31"),
        ("iso", "20261231"),
        ("DD.MM.YYYY", "31.12.2026"),
        ("DD.MM.YYYY", "31.12.2026 15:00"),
        ("DD/MM/YYYY", "31/12/2026"),
        ("MM/DD/YYYY", "12/31/2026 3:00:00 PM"),
        ("DD-MM-YYYY", "31-12-2026"),
        ("YYYY/MM/DD", "2026/12/31"),
        ("YYYYMMDD", 20261231),
        ("DD MMM YYYY", "31 Dec 2026"),
        ("MMM DD, YYYY", "December 31, 2026"),
        ("unix_seconds", 1798675200),
        ("unix_seconds", "1798675200"),
        ("unix_milliseconds", 1798675200000),
    ],
)
def test_a_date_is_read_in_the_format_that_was_chosen(format: str, written: Any) -> None:
    assert cell("date", written, format=format) == NEW_YEAR
    assert cell("moment", written, format=format).date() in (NEW_YEAR, date(2026, 12, 30))


def test_the_day_of_a_moment_is_the_day_at_the_property() -> None:
    assert cell("date", "2026-12-30T23:30:00Z", zone="Europe/Vienna") == NEW_YEAR
    assert cell("date", "2026-12-31T23:30:00Z", zone="America/New_York") == NEW_YEAR
    assert cell("date", "2026-12-31T23:30:00", zone="Europe/Vienna") == NEW_YEAR
    assert cell("date", "2026-12-31T03:00", zone="Asia/Tokyo", time_zone="UTC") == NEW_YEAR


@pytest.mark.parametrize(
    ("hour", "is_at"), [("12:05 AM", 0), ("12:05 pm", 12), ("1:05 PM", 13), ("23:05", 23)]
)
def test_hours_of_half_days_are_read(hour: str, is_at: int) -> None:
    found = cell("moment", f"12/31/2026 {hour}", zone="UTC", format="MM/DD/YYYY")
    assert found == at(2026, 12, 31, is_at, 5)


@pytest.mark.parametrize(
    "value",
    [
        "31.12.2026",
        "2026-13-01",
        "tomorrow",
        "2026-12-31T15:00+99:00",
        1798675200,
        True,
        [2026],
        {"year": 2026},
        "2026-12-31" * 100_000,
        "\ud800",
        float("nan"),
    ],
    ids=lambda value: str(value)[:20].encode("ascii", "replace").decode(),
)
@pytest.mark.parametrize("kind", ["date", "moment"])
def test_what_is_written_otherwise_is_refused_with_an_example(kind: str, value: Any) -> None:
    assert refusal(kind, value).endswith("2026-12-31 or 2026-12-31T15:00:00Z.")


@pytest.mark.parametrize(
    ("format", "value"),
    [
        ("DD.MM.YYYY", "2026-12-31"),
        ("DD.MM.YYYY", "00.00.2026"),
        ("MM/DD/YYYY", "31/12/2026"),
        ("YYYYMMDD", "2026123"),
        ("DD MMM YYYY", "31 Foo 2026"),
        ("DD.MM.YYYY", "31.12.2026 15:00 +99:00"),
        ("unix_seconds", 1798675200000),
        ("unix_seconds", float("inf")),
        ("unix_seconds", True),
        ("unix_milliseconds", "soon"),
    ],
)
def test_no_format_takes_what_another_one_writes(format: str, value: Any) -> None:
    assert "is no date written like" in refusal("moment", value, format=format)


@pytest.mark.parametrize(
    ("format", "value", "why"),
    [
        ("iso", "2026-02-30", "is a day that does not exist: February 2026 has 28 days."),
        ("iso", "2028-02-30T15:00Z", "is a day that does not exist: February 2028 has 29 days."),
        ("DD.MM.YYYY", "31.02.2026", "is a day that does not exist: February 2026 has 28 days."),
        ("DD.MM.YYYY", "00.04.2026", "is a day that does not exist: April 2026 has 30 days."),
        ("DD MMM YYYY", "31 Jun 2026", "is a day that does not exist: June 2026 has 30 days."),
        ("YYYYMMDD", "20260230", "is a day that does not exist: February 2026 has 28 days."),
        ("iso", "2026-12-31T24:30:00", "has a time that does not exist."),
        ("MM/DD/YYYY", "12/31/2026 13:00 PM", "has a time that does not exist."),
        ("DD.MM.YYYY", "31.12.2026 15:60", "has a time that does not exist."),
        ("iso", "9999-12-31", "is too far away: years from 1800 to 2200 are taken."),
        ("DD.MM.YYYY", "14.10.1066", "is too far away: years from 1800 to 2200 are taken."),
    ],
)
@pytest.mark.parametrize("kind", ["date", "moment"])
def test_what_is_written_well_and_cannot_be_is_not_called_written_wrong(
    kind: str, format: str, value: str, why: str
) -> None:
    assert refusal(kind, value, format=format) == f"Our field: “{value}” {why}"


@pytest.mark.parametrize(
    "nothing", ["0000-00-00", "0000-00-00 00:00:00", "0001-01-01T00:00:00", "0001-01-01"]
)
def test_the_way_some_systems_write_that_there_is_no_date_is_empty(nothing: str) -> None:
    assert cell("date", nothing) is None
    assert cell("moment", nothing) is None


@pytest.mark.parametrize("zone", ["Europe", "Mars/Olympus", "../etc/passwd", "\0", "\ud800"])
def test_a_zone_that_is_none_is_refused(zone: str) -> None:
    assert "no time zone" in refusal("moment", "2026-12-31", time_zone=zone)


def test_an_unknown_format_is_refused() -> None:
    assert "option format is one of" in refusal("date", "2026-12-31", format="whatever")
