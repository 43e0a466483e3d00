"""Compiled mappings: made once per run, then one function call per record.

A compiled mapping never raises, whatever a record holds: a value that doesn't do is an error of
its cell, and so is a row that makes no sense.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.mapping import conversions, expressions, paths
from domain.mapping.conversion import Convert, MappingError, Place, is_empty, quoted, short
from domain.mapping.rows import KEY, Row
from domain.mapping.texts import UNREADABLE

if TYPE_CHECKING:
    from domain.types_of_data import Field, TypeOfData

# To be raised when a conversion makes another value of the same: then all is mapped anew.
EDITION = 1

Take = Callable[[Any], Any]


class Cell(NamedTuple):
    """How one field of ours is filled. `name` is set when the value lies right in the record."""

    target: str
    name: str | None
    take: Take
    convert: Convert
    takes_empty: bool


@dataclass(frozen=True)
class CellError:
    """Why one field of one record could not be filled.

    `value` is the source's, in one short line; where the sentence shows it, it shows it so. For
    the sake of guests, show neither to those who may not see guest data. at_source: it has to be
    corrected where the record is from.
    """

    target: str
    value: str
    sentence: str
    at_source: bool = False


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
    for here, so that a half-made mapping can be previewed; `problems.problems` finds them.
    """
    by_key = {field.key: field for field in type_of_data.fields}
    cells = [_cell(row, by_key[row.target], time_zone) for row in rows if row.target in by_key]
    money = [cell.target for cell in cells if by_key[cell.target].kind == "money"]
    required = {cell.target for cell in cells if by_key[cell.target].required}
    empty = f"it is empty, but every {type_of_data.one} needs it."
    refuse = _refusal(cells, by_key, required, empty)

    def mapped(record: Any) -> Converted:
        values: dict[str, Any] = {}
        errors: list[CellError] = []
        group = record if type(record) is dict else {}
        # This is done for every cell of every record: a further call here costs seconds.
        for target, name, take, convert, _ in cells:
            try:
                value = take(record) if name is None else group.get(name)
                found = values[target] = None if value is None else convert(value, record)
                if found is None and target in required:
                    raise MappingError(empty)
            except MappingError as error:
                values[target] = None
                errors += refuse(target, record, error)
        for target in money:
            values[target], values[f"{target}_currency"] = values[target] or (None, None)
        return Converted(values.pop(KEY, None), values, tuple(errors) if errors else ())

    return mapped


def _refusal(
    cells: Sequence[Cell], by_key: Mapping[str, Field], required: set[str], empty: str
) -> Callable[[str, Any, MappingError], list[CellError]]:
    """Return the function that says why a cell stays empty; it may do so without an error."""
    by_target = {cell.target: cell for cell in cells}

    def refuse(target: str, record: Any, error: MappingError) -> list[CellError]:
        cell = by_target[target]
        try:
            value = cell.take(record)
        except MappingError:
            value = record  # its expression failed, so that the value is not known
        if is_empty(value) and not cell.takes_empty:
            if target not in required:
                return []
            error = MappingError(empty)
        sentence = f"{by_key[target].label}: {error.sentence}"
        return [CellError(target, short(value), sentence, error.at_source)]

    return refuse


def source_value(row: Row) -> Take:
    """Return the function that takes a row's source value out of a record; raises MappingError."""
    if row.take == "constant":
        constant = row.source
        return lambda record: constant
    return (paths.getter if row.take == "path" else expressions.compiled)(row.source)


def _cell(row: Row, field: Field, time_zone: str) -> Cell:
    try:
        take = source_value(row)
        convert = conversions.converter(row.transform, row.options, Place(field, time_zone))
    except MappingError as error:
        return Cell(row.target, None, _empty_text, _refused(error.sentence), True)
    if field.key == KEY:
        convert = _as_key(convert)
    if conversions.takes_empty(row.transform, row.options):
        return Cell(row.target, None, _never_none(take), convert, True)
    name = paths.single_name(row.source) if row.take == "path" else None
    return Cell(row.target, name, take, convert, False)


def _empty_text(record: Any) -> str:
    return ""


def _never_none(take: Take) -> Take:
    def taken(record: Any) -> Any:
        value = take(record)
        return "" if value is None else value

    return taken


def _refused(sentence: str) -> Convert:
    def convert(value: Any, record: Any) -> None:
        raise MappingError(sentence)

    return convert


_EXACT = 2**53  # numbers beyond it stand for their neighbours, too


def _as_key(convert: Convert) -> Convert:
    """A key is never repaired, but for blanks around it: two records must not become one."""

    def checked(value: Any, record: Any) -> str | None:
        if type(value) is float and abs(value) >= _EXACT:
            raise MappingError(
                f"{quoted(value)} has too many digits to be exact. Choose another field, or have "
                "the source send it as text."
            )
        key: str | None = convert(value, record)
        if key is not None and UNREADABLE in key:
            raise MappingError(f"“{short(key)}” has characters that cannot be kept.")
        return key

    return checked
