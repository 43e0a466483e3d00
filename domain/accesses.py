"""Accesses: what a job needs to speak to a source; an OAuth grant is renewed before it ends."""

import json
import time
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col

from connectors import oauth
from connectors.faults import Fault
from connectors.line import Unreachable
from connectors.source import Access
from connectors.sources import KINDS
from connectors.urls import Blocked
from domain import authorizations, dependents, uploads
from domain.installation import current
from domain.refusals import Owner, Refusal
from storage import database, encryption
from storage.authorizations import Authorization
from storage.sources import Source

EARLY = timedelta(minutes=2)  # a grant that ends that soon is renewed first
ONE_RENEWAL = timedelta(seconds=60)  # after that a process that renewed it is taken for dead
ASKED_EVERY = 0.2  # seconds, while another process renews it


def of_source(source_id: str, type_key: str, *, now: datetime) -> Access:
    """Return how to read a type of data of a source; for our own jobs, off the event loop.

    May ask the network for a new token. Refuses `source_broken` when the credentials are refused,
    `no_file`, and `check_failed` when a token could not be renewed just now.
    """
    with database.reading() as session:
        source = session.get_one(Source, source_id)
        if source.authorization_id is None:
            return _without_credentials(source, type_key)
        opens = session.get_one(Authorization, source.authorization_id)
    if opens.status != "working":
        raise Refusal("source_broken", opens.last_error or "The credentials are refused.")
    if opens.method == "oauth_code":
        opens = _renewed(opens.id, now)
    _note_use(opens.id, now)
    settings = {**opens.settings, **source.settings}
    return Access(opens.address, opens.method, authorizations.values_of(opens), settings)


def owner_of(fault: Fault) -> Owner:
    """Return who can put a fault of a source right: the rest is between us and the other system."""
    theirs = ("refused", "not_permitted", "garbled", "too_large")
    return "property" if fault.error in theirs else "platform"


def _without_credentials(source: Source, type_key: str) -> Access:
    if source.kind != "file":
        return Access(source.address, settings=source.settings)
    with database.reading() as session:
        found = uploads.of(session, source.id, type_key)
    if found is None:
        raise Refusal("no_file", "No file has been uploaded for this type of data yet.")
    content = encryption.decrypt_bytes(found.content)
    return Access("", settings={**source.settings, **uploads.as_setting(found.name, content)})


def _note_use(authorization_id: str, now: datetime) -> None:
    with database.transaction() as session:
        session.execute(
            sa.update(Authorization)
            .where(col(Authorization.id) == authorization_id)
            .values(last_used_at=now)
        )


def _renewed(authorization_id: str, now: datetime) -> Authorization:
    """Return an authorization whose access token is good for a while.

    Many servers withdraw everything when a refresh token is used twice, so that one process at a
    time renews it, and the others wait for what it gets.
    """
    until = time.monotonic() + ONE_RENEWAL.total_seconds()
    while time.monotonic() < until:
        with database.reading() as session:
            opens = session.get_one(Authorization, authorization_id)
        if opens.status != "working":
            raise Refusal("source_broken", opens.last_error)
        if opens.granted_until is None or opens.granted_until - EARLY > now:
            return opens
        if _claim(opens, now):
            # However short its life, it is the newest there is.
            return _renew(opens, now)
        time.sleep(ASKED_EVERY)
    raise Refusal("check_failed", "The token is being renewed. Try again in a minute.", "platform")


def _claim(opens: Authorization, now: datetime) -> bool:
    free = col(Authorization.refreshing_until).is_(None) | (
        col(Authorization.refreshing_until) < now
    )
    with database.transaction() as session:
        return database.changes_a_row(
            session,
            sa.update(Authorization)
            .where(
                col(Authorization.id) == opens.id,
                col(Authorization.ciphertext) == opens.ciphertext,
                free,
            )
            .values(refreshing_until=now + ONE_RENEWAL),
        )


def _renew(opens: Authorization, now: datetime) -> Authorization:
    """Ask for a new token, store and return it, or take note that there is none any more."""
    values = authorizations.values_of(opens)
    name = KINDS[opens.kind].called(opens.address)
    try:
        if not values.get("refresh_token"):
            raise Fault("refused", f"The permission that {name} gave has ended. Connect again.")
        grant = oauth.refresh(
            current().door,
            name,
            values["token_address"],
            values["client_id"],
            values["client_secret"],
            values["refresh_token"],
        )
    except (Fault, Blocked, Unreachable) as fault:
        raise _not_renewed(opens.id, fault, now) from fault
    with database.transaction() as session:
        row = session.get_one(Authorization, opens.id)
        database.lock(session, row)
        row.ciphertext = encryption.encrypt(json.dumps(values | granted(grant)))
        row.granted_until, row.refreshed_at, row.refreshing_until = grant.expires_at, now, None
        return row


def granted(grant: oauth.Grant) -> dict[str, str]:
    """Return what is kept of a grant; a refresh token that stays good is not sent again."""
    kept = {"access_token": grant.access_token}
    if grant.refresh_token:
        kept["refresh_token"] = grant.refresh_token
    return kept


def _not_renewed(
    authorization_id: str, fault: Fault | Blocked | Unreachable, now: datetime
) -> Refusal:
    is_refused = isinstance(fault, Fault) and fault.error == "refused"
    sentence = fault.sentence if isinstance(fault, Fault) else fault.reason
    with database.transaction() as session:
        row = session.get_one(Authorization, authorization_id)
        dependents.hold(session, row)
        row.refreshing_until = None
        if is_refused:
            dependents.refuse(session, row, sentence, now)
    if is_refused:
        return Refusal("source_broken", sentence)
    return Refusal("check_failed", f"{sentence} Try again in a minute.", "platform")
