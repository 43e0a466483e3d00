"""Apps: the catalogue as a property sees it, and as operators run it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from connectors.vendors import VENDORS, CredentialField
from domain import drafts, history, messages, moments, turns, waiting_times
from domain.actors import Actor, Standing, operating, standing
from domain.drafts import PERMISSIONS, Draft
from domain.refusals import Refusal, not_found
from domain.turns import Turn
from domain.waiting_times import Usual
from storage import database
from storage.apps import App
from storage.connections import Connection
from storage.partners import Partner
from storage.people import Membership, Person

NO_LONGER_OFFERED = "This app is no longer offered to properties."
ENDED = ("disconnected", "rejected")


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
class Permission:
    """What an app may do: `name` is a key of drafts.PERMISSIONS, `words` say it to people."""

    name: str
    words: str


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
    a request: webhook, mail. `answers` were given at the last Connect, by the question's key.
    """

    card: Card
    turn: Turn | None
    since: datetime | None
    told_by: tuple[str, ...]
    answers: dict[str, str]
    description: str
    setup_notes: str
    permissions: tuple[Permission, ...]
    questions: tuple[dict[str, Any], ...]
    credential_fields: tuple[CredentialField, ...]
    contact: Contact | None
    managers: tuple[str, ...]


@dataclass(frozen=True)
class Listed:
    """An app as operators and its partner list it."""

    id: str
    slug: str
    name: str
    kind: str
    developer: str
    category: str
    activation: str
    state: str
    icon: str
    hue: int
    usual: Usual
    connections: int


@dataclass(frozen=True)
class Sheet:
    """An app to those who may edit its texts; what else is on it only operators change."""

    listed: Listed
    tagline: str
    description: str
    setup_notes: str
    permissions: tuple[Permission, ...]
    questions: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Entry:
    """An app's entry in the catalogue, as operators edit it.

    `connections` counts all that ever were.
    """

    slug: str
    state: str
    developer: str
    connections: int
    usual: Usual
    draft: Draft


