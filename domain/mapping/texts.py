"""Conversions to text: one value, several joined, or a part of one; and lists of texts."""

from collections.abc import Callable, Mapping
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
    number_option,
    quoted,
    scalar,
    text_option,
    texts_option,
)

LONGEST = 10_000  # characters, for fields that name no limit of their own
UNREADABLE = "\ufffd"  # stands for what cannot be stored
_MOST_ITEMS = 100
_MOST_DIGITS = 200
_CASES: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "UPPER": str.upper,
    "lower": str.lower,
    "Title": str.title,
}

CASE = Option(
    "case", "Letters", "choice", "How capitals are written.", tuple((key, key) for key in _CASES)
)
LONGEST_OPTION = Option("longest", "At most", "integer", "How many characters the text may have.")
TOO_LONG = Option(
    "too_long",
    "When it is longer",
    "choice",
    "Refuse the record, or keep the beginning of the text.",
    (("refuse", "Refuse it"), ("cut", "Cut it off")),
)
SEPARATOR = Option("separator", "Separator", "text", "What stands between the parts.")
MORE = Option("more", "Further fields", "paths", "The fields that follow, in their order.")
PART = Option("part", "Part", "integer", "Which part: 1 is the first, -1 the last.")


def plain(value: Any) -> str:
    """Return a single value as text, without blanks around it; raises MappingError."""
    if isinstance(value, str):
        return (value if _can_be_stored(value) else _storable(value)).strip()
    value = scalar(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, int) and value.bit_length() < 3 * _MOST_DIGITS:
        return str(value)
    raise MappingError(f"{quoted(value)} is no text.")


def _can_be_stored(text: str) -> bool:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return False
    return "\0" not in text


def _storable(text: str) -> str:
    """Replace what no database keeps: NUL, and halves of surrogate pairs."""
    text = text.strip("\0").replace("\0", UNREADABLE)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _text(options: Mapping[str, Any], place: Place) -> Convert:
    finish = _finished(options, place)
    takes_as_it_is = set(options) <= {LONGEST_OPTION.key, TOO_LONG.key}
    longest = options.get(LONGEST_OPTION.key, place.field.longest or LONGEST)

    def convert(value: Any, record: Any) -> str | None:
        # Most values of most sources end here.
        if takes_as_it_is and type(value) is str and value.isascii() and len(value) <= longest:
            return (value if "\0" not in value else _storable(value)).strip() or None
        return finish(plain(value))

    return convert


def _finished(options: Mapping[str, Any], place: Place) -> Callable[[str], str | None]:
    """Return what the texts of every conversion go through: letters and length."""
    most = place.field.longest or LONGEST
    longest = number_option(options, "longest", most, 1, most)
    cuts = choice_option(options, "too_long", ("refuse", "cut")) == "cut"
    change = _CASES[choice_option(options, "case", tuple(_CASES))]
    changes = change is not str

    def finish(text: str) -> str | None:
        if changes:
            text = change(text)
        if len(text) > longest:
            if not cuts:
                raise MappingError(
                    f"{quoted(text)} is longer than {longest:,} characters. Shorten it there, or "
                    "let it be cut off."
                )
            text = text[:longest].rstrip()
        return text or None

    return finish


def _join(options: Mapping[str, Any], place: Place) -> Convert:
    separator = text_option(options, "separator", " ", longest=20)
    getters = [paths.getter(path) for path in texts_option(options, "more", most=20)]

    def convert(value: Any, record: Any) -> str | None:
        parts: list[str] = []
        for each in (value, *[get(record) for get in getters]):
            if type(each) is not str:
                parts += _parts(each)
            elif each and not each.isspace():
                parts.append(each.strip())
        return separator.join(parts) or None

    return convert


def _parts(value: Any) -> list[str]:
    """Return the texts in a value: of a list its items', of a single value its own."""
    if type(value) is str or not is_empty(value):
        items = value if isinstance(value, list) else (value,)
        if len(items) > _MOST_ITEMS:
            raise MappingError(f"{quoted(value)} is longer than {_MOST_ITEMS} items.")
        return [text for item in items if not is_empty(item) and (text := plain(item))]
    return []


def _split(options: Mapping[str, Any], place: Place) -> Convert:
    separator = text_option(options, "separator", " ", longest=20)
    part = number_option(options, "part", 1, -50, 50)
    if not separator or not part:
        raise MappingError("Say at which separator to split, and which part to take.")
    index = part - 1 if part > 0 else part

    def convert(value: Any, record: Any) -> str | None:
        parts = plain(value).split(separator)
        is_there = -len(parts) <= index < len(parts)
        return (parts[index].strip() or None) if is_there else None

    return convert


def _list(options: Mapping[str, Any], place: Place) -> Convert:
    separator = text_option(options, "separator", "", longest=20)

    def convert(value: Any, record: Any) -> list[str] | None:
        if separator and isinstance(value, str):
            value = value[:LONGEST].split(separator)
        parts = _parts(value)
        if sum(map(len, parts)) > LONGEST:
            raise MappingError(f"{quoted(value)} is longer than {LONGEST:,} characters.")
        return parts or None

    return convert


# A date and a time in two fields, or two dates in one, are texts before they are read.
_WRITTEN = frozenset({"text", "integer", "number", "money", "moment", "date", "choice"})
TEXT = Conversion("text", "Text", frozenset({"text"}), _text, (CASE, LONGEST_OPTION, TOO_LONG))
JOIN = Conversion("join", "Join fields", _WRITTEN, _join, (MORE, SEPARATOR), True, True)
SPLIT = Conversion("split", "Part of a text", _WRITTEN, _split, (SEPARATOR, PART), False, True)
LIST = Conversion("list", "List of texts", frozenset({"list"}), _list, (SEPARATOR,))
