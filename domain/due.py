"""What is due: runs by the clock, runs that got lost, and rejected records that are old news."""

import logging
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col, select

from domain import folding, moments, outcomes, plans
from domain.actors import ADJOIN, standing
from domain.refusals import Refusal
from storage import database, jobs
from storage.integrations import Integration, Reject, Run, RunPart
from storage.sources import Source

log = logging.getLogger("adjoin.runs")

LOST_AFTER = timedelta(minutes=5)
KEEP_REJECTS = timedelta(days=30)
KEEP_RUNS = timedelta(days=180)


@jobs.every("* * * * *", "runs.tick")
def tick_on_time() -> None:
    """Queue the runs that are due, and again those that got lost."""
    tick(now=moments.now())
    settle(now=moments.now())
    sweep(now=moments.now())


@jobs.every("37 3 * * *", "runs.forget")
def forget_on_time() -> None:
    """Forget what is too old to be of use."""
    forget(now=moments.now())


def tick(*, now: datetime) -> int:
    """Queue a run of every active integration that is due; return how many were queued.

    One that is still running is left alone until it is due again.
    """
    with database.reading() as session:
        due = session.exec(
            select(Integration.id)
            .where(Integration.status == "active", col(Integration.next_run_at) <= now)
            .order_by(col(Integration.next_run_at))
        ).all()
    return sum(_started(integration_id, now) for integration_id in due)


def settle(*, now: datetime) -> None:
    """Queue the runs that are owed to sources that called, where the end of one did not."""
    with database.reading() as session:
        owed = session.exec(
            select(Integration.id).where(
                Integration.status == "active", col(Integration.owed_since).is_not(None)
            )
        ).all()
    for integration_id in owed:
        with database.transaction() as session:
            found = session.get(Integration, integration_id)
            if found is not None:
                database.lock(session, found)
                folding.settle(session, found, now)


def sweep(*, now: datetime) -> int:
    """Queue a job for every run that should be on, but has none; return how many."""
    with database.reading() as session:
        silent = session.exec(
            select(Run).where(
                col(Run.status).in_(plans.LIVING), col(Run.heartbeat_at) < now - LOST_AFTER
            )
        ).all()
    queued = jobs.still_to_run(plans.job_id(run) for run in silent)
    return sum(_begin_again(run, now) for run in silent if plans.job_id(run) not in queued)


def forget(*, now: datetime) -> None:
    """Delete rejected records after a month, and runs after half a year."""
    with database.transaction() as session:
        runs = select(Run.id).where(
            col(Run.queued_at) < now - KEEP_RUNS, col(Run.status).not_in(plans.LIVING)
        )
        old = col(Reject.seen_at) < now - KEEP_REJECTS
        for statement in (
            sa.delete(Reject).where(old | col(Reject.run_id).in_(runs)),
            sa.delete(RunPart).where(col(RunPart.run_id).in_(runs)),
            sa.delete(Run).where(col(Run.id).in_(runs)),
        ):
            session.execute(statement.execution_options(synchronize_session=False))


def _started(integration_id: str, now: datetime) -> bool:
    """Start one that is due; whatever is wrong with it, the others are started all the same."""
    try:
        return _start(integration_id, now)
    except Exception:
        log.exception("%s was due and could not be started", integration_id)
        return False


def _start(integration_id: str, now: datetime) -> bool:
    with database.transaction() as session:
        found = session.get_one(Integration, integration_id)
        database.lock(session, found)
        if found.status != "active" or found.next_run_at is None or found.next_run_at > now:
            return False
        # Counted from now: what was missed while Adjoin stood still is not made up for.
        found.next_run_at = outcomes.next_run(session, found, now)
        by = standing(session, ADJOIN, now)
        try:
            plans.queue(session, found, "schedule", by, "adjoin", now)
        except Refusal as refusal:
            log.info("%s was due and did not run: %s", integration_id, refusal.code)
            return False
        return True


def _begin_again(run: Run, now: datetime) -> bool:
    with database.transaction() as session:
        found = session.get_one(Run, run.id)
        database.lock(session, found)
        if found.jobs != run.jobs or found.status not in plans.LIVING:
            return False
        source_id = session.exec(
            select(Source.id)
            .join(Integration, col(Integration.source_id) == col(Source.id))
            .where(Integration.id == found.integration_id)
        ).one()
        found.heartbeat_at = now
        plans.enqueue(session, found, source_id)
        log.warning("run %s was lost, it goes on", run.id)
        return True
