"""When a delivery is tried again, against the reference schedule of Standard Webhooks 1.0.0."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import retries

# standardwebhooks.com, "Deliverability and reliability": the suggested schedule, in seconds.
REFERENCE = [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]


@pytest.mark.parametrize(("number", "seconds"), list(enumerate(REFERENCE, start=1)))
def test_an_attempt_waits_as_long_as_the_standard_says(number: int, seconds: int) -> None:
    assert retries.delay_before(number, 0) == seconds


@pytest.mark.parametrize("number", [11, 12, 1_000])
def test_after_ten_attempts_there_is_no_other(number: int) -> None:
    assert retries.delay_before(number, 0) is None
    assert retries.delay_before(number, 0, retry_after=60) is None


@given(number=st.integers(1, 10), jitter=st.floats(-1, 1))
def test_jitter_moves_a_delay_by_a_fifth_at_most(number: int, jitter: float) -> None:
    delay = retries.delay_before(number, jitter)
    assert delay is not None
    assert 0.8 * REFERENCE[number - 1] <= delay <= 1.2 * REFERENCE[number - 1]


@given(number=st.integers(1, 10), jitter=st.floats(-1, 1), asked=st.none() | st.integers(0, 86_400))
def test_a_receiver_that_asks_for_a_longer_pause_gets_it(
    number: int, jitter: float, asked: int | None
) -> None:
    delay = retries.delay_before(number, jitter, asked)
    assert delay is not None
    assert delay >= (asked or 0)
    assert delay == max(retries.delay_before(number, jitter) or 0, asked or 0)


@given(jitter=st.floats(-1, 1))
def test_waiting_grows_from_attempt_to_attempt(jitter: float) -> None:
    delays = [retries.delay_before(number, jitter) or 0 for number in range(1, 11)]
    assert delays == sorted(delays)


def test_the_whole_schedule_takes_three_days_and_some_hours() -> None:
    assert timedelta(days=3) < timedelta(seconds=sum(REFERENCE)) < timedelta(days=4)


@pytest.mark.parametrize(
    ("days", "failures", "hopeless"),
    [
        (0, 1_000, False),
        (4.99, 1_000, False),
        (5, 4, False),
        (60, 1, False),
        (60, 4, False),
        (5, 5, True),
        (6, 500, True),
    ],
)
def test_an_endpoint_is_hopeless_after_five_days_and_five_failures(
    days: float, failures: int, hopeless: bool
) -> None:
    assert retries.is_hopeless(timedelta(days=days), failures) == hopeless


def test_the_schedule_can_be_read_by_people() -> None:
    words = retries.in_words()
    assert words[:4] == ("at once", "5 seconds later", "5 minutes later", "30 minutes later")
    assert len(words) == len(REFERENCE)
