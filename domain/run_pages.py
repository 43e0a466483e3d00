"""What pages show of runs: how far one is, what became of its records, and those left out."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import orjson
from sqlmodel import Session, col, func, select

from domain import integrations, lifecycle, masking, moments, plans
from domain.actors import Actor, Standing
from domain.runs import visible
from domain.types_of_data import ALL
from storage import database, encryption
from storage.integrations import Integration, Reject, Run, RunPart

SHOWN = 50  # runs, and rejected records, at once


class Counts(NamedTuple):
    """read = created + updated + unchanged + rejected + not_subscribed; deleted ones were not
    read, but missed."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    not_subscribed: int = 0
    deleted: int = 0


class Progress(NamedTuple):
    """share: 0 to 1, rate: records a second, seconds_left; None where the source says no total."""

    share: float | None
    rate: float
    seconds_left: float | None


@dataclass(frozen=True)
class Part:
    """One type of data within a run. since: only what changed after that was read; None for all.

    error: why it broke off, None when it did not. transfer_id: where its mapping is.
    """

    type: str
    transfer_id: str | None
    label: str
    counts: Counts
    total: int | None
    pages: int
    since: datetime | None
    is_complete: bool
    error: str | None
    sentence: str
    mapping_version: int | None


@dataclass(frozen=True)
class Row:
    """A run. status: queued, running, succeeded, succeeded_with_rejects, failed or canceled.

    trigger: schedule, hand, webhook, retry or enable. sentence: why it failed, or what it waits
    for; owner: who can put that right. seconds: how long it took, or takes so far. `moves` is what
    this reader may do with it now: cancel, retry.
    """

    id: str
    integration_id: str
    status: str
    trigger: str
    is_dry: bool
    who: str
    queued_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    seconds: float | None
    counts: Counts
    progress: Progress | None
    error: str | None
    sentence: str
    owner: str | None
    canceled_by: str
    moves: tuple[str, ...]


class Cell(NamedTuple):
    """One field that a dry run would change; masked where the reader must not see it."""

    key: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Preview:
    """A record that a dry run would change. change: created, updated, canceled, status_changed or
    deleted."""

    type: str
    change: str
    external_id: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Page:
    """All about one run. `previews` are some changes that a dry run would make.

    skipped: labels of what the integration wants, but this run did not ask for.
    left: how many rejected records are left out still, and came in no later run. fine: how many of
    them could be read since. newest: the run that what was rejected here came in last, None when
    none of it came again. request_id: the source's, for a case.
    """

    row: Row
    property_id: str
    integration: str
    source_id: str
    parts: tuple[Part, ...]
    skipped: tuple[str, ...]
    previews: tuple[Preview, ...]
    left: int
    fine: int
    newest: str | None
    request_id: str | None


def of_integration(
    actor: Actor,
    integration_id: str,
    *,
    before: datetime | None = None,
    limit: int = SHOWN,
    now: datetime | None = None,
) -> tuple[Row, ...]:
    """Return the runs of an integration, the newest first; those queued before a moment, or all.

    Refuses `not_found` to strangers.
    """
    now = now or moments.now()
    with database.reading() as session:
        who, found = integrations.visible(session, actor, integration_id, now)
        query = select(Run).where(Run.integration_id == found.id)
        if before:
            query = query.where(col(Run.queued_at) < before)
        newest = query.order_by(col(Run.queued_at).desc(), col(Run.id).desc()).limit(limit)
        runs = session.exec(newest).all()
        parts = _parts(session, *(run.id for run in runs))
        return tuple(_row(who, run, parts.get(run.id, []), now) for run in runs)


def read(actor: Actor, run_id: str, *, now: datetime | None = None) -> Page:
    """Return one run; refuses `not_found` to strangers."""
    now = now or moments.now()
    with database.reading() as session:
        who, run = visible(session, actor, run_id, now)
        parts = _parts(session, run.id).get(run.id, [])
        rejected = select(func.count()).where(col(Reject.run_id) == run.id)
        integration = session.get_one(Integration, run.integration_id)
        return Page(
            _row(who, run, parts, now),
            run.property_id,
            integration.name,
            integration.source_id,
            tuple(_part(part) for part in parts),
            _skipped(integration, run, parts),
            tuple(preview for part in parts for preview in _previews(who, run, part)),
            session.exec(rejected.where(col(Reject.resolved_at).is_(None))).one(),
            session.exec(rejected.where(col(Reject.became) == "fine")).one(),
            _newest(session, run, sum(part.rejected for part in parts)),
            run.request_id,
        )


