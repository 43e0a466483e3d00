"""Runs: what people start and stop, each time an integration brings data in."""

from datetime import datetime

from sqlmodel import Session

from domain import (
    connections,
    integrations,
    moments,
    moving,
    plans,
)
from domain.actors import Actor, Standing, standing
from domain.refusals import Refusal, not_found
from storage import database
from storage.integrations import Run


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
        _, run = visible(session, actor, run_id, now)
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
        _, run = visible(session, actor, run_id, now)
        who = connections.managing(session, actor, run.property_id, now)
        moving.hold(session, run, "This run")
        plans.cancel(session, run, who, "property", now)


# For the other nouns of the domain


def visible(session: Session, actor: Actor, run_id: str, now: datetime) -> tuple[Standing, Run]:
    """Return who looks, and at which run; refuses `not_found` to strangers."""
    who = standing(session, actor, now)
    run = session.get(Run, run_id)
    if run is None or not who.sees_property(run.property_id):
        raise not_found("This run")
    return who, run
