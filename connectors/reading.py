"""Reading one page from a source: what may go wrong is a Fault, and a page never comes twice."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import orjson

from connectors.door import Door
from connectors.faults import Fault
from connectors.line import Unreachable, Way
from connectors.source import Access, Page, Read, Wanted
from connectors.urls import Blocked
from connectors.vendor import harmless, without_secrets

SECONDS = 60
"""For one page, from the question to the last byte."""


def reader(
    name: Callable[[Access], str],
    turn: Callable[[Way, Access, Wanted], Page],
    *,
    may_repeat: bool = False,
) -> Read:
    """Make a kind's `read` out of a function that reads one page and keeps a plain cursor.

    name: what people call the other system. turn: may raise Fault, Blocked and Unreachable.
    may_repeat: two pages may be alike, because what is read has an end in any case.
    """

    def read(door: Way, access: Access, wanted: Wanted) -> Page:
        if isinstance(door, Door):
            with door.line() as line:
                return read(line, access, wanted)
        access = replace(access, address=access.address.strip().rstrip("/"))
        try:
            track = _Track.of(wanted.cursor)
            page = turn(door, access, replace(wanted, cursor=track.cursor))
            return track.onwards(name(access), page, may_repeat)
        except Fault as fault:
            said = without_secrets(fault.sentence, access.values)
            named = harmless(fault.request_id, access.values)
            raise Fault(fault.error, said, named, fault.retry_after) from None
        except Blocked as blocked:
            raise Fault("blocked", without_secrets(blocked.reason, access.values)) from None
        except Unreachable as fault:
            raise _unreachable(name(access), fault) from None

    return read


@dataclass(frozen=True)
class Numbered:
    """Where reading by page number stands: the page to ask for, and records seen before it."""

    number: int
    seen: int

    @classmethod
    def of(cls, cursor: str | None, first: int = 1) -> "Numbered":
        """Read a cursor; None stands before the page with the number `first`."""
        if cursor is None:
            return cls(first, 0)
        number, _, seen = cursor.partition("+")
        if not (number.isdecimal() and seen.isdecimal()):
            raise lost()
        return cls(int(number), int(seen))

    def after(self, count: int, total: int | None) -> str | None:
        """The cursor after a page of `count` records; None at the end.

        Counts records instead of trusting the page size: a vendor may give fewer than asked for.
        """
        seen = self.seen + count
        if count == 0 or (total is not None and seen >= total):
            return None
        return f"{self.number + 1}+{seen}"


def lost() -> Fault:
    """The fault that a cursor isn't one of ours."""
    return Fault("garbled", "The place where reading stopped is unknown. Start a complete run.")


@dataclass(frozen=True)
class _Track:
    """Finds pages that repeat, though every page is asked for by itself (Brent's algorithm).

    pages: how many were read. kept: the mark of the last page whose number is a power of two. A
    circle of any length comes past that page again.
    """

    pages: int
    kept: str
    cursor: str | None

    @classmethod
    def of(cls, cursor: str | None) -> "_Track":
        if cursor is None:
            return cls(0, "", None)
        parts = cursor.split("~", 2)
        if len(parts) != 3 or not parts[0].isdecimal():
            raise lost()
        return cls(int(parts[0]), parts[1], parts[2])

    def onwards(self, name: str, page: Page, may_repeat: bool) -> Page:
        if page.cursor is None:
            return page
        mark = _mark(page)
        if not may_repeat and (page.cursor == self.cursor or mark == self.kept):
            raise Fault("endless", f"{name} sends the same page again and again. {_ENDLESS}")
        pages = self.pages + 1
        kept = mark if pages & (pages - 1) == 0 else self.kept
        return replace(page, cursor=f"{pages}~{kept}~{page.cursor}")


_ENDLESS = "Reading was stopped, so that it does not go on for ever."


def _mark(page: Page) -> str:
    """A short name for what a page says. An empty page is known by where it leads."""
    ends = [page.records[0], page.records[-1], len(page.records)] if page.records else page.cursor
    text = orjson.dumps(ends, default=str)
    return hashlib.blake2b(text, digest_size=8).hexdigest()


def _unreachable(name: str, fault: Unreachable) -> Fault:
    if fault.error == "too_large":
        sentence = f"One page of {name} was larger than can be read. Ask for smaller pages."
        return Fault("too_large", sentence)
    if fault.error == "garbled":
        return Fault("garbled", f"What {name} sent could not be understood: {fault.reason}.")
    sentence = f"{name} gave no answer: {fault.reason}. Try again in a few minutes."
    return Fault("unreachable", sentence)
