"""Idempotency-Key: a request that a program sends twice is worked on once, and answered twice.

After the HTTP draft of that header (draft-ietf-httpapi-idempotency-key-header).
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col

from domain import moments
from domain.refusals import Refusal
from storage import database, encryption, jobs
from storage.idempotency import IdempotentRequest

KEPT = timedelta(hours=24)
# Nobody takes that long: who began it was killed, and what it had not finished can be begun again.
GIVEN_UP = timedelta(minutes=1)


@dataclass(frozen=True)
class Answer:
    """What a request was answered with."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Work:
    """One request of one caller, by its key. `run` tells this try from an earlier one."""

    caller: str
    key_hash: str
    run: str


def begin(caller: str, key: str, fingerprint: str, *, now: datetime | None = None) -> Work | Answer:
    """Return the work to do, or the answer if it was done before.

    `caller` is the id of the connection or partner, `fingerprint` a hash of the whole request.
    Refuses `idempotency_key_reused` when the key was used for another request within 24 hours, and
    `request_in_progress` while the first one is being worked on.
    """
    now = now or moments.now()
    work = Work(caller, encryption.digest(key), secrets.token_hex(8))
    with database.transaction() as session:
        if _is_first(session, work, fingerprint, now):
            return work
        known = session.get(IdempotentRequest, (caller, work.key_hash), with_for_update=True)
        if known is None:  # forgotten this very moment
            raise _in_progress()
        if known.began_at <= now - KEPT:
            return _again(known, work, fingerprint, now)
        if known.fingerprint != fingerprint:
            raise Refusal(
                "idempotency_key_reused",
                "This Idempotency-Key was sent with another request within the last 24 hours. "
                "Use a new one for each request.",
                "partner",
            )
        if known.status is not None and known.body is not None:
            body = encryption.decrypt_bytes(known.body)
            return Answer(known.status, known.headers, body)
        if known.began_at <= now - GIVEN_UP:
            return _again(known, work, fingerprint, now)
        raise _in_progress()


def end(work: Work, answer: Answer) -> None:
    """Keep the answer for whoever sends the request again, unless another try took over."""
    with database.transaction() as session:
        session.execute(
            sa.update(IdempotentRequest)
            .where(_is(work))
            .values(
                status=answer.status,
                headers=dict(answer.headers),
                body=encryption.encrypt_bytes(answer.body),
            )
        )


def give_up(work: Work) -> None:
    """Let the request be sent again as if it had not been: it was not worked on."""
    with database.transaction() as session:
        session.execute(sa.delete(IdempotentRequest).where(_is(work)))


@jobs.every("53 * * * *", "idempotency.forget")
def forget() -> None:
    """Forget answers after 24 hours."""
    forget_before(moments.now() - KEPT)


def forget_before(moment: datetime) -> None:
    """Forget requests that began before a moment."""
    with database.transaction() as session:
        session.execute(
            sa.delete(IdempotentRequest).where(col(IdempotentRequest.began_at) < moment)
        )


def _is_first(session: Session, work: Work, fingerprint: str, now: datetime) -> bool:
    return database.adds(
        session,
        IdempotentRequest,
        caller=work.caller,
        key_hash=work.key_hash,
        fingerprint=fingerprint,
        run=work.run,
        began_at=now,
        headers={},
    )


def _again(known: IdempotentRequest, work: Work, fingerprint: str, now: datetime) -> Work:
    known.fingerprint, known.run, known.began_at = fingerprint, work.run, now
    known.status, known.headers, known.body = None, {}, None
    return work


def _in_progress() -> Refusal:
    return Refusal(
        "request_in_progress",
        "A request with this Idempotency-Key is being worked on. Ask again in some seconds.",
        "partner",
    )


def _is(work: Work) -> sa.ColumnElement[bool]:
    return (
        (col(IdempotentRequest.caller) == work.caller)
        & (col(IdempotentRequest.key_hash) == work.key_hash)
        & (col(IdempotentRequest.run) == work.run)
    )
