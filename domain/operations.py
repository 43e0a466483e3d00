"""Operations: what the platform's own people look at first."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, func, select

from domain import moments, partners, properties, subscriptions
from domain.actors import Actor, operating
from storage import database
from storage.app_drafts import AppDraft
from storage.apps import App
from storage.connections import Connection
from storage.integrations import Integration
from storage.messages import Endpoint, Message
from storage.partners import Partner
from storage.people import Invitation, Membership
from storage.properties import Property

LONGEST = 8  # waiting requests on the first page


@dataclass(frozen=True)
class Failing:
    """A partner that some of our messages do not reach. `endpoint` is enabled, disabled or None."""

    partner_id: str
    partner: str
    messages: int
    oldest: datetime
    endpoint: str | None


@dataclass(frozen=True)
class Overview:
    """The numbers on the operators' first page; `apps` counts the published ones, `texts` those
    whose partner has written new texts that wait to be published.

    `people` counts whoever belongs to a property or partner, or is invited to one.
    """

    properties: int
    partners: int
    apps: int
    drafts: int
    texts: int
    people: int
    statuses: dict[str, int]
    waiting: tuple[subscriptions.Row, ...]
    failing: tuple[Failing, ...]


@dataclass(frozen=True)
class Integrations:
    """How many there are by status; `failing` are active, but their last runs failed."""

    draft: int
    active: int
    disabled: int
    failing: int


def overview(actor: Actor, *, now: datetime | None = None) -> Overview:
    """Return how the platform is; for operators. Refuses `not_found`."""
    now = now or moments.now()
    with database.reading() as session:
        operating(session, actor, now)
        statuses = session.exec(
            select(Connection.status, func.count())
            .where(col(Connection.in_sandbox).is_(False))
            .group_by(Connection.status)
        ).all()
        is_on_offer = col(App.published_at).is_not(None) & col(App.retired_at).is_(None)
        return Overview(
            _count(session, Property, properties.is_hotel()),
            _count(session, Partner),
            _count(session, App, is_on_offer),
            _count(session, App, col(App.published_at).is_(None)),
            _count(session, AppDraft, col(AppDraft.status) == "waiting"),
            _people(session, now),
            dict(statuses),
            subscriptions.longest_waiting(session, LONGEST, now),
            _failing(session),
        )


def integrations(actor: Actor, *, now: datetime | None = None) -> Integrations:
    """Return how the integrations of all properties are; refuses `not_found`."""
    with database.reading() as session:
        operating(session, actor, now or moments.now())
        is_active = col(Integration.status) == "active"
        return Integrations(
            _count(session, Integration, col(Integration.status) == "draft"),
            _count(session, Integration, is_active),
            _count(session, Integration, col(Integration.status) == "disabled"),
            _count(session, Integration, is_active, col(Integration.failures) > 0),
        )


def _count(session: Session, table: type[SQLModel], *conditions: sa.ColumnElement[bool]) -> int:
    return session.exec(select(func.count()).select_from(table).where(*conditions)).one()


def _people(session: Session, now: datetime) -> int:
    members = _count(
        session,
        Membership,
        col(Membership.role) != "operator",
        col(Membership.ended_at).is_(None),
    )
    invited = _count(
        session,
        Invitation,
        col(Invitation.role) != "operator",
        col(Invitation.accepted_at).is_(None),
        col(Invitation.withdrawn_at).is_(None),
        col(Invitation.expires_at) > now,
    )
    return members + invited


def _failing(session: Session) -> tuple[Failing, ...]:
    rows = session.exec(
        select(
            Partner.id,
            Partner.name,
            func.count(col(Message.id)),
            func.min(col(Message.created_at)),
        )
        .join(Message, col(Message.partner_id) == Partner.id)
        .where(partners.in_vain(), properties.is_of_hotel(col(Message.property_id)))
        .group_by(col(Partner.id), col(Partner.name))
        .order_by(func.count(col(Message.id)).desc(), Partner.name)
    ).all()
    endpoints = dict(session.exec(select(Endpoint.partner_id, Endpoint.status)).all())
    return tuple(
        Failing(partner_id, name, messages, oldest, endpoints.get(partner_id))
        for partner_id, name, messages, oldest in rows
    )
