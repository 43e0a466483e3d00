"""Problems: what keeps a mapping from being used, found before any record is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.mapping import conversions, expressions, paths
from domain.mapping.conversion import Convert, MappingError, Place, is_empty
from domain.mapping.money import CURRENCY_PATH
from domain.mapping.rows import KEY, Row, of_target
from domain.mapping.texts import MORE

if TYPE_CHECKING:
    from domain.types_of_data import Field, TypeOfData


@dataclass(frozen=True)
class Problem:
    """What is wrong with the row that fills `target`, or with the field that has none."""

    target: str
    sentence: str


def problems(
    type_of_data: TypeOfData, rows: Sequence[Row], *, time_zone: str = "UTC"
) -> tuple[Problem, ...]:
    """Return everything that is wrong with a mapping, in the order of the fields."""
    by_key = {field.key: field for field in type_of_data.fields}
    found = [
        Problem(row.target, f"A {type_of_data.one} has no field called {row.target[:60]}.")
        for row in rows
        if row.target not in by_key
    ]
    times = Counter(row.target for row in rows)
    for key, field in by_key.items():
        row = of_target(rows, key)
        if times[key] > 1:
            sentence: str | None = f"{field.label}: more than one row fills it."
        elif row is None:
            sentence = _missing(type_of_data, field)
        else:
            sentence = problem_of(row, field, time_zone=time_zone)
        if sentence:
            found.append(Problem(key, sentence))
    return tuple(found)


def problem_of(row: Row, field: Field, *, time_zone: str = "UTC") -> str | None:
    """Return what is wrong with one row, None when nothing is."""
    try:
        _check_source(row)
        place = Place(field, time_zone)
        convert = conversions.converter(row.transform, row.options, place)
        _check_values(row, convert)
    except MappingError as error:
        return f"{field.label}: {error.sentence}"
    return None


def _missing(type_of_data: TypeOfData, field: Field) -> str | None:
    if field.key == KEY:
        return "Choose the primary key: the field that tells the records apart."
    if field.required:
        return f"{field.label}: every {type_of_data.one} needs it. Choose where it comes from."
    return None


def _check_source(row: Row) -> None:
    if row.take == "expression":
        expressions.compiled(row.source)
    elif row.take == "path":
        paths.getter(row.source)
    elif row.target == KEY:
        raise MappingError("A constant cannot tell records apart. Choose a field of the source.")
    elif is_empty(row.source):
        raise MappingError("Write the value that every record gets.")


def _check_values(row: Row, convert: Convert) -> None:
    """Try what is known without a record: the constant and the default."""
    if any(option.key in row.options for option in (CURRENCY_PATH, MORE)):
        return  # they need a record
    if row.take == "constant":
        convert(row.source, None)
    if not is_empty(row.options.get(conversions.DEFAULT.key)):
        if row.target == KEY:
            raise MappingError("A default cannot tell records apart. Remove it.")
        convert(None, None)
