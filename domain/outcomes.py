"""Outcomes: what a run that ended means for its integration; too many failures disable it.

Whatever follows (state, reason, history, mails) is one transaction with the end of the run. What
an integration stands on is listened to: it is disabled with its source, and enabled with it.
"""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from domain import alerts, dependents, lifecycle, meter, moving, schedules, transfers
from domain.actors import ADJOIN, Standing, standing
from domain.refusals import Owner
from domain.types_of_data import ALL
from storage import database
from storage.integrations import Integration, Run, RunPart
from storage.properties import Property
from storage.sources import Source, Transfer

# Ours to put right, or nobody's fault: they say nothing about the integration.
NEVER_COUNTED = ("ours", "blocked", "drift")
# A source that calls does not call again because we failed.
TRIED_AGAIN_AFTER = timedelta(minutes=15)
_HEALTHY = {"failures": 0, "first_failure_at": None, "first_error": "", "last_error": ""}


def succeeded(session: Session, integration: Integration, run: Run, now: datetime) -> None:
    """Put the meter back, and mail those who were told that it failed."""
    if integration.failures or integration.warned:
        alerts.tell_recovered(session, integration, integration.first_failure_at, now)
    _put_back(integration, now)
    read, rejected = _counts(session, run)
    alerts.tell_rejects(session, integration, run.id, rejected, read, now)
    moving.announce(session, "integration", integration)


def failed(
    session: Session,
    integration: Integration,
    error: str,
    sentence: str,
    owner: Owner,
    now: datetime,
) -> None:
    """Count a failed run; disable the integration when the limits are reached, or at once when
    the credentials are refused.

    `error` is a class of `connectors.faults.Fault`, or one of `NEVER_COUNTED`.
    """
    if integration.status != "active":
        return
    _try_again(integration, now)
    if error in NEVER_COUNTED:
        return
    _count(integration, sentence, now)
    limits = meter.from_json(integration.limits)
    found = meter.read(limits, integration.failures, integration.first_failure_at, now)
    if error == "refused":
        disable(session, integration, "refused", sentence, owner, now)
    elif found.is_over:
        why = f"{integration.failures} runs in a row failed, and none succeeded for "
        why += f"{limits.hours_without_success} hours."
        disable(session, integration, "errors", why, owner, now)
    elif found.warns_at > integration.warned:
        integration.warned = found.warns_at
        alerts.tell_warning(session, integration, found, owner, now)
    elif integration.failures == 1:
        alerts.tell_failed(session, integration, sentence, owner, now)
    moving.announce(session, "integration", integration)


def disable(
    session: Session,
    integration: Integration,
    why: str,
    reason: str,
    owner: Owner,
    now: datetime,
) -> None:
    """Disable an active integration by ourselves. why: errors or refused."""
    moving.move(
        session,
        "integration",
        integration,
        lifecycle.INTEGRATION.named("disable"),
        standing(session, ADJOIN, now),
        "adjoin",
        now,
        note=reason,
        reason=reason,
        disabled_by="adjoin",
        disabled_for=why,
        next_run_at=None,
    )
    alerts.tell_disabled(session, integration, owner, now)


def enable(
    session: Session,
    integration: Integration,
    who: Standing,
    side: str,
    now: datetime,
    note: str = "",
) -> None:
    """Let a disabled integration run again; who was told that it disabled itself is told."""
    if integration.disabled_by == "adjoin":
        since = integration.first_failure_at or integration.since
        alerts.tell_recovered(session, integration, since, now)
    moving.move(
        session,
        "integration",
        integration,
        lifecycle.INTEGRATION.named("enable"),
        who,
        side,
        now,
        note=note,
        reason="",
        disabled_by=None,
        disabled_for="",
        warned=0,
        next_run_at=next_run(session, integration, now),
        **_HEALTHY,
    )


def next_run(session: Session, integration: Integration, after: datetime) -> datetime | None:
    """Return when an integration runs next by the clock of its property, None when it does not."""
    zone = session.get_one(Property, integration.property_id).time_zone
    return schedules.following(schedules.from_json(integration.schedule), after, zone)


# What an integration stands on


@dependents.when_broken
def _source_broke(session: Session, source: Source, sentence: str, now: datetime) -> None:
    for integration in _of_source(session, source.id, "active"):
        _count(integration, sentence, now)
        disable(session, integration, "refused", sentence, "property", now)


@dependents.when_repaired
def _source_works(session: Session, source: Source, note: str, now: datetime) -> None:
    by = standing(session, ADJOIN, now)
    for integration in _of_source(session, source.id, "disabled"):
        if integration.disabled_for == "refused":
            enable(session, integration, by, "adjoin", now, "The credentials work again.")


@transfers.when_paused
def _transfer_paused(session: Session, transfer: Transfer, reason: str, now: datetime) -> None:
    for integration in _of_source(session, transfer.source_id, "active"):
        if integration.wanted.get(transfer.type):
            label = ALL[transfer.type].label
            alerts.tell_paused(session, integration, label, reason, now)
            moving.announce(session, "integration", integration)


# Details


def _of_source(session: Session, source_id: str, status: str) -> list[Integration]:
    found = session.exec(
        select(Integration)
        .where(Integration.source_id == source_id, Integration.status == status)
        .order_by(col(Integration.id))
    ).all()
    for integration in found:
        database.lock(session, integration)
    return [integration for integration in found if integration.status == status]


def _try_again(integration: Integration, now: datetime) -> None:
    is_called = schedules.from_json(integration.schedule).kind == "webhook"
    if is_called and integration.next_run_at is not None:
        integration.next_run_at = min(integration.next_run_at, now + TRIED_AGAIN_AFTER)


def _count(integration: Integration, sentence: str, now: datetime) -> None:
    integration.failures += 1
    integration.first_failure_at = integration.first_failure_at or now
    integration.first_error = integration.first_error or sentence
    integration.last_error = sentence


def _put_back(integration: Integration, now: datetime) -> None:
    for name, value in _HEALTHY.items():
        setattr(integration, name, value)
    integration.warned, integration.last_success_at = 0, now


def _counts(session: Session, run: Run) -> tuple[int, int]:
    parts = session.exec(select(RunPart).where(RunPart.run_id == run.id)).all()
    return sum(part.read for part in parts), sum(part.rejected for part in parts)
