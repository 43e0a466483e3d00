"""Apps: written and published by operators; what partners propose is in app_drafts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from domain import app_drafts, drafts, history, moments, slots, waiting_times
from domain.actors import Actor, Standing, operating, standing
from domain.drafts import Draft, Permission
from domain.refusals import Refusal, not_found
from domain.slots import Slot
from domain.waiting_times import Usual
from storage import changes, database
from storage.apps import App
from storage.connections import Connection
from storage.partners import Partner


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
    """An app to its partner, who proposes its texts; what else is on it only operators change."""

    listed: Listed
    tagline: str
    description: str
    setup_notes: str
    permissions: tuple[Permission, ...]
    questions: tuple[dict[str, Any], ...]
    slots: tuple[Slot, ...]


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
        if not database.takes(session, app):
            raise drafts.address_taken(slug)
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
        if _whose(app) != before:
            app_drafts.forget(session, app, now)
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
            waiting_times.of(app),
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
            drafts.permissions_of(app),
            tuple(app.questions),
            slots.of(app.slots),
        )


def _listed(session: Session, now: datetime, partner_id: str | None = None) -> tuple[Listed, ...]:
    statement = select(App, Partner.name).outerjoin(Partner, col(Partner.id) == App.partner_id)
    if partner_id:
        statement = statement.where(App.partner_id == partner_id)
    rows = session.exec(statement.order_by(App.name)).all()
    counts = dict(
        session.exec(
            select(Connection.app_id, func.count())
            .where(col(Connection.in_sandbox).is_(False))
            .group_by(Connection.app_id)
        ).all()
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
            waiting_times.of(app),
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
    changes.announce(session, changes.Change("app", app.id, None, app.partner_id))
