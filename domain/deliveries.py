"""Deliveries as a partner sees them: every message, every attempt, and Resend."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from domain import history, letters, messages, moments
from domain.actors import Actor, standing
from domain.partners import failing, working_for
from domain.refusals import Refusal, not_found
from storage import changes, database, encryption, jobs
from storage.apps import App
from storage.connections import Connection, Token
from storage.messages import Attempt, Endpoint, Message
from storage.partners import Partner
from storage.properties import Property

PAGE = 50


@dataclass(frozen=True)
class Row:
    """One message, as a line of the list.

    `target` is empty once the endpoint was removed; `token_id` names the token that it carries.
    `is_test` is whether somebody had it sent to try the endpoint, with invented content.
    """

    id: str
    event: str
    channel: str
    endpoint_id: str | None
    target: str
    connection_id: str | None
    property_name: str
    app_name: str
    token_id: str | None
    status: str
    attempts: int
    last_outcome: str
    created_at: datetime
    next_attempt_at: datetime | None
    is_test: bool


@dataclass(frozen=True)
class Try:
    """One attempt. `trigger` is scheduled or manual; `error` is a class such as timeout."""

    number: int
    trigger: str
    at: datetime
    duration_ms: int
    ok: bool
    code: int | None
    error: str | None
    sentence: str
    response: str
    target: str


@dataclass(frozen=True)
class Page:
    """One message with all its attempts, the last first.

    `event` is what a webhook carries, as indented JSON. Its token is masked: that travels only to
    where the partner asked for it. It is empty for mail, whose text may hold a one-time link.
    """

    row: Row
    event: str
    finished_at: datetime | None
    tries: tuple[Try, ...]
    can_resend: bool


def of_partner(
    actor: Actor,
    partner_id: str,
    *,
    status: str | None = None,
    connection_id: str | None = None,
    endpoint_id: str | None = None,
    event: str | None = None,
    since: datetime | None = None,
    before: str | None = None,
    with_token: bool = False,
    limit: int = PAGE,
    now: datetime | None = None,
) -> tuple[Row, ...]:
    """Return up to `limit` of a partner's messages, newest first, those before the message
    `before`.

    `status` is a message's status, or "failing": tried in vain so far. `since` leaves only those
    that were queued then or later, `with_token` only those that carry an access token. Refuses
    `not_found` to strangers, and `invalid_cursor` when `before` is none of theirs.
    """
    with database.reading() as session:
        working_for(session, actor, partner_id, now or moments.now())
        statement = _messages().where(col(Message.partner_id) == partner_id)
        if status == "failing":
            statement = statement.where(failing(partner_id))
        elif status:
            statement = statement.where(col(Message.status) == status)
        if connection_id:
            statement = statement.where(col(Message.connection_id) == connection_id)
        if endpoint_id:
            statement = statement.where(col(Message.endpoint_id) == endpoint_id)
        if event:
            statement = statement.where(col(Message.event) == event)
        if since:
            statement = statement.where(col(Message.created_at) >= since)
        if with_token:
            statement = statement.where(col(Message.token_id).is_not(None))
        if before is not None:
            statement = statement.where(_is_older(session, before, partner_id))
        rows = session.execute(statement.limit(limit)).all()
        last = _last_outcomes(session, [row[0].id for row in rows])
        return tuple(_row(last, *row) for row in rows)


def read(actor: Actor, message_id: str, *, now: datetime | None = None) -> Page:
    """Return a message with its attempts; refuses `not_found` to strangers."""
    with database.reading() as session:
        _mine(session, actor, message_id, now or moments.now())
        row = session.execute(_messages().where(col(Message.id) == message_id)).one()
        message = row[0]
        tries = session.exec(
            select(Attempt)
            .where(Attempt.message_id == message_id)
            .order_by(col(Attempt.started_at).desc(), col(Attempt.id).desc())
        ).all()
        last = {message.id: tries[0].sentence} if tries else {}
        return Page(
            _row(last, *row),
            _masked_event(session, message) if message.channel == "webhook" else "",
            message.finished_at,
            tuple(_try(attempt) for attempt in tries),
            message.status != "canceled",
        )


def resend(actor: Actor, message_id: str, *, now: datetime | None = None) -> None:
    """Make one more attempt at once, with the same `webhook-id`; the schedule goes on unchanged.

    A mail with a one-time link is written anew, because its old link may be used up. Refuses
    `not_found`, `canceled`, `endpoint_removed` and `endpoint_disabled`.
    """
    now = now or moments.now()
    with database.transaction() as session:
        message = _mine(session, actor, message_id, now)
        if message.status == "canceled":
            raise Refusal(
                "canceled",
                "This was canceled: what it would have told is no longer true.",
                "partner",
            )
        if message.channel == "webhook":
            _must_be_enabled(session, message)
        if message.channel == "mail" and message.token_id and message.connection_id:
            _write_again(session, message, now)
        else:
            job_id = f"resend-{message.id}-{uuid.uuid4().hex}"
            jobs.enqueue(
                session,
                messages.RESEND_JOB,
                job_id,
                message.id,
                destination=messages.destination(message),
            )
        history.record(
            session,
            "message.resent",
            standing(session, actor, now),
            "partner",
            now,
            connection=session.get(Connection, message.connection_id or ""),
            partner_id=message.partner_id,
            subject_id=message.id,
            note=message.event,
        )
        changes.announce(session, changes.Change("message", message.id, None, message.partner_id))


def _write_again(session: Session, message: Message, now: datetime) -> None:
    connection = session.get_one(Connection, message.connection_id)
    token = session.get_one(Token, message.token_id)
    if token.status == "revoked":
        raise Refusal("canceled", "This token was revoked. A newer one was sent.", "partner")
    app = session.get_one(App, connection.app_id)
    partner = session.get_one(Partner, message.partner_id)
    hotel = session.get_one(Property, connection.property_id)
    letter = letters.to_partner(session, message.event, partner, app, hotel, connection, token, now)
    messages.send_letter(
        session,
        message.mail_to,
        letter,
        now,
        event=message.event,
        connection=connection,
        token=token,
    )


def _must_be_enabled(session: Session, message: Message) -> None:
    endpoint = session.get(Endpoint, message.endpoint_id or "")
    if endpoint is None:
        raise Refusal("endpoint_removed", "Its endpoint was removed.", "partner")
    if endpoint.status != "enabled":
        raise Refusal("endpoint_disabled", "Enable the endpoint first.", "partner")


def _messages() -> sa.Select[Message, str, str, str]:
    return (
        sa.select(Message, col(Endpoint.url), col(Property.name), col(App.name))
        .outerjoin(Endpoint, col(Endpoint.id) == Message.endpoint_id)
        .outerjoin(Property, col(Property.id) == Message.property_id)
        .outerjoin(Connection, col(Connection.id) == Message.connection_id)
        .outerjoin(App, col(App.id) == Connection.app_id)
        .order_by(col(Message.created_at).desc(), col(Message.id).desc())
    )


def _is_older(session: Session, message_id: str, partner_id: str) -> sa.ColumnElement[bool]:
    """Return the condition for messages below `message_id` in the list."""
    message = session.get(Message, message_id)
    if message is None or message.partner_id != partner_id:
        raise Refusal(
            "invalid_cursor",
            "This cursor is not one of this list. Send the “next_cursor” of the page before, or "
            "begin without a cursor.",
            "partner",
        )
    earlier = col(Message.created_at) < message.created_at
    same_moment = col(Message.created_at) == message.created_at
    return earlier | (same_moment & (col(Message.id) < message.id))


def _mine(session: Session, actor: Actor, message_id: str, now: datetime) -> Message:
    who = standing(session, actor, now)
    message = session.get(Message, message_id)
    if message is None or not who.works_for(message.partner_id):
        raise not_found("This delivery")
    return message


def _masked_event(session: Session, message: Message) -> str:
    event = json.loads(encryption.decrypt(message.body))
    data = event.get("data", {})
    if "access_token" in data:
        token = session.get(Token, message.token_id or "")
        data["access_token"] = token.masked if token else "…"
    return json.dumps(event, indent=2, ensure_ascii=False)


def _last_outcomes(session: Session, message_ids: list[str]) -> dict[str, str]:
    rows = session.exec(
        select(Attempt.message_id, Attempt.sentence)
        .where(col(Attempt.message_id).in_(message_ids))
        .order_by(col(Attempt.started_at), col(Attempt.id))
    )
    return dict(rows.all())


def _row(
    last: dict[str, str], message: Message, url: str | None, hotel: str | None, app: str | None
) -> Row:
    return Row(
        message.id,
        message.event,
        message.channel,
        message.endpoint_id,
        url or message.mail_to,
        message.connection_id,
        hotel or "",
        app or "",
        message.token_id,
        message.status,
        message.attempts,
        last.get(message.id, ""),
        message.created_at,
        message.next_attempt_at if message.status == "waiting" else None,
        message.channel == "webhook" and message.connection_id is None,
    )


def _try(attempt: Attempt) -> Try:
    return Try(
        attempt.number,
        attempt.trigger,
        attempt.started_at,
        attempt.duration_ms,
        attempt.ok,
        attempt.code,
        attempt.error,
        attempt.sentence,
        attempt.response,
        attempt.target,
    )
