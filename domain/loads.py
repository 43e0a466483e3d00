"""Loads: what a page of records means is stored at once: records, rejects, counts, and its end."""

import time
from datetime import datetime

from sqlmodel import Session, col, select

from connectors.source import Page
from domain import moments, moving, previews, rejects, sieve
from domain.belts import Belt, Broken, Load, Task
from domain.sieve import Item
from storage import database
from storage.integrations import Reject, Run, RunPart
from storage.records import LONGEST
from storage.upserts import Fresh, Known

LEAST_ALL_REJECTED, GIVES_UP_AFTER = 10, 1000  # records
MOST_PAGES, MOST_READ = 100_000, 20_000_000  # in a run, of one type of data
MOST_TOTAL = 2**31 - 1
ANNOUNCED_EVERY = 0.5  # seconds


class Over(Exception):
    """The run is not this job's any more: it was canceled, or another job goes on with it."""


def apply(task: Task, belt: Belt, load: Load, now: datetime) -> None:
    """Store a page with everything that it means, and where to read on, in one transaction."""
    page, items, as_before = load
    left_out = belt.rejects.made_of(items, now)
    with database.transaction() as session:
        run, part = _held(session, task, belt)
        # Programs ask for what has changed since a moment: a wait for others who write is over.
        now = max(now, moments.now())
        found, known = _stored(session, task, belt, load, now)
        belt.is_filtered = part.is_filtered = belt.is_filtered or page.filtered
        if belt.finds_deletions and not belt.is_filtered:
            met = (*known.values(), *as_before.values())
            ids = [each.id for each in met if each.id is not None]
            belt.upserts.note_seen(session, part.id, ids)
        if task.is_dry:
            previews.keep(session, part, belt.upserts, found.taken, known)
        belt.rejects.end_fine(session, (*as_before, *_fine(items)), now)
        belt.rejects.keep(session, left_out, room=rejects.MOST - part.rejected)
        _count(part, found, page)
        run.heartbeat_at, run.tries, run.sentence = now, 0, ""
        _must_not_all_be_rejected(task, part, page)
        _must_end(part, page)
        if page.cursor is None:
            _complete(session, task, belt, part, now)
        session.add_all((run, part))
        if page.cursor is None or time.monotonic() > belt.announced + ANNOUNCED_EVERY:
            belt.announced = time.monotonic()
            moving.announce_progress(session, run)
    belt.pages += 1
    belt.meets_known = bool(known or as_before)
    belt.written = found.taken.keys()
    if part.error is not None:
        raise Broken(part.error, part.sentence)


def _stored(
    session: Session, task: Task, belt: Belt, load: Load, now: datetime
) -> tuple[sieve.Sorted, dict[str, Known]]:
    """Sort a page and store what it brings; return what became of it, and what was known of it."""
    items, upserts = load.items, belt.upserts
    if _may_be_all_new(task, belt, load):
        found = sieve.sort(items, {}, belt.rules, task.run_id)
        if upserts.add(session, _fresh(belt, found), now):
            return found, {}
    keys = [item.converted.key for item in items if item.converted.key is not None]
    known = upserts.known(session, keys, now) if keys else {}
    found = sieve.sort(items, known, belt.rules, task.run_id)
    sieve.leave(found, load.as_before.values())
    if not task.is_dry:
        upserts.write(session, _fresh(belt, found), now)
        upserts.touch(session, found.stale, now)
    return found, known


def _may_be_all_new(task: Task, belt: Belt, load: Load) -> bool:
    """Whether to try without looking anything up; what is not taken must be known to be counted."""
    is_first = not belt.meets_known and not load.as_before
    return is_first and not task.is_dry and not task.retries and "created" in belt.rules.wanted


def _fine(items: list[Item]) -> list[str]:
    keys = (item.converted.key for item in items if not item.is_rejected)
    return [key for key in keys if key is not None]


def _held(session: Session, task: Task, belt: Belt) -> tuple[Run, RunPart]:
    """Hold run and part still; raises Over when the page is not ours to apply (any more)."""
    run = database.held(session, Run, task.run_id)
    if run is None:
        raise Over
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
        if belt.is_filtered or not _is_telling(part):
            return
        if belt.finds_deletions and not _has_keyless(session, part):
            if task.is_dry:
                part.deleted = belt.upserts.missing(session, part.id)
            else:
                part.deleted = belt.upserts.remove_missing(session, part.id, now)
        if not task.is_dry and "deleted" in belt.rules.told_apart:
            belt.rejects.end_gone(session, now)


def _is_telling(part: RunPart) -> bool:
    """Whether what was not met is gone: not after an empty read, nor when more was rejected than
    could be kept: of those it is not known any more."""
    return part.read > 0 and part.rejected <= rejects.MOST


def _has_keyless(session: Session, part: RunPart) -> bool:
    """Whether a record came without its key: it may be any of those that were not met."""
    keyless = select(Reject.id).where(
        Reject.run_id == part.run_id,
        Reject.type == part.type,
        col(Reject.external_id).is_(None),
    )
    return session.exec(keyless.limit(1)).first() is not None


def _fresh(belt: Belt, found: sieve.Sorted) -> list[Fresh]:
    fresh = []
    for key, (_, item) in found.taken.items():
        values = item.converted.values
        words = [key, *[str(value) for name in belt.searched if (value := values.get(name))]]
        search = " ".join(words).lower()[:LONGEST]
        fresh.append(Fresh(key, item.content_hash, search, item.raw, values))
    return fresh
