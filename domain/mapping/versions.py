"""Versions: what changed from one version of a mapping to the next, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from domain.mapping import conversions
from domain.mapping.conversion import is_empty, short
from domain.mapping.rows import Row, of_target

if TYPE_CHECKING:
    from domain.types_of_data import TypeOfData

_MOST_LINES = 5  # of a value list, in one sentence
# Where several conversions know an option, all call it the same.
_LABELS = {
    option.key: option.label
    for conversion in conversions.ALL.values()
    for option in (*conversion.options, conversions.DEFAULT)
}


def changes(
    type_of_data: TypeOfData, before: Sequence[Row], after: Sequence[Row]
) -> tuple[str, ...]:
    """Return what changed, in the order of the fields; nothing when the versions are the same."""
    labels = {field.key: field.label for field in type_of_data.fields}
    labels |= {row.target: row.target for row in (*before, *after) if row.target not in labels}
    return tuple(
        f"{label}: {sentence}"
        for key, label in labels.items()
        for sentence in _of_field(of_target(before, key), of_target(after, key))
    )


def _of_field(before: Row | None, after: Row | None) -> Iterator[str]:
    if before is None and after is None:
        return
    if before is None and after is not None:
        yield f"now from {_origin(after)}."
    elif before is not None and after is None:
        yield f"no longer filled (was from {_origin(before)})."
    elif before is not None and after is not None:
        yield from _of_row(before, after)


def _of_row(before: Row, after: Row) -> Iterator[str]:
    if (before.take, before.source) != (after.take, after.source):
        yield f"now from {_origin(after)} (was {_origin(before)})."
    if before.transform != after.transform:
        yield f"now converted by “{_label(after)}” (was “{_label(before)}”)."
    keys = dict.fromkeys((*before.options, *after.options))
    for key in keys:
        was, now = before.options.get(key), after.options.get(key)
        if was != now:
            yield _of_option(_LABELS.get(key, short(key)), was, now)


def _origin(row: Row) -> str:
    if row.take == "constant":
        return f"the constant “{short(row.source)}”"
    kind = "the expression " if row.take == "expression" else ""
    return f"{kind}`{short(row.source)}`"


def _label(row: Row) -> str:
    conversion = conversions.ALL.get(row.transform)
    return conversion.label if conversion else short(row.transform)


def _of_option(label: str, was: Any, now: Any) -> str:
    if isinstance(was, Mapping) or isinstance(now, Mapping):
        return _of_list(label, _lines(was), _lines(now))
    if is_empty(now):
        return f"“{label}” is no longer set (was {_value(was)})."
    ending = "" if is_empty(was) else f" (was {_value(was)})"
    return f"“{label}” is now {_value(now)}{ending}."


def _lines(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _of_list(label: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Return which lines of a value list are new, other or gone."""
    lines = [f"{short(key)} → {short(now[key])}" for key in now if now[key] != was.get(key)]
    lines += [f"without {short(key)}" for key in was if key not in now]
    more = f" and {len(lines) - _MOST_LINES} more" if len(lines) > _MOST_LINES else ""
    return f"“{label}” changed: {', '.join(lines[:_MOST_LINES])}{more}."


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(f"“{short(each)}”" for each in value)
    return f"“{short(value)}”"
