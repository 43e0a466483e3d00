"""Waiting: what can be done about a request that its partner has not answered yet."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from domain import connections, letters, messages, moments
from domain.actors import ADJOIN, Actor, standing
from domain.refusals import Refusal
from storage import database, jobs
from storage.connections import Connection

NUDGE_EVERY = timedelta(hours=24)
REMIND_AFTER = (timedelta(hours=24), timedelta(hours=72))


def nudge(actor: Actor, connection_id: str, *, now: datetime | None = None) -> None:
    """Ask the partner by mail to look at a pending request, once a day.

    Refuses `not_found`, `forbidden`, `wrong_state`, `nudged_today`, `no_contact`.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who, connection, side = connections.visible(session, actor, connection_id, now)
        if side != "property":
            raise connections.not_yours(connection, "nudge")
        _still_pending(connection)
        app, partner, hotel = connections.around(session, connection)
        if partner is None or not partner.contact_email:
            raise Refusal("no_contact", f"{app.name} has no contact address yet.", "partner")
        if not _take_nudge(session, connection, now):
            raise Refusal(
                "nudged_today", "A nudge was sent already. The next one can go out a day after it."
            )
        letter = letters.nudge(app, hotel, connection, who.who, now)
        messages.send_letter(
            session,
            partner.contact_email,
            letter,
            now,
            event="connection.nudged",
            connection=connection,
        )
        connections.tell(
            session, who, "property", connection, "connection.nudged", connection.status, now
        )


@jobs.every("*/10 * * * *", "waiting.remind")
def remind_on_time() -> None:
    """Look for reminders that are due."""
    remind()


def remind(*, now: datetime | None = None) -> int:
    """Send the reminders that are due, 24 and 72 hours after Connect; return how many went out.

    Who slept through the first one is sent the second only.
    """
    now = now or moments.now()
    sent = 0
    for number, after in reversed(list(enumerate(REMIND_AFTER, start=1))):
        with database.reading() as session:
            due = session.exec(
                select(Connection.id).where(
                    Connection.status == "pending",
                    col(Connection.in_sandbox).is_(False),
                    Connection.reminders < number,
                    Connection.requested_at <= now - after,
                )
            ).all()
        sent += sum(_remind_one(connection_id, number, now) for connection_id in due)
    return sent


def _still_pending(connection: Connection) -> None:
    if connection.status != "pending":
        raise Refusal("wrong_state", "The request is answered: there is nothing to wait for.")


def _take_nudge(session: Session, connection: Connection, now: datetime) -> bool:
    earlier = sa.or_(
        col(Connection.nudged_at).is_(None), col(Connection.nudged_at) <= now - NUDGE_EVERY
    )
    statement = (
        sa.update(Connection)
        .where(col(Connection.id) == connection.id, earlier)
        .values(nudged_at=now)
    )
    return database.changes_a_row(session, statement)


def _remind_one(connection_id: str, number: int, now: datetime) -> bool:
    with database.transaction() as session:
        claim = (
            sa.update(Connection)
            .where(
                col(Connection.id) == connection_id,
                col(Connection.status) == "pending",
                col(Connection.reminders) < number,
            )
            .values(reminders=number)
        )
        if not database.changes_a_row(session, claim):
            return False
        connection = session.get_one(Connection, connection_id)
        app, partner, hotel = connections.around(session, connection)
        if partner is None or not partner.contact_email:
            return False
        messages.send_letter(
            session,
            partner.contact_email,
            letters.reminder(app, hotel, connection, now),
            now,
            event="connection.reminded",
            connection=connection,
        )
        by = standing(session, ADJOIN, now)
        connections.tell(
            session, by, "adjoin", connection, "connection.reminded", connection.status, now
        )
        return True
