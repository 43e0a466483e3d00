"""Cursors: where a program stands in a list, in a text that only we can write."""

import base64
import binascii
import struct
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from domain.refusals import Refusal
from storage import encryption

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# The number of the last record, when it changed, when the first page was read; in microseconds.
_PACKED = struct.Struct(">qqq")


class Place(NamedTuple):
    """A place in a list: after the record `number`, which changed at `changed_at`.

    began: when the first page of the list was read.
    """

    number: int
    changed_at: datetime
    began: datetime


def written(place: Place, bound_to: str) -> str:
    """Return the cursor of a place; `bound_to` says in which list of whom it is one."""
    packed = _PACKED.pack(place.number, _to_number(place.changed_at), _to_number(place.began))
    signature = encryption.sign(packed + _bytes(bound_to))
    return base64.urlsafe_b64encode(packed + signature).decode().rstrip("=")


def read(cursor: str, bound_to: str) -> Place:
    """Return the place of a cursor; refuses `invalid_cursor` when `written` did not return it for
    the same list."""
    try:
        content = base64.urlsafe_b64decode(cursor.encode("ascii") + b"==")
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raise _refused() from None
    packed, signature = content[: _PACKED.size], content[_PACKED.size :]
    is_ours = len(packed) == _PACKED.size and encryption.is_signed(
        packed + _bytes(bound_to), signature
    )
    if not is_ours:
        raise _refused()
    number, changed_at, began = _PACKED.unpack(packed)
    return Place(number, _from_number(changed_at), _from_number(began))


def _refused() -> Refusal:
    return Refusal(
        "invalid_cursor",
        "This cursor is not one of this list. Send the “next_cursor” of the page before, with the "
        "same filters, or begin without a cursor.",
        "partner",
    )


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


def _to_number(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _from_number(number: int) -> datetime:
    return _EPOCH + number * _MICROSECOND
