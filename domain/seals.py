"""Seals the history: every row is stamped as it is written, and soon after chained to all others.

A stamp is an HMAC of the row: whoever lacks ADJOIN_SECRET_KEY can neither make up a row nor change
one. A seal is an HMAC of the row, its number and the seal before: so none can be taken out, either.

Seals are made a moment after the rows, by one process at a time, because a chain has one end. Were
it made with the rows, everybody who changes anything would hold that end until their commit, and
all the others would wait for it: one slow transaction, and no hotel could connect. Until a row has
its seal, about two seconds, it could be taken out unnoticed; it cannot be changed unnoticed.
"""

import logging
import threading
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
import sqlalchemy as sa

from domain import moments
from storage import audit, database, encryption, ids, jobs
from storage.audit import Read, Seal
from storage.history import HistoryRow

log = logging.getLogger("adjoin.audit")

EVERY = 2.0  # seconds
LATE = 300.0  # seconds: how long after its id was made a row may still be committed
_AT_ONCE = 500  # rows in a transaction: on SQLite everybody who writes waits meanwhile
BEGINNING = "0" * 64  # what stands before the first seal
_COLUMNS = [column.name for column in audit.tables_of(HistoryRow).columns]
_STAMPED = [name for name in _COLUMNS if name != "stamp"]


def stamp(row: HistoryRow) -> str:
    """Return the stamp of a row that is about to be written."""
    return encryption.seal(b"row\n" + canonical({name: getattr(row, name) for name in _STAMPED}))


def is_stamped(row: Read) -> bool:
    """Return whether a row is as we wrote it; rows from before there were stamps never are."""
    stamp = row["stamp"]
    return bool(stamp) and encryption.is_sealed(b"row\n" + canonical(row), str(stamp))


def moment(at: datetime | str) -> datetime | None:
    """Return when something was, None for what is no time: somebody may have changed it."""
    try:
        read = at if isinstance(at, datetime) else datetime.fromisoformat(at)
    except (TypeError, ValueError):
        return None
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


def canonical(row: Read) -> bytes:
    """Return a row in the one spelling that stands for it, in whichever database it is kept.

    What is missing is left out, so that a column that is added one day leaves old rows as they are.
    """
    kept = {name: str(row[name]) for name in _STAMPED if row[name] is not None}
    kept["at"] = _spelled(row["at"])
    return orjson.dumps(
        {name: database.storable(text) for name, text in kept.items()}, option=orjson.OPT_SORT_KEYS
    )


def is_fitting(link: Read, before: str) -> bool:
    """Return whether a link of `audit.chain` has the seal that follows on the digest `before`."""
    content = _link(before, link["number"], link["sealed_at"], link)
    return encryption.is_sealed(content, str(link["digest"]))


def seal(after: str = "", *, now: datetime | None = None) -> int:
    """Seal what waits among the rows with ids above `after`, in order; return how many.

    Rows that are not ours get no seal: `tampering.check` names them.
    """
    count = 0
    while batch := _seal_some(after, now or moments.now()):
        sealed, after, is_all = batch
        count += sealed
        if is_all:
            break
    return count


@jobs.every("41 3 * * *", "audit.seal")
def seal_all() -> None:
    """Look at the whole history, in case a row was committed very late."""
    seal()


class Sealer:
    """Seals what waits every two seconds, in a thread of its own, and once more at its end."""

    def __init__(self) -> None:
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sealer", daemon=True)
        self._after = ""  # what was there before this process began is looked at once

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Seal the last rows, and return when that is done."""
        self._ended.set()
        self._thread.join()
        self._seal()

    def _run(self) -> None:
        while not self._ended.wait(EVERY):
            self._seal()

    def _seal(self) -> None:
        began = time.time()
        try:
            seal(self._after)
        except Exception:
            # What could not be sealed now is sealed the next time.
            log.warning("the history could not be sealed", exc_info=True)
        else:
            self._after = ids.first_of("his", began - LATE)


def _seal_some(after: str, now: datetime) -> tuple[int, str, bool] | None:
    """Seal a batch; return how many, the last id that was looked at, and whether it was the last
    batch. None when nothing waits: then nobody who writes had to wait for us."""
    with database.reading() as session:
        if not audit.unsealed(session, after, 1):
            return None
    with database.transaction() as session:
        audit.wait_for_turn(session)
        rows = audit.unsealed(session, after, _AT_ONCE)
        if not rows:
            return None
        sealed = list(_sealed(session, rows, now))
        if sealed:
            session.execute(sa.insert(Seal), sealed)
        return len(sealed), rows[-1]["id"], len(rows) < _AT_ONCE


def _sealed(session: Any, rows: Iterable[Read], now: datetime) -> Iterator[dict[str, Any]]:
    last = audit.last(session)
    number, digest = (last.number, last.digest) if last else (0, BEGINNING)
    has_stamps = last is not None and _has_stamp(session, last)
    for row in rows:
        # Rows without a stamp are from before there were stamps, so none comes after one with it.
        if is_stamped(row) or not (row["stamp"] or has_stamps):
            has_stamps = has_stamps or bool(row["stamp"])
            number += 1
            digest = encryption.seal(_link(digest, number, now, row))
            yield {"number": number, "history_id": row["id"], "at": now, "digest": digest}
        elif row["id"] not in _told:
            _told.add(row["id"])
            log.error("the row %s of the history is not as Adjoin wrote it", row["id"][:40])


_told: set[str] = set()


def _has_stamp(session: Any, last: Seal) -> bool:
    row = session.get(HistoryRow, last.history_id)
    return row is None or row.stamp is not None


def _link(before: str, number: int, at: datetime | str, row: Read) -> bytes:
    link = orjson.dumps([str(before), number, _spelled(at), str(row["stamp"] or "")])
    return b"seal\n" + link + canonical(row)


def _spelled(at: datetime | str) -> str:
    known = moment(at)
    return known.isoformat(timespec="microseconds") if known else f"no time: {at}"
