"""Partner keys: made by a partner's people, with which their own program speaks for the partner."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from domain import history, moments
from domain.actors import Actor, Standing, standing
from domain.partners import belonging_to
from domain.properties import checked_text
from domain.refusals import Refusal, invalid, not_found
from storage import changes, database, encryption
from storage.partner_keys import PartnerKey

MOST = 20  # living keys of one partner
NAME_MAX = 60  # characters
_SHAPE = re.compile(r"adp_[A-Za-z0-9_-]{43}")
_USE_IS_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Key:
    """What is known of a key, without the key. `made_by` is the name of whoever made it."""

    id: str
    name: str
    masked: str
    made_by: str
    made_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True)
class Made:
    """A new key, in clear for the only time."""

    id: str
    clear: str


def make(actor: Actor, partner_id: str, name: str, *, now: datetime | None = None) -> Made:
    """Make a key called `name`; for the partner's people.

    Refuses `not_found` (programs too: no key makes another), and `invalid` when the name is
    missing, too long or that of a living key, or there are too many.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who = belonging_to(session, actor, partner_id, now)[0]
        name = checked_text(name, "a name for the key", longest=NAME_MAX, owner="partner")
        if _count(session, partner_id) >= MOST:
            raise invalid(f"There are {MOST} keys already. Revoke one that nobody uses.", "partner")
        clear = f"adp_{secrets.token_urlsafe(32)}"
        key = PartnerKey(
            partner_id=partner_id,
            name=name,
            key_hash=encryption.digest(clear),
            masked=f"adp_{clear[4:8]}…{clear[-4:]}",
            made_by=who.who,
            made_at=now,
        )
        if not database.takes(session, key):
            raise invalid(f"There is a key called “{name}” already.", "partner")
        _record(session, "key.made", who, key, now)
        return Made(key.id, clear)


def of_partner(actor: Actor, partner_id: str, *, now: datetime | None = None) -> tuple[Key, ...]:
    """Return the living keys of a partner, the newest first; refuses `not_found` as `make`."""
    with database.reading() as session:
        belonging_to(session, actor, partner_id, now or moments.now())
        rows = session.exec(
            select(PartnerKey)
            .where(PartnerKey.partner_id == partner_id, col(PartnerKey.revoked_at).is_(None))
            .order_by(col(PartnerKey.made_at).desc(), col(PartnerKey.id).desc())
        )
        return tuple(
            Key(row.id, row.name, row.masked, row.made_by, row.made_at, row.last_used_at)
            for row in rows
        )


def revoke(actor: Actor, key_id: str, *, now: datetime | None = None) -> None:
    """Revoke a key: it answers 401 from the very next request on. Refuses `not_found` as `make`;
    one that was revoked already stays so."""
    now = now or moments.now()
    with database.transaction() as session:
        who = standing(session, actor, now)
        key = session.get(PartnerKey, key_id)
        if key is None or not who.belongs_to(key.partner_id):
            raise not_found("This key")
        statement = (
            sa.update(PartnerKey)
            .where(col(PartnerKey.id) == key_id, col(PartnerKey.revoked_at).is_(None))
            .values(revoked_at=now)
        )
        if database.changes_a_row(session, statement):
            _record(session, "key.revoked", who, key, now)


def authenticate(clear: str, *, now: datetime | None = None) -> tuple[Actor, str]:
    """Return who calls with this key and the id of their partner, and note that it was used.

    Refuses `unauthorized` when it is garbled, unknown or revoked.
    """
    now = now or moments.now()
    key = _by_secret(clear)
    if key is None or key.revoked_at is not None:
        raise Refusal(
            "unauthorized", "This partner key is not valid. It may have been revoked.", "partner"
        )
    if key.last_used_at is None or now - key.last_used_at > _USE_IS_NOTED_EVERY:
        _note_use(key.id, now)
    return Actor("key", key.id), key.partner_id


def _by_secret(clear: str) -> PartnerKey | None:
    if not is_shaped(clear):
        return None
    with database.reading() as session:
        return session.exec(
            select(PartnerKey).where(PartnerKey.key_hash == encryption.digest(clear))
        ).one_or_none()


def is_shaped(clear: str) -> bool:
    """Return whether a text looks like a partner key at all."""
    return _SHAPE.fullmatch(clear) is not None


def _note_use(key_id: str, now: datetime) -> None:
    due = now - _USE_IS_NOTED_EVERY
    with database.transaction() as session:
        is_due = col(PartnerKey.last_used_at).is_(None) | (col(PartnerKey.last_used_at) < due)
        statement = (
            sa.update(PartnerKey)
            .where(col(PartnerKey.id) == key_id, is_due)
            .values(last_used_at=now)
        )
        if database.changes_a_row(session, statement):
            _announce(session, session.get_one(PartnerKey, key_id))


def _count(session: Session, partner_id: str) -> int:
    living = col(PartnerKey.revoked_at).is_(None)
    return session.exec(
        select(func.count()).where(PartnerKey.partner_id == partner_id, living)
    ).one()


def _record(session: Session, event: str, who: Standing, key: PartnerKey, now: datetime) -> None:
    history.record(
        session,
        event,
        who,
        "partner",
        now,
        partner_id=key.partner_id,
        subject_id=key.id,
        note=key.name,
    )
    _announce(session, key)


def _announce(session: Session, key: PartnerKey) -> None:
    changes.announce(session, changes.Change("key", key.id, None, key.partner_id))
