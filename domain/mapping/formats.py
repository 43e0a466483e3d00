"""Formats: the ways in which sources write dates and times. One is chosen; none is guessed."""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any

from domain.mapping.conversion import MappingError, quoted

Read = Callable[[Any], "date | datetime | None"]  # None: what some systems write for "no date"

_LONGEST = 50  # characters of a date
_FIRST_YEAR, _LAST_YEAR = 1800, 2200
_LARGEST_UNIX = 7_258_118_400  # seconds until 2200
# MySQL's and .NET's ways of saying that there is no date.
_NO_DATES = ("0000-00-00", "0001-01-01")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_SHORT = tuple(name[:3].lower() for name in _MONTHS)
_ISO = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
    r"(?:[T ](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?.*)?"
)
_TIME = (
    r"(?:[T ,]+(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,][0-9]+)?)?"
    r" ?(?P<half>[AaPp][Mm])?)? ?(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_PARTS = {
    "DD": r"(?P<day>[0-9]{1,2})",
    "MMM": r"(?P<name>[A-Za-z]{3,9})\.?",
    "MM": r"(?P<month>[0-9]{1,2})",
    "YYYY": r"(?P<year>[0-9]{4})",
}


@dataclass(frozen=True)
class Format:
    """One way to write a date, with or without a time. `example` shows it to people."""

    key: str
    label: str
    example: str
    read: Read


def _refusal(value: Any, example: str) -> MappingError:
    return MappingError(f"{quoted(value)} is no date written like {example}.")


def _checked(value: Any, found: date) -> date:
    if _FIRST_YEAR <= found.year <= _LAST_YEAR:
        return found
    raise MappingError(
        f"{quoted(value)} is too far away: years from {_FIRST_YEAR} to {_LAST_YEAR} are taken."
    )


def _impossible(value: Any, found: Mapping[str, Any]) -> MappingError | None:
    """Return what to say of a date that is written well, and is in no calendar or on no clock.

    None when it is something else that is wrong: a month 13 is a day, in another country's way.
    """
    year, month, day = (int(found.get(part) or 0) for part in ("year", "month", "day"))
    if not (1 <= month <= 12 and _FIRST_YEAR <= year <= _LAST_YEAR):
        return None
    days = monthrange(year, month)[1]
    if not 1 <= day <= days:
        there = f"{_MONTHS[month - 1]} {year} has {days} days"
        sentence = f"{quoted(value)} is a day that does not exist: {there}."
        return MappingError(sentence, at_source=True)
    hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
    is_half = found.get("half") and not 1 <= hour <= 12
    if hour > 23 or minute > 59 or second > 59 or is_half:
        sentence = f"{quoted(value)} has a time that does not exist."
        return MappingError(sentence, at_source=True)
    return None


def _iso(value: Any) -> date | datetime | None:
    example = "2026-12-31 or 2026-12-31T15:00:00Z"
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise _refusal(value, example)
    text = value.strip()
    try:
        found = date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError as error:
        if text.startswith(_NO_DATES[0]):
            return None
        parts = _ISO.fullmatch(text)
        impossible = _impossible(value, parts.groupdict()) if parts else None
        raise impossible or _refusal(value, example) from error
    if _FIRST_YEAR <= found.year <= _LAST_YEAR:
        return found
    return None if text.startswith(_NO_DATES[1]) else _checked(value, found)


def _written(pattern: str, example: str) -> Read:
    """Return the function that reads dates like DD.MM.YYYY, with or without a time."""
    parts = re.split("(DD|MMM|MM|YYYY)", pattern)
    shape = "".join(_PARTS.get(part, re.escape(part)) for part in parts) + _TIME
    if pattern == "YYYYMMDD":  # nothing separates its parts, so that each has its full width
        shape = shape.replace("{1,2}", "{2}")
    fits = re.compile(shape).fullmatch

    def read(value: Any) -> date | datetime | None:
        text = str(value) if type(value) is int and 0 < value < 10**8 else value
        match = fits(text.strip()) if _can_be_date(text) else None
        if match is None:
            raise _refusal(value, example)
        parts = match.groupdict()
        try:
            return _checked(value, _of_parts(parts))
        except ValueError as error:
            raise _impossible(value, parts) or _refusal(value, example) from error

    return read


def _can_be_date(text: Any) -> bool:
    return isinstance(text, str) and len(text) <= _LONGEST


def _of_parts(found: dict[str, Any]) -> date | datetime:
    """Return the date in the groups of a pattern; raises ValueError for the 31st of February."""
    if name := found.get("name"):
        found["month"] = _SHORT.index(name[:3].lower()) + 1
    day = date(int(found["year"]), int(found["month"]), int(found["day"]))
    if found["hour"] is None:
        return day
    hour, minute = _hour(int(found["hour"]), found["half"]), int(found["minute"])
    second = int(found["second"] or 0)
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=_zone(found["zone"]))


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError
    return hour % 12 + (12 if half.lower() == "pm" else 0)


def _zone(text: str | None) -> timezone | None:
    if text is None or text == "Z":
        return None if text is None else UTC
    size = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-size if text[0] == "-" else size)


def _unix(per_second: int, example: str) -> Read:
    def read(value: Any) -> datetime:
        number = _number(value)
        if number is None or not abs(number) <= _LARGEST_UNIX * per_second:
            raise _refusal(value, example)
        found = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=number / per_second)
        _checked(value, found)
        return found

    return read


def _number(value: Any) -> int | float | None:
    if isinstance(value, str) and re.fullmatch(r" *-?[0-9]{1,15} *", value):
        return int(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number else None


def _table() -> dict[str, Format]:
    iso = Format("iso", "ISO 8601", "2026-12-31T15:00:00Z", _iso)
    patterns = {
        "DD.MM.YYYY": "31.12.2026",
        "DD/MM/YYYY": "31/12/2026",
        "MM/DD/YYYY": "12/31/2026",
        "DD-MM-YYYY": "31-12-2026",
        "YYYY/MM/DD": "2026/12/31",
        "YYYYMMDD": "20261231",
        "DD MMM YYYY": "31 Dec 2026",
        "MMM DD, YYYY": "Dec 31, 2026",
    }
    read = [Format(key, key, each, _written(key, each)) for key, each in patterns.items()]
    seconds = _unix(1, "1798675200")
    milliseconds = _unix(1_000, "1798675200000")
    counted = [
        Format("unix_seconds", "Unix seconds", "1798675200", seconds),
        Format("unix_milliseconds", "Unix milliseconds", "1798675200000", milliseconds),
    ]
    return {each.key: each for each in (iso, *read, *counted)}


FORMATS: Mapping[str, Format] = MappingProxyType(_table())
