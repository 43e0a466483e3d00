"""Conversions by a list: value lists (`Confirmed → confirmed`), and yes or no."""

from collections.abc import Mapping
from typing import Any

from domain.mapping.conversion import (
    Conversion,
    Convert,
    MappingError,
    Option,
    Place,
    quoted,
    scalar,
    text_option,
    texts_option,
)
from domain.mapping.texts import plain

_MOST_VALUES = 500
YES = ("true", "yes", "y", "1", "on", "ja", "oui", "si", "sí")
NO = ("false", "no", "n", "0", "off", "nein", "non")

VALUES = Option("values", "Value list", "pairs", "Which value of the source becomes which of ours.")
OTHERWISE = Option(
    "otherwise",
    "Any other value",
    "text",
    "What a value becomes that is not in the list; the record is refused when nothing is chosen.",
)
YES_OPTION = Option("yes", "Means yes", "texts", "Values that mean yes.")
NO_OPTION = Option("no", "Means no", "texts", "Values that mean no.")


def folded(text: str) -> str:
    """Return a text as lists compare it: capitals and blanks around it don't matter."""
    return text.strip().casefold()


def _choice(options: Mapping[str, Any], place: Place) -> Convert:
    known = {folded(each): each for each in place.field.choices}
    known |= _pairs(options.get("values", {}), place)
    otherwise = text_option(options, "otherwise", longest=300) or None
    _check_choice(otherwise or "", place)

    def convert(value: Any, record: Any) -> str | None:
        found = known.get(value) if type(value) is str else None
        if found is None and (text := folded(plain(value))):
            found = known.get(text, otherwise)
        elif found is None:
            return None
        if found is None:
            raise MappingError(f"{quoted(value)} is not in the value list. Add it there.")
        return found or None  # a value may mean that there is none

    return convert


def _pairs(values: Any, place: Place) -> dict[str, str]:
    """Return a value list, by the source's values as written and as lists compare them."""
    if not isinstance(values, dict) or len(values) > _MOST_VALUES:
        raise MappingError(f"A value list has at most {_MOST_VALUES} lines.")
    for ours in values.values():
        if not isinstance(ours, str):
            raise MappingError("A value list says for each value which text it becomes.")
        _check_choice(ours, place)
    found = {folded(str(theirs)): ours for theirs, ours in values.items()}
    # As they are written in the list they need no folding, and most values come like that.
    return found | {str(theirs): found[folded(str(theirs))] for theirs in values}


def _check_choice(ours: str, place: Place) -> None:
    choices, longest = place.field.choices, place.field.longest
    if longest and len(ours) > longest:
        raise MappingError(f"{quoted(ours)} is longer than {longest} characters.")
    if ours and choices and ours not in choices:
        raise MappingError(f"{quoted(ours)} is none of: {', '.join(choices)}.")


def _boolean(options: Mapping[str, Any], place: Place) -> Convert:
    yes = {folded(each) for each in texts_option(options, "yes")} or set(YES)
    no = {folded(each) for each in texts_option(options, "no")} or set(NO)
    if both := yes & no:
        raise MappingError(f"{quoted(min(both))} cannot mean both yes and no.")

    def convert(value: Any, record: Any) -> bool:
        if isinstance(value, bool):
            return value
        text = folded(plain(scalar(value)))
        if text in yes or text in no:
            return text in yes
        raise MappingError(f"{quoted(value)} is neither yes nor no. Say which of them it means.")

    return convert


CHOICE = Conversion(
    "choice", "Value list", frozenset({"choice", "text"}), _choice, (VALUES, OTHERWISE)
)
BOOLEAN = Conversion(
    "boolean", "Yes or no", frozenset({"boolean"}), _boolean, (YES_OPTION, NO_OPTION)
)
