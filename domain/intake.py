"""The intake: brings a run's pages in, one transaction each, however often its process dies.

A run is cut into jobs of some seconds. Whatever a job knows it has read from the database: where
each type of data stands (`RunPart.cursor`) is stored in the same transaction as the records before
it, and a page is applied only while the part stands where the page begins. So a job may run twice,
or two at the same time, and no page counts twice.
"""

import logging
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from connectors.faults import Fault
from connectors.line import Line
from domain import (
    accesses,
    authorizations,
    belts,
    drift_checks,
    folding,
    lifecycle,
    loads,
    moments,
    moving,
    outcomes,
    plans,
    value_drift,
)
from domain.actors import ADJOIN, standing
from domain.belts import Broken, Task
from domain.installation import current
from domain.loads import Over
from domain.refusals import Owner, Refusal
from domain.types_of_data import ALL
from storage import database, jobs
from storage.integrations import Integration, Run, RunPart
from storage.properties import Property
from storage.sources import Source

log = logging.getLogger("adjoin.runs")

SLICE = 20.0  # seconds that one job works, well below where a job is taken for dead
PAUSES = (5, 30, 120)  # seconds before a page that failed is asked for again
MOST_WAITS = 20  # in a row, when the source asks us to wait
LONGEST_WAIT = 3600  # seconds; rather than wait longer, the run fails and the next one tries

_OF_ONE_TYPE = ("not_permitted", "garbled", "too_large", "endless")
_PASSING = ("unreachable", "vendor_fault")


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
    except database.Gone:
        log.info("run %s was removed with its integration", run_id)
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
        _look_at_values(task)
    except Over:
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
        belt = belts.belt_of(task, part_id, moments.now())
        with belts.loads(task, belt, line) as coming:
            for load in coming:
                if belt.pages == 0 and not task.retries:
                    belts.compare(belt, load.page.records, moments.now())
                loads.apply(task, belt, load, moments.now())
                if load.page.cursor is not None and time.monotonic() > until:
                    _pass_on(task)
                    return False
    except Broken as broken:
        _break_off(task, part_id, broken, moments.now())
    except Fault as fault:
        if fault.error not in _OF_ONE_TYPE:
            raise
        of_type = Broken(fault.error, fault.sentence, fault.request_id)
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


# How a run goes on, and ends


def _pass_on(task: Task) -> None:
    """Leave the rest of a run to its next job."""
    with database.transaction() as session:
        run = session.get_one(Run, task.run_id)
        database.lock(session, run)
        if run.jobs == task.number and run.status == "running":
            plans.enqueue(session, run, task.source_id)


def _break_off(task: Task, part_id: str, broken: Broken, now: datetime) -> None:
    """End one type of data that cannot go on."""
    with database.transaction() as session:
        run = session.get_one(Run, task.run_id)
        database.lock(session, run)
        if run.jobs != task.number or run.status != "running":
            raise Over
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
        plans.wind_up(session, run)
        if not run.is_dry:
            outcomes.succeeded(session, integration, run, now)
        folding.settle(session, integration, now)


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
    _look_at_values(task)


def _look_at_values(task: Task) -> None:
    """See whether something that apps rely on is gone; also a run that failed may have met that."""
    if not task.is_dry:
        value_drift.check(task.integration_id)


def _delay(task: Task, fault: Fault) -> float | None:
    """Return after how many seconds a page is asked for again, None for never."""
    with database.reading() as session:
        tries = session.get_one(Run, task.run_id).tries
    if fault.error == "rate_limited" and tries < MOST_WAITS:
        wait = fault.retry_after or PAUSES[min(tries, len(PAUSES) - 1)]
    elif fault.error in _PASSING and tries < len(PAUSES):
        wait = max(fault.retry_after or 0, PAUSES[tries])
    else:
        return None
    return float(max(1, wait)) if wait <= LONGEST_WAIT else None


def _wait(task: Task, fault: Fault, delay: float, now: datetime) -> None:
    with database.transaction() as session:
        run = session.get_one(Run, task.run_id)
        database.lock(session, run)
        if run.jobs != task.number or run.status != "running":
            return
        run.tries, run.heartbeat_at = run.tries + 1, now
        at = (now + timedelta(seconds=delay)).astimezone(ZoneInfo(task.time_zone))
        run.sentence = f"{fault.sentence} It is asked again at {at:%H:%M:%S}."
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
    plans.wind_up(session, run)
    if not run.is_dry:
        outcomes.failed(session, integration, error, sentence, owner, now)
    folding.settle(session, integration, now)
