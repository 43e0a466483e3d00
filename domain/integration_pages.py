"""What pages show of integrations: each as a row, one with all about it, and what is on offer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from connectors.sources import KINDS
from domain import alerts, history, integrations, lifecycle, meter, moments, plans, schedules
from domain.actors import Actor, Standing
from domain.alerts import Recipient
from domain.authorizations import seeing
from domain.meter import Limits, Meter
from domain.readiness import Missing
from domain.schedules import Schedule
from domain.types_of_data import ALL
from storage import database
from storage.integrations import Integration, Reject, Run
from storage.sources import Source


@dataclass(frozen=True)
class OfferedType:
    """A type of data in the tree of update types. transfer_status: None when there is none.

    brought_by: the names of other integrations that bring it in already, drafts aside.
    """

    type: str
    label: str
    changes: tuple[str, ...]
    transfer_id: str | None
    transfer_status: str | None
    brought_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class OfferedSource:
    """A source to choose from, with all that it could bring in.

    tells: the types of data of whose changes it tells us by itself; none when it never calls.
    new_name: what to call one more integration of it, such that no two have one name.
    """

    id: str
    name: str
    kind: str
    kind_name: str
    icon: str
    status: str
    types: tuple[OfferedType, ...]
    new_name: str
    tells: tuple[str, ...] = ()


class LastRun(NamedTuple):
    """The newest run but dry ones. status: as in the lifecycle of runs."""

    id: str
    status: str
    at: datetime
    sentence: str


class LeftOut(NamedTuple):
    """How many records were rejected and not taken since, and the newest run that left some out."""

    records: int
    run_id: str


@dataclass(frozen=True)
class Row:
    """An integration. status: draft, active or disabled; disabled_by: property or adjoin;
    disabled_for: hand, refused (credentials) or errors.

    called_at: when its source last called, to some seconds.
    wanted: the ticked kinds of change by type of data. stopped: the types among them whose data
    transfer is not active, so that nothing comes in; paused: those of them that stopped because
    the source has changed. running: the id of the run that is queued or running. left_out: None
    when everything that came was taken. `moves` is what this reader may do with it now.
    """

    id: str
    property_id: str
    name: str
    source_id: str
    source: str
    kind: str
    icon: str
    status: str
    since: datetime
    disabled_by: str | None
    disabled_for: str
    reason: str
    wanted: Mapping[str, tuple[str, ...]]
    stopped: tuple[str, ...]
    paused: tuple[str, ...]
    schedule: Schedule
    next_run_at: datetime | None
    called_at: datetime | None
    meter: Meter
    last_success_at: datetime | None
    last_run: LastRun | None
    running: str | None
    left_out: LeftOut | None
    moves: tuple[str, ...]
    created_at: datetime


@dataclass(frozen=True)
class Page:
    """All about one integration; `offered` is the tree of what its source could bring in."""

    row: Row
    limits: Limits
    recipients: tuple[Recipient, ...]
    offered: OfferedSource
    first_error: str
    last_error: str
    missing: tuple[Missing, ...]
    history: tuple[history.Line, ...]


def offered(
    actor: Actor, property_id: str, *, now: datetime | None = None
) -> tuple[OfferedSource, ...]:
    """Return the sources of a property to choose from; refuses `not_found` to strangers."""
    with database.reading() as session:
        seeing(session, actor, property_id, now or moments.now())
        found = session.exec(
            select(Source).where(Source.property_id == property_id).order_by(col(Source.name))
        )
        flows = _flows(session, property_id)
        return tuple(_offered(session, source, flows) for source in found)


def of_property(actor: Actor, property_id: str, *, now: datetime | None = None) -> tuple[Row, ...]:
    """Return the integrations of a property by name; refuses `not_found` to strangers."""
    now = now or moments.now()
    with database.reading() as session:
        who = seeing(session, actor, property_id, now)
        return tuple(_row(session, who, each, now) for each in _flows(session, property_id))


def count_stopped(actor: Actor, property_id: str, *, now: datetime | None = None) -> int:
    """Return how many integrations of a property have disabled themselves; refuses `not_found` to
    strangers."""
    with database.reading() as session:
        seeing(session, actor, property_id, now or moments.now())
        stopped = select(func.count()).where(
            col(Integration.property_id) == property_id,
            col(Integration.status) == "disabled",
            col(Integration.disabled_by) == "adjoin",
        )
        return session.exec(stopped).one()


def read(actor: Actor, integration_id: str, *, now: datetime | None = None) -> Page:
    """Return one integration; refuses `not_found` to strangers."""
    now = now or moments.now()
    with database.reading() as session:
        who, found = integrations.visible(session, actor, integration_id, now)
        return Page(
            _row(session, who, found, now),
            meter.from_json(found.limits),
            alerts.of(session, found),
            _offered(
                session,
                session.get_one(Source, found.source_id),
                [each for each in _flows(session, found.property_id) if each.id != found.id],
            ),
            found.first_error,
            found.last_error,
            integrations.missing(session, found),
            history.of_subjects(session, found.id),
        )


# Details


def _flows(session: Session, property_id: str) -> Sequence[Integration]:
    """Return the integrations of a property by name."""
    return session.exec(
        select(Integration)
        .where(Integration.property_id == property_id)
        .order_by(col(Integration.name), col(Integration.id))
    ).all()


def _offered(session: Session, source: Source, flows: Sequence[Integration]) -> OfferedSource:
    """flows: the other integrations of the property."""
    kind, there = KINDS[source.kind], plans.transfers_of(session, source.id)
    types = tuple(
        OfferedType(
            key,
            ALL[key].label,
            integrations.changes_of(source, key),
            there[key].id if key in there else None,
            there[key].status if key in there else None,
            tuple(
                flow.name
                for flow in flows
                if flow.source_id == source.id and flow.status != "draft" and flow.wanted.get(key)
            ),
        )
        for key in ALL
        if key in kind.types
    )
    tells = kind.hears.types if kind.hears else ()
    return OfferedSource(
        source.id,
        source.name,
        source.kind,
        kind.name,
        kind.icon,
        source.status,
        types,
        _new_name(source, flows),
        tells,
    )


def _new_name(source: Source, flows: Sequence[Integration]) -> str:
    """Return the source's name, or "Mews 2" where an integration has that name already."""
    taken = {flow.name for flow in flows}
    others = (f"{source.name} {number}" for number in count(2))
    return next(name for name in chain((source.name,), others) if name not in taken)


