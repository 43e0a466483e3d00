"""One-time links by which access tokens travel in mail."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from domain import history, moments
from domain.actors import Standing, is_alive
from domain.refusals import Refusal
from storage import changes, database, encryption
from storage.apps import App
from storage.connections import Connection, Token, TokenLink
from storage.properties import Property

LIFETIME = timedelta(days=7)


@dataclass(frozen=True)
class Opened:
    """What the link held: the token, shown this once."""

    token: str
    app: str
    property_name: str


def make(session: Session, token: Token, now: datetime) -> str:
    """Make a link for `token` and return its secret, which is stored only as a hash."""
    secret = secrets.token_urlsafe(32)
    session.add(
        TokenLink(
            token_id=token.id,
            secret_hash=encryption.digest(secret),
            created_at=now,
            expires_at=now + LIFETIME,
        )
    )
    return secret


def is_open(secret: str, *, now: datetime | None = None) -> bool:
    """Return whether a link would still open; looking does not open it."""
    with database.reading() as session:
        found = _find(session, secret, now or moments.now())
        return found is not None


def open_once(secret: str, *, now: datetime | None = None) -> Opened:
    """Open a link: it gives its token once; refuses `link_used` ever after.

    Opening takes a press of a button, because mail scanners follow links by themselves.
    """
    now = now or moments.now()
    with database.transaction() as session:
        link = _find(session, secret, now)
        if link is None or not _take(session, link, now):
            raise Refusal(
                "link_used",
                "This link has been opened already or is too old. Press Resend in your Developer "
                "Hub, or ask the property to rotate the token.",
                "partner",
            )
        token = session.get_one(Token, link.token_id)
        connection = session.get_one(Connection, token.connection_id)
        if token.opened_at is None:
            token.opened_at = now
            opener = Standing(who="somebody with the link from the mail")
            history.record(session, "token.opened", opener, "partner", now, connection=connection)
            changes.announce(
                session,
                changes.Change(
                    "connection", connection.id, connection.property_id, connection.partner_id
                ),
            )
        return Opened(
            encryption.decrypt(token.ciphertext),
            session.get_one(App, connection.app_id).name,
            session.get_one(Property, connection.property_id).name,
        )


def _find(session: Session, secret: str, now: datetime) -> TokenLink | None:
    link = session.exec(
        select(TokenLink).where(TokenLink.secret_hash == encryption.digest(secret))
    ).one_or_none()
    if link is None or link.opened_at is not None or link.expires_at <= now:
        return None
    token = session.get_one(Token, link.token_id)
    return link if is_alive(token, now) else None


def _take(session: Session, link: TokenLink, now: datetime) -> bool:
    return database.changes_a_row(
        session,
        sa.update(TokenLink)
        .where(col(TokenLink.id) == link.id, col(TokenLink.opened_at).is_(None))
        .values(opened_at=now),
    )
