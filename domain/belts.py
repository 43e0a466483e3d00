"""Belts: one type of data on its way in, where it stands, how it is read and what is made of it."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from itertools import zip_longest
from typing import Any, NamedTuple

import orjson
from sqlmodel import col, select

from connectors.faults import Fault
from connectors.line import Line
from connectors.source import Access, Page, Wanted
from connectors.sources import KINDS
from domain import accesses, moments, sieve, transfers
from domain.mapping import compiled, rows
from domain.refusals import Refusal
from domain.rejects import Rejects
from domain.sieve import Item, Rules
from domain.types_of_data import ALL, TypeOfData
from storage import database, encryption
from storage.integrations import Reject, RunPart
from storage.sources import Transfer
from storage.upserts import Known, Upserts

PER_PAGE = 1000  # records
TELLING = 20  # records from which on a lost field is no chance
COMPARED = 200  # records are compared with what was known of the source


@dataclass(frozen=True)
class Task:
    """What a job needs to know of its run."""

    run_id: str
    number: int
    integration_id: str
    property_id: str
    source_id: str
    kind: str
    authorization_id: str | None
    time_zone: str
    is_dry: bool
    retries: str | None


@dataclass
class Belt:
    """One type of data on its way in: where it stands, and what is made of each record.

    `pages` is how many pages were applied; the next one is only applied when that is still so.
    """

    part_id: str
    transfer_id: str
    type: TypeOfData
    since: datetime | None
    until: datetime
    cursor: str | None
    pages: int
    key_of: compiled.Mapped  # maps the primary key alone
    mapped: compiled.Mapped
    mapping: bytes  # changes when anything does by which values are made
    rules: Rules
    upserts: Upserts
    rejects: Rejects
    searched: tuple[str, ...]
    finds_deletions: bool
    meets_known: bool = True  # whether the page before had records that are there already
    written: Collection[str] = ()  # the primary keys that the page before has written
    is_filtered: bool = False
    announced: float = 0.0  # when windows were last told of it


class Load(NamedTuple):
    """A page, and what is to be done with it.

    items: what may be news. as_before: what is known of the other records, which stay,
    by their primary keys.
    """

    page: Page
    items: list[Item]
    as_before: Mapping[str, Known]


class Broken(Exception):
    """One type of data cannot go on; the others can."""

    def __init__(self, error: str, sentence: str, request_id: str | None = None) -> None:
        super().__init__(error)
        self.error, self.sentence, self.request_id = error, sentence, request_id


def belt_of(task: Task, part_id: str, now: datetime) -> Belt:
    """Return where a type of data stands, with its mapping compiled."""
    with database.transaction() as session:
        part = session.get_one(RunPart, part_id)
        transfer = session.get(Transfer, part.transfer_id or "")
        if transfer is None or transfer.status != "active":
            label = ALL[part.type].label
            raise Broken("inactive", f"The data transfer of {label} is not active any more.")
        if part.started_at is None:
            part.started_at = part.until = now
            part.mapping_version = transfer.version
        if part.mapping_version != transfer.version:
            raise Broken("inactive", "The mapping was changed meanwhile. Run it again.")
        session.add(part)
        rejects = Rejects(part.type, None if task.is_dry else task.integration_id, task.run_id)
        rejects.recall(session)
    of_type, mapping = ALL[part.type], rows.from_json(transfer.rows)
    offer = KINDS[task.kind].types.get(of_type.key)
    return Belt(
        part.id,
        transfer.id,
        of_type,
        part.since,
        part.until or now,
        part.cursor,
        part.pages,
        compiled.compile(
            of_type,
            [row for row in mapping if row.target == rows.KEY],
            time_zone=task.time_zone,
        ),
        compiled.compile(of_type, mapping, time_zone=task.time_zone),
        _print_of(mapping, task.time_zone),
        Rules(part.wanted, offer.changes if offer else (), of_type.status, task.retries or ""),
        Upserts(
            of_type.key,
            _columns(of_type, mapping),
            property_id=task.property_id,
            source_id=task.source_id,
            run_id=task.run_id,
            status=of_type.status,
        ),
        rejects,
        tuple(field.key for field in of_type.fields if field.is_searched),
        finds_deletions="deleted" in part.wanted and not task.retries,
        is_filtered=part.is_filtered,
    )


@contextmanager
def loads(task: Task, belt: Belt, line: Line) -> Iterator[Iterator[Load]]:
    """Read and map page after page from where a belt stands, each while the one before is stored:
    most of a run is waiting for the source and for the database."""
    read = _reader(task, belt, line)
    ahead = ThreadPoolExecutor(1, thread_name_prefix="loads")

    def brought(cursor: str | None, meets_known: bool) -> Load:
        page = read(cursor)
        return Load(page, *mapped(belt, page.records, moments.now(), meets_known))

    def coming() -> Iterator[Load]:
        next_one: Future[Load] | None = ahead.submit(brought, belt.cursor, True)
        while next_one is not None:
            load = next_one.result()
            if not load.as_before.keys().isdisjoint(belt.written):
                # One came again that was looked up before its last version was stored.
                load = Load(load.page, *mapped(belt, load.page.records, moments.now(), True))
            cursor, meets = load.page.cursor, belt.meets_known
            next_one = ahead.submit(brought, cursor, meets) if cursor is not None else None
            yield load

    try:
        yield coming()
    finally:
        ahead.shutdown(wait=True, cancel_futures=True)


def mapped(
    belt: Belt, records: list[Any], now: datetime, meets_known: bool
) -> tuple[list[Item], dict[str, Known]]:
    """Make our fields of every record that may be news, with the hash that tells whether it is.

    The others are those that the source gives as it gave them last time, which is what most of
    them are. They are returned as they are known, by their primary keys. Where none is expected
    to be known, as in a first run, all are taken for news.
    """
    keys = [belt.key_of(record).key for record in records] if meets_known else []
    known = _known(belt, keys, now)
    items: list[Item] = []
    as_before: dict[str, Known] = {}
    for record, key in zip_longest(records, keys):
        raw = _raw_of(record)
        mark = sieve.mark_of(raw, belt.mapping)
        was = known.get(key) if key is not None else None
        if key is not None and was is not None and sieve.is_marked(was, mark):
            as_before[key] = was
            continue
        converted = belt.mapped(record)
        content_hash = b"" if converted.errors else sieve.hash_of(mark, converted.values)
        items.append(Item(raw, converted, content_hash))
    return items, as_before


def compare(belt: Belt, records: list[Any], now: datetime) -> None:
    """Stop before the first page when the source has lost what the mapping cannot do without.

    Raises Broken, after the transfer was paused.
    """
    if len(records) < TELLING:
        return
    with database.transaction() as session:
        transfer = session.get(Transfer, belt.transfer_id)
        if transfer is not None:
            transfers.note_drift(session, transfer, records[:COMPARED], now)
    if transfer is not None and transfer.status != "active":
        raise Broken("drift", transfer.reason or "The data transfer is not active any more.")


# Details


def _known(belt: Belt, keys: Sequence[str | None], now: datetime) -> dict[str, Known]:
    """Return what is known of the records of these primary keys.

    Nothing is when one comes twice: only in their order can be told what becomes of them.
    """
    given = [key for key in keys if key is not None]
    if not given or len(set(given)) < len(given):
        return {}
    with database.reading() as session:
        return belt.upserts.known(session, given, now)


def _raw_of(record: Any) -> bytes:
    """Return a record as JSON, whatever a source has put into it."""
    try:
        return orjson.dumps(record, default=str)
    except (TypeError, ValueError):
        # Halves of surrogate pairs, and numbers beyond 64 bits.
        return json.dumps(record, default=str).encode()


def _print_of(mapping: rows.Rows, time_zone: str) -> bytes:
    said = json.dumps([compiled.EDITION, rows.as_json(mapping), time_zone])
    return blake2b(said.encode(), digest_size=16).digest()


def _columns(of_type: TypeOfData, mapping: rows.Rows) -> tuple[str, ...]:
    """Return the columns that a mapping fills."""
    found = []
    for row in mapping:
        target = of_type.field(row.target)
        if target is not None and row.target != rows.KEY:
            found.append(row.target)
            if target.kind == "money":
                found.append(f"{row.target}_currency")
    return tuple(found)


Read = Callable[[str | None], Page]


def _reader(task: Task, belt: Belt, line: Line) -> Read:
    """Return what reads the page at a cursor: of the source, or of what was rejected before."""
    if task.retries:
        return lambda cursor: _rejected_page(task, belt, cursor)
    access: Access | None = None
    ask = KINDS[task.kind].read

    def read(cursor: str | None) -> Page:
        nonlocal access
        access = access or _access(task, belt)
        wanted = Wanted(belt.type.key, belt.since, belt.until, cursor, PER_PAGE)
        page = ask(line, access, wanted)
        if page.cursor is not None and page.cursor == cursor:
            name = KINDS[task.kind].name
            raise Fault("endless", f"{name} sends the same page again and again.")
        return page

    return read


def _access(task: Task, belt: Belt) -> Access:
    try:
        return accesses.of_source(task.source_id, belt.type.key, now=moments.now())
    except Refusal as refusal:
        if refusal.code == "no_file":
            raise Broken("no_file", refusal.message) from refusal
        raise


def _rejected_page(task: Task, belt: Belt, cursor: str | None) -> Page:
    """Return records that an earlier run rejected, as if the source gave them again."""
    with database.reading() as session:
        found = session.exec(
            select(Reject)
            .where(
                Reject.run_id == task.retries,
                Reject.type == belt.type.key,
                col(Reject.resolved_at).is_(None),
                Reject.id > (cursor or ""),
            )
            .order_by(col(Reject.id))
            .limit(PER_PAGE)
        ).all()
    records = [orjson.loads(encryption.decrypt(each.raw)) for each in found]
    more = found[-1].id if len(found) == PER_PAGE else None
    return Page(records, more, filtered=True)
