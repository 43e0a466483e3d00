"""The intake: brings a run's pages in, one transaction each, however often its process dies.

A run is cut into jobs of some seconds. Whatever a job knows it has read from the database: where
each type of data stands (`RunPart.cursor`) is stored in the same transaction as the records before
it, and a page is applied only while the part stands where the page begins. So a job may run twice,
or two at the same time, and no page counts twice.
"""

import json
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from connectors.faults import Fault
from connectors.line import Line
from connectors.source import Access, Page, Wanted
from connectors.sources import KINDS
from domain import (
    accesses,
    authorizations,
    drift_checks,
    lifecycle,
    moments,
    moving,
    outcomes,
    plans,
    previews,
    sieve,
    transfers,
)
from domain.actors import ADJOIN, standing
from domain.installation import current
from domain.mapping import compiled, rows
from domain.refusals import Owner, Refusal
from domain.sieve import Item, Rules
from domain.types_of_data import ALL, TypeOfData
from storage import database, encryption, jobs
from storage.integrations import Integration, Reject, Run, RunPart
from storage.properties import Property
from storage.records import LONGEST
from storage.sources import Source, Transfer
from storage.upserts import Fresh, Upserts

log = logging.getLogger("adjoin.runs")

SLICE = 20.0  # seconds that one job works, well below where a job is taken for dead
PER_PAGE = 1000  # records
PAUSES = (5, 30, 120)  # seconds before a page that failed is asked for again
MOST_WAITS = 20  # in a row, when the source asks us to wait
LONGEST_WAIT = 3600  # seconds; rather than wait longer, the run fails and the next one tries
TELLING = 20  # records from which on a lost field is no chance
COMPARED = 200  # records are compared with what was known of the source
LEAST_ALL_REJECTED, GIVES_UP_AFTER = 10, 1000  # records
ANNOUNCED_EVERY = 0.5  # seconds

_OF_ONE_TYPE = ("not_permitted", "garbled", "too_large", "endless")
_PASSING = ("unreachable", "vendor_fault")


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
    mapped: compiled.Mapped
    rules: Rules
    upserts: Upserts
    searched: tuple[str, ...]
    finds_deletions: bool
    is_filtered: bool = False
    announced: float = 0.0  # when windows were last told of it


class _Over(Exception):
    """The run is not this job's any more: it was canceled, or another job goes on with it."""


class _Broken(Exception):
    """One type of data cannot go on; the others can."""

    def __init__(self, error: str, sentence: str, request_id: str | None = None) -> None:
        super().__init__(error)
        self.error, self.sentence, self.request_id = error, sentence, request_id


@jobs.job(plans.JOB)
def work(run_id: str, number: int) -> None:
    """Go on with a run: the job that the queue runs."""
    go_on(run_id, number)


def go_on(run_id: str, number: int, *, seconds: float = SLICE) -> None:
    """Go on with a run for some seconds, as its job of that number."""
    try:
        task = begin(run_id, number)
        if task is not None:
            carry(task, seconds=seconds)
    except OperationalError:
        # Nothing can be written down now; `due.sweep` lets the run go on where it stands.
        log.warning("the database did not answer, run %s goes on later", run_id)
    except Exception:
        # Whatever it is, it is ours: the run must not stay half done without a word.
        log.exception("run %s broke off", run_id)
        sentence = (
            "Something went wrong in Adjoin. Run it again; tell your operator if it stays so."
        )
        fail(run_id, number, "ours", sentence, "platform", None, moments.now())


