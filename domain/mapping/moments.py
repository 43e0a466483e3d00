"""Conversions to moments and dates: what a source's clock shows, in UTC or as a day.

A time without a zone is read in the zone of the option, else in the property's. Where the clock is
turned back, and shows an hour twice, the first is meant; where it is turned forward, a time in the
hour that doesn't exist is read as if the clock had not been turned yet (PEP 495, fold=0).
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from domain.mapping.conversion import (
    Conversion,
    Convert,
    MappingError,
    Option,
    Place,
    choice_option,
    quoted,
    text_option,
)
from domain.mapping.formats import FORMATS

_MOST_KNOWN = 5_000  # dates that are remembered by their text; a hotel's records share few

FORMAT = Option(
    "format",
    "Written as",
    "choice",
    "How the source writes it.",
    tuple((each.key, f"{each.label}: {each.example}") for each in FORMATS.values()),
)
TIME_ZONE = Option(
    "time_zone",
    "Time zone",
    "time_zone",
    "Where times without a zone are meant; the property’s own when nothing is chosen.",
)


def zone(name: str) -> tzinfo:
    """Return a time zone by its name, as Europe/Vienna; raises MappingError."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise MappingError(f"{quoted(name)} is no time zone.") from error


def _zone(options: Mapping[str, Any], place: Place) -> tzinfo:
    return zone(text_option(options, "time_zone") or place.time_zone)


def _moment(options: Mapping[str, Any], place: Place) -> Convert:
    read = FORMATS[choice_option(options, "format", tuple(FORMATS))].read
    here = _zone(options, place)

    def convert(value: Any, record: Any) -> datetime | None:
        found = read(value)
        if not isinstance(found, datetime):
            return None if found is None else _in_utc(datetime.combine(found, time()), here)
        return found if found.tzinfo is UTC else _in_utc(found, here)

    return convert


def _in_utc(found: datetime, here: tzinfo) -> datetime:
    return (found if found.tzinfo else found.replace(tzinfo=here)).astimezone(UTC)


def _date(options: Mapping[str, Any], place: Place) -> Convert:
    read = FORMATS[choice_option(options, "format", tuple(FORMATS))].read
    here = _zone(options, place)
    # The day of a moment is the day at the property, wherever its clock was read.
    home = zone(place.time_zone)
    known: dict[str, date] = {}

    def convert(value: Any, record: Any) -> date | None:
        if type(value) is not str:
            return _day(read(value), here, home)
        if (day := known.get(value)) is None:
            day = _day(read(value), here, home)
            if len(known) >= _MOST_KNOWN:
                known.clear()
            if day is not None:
                known[value] = day
        return day

    return convert


def _day(found: date | datetime | None, here: tzinfo, home: tzinfo) -> date | None:
    if not isinstance(found, datetime):
        return found
    return (found if found.tzinfo else found.replace(tzinfo=here)).astimezone(home).date()


MOMENT = Conversion("moment", "Date and time", frozenset({"moment"}), _moment, (FORMAT, TIME_ZONE))
DATE = Conversion("date", "Date", frozenset({"date"}), _date, (FORMAT, TIME_ZONE))