def _row(session: Session, who: Standing, found: Integration, now: datetime) -> Row:
    source = session.get_one(Source, found.source_id)
    wanted = plans.is_wanted(found, ALL)
    there = {key: each.status for key, each in plans.transfers_of(session, source.id).items()}
    stopped = tuple(key for key in wanted if there.get(key) != "active")
    run = plans.living(session, found)
    return Row(
        found.id,
        found.property_id,
        found.name,
        source.id,
        source.name,
        source.kind,
        KINDS[source.kind].icon,
        found.status,
        found.since,
        found.disabled_by,
        found.disabled_for,
        found.reason,
        {key: tuple(found.wanted[key]) for key in wanted},
        stopped,
        tuple(key for key in stopped if there.get(key) == "paused"),
        schedules.from_json(found.schedule),
        found.next_run_at,
        source.called_at,
        _meter(found, now),
        found.last_success_at,
        _last_run(session, found),
        run.id if run else None,
        _left_out(session, found),
        _moves(who, found),
        found.created_at,
    )


def _meter(found: Integration, now: datetime) -> Meter:
    limits, first = meter.from_json(found.limits), found.first_failure_at
    if found.status == "disabled":
        return meter.disabled(limits, found.disabled_for, found.failures, first)
    return meter.read(limits, found.failures, first, now)


def _moves(who: Standing, found: Integration) -> tuple[str, ...]:
    if not who.manages(found.property_id):
        return ()
    return (*lifecycle.INTEGRATION.open_to(found.status, "property"), "change")


def _last_run(session: Session, found: Integration) -> LastRun | None:
    run = session.exec(
        select(Run)
        .where(Run.integration_id == found.id, col(Run.is_dry).is_(False))
        .order_by(col(Run.queued_at).desc())
    ).first()
    if run is None:
        return None
    return LastRun(run.id, run.status, run.ended_at or run.queued_at, run.sentence)


def _left_out(session: Session, found: Integration) -> LeftOut | None:
    """Count each record once, also one that came twice with different reasons."""
    left = (col(Reject.integration_id) == found.id, col(Reject.resolved_at).is_(None))
    once = col(Reject.type) + " " + func.coalesce(Reject.external_id, Reject.id)
    records = session.exec(select(func.count(sa.distinct(once))).where(*left)).one()
    run_id = session.exec(select(func.max(Reject.run_id)).where(*left)).one()
    return LeftOut(records, run_id) if run_id else None