def begin(run_id: str, number: int, *, now: datetime | None = None) -> Task | None:
    """Start a run or go on with it; None when it is not this job's turn (any more)."""
    now = now or moments.now()
    with database.transaction() as session:
        run = session.get(Run, run_id)
        if run is None:
            return None
        integration = session.get_one(Integration, run.integration_id)
        database.lock(session, integration)
        database.lock(session, run)
        if run.jobs != number or run.status not in plans.LIVING:
            return None
        by = standing(session, ADJOIN, now)
        if integration.status != "active" and not run.is_dry:
            plans.cancel(session, run, by, "adjoin", now)
            return None
        if run.status == "queued":
            step = lifecycle.RUN.named("start")
            moving.move(session, "run", run, step, by, "adjoin", now, started_at=now)
        run.heartbeat_at = now
        source = session.get_one(Source, integration.source_id)
        return Task(
            run.id,
            number,
            integration.id,
            run.property_id,
            source.id,
            source.kind,
            source.authorization_id,
            session.get_one(Property, run.property_id).time_zone,
            run.is_dry,
            run.retries_run_id,
        )


def carry(task: Task, *, seconds: float = SLICE) -> None:
    """Bring in page after page; what is not done after `seconds` is left to the next job."""
    until = time.monotonic() + seconds
    try:
        with current().door.line() as line:
            for part_id in _open_parts(task):
                if not _carry_part(task, part_id, line, until):
                    return
        _finish(task, moments.now())
    except _Over:
        return
    except Fault as fault:
        _stumbled(task, fault, moments.now())
    except Refusal as refusal:
        error = "refused" if refusal.code == "source_broken" else "unreachable"
        _stumbled(task, Fault(error, refusal.message), moments.now())


def fail(
    run_id: str,
    number: int,
    error: str,
    sentence: str,
    owner: Owner,
    request_id: str | None,
    now: datetime,
) -> None:
    """End a run as failed, with what follows from it, in one transaction."""
    with database.transaction() as session:
        run = session.get(Run, run_id)
        if run is None:
            return
        integration = session.get_one(Integration, run.integration_id)
        database.lock(session, integration)
        database.lock(session, run)
        if run.jobs == number and run.status in plans.LIVING:
            run.request_id = request_id
            _end_failed(session, integration, run, error, sentence, owner, now)


# One type of data


def _carry_part(task: Task, part_id: str, line: Line, until: float) -> bool:
    """Bring in one type of data; returns False when time is up."""
    try:
        belt = _belt(task, part_id, moments.now())
        with _ahead(_reader(task, belt, line), belt.cursor) as pages:
            for page in pages:
                items = _mapped(belt, page.records)
                if belt.pages == 0 and not task.retries:
                    _compare(belt, page.records, moments.now())
                _apply(task, belt, page, items, moments.now())
                if page.cursor is not None and time.monotonic() > until:
                    _pass_on(task)
                    return False
    except _Broken as broken:
        _break_off(task, part_id, broken, moments.now())
    except Fault as fault:
        if fault.error not in _OF_ONE_TYPE:
            raise
        of_type = _Broken(fault.error, fault.sentence, fault.request_id)
        _break_off(task, part_id, of_type, moments.now())
    return True


def _open_parts(task: Task) -> list[str]:
    with database.reading() as session:
        found = session.exec(
            select(RunPart).where(
                RunPart.run_id == task.run_id,
                col(RunPart.is_complete).is_(False),
                col(RunPart.error).is_(None),
            )
        ).all()
    order = list(ALL)
    return [part.id for part in sorted(found, key=lambda part: order.index(part.type))]


def _belt(task: Task, part_id: str, now: datetime) -> Belt:
    """Return where a type of data stands, with its mapping compiled."""
    with database.transaction() as session:
        part = session.get_one(RunPart, part_id)
        transfer = session.get(Transfer, part.transfer_id or "")
        if transfer is None or transfer.status != "active":
            label = ALL[part.type].label
            raise _Broken("inactive", f"The data transfer of {label} is not active any more.")
        if part.started_at is None:
            part.started_at = part.until = now
            part.mapping_version = transfer.version
        if part.mapping_version != transfer.version:
            raise _Broken("inactive", "The mapping was changed meanwhile. Run it again.")
        session.add(part)
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
        compiled.compile(of_type, mapping, time_zone=task.time_zone),
        Rules(part.wanted, offer.changes if offer else (), of_type.status, task.retries or ""),
        Upserts(
            of_type.key,
            _columns(of_type, mapping),
            property_id=task.property_id,
            source_id=task.source_id,
            run_id=task.run_id,
            status=of_type.status,
        ),
        tuple(field.key for field in of_type.fields if field.is_searched),
        finds_deletions="deleted" in part.wanted and not task.retries,
        is_filtered=part.is_filtered,
    )


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
            raise _Broken("no_file", refusal.message) from refusal
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


