"""Folding: however often a source calls, at most one run waits to see what has changed."""

import logging
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from domain import plans, schedules
from domain.actors import ADJOIN, standing
from domain.refusals import Refusal
from storage import database
from storage.integrations import Integration, Run

log = logging.getLogger("adjoin.runs")

# From the start of one run to the next that calls bring about: a busy hotel calls all the time.
GAP = timedelta(seconds=15)


def is_called(integration: Integration) -> bool:
    """Return whether an integration runs when its source calls."""
    kind = schedules.from_json(integration.schedule).kind
    return integration.status == "active" and kind == "webhook"


def is_folded(session: Session, integration: Integration) -> bool:
    """Return whether a run will see what changes until now, without anything to be written.

    One that is queued has not begun to read; behind one that is on, another may be owed already.
    """
    return integration.owed_since is not None or _waits(plans.living(session, integration))


def owe(session: Session, integration: Integration, now: datetime) -> None:
    """See to it that a run begins after now: queue one, or note that one has to follow."""
    database.lock(session, integration)
    if not is_called(integration) or is_folded(session, integration):
        return
    integration.owed_since = now
    settle(session, integration, now)


def settle(session: Session, integration: Integration, now: datetime) -> None:
    """Queue the run that is owed to a locked integration, unless one is still on."""
    if integration.owed_since is None or plans.living(session, integration) is not None:
        return
    if not is_called(integration):
        integration.owed_since = None
        return
    by = standing(session, ADJOIN, now)
    delay = _delay(session, integration, now)
    try:
        plans.queue(session, integration, "webhook", by, "adjoin", now, delay_seconds=delay)
    except Refusal as refusal:
        integration.owed_since = None
        log.info("%s was called and did not run: %s", integration.id, refusal.code)


def _waits(run: Run | None) -> bool:
    """Whether a run is going to read all that its integration wants, and has not begun."""
    is_whole = run is not None and not run.is_dry and run.retries_run_id is None
    return is_whole and run is not None and run.status == "queued"


def _delay(session: Session, integration: Integration, now: datetime) -> float | None:
    last = session.exec(
        select(Run)
        .where(Run.integration_id == integration.id, Run.trigger == "webhook")
        .order_by(col(Run.queued_at).desc())
        .limit(1)
    ).first()
    if last is None:
        return None
    wait = (last.started_at or last.queued_at) + GAP - now
    return wait.total_seconds() if wait > timedelta(0) else None
