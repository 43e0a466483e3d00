"""Schedules: when an integration runs by itself. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.refusals import invalid

MOST_OFTEN, LEAST_OFTEN = 1, 24 * 60  # minutes
ONE_HOUR = 60
KINDS = ("every", "daily", "by_hand", "webhook")


@dataclass(frozen=True)
class Schedule:
    """kind: every (`minutes`), daily (`at`, as 04:30 on the clocks of the property), by_hand, or
    webhook (whenever the source calls, and every `minutes` in case that a call got lost)."""

    kind: str = "every"
    minutes: int = 15
    at: str = "04:00"

    @property
    def words(self) -> str:
        """Say it: "every 15 minutes"."""
        if self.kind == "every":
            return "every minute" if self.minutes == 1 else f"every {self.minutes} minutes"
        if self.kind == "daily":
            return f"daily at {self.at}"
        if self.kind == "by_hand":
            return "only by hand"
        hours = self.minutes // ONE_HOUR
        often = "every hour" if hours == 1 else f"every {hours} hours"
        return f"when the source calls, and {often} in any case"


def checked(schedule: Schedule) -> Schedule:
    """Return the schedule; refuses `invalid` one that cannot be kept."""
    if schedule.kind not in KINDS:
        raise invalid("Choose when it runs.")
    if schedule.kind == "every" and not MOST_OFTEN <= schedule.minutes <= LEAST_OFTEN:
        raise invalid(f"Write a number of minutes from {MOST_OFTEN} to {LEAST_OFTEN}.")
    hours = range(ONE_HOUR, LEAST_OFTEN + 1, ONE_HOUR)
    if schedule.kind == "webhook" and schedule.minutes not in hours:
        raise invalid("Write a number of hours from 1 to 24.")
    at = _time(schedule.at)
    if schedule.kind == "daily" and at is None:
        raise invalid("Write the time as hours and minutes, such as 04:30.")
    return replace(schedule, at=f"{at:%H:%M}") if schedule.kind == "daily" else schedule


def as_json(schedule: Schedule) -> dict[str, Any]:
    """Return a schedule as it is stored."""
    if schedule.kind == "every":
        return {"every_minutes": schedule.minutes}
    if schedule.kind == "webhook":
        return {"webhook": schedule.minutes}
    return {"daily_at": schedule.at} if schedule.kind == "daily" else {schedule.kind: True}


def from_json(value: Mapping[str, Any]) -> Schedule:
    """Return a schedule as `as_json` wrote it."""
    if "every_minutes" in value:
        return Schedule("every", minutes=value["every_minutes"])
    if "daily_at" in value:
        return Schedule("daily", at=value["daily_at"])
    if "webhook" in value:
        return Schedule("webhook", minutes=value["webhook"])
    return Schedule("by_hand")


def following(schedule: Schedule, after: datetime, time_zone: str) -> datetime | None:
    """Return when it runs next after a moment, None when not by the clock.

    An hour that the clocks leave out in spring moves by as much; one that comes twice in autumn
    counts once.
    """
    if schedule.kind in ("every", "webhook"):
        return after + timedelta(minutes=schedule.minutes)
    at = _time(schedule.at) if schedule.kind == "daily" else None
    if at is None:
        return None
    zone = ZoneInfo(time_zone)
    local = after.astimezone(zone)
    for days in range(3):
        due = datetime.combine(local.date() + timedelta(days=days), at, zone)
        # Compared in UTC: on the clocks of one zone, Python compares what they show.
        if due.astimezone(after.tzinfo) > after:
            return due.astimezone(after.tzinfo)
    return None


def _time(text: str) -> time | None:
    try:
        hours, minutes = text.strip().split(":")
        return time(int(hours), int(minutes)) if len(minutes) == 2 else None
    except ValueError:
        return None
