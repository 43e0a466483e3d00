"""Messages: what must reach a partner or a person, queued in the transaction that causes it."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from domain import choices, events, letters
from domain.letters import Letter
from storage import database, encryption, jobs
from storage.apps import App
from storage.connections import Connection, Token
from storage.messages import Endpoint, Message
from storage.partners import Partner
from storage.properties import Property

JOB = "attempts.attempt"
RESEND_JOB = "attempts.resend"
OPEN = ("waiting", "sending")


def tell_partner(
    session: Session,
    connection: Connection,
    event: str,
    now: datetime,
    *,
    token: Token | None = None,
    reason: str = "",
) -> None:
    """Queue `event` for the partner of `connection`, on every way it chose.

    `token` travels with the event: in the webhook itself, in mail as a one-time link or, where the
    partner set so, as it is.
    """
    if connection.partner_id is None:
        return
    partner = session.get_one(Partner, connection.partner_id)
    app = session.get_one(App, connection.app_id)
    hotel = session.get_one(Property, connection.property_id)
    more = {"access_token": encryption.decrypt(token.ciphertext)} if token else {}
    if reason:
        more["reason"] = reason
    endpoints = _endpoints(session, partner)
    wanting = _wanting(endpoints, event, hotel.id)
    _to_endpoints(session, wanting, connection, app, hotel, event, now, token, more)
    for address in _addresses(partner, event, endpoints, wanting):
        letter = letters.to_partner(session, event, partner, app, hotel, connection, token, now)
        send_letter(session, address, letter, now, event=event, connection=connection, token=token)


def tell_endpoints(
    session: Session, connection: Connection, event: str, now: datetime, **more: Any
) -> None:
    """Queue `event` for every endpoint that asked for it, and for nobody else.

    `more` is what the event carries (see `events.EVENTS`). For a disabled endpoint it is kept, so
    that it can be replayed.
    """
    partner = session.get(Partner, connection.partner_id or "")
    if partner is None:
        return
    wanting = _wanting(_endpoints(session, partner), event, connection.property_id)
    if wanting:
        app = session.get_one(App, connection.app_id)
        hotel = session.get_one(Property, connection.property_id)
        _to_endpoints(session, wanting, connection, app, hotel, event, now, None, more)


def ways(session: Session, partner: Partner) -> tuple[str, ...]:
    """Return in which ways a partner would be told now that any property wants to connect:
    webhook, mail, or both."""
    event = "connection.requested"
    endpoints = _endpoints(session, partner)
    wanting = _wanting(endpoints, event, None)
    has_webhook, has_mail = bool(wanting), bool(_addresses(partner, event, endpoints, wanting))
    return ("webhook",) * has_webhook + ("mail",) * has_mail


def send_letter(
    session: Session,
    to: str,
    letter: Letter,
    now: datetime,
    *,
    event: str,
    connection: Connection | None = None,
    token: Token | None = None,
    partner_id: str | None = None,
) -> None:
    """Queue a mail; `event` says what it is about, for example `invitation`."""
    message = _message(event, "mail", letter.text, now, connection, token, "waiting")
    message.mail_to = to
    message.subject = letter.subject
    if letter.headers:
        message.headers = encryption.encrypt(json.dumps(dict(letter.headers)))
    message.partner_id = message.partner_id or partner_id
    _queue(session, message)


def send_to_endpoint(
    session: Session, endpoint: Endpoint, event: str, body: str, now: datetime
) -> str:
    """Queue one event for one endpoint and return the message's id."""
    message = _message(event, "webhook", body, now, None, None, "waiting")
    message.endpoint_id = endpoint.id
    message.partner_id = endpoint.partner_id
    _queue(session, message)
    return message.id


def copy_to_endpoint(session: Session, message: Message, endpoint: Endpoint, now: datetime) -> None:
    """Queue for `endpoint` what was queued for another one: the same event, as of then."""
    copied = ("event", "channel", "body", "connection_id", "property_id", "partner_id", "token_id")
    copy = Message(
        **{name: getattr(message, name) for name in copied},
        endpoint_id=endpoint.id,
        status="waiting",
        next_attempt_at=now,
        created_at=message.created_at,
    )
    _queue(session, copy)


