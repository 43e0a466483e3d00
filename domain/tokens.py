"""Access tokens: made with a connection, found again by its property, rotated, revoked."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from domain import history, messages, moments, sign_ins
from domain.actors import ADJOIN, Actor, Standing, is_alive, standing
from domain.refusals import Refusal, not_found
from storage import changes, database, encryption
from storage.connections import Connection, Token

OVERLAP = timedelta(hours=24)
_SHAPE = re.compile(r"adj_[0-9A-F]{40}")
_USE_IS_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Receipt:
    """What is known of a token, without the token."""

    id: str
    masked: str
    status: str
    issued_at: datetime
    expires_at: datetime | None
    delivered_at: datetime | None
    opened_at: datetime | None
    first_used_at: datetime | None
    last_used_at: datetime | None


def issue(session: Session, connection: Connection, now: datetime) -> Token:
    """Make a new token for `connection` within the transaction of its caller."""
    clear = f"adj_{secrets.token_hex(20).upper()}"
    token = Token(
        connection_id=connection.id,
        token_hash=encryption.digest(clear),
        ciphertext=encryption.encrypt(clear),
        masked=f"{clear[4:8]}…{clear[-4:]}",
        status="issued",
        issued_at=now,
    )
    session.add(token)
    session.flush()
    return token


def revoke_all(session: Session, connection: Connection, now: datetime) -> None:
    """Revoke every token of `connection`; each answers 401 from the next request on."""
    for token in _living(session, connection.id, now):
        token.status, token.revoked_at = "revoked", now


def authenticate(clear: str, *, now: datetime | None = None) -> Actor:
    """Return who calls with this token, and note its first and last use.

    Refuses `unauthorized` when it is garbled, unknown, revoked or superseded for over 24 hours.
    """
    return accepted(_by_secret(clear), now or moments.now())


def accepted(token: Token | None, now: datetime) -> Actor:
    """Return who calls with a token that was looked up, and note its use; refuses `unauthorized`
    as `authenticate`."""
    if token is None or not is_alive(token, now):
        raise Refusal(
            "unauthorized",
            "This access token is not valid. It may have been rotated or its connection ended.",
            "partner",
        )
    if token.last_used_at is None or now - token.last_used_at > _USE_IS_NOTED_EVERY:
        _note_use(token.id, now)
    return Actor("token", token.id)


def reveal(actor: Actor, connection_id: str, password: str, *, now: datetime | None = None) -> str:
    """Return the current token in clear, after the password; the reveal is in the history.

    Refuses `not_found` to strangers, `forbidden` to viewers, `wrong_password`, and `no_token`.
    """
    now = now or moments.now()
    sign_ins.confirm_password(actor, password, now=now)
    with database.transaction() as session:
        who, connection = _managed(session, actor, connection_id, now)
        return reveal_within(session, who, connection, now)


def reveal_within(session: Session, who: Standing, connection: Connection, now: datetime) -> str:
    """`reveal`, in the transaction of its caller, who has checked that `who` may."""
    token = current(session, connection.id)
    if token is None:
        raise Refusal("no_token", "This connection has no valid access token.")
    history.record(session, "token.revealed", who, "property", now, connection=connection)
    _announce(session, connection)
    return encryption.decrypt(token.ciphertext)


def rotate(
    actor: Actor, connection_id: str, *, at_once: bool = False, now: datetime | None = None
) -> str:
    """Make a new token, tell the partner, and return the new token's mask.

    The old one works 24 hours more, or not at all when `at_once`. Refuses `not_found`,
    `forbidden`, and `wrong_state` unless the connection is pending, active or disabled.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who, connection = _managed(session, actor, connection_id, now)
        return rotate_within(session, who, connection, now, at_once=at_once).masked


