"""Callers: the partners' programs, which come with the access token of one connection."""

from dataclasses import dataclass
from datetime import datetime

from domain import moments, tokens
from domain.actors import Actor, standing
from domain.refusals import Refusal, not_found
from storage import database
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
    """A program at our door: who it is for the domain, and the connection it came for."""

    actor: Actor
    connection: OwnConnection


def recognise(clear_token: str, *, now: datetime | None = None) -> Caller:
    """Return who calls with an access token; refuses `unauthorized` and `token_revoked`."""
    now = now or moments.now()
    actor = tokens.authenticate(clear_token, now=now)
    return Caller(actor, read(actor, now=now))


def read(actor: Actor, *, now: datetime | None = None) -> OwnConnection:
    """Return the connection that the token of `actor` opens.

    Refuses `token_revoked`, and `not_found` to whoever is not here with a token.
    """
    with database.reading() as session:
        connection_id = standing(session, actor, now or moments.now()).only_connection
        if connection_id is None:
            raise not_found("This connection")
        connection = session.get_one(Connection, connection_id)
        app = session.get_one(App, connection.app_id)
        hotel = session.get_one(Property, connection.property_id)
        token = session.get_one(Token, actor.id)
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
    if caller.connection.status == "pending":
        raise Refusal(
            "connection_pending",
            "The request still waits for your answer. Activate it or reject it first.",
            "partner",
        )


def check_open(caller: Caller) -> None:
    """Refuse `connection_pending` and `connection_disabled`: only active connections are open."""
    check_answered(caller)
    if caller.connection.status == "disabled":
        raise Refusal(
            "connection_disabled",
            "This connection is paused. Whoever disabled it can enable it again.",
        )
