"""The time now, for verbs whose caller names none, and spans of time in words."""

from datetime import UTC, datetime, timedelta


def now() -> datetime:
    return datetime.now(UTC)


def span(duration: timedelta) -> str:
    """Return a duration as people say it: "40 seconds", "3 minutes", "2 hours", "4 days"."""
    seconds = max(0, int(duration.total_seconds()))
    for size, finer, unit in ((86_400, 3_600, "day"), (3_600, 60, "hour"), (60, 1, "minute")):
        # What would round up to "60 minutes" is "1 hour" already.
        if seconds >= size - finer / 2:
            return _count(round(seconds / size), unit)
    return _count(seconds, "second")


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
