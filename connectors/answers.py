"""Taking apart what another system answered: strangers' JSON, bounded, or a Fault in words."""

import codecs
import json
import math
import re
from collections.abc import Mapping
from typing import Any

import orjson
from yarl import URL

from connectors.faults import Fault
from connectors.letters import is_utf8
from connectors.line import Reply
from connectors.vendor import accepted, is_html, request_id_of, words_of

DEEPEST = 100
"""Levels of objects and lists inside each other. Hotel systems need about ten."""

MOST_VALUES = 3_000_000
"""Values in one page, lists and objects among them; each takes at least fifty bytes of memory."""

MOST_RECORDS = 200_000
"""Records in one page. Each takes a kilobyte of memory while it is worked on."""

_HTML = "{name} answered with a web page instead of data. Check the address."


def value_of(name: str, reply: Reply) -> Any:
    """The JSON value of a successful answer, of bounded depth and size. Raises Fault."""
    if is_html(reply) and reply.code in (401, 403, 404):
        raise Fault("garbled", _HTML.format(name=name), request_id_of(reply))
    if reply.code in (301, 302, 303, 307, 308):
        raise Fault("garbled", f"{name} sends us on{_whereto(reply)}. Correct the address.")
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
    if sum(map(body.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise Fault("too_large", f"{name} sent too many values at once. Ask for smaller pages.")
    body = body.removeprefix(codecs.BOM_UTF8)
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        body = _in_utf8(body)
        value = _mended(name, body)
    if _is_deep(body):
        sentence = f"{name} sent data that is nested more than {DEEPEST} levels deep."
        raise Fault("garbled", sentence)
    return value


def records_at(name: str, value: Any, path: str) -> list[Any]:
    """The list that lies at a dotted path in an answer; an empty path is the answer itself.

    An object of objects at a path counts as the list of them. Raises Fault when there is neither.
    """
    found = at(value, path)
    if isinstance(found, list | Mapping) and len(found) > MOST_RECORDS:
        sentence = f"{name} sent {len(found):,} records at once. Ask for smaller pages."
        raise Fault("too_large", sentence)
    if isinstance(found, list):
        return found
    inner = list(found.values()) if path and isinstance(found, Mapping) else []
    if inner and all(isinstance(one, Mapping) for one in inner):
        return inner
    where = f"at “{path}” " if path else ""
    raise Fault("garbled", f"There is no list {where}in what {name} sent.{_offered(value)}")


def at(value: Any, path: str) -> Any:
    """What lies at a dotted path of keys; None when there is nothing."""
    for key in path.split(".") if path else ():
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _in_utf8(body: bytes) -> bytes:
    """JSON has to be UTF-8; old systems send UTF-16, or what Windows writes in Western Europe."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", errors="replace").encode()
    if b"\0" in body[:2]:  # JSON begins with two letters of ASCII
        big = body.startswith(b"\0")
        return body.decode("utf-16-be" if big else "utf-16-le", errors="replace").encode()
    return body.decode("utf-8" if is_utf8(body) else "cp1252", errors="replace").encode()


def _mended(name: str, body: bytes) -> Any:
    """What is JSON but for its letters: spelt another way, or cut in half, as happens to emoji."""
    if body.lstrip()[:1] == b"<":
        raise Fault("garbled", _HTML.format(name=name))
    try:
        if _HALF_LETTER.search(body):
            return _whole(
                json.loads(body, parse_constant=_no_number, parse_int=_number, parse_float=_number)
            )
        return orjson.loads(body)
    except (ValueError, RecursionError):
        pass
    sentence = f"What {name} sent is not proper JSON. Check the address, then ask {name}."
    raise Fault("garbled", sentence)


_HALF_LETTER = re.compile(rb"\\u[dD][89a-fA-F]")


def _no_number(constant: str) -> Any:
    raise ValueError(constant)


def _number(digits: str) -> int | float:
    """A number as orjson reads it: what 64 bits cannot hold is not exact, or no number at all."""
    is_whole = digits.lstrip("-").isdigit()
    if is_whole and len(digits) < 20:
        return int(digits)
    number = float(digits)
    return number if math.isfinite(number) else _no_number(digits)


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    if isinstance(value, dict):
        return {_whole(key): _whole(inner) for key, inner in value.items()}
    return value


def _whereto(reply: Reply) -> str:
    """The address of a redirect, without what may be secret in it."""
    try:
        address = URL(reply.headers.get("location", ""))
    except ValueError:
        return ""
    return f" to {address.host or ''}{address.path[:100]}" if address.path else ""


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
    bare = body.replace(rb"\\", b"").replace(rb"\"", b"")
    brackets = re.sub(rb'"[^"]*"', b"", bare).translate(None, _NOT_BRACKETS)
    for _ in range(DEEPEST):
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    return bool(brackets)


_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")


def _offered(value: Any) -> str:
    if not isinstance(value, Mapping) or not value:
        return ""
    keys = [str(key)[:40] for key in list(value)[:8]]
    return f" It has: {', '.join(keys)}{' …' if len(value) > 8 else ''}."
