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


def options_of(transform: str, kind: str) -> tuple[Option, ...]:
    """Return what a row with this transform can be told, for a field of ours of `kind`."""
    conversion = ALL[transform]
    usual = ALL[kind].options if conversion.makes_text else ()
    return (*conversion.options, *usual, DEFAULT)


def converter(transform: str, options: Mapping[str, Any], place: Place) -> Convert:
    """Return the function that converts one value for `place`.

    Raises MappingError when the transform or an option makes no sense there; so does the returned
    function, and nothing else, for a value that doesn't do. Unless it `takes_empty`, it need not
    be asked about values that are empty, and may raise for them.
    """
    conversion = _serving(transform, place)
    _check_names(conversion, options, place.field.kind)
    convert = conversion.make(options, place)
    if conversion.makes_text:
        convert = _one_after_the_other(convert, ALL[place.field.kind].make(options, place))
    default = options.get(DEFAULT.key)
    if is_empty(default):
        return convert
    return _with_default(convert, default, asks_always=conversion.takes_empty)


def takes_empty(transform: str, options: Mapping[str, Any]) -> bool:
    """Whether a conversion makes something of empty values."""
    conversion = ALL.get(transform)
    is_told = not is_empty(options.get(DEFAULT.key))
    return is_told or (conversion is not None and conversion.takes_empty)


def _serving(transform: str, place: Place) -> Conversion:
    conversion = ALL.get(transform)
    if conversion is None:
        raise MappingError(f"There is no transform called {transform[:60]}.")
    if place.field.kind not in conversion.kinds:
        raise MappingError(f"{conversion.label} cannot fill a field of kind {place.field.kind}.")
    return conversion


def _check_names(conversion: Conversion, options: Mapping[str, Any], kind: str) -> None:
    known = {option.key for option in options_of(conversion.key, kind)}
    if unknown := sorted(set(options) - known):
        raise MappingError(f"{conversion.label} has no option called {unknown[0][:60]}.")


def _one_after_the_other(write: Convert, read: Convert) -> Convert:
    def convert(value: Any, record: Any) -> Any:
        text = write(value, record)
        return None if text is None else read(text, record)

    return convert


def _with_default(convert: Convert, default: Any, *, asks_always: bool) -> Convert:
    def filled(value: Any, record: Any) -> Any:
        found = convert(value, record) if asks_always or not is_empty(value) else None
        return convert(default, record) if found is None else found

    return filled
