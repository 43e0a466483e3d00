"""Plans: what a run is going to read, type by type, and since when; and how it is queued."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from connectors.sources import KINDS
from domain import data_events, lifecycle, moving
from domain.actors import Standing
from domain.refusals import Refusal
from domain.types_of_data import ALL
from storage import jobs
from storage.integrations import Integration, Reject, Run, RunPart, Seen
from storage.sources import Source, Transfer

JOB = "runs.work"
LIVING = ("queued", "running")
# Between two complete reads, in which deletions are found, only what has changed is asked for.
COMPLETE_EVERY = timedelta(hours=24)
# Clocks differ, and what was being written while we read may come late; twice costs nothing.
OVERLAP = timedelta(minutes=2)


def queue(
    session: Session,
    integration: Integration,
    trigger: str,
    who: Standing,
    side: str,
    now: datetime,
    *,
    is_dry: bool = False,
    retries: Run | None = None,
    delay_seconds: float | None = None,
) -> Run:
    """Queue a run of an integration that the caller has locked; it sees whatever is owed.

    delay_seconds: how long it waits before it begins; None for not at all.
    Refuses `already_running`, `nothing_to_run` when no data transfer that it wants is active, and
    `nothing_to_retry`.
    """
    if living(session, integration) is not None:
        raise Refusal("already_running", f"{integration.name} is running. Wait until it has ended.")
    run = Run(
        integration_id=integration.id,
        property_id=integration.property_id,
        trigger=trigger,
        is_dry=is_dry,
        queued_at=now,
        heartbeat_at=now,
        asked_by=who.person_id,
        who=who.who,
        retries_run_id=retries.id if retries else None,
    )
    if retries:
        parts = _of_rejects(session, integration, run, retries)
    else:
        parts = _parts(session, integration, run, now)
    if not is_dry and retries is None:
        integration.owed_since = None
    session.add(run)
    session.flush()
    session.add_all(parts)
    event = lifecycle.RUN.named("queue").event
    moving.tell(session, "run", run, event, who, side, now, before="absent")
    moving.announce(session, "integration", integration)
    enqueue(session, run, integration.source_id, delay_seconds=delay_seconds)
    return run


def enqueue(
    session: Session, run: Run, source_id: str, *, delay_seconds: float | None = None
) -> None:
    """Queue the next job of a run; those before it stop when they notice."""
    run.jobs += 1
    session.add(run)
    session.flush()
    jobs.enqueue(
        session,
        JOB,
        job_id(run),
        run.id,
        run.jobs,
        destination=source_id,
        delay_seconds=delay_seconds,
        queue=jobs.LONG,
    )


def job_id(run: Run) -> str:
    return f"run-{run.id}-{run.jobs}"


def living(session: Session, integration: Integration) -> Run | None:
    """Return the run of an integration that is queued or running."""
    return session.exec(
        select(Run).where(Run.integration_id == integration.id, col(Run.status).in_(LIVING))
    ).one_or_none()


def cancel(session: Session, run: Run, who: Standing, side: str, now: datetime) -> None:
    """Cancel a run; no page is applied after that. Refuses `wrong_state`."""
    step = lifecycle.RUN.named("cancel")
    moving.move(session, "run", run, step, who, side, now, canceled_by=who.who, ended_at=now)
    wind_up(session, run)


def wind_up(session: Session, run: Run) -> None:
    """Tell partners what a run has changed, once it has ended; forget what its reads have met."""
    data_events.queue(session, run)
    parts = select(RunPart.id).where(RunPart.run_id == run.id)
    session.execute(
        sa.delete(Seen)
        .where(col(Seen.part_id).in_(parts))
        .execution_options(synchronize_session=False)
    )


def transfers_of(session: Session, source_id: str) -> dict[str, Transfer]:
    """Return the data transfers of a source by their types of data."""
    found = session.exec(select(Transfer).where(Transfer.source_id == source_id))
    return {transfer.type: transfer for transfer in found}


def is_wanted(integration: Integration, types: Iterable[str]) -> tuple[str, ...]:
    """Return those types of which an integration wants something, in the order of all types."""
    there = set(types)
    return tuple(key for key in ALL if key in there and integration.wanted.get(key))


# Details


def _parts(session: Session, integration: Integration, run: Run, now: datetime) -> list[RunPart]:
    source = session.get_one(Source, integration.source_id)
    active = {
        key: transfer
        for key, transfer in transfers_of(session, source.id).items()
        if transfer.status == "active"
    }
    wanted = is_wanted(integration, active)
    if not wanted:
        raise Refusal(
            "nothing_to_run",
            f"No data transfer of {source.name} that {integration.name} brings in is active. "
            "Activate one first.",
        )
    return [_part(session, integration, run, source, active[key], now) for key in wanted]


def _part(
    session: Session,
    integration: Integration,
    run: Run,
    source: Source,
    transfer: Transfer,
    now: datetime,
) -> RunPart:
    part = RunPart(
        run_id=run.id,
        type=transfer.type,
        transfer_id=transfer.id,
        mapping_version=transfer.version,
        wanted=list(integration.wanted[transfer.type]),
    )
    if KINDS[source.kind].types[transfer.type].incremental:
        part.since = _since(session, integration, part, now)
    return part


def _since(
    session: Session, integration: Integration, part: RunPart, now: datetime
) -> datetime | None:
    """Return since when changes are asked for; None for everything, as when the mapping changed."""
    last = _last(session, integration, part.type)
    whole = _last(session, integration, part.type, whole=True)
    if last is None or whole is None or last.until is None or whole.until is None:
        return None
    is_same = (last.mapping_version, last.wanted) == (part.mapping_version, part.wanted)
    if not is_same or now - whole.until >= COMPLETE_EVERY:
        return None
    return last.until - OVERLAP


def _last(
    session: Session, integration: Integration, type_key: str, *, whole: bool = False
) -> RunPart | None:
    """Return the last part that was read to its end; one in which everything was read, if whole."""
    query = (
        select(RunPart)
        .join(Run, col(Run.id) == col(RunPart.run_id))
        .where(
            Run.integration_id == integration.id,
            RunPart.type == type_key,
            col(RunPart.is_complete).is_(True),
            col(Run.is_dry).is_(False),
            col(Run.retries_run_id).is_(None),
        )
        .order_by(col(Run.queued_at).desc())
    )
    if whole:
        query = query.where(col(RunPart.is_filtered).is_(False))
    return session.exec(query).first()


def _of_rejects(
    session: Session, integration: Integration, run: Run, retries: Run
) -> list[RunPart]:
    """Return the parts in which rejected records are tried again."""
    types = set(
        session.exec(
            select(Reject.type)
            .where(Reject.run_id == retries.id, col(Reject.resolved_at).is_(None))
            .distinct()
        )
    )
    if not types:
        raise Refusal("nothing_to_retry", "No rejected record of this run is left to be tried.")
    found = transfers_of(session, integration.source_id)
    wanted = is_wanted(integration, types & found.keys())
    if not wanted:
        raise Refusal("nothing_to_retry", f"{integration.name} does not want these any more.")
    return [
        RunPart(
            run_id=run.id,
            type=key,
            transfer_id=found[key].id,
            mapping_version=found[key].version,
            wanted=list(integration.wanted[key]),
            is_filtered=True,
        )
        for key in wanted
    ]
