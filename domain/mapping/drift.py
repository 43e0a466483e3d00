"""Drift: what changed in a source's records since its mapping was made, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from domain.mapping import conversions, drafts, kinds, likeness, names
from domain.mapping.conversion import is_empty
from domain.mapping.discovery import SourceField
from domain.mapping.money import CURRENCY, CURRENCY_PATH
from domain.mapping.rows import KEY, Row
from domain.mapping.texts import MORE

if TYPE_CHECKING:
    from domain.types_of_data import Field, TypeOfData

_LEAST_LIKE = 70
_SAME_VALUES = 95  # of a new field that shows values which the lost one had
# What was seldom filled may be missing by chance.
_SELDOM = 0.8
_OFTEN = 0.5


@dataclass(frozen=True)
class Missing:
    """A field of the source that a row takes its value from, and that is gone.

    breaks: no record can be mapped without it. suggestion: the new path that looks most like it.
    """

    path: str
    target: str
    breaks: bool
    suggestion: str | None = None


@dataclass(frozen=True)
class Drift:
    """The difference: `missing` fields that are used, and paths that are `new`."""

    missing: tuple[Missing, ...] = ()
    new: tuple[str, ...] = ()

    @property
    def breaks(self) -> bool:
        """Whether the transfer has to be paused."""
        return any(each.breaks for each in self.missing)


def compare(
    rows: Sequence[Row],
    type_of_data: TypeOfData,
    known: Sequence[SourceField],
    now: Sequence[SourceField],
) -> Drift:
    """Return what became of the fields that were `known` when the mapping was confirmed.

    Without any field `now` (the source gave no record) there is nothing to compare.
    """
    if not now:
        return Drift()
    lost = {field.path: field for field in known if _is_lost(field, now)}
    known_paths = {field.path for field in known}
    new = [field for field in now if field.path not in known_paths and field.kind != kinds.EMPTY]
    by_key = {field.key: field for field in type_of_data.fields}
    replacement = partial(_replacement, type_of_data, list(lost.values()), new)
    missing = [
        Missing(path, row.target, is_needed, replacement(target, lost[path]))
        for row in rows
        if (target := by_key.get(row.target))
        for path, is_needed in _needs(row, target, lost)
    ]
    return Drift(tuple(missing), tuple(field.path for field in new))


def _is_lost(field: SourceField, now: Sequence[SourceField]) -> bool:
    if field.kind == kinds.EMPTY or field.empty_share >= _SELDOM:
        return False
    there = [each for each in now if _holds(each.path, field.path)]
    if any(each.kind == kinds.EMPTY for each in there):
        return field.empty_share < _OFTEN
    return all(each.path != field.path for each in there)


def _holds(path: str, inner: str) -> bool:
    """Whether `inner` is the field at `path`, or lies in the group or list there."""
    return inner == path or inner.startswith((f"{path}.", f"{path}["))


def _needs(row: Row, field: Field, lost: dict[str, SourceField]) -> Iterator[tuple[str, bool]]:
    """Yield the lost paths which a row takes something from, and whether it cannot do without."""
    has_default = not is_empty(row.options.get(conversions.DEFAULT.key))
    is_needed = field.key == KEY or (field.required and not has_default)
    if row.take == "path" and row.source in lost:
        yield row.source, is_needed
    elif row.take == "expression":
        yield from ((path, is_needed) for path in _mentioned(row.source, lost))
    yield from ((path, False) for path in lost if path in _texts(row.options.get(MORE.key)))
    currency_path = row.options.get(CURRENCY_PATH.key)
    if isinstance(currency_path, str) and currency_path in lost:
        yield currency_path, is_needed and not row.options.get(CURRENCY.key)


def _mentioned(expression: str, lost: Iterable[str]) -> list[str]:
    """Return the lost paths all of whose names are in an expression, not what they lie in."""
    names_in = set(re.findall(r"\w+", expression))
    found = [path for path in lost if set(re.findall(r"\w+", path)) <= names_in]
    return [
        path for path in found if not any(_holds(path, other) for other in found if other != path)
    ]


def _texts(value: Any) -> Sequence[str]:
    return value if isinstance(value, list | tuple) else ()


def _replacement(
    type_of_data: TypeOfData,
    all_lost: Sequence[SourceField],
    new: Sequence[SourceField],
    target: Field,
    lost: SourceField,
) -> str | None:
    """Return the path of the new field that is most like the lost one, None when none is."""
    fitting = [each for each in new if each.kind == lost.kind and drafts.fit(target, each, new)]
    usual = names.of(type_of_data.key, target.key)
    scored = [(_likeness(lost, each, usual), each.path) for each in fitting]
    score, path = max(scored, default=(0, ""))
    if score >= _LEAST_LIKE:
        return path
    return _only_pair(lost, all_lost, fitting)


def _likeness(lost: SourceField, candidate: SourceField, usual: Sequence[str]) -> int:
    shared = set(lost.examples) & set(candidate.examples)
    # A few values such as "2" and "Yes" are shared by chance.
    tells = len(shared) > 2 and 2 * len(shared) >= len(candidate.examples)
    named = max(
        likeness.between(lost.path, candidate.path), likeness.of_path(candidate.path, usual)[0]
    )
    return max(named, _SAME_VALUES if tells else 0)


def _only_pair(
    lost: SourceField, all_lost: Sequence[SourceField], fitting: Sequence[SourceField]
) -> str | None:
    """Return the one new field of the lost one's sort, when no other of this sort was lost."""
    is_telling = lost.is_unique or lost.kind != "text"
    same_lost = [each for each in all_lost if _sort(each) == _sort(lost)]
    same_new = [each for each in fitting if _sort(each) == _sort(lost)]
    if is_telling and len(same_lost) == len(same_new) == 1:
        return same_new[0].path
    return None


def _sort(field: SourceField) -> tuple[str, bool]:
    # A few dates of a sample are all different by chance; texts that are, name something.
    return field.kind, field.is_unique and field.kind == "text"
