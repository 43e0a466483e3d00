"""The error meter: how far an integration is from disabling itself. Pure.

Two things must come together: so many failed runs in a row, and so many hours since the first of
them. Time in which nothing was tried, and faults of Adjoin itself, never count. Refused credentials
disable it at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domain import moments
from domain.refusals import invalid

MOST_FAILURES, MOST_HOURS = 1000, 24 * 30


@dataclass(frozen=True)
class Limits:
    """When it disables itself, and at which shares of the way (0 to 1) it warns."""

    failures_in_a_row: int = 30
    hours_without_success: int = 24
    warn_at: tuple[float, ...] = (0.5, 0.8)


@dataclass(frozen=True)
class Meter:
    """share: of the way to where it disables itself, 0 to 1. words: the same for people.

    warns_at: the threshold of `Limits.warn_at` that is reached, 0 for none.
    """

    failures: int
    limits: Limits
    first_failure_at: datetime | None
    share: float
    words: str
    warns_at: float

    @property
    def is_over(self) -> bool:
        return self.share >= 1


def read(limits: Limits, failures: int, first_failure_at: datetime | None, now: datetime) -> Meter:
    """Return how far it is, after so many failed runs in a row the first of which was then."""
    without = now - first_failure_at if first_failure_at and failures else timedelta()
    of_hours = without / timedelta(hours=limits.hours_without_success)
    share = min(1.0, failures / limits.failures_in_a_row, of_hours)
    reached = [each for each in limits.warn_at if share >= each]
    words = _words(limits, failures, without)
    return Meter(failures, limits, first_failure_at, share, words, max(reached, default=0.0))


def disabled(limits: Limits, why: str, failures: int, first_failure_at: datetime | None) -> Meter:
    """Return the meter of what is disabled already. why: hand, refused or errors."""
    if why == "hand":
        return Meter(0, limits, None, 0.0, "Nothing is counted while it is disabled.", 0.0)
    words = "Full at once: the credentials were refused."
    if why == "errors":
        hours = f"{limits.hours_without_success} h without success"
        words = f"Full: {failures} failed in a row, and {hours}."
    return Meter(failures, limits, first_failure_at, 1.0, words, max(limits.warn_at, default=1.0))


def checked(limits: Limits) -> Limits:
    """Return the limits; refuses `invalid` what is out of bounds."""
    if not 1 <= limits.failures_in_a_row <= MOST_FAILURES:
        raise invalid(f"Write a number of failed runs from 1 to {MOST_FAILURES}.")
    if not 1 <= limits.hours_without_success <= MOST_HOURS:
        raise invalid(f"Write a number of hours from 1 to {MOST_HOURS}.")
    if not all(0 < share < 1 for share in limits.warn_at):
        raise invalid("Warn somewhere between 1 and 99 %.")
    return limits


def as_json(limits: Limits) -> dict[str, Any]:
    """Return the limits as they are stored."""
    return {
        "failures_in_a_row": limits.failures_in_a_row,
        "hours_without_success": limits.hours_without_success,
        "warn_at": list(limits.warn_at),
    }


def from_json(value: Mapping[str, Any]) -> Limits:
    """Return limits as `as_json` wrote them."""
    return Limits(
        value["failures_in_a_row"], value["hours_without_success"], tuple(value["warn_at"])
    )


def _words(limits: Limits, failures: int, without: timedelta) -> str:
    """Say it: "7 of 30 in a row, would disable itself after 24 h without success"."""
    hours = f"{limits.hours_without_success} h"
    if not failures:
        most = f"{limits.failures_in_a_row} in a row, and {hours} without success"
        return f"No failed run now. {most}, would disable it."
    counted = f"{failures} of {limits.failures_in_a_row} in a row"
    if failures < limits.failures_in_a_row:
        return f"{counted}, would disable itself after {hours} without success"
    left = timedelta(hours=limits.hours_without_success) - without
    if left <= timedelta():
        return f"{counted}, and {hours} without success"
    return f"{counted}, disables itself in {moments.span(left)} if no run succeeds"
