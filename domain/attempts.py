"""Attempts: brings each message to its destination, try by try, and remembers what came back.

One attempt is one job. It runs at least once, also after kill -9: `begin` lets it go on only
while it is that attempt's turn, and `end` records the outcome, moves the message and queues the
next attempt in one transaction. A receiver may see an attempt twice, with the same `webhook-id`.
"""

import asyncio
import json
import logging
import random
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from connectors.mail import Letter
from connectors.result import Result
from domain import connections, endpoints, history, messages, moments, retries, tokens
from domain.actors import ADJOIN, is_alive, standing
from domain.installation import current, mail_domain
from storage import changes, database, encryption, jobs
from storage.apps import App
from storage.connections import Connection, Token
from storage.messages import Attempt, Endpoint, Message

log = logging.getLogger("adjoin.attempts")

P = ParamSpec("P")
R = TypeVar("R")
OVERDUE = timedelta(minutes=5)
SWEPT_AT_ONCE = 500  # messages
HAND_OVER = ("connection.requested", "token.rotated")  # what brings a partner its token
_threads = ThreadPoolExecutor(4, thread_name_prefix="attempts")
_PAUSES = (0.2, 1.0, 4.0)  # seconds between tries when the database does not answer


@dataclass(frozen=True)
class Parcel:
    """What an attempt needs to know, read from the database before the network is asked."""

    message_id: str
    round: int
    number: int
    trigger: str
    channel: str
    target: str
    subject: str
    body: str
    secrets: tuple[str, ...]
    started_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)  # of a mail, beside the usual ones


@jobs.job(messages.JOB)
async def attempt(message_id: str, round_number: int, number: int) -> None:
    """Make attempt `number` of a message: the job that the queue runs."""
    parcel = await _in_thread(begin, message_id, round_number, number)
    if parcel is not None:
        await _in_thread(end, parcel, await carry(parcel))


@jobs.job(messages.RESEND_JOB)
async def resend(message_id: str) -> None:
    """Make one more attempt, asked for by a person; it does not touch the schedule."""
    parcel = await _in_thread(begin_manual, message_id)
    if parcel is not None:
        await _in_thread(end, parcel, await carry(parcel))


@jobs.every("* * * * *", "attempts.sweep")
def sweep() -> None:
    """Queue again what should have been tried long ago: the net under everything else."""
    now = moments.now()
    with database.reading() as session:
        overdue = session.exec(
            select(Message)
            .where(
                col(Message.status).in_(messages.OPEN),
                col(Message.next_attempt_at) < now - OVERDUE,
            )
            .order_by(col(Message.next_attempt_at))
            .limit(SWEPT_AT_ONCE)
        ).all()
    queued = jobs.still_to_run(_job_id(message) for message in overdue)
    for message in overdue:
        _sweep_one(message, _job_id(message) in queued, now)


def begin(
    message_id: str, round_number: int, number: int, *, now: datetime | None = None
) -> Parcel | None:
    """Return what to carry, or None when it is not this attempt's turn (any more).

    What was queued in the moment in which its endpoint was disabled is skipped here.
    """
    now = now or moments.now()
    with database.transaction() as session:
        mine = (
            sa.update(Message)
            .where(
                col(Message.id) == message_id,
                col(Message.round) == round_number,
                col(Message.attempts) == number - 1,
                col(Message.status).in_(messages.OPEN),
            )
            .values(status="sending", next_attempt_at=now + OVERDUE)
        )
        if not database.changes_a_row(session, mine):
            return None
        message = session.get_one(Message, message_id)
        endpoint = session.get(Endpoint, message.endpoint_id or "")
        if endpoint is not None and endpoint.status != "enabled":
            message.status, message.next_attempt_at = "skipped", None
            return None
        return _parcel(session, message, number, "scheduled", now)


def begin_manual(message_id: str, *, now: datetime | None = None) -> Parcel | None:
    """Return what to carry once more, or None when the message was canceled meanwhile."""
    with database.reading() as session:
        message = session.get_one(Message, message_id)
        if message.status == "canceled":
            return None
        return _parcel(session, message, message.attempts + 1, "manual", now or moments.now())


async def carry(parcel: Parcel) -> Result:
    """Bring a parcel to its destination; every fault on the way becomes a result."""
    if parcel.channel == "webhook":
        return await current().sender.send(
            parcel.target, parcel.secrets, parcel.message_id, parcel.body.encode()
        )
    post = current().post
    if post is None:
        return _no_post()
    domain = mail_domain()
    letter = Letter(
        sender=current().mail_from,
        to=parcel.target,
        subject=parcel.subject,
        text=parcel.body,
        message_id=f"<{parcel.message_id}@{domain}>",
        headers=parcel.headers,
    )
    return await post.send(letter)


def end(parcel: Parcel, result: Result, *, now: datetime | None = None) -> None:
    """Record an attempt and what follows from it, in one transaction."""
    now = now or moments.now()
    with database.transaction() as session:
        message = _held_still(session, parcel.message_id)
        if parcel.trigger == "scheduled" and not _is_still_due(message, parcel):
            return
        session.add(_attempt(parcel, result))
        if message.endpoint_id and message.status != "canceled":
            endpoint = session.get_one(Endpoint, message.endpoint_id)
            endpoints.note_outcome(session, endpoint, ok=result.ok, gone=result.gone, now=now)
        if result.ok:
            _delivered(session, message, now)
        elif parcel.trigger == "scheduled":
            _failed(session, message, result, now)
        changes.announce(
            session,
            changes.Change("message", message.id, message.property_id, message.partner_id),
        )


