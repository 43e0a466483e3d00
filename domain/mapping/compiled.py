"""Compiled mappings: made once per run, then one function call per record.

A compiled mapping never raises, whatever a record holds: a value that doesn't do is an error of
its cell, and so is a row that makes no sense.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from domain.mapping import conversions, expressions, paths
from domain.mapping.conversion import Convert, MappingError, Place, short
from domain.mapping.rows import KEY, Row
from domain.mapping.texts import UNREADABLE

if TYPE_CHECKING:
    from domain.types_of_data import Field, TypeOfData

Take = Callable[[Any], Any]
Cell = tuple[str, Take, Convert]  # target, source's value of a record, our value of that


@dataclass(frozen=True)
class CellError:
    """Why one field of one record could not be filled.

    `value` is the source's, in one short line; where the sentence shows it, it shows it so. For
    the sake of guests, show neither to those who may not see guest data.
    """

    target: str
    value: str
    sentence: str


@dataclass(slots=True)
class Converted:
    """One record of ours. `values` has every column that the mapping fills, None where empty.

    A field of kind money fills two: `total` and `total_currency`. The primary key is `key` and
    not among them. It is None when the source gives none, which is an error, or when no row says
    which field it is.
    """

    key: str | None
    values: dict[str, Any]
    errors: tuple[CellError, ...] = ()


Mapped = Callable[[Any], Converted]


def compile(type_of_data: TypeOfData, rows: Sequence[Row], *, time_zone: str) -> Mapped:
    """Return the function that maps one record (any JSON value) of a source.

    time_zone: the property's, as Europe/Vienna. Required fields that have no row are not asked
    for here, so that a half-made mapping can be previewed; `rows.problems` finds them.
    """
    by_key = {field.key: field for field in type_of_data.fields}
    cells = [_cell(row, by_key[row.target], time_zone) for row in rows if row.target in by_key]
    money = {cell[0] for cell in cells if by_key[cell[0]].kind == "money"}
    required = [cell[0] for cell in cells if by_key[cell[0]].required]
    empty = f"it is empty, but every {type_of_data.one} needs it."
    takes = {target: take for target, take, _ in cells}

    def mapped(record: Any) -> Converted:
        values: dict[str, Any] = {}
        errors: list[CellError] = []
        for target, take, convert in cells:
            try:
                values[target] = convert(take(record), record)
            except MappingError as error:
                values[target] = None
                errors.append(_error(by_key[target], take, record, error.sentence))
        for target in required:
            if values[target] is None and all(error.target != target for error in errors):
                errors.append(_error(by_key[target], takes[target], record, empty))
        for target in money:
            values[target], values[f"{target}_currency"] = values[target] or (None, None)
        return Converted(values.pop(KEY, None), values, tuple(errors))

    return mapped


def source_value(row: Row) -> Take:
    """Return the function that takes a row's source value out of a record; raises MappingError."""
    if row.take == "constant":
        constant = row.source
        return lambda record: constant
    return (paths.getter if row.take == "path" else expressions.compiled)(row.source)


def _error(field: Field, take: Take, record: Any, sentence: str) -> CellError:
    try:
        value = short(take(record))
    except MappingError:
        value = short(record)  # the expression failed, so that no value is there
    return CellError(field.key, value, f"{field.label}: {sentence}")


def _cell(row: Row, field: Field, time_zone: str) -> Cell:
    try:
        take = source_value(row)
        convert = conversions.converter(row.transform, row.options, Place(field, time_zone))
    except MappingError as error:
        return row.target, _nothing, _refused(error.sentence)
    return row.target, take, _as_key(convert) if field.key == KEY else convert


def _nothing(record: Any) -> None:
    return None


def _refused(sentence: str) -> Convert:
    def convert(value: Any, record: Any) -> None:
        raise MappingError(sentence)

    return convert


def _as_key(convert: Convert) -> Convert:
    """A key is never repaired: two records must not become one."""

    def checked(value: Any, record: Any) -> str | None:
        key: str | None = convert(value, record)
        if key is not None and UNREADABLE in key:
            raise MappingError(f"“{short(key)}” has characters that cannot be kept.")
        return key

    return checked
