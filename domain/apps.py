"""Apps: the catalogue as a property sees it, and as operators run it."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from connectors.vendors import VENDORS, CredentialField
from domain import history, moments, questions, waiting_times
from domain.actors import Actor, Standing, standing
from domain.properties import checked_text
from domain.refusals import invalid, not_found
from domain.waiting_times import Usual
from storage import database
from storage.apps import App
from storage.connections import Connection
from storage.partners import Partner
from storage.people import Membership, Person

PERMISSIONS = {
    "reservations:read": "Read reservations",
    "reservations:write": "Change reservations",
    "guests:read": "Read guests’ names and contact details",
    "guests:write": "Change guests’ profiles",
    "spaces:read": "Read rooms and spaces",
    "rates:read": "Read rates",
    "rates:write": "Change rates and restrictions",
    "products:read": "Read products and services",
    "orders:write": "Post charges to a bill",
    "accounting:read": "Read accounting categories and bills",
}
MANAGERS_ONLY = "Only a manager of this property can connect apps. Ask one of them."


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
    """Everything about one app that a property wants to know before it presses Connect."""

    card: Card
    description: str
    setup_notes: str
    permissions: tuple[str, ...]
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


def catalogue(actor: Actor, property_id: str, *, now: datetime | None = None) -> tuple[Card, ...]:
    """Return the apps on offer to a property, with its status for each; those retired only while
    the property has them. Refuses `not_found` to strangers."""
    now = now or moments.now()
    with database.reading() as session:
        who = _guest(session, actor, property_id, now)
        rows = session.exec(
            select(App, Partner.name, Connection.id, Connection.status)
            .outerjoin(Partner, col(Partner.id) == App.partner_id)
            .outerjoin(
                Connection,
                (col(Connection.app_id) == App.id) & (col(Connection.property_id) == property_id),
            )
            .where(col(App.published_at).is_not(None), col(App.retired_at).is_(None))
            .order_by(App.name)
        ).all()
        usual = waiting_times.of_apps(session, [row[0] for row in rows])
        may = who.manages(property_id)
        return tuple(
            _card(app, developer, connection_id, status, usual[app.id], may)
            for app, developer, connection_id, status in rows
        )


def read(actor: Actor, property_id: str, slug: str, *, now: datetime | None = None) -> Page:
    """Return the page of one app; refuses `not_found`."""
    now = now or moments.now()
    with database.reading() as session:
        who = _guest(session, actor, property_id, now)
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
                connection.id if connection else None,
                connection.status if connection else None,
                usual,
                who.manages(property_id),
            ),
            app.description,
            app.setup_notes,
            tuple(PERMISSIONS.get(name, name) for name in app.permissions),
            tuple(app.questions),
            VENDORS[app.vendor].fields if app.vendor else (),
            contact_of(partner),
            _managers(session, property_id),
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
        _operating(session, actor, now)
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

    `texts` are any of description, setup_notes, permissions, questions, usual_minutes, icon, hue.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who = _operating(session, actor, now)
        app = App(
            slug=_checked_slug(session, slug),
            name=checked_text(name, "the name of the app", longest=60),
            kind=kind,
            partner_id=partner_id or None,
            category=checked_text(category, "the category", longest=40),
            tagline=checked_text(tagline, "what the app does in one sentence", longest=160),
            activation=activation,
            vendor=vendor or None,
            vendor_address=VENDORS[vendor].default_address if vendor in VENDORS else None,
            created_at=now,
            **texts,
        )
        _check_kind(session, app)
        session.add(app)
        session.flush()
        _record(session, who, app, "app.created", now)
        return app.slug


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
        app.tagline = checked_text(tagline, "what the app does in one sentence", longest=160)
        app.description = _checked_markdown(description)
        app.setup_notes = _checked_markdown(setup_notes)
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


def _guest(session: Session, actor: Actor, property_id: str, now: datetime) -> Standing:
    who = standing(session, actor, now)
    if not who.sees_property(property_id):
        raise not_found("This property")
    return who


def _card(
    app: App,
    developer: str | None,
    connection_id: str | None,
    status: str | None,
    usual: Usual,
    may_connect: bool,
) -> Card:
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
        connection_id,
        may_connect and status in (None, "disconnected", "rejected"),
        "" if may_connect else MANAGERS_ONLY,
    )


def _managers(session: Session, property_id: str) -> tuple[str, ...]:
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
            "retired" if app.retired_at else "published" if app.published_at else "draft",
            app.icon,
            app.hue,
            usual[app.id],
            counts.get(app.id, 0),
        )
        for app, developer in rows
    )


def _operating(session: Session, actor: Actor, now: datetime) -> Standing:
    who = standing(session, actor, now)
    if not who.is_operator:
        raise not_found("This page")
    return who


def _operated(session: Session, actor: Actor, slug: str, now: datetime) -> tuple[Standing, App]:
    who = _operating(session, actor, now)
    app = session.exec(select(App).where(App.slug == slug)).one_or_none()
    if app is None:
        raise not_found("This app")
    return who, app


def _checked_slug(session: Session, slug: str) -> str:
    slug = slug.strip().lower()
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", slug):
        raise invalid("Write the app’s address with small letters, digits and dashes.", "platform")
    if session.exec(select(App.id).where(App.slug == slug)).first():
        raise invalid(f"There is an app at /apps/{slug} already.", "platform")
    return slug


def _check_kind(session: Session, app: App) -> None:
    if app.kind == "core" and app.vendor not in VENDORS:
        raise invalid("Choose which system a core app connects to.", "platform")
    if app.kind == "integrated" and not session.get(Partner, app.partner_id or ""):
        raise invalid("Choose the partner who develops this app.", "platform")
    if app.kind not in ("core", "integrated") or app.activation not in ("manual", "automatic"):
        raise invalid("Choose what kind of app it is.", "platform")
    for question in app.questions:
        if question.get("kind", "text") not in questions.KINDS:
            raise invalid("A question has an unknown kind.", "platform")


def _checked_markdown(text: str) -> str:
    if len(text) > 20_000:
        raise invalid("Keep the text under 20,000 characters.", "partner")
    return text.strip()


def _record(session: Session, who: Standing, app: App, event: str, now: datetime) -> None:
    side = "platform" if who.is_operator else "partner"
    history.record(session, event, who, side, now, partner_id=app.partner_id, note=app.name)
