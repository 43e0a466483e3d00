"""The audit log as a file, for operators: written page by page, so that any length can be taken."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime

import orjson

from domain import audit, history, moments, spreadsheets
from domain.actors import Actor, operating
from domain.audit import Found, Row, Wanted
from domain.refusals import not_found
from storage import database

_AT_ONCE = 1_000  # rows


def export(
    actor: Actor, wanted: Wanted, shape: str, *, now: datetime | None = None
) -> Iterator[bytes]:
    """Return all rows as a file, piece by piece, the newest first: `shape` is csv or jsonl.

    That somebody took it along is a row of the history itself. Refuses `not_found`, `invalid`.
    """
    now = now or moments.now()
    write = {"csv": _csv, "jsonl": _json_lines}.get(shape)
    if write is None:
        raise not_found("This file")
    first = audit.search(actor, wanted, limit=_AT_ONCE, now=now)
    with database.transaction() as session:
        who = operating(session, actor, now)
        note = f"{shape}: {in_words(wanted)}"
        history.record(session, "audit.exported", who, "platform", now, note=note)
    return write(_pages(actor, wanted, first))


def in_words(wanted: Wanted) -> str:
    """Return filters in a line."""
    said = [f"{name} {value}" for name, value in asdict(wanted).items() if value]
    return ", ".join(said).replace("_id", "") or "everything"


def _pages(actor: Actor, wanted: Wanted, first: Found) -> Iterator[tuple[Row, ...]]:
    yield first.rows
    older = first.older
    while older:
        found = audit.search(
            actor, wanted, after=older, limit=_AT_ONCE
        )  # they may have left meanwhile
        yield found.rows
        older = found.older


_COLUMNS = (
    "at",
    "event",
    "text",
    "who",
    "side",
    "property",
    "partner",
    "app",
    "before",
    "after",
    "note",
    "id",
    "person_id",
    "connection_id",
    "subject_id",
    "property_id",
    "partner_id",
)


def _plain(row: Row) -> dict[str, str | None]:
    values = asdict(row) | {"at": row.at.astimezone(UTC).isoformat(timespec="milliseconds")}
    return {name: values[name] for name in _COLUMNS}


def _csv(pages: Iterator[tuple[Row, ...]]) -> Iterator[bytes]:
    yield spreadsheets.MARK + spreadsheets.lines([_COLUMNS])
    for rows in pages:
        yield spreadsheets.lines([value or "" for value in _plain(row).values()] for row in rows)


def _json_lines(pages: Iterator[tuple[Row, ...]]) -> Iterator[bytes]:
    for rows in pages:
        yield b"".join(orjson.dumps(_plain(row)) + b"\n" for row in rows)
