"""Runs: each time an integration brings data in, and what became of every record."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from domain import (
    connections,
    history,
    integrations,
    lifecycle,
    masking,
    moments,
    moving,
    plans,
    spreadsheets,
)
from domain.actors import Actor, Standing, standing
from domain.refusals import Refusal, not_found
from domain.types_of_data import ALL
from storage import database, encryption
from storage.integrations import Integration, Reject, Run, RunPart

SHOWN = 50  # runs, and rejected records, at once
WORDLESS = "This value cannot be converted."  # for those who must not see it


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


class Reason(NamedTuple):
    """Why a record was rejected: the field of ours, what the source had there, a sentence."""

    target: str
    value: str
    sentence: str


@dataclass(frozen=True)
class Rejected:
    """A record that could not be taken. raw: as the source gave it, masked for viewers.

    times: in how many runs it came, for the same reasons; first_at: in the first of them.
    resolved_at: since when it is not left out any more, None while it is; became: why it is not,
    which is fine (a later run could read it), again (it came again for other reasons) or gone (the
    source does not give it any more).
    """

    id: str
    type: str
    label: str
    external_id: str | None
    reasons: tuple[Reason, ...]
    raw: Any
    times: int
    first_at: datetime
    resolved_at: datetime | None
    became: str


@dataclass(frozen=True)
class Page:
    """All about one run. `previews` are some changes that a dry run would make.

    skipped: labels of what the integration wants, but this run did not ask for.
    left: how many rejected records are left out still, and came in no later run. newest: the run
    that what was rejected here came in last, None when none of it came again. request_id: the
    source's, for a case.
    """

    row: Row
    property_id: str
    integration: str
    source_id: str
    parts: tuple[Part, ...]
    skipped: tuple[str, ...]
    previews: tuple[Preview, ...]
    left: int
    newest: str | None
    request_id: str | None


def run_now(actor: Actor, integration_id: str, *, now: datetime | None = None) -> str:
    """Queue a run of an active integration, and return its id.

    Refuses `not_found`, `forbidden`, `not_active`, `already_running`, `nothing_to_run`.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who, found = integrations.mine(session, actor, integration_id, now)
        if found.status != "active":
            raise Refusal("not_active", f"{found.name} is not active. Activate it first.")
        return plans.queue(session, found, "hand", who, "property", now).id


