"""What every conversion is made of, and the words in which it says that a value does not fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from domain.types_of_data import Field

Convert = Callable[[Any, Any], Any]  # (value, whole record) → our value, or None for empty
_LONGEST_SHOWN = 60  # characters of somebody else's value inside a sentence of ours


class MappingError(Exception):
    """A value, or a row, does not do; `sentence` says why, in words for people.

    at_source: no mapping can make anything of the value; it has to be corrected where it is from.
    """

    def __init__(self, sentence: str, *, at_source: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.at_source = at_source


@dataclass(frozen=True)
class Option:
    """One thing that a conversion can be told.

    kind: how it is asked for: text, integer, boolean, choice, texts (a list), pairs (a value
        list), currency, time_zone, path or paths (into the record). choices: (value, label).
    """

    key: str
    label: str
    kind: str
    meaning: str
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Place:
    """Where a conversion works: for which field, and in which time zone clocks are read."""

    field: Field
    time_zone: str = "UTC"


@dataclass(frozen=True)
class Conversion:
    """A line of the table of conversions.

    kinds: the kinds of our fields that it serves. takes_empty: it wants to see empty values too.
    options: its own; what a row can be told is `conversions.options_of`.
    make: told its options and its place, gives the function that converts; raises MappingError
        when an option makes no sense.
    """

    key: str
    label: str
    kinds: frozenset[str]
    make: Callable[[Mapping[str, Any], Place], Convert]
    options: tuple[Option, ...] = ()
    takes_empty: bool = False
    makes_text: bool = False  # which the field's usual conversion then reads, where it is no text


def is_empty(value: Any) -> bool:
    """Whether a source's value says nothing: null, blank text, an empty list or group."""
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or (isinstance(value, list | dict) and not value)


def short(value: Any) -> str:
    """Return a value as a sentence can show it: one line, and never long."""
    if isinstance(value, str):
        return _short_text(value)
    if value is None:
        return "null"
    if isinstance(value, bool | float):
        return repr(value).lower()
    if isinstance(value, int):
        return str(value) if value.bit_length() < 200 else "a number of endless digits"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return f"a group of fields ({_short_text(', '.join(_names(value)))})"
    return "something unknown"


def quoted(value: Any) -> str:
    """Return a value for the beginning of a sentence: texts in quotation marks."""
    shown = short(value)
    return f"“{shown}”" if isinstance(value, str) else shown[0].upper() + shown[1:]


def _names(group: dict[Any, Any]) -> list[str]:
    return [_short_text(str(name)) for _, name in zip(range(4), group, strict=False)]


def _short_text(text: str) -> str:
    shown = text[:_LONGEST_SHOWN].encode(errors="replace").decode()
    shown = "".join(each if each.isprintable() else " " for each in shown)
    return shown if len(text) <= _LONGEST_SHOWN else f"{shown}…"


def scalar(value: Any) -> Any:
    """Return a single value as it is; raises MappingError for lists, groups and no numbers."""
    if isinstance(value, dict):
        raise MappingError(f"{quoted(value)} is no single value. Choose a field inside it.")
    if isinstance(value, list):
        raise MappingError(f"{quoted(value)} is no single value. Choose one of its items.")
    if isinstance(value, float) and (value != value or value in (float("inf"), -float("inf"))):
        raise MappingError(f"{quoted(value)} is no number.")
    return value


def text_option(options: Mapping[str, Any], key: str, usual: str = "", longest: int = 100) -> str:
    value = options.get(key, usual)
    if not isinstance(value, str) or len(value) > longest:
        raise MappingError(f"The option {key} is a text of at most {longest} characters.")
    return value


def choice_option(options: Mapping[str, Any], key: str, allowed: tuple[str, ...]) -> str:
    """Return which of `allowed` is chosen, the first of them when nothing is."""
    value = options.get(key, allowed[0])
    if value not in allowed:
        raise MappingError(f"The option {key} is one of: {', '.join(allowed)}.")
    return str(value)


def texts_option(options: Mapping[str, Any], key: str, most: int = 200) -> tuple[str, ...]:
    value = options.get(key, ())
    if not isinstance(value, list | tuple) or len(value) > most:
        raise MappingError(f"The option {key} is a list of at most {most} texts.")
    if not all(isinstance(each, str) for each in value):
        raise MappingError(f"The option {key} is a list of texts.")
    return tuple(value)


def number_option(options: Mapping[str, Any], key: str, usual: int, least: int, most: int) -> int:
    value = options.get(key, usual)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise MappingError(f"The option {key} is a whole number from {least} to {most}.")
    return value
