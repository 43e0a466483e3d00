"""The conversion to money: an amount becomes whole minor units, cents say, with its currency.

Amounts are counted as decimals, never as binary fractions: 1.005 is 1.01, not 1.00. What is finer
than a minor unit is rounded half away from zero, as invoices are.
"""

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from domain.mapping import paths
from domain.mapping.conversion import (
    Conversion,
    Convert,
    MappingError,
    Option,
    Place,
    choice_option,
    is_empty,
    quoted,
    text_option,
)
from domain.mapping.currencies import DIGITS
from domain.mapping.numbers import DECIMAL, LARGEST, SURELY_KEPT, THOUSANDS, reader, written

Money = tuple[int, str]  # minor units, currency (ISO 4217)

_USUAL = 1e10  # up to here amounts are exact, even with four decimals
_SCALES = (1, 10, 100, 1_000, 10_000)

CURRENCY = Option("currency", "Currency", "currency", "The currency of every amount.")
CURRENCY_PATH = Option(
    "currency_path", "Currency’s field", "path", "The field of the record that names the currency."
)
UNIT = Option(
    "unit",
    "The amount counts",
    "choice",
    "Whether 12.50 or 1250 means twelve and a half.",
    (("major", "Euros, dollars, …"), ("minor", "Cents, pence, …")),
)


def _money(options: Mapping[str, Any], place: Place) -> Convert:
    read = reader(options)
    is_minor = choice_option(options, "unit", ("major", "minor")) == "minor"
    currency_of = _currency(options)

    def convert(value: Any, record: Any) -> Money:
        currency = currency_of(record)
        digits = 0 if is_minor else DIGITS[currency]
        if type(value) is float and -_USUAL < value < _USUAL:
            # When dividing gives the amount again, it has no finer decimals, and this is exact.
            minor = round(value * _SCALES[digits])
            if minor / _SCALES[digits] == value:
                return minor, currency
        return _minor(value, written(value, read), digits), currency

    return convert


def _minor(value: Any, number: str, digits: int) -> int:
    """Return a written number in minor units, of which `digits` decimals are a whole."""
    whole, _, decimals = number.partition(".")
    if len(decimals) == digits and len(number) <= SURELY_KEPT and f"{whole}{decimals}".isdigit():
        return int(whole + decimals)  # as most are written, in a fifth of the time
    minor = Decimal(number).scaleb(digits).to_integral_value(ROUND_HALF_UP)
    if abs(minor) > LARGEST:
        raise MappingError(f"{quoted(value)} is larger than we can keep.")
    return int(minor)


def _currency(options: Mapping[str, Any]) -> Callable[[Any], str]:
    """Return the function that finds the currency of a record: its own, else the usual one."""
    usual = text_option(options, "currency").strip().upper()
    path = text_option(options, "currency_path", longest=500).strip()
    if usual and usual not in DIGITS:
        raise MappingError(f"{quoted(usual)} is no currency. Write three letters, as in EUR.")
    if not usual and not path:
        raise MappingError("Choose a currency, or the field that names it.")
    if not path:
        return lambda record: usual
    return _currency_of_record(paths.getter(path), usual)


def _currency_of_record(get: paths.Getter, usual: str) -> Callable[[Any], str]:
    def currency_of(record: Any) -> str:
        value = get(record)
        if isinstance(value, str) and value in DIGITS:
            return value
        if is_empty(value) and usual:
            return usual
        if is_empty(value):
            raise MappingError("The amount has no currency. Choose one for those without.")
        code = value.strip().upper()[:4] if isinstance(value, str) else ""
        if code not in DIGITS:
            raise MappingError(f"{quoted(value)} is no currency: they are written as EUR or USD.")
        return code

    return currency_of


MONEY = Conversion(
    "money", "Money", frozenset({"money"}), _money,
    (CURRENCY, CURRENCY_PATH, UNIT, DECIMAL, THOUSANDS),
)  # fmt: skip
