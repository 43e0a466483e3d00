"""Consents: authorizations to which a person agrees at the other system, in the browser (OAuth).

The person is sent there with `begin`, comes back to `RETURN_PATH`, and what came back with them
goes to `finish`.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from connectors import oauth
from connectors.faults import Fault
from connectors.line import Unreachable
from connectors.source import Access, Kind
from connectors.sources import KINDS
from connectors.urls import Blocked
from connectors.vendor import Check
from domain import accesses, authorizations, connections, dependents, installation, moments
from domain.actors import Actor, Standing, in_person, standing
from domain.authorizations import Draft
from domain.refusals import Refusal, invalid, not_found
from storage import database, encryption
from storage.authorizations import Authorization, AuthorizationStart

RETURN_PATH = "/sources/agreed"
LASTS = timedelta(minutes=15)


def return_address() -> str:
    """Return where the other system sends the browser back to; it has to know that beforehand."""
    return installation.link(RETURN_PATH)


def begin(actor: Actor, property_id: str, draft: Draft, *, now: datetime | None = None) -> str:
    """Return the address at the other system where the person agrees; nothing is kept before that.

    Refuses `not_found`, `forbidden`, `invalid`.
    """
    now = now or moments.now()
    with database.reading() as session:
        connections.managing(session, actor, property_id, now)
    kind, method, values = authorizations.checked(draft)
    if not method.kept:
        raise invalid(f"{method.label}: nobody has to agree in the browser.")
    draft = replace(
        draft, values=values, address=authorizations.checked_address(kind, draft.address)
    )
    with database.transaction() as session:
        who = connections.managing(session, actor, property_id, now)
        return _sent(session, who, property_id, draft, None, now)


def begin_again(actor: Actor, authorization_id: str, *, now: datetime | None = None) -> str:
    """Return where the person agrees once more, to repair an authorization that was withdrawn.

    Refuses `not_found`, `forbidden`, `invalid`.
    """
    now = now or moments.now()
    with database.transaction() as session:
        row = _visible(session, actor, authorization_id, now)
        who = connections.managing(session, actor, row.property_id, now)
        if row.method != "oauth_code" or row.status == "forgotten":
            raise invalid("This authorization is repaired with new credentials.")
        values, settings = authorizations.values_of(row), authorizations.settings_of(session, row)
        draft = Draft(row.kind, row.method, values, row.address, settings, row.name)
        return _sent(session, who, row.property_id, draft, row.id, now)


def finish(actor: Actor, answer: Mapping[str, str], *, now: datetime | None = None) -> str:
    """Turn what the browser came back with into an authorization, and return its id.

    `answer` is the query of the address that the person came back to. Refuses `not_found` for an
    answer that nobody here waits for, `forbidden`, `credentials_refused`, `check_failed`,
    `other_account`.
    """
    now = now or moments.now()
    start, kept = _taken(actor, answer.get("state", ""), now)
    draft = Draft(**kept["draft"])
    kind = KINDS[draft.kind]
    begun = oauth.Start("", answer.get("state", ""), kept["verifier"])
    grant = _grant(kind, draft, begun, answer)
    values = {**draft.values, **accesses.granted(grant)}
    check = authorizations.tried(kind, Access(draft.address, draft.method, values, draft.settings))
    with database.transaction() as session:
        who = connections.managing(session, actor, start.property_id, now)
        if start.authorization_id is None:
            row = authorizations.create(session, who, start.property_id, draft, values, check, now)
        else:
            row = _repaired(session, actor, who, start.authorization_id, values, check, now)
        row.granted_until, row.refreshed_at = grant.expires_at, now
        # Without a token to renew it with, the whole authorization ends with its grant.
        row.expires_at = None if grant.refresh_token else grant.expires_at
        return row.id


def _sent(
    session: Session,
    who: Standing,
    property_id: str,
    draft: Draft,
    authorization_id: str | None,
    now: datetime,
) -> str:
    values = draft.values
    try:
        begun = oauth.start(
            values["authorize_address"],
            values["client_id"],
            return_address(),
            values.get("scope", ""),
        )
    except Blocked as blocked:
        raise invalid(blocked.reason) from blocked
    kept = {"verifier": begun.verifier, "draft": {**vars(draft), "values": dict(values)}}
    session.execute(sa.delete(AuthorizationStart).where(col(AuthorizationStart.expires_at) <= now))
    session.add(
        AuthorizationStart(
            property_id=property_id,
            person_id=who.person_id or "",
            authorization_id=authorization_id,
            state_hash=encryption.digest(begun.state),
            ciphertext=encryption.encrypt(json.dumps(kept)),
            created_at=now,
            expires_at=now + LASTS,
        )
    )
    return begun.address


def _taken(actor: Actor, state: str, now: datetime) -> tuple[AuthorizationStart, dict[str, Any]]:
    """Return what waits for an answer with `state`; it waits for one answer only."""
    with database.transaction() as session:
        who = in_person(session, actor, now)
        start = session.exec(
            select(AuthorizationStart).where(
                AuthorizationStart.state_hash == encryption.digest(state)
            )
        ).one_or_none()
        if start is None or start.person_id != who.person_id or start.expires_at <= now:
            raise not_found("What you agreed to")
        connections.managing(session, actor, start.property_id, now)
        session.delete(start)
        return start, json.loads(encryption.decrypt(start.ciphertext))


def _grant(kind: Kind, draft: Draft, begun: oauth.Start, answer: Mapping[str, str]) -> oauth.Grant:
    values, name = draft.values, kind.called(draft.address)
    try:
        return oauth.finish(
            installation.current().door,
            name,
            values["token_address"],
            values["client_id"],
            values["client_secret"],
            redirect=return_address(),
            begun=begun,
            answer=answer,
        )
    except Fault as fault:
        if fault.error == "refused":
            raise Refusal("credentials_refused", fault.sentence) from fault
        raise _failed(fault.sentence) from fault
    except (Blocked, Unreachable) as fault:
        raise _failed(f"{name} gave no token: {fault.reason}.") from fault


def _failed(sentence: str) -> Refusal:
    return Refusal("check_failed", f"{sentence} Nothing was saved.", "platform")


def _repaired(
    session: Session,
    actor: Actor,
    who: Standing,
    authorization_id: str,
    values: Mapping[str, str],
    check: Check,
    now: datetime,
) -> Authorization:
    row = _visible(session, actor, authorization_id, now)
    dependents.hold(session, row)
    authorizations.same_account(row, check, "add another authorization")
    authorizations.renew(session, who, row, values, check, now)
    return row


def _visible(session: Session, actor: Actor, authorization_id: str, now: datetime) -> Authorization:
    who = standing(session, actor, now)
    row = session.get(Authorization, authorization_id)
    if row is None or not who.sees_property(row.property_id):
        raise not_found("This authorization")
    return row