def dry_run(actor: Actor, integration_id: str, *, now: datetime | None = None) -> str:
    """Queue a run that shows what would change and writes no record; return its id.

    It works on drafts, too. A record that comes twice is counted as if each were the first.
    Refuses `not_found`, `forbidden`, `already_running`, `nothing_to_run`.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who, found = integrations.mine(session, actor, integration_id, now)
        return plans.queue(session, found, "hand", who, "property", now, is_dry=True).id


def retry(actor: Actor, run_id: str, *, now: datetime | None = None) -> str:
    """Queue a run that tries the rejected records of another one again; return its id.

    They are mapped as the mapping is now. What a newer run has brought in stays as it is. Refuses
    `not_found`, `forbidden`, `not_active`, `already_running`, `nothing_to_retry`.
    """
    now = now or moments.now()
    with database.transaction() as session:
        _, run = _visible(session, actor, run_id, now)
        who, found = integrations.mine(session, actor, run.integration_id, now)
        if found.status != "active":
            raise Refusal("not_active", f"{found.name} is not active. Activate it first.")
        if run.is_dry:
            raise Refusal("nothing_to_retry", "A dry run leaves nothing out. Run it for real.")
        return plans.queue(session, found, "retry", who, "property", now, retries=run).id


def cancel(actor: Actor, run_id: str, *, now: datetime | None = None) -> None:
    """Stop a run; the pages that it has brought in so far stay.

    Refuses `not_found`, `forbidden`, `wrong_state` when it has ended.
    """
    now = now or moments.now()
    with database.transaction() as session:
        _, run = _visible(session, actor, run_id, now)
        who = connections.managing(session, actor, run.property_id, now)
        moving.hold(session, run, "This run")
        plans.cancel(session, run, who, "property", now)


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
        who, run = _visible(session, actor, run_id, now)
        parts = _parts(session, run.id).get(run.id, [])
        left = select(func.count()).where(
            col(Reject.run_id) == run.id, col(Reject.resolved_at).is_(None)
        )
        integration = session.get_one(Integration, run.integration_id)
        return Page(
            _row(who, run, parts, now),
            run.property_id,
            integration.name,
            integration.source_id,
            tuple(_part(part) for part in parts),
            _skipped(integration, run, parts),
            tuple(preview for part in parts for preview in _previews(who, run, part)),
            session.exec(left).one(),
            _newest(session, run, sum(part.rejected for part in parts)),
            run.request_id,
        )


def rejects(
    actor: Actor,
    run_id: str,
    type_key: str = "",
    *,
    after: str = "",
    limit: int = SHOWN,
    now: datetime | None = None,
) -> tuple[Rejected, ...]:
    """Return rejected records of a run, of one type of data or all, those still left out first;
    those after an id, or from the beginning. What came again is in the list of the newest run that
    met it. Refuses `not_found` to strangers.
    """
    now = now or moments.now()
    with database.reading() as session:
        who, run = _visible(session, actor, run_id, now)
        is_taken = sa.case((col(Reject.resolved_at).is_(None), 0), else_=1)
        query = select(Reject).where(Reject.run_id == run.id)
        if last := session.get(Reject, after):
            place = sa.tuple_(sa.literal(int(last.resolved_at is not None)), sa.literal(last.id))
            query = query.where(sa.tuple_(is_taken, col(Reject.id)) > place)
        if type_key:
            query = query.where(Reject.type == type_key)
        found = session.exec(query.order_by(is_taken, col(Reject.id)).limit(limit))
        return tuple(_rejected(who, run, each) for each in found)


def rejects_csv(actor: Actor, run_id: str, *, now: datetime | None = None) -> bytes:
    """Return every rejected record of a run as a CSV file in UTF-8, that Excel opens too.

    One line per reason. Refuses `not_found` to strangers; guests' data is masked for viewers.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who, run = _visible(session, actor, run_id, now)
        history.record(
            session,
            "rejects.downloaded",
            who,
            "property",
            now,
            property_id=run.property_id,
            subject_id=run.integration_id,
        )
    titles = ("Type", "Primary key", "Field", "Value", "Why", "Record", "Times", "Since (UTC)")
    written, after = [spreadsheets.MARK, spreadsheets.lines([titles])], ""
    while found := rejects(actor, run_id, after=after, limit=1000, now=now):
        written.append(spreadsheets.lines(row for each in found for row in _lines(each)))
        after = found[-1].id
    return b"".join(written)


# Details


def _visible(session: Session, actor: Actor, run_id: str, now: datetime) -> tuple[Standing, Run]:
    who = standing(session, actor, now)
    run = session.get(Run, run_id)
    if run is None or not who.sees_property(run.property_id):
        raise not_found("This run")
    return who, run


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
            each["external_id"],
            tuple(cell(key, *values) for key, values in each["cells"].items()),
        )
        for each in orjson.loads(encryption.decrypt(part.preview))
    ]


def _lines(each: Rejected) -> Iterator[tuple[str, ...]]:
    raw = orjson.dumps(each.raw).decode()
    came = (str(each.times), f"{each.first_at:%Y-%m-%d %H:%M}")
    for reason in each.reasons or (Reason("", "", ""),):
        yield (each.label, each.external_id or "", *reason, raw, *came)


def _rejected(who: Standing, run: Run, reject: Reject) -> Rejected:
    of_type = ALL[reject.type]
    raw = orjson.loads(encryption.decrypt(reject.raw))
    reasons = tuple(Reason(**reason) for reason in reject.reasons)
    if of_type.is_about_guests and not who.manages(run.property_id):
        raw = masking.masked(raw)
        reasons = tuple(
            Reason(reason.target, masking.masked_text(reason.value), WORDLESS) for reason in reasons
        )
    return Rejected(
        reject.id,
        reject.type,
        of_type.label,
        reject.external_id,
        reasons,
        raw,
        reject.times,
        reject.created_at,
        reject.resolved_at,
        reject.became,
    )
