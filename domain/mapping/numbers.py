"""Conversions to numbers: JSON's own, and numbers written as text in several countries' ways."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from domain.mapping.conversion import (
    Conversion,
    Convert,
    MappingError,
    Option,
    Place,
    choice_option,
    quoted,
    scalar,
)

LARGEST = 2**63 - 1  # what the tables hold
_LONGEST = 60  # characters of a number
SURELY_KEPT = 18  # digits
_DECIMALS = (".", ",")
_THOUSANDS = ("", ",", ".", " ", "'")
_SPACES = str.maketrans({"\u00a0": " ", "\u2009": " ", "\u202f": " ", "’": "'", "−": "-"})

DECIMAL = Option(
    "decimal",
    "Decimal sign",
    "choice",
    "What stands before the decimals.",
    ((".", "Point: 12.50"), (",", "Comma: 12,50")),
)
THOUSANDS = Option(
    "thousands",
    "Thousands separator",
    "choice",
    "What stands between groups of three digits.",
    (
        ("", "None: 1234"),
        (",", "Comma: 1,234"),
        (".", "Point: 1.234"),
        (" ", "Space: 1 234"),
        ("'", "Apostrophe: 1'234"),
    ),
)


def reader(options: Mapping[str, Any]) -> Callable[[str], str]:
    """Return the function that reads a number written as the options say.

    It returns the number the way Python writes it, "-1234.50", and raises MappingError. Groups
    that aren't groups of three are refused: "12,50" must not become 1250.
    """
    decimal = choice_option(options, "decimal", _DECIMALS)
    thousands = choice_option(options, "thousands", _THOUSANDS)
    if decimal == thousands:
        raise MappingError("The decimal sign and the thousands separator cannot be the same.")
    pattern = _pattern(decimal, thousands)

    def read(text: str) -> str:
        if text.isascii() and text.isdigit() and len(text) <= _LONGEST:
            return text
        written = text if len(text) <= _LONGEST else ""
        if not pattern.fullmatch(written):
            written = written.strip().translate(_SPACES)
            if not pattern.fullmatch(written):
                raise MappingError(f"{quoted(text)} is no number written like {_example(options)}.")
        if thousands:
            written = written.replace(thousands, "")
        return written if decimal == "." else written.replace(decimal, ".")

    return read


def _pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    whole = r"[0-9]+"
    if thousands:
        whole = rf"(?:[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})+|[0-9]+)"
    point = re.escape(decimal)
    return re.compile(
        rf"[+-]?(?:{whole}(?:{point}[0-9]*)?|{point}[0-9]+)(?:[eE][+-]?[0-9]{{1,2}})?"
    )


def _example(options: Mapping[str, Any]) -> str:
    return f"1{options.get('thousands', '')}234{options.get('decimal', '.')}50"


def written(value: Any, read: Callable[[str], str]) -> str:
    """Return a number of JSON, or one in a text, the way Python writes it."""
    if isinstance(value, str):
        return read(value)
    value = scalar(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise MappingError(f"{quoted(value)} is no number.")
    if isinstance(value, int) and value.bit_length() > 64:
        raise MappingError(f"{quoted(value)} is larger than we can keep.")
    return repr(value)


def _integer(options: Mapping[str, Any], place: Place) -> Convert:
    read = reader(options)

    def convert(value: Any, record: Any) -> int:
        if type(value) is int and -LARGEST <= value <= LARGEST:
            return value
        return _whole(value, written(value, read))

    return convert


def _whole(value: Any, number: str) -> int:
    """Return a written number as an integer: "2" and "2.0" are, "2.5" is not."""
    if len(number) <= SURELY_KEPT and number.isdigit():
        return int(number)
    exact = Decimal(number)
    if exact != exact.to_integral_value():
        raise MappingError(f"{quoted(value)} is no whole number: it has decimals.")
    if abs(exact) > LARGEST:
        raise MappingError(f"{quoted(value)} is larger than we can keep.")
    return int(exact)


def _number(options: Mapping[str, Any], place: Place) -> Convert:
    read = reader(options)

    def convert(value: Any, record: Any) -> float:
        return float(written(value, read))

    return convert


_STYLE = (DECIMAL, THOUSANDS)
INTEGER = Conversion("integer", "Whole number", frozenset({"integer"}), _integer, _STYLE)
NUMBER = Conversion("number", "Number", frozenset({"number"}), _number, _STYLE)