def rotate_within(
    session: Session, who: Standing, connection: Connection, now: datetime, *, at_once: bool = False
) -> Token:
    """`rotate`, in the transaction of its caller, who has checked that `who` may."""
    database.lock(session, connection)
    if connection.status not in ("pending", "active", "disabled"):
        raise Refusal("wrong_state", "There is no token to rotate: the connection has ended.")
    for token in _living(session, connection.id, now):
        _supersede(session, token, at_once, now)
    token = issue(session, connection, now)
    note = "the old one stopped at once" if at_once else "the old one works for 24 hours more"
    history.record(session, "token.rotated", who, "property", now, connection=connection, note=note)
    messages.tell_partner(session, connection, "token.rotated", now, token=token)
    _announce(session, connection)
    return token


def current(session: Session, connection_id: str) -> Token | None:
    """Return the newest issued token of a connection."""
    return session.exec(
        select(Token)
        .where(Token.connection_id == connection_id, Token.status == "issued")
        .order_by(col(Token.issued_at).desc(), col(Token.id).desc())
    ).first()


def receipts(session: Session, connection_id: str, now: datetime) -> tuple[Receipt, ...]:
    """Return the receipts of the living tokens of a connection, newest first."""
    return tuple(
        Receipt(
            token.id,
            token.masked,
            token.status,
            token.issued_at,
            token.expires_at,
            token.delivered_at,
            token.opened_at,
            token.first_used_at,
            token.last_used_at,
        )
        for token in _living(session, connection_id, now)
    )


def note_delivered(session: Session, token_id: str, now: datetime) -> None:
    """Note that the partner's server, or its mail server, has taken a token."""
    token = session.get_one(Token, token_id)
    if token.delivered_at is not None:
        return
    token.delivered_at = now
    connection = session.get_one(Connection, token.connection_id)
    by = standing(session, ADJOIN, now)
    history.record(session, "token.delivered", by, "adjoin", now, connection=connection)


def _by_secret(clear: str) -> Token | None:
    if not is_shaped(clear):
        return None
    with database.reading() as session:
        return session.exec(
            select(Token).where(Token.token_hash == encryption.digest(clear))
        ).one_or_none()


def is_shaped(clear: str) -> bool:
    """Return whether a text looks like an access token at all."""
    return _SHAPE.fullmatch(clear) is not None


def _note_use(token_id: str, now: datetime) -> None:
    with database.transaction() as session:
        token = session.get_one(Token, token_id)
        connection = session.get_one(Connection, token.connection_id)
        database.lock(session, token)
        token.last_used_at = now
        if token.first_used_at is None:
            token.first_used_at = now
            who = standing(session, Actor("token", token.id), now)
            history.record(session, "token.first_used", who, "partner", now, connection=connection)
        _announce(session, connection)


def _managed(
    session: Session, actor: Actor, connection_id: str, now: datetime
) -> tuple[Standing, Connection]:
    who = standing(session, actor, now)
    connection = session.get(Connection, connection_id)
    if connection is None or not who.sees_property(connection.property_id):
        raise not_found("This connection")
    if not who.manages(connection.property_id):
        raise Refusal("forbidden", "Only a manager of this property can do this. Ask one of them.")
    return who, connection


def _supersede(session: Session, token: Token, at_once: bool, now: datetime) -> None:
    if at_once:
        token.status, token.revoked_at = "revoked", now
        messages.cancel_carrying(session, token, now)
    elif token.status == "issued":
        token.status, token.expires_at = "superseded", now + OVERLAP


def _living(session: Session, connection_id: str, now: datetime) -> list[Token]:
    rows = session.exec(
        select(Token)
        .where(Token.connection_id == connection_id, Token.status != "revoked")
        .order_by(col(Token.issued_at).desc(), col(Token.id).desc())
    )
    return [token for token in rows if is_alive(token, now)]


def _announce(session: Session, connection: Connection) -> None:
    changes.announce(
        session,
        changes.Change("connection", connection.id, connection.property_id, connection.partner_id),
    )
