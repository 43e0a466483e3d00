"""Discovery: which fields a source's records have, seen from some live ones.

Bounded, whatever the records are: so many records, so deep, so many fields, so many items.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from domain.mapping import kinds
from domain.mapping.conversion import is_empty, short
from domain.mapping.paths import Step, joined
from domain.mapping.rows import LONGEST_SOURCE, can_be_source

MOST_RECORDS = 500
MOST_FIELDS = 400
_DEEPEST = 5  # groups inside one another
_MOST_NAMES = 400  # fields of one group
_MOST_ITEMS = 20  # items of a list whose fields are looked at together
_MOST_EXAMPLES = 12
_MOST_SHOWN = 3  # items of a list
_MOST_KNOWN = 200  # values by which the kind of a field is told


@dataclass(frozen=True)
class SourceField:
    """One field of a source.

    path: as domain.mapping.paths. kind: as domain.mapping.kinds. examples: some different values,
    as people see them. empty_share: of the records in which it is missing or empty, 0.0 to 1.0.
    is_unique: every record has it, and each another value.
    """

    path: str
    kind: str
    examples: tuple[str, ...]
    empty_share: float
    is_unique: bool


@dataclass
class _Seen:
    """What was seen at one path so far."""

    times: int = 0
    values: list[Any] = field(default_factory=list)
    examples: dict[str, None] = field(default_factory=dict)
    different: set[int] = field(default_factory=set)

    def add(self, value: Any) -> None:
        if is_empty(value):
            return
        self.times += 1
        if len(self.values) < _MOST_KNOWN:
            self.values.append(value)
        if not isinstance(value, list | dict):
            self.different.add(hash(value))
        if len(self.examples) < _MOST_EXAMPLES and (example := _example(value)):
            self.examples[example] = None


def _example(value: Any) -> str:
    """Return a value as people see it; of a list its first items, of groups nothing."""
    if isinstance(value, list):
        items = [each for each in value[:_MOST_SHOWN] if not isinstance(each, list | dict)]
        return ", ".join(short(each) for each in items if not is_empty(each))
    return "" if isinstance(value, dict) else short(value)


def fields(records: Sequence[Any]) -> tuple[SourceField, ...]:
    """Return the fields of the records, in the order in which the records name them.

    A group's fields stand for the group. A list is a field by itself (`tags`), as is its first
    item (`tags[0]`) and, of a list of groups, every field of all its items (`nights[*].price`).
    """
    seen: dict[str, _Seen] = {}
    looked_at = records[:MOST_RECORDS]
    for record in looked_at:
        for path, value in _walk(record, ()):
            if path in seen or (len(seen) < MOST_FIELDS and can_be_source(path)):
                seen.setdefault(path, _Seen()).add(value)
    return tuple(
        _field(path, each, len(looked_at))
        for path, each in seen.items()
        if each.times or not _is_group(path, seen)
    )


def _is_group(path: str, seen: Iterable[str]) -> bool:
    """Whether what was empty at `path` was a group in other records."""
    return any(each.startswith((f"{path}.", f"{path}[")) for each in seen)


def _field(path: str, seen: _Seen, records: int) -> SourceField:
    is_unique = seen.times == records == len(seen.different)
    share = (records - seen.times) / records
    return SourceField(path, kinds.of(seen.values), tuple(seen.examples), share, is_unique)


def _walk(value: Any, steps: tuple[Step, ...]) -> Iterator[tuple[str, Any]]:
    """Yield the paths below `steps` with their values, parents before children."""
    if isinstance(value, dict) and len(steps) < _DEEPEST:
        for name, inner in islice(value.items(), _MOST_NAMES):
            if _can_be_named(name):
                yield from _walk(inner, (*steps, name))
    elif isinstance(value, list) and len(steps) < _DEEPEST:
        yield joined(steps), value
        if value and steps:
            yield from _walk(value[0], (*steps, 0))
            yield from _columns(value, steps)
    elif steps:
        yield joined(steps), value


def _can_be_named(name: Any) -> bool:
    """Whether a path may have such a step; a longer one would be written out for every field."""
    return isinstance(name, str) and len(name) <= LONGEST_SOURCE


def _columns(items: list[Any], steps: tuple[Step, ...]) -> Iterator[tuple[str, Any]]:
    """Yield the fields which the items of a list have, as lists."""
    groups = [item for item in items[:_MOST_ITEMS] if isinstance(item, dict)]
    names = dict.fromkeys(name for group in groups for name in islice(group, _MOST_NAMES))
    for name in names:
        values = [group.get(name) for group in groups]
        if _can_be_named(name) and not any(isinstance(each, dict | list) for each in values):
            yield joined((*steps, None, name)), values