@contextmanager
def _ahead(read: Read, cursor: str | None) -> Iterator[Iterator[Page]]:
    """Read the next page while one is worked on: most of a run is waiting for the source."""
    reader = ThreadPoolExecutor(1, thread_name_prefix="pages")

    def pages() -> Iterator[Page]:
        coming: Future[Page] | None = reader.submit(read, cursor)
        while coming is not None:
            page = coming.result()
            coming = reader.submit(read, page.cursor) if page.cursor is not None else None
            yield page

    try:
        yield pages()
    finally:
        reader.shutdown(wait=True, cancel_futures=True)


def _mapped(belt: Belt, records: list[Any]) -> list[Item]:
    mapped, hash_of = belt.mapped, sieve.hash_of
    found = []
    for record in records:
        converted = mapped(record)
        found.append(
            Item(record, converted, b"" if converted.errors else hash_of(converted.values))
        )
    return found


def _compare(belt: Belt, records: list[Any], now: datetime) -> None:
    """Stop before the first page when the source has lost what the mapping cannot do without."""
    if len(records) < TELLING:
        return
    with database.transaction() as session:
        transfer = session.get(Transfer, belt.transfer_id)
        if transfer is not None:
            transfers.note_drift(session, transfer, records[:COMPARED], now)
    if transfer is not None and transfer.status != "active":
        raise _Broken("drift", transfer.reason or "The data transfer is not active any more.")


def _apply(task: Task, belt: Belt, page: Page, items: list[Item], now: datetime) -> None:
    """Store a page with everything that it means, and where to read on, in one transaction."""
    with database.transaction() as session:
        run, part = _held(session, task, belt)
        keys = [item.converted.key for item in items if item.converted.key is not None]
        known = belt.upserts.known(session, keys, now) if keys else {}
        found = sieve.sort(items, known, belt.rules, task.run_id)
        belt.is_filtered = part.is_filtered = belt.is_filtered or page.filtered
        if not task.is_dry:
            belt.upserts.write(
                session,
                [_fresh(belt.searched, key, it) for key, (_, it) in found.taken.items()],
                now,
            )
            belt.upserts.touch(session, found.stale, now)
            _keep_rejects(session, task, belt, found.rejects, now)
        if belt.finds_deletions and not belt.is_filtered:
            ids = [each.id for each in known.values() if each.id is not None]
            belt.upserts.note_seen(session, part.id, ids)
        if task.is_dry:
            previews.keep(session, part, belt.upserts, found.taken, known)
        _count(part, found, page)
        run.heartbeat_at, run.tries, run.sentence = now, 0, ""
        _must_not_all_be_rejected(task, part, page)
        if page.cursor is None:
            _complete(session, task, belt, part, now)
        session.add_all((run, part))
        if page.cursor is None or time.monotonic() > belt.announced + ANNOUNCED_EVERY:
            belt.announced = time.monotonic()
            moving.announce(session, "run", run)
    belt.pages += 1
    if part.error is not None:
        raise _Broken(part.error, part.sentence)


def _held(session: Session, task: Task, belt: Belt) -> tuple[Run, RunPart]:
    """Hold run and part still; raises _Over when the page is not ours to apply (any more)."""
    run = session.get(Run, task.run_id)
    if run is None:
        raise _Over
    database.lock(session, run)
    part = session.get_one(RunPart, belt.part_id)
    if run.jobs != task.number or run.status != "running" or part.pages != belt.pages:
        raise _Over
    return run, part


