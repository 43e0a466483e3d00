"""Likeness: how much a source's name for a field is like one of the names we know for it."""

import re
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import fuzz

from domain.mapping.conversion import MappingError
from domain.mapping.paths import parse

_LONGEST = 120  # characters of a name that are compared
# Where a capital, or a digit, begins a new word: "checkIn", "UTCStart", "line1".
_BORDER = re.compile(r"(?<=[a-zà-ÿ0-9])(?=[A-ZÀ-Þ])|(?<=[A-ZÀ-Þ])(?=[A-ZÀ-Þ][a-zà-ÿ])")
_FILLERS = {"utc", "the", "of", "iso"}
_ONLY_END = 96  # of a path whose last name alone is known: `booker.email`
_ONLY_GENERIC_END = 50  # and of one whose last name says little: `property.name`
_GENERIC = {"id", "name", "code", "number", "amount", "type", "status", "value", "price", "key"}
_NOT_FIRST = 1  # what every further name of ours is less usual than the one before


@lru_cache(maxsize=4_096)
def words(name: str) -> str:
    """Return a name as words in small letters: "ScheduledStartUtc" is "scheduled start"."""
    parts = re.findall(r"[^\W_]+", _BORDER.sub(" ", name[:_LONGEST]))
    found = [part.lower() for part in parts if part.lower() not in _FILLERS]
    return " ".join(found or [part.lower() for part in parts])


def of_path(path: str, names: Iterable[str]) -> tuple[int, str]:
    """Return how much `path` is like the best of `names`, 0 to 100, and that name.

    A name's place in the order counts a little, so that "status" is preferred to "condition".
    """
    whole, last = _readings(path)
    most = _ONLY_GENERIC_END if whole != last and last in _GENERIC else _ONLY_END
    best = (0, "")
    for place, name in enumerate(names):
        sure = max(_alike(whole, name), min(_alike(last, name), most))
        best = max(best, (int(sure) - min(place, 5) * _NOT_FIRST, name), key=lambda each: each[0])
    return max(best[0], 0), best[1]


def between(one: str, other: str) -> int:
    """Return how much two paths are alike, 0 to 100."""
    (whole, last), (other_whole, other_last) = _readings(one), _readings(other)
    return int(max(_alike(whole, other_whole), min(_alike(last, other_last), _ONLY_END)))


@lru_cache(maxsize=4_096)
def _readings(path: str) -> tuple[str, str]:
    """Return a path's names as words, all of them and the last only."""
    try:
        names = [step for step in parse(path) if isinstance(step, str)]
    except MappingError:
        names = [path]
    return words(" ".join(names)), words(names[-1]) if names else ""


def _alike(one: str, other: str) -> float:
    other = words(other)
    if one.replace(" ", "") == other.replace(" ", ""):
        return 100.0
    # What only looks alike is never as sure as what is the same.
    return 0.9 * max(fuzz.ratio(one, other), fuzz.token_sort_ratio(one, other))