def catalogue(actor: Actor, property_id: str, *, now: datetime | None = None) -> tuple[Card, ...]:
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
        usual = waiting_times.of_apps(session, [app])[app.id]
        return Page(
            _card(
                app,
                partner.name if partner else None,
                connection,
                usual,
                _not_manager(session, who, property_id),
            ),
            _turn(app, connection) if connection else None,
            connection.since if connection else None,
            messages.ways(session, partner) if partner else (),
            dict(connection.answers) if connection else {},
            app.description,
            app.setup_notes,
            _permissions(app),
            tuple(app.questions),
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


def of_partner(actor: Actor, partner_id: str, *, now: datetime | None = None) -> tuple[Listed, ...]:
    """Return the apps of a partner to its people; refuses `not_found` to strangers."""
    now = now or moments.now()
    with database.reading() as session:
        if not standing(session, actor, now).works_for(partner_id):
            raise not_found("This partner")
        return _listed(session, now, partner_id)


def all_of_them(actor: Actor, *, now: datetime | None = None) -> tuple[Listed, ...]:
    """Return every app, also drafts and retired ones; for operators. Refuses `not_found`."""
    now = now or moments.now()
    with database.reading() as session:
        operating(session, actor, now)
        return _listed(session, now)


def create(
    actor: Actor,
    *,
    name: str,
    slug: str,
    kind: str,
    category: str,
    tagline: str,
    partner_id: str | None = None,
    activation: str = "manual",
    vendor: str | None = None,
    now: datetime | None = None,
    **texts: Any,
) -> str:
    """Add an app as a draft and return its slug; for operators. Refuses `not_found`, `invalid`.

    `texts` are any of the other fields of `drafts.Draft`.
    """
    now = now or moments.now()
    draft = Draft(name, category, tagline, kind, partner_id, activation, vendor, **texts)
    with database.transaction() as session:
        who = operating(session, actor, now)
        slug = drafts.checked_slug(session, slug)
        app = App(
            slug=slug, name=name, kind=kind, category=category, tagline=tagline, created_at=now
        )
        drafts.write(session, draft, app)
        session.add(app)
        session.flush()
        _record(session, who, app, "app.created", now)
        return app.slug


def edit(actor: Actor, slug: str, draft: Draft, *, now: datetime | None = None) -> None:
    """Change everything about an app; for operators. Refuses `not_found`, `invalid`, and
    `in_use`: what kind of app it is and whose stays as it is once a property has asked for it."""
    now = now or moments.now()
    with database.transaction() as session:
        who, app = _operated(session, actor, slug, now)
        before = _whose(app)
        drafts.write(session, draft, app)
        if _whose(app) != before and _connections(session, app):
            raise Refusal(
                "in_use",
                "Properties have asked for this app already, so its kind and who is behind it "
                "stay. Retire it and add a new app instead.",
                "platform",
            )
        _record(session, who, app, "app.changed", now)


def entry(actor: Actor, slug: str, *, now: datetime | None = None) -> Entry:
    """Return what operators decide about an app, for them to change; refuses `not_found`."""
    now = now or moments.now()
    with database.reading() as session:
        app = _operated(session, actor, slug, now)[1]
        partner = session.get(Partner, app.partner_id or "")
        return Entry(
            app.slug,
            _state(app),
            partner.name if partner else "the platform",
            _connections(session, app),
            waiting_times.of_apps(session, [app])[app.id],
            drafts.of(app),
        )


def publish(actor: Actor, slug: str, *, now: datetime | None = None) -> None:
    """Put an app into the catalogue; for operators. Refuses `not_found`."""
    now = now or moments.now()
    with database.transaction() as session:
        who, app = _operated(session, actor, slug, now)
        app.published_at, app.retired_at = app.published_at or now, None
        _record(session, who, app, "app.published", now)


def retire(actor: Actor, slug: str, *, now: datetime | None = None) -> None:
    """Take an app out of the catalogue; its connections go on. Refuses `not_found`."""
    now = now or moments.now()
    with database.transaction() as session:
        who, app = _operated(session, actor, slug, now)
        app.retired_at = app.retired_at or now
        _record(session, who, app, "app.retired", now)


def edit_texts(
    actor: Actor,
    slug: str,
    *,
    tagline: str,
    description: str,
    setup_notes: str,
    now: datetime | None = None,
) -> None:
    """Change an app's texts: its partner's people and operators. Refuses `not_found`, `invalid`."""
    now = now or moments.now()
    with database.transaction() as session:
        who = standing(session, actor, now)
        app = session.exec(select(App).where(App.slug == slug)).one_or_none()
        if app is None or not (who.is_operator or who.works_for(app.partner_id)):
            raise not_found("This app")
        app.tagline = drafts.checked_tagline(tagline)
        app.description = drafts.checked_markdown(description)
        app.setup_notes = drafts.checked_markdown(setup_notes)
        _record(session, who, app, "app.changed", now)


def texts(actor: Actor, slug: str, *, now: datetime | None = None) -> dict[str, str]:
    """Return the texts that `edit_texts` changes, to those who may change them."""
    with database.reading() as session:
        who = standing(session, actor, now or moments.now())
        app = session.exec(select(App).where(App.slug == slug)).one_or_none()
        if app is None or not (who.is_operator or who.works_for(app.partner_id)):
            raise not_found("This app")
        return {
            "name": app.name,
            "tagline": app.tagline,
            "description": app.description,
            "setup_notes": app.setup_notes,
        }


def sheet(actor: Actor, slug: str, *, now: datetime | None = None) -> Sheet:
    """Return an app to its partner's people and to operators; refuses `not_found` to others."""
    now = now or moments.now()
    with database.reading() as session:
        who = standing(session, actor, now)
        app = session.exec(select(App).where(App.slug == slug)).one_or_none()
        if app is None or not (who.is_operator or who.works_for(app.partner_id)):
            raise not_found("This app")
        return Sheet(
            next(row for row in _listed(session, now, app.partner_id) if row.id == app.id),
            app.tagline,
            app.description,
            app.setup_notes,
            _permissions(app),
            tuple(app.questions),
        )


def _permissions(app: App) -> tuple[Permission, ...]:
    return tuple(Permission(name, PERMISSIONS.get(name, name)) for name in app.permissions)


def _guest(session: Session, actor: Actor, property_id: str, now: datetime) -> Standing:
    who = standing(session, actor, now)
    if not who.sees_property(property_id):
        raise not_found("This property")
    return who


def _cards(
    session: Session, who: Standing, property_id: str, condition: sa.ColumnElement[bool]
) -> tuple[Card, ...]:
    rows = session.exec(
        select(App, Partner.name, Connection)
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
        .order_by(App.name)
    ).all()
    usual = waiting_times.of_apps(session, [row[0] for row in rows])
    why_not = _not_manager(session, who, property_id)
    return tuple(
        _card(app, developer, connection, usual[app.id], why_not)
        for app, developer, connection in rows
    )


def _card(
    app: App, developer: str | None, connection: Connection | None, usual: Usual, why_not: str
) -> Card:
    status = connection.status if connection else None
    has_ended = status is None or status in ENDED
    if app.retired_at is not None and has_ended:
        why_not = NO_LONGER_OFFERED
    return Card(
        app.slug,
        app.name,
        developer or "the platform",
        app.tagline,
        app.category,
        app.kind,
        "" if app.kind == "core" else app.activation,
        usual,
        app.icon,
        app.hue,
        status,
        connection.id if connection else None,
        not why_not and has_ended,
        why_not,
    )


def _not_manager(session: Session, who: Standing, property_id: str) -> str:
    if who.manages(property_id):
        return ""
    return managers_only(managers_of(session, property_id))


def _turn(app: App, connection: Connection) -> Turn:
    return turns.of(
        connection.status,
        app.name,
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


def _listed(session: Session, now: datetime, partner_id: str | None = None) -> tuple[Listed, ...]:
    statement = select(App, Partner.name).outerjoin(Partner, col(Partner.id) == App.partner_id)
    if partner_id:
        statement = statement.where(App.partner_id == partner_id)
    rows = session.exec(statement.order_by(App.name)).all()
    usual = waiting_times.of_apps(session, [row[0] for row in rows])
    counts = dict(
        session.exec(select(Connection.app_id, func.count()).group_by(Connection.app_id)).all()
    )
    return tuple(
        Listed(
            app.id,
            app.slug,
            app.name,
            app.kind,
            developer or "the platform",
            app.category,
            "" if app.kind == "core" else app.activation,
            _state(app),
            app.icon,
            app.hue,
            usual[app.id],
            counts.get(app.id, 0),
        )
        for app, developer in rows
    )


def _operated(session: Session, actor: Actor, slug: str, now: datetime) -> tuple[Standing, App]:
    who = operating(session, actor, now)
    app = session.exec(select(App).where(App.slug == slug)).one_or_none()
    if app is None:
        raise not_found("This app")
    return who, app


def _state(app: App) -> str:
    return "retired" if app.retired_at else "published" if app.published_at else "draft"


def _connections(session: Session, app: App) -> int:
    return session.exec(select(func.count()).where(Connection.app_id == app.id)).one()


def _whose(app: App) -> tuple[str, str | None, str | None]:
    return app.kind, app.partner_id, app.vendor


def _record(session: Session, who: Standing, app: App, event: str, now: datetime) -> None:
    side = "platform" if who.is_operator else "partner"
    history.record(session, event, who, side, now, partner_id=app.partner_id, note=app.name)