def _job_id(message: Message) -> str:
    return messages.job_id(message, message.attempts + 1)


def _sweep_one(message: Message, is_queued: bool, now: datetime) -> None:
    """Begin a message again, or look at it later again when its job only waits for its place."""
    with database.transaction() as session:
        session.add(message)
        if is_queued:
            session.execute(messages.as_it_was(message).values(next_attempt_at=now))
        elif messages.begin_again(session, message, now, number=message.attempts + 1):
            log.warning("message %s was overdue, it is begun again", message.id)


def _parcel(
    session: Session, message: Message, number: int, trigger: str, now: datetime
) -> Parcel | None:
    target, secrets = message.mail_to, []
    if message.channel == "webhook":
        endpoint = session.get(Endpoint, message.endpoint_id or "")
        if endpoint is None:
            return None
        target, secrets = endpoint.url, endpoints.signing_secrets(endpoint, now)
    return Parcel(
        message.id,
        message.round,
        number,
        trigger,
        message.channel,
        target,
        message.subject,
        encryption.decrypt(message.body),
        tuple(secrets),
        now,
        json.loads(encryption.decrypt(message.headers)) if message.headers else {},
    )


def _held_still(session: Session, message_id: str) -> Message:
    message = session.get_one(Message, message_id)
    if message.connection_id:
        database.lock(session, session.get_one(Connection, message.connection_id))
    endpoint = session.get(Endpoint, message.endpoint_id or "")
    if endpoint is not None:
        database.lock(session, endpoint)
    database.lock(session, message)
    return message


def _is_still_due(message: Message, parcel: Parcel) -> bool:
    return message.round == parcel.round and message.attempts == parcel.number - 1


def _attempt(parcel: Parcel, result: Result) -> Attempt:
    return Attempt(
        message_id=parcel.message_id,
        number=parcel.number,
        trigger=parcel.trigger,
        target=parcel.target,
        started_at=parcel.started_at,
        duration_ms=result.duration_ms,
        ok=result.ok,
        code=result.code,
        error=result.error,
        sentence=result.sentence,
        response=result.body,
    )


def _delivered(session: Session, message: Message, now: datetime) -> None:
    if message.status == "canceled":
        return
    message.attempts += 1
    message.status, message.finished_at, message.next_attempt_at = "delivered", now, None
    if message.token_id:
        tokens.note_delivered(session, message.token_id, now)
        _activate_by_itself(session, message, now)


def _activate_by_itself(session: Session, message: Message, now: datetime) -> None:
    """An automatic app is active once its partner holds a token of the request that still stands:
    the first one, or the one after a rotation."""
    connection = session.get_one(Connection, message.connection_id)
    app = session.get_one(App, connection.app_id)
    token = session.get_one(Token, message.token_id)
    is_waiting = app.activation == "automatic" and connection.status == "pending"
    if is_waiting and message.event in HAND_OVER and is_alive(token, now):
        connections.activate_within(session, ADJOIN, connection.id, now)


def _failed(session: Session, message: Message, result: Result, now: datetime) -> None:
    message.attempts += 1
    if message.status not in messages.OPEN:
        return
    jitter = random.uniform(-1, 1)  # noqa: S311 - it only spreads the load
    number = message.attempts + 1
    delay = retries.delay_before(number, jitter, result.retry_after)
    if delay is None or result.permanent:
        _give_up(session, message, now)
        return
    message.status, message.next_attempt_at = "waiting", now + timedelta(seconds=delay)
    messages.enqueue(session, message, number, delay_seconds=delay)


def _give_up(session: Session, message: Message, now: datetime) -> None:
    message.status, message.finished_at, message.next_attempt_at = "gave_up", now, None
    if message.connection_id is None:
        return
    connection = session.get_one(Connection, message.connection_id)
    tries = "1 attempt" if message.attempts == 1 else f"{message.attempts} attempts"
    note = f"by {message.channel}, after {tries}"
    by = standing(session, ADJOIN, now)
    history.record(session, "message.gave_up", by, "adjoin", now, connection=connection, note=note)
    changes.announce(
        session,
        changes.Change("connection", connection.id, connection.property_id, connection.partner_id),
    )


def _no_post() -> Result:
    return Result(
        ok=False,
        code=None,
        duration_ms=0,
        body="",
        error="no_mail_server",
        sentence="No mail server is set up. An operator sets ADJOIN_SMTP_URL.",
        retry_after=None,
        gone=False,
    )


async def _in_thread(function: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
    """Run a database call off the event loop; a database that hiccups is asked again."""
    loop = asyncio.get_running_loop()
    call = partial(function, *arguments, **named)
    for pause in _PAUSES:
        try:
            return await loop.run_in_executor(_threads, call)
        except OperationalError:
            log.warning("the database did not answer, asking again in %s s", pause)
            await asyncio.sleep(pause)
    return await loop.run_in_executor(_threads, call)
