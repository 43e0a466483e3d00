"""The connections of a partner, as its program reads them: one by one, or page by page."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from domain import lifecycle, moments
from domain.actors import Actor, standing
from domain.callers import OwnProperty
from domain.refusals import Refusal, not_found
from storage import database
from storage.apps import App
from storage.connections import Connection
from storage.properties import Property

STATUSES = tuple(sorted(lifecycle.states(lifecycle.INTEGRATED) - {"not_connected"}))


@dataclass(frozen=True)
class PartnerConnection:
    """One connection, for a program of the app's partner.

    `app` is the app's slug, `activation` is manual or automatic, `since` is when it came into
    `status`. `disabled_by` (property or partner) is who may enable it again; `reason` is why it was
    rejected, disabled or disconnected, in somebody's own words. All moments are in UTC.
    """

    id: str
    status: str
    app: str
    activation: str
    requested_at: datetime
    since: datetime
    disabled_by: str | None
    reason: str
    property: OwnProperty


@dataclass(frozen=True)
class PartnerConnections:
    """A page of connections; `next_cursor` leads to the next one, and is null on the last."""

    data: tuple[PartnerConnection, ...]
    next_cursor: str | None


def page(
    actor: Actor,
    partner_id: str,
    *,
    status: str | None = None,
    cursor: str | None = None,
    limit: int = 100,
    now: datetime | None = None,
) -> PartnerConnections:
    """Return up to `limit` connections of a partner, the oldest first, of one status or all.

    A connection that changes meanwhile stays where it is, so reading to the end misses none and
    returns none twice. Refuses `not_found` to strangers, and `invalid_cursor`.
    """
    with database.reading() as session:
        if not standing(session, actor, now or moments.now()).works_for(partner_id):
            raise not_found("This partner")
        mine = [col(Connection.partner_id) == partner_id]
        if status is not None:
            mine.append(col(Connection.status) == status)
        if cursor is not None:
            # The id of the last one: of no use to anybody but its partner, and so no secret.
            _check_cursor(session, partner_id, cursor)
            mine.append(col(Connection.id) > cursor)
        # One more, to know whether there is another page.
        rows = _rows(session, sa.and_(*mine), limit + 1)
        is_last = len(rows) <= limit
        return PartnerConnections(rows[:limit], None if is_last else rows[limit - 1].id)


def read(actor: Actor, connection_id: str, *, now: datetime | None = None) -> PartnerConnection:
    """Return a connection of the actor's partner; refuses `not_found` to strangers."""
    with database.reading() as session:
        who = standing(session, actor, now or moments.now())
        connection = session.get(Connection, connection_id)
        if connection is None or not who.works_for(connection.partner_id):
            raise not_found("This connection")
        return _rows(session, col(Connection.id) == connection_id, 1)[0]


def _check_cursor(session: Session, partner_id: str, cursor: str) -> None:
    last = session.get(Connection, cursor)
    if last is None or last.partner_id != partner_id:
        raise Refusal(
            "invalid_cursor",
            "This cursor is not one of this list. Send the “next_cursor” of the page before, or "
            "begin without a cursor.",
            "partner",
        )


def _rows(
    session: Session, condition: sa.ColumnElement[bool], limit: int
) -> tuple[PartnerConnection, ...]:
    found = session.exec(
        select(Connection, App, Property)
        .join(App, col(App.id) == Connection.app_id)
        .join(Property, col(Property.id) == Connection.property_id)
        .where(condition)
        .order_by(col(Connection.id))
        .limit(limit)
    )
    return tuple(
        PartnerConnection(
            connection.id,
            connection.status,
            app.slug,
            app.activation,
            connection.requested_at,
            connection.since,
            connection.disabled_by,
            connection.reason,
            OwnProperty(
                hotel.id,
                hotel.name,
                hotel.time_zone,
                hotel.city,
                hotel.country,
                hotel.sandbox_of is not None,
            ),
        )
        for connection, app, hotel in found
    )
