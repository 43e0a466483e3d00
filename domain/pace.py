"""Pace: how many requests a program may make in how many seconds, over any such span of time.

Time is cut into slices of a tenth of the span, and requests are counted per slice: exact enough (a
program is never over its quota, and held back for a tenth too long at most), and small enough for
one statement per request where several processes share a table. One process counts in memory, so
that no read costs a write. The library `limits` was looked at: its store in memory starts a thread
for every hundredth of a second in which there are requests, its sliding counter lets through half
as much again as the quota, and it has no store for PostgreSQL.
"""

import math
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain import moments
from storage import database, encryption, jobs
from storage import pace as table

SLICES = 10
LONGEST = timedelta(hours=4)  # the setting allows for 9999 seconds


@dataclass(frozen=True)
class Limit:
    """`quota` requests in any `seconds`."""

    quota: int = 200
    seconds: int = 30

    @property
    def width(self) -> int:
        """How long a slice is, in milliseconds."""
        return self.seconds * 1000 // SLICES


USUAL = Limit()


@dataclass(frozen=True)
class Verdict:
    """Whether a request may pass; how many more may, and after how many seconds one more."""

    is_allowed: bool
    left: int
    seconds: int


def read(text: str) -> Limit:
    """Return the limit of a text such as "200/30": 200 requests in 30 seconds."""
    quota, _, seconds = text.partition("/")
    return Limit(int(quota), int(seconds))


@dataclass
class Memory:
    """The counts of one process."""

    limit: Limit
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _swept: int = 0
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def hit(self, key: str, *, now: datetime | None = None) -> Verdict:
        """Count a request of `key` if it may pass, and return whether it may."""
        at, first, time = _slices(self.limit, now)
        with self._one_at_a_time:
            if at - self._swept > SLICES * self.limit.width:
                self._sweep(at, first)
            counts = self._counts.setdefault(key, {})
            hits, oldest = _sum(counts, first)
            if hits < self.limit.quota:
                counts[at] = counts.get(at, 0) + 1
        return _judge(self.limit, hits, oldest, at, time)

    def look(self, key: str, *, now: datetime | None = None) -> Verdict:
        """Return what `hit` would, and count nothing."""
        at, first, time = _slices(self.limit, now)
        hits, oldest = _sum(self._counts.get(key, {}), first)
        return _judge(self.limit, hits, oldest, at, time)

    def _sweep(self, at: int, first: int) -> None:
        """Forget who was silent, once per span of time."""
        self._swept = at
        self._counts = {
            key: {slice: hits for slice, hits in counts.items() if slice >= first}
            for key, counts in self._counts.items()
            if max(counts, default=0) >= first
        }


class Programs:
    """The counts of access tokens and partner keys: those of this process, which has SQLite for
    itself, or those of all processes on one PostgreSQL."""

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._memory = Memory(limit)

    @property
    def asks_the_database(self) -> bool:
        """Whether `hit` may have to wait, and so belongs into a thread."""
        return not database.is_sqlite()

    def hit(self, program: str, *, now: datetime | None = None) -> Verdict:
        """Count a request of a program if it may pass, and return whether it may.

        `program` is what `fingerprint` returns for its token or key.
        """
        if not self.asks_the_database:
            return self._memory.hit(program, now=now)
        at, first, time = _slices(self._limit, now)
        hits, oldest = table.hit(program, at, first, self._limit.quota)
        return _judge(self._limit, hits, oldest, at, time)


def fingerprint(shown: str) -> str:
    """Return by what a token or a key is counted, and cannot be found out."""
    return encryption.digest(shown)


@jobs.every("*/10 * * * *", "pace.forget")
def forget() -> None:
    """Forget who was silent for longer than any limit may last."""
    if not database.is_sqlite():
        table.forget(_milliseconds(moments.now() - LONGEST))


def _slices(limit: Limit, now: datetime | None) -> tuple[int, int, int]:
    """Return this slice, the first one that counts, and the time; in milliseconds since 1970.

    One more than are in the span count: of the first only a part is still within it.
    """
    time = _milliseconds(now or moments.now())
    at = time - time % limit.width
    return at, at - SLICES * limit.width, time


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _sum(counts: dict[int, int], first: int) -> tuple[int, int | None]:
    lately = [slice for slice in counts if slice >= first]
    return sum(counts[slice] for slice in lately), min(lately, default=None)


def _judge(limit: Limit, hits: int, oldest: int | None, at: int, time: int) -> Verdict:
    first_leaves = (at if oldest is None else oldest) + (SLICES + 1) * limit.width
    wait = max(1, math.ceil((first_leaves - time) / 1000))
    return Verdict(hits < limit.quota, max(0, limit.quota - hits - 1), wait)
