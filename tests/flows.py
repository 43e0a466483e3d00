"""Builds integrations for tests, and works off their runs without a queue."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from connectors.sources import KINDS
from domain import intake, integrations, plans, runs
from domain.actors import Actor
from domain.alerts import Recipient
from domain.integrations import Draft
from domain.types_of_data import ALL
from storage import database
from storage.integrations import Integration, Run, RunPart
from storage.messages import Message
from storage.records import TABLES
from tests import harvest
from tests.builders import World

MAYA = Recipient("maya@harbour.example", on_disabled=True, on_failed=True)


def everything() -> dict[str, tuple[str, ...]]:
    """Every kind of change that reservations of Mews have."""
    return {"reservations": KINDS["mews"].types["reservations"].changes}


def tell_deletions(monkeypatch: pytest.MonkeyPatch, key: str = "mews") -> None:
    """Have a kind of source give reservations that can go away, as those of Mews never do."""
    kind = KINDS[key]
    offer = replace(kind.types["reservations"], changes=ALL["reservations"].changes)
    types = {**kind.types, "reservations": offer}
    monkeypatch.setitem(KINDS, key, replace(kind, types=types))  # type: ignore[arg-type]


def draft(world: World, source_id: str = "", **more: Any) -> str:
    """Let Maya draft an integration of reservations; return its id."""
    if not source_id:
        source_id = harvest.source(world)
        harvest.active(world, source_id)
    usual: dict[str, Any] = {"name": "Flow", "wanted": everything(), "recipients": (MAYA,)}
    chosen = Draft(source_id, **(usual | more))
    return integrations.create(world.maya, world.hotel, chosen, now=world.now)


def active(world: World, source_id: str = "", **more: Any) -> str:
    """Let Maya bring an integration to where data flows, and its first run be over."""
    integration_id = draft(world, source_id, **more)
    integrations.activate(world.maya, integration_id, now=world.now)
    work(living(integration_id))
    return integration_id


def run(world: World, integration_id: str, actor: Actor | None = None) -> str:
    """Let Maya press Run now, and work until the run has ended; return its id."""
    return work(runs.run_now(actor or world.maya, integration_id))


def work(run_id: str, *, most: int = 30) -> str:
    """Do the jobs of a run until it has ended, whatever they were to wait for."""
    for _ in range(most):
        found = of(run_id)
        if found.status not in plans.LIVING:
            return run_id
        intake.go_on(run_id, found.jobs)
    raise AssertionError("the run never ends")


def living(integration_id: str) -> str:
    """Return the id of the run that is queued or running."""
    with database.reading() as session:
        return session.exec(
            select(Run.id).where(
                Run.integration_id == integration_id, col(Run.status).in_(plans.LIVING)
            )
        ).one()


def of(run_id: str) -> Run:
    """Return a run as it is stored now."""
    return harvest.row_of(Run, run_id)  # type: ignore[no-any-return]


def part(run_id: str) -> RunPart:
    """Return the only part of a run as it is stored now."""
    with database.reading() as session:
        return session.exec(select(RunPart).where(RunPart.run_id == run_id)).one()


def stored(integration_id: str) -> Integration:
    """Return an integration as it is stored now."""
    return harvest.row_of(Integration, integration_id)  # type: ignore[no-any-return]


def records(type_key: str = "reservations") -> dict[str, Any]:
    """Return the records that are there, by their primary keys."""
    table: Any = TABLES[type_key]
    with database.reading() as session:
        found = session.exec(select(table).where(table.removed_at.is_(None)))
        return {record.external_id: record for record in found}


def mails(event: str = "") -> list[Message]:
    """Return the mails about integrations, the oldest first; of one event, or all."""
    with database.reading() as session:
        query = select(Message).where(Message.channel == "mail").order_by(col(Message.id))
        return [each for each in session.exec(query) if not event or each.event == event]


def failed(integration_id: str, times: int, first: datetime, last: datetime) -> None:
    """Let so many runs have failed in a row, without doing them."""
    with database.transaction() as session:
        session.execute(
            sa.update(Integration)
            .where(col(Integration.id) == integration_id)
            .values(failures=times, first_failure_at=first, first_error="It began so.")
        )
