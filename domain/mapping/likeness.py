"""Likeness: how much a source's name for a field is like one of the names we know for it."""

import re
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz import fuzz, process

from domain.mapping.conversion import MappingError
from domain.mapping.paths import parse

_LONGEST = 120  # characters of a name that are compared
# Where a capital, or a digit, begins a new word: "checkIn", "UTCStart", "line1".
_BORDER = re.compile(r"(?<=[a-zà-ÿ0-9])(?=[A-ZÀ-Þ])|(?<=[A-ZÀ-Þ])(?=[A-ZÀ-Þ][a-zà-ÿ])")
_FILLERS = {"utc", "the", "of", "iso"}
_ONLY_END = 96  # of a path whose last name alone is known: `booker.email`
_ONLY_GENERIC_END = 50  # and of one whose last name says little: `property.name`
_GENERIC = {"id", "name", "code", "number", "amount", "type", "status", "value", "price", "key"}
_LAST_PLACE = 5  # what a name is less usual than the first one, at most
_SIMILAR = 0.9  # what only looks alike is never as sure as what is the same
_SCORERS = (fuzz.ratio, fuzz.token_sort_ratio)


@lru_cache(maxsize=4_096)
def words(name: str) -> str:
    """Return a name as words in small letters: "ScheduledStartUtc" is "scheduled start"."""
    parts = re.findall(r"[^\W_]+", _BORDER.sub(" ", name[:_LONGEST]))
    found = [part.lower() for part in parts if part.lower() not in _FILLERS]
    return " ".join(found or [part.lower() for part in parts])


def of_path(path: str, names: Sequence[str]) -> tuple[int, str]:
    """Return how much `path` is like the best of `names`, 0 to 100, and that name.

    A name's place in the order counts a little, so that "status" is preferred to "condition".
    """
    known = _known(tuple(names))
    whole, last = _readings(path)
    found = _best(whole, known, 100)
    if whole != last:
        most = _ONLY_GENERIC_END if last in _GENERIC else _ONLY_END
        found = max(found, _best(last, known, most))
    return found


@lru_cache(maxsize=1_024)
def _known(names: tuple[str, ...]) -> tuple[tuple[str, ...], list[str], dict[str, int]]:
    """Return names, the same as words, and the place of each without its blanks."""
    read = [words(name) for name in names]
    places: dict[str, int] = {}
    for place, each in enumerate(read):
        places.setdefault(each.replace(" ", ""), place)
    return names, read, places


def _best(
    text: str, known: tuple[tuple[str, ...], list[str], dict[str, int]], most: int
) -> tuple[int, str]:
    names, read, places = known
    place = places.get(text.replace(" ", ""))
    if place is not None:
        return min(100, most) - min(place, _LAST_PLACE), names[place]
    alike = [process.extractOne(text, read, scorer=scorer) for scorer in _SCORERS]
    _, score, place = max(filter(None, alike), key=lambda each: each[1], default=("", 0.0, 0))
    sure = max(0, min(int(_SIMILAR * score), most) - min(place, _LAST_PLACE))
    return sure, names[place] if names else ""


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
    if one.replace(" ", "") == other.replace(" ", ""):
        return 100.0
    return _SIMILAR * max(scorer(one, other) for scorer in _SCORERS)