def _count(part: RunPart, found: sieve.Sorted, page: Page) -> None:
    part.read += found.read
    part.created += found.created
    part.updated += found.updated
    part.unchanged += found.unchanged
    part.rejected += found.rejected
    part.not_subscribed += found.not_subscribed
    part.pages += 1
    part.total = page.total if page.total is not None else part.total
    part.cursor = page.cursor


def _must_not_all_be_rejected(task: Task, part: RunPart, page: Page) -> None:
    """Give up when not one record can be taken: the run would look better than it is."""
    least = LEAST_ALL_REJECTED if page.cursor is None else GIVES_UP_AFTER
    if not task.retries and part.rejected == part.read >= least:
        part.error = "all_rejected"
        part.sentence = f"Not one of the {part.read} records could be taken. Look at the mapping."


def _complete(session: Session, task: Task, belt: Belt, part: RunPart, now: datetime) -> None:
    """End a type of data that was read to its end; only now it is known what is gone."""
    part.ended_at = now
    if part.error is None:
        part.is_complete = True
        session.flush()
        if belt.finds_deletions and not belt.is_filtered and _is_telling(session, part):
            if task.is_dry:
                part.deleted = belt.upserts.missing(session, part.id)
            else:
                part.deleted = belt.upserts.remove_missing(session, part.id, now)
        if not task.is_dry:
            _resolve(session, task, belt, now)


def _is_telling(session: Session, part: RunPart) -> bool:
    """Whether what was not met is gone: not after an empty read, nor when a record had no key."""
    keyless = select(Reject.id).where(
        Reject.run_id == part.run_id,
        Reject.type == part.type,
        col(Reject.external_id).is_(None),
    )
    return part.read > 0 and session.exec(keyless.limit(1)).first() is None


def _resolve(session: Session, task: Task, belt: Belt, now: datetime) -> None:
    """Note which records that earlier runs rejected have been taken since."""
    table: Any = belt.upserts.table
    taken = sa.select(table.c.external_id).where(
        table.c.source_id == task.source_id,
        table.c.external_id == col(Reject.external_id),
        table.c.run_id > col(Reject.run_id),
        table.c.removed_at.is_(None),
    )
    earlier = select(Run.id).where(Run.integration_id == task.integration_id)
    session.execute(
        sa.update(Reject)
        .where(
            col(Reject.type) == belt.type.key,
            col(Reject.resolved_at).is_(None),
            col(Reject.run_id).in_(earlier),
            col(Reject.run_id) != task.run_id,
            taken.exists(),
        )
        .values(resolved_at=now)
        .execution_options(synchronize_session=False)
    )


def _fresh(searched: Sequence[str], key: str, item: Item) -> Fresh:
    values = item.converted.values
    words = [key, *[str(value) for name in searched if (value := values.get(name))]]
    search = " ".join(words).lower()[:LONGEST]
    return Fresh(key, item.content_hash, search, raw_of(item.record), values)


def raw_of(record: Any) -> bytes:
    """Return a record as JSON, whatever a source has put into it."""
    try:
        return orjson.dumps(record, default=str)
    except (TypeError, ValueError):
        # Halves of surrogate pairs, and numbers beyond 64 bits.
        return json.dumps(record, default=str).encode()


def _keep_rejects(
    session: Session, task: Task, belt: Belt, rejects: list[Item], now: datetime
) -> None:
    session.add_all(
        Reject(
            run_id=task.run_id,
            type=belt.type.key,
            external_id=item.converted.key,
            reasons=[
                {"target": error.target, "value": error.value, "sentence": error.sentence}
                for error in item.converted.errors
            ],
            raw=encryption.encrypt(raw_of(item.record).decode()),
            created_at=now,
        )
        for item in rejects
    )


# How a run goes on, and ends


def _pass_on(task: Task) -> None:
    """Leave the rest of a run to its next job."""
    with database.transaction() as session:
        run = session.get_one(Run, task.run_id)
        database.lock(session, run)
        if run.jobs == task.number and run.status == "running":
            plans.enqueue(session, run, task.source_id)


