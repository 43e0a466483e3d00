"""The health of the platform, for operators: what waits, what fails, which parts answer."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, func, select

from domain import engines, health, moments, properties
from domain.actors import Actor, operating
from domain.installation import current
from storage import database, jobs
from storage.connections import Connection
from storage.integrations import Integration, Run
from storage.messages import Endpoint, Message
from storage.partners import Partner
from storage.properties import Property

LATELY = timedelta(hours=24)
MOST = 50  # integrations in trouble


@dataclass(frozen=True)
class Destination:
    """Where messages go: a partner, or mails to people. `endpoint` is enabled, disabled or None.

    `waiting` counts what was not tried yet, `failing` what is tried again, `gave_up` what was given
    up in the last 24 hours; `oldest` is since when the first of them has been on its way.
    """

    partner_id: str | None
    name: str
    endpoint: str | None
    waiting: int
    failing: int
    gave_up: int
    oldest: datetime


@dataclass(frozen=True)
class Trouble:
    """An integration that is disabled, or whose last runs failed."""

    id: str
    name: str
    property_id: str
    property: str
    status: str
    since: datetime
    disabled_by: str | None
    failures: int


@dataclass(frozen=True)
class Runs:
    """How many runs wait and are on, and how many failed in the last 24 hours."""

    queued: int
    running: int
    failed: int


@dataclass(frozen=True)
class Pending:
    """Requests that wait for their partner, and since when the oldest one has."""

    count: int
    oldest: datetime | None


@dataclass(frozen=True)
class Parts:
    """What Adjoin stands on. `milliseconds` is how long the database took to answer.

    `database` and `tables` are as in domain.health; `mail` is whether a mail server is set up.
    """

    kind: str
    database: str
    tables: str
    milliseconds: float
    mail: bool


@dataclass(frozen=True)
class Overview:
    """`disabled` and `failing` count integrations; `troubles` are the worst of them."""

    destinations: tuple[Destination, ...]
    engines: tuple[engines.Row, ...]
    backlog: jobs.Backlog
    runs: Runs
    disabled: int
    failing: int
    troubles: tuple[Trouble, ...]
    pending: Pending
    parts: Parts

    @property
    def waiting(self) -> int:
        return sum(each.waiting for each in self.destinations)

    @property
    def undelivered(self) -> int:
        return sum(each.failing + each.gave_up for each in self.destinations)


def overview(actor: Actor, *, now: datetime | None = None) -> Overview:
    """Return how the platform is at this moment; for operators. Refuses `not_found`."""
    now = now or moments.now()
    with database.reading() as session:
        operating(session, actor, now)
        return Overview(
            _destinations(session, now),
            engines.all_of_them(session, now),
            jobs.backlog(session),
            _runs(session, now),
            _count(session, Integration, col(Integration.status) == "disabled"),
            _count(session, Integration, _is_failing()),
            _troubles(session),
            _pending(session),
            _parts(session),
        )


def _destinations(session: Session, now: datetime) -> tuple[Destination, ...]:
    on_its_way = col(Message.status).in_(("waiting", "sending"))
    waits = on_its_way & (col(Message.attempts) == 0)
    fails = on_its_way & (col(Message.attempts) > 0)
    is_given_up = (col(Message.status) == "gave_up") & (col(Message.finished_at) > now - LATELY)
    rows = session.execute(
        sa.select(
            col(Message.partner_id),
            *(_number_of(condition) for condition in (waits, fails, is_given_up)),
            func.min(col(Message.created_at)),
        )
        .where(on_its_way | is_given_up, properties.is_of_hotel(col(Message.property_id)))
        .group_by(col(Message.partner_id))
    ).all()
    names = dict(session.exec(select(Partner.id, Partner.name)).all())
    endpoints = dict(session.exec(select(Endpoint.partner_id, Endpoint.status)).all())
    found = [
        Destination(
            partner_id,
            names.get(partner_id, "Mails to people"),
            endpoints.get(partner_id),
            *numbers,
        )
        for partner_id, *numbers in rows
    ]
    return tuple(sorted(found, key=lambda each: (-each.failing - each.gave_up, each.oldest)))


def _number_of(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return func.coalesce(func.sum(sa.case((condition, 1), else_=0)), 0)


def _runs(session: Session, now: datetime) -> Runs:
    lately = (col(Run.status) == "failed") & (col(Run.ended_at) > now - LATELY)
    is_real = col(Run.is_dry).is_(False)
    return Runs(
        _count(session, Run, col(Run.status) == "queued"),
        _count(session, Run, col(Run.status) == "running"),
        _count(session, Run, lately, is_real),
    )


def _is_failing() -> sa.ColumnElement[bool]:
    return (col(Integration.status) == "active") & (col(Integration.failures) > 0)


def _troubles(session: Session) -> tuple[Trouble, ...]:
    rows = session.exec(
        select(Integration, Property.name)
        .join(Property, col(Property.id) == Integration.property_id)
        .where((col(Integration.status) == "disabled") | _is_failing(), properties.is_hotel())
        .order_by(col(Integration.failures).desc(), col(Integration.since))
        .limit(MOST)
    )
    return tuple(
        Trouble(
            row.id,
            row.name,
            row.property_id,
            hotel,
            row.status,
            row.since if row.status == "disabled" else row.first_failure_at or row.since,
            row.disabled_by,
            row.failures,
        )
        for row, hotel in rows
    )


def _pending(session: Session) -> Pending:
    return Pending(
        *session.exec(
            select(func.count(), func.min(col(Connection.requested_at))).where(
                Connection.status == "pending", col(Connection.in_sandbox).is_(False)
            )
        ).one()
    )


def _parts(session: Session) -> Parts:
    began = time.perf_counter()
    session.execute(sa.text("SELECT 1"))
    took = (time.perf_counter() - began) * 1000
    found = health.check()
    return Parts(
        "SQLite" if database.is_sqlite() else "PostgreSQL",
        found["database"],
        found["migrations"],
        took,
        current().post is not None,
    )


def _count(session: Session, table: type[SQLModel], *conditions: sa.ColumnElement[bool]) -> int:
    return session.exec(select(func.count()).select_from(table).where(*conditions)).one()
