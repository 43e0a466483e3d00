"""Drafts: the row with which a source's field could fill one of ours, told from its examples."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from domain.mapping import kinds, likeness, names
from domain.mapping.choices import NO, YES, folded
from domain.mapping.conversion import is_empty
from domain.mapping.currencies import DIGITS
from domain.mapping.discovery import SourceField
from domain.mapping.rows import Row

if TYPE_CHECKING:
    from domain.types_of_data import Field

# How well values of a source's kind (first) do for a field of ours of some kind, 0 to 100.
_FITS: dict[str, dict[str, int]] = {
    "text": {"text": 100, "integer": 95, "number": 80, "date": 70, "moment": 60, "boolean": 50},
    "integer": {"integer": 100, "number": 70, "list": 82},
    "number": {"number": 100, "integer": 95},
    "money": {"number": 100, "integer": 97},
    "moment": {"moment": 100, "date": 75},
    "date": {"date": 100, "moment": 97},
    "boolean": {"boolean": 100},
    "choice": {"text": 100, "integer": 60},
    "list": {"list": 100, "text": 70},
}
_EMPTY = 88  # a field without any example: its name is all that is known
_UNIX_SECONDS = range(10**9, 4 * 10**9)
_UNIX_MILLISECONDS = range(10**12, 4 * 10**12)
_LIKE_A_VALUE = 85
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
_FIRST_AND_LAST = (("first", "last"), ("First", "Last"), ("FIRST", "LAST"), ("Vor", "Nach"))


def fit(field: Field, source: SourceField, fields: Sequence[SourceField]) -> int:
    """Return how well a source's values do for a field of ours, 0 (not at all) to 100."""
    if source.kind == kinds.EMPTY:
        return _EMPTY
    if field.kind == "integer" and source.kind == kinds.LIST and not _PLAIN.fullmatch(source.path):
        return 0  # an expression would have to count its items, and writes such names otherwise
    if field.key == "guest_name" and _is_first_name(source.path):
        return 97 if _last_name(source, fields) else 0
    fits = _FITS[field.kind].get(source.kind, 0)
    if source.kind in (kinds.LIST, kinds.GROUP, kinds.MIXED):
        return fits
    if field.kind in ("integer", "number", "money") and kinds.looks_like_number(source.examples):
        return max(fits, 92)
    if field.kind in ("date", "moment"):
        return max(fits, _fit_of_date(source))
    if field.kind == "boolean" and _are_yes_or_no(source.examples):
        return max(fits, 92)
    if field.kind == "choice" and fits:
        return fits if _value_list(field, source.examples) else fits - 25
    return fits


def row(field: Field, source: SourceField, fields: Sequence[SourceField]) -> Row:
    """Return the row by which `source` fills `field`; `fields` are all of the source's."""
    transform, options = field.kind, _options(field, source, fields)
    if field.kind == "integer" and source.kind == kinds.LIST:
        counted = f"length(not_null({source.path}, `[]`))"
        return Row(field.key, "expression", counted, transform)
    if field.key == "guest_name" and (last := _last_name(source, fields)):
        transform, options = "join", {"more": [last]}
    return Row(field.key, "path", source.path, transform, options)


def is_unsure_date(field: Field, source: SourceField) -> bool:
    """Whether the examples leave open which number is the day and which the month."""
    return (
        field.kind in ("date", "moment")
        and source.kind == "text"
        and kinds.date_format(source.examples) is None
    )


def lacks_currency(drafted: Row) -> bool:
    return drafted.transform == "money" and not drafted.options.get("currency_path")


def _options(field: Field, source: SourceField, fields: Sequence[SourceField]) -> dict[str, Any]:
    if field.kind == "money":
        return _of_number(source) | _currency(source, fields)
    if field.kind in ("integer", "number"):
        return _of_number(source)
    if field.kind in ("date", "moment"):
        return _of_date(source)
    if field.kind == "choice":
        return {"values": _value_list(field, names.with_relatives(source.examples))}
    return {}


def _of_number(source: SourceField) -> dict[str, Any]:
    """Return how texts write numbers: of comma and point, the last one is the decimal sign."""
    if source.kind != "text":
        return {}
    commas = [each for each in source.examples if "," in each]
    if not commas:
        return {}
    if any("." in each for each in commas):
        is_comma = all(each.rfind(",") > each.rfind(".") for each in commas if "." in each)
        return {"decimal": ",", "thousands": "."} if is_comma else {"thousands": ","}
    return {"decimal": ","}


def _currency(source: SourceField, fields: Sequence[SourceField]) -> dict[str, Any]:
    """Return the field that names the currency: the nearest whose examples all are currencies."""
    named = [
        each.path
        for each in fields
        if each.kind == "text" and all(example in DIGITS for example in each.examples)
    ]
    group = source.path.rpartition(".")[0]
    near = [path for path in named if path.rpartition(".")[0] == group]
    found = near or named
    return {"currency_path": found[0]} if found else {}


def _fit_of_date(source: SourceField) -> int:
    if source.kind == "integer" and _of_date(source):
        return 85
    is_text = source.kind == "text" and kinds.first_date_format(source.examples) is not None
    return 95 if is_text else 0


def _of_date(source: SourceField) -> dict[str, Any]:
    if source.kind == "text":
        # Of two formats that fit, most of the world writes the day first.
        found = kinds.date_format(source.examples) or kinds.first_date_format(source.examples)
        return {"format": found} if found not in (None, "iso") else {}
    numbers = [int(each) for each in source.examples if source.kind == "integer" and each.isdigit()]
    if numbers and all(each in _UNIX_SECONDS for each in numbers):
        return {"format": "unix_seconds"}
    if numbers and all(each in _UNIX_MILLISECONDS for each in numbers):
        return {"format": "unix_milliseconds"}
    return {}


def _value_list(field: Field, examples: Sequence[str]) -> dict[str, str]:
    """Return which of our choices each example is; those that are like none are left out."""
    found = {each: _choice(field, each) for each in examples}
    return {theirs: ours for theirs, ours in found.items() if ours}


def _choice(field: Field, example: str) -> str | None:
    scored = [
        (likeness.of_path(f'"{words}"', (choice, *names.of_value(choice)))[0], choice)
        for choice in field.choices
        if (words := likeness.words(example))
    ]
    score, choice = max(scored, default=(0, ""))
    return choice if score >= _LIKE_A_VALUE else None


def _are_yes_or_no(examples: Sequence[str]) -> bool:
    return not is_empty(list(examples)) and all(folded(each) in (*YES, *NO) for each in examples)


def _is_first_name(path: str) -> bool:
    return {"first", "vorname"} & set(likeness.words(path).split()) != set()


def _last_name(source: SourceField, fields: Sequence[SourceField]) -> str | None:
    """Return the path of the last name beside a first name, None where there is none."""
    paths = {each.path for each in fields}
    for first, last in _FIRST_AND_LAST:
        head, found, tail = source.path.rpartition(first)
        if found and head + last + tail in paths:
            return head + last + tail
    return None
