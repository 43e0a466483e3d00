"""Kinds of a source's values, as far as examples tell them."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from domain.mapping.conversion import MappingError
from domain.mapping.formats import FORMATS

EMPTY, LIST, GROUP, MIXED = "empty", "list", "group", "mixed"
_LONGEST_DATE = 40
_FEW_ARE_NONE = 0.7  # what share of examples a format has to exceed
# With or without groups of three, and with either decimal sign: which one, the draft says.
_NUMBER = re.compile(r"[+-]?([0-9]{1,3}([.,' ][0-9]{3})+|[0-9]{1,15})([.,][0-9]{1,6})?")
# ISO first; of two formats that fit all examples, the one that more countries use.
_DATE_FORMATS = tuple(key for key in FORMATS if not key.startswith("unix") and key != "YYYYMMDD")


def of(values: Iterable[Any]) -> str:
    """Return the kind that all values have: text, integer, number, boolean, date, moment, list,
    group, mixed, or empty when there are none. Empty values are to be left out before.
    """
    kinds = {_of_value(value) for value in values}
    if kinds == {"integer", "number"}:
        return "number"
    if kinds == {"date", "moment"}:
        return "moment"
    if len(kinds) == 1:
        return kinds.pop()
    if not kinds:
        return EMPTY
    return "text" if kinds <= {"text", "date", "moment"} else MIXED


def _of_value(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return _of_text(value)
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    return LIST if isinstance(value, list) else GROUP


def _of_text(text: str) -> str:
    """Only what is written like a date in so many characters is one; "20261231" is a number."""
    if len(text) > _LONGEST_DATE or text[4:5] != "-":
        return "text"
    found = _read(text, "iso")
    if found is None:
        return "text"
    return "moment" if isinstance(found, datetime) else "date"


def date_format(examples: Sequence[str]) -> str | None:
    """Return the one format in which the examples are written; None when none or two fit.

    "03/04/2026" fits two and "31/12/2026" one: only an example that decides makes a format sure.
    A few may be no dates at all, like the 31st of February.
    """
    fitting = _date_formats(examples)
    return fitting[0] if len(fitting) == 1 else None


def first_date_format(examples: Sequence[str]) -> str | None:
    """Return the first format in which the examples are written, when there is one."""
    return next(iter(_date_formats(examples)), None)


def _date_formats(examples: Sequence[str]) -> list[str]:
    """Return the formats that fit best, and all but a few."""
    fits = {key: sum(_read(each, key) is not None for each in examples) for key in _DATE_FORMATS}
    most = max(fits.values())
    return [key for key in fits if fits[key] == most > len(examples) * _FEW_ARE_NONE]


def looks_like_number(examples: Sequence[str]) -> bool:
    return bool(examples) and all(_NUMBER.fullmatch(each.strip()) for each in examples)


def _read(text: str, key: str) -> date | datetime | None:
    try:
        return FORMATS[key].read(text)
    except MappingError:
        return None
