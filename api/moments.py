"""Moments and days as programs write them: RFC 3339, moments with a time zone."""

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

_RFC_3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
# Far from where a time zone could lead out of what a moment may be.
_FIRST, _LAST = 1970, 8999
_DESCRIBED = {
    "type": "string",
    "format": "date-time",
    "pattern": r"^(19[7-9][0-9]|[2-8][0-9]{3})-",
    "examples": ["2026-11-21T14:02:00Z"],
}


def _written(value: object) -> object:
    if not isinstance(value, str) or not _RFC_3339.fullmatch(value):
        raise _wrong()
    return value


def _sane(moment: AwareDatetime) -> AwareDatetime:
    if not _FIRST <= moment.year <= _LAST:
        raise _wrong()
    return moment


def _wrong() -> PydanticCustomError:
    return PydanticCustomError("moment", "Write a moment such as 2026-11-21T14:02:00Z.")


Moment = Annotated[
    AwareDatetime,
    Field(strict=False),
    BeforeValidator(_written),
    AfterValidator(_sane),
    WithJsonSchema(_DESCRIBED),
]

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DAY_DESCRIBED = {
    "type": "string",
    "format": "date",
    "pattern": r"^20[0-9][0-9]-",
    "examples": ["2026-11-21"],
}


def _written_day(value: object) -> object:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise PydanticCustomError("day", "Write a day such as 2026-11-21.")
    return value


Day = Annotated[
    date,
    Field(strict=False),
    BeforeValidator(_written_day),
    WithJsonSchema(_DAY_DESCRIBED),
]
