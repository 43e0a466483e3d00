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
    if not path:
        raise MappingError("Choose a field of the source.")
    steps: list[Step] = []
    at = 0
    while at < len(path):
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
    return _of_steps(parse(path))


def single_name(path: str) -> str | None:
    """Return the name when `path` is one name right in the record."""
    steps = parse(path)
    return steps[0] if len(steps) == 1 and isinstance(steps[0], str) else None


def _of_steps(steps: tuple[Step, ...]) -> Getter:
    if None in steps:
        place = steps.index(None)
        return _of_every(_of_steps(steps[:place]), steps[place + 1 :])
    if len(steps) == 2 and isinstance(steps[0], str) and isinstance(steps[1], str):
        return _of_names(steps[0], steps[1])

    def get(record: Any) -> Any:
        for step in steps:
            if type(step) is str:
                record = record.get(step) if type(record) is dict else None
            elif type(step) is int:
                record = record[step] if type(record) is list and step < len(record) else None
        return record

    return get


def _of_names(outer: str, inner: str) -> Getter:
    """The same for two names, which is most of what lies deeper, without the loop."""

    def get(record: Any) -> Any:
        group = record.get(outer) if type(record) is dict else None
        return group.get(inner) if type(group) is dict else None

    return get


def _of_every(list_of: Getter, steps: tuple[Step, ...]) -> Getter:
    """Return what takes something out of every item of a list, without what isn't there."""
    get_inside = _of_steps(steps)
    is_flat = None in steps  # each item gives a list again, whose items are taken one by one

    def get(record: Any) -> list[Any] | None:
        items = list_of(record)
        if type(items) is not list:
            return None
        found = [value for value in map(get_inside, items) if value is not None]
        return [value for each in found for value in each] if is_flat else found

    return get
