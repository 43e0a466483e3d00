"""Ages: how long something has waited, in a few steps that people think in. Pure."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

# What each step is called, and what is older belongs to the next one.
STEPS = {
    "today": ("Under a day", timedelta(days=1)),
    "days": ("1 to 3 days", timedelta(days=3)),
    "week": ("3 to 7 days", timedelta(days=7)),
    "older": ("Over a week", timedelta.max),
}


def of(since: datetime, now: datetime) -> str:
    """Return the step of what has waited since then: a key of STEPS."""
    return next(key for key, (_, end) in STEPS.items() if now - since < end)


def counted(since: Iterable[datetime], now: datetime) -> dict[str, int]:
    """Return how many are of each age, in the order of STEPS."""
    found = Counter(of(each, now) for each in since)
    return {key: found[key] for key in STEPS}
