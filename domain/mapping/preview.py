"""Previews: sample records before and after a mapping, cell by cell; and wrong primary keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

from domain.mapping import paths
from domain.mapping.compiled import Converted, compile, source_value
from domain.mapping.conversion import MappingError, short, texts_option
from domain.mapping.currencies import DIGITS
from domain.mapping.moments import zone
from domain.mapping.rows import KEY, Row
from domain.mapping.texts import MORE

if TYPE_CHECKING:
    from domain.types_of_data import TypeOfData

_MOST_DUPLICATES = 20
_LONGEST_SHOWN = 200  # characters of a value of ours


@dataclass(frozen=True)
class Cell:
    """One row of a mapping on one record: what the source says, what we make of it, or why not."""

    target: str
    before: str
    after: str
    error: str | None = None


@dataclass(frozen=True)
class Sample:
    """One record: as the source gives it, its primary key, and a cell for each row."""

    before: Any
    key: str | None
    cells: tuple[Cell, ...]

    @property
    def is_right(self) -> bool:
        return all(cell.error is None for cell in self.cells)


@dataclass(frozen=True)
class Keys:
    """What is wrong with the primary keys of some records. duplicates: (key, how many times)."""

    records: int
    empty: int
    duplicates: tuple[tuple[str, int], ...]

    @property
    def are_right(self) -> bool:
        return not self.empty and not self.duplicates


def preview(
    type_of_data: TypeOfData, rows: Sequence[Row], records: Sequence[Any], *, time_zone: str
) -> tuple[Sample, ...]:
    """Return what the rows make of each record; times are shown in the property's time zone."""
    mapped = compile(type_of_data, rows, time_zone=time_zone)
    known = {field.key for field in type_of_data.fields}
    used = [row for row in rows if row.target in known]
    here = _zone(time_zone)
    return tuple(_sample(record, mapped(record), used, here) for record in records)


def keys(
    type_of_data: TypeOfData, rows: Sequence[Row], records: Sequence[Any], *, time_zone: str
) -> Keys:
    """Return which primary keys are missing, or come more than once, among the records."""
    only = [row for row in rows if row.target == KEY]
    mapped = compile(type_of_data, only, time_zone=time_zone)
    found = Counter(mapped(record).key for record in records)
    empty = found.pop(None, 0)
    several = [(key, times) for key, times in found.most_common() if key and times > 1]
    return Keys(len(records), empty, tuple(several[:_MOST_DUPLICATES]))


def _zone(name: str) -> tzinfo:
    try:
        return zone(name)
    except MappingError:
        return zone("UTC")


def _sample(record: Any, converted: Converted, rows: Sequence[Row], here: tzinfo) -> Sample:
    errors = {error.target: error for error in converted.errors}
    cells = []
    for row in rows:
        error = errors.get(row.target)
        after = "" if error else _after(row.target, converted, here)
        sentence = error.sentence if error else None
        cells.append(Cell(row.target, _before(row, record), after, sentence))
    return Sample(record, converted.key, tuple(cells))


def _before(row: Row, record: Any) -> str:
    """Return what the source says; of joined fields, what each of them says."""
    try:
        values = [source_value(row)(record)]
        more = texts_option(row.options, MORE.key) if row.transform == "join" else ()
        values += [paths.getter(path)(record) for path in more]
    except MappingError:
        return ""
    return " + ".join(short(value) for value in values if value is not None)


def _after(target: str, converted: Converted, here: tzinfo) -> str:
    if target == KEY:
        return converted.key or ""
    value = converted.values[target]
    currency = converted.values.get(f"{target}_currency")
    return _money(value, currency) if currency else _shown(value, here)


def _shown(value: Any, here: tzinfo) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return value.astimezone(here).strftime("%Y-%m-%d %H:%M:%S")
    text = ", ".join(value) if isinstance(value, list) else str(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _money(minor: int, currency: str) -> str:
    digits = DIGITS[currency]
    sign, number = "-" if minor < 0 else "", str(abs(minor)).rjust(digits + 1, "0")
    whole, decimals = number[: len(number) - digits], number[len(number) - digits :]
    return f"{sign}{whole}{'.' if digits else ''}{decimals} {currency}"
