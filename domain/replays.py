"""Replays: an endpoint gets once more what failed, and for the first time what it never got."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from domain import endpoints, events, messages, moments
from domain.actors import Actor, Standing
from domain.refusals import invalid
from storage import database
from storage.connections import Connection, Token
from storage.messages import Endpoint, Message

AT_ONCE = 1000  # messages; whoever asks again gets the next ones


def recover(actor: Actor, endpoint_id: str, since: datetime, *, now: datetime | None = None) -> int:
    """Send at once everything from `since` on that failed: what was given up, and what waits to be
    tried again. Return how many, `AT_ONCE` at most.

    Refuses `not_found`, `endpoint_disabled`, and `invalid` for a moment to come.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who, endpoint = _ready(session, actor, endpoint_id, since, now)
        is_late = (col(Message.status) == "waiting") & (col(Message.attempts) > 0)
        failed = _to(endpoint, since).where(is_late | (col(Message.status) == "gave_up"))
        begun = _begin_again(session, failed, now)
        endpoints.note_replay(session, who, endpoint, begun, now)
        return begun


def replay_missing(
    actor: Actor, endpoint_id: str, since: datetime, *, now: datetime | None = None
) -> int:
    """Send everything from `since` on that an endpoint was never sent: what was skipped while it
    was disabled, and what only other endpoints of its partner got though it asks for it now.

    Return how many, `AT_ONCE` at most. Refuses `not_found`, `endpoint_disabled`, and `invalid` for
    a moment to come.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who, endpoint = _ready(session, actor, endpoint_id, since, now)
        skipped = _to(endpoint, since).where(col(Message.status) == "skipped")
        begun = _begin_again(session, skipped, now)
        found = session.exec(_of_others(endpoint, since).limit(AT_ONCE - begun)).all()
        once = {
            (message.created_at, message.event, message.connection_id): message for message in found
        }
        for message in once.values():
            messages.copy_to_endpoint(session, message, endpoint, now)
        endpoints.note_replay(session, who, endpoint, begun + len(once), now)
        return begun + len(once)


# Details


def _ready(
    session: Session, actor: Actor, endpoint_id: str, since: datetime, now: datetime
) -> tuple[Standing, Endpoint]:
    who, endpoint = endpoints.mine(session, actor, endpoint_id, now)
    endpoints.check_enabled(endpoint)
    if since > now:
        raise invalid("Choose a moment that has passed.", "partner")
    return who, endpoint


def _to(endpoint: Endpoint, since: datetime) -> SelectOfScalar[Message]:
    return (
        select(Message)
        .where(Message.endpoint_id == endpoint.id, col(Message.created_at) >= since)
        .order_by(col(Message.id))
        .limit(AT_ONCE)
    )


def _begin_again(session: Session, chosen: SelectOfScalar[Message], now: datetime) -> int:
    found = session.exec(chosen).all()
    return sum(messages.begin_again(session, message, now) for message in found)


def _of_others(endpoint: Endpoint, since: datetime) -> SelectOfScalar[Message]:
    """Return what this endpoint's partner was sent elsewhere, and what is still true of it.

    One event has the same name, connection and moment on whatever way it went.
    """
    mine = aliased(Message)
    had = sa.exists().where(
        col(mine.partner_id) == col(Message.partner_id),
        col(mine.created_at) == col(Message.created_at),
        col(mine.event) == col(Message.event),
        col(mine.connection_id) == col(Message.connection_id),
        col(mine.endpoint_id) == endpoint.id,
    )
    wanted = tuple(endpoint.events) or events.USUAL
    about_data = [name for name in wanted if events.EVENTS[name].type_of_data]
    query = (
        select(Message)
        .join(Connection, col(Connection.id) == col(Message.connection_id))
        .outerjoin(Token, col(Token.id) == col(Message.token_id))
        .where(
            Message.partner_id == endpoint.partner_id,
            Message.channel == "webhook",
            col(Message.created_at) >= since,
            col(Message.event).in_(wanted),
            # Canceled: no longer true, unless it was its endpoint that went away.
            (col(Message.status) != "canceled") | col(Message.endpoint_id).is_(None),
            col(Message.token_id).is_(None) | (col(Token.status) == "issued"),
            col(Message.event).not_in(about_data) | (col(Connection.status) == "active"),
            ~had,
        )
        .order_by(col(Message.id))
    )
    if endpoint.property_ids:
        query = query.where(col(Message.property_id).in_(endpoint.property_ids))
    return query
