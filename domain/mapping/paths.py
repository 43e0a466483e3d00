"""Paths into a record: `guest.name`, `prices[0].amount`, `guests[*].email`, `"Arr. date".day`."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from domain.mapping.conversion import MappingError

Getter = Callable[[Any], Any]
Step = str | int | None  # a name in a group, a place in a list, or (None) every item of a list

_MOST_STEPS = 20
_LONGEST = 500
_LARGEST_INDEX = 9_999
_STEP = re.compile(
    r'"(?P<quoted>(?:[^"\\]|\\.)*)"|\[(?P<index>\d{1,4})\]|(?P<every>\[\*\])|(?P<name>[^."\[\]\\]+)'
)
_PLAIN = re.compile(r'[^."\[\]\\\s]+(?: +[^."\[\]\\\s]+)*')


def parse(path: str) -> tuple[Step, ...]:
    """Return the steps of a path; raises MappingError when it is none."""
    if len(path) > _LONGEST:
        raise MappingError(f"A path has at most {_LONGEST} characters.")
    steps: list[Step] = []
    at = 0
    while at < len(path) or not steps:
        match = _STEP.match(path, at)
        if match is None or len(steps) == _MOST_STEPS:
            raise MappingError(f"“{path[:60]}” is no path into a record.")
        steps.append(_step(match))
        at = _next_start(path, match.end())
    return tuple(steps)


def _step(match: re.Match[str]) -> Step:
    if match["index"] is not None:
        return int(match["index"])
    if match["every"] is not None:
        return None
    if match["quoted"] is not None:
        return re.sub(r"\\(.)", r"\1", match["quoted"])
    return match["name"]


def _next_start(path: str, end: int) -> int:
    """Return where the next step starts: behind the dot, or at its bracket."""
    if end == len(path) or path[end] == "[":
        return end
    if path[end] != "." or end + 1 == len(path) or path[end + 1] == "[":
        raise MappingError(f"“{path[:60]}” is no path into a record.")
    return end + 1


def joined(steps: Iterable[Step]) -> str:
    """Return the path which `parse` reads as `steps`."""
    path = ""
    for step in steps:
        if isinstance(step, str):
            path += ("." if path else "") + _written(step)
        else:
            path += "[*]" if step is None else f"[{step}]"
    return path


def _written(name: str) -> str:
    if _PLAIN.fullmatch(name):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def getter(path: str) -> Getter:
    """Return the function that takes the value at `path` out of a record.

    What isn't there is None. The function never raises, whatever the record is.
    """
    steps = parse(path)
    names = [step for step in steps if isinstance(step, str)]
    if len(names) == len(steps) and len(names) <= 2:
        return _of_name(names[0]) if len(names) == 1 else _of_names(*names)
    return _of_steps(steps)


def _of_name(name: str) -> Getter:
    def get(record: Any) -> Any:
        return record.get(name) if isinstance(record, dict) else None

    return get


def _of_names(outer: str, inner: str) -> Getter:
    def get(record: Any) -> Any:
        group = record.get(outer) if isinstance(record, dict) else None
        return group.get(inner) if isinstance(group, dict) else None

    return get


def _of_steps(steps: tuple[Step, ...]) -> Getter:
    def get(record: Any) -> Any:
        for place, step in enumerate(steps):
            if step is None:
                return _every(record, steps[place + 1 :])
            if isinstance(step, str):
                record = record.get(step) if isinstance(record, dict) else None
            else:
                is_there = isinstance(record, list) and step < len(record)
                record = record[step] if is_there else None
        return record

    return get


def _every(items: Any, steps: tuple[Step, ...]) -> list[Any] | None:
    """Return what lies at `steps` in each of the items, without what isn't there."""
    if not isinstance(items, list):
        return None
    if not steps:
        return items
    get = _of_steps(steps)
    found: list[Any] = []
    for value in map(get, items):
        if value is not None:
            found.extend(value) if None in steps else found.append(value)
    return found
