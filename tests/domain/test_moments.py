"""Spans of time in words."""

from datetime import UTC, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import moments


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(0), "0 seconds"),
        (timedelta(seconds=-5), "0 seconds"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(seconds=59), "59 seconds"),
        (timedelta(seconds=60), "1 minute"),
        (timedelta(seconds=89), "1 minute"),
        (timedelta(minutes=3), "3 minutes"),
        (timedelta(minutes=59, seconds=50), "1 hour"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=2, minutes=10), "2 hours"),
        (timedelta(hours=23, minutes=50), "1 day"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=4, hours=3), "4 days"),
        (timedelta(days=400), "400 days"),
    ],
)
def test_a_span_is_said_as_people_say_it(span: timedelta, words: str) -> None:
    assert moments.span(span) == words


@given(st.integers(0, 200_000).map(lambda seconds: timedelta(seconds=seconds)))
@settings(max_examples=2_000)
def test_no_unit_is_counted_beyond_the_next(span: timedelta) -> None:
    number, unit = moments.span(span).split()
    most = {"second": 59, "minute": 59, "hour": 23}.get(unit.removesuffix("s"), 10_000)
    assert 0 <= int(number) <= most
    assert (int(number) == 1) == (not unit.endswith("s"))


@given(st.timedeltas(timedelta(minutes=2), timedelta(days=1000)))
def test_a_span_in_words_is_never_far_off(span: timedelta) -> None:
    number, unit = moments.span(span).split()
    said = int(number) * {"minute": 60, "hour": 3_600, "day": 86_400}[unit.removesuffix("s")]
    assert abs(said - span.total_seconds()) <= 0.5 * span.total_seconds()


def test_now_knows_its_time_zone() -> None:
    assert moments.now().tzinfo is UTC