# Details


def _parts(session: Session, *run_ids: str) -> dict[str, list[RunPart]]:
    found: dict[str, list[RunPart]] = {}
    for part in session.exec(select(RunPart).where(col(RunPart.run_id).in_(run_ids))):
        found.setdefault(part.run_id, []).append(part)
    order = list(ALL)
    for parts in found.values():
        parts.sort(key=lambda part: order.index(part.type))
    return found


def _newest(session: Session, run: Run, rejected: int) -> str | None:
    """Return the newest run in which something came again that this one had rejected."""
    listed = select(func.count()).where(Reject.run_id == run.id, Reject.became != "again")
    if session.exec(listed).one() >= rejected:
        return None
    otherwise = select(Reject.external_id).where(Reject.run_id == run.id, Reject.became == "again")
    return session.exec(
        select(func.max(Reject.run_id)).where(
            Reject.integration_id == run.integration_id,
            col(Reject.resolved_at).is_(None),
            col(Reject.run_id) > run.id,
            (col(Reject.first_run_id) <= run.id) | col(Reject.external_id).in_(otherwise),
        )
    ).one()


def _skipped(integration: Integration, run: Run, parts: list[RunPart]) -> tuple[str, ...]:
    """Return what was not asked for; a run that tries rejects again asks for nothing else."""
    if run.retries_run_id:
        return ()
    asked = {part.type for part in parts}
    return tuple(ALL[key].label for key in plans.is_wanted(integration, ALL) if key not in asked)


def _counts_of(part: RunPart) -> Counts:
    return Counts(*(getattr(part, name) for name in Counts._fields))


def _row(who: Standing, run: Run, parts: list[RunPart], now: datetime) -> Row:
    counts = [_counts_of(part) for part in parts]
    summed = Counts(*map(sum, zip(*counts, strict=True))) if counts else Counts()
    seconds = ((run.ended_at or now) - run.started_at).total_seconds() if run.started_at else None
    return Row(
        run.id,
        run.integration_id,
        run.status,
        run.trigger,
        run.is_dry,
        run.who,
        run.queued_at,
        run.started_at,
        run.ended_at,
        seconds,
        summed,
        _progress(parts, summed.read, seconds) if run.status == "running" else None,
        run.error,
        run.sentence,
        run.owner,
        run.canceled_by,
        _moves(who, run, summed),
    )


def _progress(parts: list[RunPart], read: int, seconds: float | None) -> Progress:
    rate = read / seconds if seconds else 0.0
    totals = [part.read if part.is_complete else part.total for part in parts]
    if any(total is None for total in totals):
        return Progress(None, rate, None)
    total = max(read, sum(total or 0 for total in totals))
    left = (total - read) / rate if rate else None
    return Progress(read / total if total else 1.0, rate, left)


def _moves(who: Standing, run: Run, counts: Counts) -> tuple[str, ...]:
    if not who.manages(run.property_id):
        return ()
    if run.status in plans.LIVING:
        return lifecycle.RUN.open_to(run.status, "property")
    return ("retry",) if counts.rejected and not run.is_dry else ()


def _part(part: RunPart) -> Part:
    return Part(
        part.type,
        part.transfer_id,
        ALL[part.type].label,
        _counts_of(part),
        part.total,
        part.pages,
        part.since if part.is_filtered or not part.pages else None,
        part.is_complete,
        part.error,
        part.sentence,
        part.mapping_version,
    )


def _previews(who: Standing, run: Run, part: RunPart) -> list[Preview]:
    if not part.preview:
        return []
    of_type, may_see = ALL[part.type], who.manages(run.property_id)

    def cell(key: str, before: str, after: str) -> Cell:
        target = of_type.field(key.removesuffix("_currency")) or of_type.fields[0]
        if target.is_personal and not may_see:
            before, after = masking.masked_text(before), masking.masked_text(after)
        return Cell(key, target.label, before, after)

    return [
        Preview(
            part.type,
            each["change"],
            masking.key(of_type, each["external_id"], may_see),
            tuple(cell(key, *values) for key, values in each["cells"].items()),
        )
        for each in orjson.loads(encryption.decrypt(part.preview))
    ]
