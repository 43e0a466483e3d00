"""Conversions: the table of what may be done to a source's value on its way into a field of ours.

A new conversion is a line in `ALL`; the editor, the check of mappings and the runs read it there.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from domain.mapping import choices, moments, money, numbers, texts
from domain.mapping.conversion import Conversion, Convert, MappingError, Option, Place, is_empty

_IN_ORDER = (
    texts.TEXT,
    texts.JOIN,
    texts.SPLIT,
    numbers.INTEGER,
    numbers.NUMBER,
    money.MONEY,
    moments.MOMENT,
    moments.DATE,
    choices.BOOLEAN,
    choices.CHOICE,
    texts.LIST,
)
ALL: Mapping[str, Conversion] = MappingProxyType({each.key: each for each in _IN_ORDER})
# Every conversion takes it: what stands in for an empty value, written as the source would.
DEFAULT = Option(
    "default", "When it is empty", "text", "What to take when the source says nothing."
)


def of_kind(kind: str) -> tuple[Conversion, ...]:
    """Return the conversions that serve fields of `kind`, the usual one first."""
    serving = [each for each in _IN_ORDER if kind in each.kinds]
    return tuple(sorted(serving, key=lambda each: each.key != kind))


def converter(transform: str, options: Mapping[str, Any], place: Place) -> Convert:
    """Return the function that converts one value for `place`, empty ones and all.

    Raises MappingError when the transform or an option makes no sense there; so does the returned
    function, and nothing else, for a value that doesn't do.
    """
    conversion = _serving(transform, place)
    _check_names(conversion, options)
    convert = conversion.make(options, place)
    if not conversion.takes_empty:
        convert = _unless_empty(convert)
    return _with_default(convert, options.get(DEFAULT.key))


def _serving(transform: str, place: Place) -> Conversion:
    conversion = ALL.get(transform)
    if conversion is None:
        raise MappingError(f"There is no transform called {transform[:60]}.")
    if place.field.kind not in conversion.kinds:
        raise MappingError(f"{conversion.label} cannot fill a field of kind {place.field.kind}.")
    return conversion


def _check_names(conversion: Conversion, options: Mapping[str, Any]) -> None:
    known = {DEFAULT.key, *(option.key for option in conversion.options)}
    if unknown := sorted(set(options) - known):
        raise MappingError(f"{conversion.label} has no option called {unknown[0][:60]}.")


def _unless_empty(convert: Convert) -> Convert:
    def checked(value: Any, record: Any) -> Any:
        if value is None or value == "" or is_empty(value):
            return None
        return convert(value, record)

    return checked


def _with_default(convert: Convert, default: Any) -> Convert:
    if is_empty(default):
        return convert

    def filled(value: Any, record: Any) -> Any:
        found = convert(value, record)
        return convert(default, record) if found is None else found

    return filled
