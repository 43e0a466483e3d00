"""My subscriptions: the connections of one property, and the page of one connection.

Hotel, partner and operators read the same page of a connection, each with their own buttons.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from connectors.vendors import VENDORS, CredentialField
from domain import (
    catalogue,
    connections,
    history,
    lifecycle,
    moments,
    paging,
    routes,
    signs,
    tokens,
    turns,
    waiting,
    waiting_times,
)
from domain.actors import Actor, operating, standing
from domain.catalogue import Contact
from domain.history import Line
from domain.paging import Page as Paged
from domain.refusals import not_found
from domain.signs import Around
from domain.tokens import Receipt
from domain.turns import Turn
from domain.waiting_times import Usual
from storage import database
from storage.apps import App
from storage.authorizations import Authorization
from storage.connections import Connection
from storage.messages import Message
from storage.partners import Partner
from storage.people import Person
from storage.properties import Property

HOTEL = ("property", "viewer")  # the sides on which people of the property stand


@dataclass(frozen=True)
class Row:
    """One connection, as a line of a list. `turn` says whose move it is, to its reader.

    `number` is what people call it: C-10001.

    `reason` is why it was rejected, disabled, disconnected or broken, in somebody's own words.

    `is_due` is whether its property should look at it: because of its state (see turns.is_due), or
    because of what is wrong with it while it stands open. That is looked into for its property.
    """

    id: str
    number: str
    app_slug: str
    app_name: str
    developer: str
    kind: str
    activation: str
    icon: str
    hue: int
    property_id: str
    property_name: str
    status: str
    since: datetime
    requested_at: datetime
    turn: Turn
    usual: Usual
    takes_longer: bool
    is_due: bool
    reason: str


@dataclass(frozen=True)
class Account:
    """The vendor's account behind a core connection, without its credentials."""

    name: str
    checked_at: datetime
    last_error: str


@dataclass(frozen=True)
class Notification:
    """One way in which the partner is told of a request, and how far that has come.

    `status` is that of a message; `at` is when it arrived, ended, or is tried again.
    """

    channel: str
    status: str
    tries: int
    at: datetime | None


@dataclass(frozen=True)
class Page:
    """One connection. `side` is the reader's: property, viewer, partner or platform.

    `moves` are the verbs that the reader may use now, from the lifecycle table; `tokens` are
    receipts for the property's people and the partner's, empty for operators. `managers` are the
    names of those who may move it at the property, for the property's own people.
    `requested_by_email` reaches whoever asked; empty once the connection has ended, and for
    everybody but the partner.
    """

    row: Row
    side: str
    moves: tuple[str, ...]
    reason: str
    disabled_by: str | None
    requested_by: str
    requested_by_email: str
    answers: tuple[tuple[str, str], ...]
    contact: Contact | None
    next_nudge_at: datetime | None
    notifications: tuple[Notification, ...]
    managers: tuple[str, ...]
    tokens: tuple[Receipt, ...]
    account: Account | None
    credential_fields: tuple[CredentialField, ...]
    history: tuple[Line, ...]


@dataclass(frozen=True)
class Request:
    """A request that waits for its partner: who asked, and what they answered at Connect.

    `nudged_at` is when the hotel last asked the partner to look.
    """

    row: Row
    requested_by: str
    requested_by_email: str
    answers: tuple[tuple[str, str], ...]
    nudged_at: datetime | None


def of_property(actor: Actor, property_id: str, *, now: datetime | None = None) -> tuple[Row, ...]:
    """Return every connection of a property, those that need somebody first.

    Refuses `not_found` to strangers.
    """
    now = now or moments.now()
    with database.reading() as session:
        if not standing(session, actor, now).sees_property(property_id):
            raise not_found("This property")
        found = _found(session, Connection.property_id == property_id)
        rows = _rows(found, now, wrong=_wrong(session, found, now))
        return tuple(sorted(rows, key=lambda row: not row.is_due))


def count_due(actor: Actor, property_id: str, *, now: datetime | None = None) -> int:
    """Return how many connections a property should look at; refuses `not_found` to strangers."""
    return sum(row.is_due for row in of_property(actor, property_id, now=now))


def of_partner(actor: Actor, partner_id: str, *, now: datetime | None = None) -> tuple[Row, ...]:
    """Return every connection of a partner's apps, the longest waiting first.

    Refuses `not_found` to strangers.
    """
    now = now or moments.now()
    with database.reading() as session:
        if not standing(session, actor, now).works_for(partner_id):
            raise not_found("This partner")
        found = _found(session, Connection.partner_id == partner_id)
        return _rows(found, now, to_partner=True)


