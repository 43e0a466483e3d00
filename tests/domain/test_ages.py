"""How long something has waited, in the steps that people think in."""

from datetime import UTC, datetime, timedelta

import pytest

from domain import ages

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "step"),
    [
        (-1, "today"),
        (0, "today"),
        (23.9, "today"),
        (24, "days"),
        (71, "days"),
        (72, "week"),
        (167, "week"),
        (168, "older"),
        (9999, "older"),
    ],
)
def test_every_age_is_in_one_step(hours: float, step: str) -> None:
    assert ages.of(NOW - timedelta(hours=hours), NOW) == step


def test_they_are_counted_in_order_with_the_empty_ones() -> None:
    since = [NOW - timedelta(days=days) for days in (0, 0, 8)]
    assert list(ages.counted(since, NOW).items()) == [
        ("today", 2),
        ("days", 0),
        ("week", 0),
        ("older", 1),
    ]
