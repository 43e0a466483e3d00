"""Loads: what a page of records means is stored at once: records, rejects, counts, and its end."""

import time
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from connectors.source import Page
from domain import moments, moving, previews, sieve
from domain.belts import Belt, Broken, Task
from domain.sieve import Item
from storage import database, encryption, ids
from storage.integrations import Reject, Run, RunPart
from storage.records import LONGEST
from storage.upserts import Fresh, Known

LEAST_ALL_REJECTED, GIVES_UP_AFTER = 10, 1000  # records
MOST_REJECTS = 20_000  # kept of one type of data in a run; the others are counted
MOST_PAGES, MOST_READ = 100_000, 20_000_000  # in a run, of one type of data
MOST_TOTAL = 2**31 - 1
ANNOUNCED_EVERY = 0.5  # seconds


class Over(Exception):
    """The run is not this job's any more: it was canceled, or another job goes on with it."""


def apply(
    task: Task,
    belt: Belt,
    page: Page,
    items: list[Item],
    as_before: Sequence[Known],
    now: datetime,
) -> None:
    """Store a page with everything that it means, and where to read on, in one transaction.

    items: what may be news. as_before: what is known of the other records, which stay.
    """
    kept = [] if task.is_dry else _kept(task, belt, items, now)
    with database.transaction() as session:
        run, part = _held(session, task, belt)
        # Programs ask for what has changed since a moment: a wait for others who write is over.
        now = max(now, moments.now())
        keys = [item.converted.key for item in items if item.converted.key is not None]
        known = belt.upserts.known(session, keys, now) if keys else {}
        found = sieve.sort(items, known, belt.rules, task.run_id)
        sieve.leave(found, as_before)
        belt.is_filtered = part.is_filtered = belt.is_filtered or page.filtered
        if not task.is_dry:
            belt.upserts.write(
                session,
                [_fresh(belt.searched, key, it) for key, (_, it) in found.taken.items()],
                now,
            )
            belt.upserts.touch(session, found.stale, now)
            _keep_rejects(session, part, kept)
        if belt.finds_deletions and not belt.is_filtered:
            met = (*known.values(), *as_before)
            ids = [each.id for each in met if each.id is not None]
            belt.upserts.note_seen(session, part.id, ids)
        if task.is_dry:
            previews.keep(session, part, belt.upserts, found.taken, known)
        _count(part, found, page)
        run.heartbeat_at, run.tries, run.sentence = now, 0, ""
        _must_not_all_be_rejected(task, part, page)
        _must_end(part, page)
        if page.cursor is None:
            _complete(session, task, belt, part, now)
        session.add_all((run, part))
        if page.cursor is None or time.monotonic() > belt.announced + ANNOUNCED_EVERY:
            belt.announced = time.monotonic()
            moving.announce(session, "run", run)
    belt.pages += 1
    if part.error is not None:
        raise Broken(part.error, part.sentence)


def _held(session: Session, task: Task, belt: Belt) -> tuple[Run, RunPart]:
    """Hold run and part still; raises Over when the page is not ours to apply (any more)."""
    run = session.get(Run, task.run_id)
    if run is None:
        raise Over
    database.lock(session, run)
    part = session.get_one(RunPart, belt.part_id)
    if run.jobs != task.number or run.status != "running" or part.pages != belt.pages:
        raise Over
    return run, part


def _count(part: RunPart, found: sieve.Sorted, page: Page) -> None:
    part.read += found.read
    part.created += found.created
    part.updated += found.updated
    part.unchanged += found.unchanged
    part.rejected += found.rejected
    part.not_subscribed += found.not_subscribed
    part.pages += 1
    if page.total is not None and 0 <= page.total <= MOST_TOTAL:
        part.total = page.total
    part.cursor = page.cursor


def _must_not_all_be_rejected(task: Task, part: RunPart, page: Page) -> None:
    """Give up when not one record can be taken: the run would look better than it is."""
    least = LEAST_ALL_REJECTED if page.cursor is None else GIVES_UP_AFTER
    if not task.retries and part.rejected == part.read >= least:
        part.error = "all_rejected"
        part.sentence = f"Not one of the {part.read} records could be taken. Look at the mapping."


def _must_end(part: RunPart, page: Page) -> None:
    """Give up when a source always has one more page, each another one."""
    if page.cursor is not None and (part.pages >= MOST_PAGES or part.read >= MOST_READ):
        part.error = "endless"
        part.sentence = f"There was no end to it after {part.pages:,} pages. Look at the paging."


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
    if part.rejected > MOST_REJECTS:
        return False  # of some it is not known any more
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
    return Fresh(key, item.content_hash, search, item.raw, values)


def _kept(task: Task, belt: Belt, items: list[Item], now: datetime) -> list[dict[str, Any]]:
    """Return what is kept of rejected records. Encrypting takes a while: nobody waits for it."""
    rejects = islice((item for item in items if item.is_rejected), MOST_REJECTS)
    return [
        {
            "id": ids.new("rej"),
            "run_id": task.run_id,
            "type": belt.type.key,
            "external_id": item.converted.key,
            "reasons": [
                {"target": error.target, "value": error.value, "sentence": error.sentence}
                for error in item.converted.errors
            ],
            "raw": encryption.encrypt(item.raw.decode()),
            "created_at": now,
        }
        for item in rejects
    ]


def _keep_rejects(session: Session, part: RunPart, kept: list[dict[str, Any]]) -> None:
    if room := kept[: max(0, MOST_REJECTS - part.rejected)]:
        session.execute(sa.insert(Reject), room)
