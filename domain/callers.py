"""Callers: the partners' programs, with the access token of one connection or a partner key."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from domain import moments, partner_keys, tokens
from domain.actors import Actor, standing
from domain.refusals import Refusal, not_found
from storage import database, encryption
from storage.apps import App
from storage.connections import Connection, Token
from storage.properties import Property


@dataclass(frozen=True)
class OwnProperty:
    """The hotel, as the partner may know it. `time_zone` is a name such as Europe/Berlin."""

    id: str
    name: str
    time_zone: str
    city: str
    country: str


@dataclass(frozen=True)
class OwnToken:
    """The token that was used; `expires_at` is set once a newer one has taken its place."""

    masked: str
    expires_at: datetime | None


@dataclass(frozen=True)
class OwnConnection:
    """The connection that a token opens, for the program that holds it.

    `app` is the app's slug, `activation` is manual or automatic, `since` is when it came into
    `status`. All moments are in UTC.
    """

    id: str
    status: str
    app: str
    activation: str
    requested_at: datetime
    since: datetime
    property: OwnProperty
    token: OwnToken


@dataclass(frozen=True)
class Caller:
    """A program with an access token: who it is for the domain, and the connection it came for.

    `permissions` are what the app asked for at Connect: keys of `drafts.PERMISSIONS`.
    """

    actor: Actor
    connection: OwnConnection
    property_id: str
    partner_id: str
    app_id: str
    app_slug: str
    permissions: frozenset[str]


@dataclass(frozen=True)
class PartnerCaller:
    """A program with a partner key: who it is for the domain, and the partner it speaks for."""

    actor: Actor
    partner_id: str


def recognise(clear_token: str, *, now: datetime | None = None) -> Caller:
    """Return who calls with an access token; refuses `unauthorized` and `token_revoked`."""
    now = now or moments.now()
    found = None
    if tokens.is_shaped(clear_token):
        with database.reading() as session:
            found = _opened(session, col(Token.token_hash) == encryption.digest(clear_token))
    actor = tokens.accepted(found[0] if found else None, now)
    assert found is not None
    token, connection, app, hotel = found
    return Caller(
        actor,
        _own(token, connection, app, hotel),
        hotel.id,
        connection.partner_id or "",
        app.id,
        app.slug,
        frozenset(app.permissions),
    )


def recognise_partner(clear_key: str, *, now: datetime | None = None) -> PartnerCaller:
    """Return who calls with a partner key; refuses `unauthorized`."""
    return PartnerCaller(*partner_keys.authenticate(clear_key, now=now))


def read(actor: Actor, *, now: datetime | None = None) -> OwnConnection:
    """Return the connection that the token of `actor` opens.

    Refuses `token_revoked`, and `not_found` to whoever is not here with a token.
    """
    with database.reading() as session:
        if standing(session, actor, now or moments.now()).only_connection is None:
            raise not_found("This connection")
        found = _opened(session, col(Token.id) == actor.id)
        assert found is not None
        return _own(*found)


Opened = tuple[Token, Connection, App, Property]


def _opened(session: Session, condition: sa.ColumnElement[bool]) -> Opened | None:
    """Return a token with all that it opens, in one query: this is asked for at every request."""
    return session.exec(
        select(Token, Connection, App, Property)
        .join(Connection, col(Connection.id) == Token.connection_id)
        .join(App, col(App.id) == Connection.app_id)
        .join(Property, col(Property.id) == Connection.property_id)
        .where(condition)
    ).one_or_none()


def _own(token: Token, connection: Connection, app: App, hotel: Property) -> OwnConnection:
    return OwnConnection(
        connection.id,
        connection.status,
        app.slug,
        app.activation,
        connection.requested_at,
        connection.since,
        OwnProperty(hotel.id, hotel.name, hotel.time_zone, hotel.city, hotel.country),
        OwnToken(token.masked, token.expires_at),
    )


def check_answered(caller: Caller) -> None:
    """Refuse `connection_pending` while the request waits for the partner's answer."""
    _check_not_pending(caller.connection.status)


def check_open(caller: Caller) -> None:
    """Refuse `connection_pending` and `connection_disabled`: only active connections are open."""
    check_status(caller.connection.status)


def check_status(status: str) -> None:
    """Refuse as `check_open`, by the status that a connection has."""
    _check_not_pending(status)
    if status == "disabled":
        raise Refusal(
            "connection_disabled",
            "This connection is paused. Whoever disabled it can enable it again.",
        )


def _check_not_pending(status: str) -> None:
    if status == "pending":
        raise Refusal(
            "connection_pending",
            "The request still waits for your answer. Activate it or reject it first.",
            "partner",
        )
