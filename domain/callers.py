"""Callers: the partners' programs, with the access token of one connection or a partner key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from domain import moments, partner_keys, tokens
from domain.actors import Actor, standing
from domain.refusals import Refusal, not_found
from storage import database, encryption
from storage.apps import App
from storage.connections import Connection, Token
from storage.prepared import Prepared
from storage.properties import Property


@dataclass(frozen=True)
class OwnProperty:
    """The hotel, as the partner may know it. `time_zone` is a name such as Europe/Berlin;
    `sandbox` is true for the partner's own sandbox, whose data are invented."""

    id: str
    name: str
    time_zone: str
    city: str
    country: str
    sandbox: bool


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
    found: Sequence[Any] = ()
    if tokens.is_shaped(clear_token):
        with database.asking() as connection:
            found = _BY_SECRET.rows(connection, digest=encryption.digest(clear_token))
    opened = found[0] if found else None
    actor = tokens.accepted(opened, now)
    assert opened is not None
    return Caller(
        actor,
        _own(opened),
        opened.property_id,
        opened.partner_id or "",
        opened.app_id,
        opened.slug,
        frozenset(opened.permissions),
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
        return _own(_BY_ID.rows(session.connection(), id=actor.id)[0])


# All that a token opens, in one query: this is asked for at every request.
_OPENED: sa.Select[*tuple[Any, ...]] = (
    sa.select(
        col(Token.id),
        col(Token.status),
        col(Token.masked),
        col(Token.expires_at),
        col(Token.last_used_at),
        col(Connection.id).label("connection_id"),
        col(Connection.status).label("state"),
        col(Connection.partner_id),
        col(Connection.requested_at),
        col(Connection.since),
        col(App.id).label("app_id"),
        col(App.slug),
        col(App.activation),
        col(App.permissions),
        col(Property.id).label("property_id"),
        col(Property.name),
        col(Property.time_zone),
        col(Property.city),
        col(Property.country),
        col(Property.sandbox_of),
    )
    .join(Connection, col(Connection.id) == col(Token.connection_id))
    .join(App, col(App.id) == col(Connection.app_id))
    .join(Property, col(Property.id) == col(Connection.property_id))
)
_BY_SECRET = Prepared(_OPENED.where(col(Token.token_hash) == sa.bindparam("digest")))
_BY_ID = Prepared(_OPENED.where(col(Token.id) == sa.bindparam("id")))


def _own(opened: Any) -> OwnConnection:
    return OwnConnection(
        opened.connection_id,
        opened.state,
        opened.slug,
        opened.activation,
        opened.requested_at,
        opened.since,
        OwnProperty(
            opened.property_id,
            opened.name,
            opened.time_zone,
            opened.city,
            opened.country,
            opened.sandbox_of is not None,
        ),
        OwnToken(opened.masked, opened.expires_at),
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
            "The property’s request still waits for your answer. Activate it or reject it first.",
            "partner",
        )