def page(
    actor: Actor,
    *,
    text: str = "",
    status: str = "",
    property_id: str = "",
    number: int = 1,
    now: datetime | None = None,
) -> Paged[Row]:
    """Return a page of the connections of all properties, those that need somebody first.

    `text` looks in the names of apps, partners and properties, and in the connection's number. For
    operators; refuses `not_found` to everybody else.
    """
    now = now or moments.now()
    with database.reading() as session:
        operating(session, actor, now)
        wanted = _wanted(text)
        if status:
            wanted &= col(Connection.status) == status
        if property_id:
            wanted &= col(Connection.property_id) == property_id
        urgency = {name: place for place, name in enumerate(_FOR_PROPERTY)}
        query = _joined(sa.select(col(Connection.id))).where(wanted)
        query = query.order_by(
            sa.case(urgency, value=col(Connection.status)),
            col(Connection.requested_at),
            col(Connection.id),
        )
        ids, at = paging.cut(session, query, number)
        of_page = col(Connection.id).in_([connection_id for (connection_id,) in ids])
        return Paged(_rows(_found(session, of_page), now), at)


def counts(actor: Actor, *, text: str = "", now: datetime | None = None) -> dict[str, int]:
    """Return how many connections that fit `text` there are in each status; for operators.

    Refuses `not_found` to everybody else.
    """
    with database.reading() as session:
        operating(session, actor, now or moments.now())
        query = _joined(sa.select(col(Connection.status), func.count().label("number")))
        rows = session.execute(query.where(_wanted(text)).group_by(col(Connection.status)))
        return {row.status: row.number for row in rows}


def _joined(query: sa.Select[*tuple[Any, ...]]) -> sa.Select[*tuple[Any, ...]]:
    return (
        query.select_from(Connection)
        .join(App, col(App.id) == Connection.app_id)
        .join(Property, col(Property.id) == Connection.property_id)
        .outerjoin(Partner, col(Partner.id) == Connection.partner_id)
    )


def _wanted(text: str) -> sa.ColumnElement[bool]:
    number = sa.literal("C-").concat(sa.cast(col(Connection.number), sa.String))
    found = paging.has_words(text, App.name, Property.name, Partner.name, number)
    return col(Connection.in_sandbox).is_(False) & found


def longest_waiting(session: Session, most: int, now: datetime) -> tuple[Row, ...]:
    """Return up to `most` pending requests, the oldest first, in the caller's transaction."""
    ids = session.exec(
        select(Connection.id)
        .where(Connection.status == "pending", col(Connection.in_sandbox).is_(False))
        .order_by(col(Connection.requested_at))
        .limit(most)
    ).all()
    return _rows(_found(session, col(Connection.id).in_(ids)), now)


def requests(actor: Actor, partner_id: str, *, now: datetime | None = None) -> tuple[Request, ...]:
    """Return the requests that wait for a partner, the oldest first; refuses `not_found`."""
    now = now or moments.now()
    with database.reading() as session:
        if not standing(session, actor, now).works_for(partner_id):
            raise not_found("This partner")
        waiting_here = _waiting_for(partner_id)
        asked = {
            connection.id: (name, email, _answers(app, connection), _nudged(connection))
            for connection, app, name, email in session.exec(
                select(Connection, App, Person.name, Person.email)
                .join(App, col(App.id) == Connection.app_id)
                .join(Person, col(Person.id) == Connection.requested_by)
                .where(waiting_here)
            )
        }
        rows = _rows(_found(session, waiting_here), now, to_partner=True)
        return tuple(Request(row, *asked[row.id]) for row in rows)


def count_requests(actor: Actor, partner_id: str, *, now: datetime | None = None) -> int:
    """Return how many requests wait for a partner; refuses `not_found` to strangers."""
    with database.reading() as session:
        if not standing(session, actor, now or moments.now()).works_for(partner_id):
            raise not_found("This partner")
        return session.exec(
            select(func.count()).select_from(Connection).where(_waiting_for(partner_id))
        ).one()


def read(actor: Actor, connection_id: str, *, now: datetime | None = None) -> Page:
    """Return the page of a connection for its reader; refuses `not_found` to strangers."""
    now = now or moments.now()
    with database.reading() as session:
        who = standing(session, actor, now)
        connection = session.get(Connection, connection_id)
        side = who.side_of(connection) if connection else None
        if connection is None or side is None:
            raise not_found("This connection")
        found = _found(session, Connection.id == connection_id)
        row = _rows(found, now, to_partner=side == "partner")[0]
        app = session.get_one(App, connection.app_id)
        partner = session.get(Partner, connection.partner_id or "")
        is_inside = side in ("property", "viewer", "partner")
        asker = session.get_one(Person, connection.requested_by)
        is_open = side == "partner" and connection.status not in catalogue.ENDED
        return Page(
            row,
            side,
            lifecycle.of(app.kind).open_to(connection.status, side, connection.disabled_by),
            connection.reason,
            connection.disabled_by,
            asker.name,
            asker.email if is_open else "",
            _answers(app, connection) if is_inside else (),
            catalogue.contact_of(partner),
            _next_nudge(connection, now),
            _notifications(session, connection),
            catalogue.managers_of(session, connection.property_id) if side in HOTEL else (),
            tokens.receipts(session, connection_id, now) if is_inside else (),
            _account(session, connection) if is_inside else None,
            VENDORS[app.vendor].fields if app.vendor and side == "property" else (),
            history.of_connection(actor, connection_id, now=now),
        )


