"""What is different between two texts, line by line, and word by word inside a line. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, zip_longest
from typing import Literal

MOST = 1_000  # lines, or words of a line; more are shown as taken out and put in as a whole
AROUND = 2  # lines that stay the same and are shown beside a change
_WORD = re.compile(r"\s+|\w+|[^\w\s]")

Kind = Literal["same", "out", "in", "gap"]
Piece = tuple[Kind, str]


@dataclass(frozen=True)
class Line:
    """One line: "out" was there, "in" is new, "gap" stands for lines that stay the same.

    `pieces` are its parts; within a changed line those that changed are "out" or "in" too.
    """

    kind: Kind
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        return "".join(text for _, text in self.pieces)


def between(before: str, after: str) -> tuple[Line, ...]:
    """Return how `after` comes from `before`; nothing when they are the same."""
    if before == after:
        return ()
    old, new = before.splitlines(), after.splitlines()
    if len(old) + len(new) > MOST:
        return (*_whole("out", old), *_whole("in", new))
    return tuple(_shortened(list(_lines(old, new))))


def _lines(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    for tag, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            yield from _whole("same", old[a:b])
        elif tag == "replace" and b - a == d - c:
            yield from _rewritten(old[a:b], new[c:d])
        else:
            yield from _whole("out", old[a:b])
            yield from _whole("in", new[c:d])


def _rewritten(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    """Yield lines of which each became another one: first what they were, then what they are."""
    pairs = [_words(was, becomes) for was, becomes in zip_longest(old, new, fillvalue="")]
    yield from (Line("out", was) for was, _ in pairs)
    yield from (Line("in", becomes) for _, becomes in pairs)


def _words(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    was, becomes = _WORD.findall(old), _WORD.findall(new)
    if len(was) + len(becomes) > MOST:
        return (("out", old),), (("in", new),)
    pieces: tuple[list[Piece], list[Piece]] = ([], [])
    for tag, a, b, c, d in SequenceMatcher(None, was, becomes).get_opcodes():
        same = tag == "equal"
        pieces[0].append(("same" if same else "out", "".join(was[a:b])))
        pieces[1].append(("same" if same else "in", "".join(becomes[c:d])))
    return _kept(pieces[0]), _kept(pieces[1])


def _kept(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    return tuple(piece for piece in pieces if piece[1])


def _whole(kind: Kind, lines: Iterable[str]) -> Iterator[Line]:
    return (Line(kind, ((kind, line),)) for line in lines)


def _shortened(lines: list[Line]) -> Iterator[Line]:
    """Leave out what stays the same, but for a few lines beside each change."""
    near = [
        any(other.kind != "same" for other in lines[max(0, at - AROUND) : at + AROUND + 1])
        for at in range(len(lines))
    ]
    for is_near, group in groupby(zip(near, lines, strict=True), key=lambda pair: pair[0]):
        if is_near:
            yield from (line for _, line in group)
        else:
            count = sum(1 for _ in group)
            words = "1 line stays the same" if count == 1 else f"{count} lines stay the same"
            yield Line("gap", (("gap", words),))