def cancel_waiting(session: Session, connection: Connection, now: datetime) -> None:
    """Cancel what still waits to be told about a connection; what is done stays as it was."""
    session.execute(
        sa.update(Message)
        .where(
            col(Message.connection_id) == connection.id,
            col(Message.status).in_((*OPEN, "skipped")),
        )
        .values(status="canceled", finished_at=now, next_attempt_at=None)
    )


def cancel_carrying(session: Session, token: Token, now: datetime) -> None:
    """Cancel what still waits to bring a token that was revoked; it would be useless there."""
    session.execute(
        sa.update(Message)
        .where(
            col(Message.token_id) == token.id,
            col(Message.status).in_((*OPEN, "skipped")),
        )
        .values(status="canceled", finished_at=now, next_attempt_at=None)
    )


def job_id(message: Message, number: int) -> str:
    """Return the id of the job that makes attempt `number` of a message."""
    return f"delivery-{message.id}-{message.round}-{number}"


def enqueue(
    session: Session, message: Message, number: int, *, delay_seconds: float | None = None
) -> None:
    """Queue attempt `number` of a message; the same attempt is never queued twice."""
    jobs.enqueue(
        session,
        JOB,
        job_id(message, number),
        message.id,
        message.round,
        number,
        destination=destination(message),
        delay_seconds=delay_seconds,
    )


def destination(message: Message) -> str:
    """Return what a message shares with others that go the same way: its endpoint, or the mail."""
    return message.endpoint_id or "mail"


def begin_again(session: Session, message: Message, now: datetime, *, number: int = 1) -> bool:
    """Start a new round of attempts from `number`; a job of an earlier round does nothing.

    Returns False, and changes nothing, when the message is not as it was read: somebody has
    canceled it meanwhile, or an attempt has ended.
    """
    again = as_it_was(message).values(
        round=message.round + 1,
        attempts=number - 1,
        status="waiting",
        finished_at=None,
        next_attempt_at=now,
    )
    if not database.changes_a_row(session, again):
        return False
    enqueue(session, message, number)
    return True


def as_it_was(message: Message) -> sa.Update:
    """Return an update of a message that hits nothing once somebody else has moved it."""
    return sa.update(Message).where(
        col(Message.id) == message.id,
        col(Message.status) == message.status,
        col(Message.round) == message.round,
        col(Message.attempts) == message.attempts,
    )


def _queue(session: Session, message: Message) -> None:
    session.add(message)
    session.flush()
    if message.status == "waiting":
        enqueue(session, message, 1)


def _message(
    event: str,
    channel: str,
    body: str,
    now: datetime,
    connection: Connection | None,
    token: Token | None,
    status: str,
) -> Message:
    return Message(
        event=event,
        channel=channel,
        body=encryption.encrypt(body),
        connection_id=connection.id if connection else None,
        property_id=connection.property_id if connection else None,
        partner_id=connection.partner_id if connection else None,
        token_id=token.id if token else None,
        status=status,
        next_attempt_at=now if status == "waiting" else None,
        created_at=now,
    )


def _endpoints(session: Session, partner: Partner) -> list[Endpoint]:
    if not partner.notify_by_webhook:
        return []
    return list(session.exec(select(Endpoint).where(Endpoint.partner_id == partner.id)))


def _wanting(endpoints: Sequence[Endpoint], event: str, property_id: str | None) -> list[Endpoint]:
    return [each for each in endpoints if choices.wants(each, event, property_id)]


def _to_endpoints(
    session: Session,
    endpoints: Sequence[Endpoint],
    connection: Connection,
    app: App,
    hotel: Property,
    event: str,
    now: datetime,
    token: Token | None,
    more: Mapping[str, Any],
) -> None:
    about = events.About(connection.id, connection.status, app.slug, hotel.id, hotel.name)
    body = events.body(event, now, about, **more)
    for endpoint in endpoints:
        status = "waiting" if endpoint.status == "enabled" else "skipped"
        message = _message(event, "webhook", body, now, connection, token, status)
        message.endpoint_id = endpoint.id
        _queue(session, message)


def _addresses(
    partner: Partner, event: str, endpoints: Sequence[Endpoint], wanting: Sequence[Endpoint]
) -> list[str]:
    """Return the mail addresses to tell; nobody is left untold because nothing was set up, and no
    token is lost because no endpoint asked for it."""
    if partner.notify_by_mail and partner.mail_to:
        return [partner.mail_to]
    receivers = wanting if event in events.CARRY_A_TOKEN else endpoints
    return [partner.contact_email] if partner.contact_email and not receivers else []
