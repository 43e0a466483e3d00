"""Core apps: connected by credentials that are checked at once against the vendor's own API."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from connectors.vendor import Check, CredentialField, Vendor
from connectors.vendors import VENDORS
from domain import connections, lifecycle, moments
from domain.actors import ADJOIN, Actor, standing
from domain.installation import current
from domain.lifecycle import Move
from domain.refusals import Refusal, invalid, not_found
from storage import database, encryption, jobs
from storage.apps import App
from storage.authorizations import Authorization
from storage.connections import Connection

log = logging.getLogger("adjoin.core")

CHECK_JOB = "core.check"
IN_USE = ("connected", "broken")


@dataclass(frozen=True)
class _Target:
    """What a check needs, read before the network is asked so that no transaction waits for it."""

    vendor: Vendor
    address: str
    app_name: str


def connect(
    actor: Actor,
    property_id: str,
    app_slug: str,
    credentials: Mapping[str, str],
    *,
    now: datetime | None = None,
) -> str:
    """Connect a core app, or connect it again, and return the connection's id.

    `credentials` has one text for each of the vendor's credential fields; they are tried at the
    vendor before anything is saved. Refuses `not_found`, `forbidden`, `invalid`,
    `already_connected`, `credentials_refused` and `check_failed`.
    """
    now = now or moments.now()
    target = _target(actor, property_id, app_slug, now)
    given = _checked(target.vendor, credentials)
    check = _try(target, given)
    with database.transaction() as session:
        who = connections.managing(session, actor, property_id, now)
        app = connections.offered_app(session, app_slug)
        connection = connections.for_app(session, property_id, app)
        verb, before = "reconnect", "disconnected"
        if connection is None:
            verb, before = "connect", "not_connected"
            connection = connections.begin(session, who, property_id, app, "connected", now)
        elif connection.status != "disconnected":
            raise Refusal("already_connected", f"{app.name} is connected already.")
        else:
            connections.move_row(session, connection, _move(verb), now, reason="")
            connection.requested_by = who.person_id or connection.requested_by
            connection.requested_at = now
        connection.authorization_id = _authorize(session, connection, target, given, check, now)
        event = _move(verb).event
        note = f"Account: {check.account_name}" if check.account_name else ""
        connections.tell(session, who, "property", connection, event, before, now, note)
        return connection.id


def repair(
    actor: Actor,
    connection_id: str,
    credentials: Mapping[str, str],
    *,
    now: datetime | None = None,
) -> None:
    """Give a core connection new credentials of the same account, keeping everything else.

    Works on a broken connection, and on a working one whose credentials are to be changed.
    Refuses as `connect` does, and `other_account` when they belong to another account.
    """
    now = now or moments.now()
    connection, app = _managed(actor, connection_id, now)
    _check_repairable(connection, app)
    target = _of_app(app)
    given = _checked(target.vendor, credentials)
    check = _try(target, given)
    with database.transaction() as session:
        who = connections.managing(session, actor, connection.property_id, now)
        connection = session.get_one(Connection, connection_id)
        database.lock(session, connection)
        _check_repairable(connection, app)
        authorization = session.get_one(Authorization, connection.authorization_id)
        _same_account(authorization, check, app.name)
        _store(authorization, given, check, now)
        if connection.status == "broken":
            _mend(session, actor, connection, now, "With new credentials")
        else:
            event = "connection.credentials_changed"
            connections.tell(session, who, "property", connection, event, connection.status, now)


def check_again(actor: Actor, connection_id: str, *, now: datetime | None = None) -> str:
    """Try the stored credentials at the vendor now, and return what it said in a sentence.

    A refusal breaks the connection and mails whoever connected it; being unreachable does not.
    Credentials that work again, because the vendor gave them back, repair a broken connection.
    Refuses `not_found`, `forbidden`, `wrong_state`, `other_account`.
    """
    now = now or moments.now()
    connection, app = _managed(actor, connection_id, now)
    if connection.status not in IN_USE:
        raise Refusal("wrong_state", f"{app.name} is {connection.status}: nothing to check.")
    return _recheck(connection.id, now, actor)


def problem(field: CredentialField, text: str) -> str | None:
    """Return what is wrong with one credential in a sentence, None when it can be tried. Pure."""
    text = text.strip()
    if not text:
        return f"“{field.label}” is needed."
    if len(text) > 500 or not text.isprintable():
        return f"“{field.label}” cannot be right: paste it again, without line breaks."
    return None


@jobs.every("11 * * * *", "core.check_all")
def check_every_hour() -> None:
    """Find credentials that are refused before somebody needs them.

    Each connection is a job of its own, so that a vendor that hangs holds up no other, and no
    vendor is asked by all its connections at once.
    """
    hour = moments.now().strftime("%Y-%m-%dT%H")
    for connection_id, vendor in _connected():
        with database.transaction() as session:
            job_id = f"check-{connection_id}-{hour}"
            jobs.enqueue(session, CHECK_JOB, job_id, connection_id, destination=f"vendor-{vendor}")


@jobs.job(CHECK_JOB)
def check(connection_id: str) -> None:
    """Try the credentials of one connection: the job that the queue runs."""
    _check_one(connection_id, moments.now())


def check_all(*, now: datetime | None = None) -> None:
    """Try the credentials of every connected core app here and now, one after the other."""
    for connection_id, _ in _connected():
        _check_one(connection_id, now or moments.now())


def _connected() -> list[tuple[str, str]]:
    """Return the working core connections, each with its vendor."""
    with database.reading() as session:
        found = session.exec(
            select(Connection.id, App.vendor)
            .join(App)
            .where(App.kind == "core", Connection.status == "connected")
        ).all()
    return [(connection_id, vendor or "") for connection_id, vendor in found]


def _check_one(connection_id: str, now: datetime) -> None:
    try:
        _recheck(connection_id, now)
    except Exception:
        # Whatever is wrong with one connection, the others are checked all the same.
        log.exception("the credentials of %s could not be checked", connection_id)


def _recheck(connection_id: str, now: datetime, actor: Actor | None = None) -> str:
    """Try the stored credentials; what was repaired or ended meanwhile is left as it is.

    `actor` is the person who asked for it, who repairs what was broken if they work again.
    """
    with database.reading() as session:
        connection = session.get_one(Connection, connection_id)
        app = session.get_one(App, connection.app_id)
        authorization = session.get_one(Authorization, connection.authorization_id)
        tried = authorization.ciphertext
    check = _ask(_of_app(app), json.loads(encryption.decrypt(tried)))
    with database.transaction() as session:
        connection = session.get_one(Connection, connection_id)
        database.lock(session, connection)
        authorization = session.get_one(Authorization, connection.authorization_id)
        if connection.status not in IN_USE or authorization.ciphertext != tried:
            return check.sentence
        authorization.checked_at = now
        authorization.last_error = "" if check.ok else check.sentence
        if check.error == "refused" and connection.status == "connected":
            authorization.status = "refused"
            _break(session, connection, check, now)
        elif check.ok and connection.status == "broken" and actor is not None:
            _same_account(authorization, check, app.name)
            authorization.status = "working"
            _mend(session, actor, connection, now, "The credentials work again")
    return check.sentence


def _break(session: Session, connection: Connection, check: Check, now: datetime) -> None:
    connections.move_row(session, connection, _move("break"), now, reason=check.sentence)
    by = standing(session, ADJOIN, now)
    event = "connection.broken"
    connections.tell(session, by, "adjoin", connection, event, "connected", now, check.sentence)
    connections.tell_requester(session, connection, event, now)


def _mend(session: Session, actor: Actor, connection: Connection, now: datetime, note: str) -> None:
    who = connections.managing(session, actor, connection.property_id, now)
    move = _move("repair")
    connections.move_row(session, connection, move, now, reason="")
    connections.tell(session, who, "property", connection, move.event, "broken", now, note)


def _check_repairable(connection: Connection, app: App) -> None:
    if connection.status not in IN_USE:
        raise Refusal("wrong_state", f"{app.name} is not connected. Press Reconnect instead.")


def _target(actor: Actor, property_id: str, app_slug: str, now: datetime) -> _Target:
    with database.reading() as session:
        connections.managing(session, actor, property_id, now)
        app = connections.offered_app(session, app_slug)
    if app.kind != "core":
        raise invalid(f"{app.name} is connected without credentials: press Connect.")
    return _of_app(app)


def _of_app(app: App) -> _Target:
    vendor = VENDORS[app.vendor or ""]
    return _Target(vendor, app.vendor_address or vendor.default_address, app.name)


def _managed(actor: Actor, connection_id: str, now: datetime) -> tuple[Connection, App]:
    with database.reading() as session:
        who = standing(session, actor, now)
        connection = session.get(Connection, connection_id)
        if connection is None or not who.sees_property(connection.property_id):
            raise not_found("This connection")
        connections.managing(session, actor, connection.property_id, now)
        app = session.get_one(App, connection.app_id)
        if app.kind != "core":
            raise invalid(f"{app.name} has an access token, no credentials.")
        return connection, app


def _checked(vendor: Vendor, credentials: Mapping[str, str]) -> dict[str, str]:
    given = {}
    for field in vendor.fields:
        text = str(credentials.get(field.key, "") or "").strip()
        if complaint := problem(field, text):
            raise invalid(complaint if text else f"{complaint} {field.hint}".strip())
        given[field.key] = text
    return given


def _try(target: _Target, credentials: dict[str, str]) -> Check:
    check = _ask(target, credentials)
    if check.ok:
        return check
    if check.error == "refused":
        raise Refusal("credentials_refused", check.sentence)
    raise Refusal("check_failed", f"{check.sentence} Nothing was saved.", "platform")


def _ask(target: _Target, credentials: dict[str, str]) -> Check:
    return target.vendor.check(current().door, target.address, credentials)


def _authorize(
    session: Session,
    connection: Connection,
    target: _Target,
    given: dict[str, str],
    check: Check,
    now: datetime,
) -> str:
    known = connection.authorization_id
    authorization = session.get(Authorization, known) if known else None
    if authorization is None:
        authorization = Authorization(
            property_id=connection.property_id,
            kind=target.vendor.key,
            name=target.app_name,
            method=target.vendor.key,
            address=target.address,
            ciphertext="",
            status="working",
            since=now,
            checked_at=now,
            created_at=now,
        )
        session.add(authorization)
    _store(authorization, given, check, now)
    session.flush()
    return authorization.id


def _store(
    authorization: Authorization, given: dict[str, str], check: Check, now: datetime
) -> None:
    authorization.ciphertext = encryption.encrypt(json.dumps(given))
    authorization.account_id, authorization.account_name = check.account_id, check.account_name
    authorization.status, authorization.last_error = "working", ""
    authorization.checked_at = now


def _same_account(authorization: Authorization, check: Check, app_name: str) -> None:
    if authorization.account_id and check.account_id != authorization.account_id:
        raise Refusal(
            "other_account",
            f"These credentials belong to {check.account_name or 'another account'}, but this "
            f"connection is with {authorization.account_name or 'a different one'}. To change "
            f"the account, disconnect {app_name} and connect it again.",
        )


def _move(verb: str) -> Move:
    move = lifecycle.CORE.move(verb)
    assert move is not None, verb
    return move
