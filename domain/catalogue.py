"""The catalogue: the apps on offer, as one property sees them before it presses Connect."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from connectors.vendors import VENDORS, CredentialField
from domain import drafts, messages, moments, slots, turns, waiting_times
from domain.actors import Actor, Standing, standing
from domain.drafts import Permission
from domain.refusals import not_found
from domain.slots import Slot
from domain.turns import Turn
from domain.waiting_times import Usual
from storage import database
from storage.apps import App
from storage.connections import Connection
from storage.partners import Partner
from storage.people import Membership, Person
from storage.properties import Property

NO_LONGER_OFFERED = "This app is no longer offered to properties."
ENDED = ("disconnected", "rejected")
PLATFORM = "the platform"  # who developed a core app


@dataclass(frozen=True)
class Card:
    """An app in the catalogue, as one property sees it."""

    slug: str
    name: str
    developer: str
    tagline: str
    category: str
    kind: str
    activation: str
    usual: Usual
    icon: str
    hue: int
    status: str | None
    connection_id: str | None
    can_connect: bool
    why_not: str


@dataclass(frozen=True)
class Contact:
    name: str
    email: str
    phone: str
    website: str


@dataclass(frozen=True)
class Page:
    """Everything about one app that a property wants to know before it presses Connect.

    `turn` says whose it is at the property's connection, which is in its status since `since`;
    both are None before the first Connect. `told_by` are the ways in which the partner hears of
    a request: webhook, mail; `token_in_mail` is whether a mail carries the token itself instead
    of a link that opens once. `answers` were given at the last Connect, by the question's key.
    `slots` are the values that are mapped after Connect.
    """

    card: Card
    turn: Turn | None
    since: datetime | None
    told_by: tuple[str, ...]
    token_in_mail: bool
    answers: dict[str, str]
    description: str
    setup_notes: str
    permissions: tuple[Permission, ...]
    questions: tuple[dict[str, Any], ...]
    slots: tuple[Slot, ...]
    credential_fields: tuple[CredentialField, ...]
    contact: Contact | None
    managers: tuple[str, ...]


def of_property(actor: Actor, property_id: str, *, now: datetime | None = None) -> tuple[Card, ...]:
    """Return the apps on offer to a property, with its status for each; those retired only while
    the property has them. Refuses `not_found` to strangers."""
    with database.reading() as session:
        who = _guest(session, actor, property_id, now or moments.now())
        return _cards(session, who, property_id, sa.true())


def card(
    actor: Actor, property_id: str, connection_id: str, *, now: datetime | None = None
) -> Card | None:
    """Return the card of the app behind one connection of a property, None when the property has
    no such connection; refuses `not_found` to strangers."""
    with database.reading() as session:
        who = _guest(session, actor, property_id, now or moments.now())
        found = _cards(session, who, property_id, col(Connection.id) == connection_id)
        return found[0] if found else None


def read(actor: Actor, property_id: str, slug: str, *, now: datetime | None = None) -> Page:
    """Return the page of one app; refuses `not_found`."""
    with database.reading() as session:
        who = _guest(session, actor, property_id, now or moments.now())
        app = session.exec(select(App).where(App.slug == slug)).one_or_none()
        if app is None or app.published_at is None:
            raise not_found("This app")
        partner = session.get(Partner, app.partner_id) if app.partner_id else None
        connection = session.exec(
            select(Connection).where(
                Connection.property_id == property_id, Connection.app_id == app.id
            )
        ).one_or_none()
        if app.retired_at is not None and connection is None:
            raise not_found("This app")
        developer = partner.name if partner else PLATFORM
        hotel = session.get_one(Property, property_id)
        return Page(
            _card(
                app,
                developer,
                connection.status if connection else None,
                connection.id if connection else None,
                _not_manager(session, who, property_id),
            ),
            _turn(app, developer, hotel, connection) if connection else None,
            connection.since if connection else None,
            messages.ways(session, partner) if partner else (),
            bool(partner and partner.token_in_mail),
            dict(connection.answers) if connection else {},
            app.description,
            app.setup_notes,
            drafts.permissions_of(app),
            tuple(app.questions),
            slots.of(app.slots),
            VENDORS[app.vendor].fields if app.vendor else (),
            contact_of(partner),
            managers_of(session, property_id),
        )


def contact_of(partner: Partner | None) -> Contact | None:
    """Return whom a hotel contacts about the apps of a partner."""
    if partner is None:
        return None
    return Contact(
        partner.contact_name, partner.contact_email, partner.contact_phone, partner.website
    )


def _guest(session: Session, actor: Actor, property_id: str, now: datetime) -> Standing:
    who = standing(session, actor, now)
    if not who.sees_property(property_id):
        raise not_found("This property")
    return who


def _cards(
    session: Session, who: Standing, property_id: str, condition: sa.ColumnElement[bool]
) -> tuple[Card, ...]:
    rows = session.execute(
        sa.select(
            *_SHOWN,
            col(Partner.name).label("developer"),
            col(Connection.status).label("status"),
            col(Connection.id).label("connection_id"),
        )
        .select_from(App)
        .outerjoin(Partner, col(Partner.id) == App.partner_id)
        .outerjoin(
            Connection,
            (col(Connection.app_id) == App.id) & (col(Connection.property_id) == property_id),
        )
        .where(
            col(App.published_at).is_not(None),
            col(App.retired_at).is_(None) | col(Connection.status).not_in(ENDED),
            condition,
        )
        .order_by(col(App.name))
    ).all()
    why_not = _not_manager(session, who, property_id)
    return tuple(
        _card(row, row.developer or PLATFORM, row.status, row.connection_id, why_not)
        for row in rows
    )


# What a card shows; the long texts and the rest of an app are read for its page only.
_SHOWN = (
    col(App.slug),
    col(App.name),
    col(App.tagline),
    col(App.category),
    col(App.kind),
    col(App.activation),
    col(App.usual_minutes),
    col(App.measured_minutes),
    col(App.measured_from),
    col(App.icon),
    col(App.hue),
    col(App.retired_at),
)


def _card(
    app: Any, developer: str, status: str | None, connection_id: str | None, why_not: str
) -> Card:
    has_ended = status is None or status in ENDED
    if app.retired_at is not None and has_ended:
        why_not = NO_LONGER_OFFERED
    return Card(
        app.slug,
        app.name,
        developer,
        app.tagline,
        app.category,
        app.kind,
        "" if app.kind == "core" else app.activation,
        waiting_times.of(app),
        app.icon,
        app.hue,
        status,
        connection_id,
        not why_not and has_ended,
        why_not,
    )


def _not_manager(session: Session, who: Standing, property_id: str) -> str:
    if who.manages(property_id):
        return ""
    return managers_only(managers_of(session, property_id))


def _turn(app: App, developer: str, hotel: Property, connection: Connection) -> Turn:
    return turns.of(
        connection.status,
        app.name,
        developer,
        hotel.name,
        activation="" if app.kind == "core" else app.activation,
        disabled_by=connection.disabled_by,
    )


def managers_only(managers: Sequence[str]) -> str:
    """Return the sentence for those who may look at a property but not act for it."""
    if not managers:
        return "Only a manager of this property can do this. It has none yet."
    *others, last = managers[:3]
    names = f"{', '.join(others)} or {last}" if others else last
    return f"Only a manager of this property can do this: ask {names}."


def managers_of(session: Session, property_id: str) -> tuple[str, ...]:
    """Return the names of those who manage a property."""
    return tuple(
        session.exec(
            select(Person.name)
            .join(Membership)
            .where(
                Membership.property_id == property_id,
                Membership.role == "manager",
                col(Membership.ended_at).is_(None),
            )
            .order_by(Person.name)
        )
    )