def _break_off(task: Task, part_id: str, broken: _Broken, now: datetime) -> None:
    """End one type of data that cannot go on."""
    with database.transaction() as session:
        run = session.get_one(Run, task.run_id)
        database.lock(session, run)
        if run.jobs != task.number or run.status != "running":
            raise _Over
        part = session.get_one(RunPart, part_id)
        part.error, part.sentence, part.ended_at = broken.error, broken.sentence, now
        run.request_id = run.request_id or broken.request_id
        moving.announce(session, "run", run)
    if broken.error == "all_rejected" and part.transfer_id:
        # Perhaps the source has changed: then this pauses the transfer, and says which field.
        drift_checks.check_one(part.transfer_id, now=now)


def _finish(task: Task, now: datetime) -> None:
    """End a run in the state that is true: never green when something was left out."""
    with database.transaction() as session:
        integration = session.get_one(Integration, task.integration_id)
        database.lock(session, integration)
        run = session.get_one(Run, task.run_id)
        database.lock(session, run)
        if run.jobs != task.number or run.status != "running":
            return
        parts = session.exec(select(RunPart).where(RunPart.run_id == run.id)).all()
        broken = next((part for part in parts if part.error), None)
        if broken is not None and broken.error is not None:
            label = ALL[broken.type].label
            sentence = f"{label}: {broken.sentence}"
            _end_failed(session, integration, run, broken.error, sentence, "property", now)
            return
        verb = "succeed_with_rejects" if any(part.rejected for part in parts) else "succeed"
        by, step = standing(session, ADJOIN, now), lifecycle.RUN.named(verb)
        moving.move(session, "run", run, step, by, "adjoin", now, ended_at=now, sentence="")
        plans.forget_seen(session, run)
        if not run.is_dry:
            outcomes.succeeded(session, integration, run, now)


def _stumbled(task: Task, fault: Fault, now: datetime) -> None:
    """Ask again later when that may help, or end the run."""
    delay = _delay(task, fault)
    if delay is not None:
        _wait(task, fault, delay, now)
        return
    if fault.error == "refused" and task.authorization_id:
        authorizations.refused(task.authorization_id, fault.sentence, now=now)
    owner: Owner = "platform" if fault.error == "blocked" else accesses.owner_of(fault)
    fail(task.run_id, task.number, fault.error, fault.sentence, owner, fault.request_id, now)


def _delay(task: Task, fault: Fault) -> float | None:
    """Return after how many seconds a page is asked for again, None for never."""
    with database.reading() as session:
        tries = session.get_one(Run, task.run_id).tries
    if fault.error == "rate_limited" and tries < MOST_WAITS:
        wait = fault.retry_after or PAUSES[min(tries, len(PAUSES) - 1)]
        return float(max(1, wait)) if wait <= LONGEST_WAIT else None
    if fault.error in _PASSING and tries < len(PAUSES):
        return float(max(fault.retry_after or 0, PAUSES[tries]))
    return None


def _wait(task: Task, fault: Fault, delay: float, now: datetime) -> None:
    with database.transaction() as session:
        run = session.get_one(Run, task.run_id)
        database.lock(session, run)
        if run.jobs != task.number or run.status != "running":
            return
        run.tries, run.heartbeat_at = run.tries + 1, now
        run.sentence = f"{fault.sentence} Asking again in {moments.span(timedelta(seconds=delay))}."
        plans.enqueue(session, run, task.source_id, delay_seconds=delay)
        moving.announce(session, "run", run)


def _end_failed(
    session: Session,
    integration: Integration,
    run: Run,
    error: str,
    sentence: str,
    owner: Owner,
    now: datetime,
) -> None:
    by, step = standing(session, ADJOIN, now), lifecycle.RUN.named("fail")
    moving.move(
        session,
        "run",
        run,
        step,
        by,
        "adjoin",
        now,
        note=sentence,
        ended_at=now,
        error=error,
        sentence=sentence,
        owner=owner,
    )
    plans.forget_seen(session, run)
    if not run.is_dry:
        outcomes.failed(session, integration, error, sentence, owner, now)
