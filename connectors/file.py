"""A CSV or Excel file that somebody uploaded, read like any other source: page by page."""

import hashlib
import threading
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from connectors.faults import Fault
from connectors.line import Way
from connectors.reading import Numbered, reader
from connectors.source import TYPES, Access, Check, Kind, Offer, Page, Wanted, changes_of
from connectors.tables import Content, Record, read_file

NAME = "The file"


def _page(_: Way, access: Access, wanted: Wanted) -> Page:
    """Rows from where the page before ended.

    Going through a file from its beginning for every page would take ages, so the reader of the
    last page waits for the next one; a run that goes on in another process skips rows once.
    """
    content = access.settings.get("file")
    if not isinstance(content, bytes | Path):
        raise Fault("garbled", "No file was uploaded for this type of data yet.")
    stand = Numbered.of(wanted.cursor)
    rows = _waiting.take(content, stand.seen)
    records: list[Any] = list(islice(rows, max(1, wanted.count)))
    cursor = stand.after(len(records), None)
    if cursor is not None:
        _waiting.keep(content, stand.seen + len(records), rows)
    return Page(records, cursor)


class _Waiting:
    """Readers of files that stand where a page ended. A few at most, the oldest goes first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._readers: dict[tuple[str, int], Iterator[Record]] = {}

    def take(self, content: Content, seen: int) -> Iterator[Record]:
        with self._lock:
            rows = self._readers.pop((_identity(content), seen), None)
        return rows if rows is not None else islice(read_file(content), seen, None)

    def keep(self, content: Content, seen: int, rows: Iterator[Record]) -> None:
        with self._lock:
            while len(self._readers) >= 4:
                self._readers.pop(next(iter(self._readers)))
            self._readers[(_identity(content), seen)] = rows


_waiting = _Waiting()


def _identity(content: Content) -> str:
    if isinstance(content, bytes):
        return hashlib.blake2b(content, digest_size=16).hexdigest()
    facts = content.stat()
    return f"{content}:{facts.st_size}:{facts.st_mtime_ns}"


def _check(_: Way, access: Access) -> Check:
    """A file needs no credentials; one that was uploaded must be a table."""
    content = access.settings.get("file")
    try:
        if isinstance(content, bytes | Path):
            next(read_file(content), None)
    except Fault as fault:
        return Check(False, None, None, fault.sentence, fault.error)
    return Check(True, None, None, "Files need no credentials.")


KIND = Kind(
    key="file",
    name="CSV or Excel file",
    icon="file-text",
    hue=150,
    about="Reads a table that you upload: CSV with commas, semicolons or tabs, or Excel (.xlsx).",
    address="",
    needs_address=False,
    methods=(),
    settings=(),
    types={key: Offer(key, "", changes_of(key), incremental=False) for key in TYPES},
    check=_check,
    read=reader(lambda _: NAME, _page, may_repeat=True),
)
