"""Patterns: regular expressions that an app may ask answers to fit, as none can take long. Pure.

Python tries one way after another in which a text could fit a pattern, and `([A-Z]+-?)+\\d` can be
tried in more ways than there are seconds in a year. So the ways are counted before a pattern is
taken, for texts of at most `LONGEST` characters: every choice that the pattern leaves open (how
often to repeat, which branch to take) multiplies them.
"""

import re
from collections.abc import Iterable
from re import _parser  # type: ignore[attr-defined]
from typing import Any

LONGEST = 60  # characters of an answer that has to fit a pattern
_LONGEST_PATTERN = 200
_MOST_WAYS = 250_000  # some hundredths of a second
_NO_CHOICE = {"LITERAL", "NOT_LITERAL", "ANY", "IN", "AT"}


def problem(pattern: str) -> str | None:
    """Return why a pattern cannot be taken ("is no …"), None when it can."""
    if len(pattern) > _LONGEST_PATTERN:
        return f"is longer than {_LONGEST_PATTERN} characters"
    try:
        re.compile(pattern)
        is_quick = _ways(_parser.parse(pattern)) <= _MOST_WAYS
    except (re.error, OverflowError, RecursionError):
        return "is no regular expression"
    except _NotSimpleError:
        is_quick = False
    return None if is_quick else "leaves too much open to be checked quickly: make it simpler"


def fits(pattern: str, text: str) -> bool:
    """Return whether the whole text fits a pattern that has no `problem`."""
    return len(text) <= LONGEST and re.fullmatch(pattern, text) is not None


class _NotSimpleError(Exception):
    """A part that looks around, looks back, or repeats what may be empty."""


def _ways(parts: Iterable[Any]) -> int:
    """Return in how many ways a sequence can be tried, roughly; never less than there are."""
    ways = 1
    for kind, details in parts:
        ways = min(ways * _ways_of(str(kind), details), _MOST_WAYS + 1)
    return ways


def _ways_of(kind: str, details: Any) -> int:
    if kind in _NO_CHOICE:
        return 1
    if kind == "SUBPATTERN":
        return _ways(details[-1])
    if kind == "BRANCH":
        return sum(_ways(branch) for branch in details[1])
    if kind in ("MAX_REPEAT", "MIN_REPEAT"):
        return _ways_of_repeat(*details)
    raise _NotSimpleError


def _ways_of_repeat(least: int, most: int, parts: Any) -> int:
    # What may be empty could be repeated for ever without getting anywhere.
    if parts.getwidth()[0] == 0:
        raise _NotSimpleError
    times = range(min(least, LONGEST), min(most, LONGEST) + 1)
    ways = _ways(parts)
    return len(times) if ways == 1 else sum(ways**each for each in times)