def _waiting_for(partner_id: str) -> sa.ColumnElement[bool]:
    return (col(Connection.partner_id) == partner_id) & (col(Connection.status) == "pending")


def _found(session: Session, condition: object) -> list[Around]:
    found = session.exec(
        select(Connection, App, Property, Partner)
        .select_from(Connection)
        .join(App, col(App.id) == Connection.app_id)
        .join(Property, col(Property.id) == Connection.property_id)
        .outerjoin(Partner, col(Partner.id) == Connection.partner_id)
        .where(condition)  # type: ignore[arg-type]
    )
    return [Around(*row) for row in found]


def _wrong(session: Session, found: Sequence[Around], now: datetime) -> dict[str, Turn]:
    """Return whose turn it is on connections that stand open while something is wrong."""
    facts = signs.of(session, found, now)
    judged = {
        each.connection.id: turns.of_route(
            each.connection.status,
            routes.route(facts[each.connection.id], each.names),
        )
        for each in found
    }
    return {connection_id: turn for connection_id, turn in judged.items() if turn}


def _rows(
    found: Sequence[Around],
    now: datetime,
    *,
    to_partner: bool = False,
    wrong: Mapping[str, Turn] = MappingProxyType({}),
) -> tuple[Row, ...]:
    rows = [_row(each, now, to_partner, wrong.get(each.connection.id)) for each in found]
    order = _FOR_PARTNER if to_partner else _FOR_PROPERTY
    return tuple(sorted(rows, key=partial(_urgency, order)))


def _row(of: Around, now: datetime, to_partner: bool, wrong: Turn | None) -> Row:
    connection, app, hotel = of.connection, of.app, of.hotel
    usual = waiting_times.of(app)
    waited = (now - connection.requested_at).total_seconds() / 60
    developer = of.names.developer
    activation = "" if app.kind == "core" else app.activation
    is_due = turns.is_due(connection.status, connection.since, now)
    return Row(
        connection.id,
        connections.label(connection.number),
        app.slug,
        app.name,
        developer,
        app.kind,
        activation,
        app.icon,
        app.hue,
        hotel.id,
        hotel.name,
        connection.status,
        connection.since,
        connection.requested_at,
        wrong or _turn(connection, app, developer, hotel, activation, to_partner),
        usual,
        connection.status == "pending" and usual.minutes is not None and waited > usual.minutes,
        is_due or (wrong is not None and wrong.whose == "property"),
        connection.reason,
    )


def _turn(
    connection: Connection,
    app: App,
    developer: str,
    hotel: Property,
    activation: str,
    to_partner: bool,
) -> Turn:
    by = connection.disabled_by
    if to_partner:
        return turns.for_partner(
            connection.status, app.name, hotel.name, activation=activation, disabled_by=by
        )
    return turns.of(
        connection.status, app.name, developer, hotel.name, activation=activation, disabled_by=by
    )


# What needs its reader comes first.
_FOR_PROPERTY = (
    "broken",
    "rejected",
    "pending",
    "disabled",
    "active",
    "connected",
    "disconnected",
)
_FOR_PARTNER = ("pending", "disabled", "active", "rejected", "disconnected")


def _urgency(order: tuple[str, ...], row: Row) -> tuple[int, datetime, str]:
    return order.index(row.status), row.requested_at, row.app_name


def _answers(app: App, connection: Connection) -> tuple[tuple[str, str], ...]:
    labels = {question["key"]: question["label"] for question in app.questions}
    return tuple((labels.get(key, key), text) for key, text in connection.answers.items())


def _nudged(connection: Connection) -> datetime | None:
    """Return when a request was nudged; a nudge of an earlier request is another story."""
    at = connection.nudged_at
    return at if at is not None and at >= connection.requested_at else None


def _next_nudge(connection: Connection, now: datetime) -> datetime | None:
    if connection.nudged_at is None:
        return None
    next_at = connection.nudged_at + waiting.NUDGE_EVERY
    return next_at if next_at > now else None


def _notifications(session: Session, connection: Connection) -> tuple[Notification, ...]:
    rows = session.exec(
        select(Message)
        .where(
            Message.connection_id == connection.id,
            col(Message.event).in_(("connection.requested", "token.rotated")),
            Message.created_at >= connection.requested_at,
            Message.status != "canceled",
        )
        .order_by(col(Message.channel).desc(), col(Message.created_at))
    )
    return tuple(
        Notification(row.channel, row.status, row.attempts, row.finished_at or row.next_attempt_at)
        for row in rows
    )


def _account(session: Session, connection: Connection) -> Account | None:
    found = session.get(Authorization, connection.authorization_id or "")
    if found is None:
        return None
    return Account(found.account_name or "", found.checked_at, found.last_error)
