"""One field, one value: what a mapping makes of it."""

from collections.abc import Sequence
from typing import Any

from domain.mapping.compiled import Converted, compile
from domain.mapping.rows import Row, Take
from domain.types_of_data import ALL, PRIMARY_KEY, Field, TypeOfData

RESERVATIONS = ALL["reservations"]
VIENNA = "Europe/Vienna"
STATES = ("confirmed", "canceled")


def a_field(kind: str, *, required: bool = False, longest: int | None = None) -> Field:
    choices = STATES if kind == "choice" else ()
    return Field("target", "Our field", kind, required, "What a test maps.", choices, longest)


def a_type(*fields: Field) -> TypeOfData:
    return TypeOfData("things", "Things", "thing", (PRIMARY_KEY, *fields), ("created",))


def cell(
    kind: str,
    value: Any,
    transform: str | None = None,
    *,
    zone: str = VIENNA,
    longest: int | None = None,
    required: bool = False,
    **options: Any,
) -> Any:
    """Return what a field of `kind` gets from `value`; of money, amount and currency."""
    converted = mapped_cell(
        a_field(kind, required=required, longest=longest), value, transform or kind, zone, options
    )
    assert not converted.errors, converted.errors
    if kind == "money":
        return converted.values["target"], converted.values["target_currency"]
    return converted.values["target"]


def refusal(kind: str, value: Any, transform: str | None = None, **options: Any) -> str:
    """Return the sentence with which `value` is refused."""
    required = bool(options.pop("required", False))
    field = a_field(kind, required=required, longest=options.pop("longest", None))
    converted = mapped_cell(field, value, transform or kind, VIENNA, options)
    assert converted.values["target"] is None
    (error,) = converted.errors
    assert error.target == "target"
    return error.sentence


def mapped_cell(
    field: Field, value: Any, transform: str, zone: str, options: dict[str, Any]
) -> Converted:
    row = Row("target", "path", "theirs", transform, options)
    return compile(a_type(field), (row,), time_zone=zone)({"theirs": value})


def mapped(record: Any, *rows: Row, zone: str = VIENNA) -> Converted:
    """Return what a mapping of reservations makes of one record."""
    return compile(RESERVATIONS, rows, time_zone=zone)(record)


def a_row(
    target: str, source: str, transform: str = "text", take: Take = "path", **options: Any
) -> Row:
    return Row(target, take, source, transform, options)


def sentences(errors: Sequence[Any]) -> list[str]:
    return [error.sentence for error in errors]
