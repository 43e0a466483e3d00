"""Reading one page from a source: what may go wrong is a Fault, and a page never comes twice."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from connectors.door import Door
from connectors.faults import Fault
from connectors.line import Reply, Unreachable, Way
from connectors.source import Access, Page, Read, Wanted
from connectors.urls import Blocked
from connectors.vendor import accepted, is_html, request_id_of, without_secrets, words_of

DEEPEST = 100
"""Levels of objects and lists inside each other. Hotel systems need about ten."""

MOST_VALUES = 3_000_000
"""Values in one page; each takes at least fifty bytes of memory."""

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
            raise Fault(fault.error, said, fault.request_id, fault.retry_after) from None
        except Blocked as blocked:
            raise Fault("blocked", without_secrets(blocked.reason, access.values)) from None
        except Unreachable as fault:
            raise _unreachable(name(access), fault) from None

    return read


def value_of(name: str, reply: Reply) -> Any:
    """The JSON value of a successful answer, of bounded depth and size. Raises Fault."""
    if is_html(reply) and reply.code in (200, 401, 403, 404):
        raise Fault("garbled", _HTML.format(name=name), request_id_of(reply))
    if reply.code in (403, 400, 404, 405, 406, 415, 422):
        raise _turned_down(name, reply)
    accepted(name, reply)
    return parsed(name, reply.body)


def _turned_down(name: str, reply: Reply) -> Fault:
    words = words_of(reply)
    said = f" It says: “{words}”" if words else ""
    if reply.code == 403:
        sentence = f"{name} does not let these credentials read this.{said} Ask for the permission."
        return Fault("not_permitted", sentence, request_id_of(reply))
    sentence = f"{name} did not understand what was asked ({reply.code}).{said}"
    return Fault("garbled", sentence, request_id_of(reply))


def parsed(name: str, body: bytes) -> Any:
    """Parse JSON that a stranger wrote. Raises Fault when it is none, too deep or too much."""
    if body.count(b",") > MOST_VALUES:
        raise Fault("too_large", f"{name} sent too many values at once. Ask for smaller pages.")
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        if body.lstrip()[:1] == b"<":
            raise Fault("garbled", _HTML.format(name=name)) from None
        sentence = f"What {name} sent is not proper JSON. Check the address, then ask {name}."
        raise Fault("garbled", sentence) from None
    if _is_deep(body):
        sentence = f"{name} sent data that is nested more than {DEEPEST} levels deep."
        raise Fault("garbled", sentence)
    return value


def records_at(name: str, value: Any, path: str) -> list[Any]:
    """The list that lies at a dotted path in an answer; an empty path is the answer itself.

    An object of objects counts as the list of them. Raises Fault when there is neither.
    """
    found = at(value, path)
    if isinstance(found, Mapping) and found and all(isinstance(v, Mapping) for v in found.values()):
        return list(found.values())
    if isinstance(found, list):
        return found
    where = f"at “{path}” " if path else ""
    raise Fault("garbled", f"There is no list {where}in what {name} sent.{_offered(value)}")


def at(value: Any, path: str) -> Any:
    """What lies at a dotted path of keys; None when there is nothing."""
    for key in path.split(".") if path else ():
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


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
_HTML = "{name} answered with a web page instead of data. Check the address."


def _mark(page: Page) -> str:
    """A short name for what a page says. An empty page is known by where it leads."""
    ends = [page.records[0], page.records[-1], len(page.records)] if page.records else page.cursor
    text = orjson.dumps(ends, default=str)
    return hashlib.blake2b(text, digest_size=8).hexdigest()


def _is_deep(body: bytes) -> bool:
    """Whether JSON is nested too deeply. Takes away innermost pairs of brackets, level by level."""
    brackets = body.translate(None, _NOT_BRACKETS)
    for _ in range(DEEPEST):
        if not brackets:
            return False
        shorter = brackets.replace(b"[]", b"").replace(b"{}", b"")
        if len(shorter) == len(brackets):
            break
        brackets = shorter
    # What is left is deep, or texts with brackets in them are in the way: leave those out.
    brackets = re.sub(rb'"(?:[^"\\]|\\.)*"', b"", body).translate(None, _NOT_BRACKETS)
    for _ in range(DEEPEST):
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    return bool(brackets)


_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")


def _offered(value: Any) -> str:
    if not isinstance(value, Mapping) or not value:
        return ""
    keys = [str(key)[:40] for key in list(value)[:8]]
    return f" It has: {', '.join(keys)}{' …' if len(value) > 8 else ''}."


def _unreachable(name: str, fault: Unreachable) -> Fault:
    if fault.error == "too_large":
        sentence = f"One page of {name} was larger than can be read. Ask for smaller pages."
        return Fault("too_large", sentence)
    if fault.error == "garbled":
        return Fault("garbled", f"What {name} sent could not be understood: {fault.reason}.")
    sentence = f"{name} gave no answer: {fault.reason}. Try again in a few minutes."
    return Fault("unreachable", sentence)
