"""The first visit: whoever holds the code from the terminal becomes the first operator."""

import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from domain import history, moments, people, sign_ins
from domain.actors import Standing
from domain.refusals import Refusal
from storage import database, encryption
from storage.people import Membership, SetupCode

MAX_WRONG_TRIES = 20


def is_needed() -> bool:
    """Return whether this installation has no operator yet."""
    with database.reading() as session:
        return _has_no_operator(session)


def open_door(*, now: datetime | None = None) -> str:
    """Make a new one-time code, to be printed in the terminal; an older one is void."""
    code = "-".join(secrets.token_hex(2).upper() for _ in range(4))
    with database.transaction() as session:
        session.execute(sa.delete(SetupCode))
        session.add(SetupCode(code_hash=encryption.digest(code), created_at=now or moments.now()))
    return code


def create_operator(
    code: str,
    name: str,
    email: str,
    password: str,
    *,
    device: str,
    address: str,
    now: datetime | None = None,
) -> str:
    """Make the first operator and return the secret of their sign-in.

    Refuses `setup_done`, `wrong_code` (and after 20 wrong ones `too_many_tries`: start Adjoin
    again for a new code) and `invalid`.
    """
    now = now or moments.now()
    _check_code(code)
    person = people.new(email, name, password, now)
    with database.transaction() as session:
        if not database.changes_a_row(session, sa.delete(SetupCode)):
            raise Refusal("setup_done", "This was set up already. Please sign in.")
        people.create(session, person)
        session.add(Membership(person_id=person.id, role="operator", created_at=now))
        who = Standing(person.name, person.id)
        history.record(
            session,
            "operator.created",
            who,
            "platform",
            now,
            subject_id=person.id,
            after="operator",
            note=person.email,
        )
        return sign_ins.begin(session, person, device, address, now)


def _check_code(code: str) -> None:
    with database.transaction() as session:
        row = session.get(SetupCode, 1)
        if row is None or not _has_no_operator(session):
            raise Refusal("setup_done", "This was set up already. Please sign in.")
        if row.wrong_tries >= MAX_WRONG_TRIES:
            raise Refusal(
                "too_many_tries",
                "Too many wrong codes. Start Adjoin again to get a new one.",
                "platform",
            )
        is_right = secrets.compare_digest(row.code_hash, encryption.digest(code.strip().upper()))
        if is_right:
            return
        row.wrong_tries += 1
    raise Refusal("wrong_code", "That is not the code that the terminal shows.", "platform")


def _has_no_operator(session: Session) -> bool:
    operator = select(Membership.id).where(
        Membership.role == "operator", col(Membership.ended_at).is_(None)
    )
    return session.exec(operator).first() is None
