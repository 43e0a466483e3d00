"""Core apps: connected by credentials that are checked at once against the vendor's own API."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from connectors.vendor import Check, Vendor
from connectors.vendors import VENDORS
from domain import authorizations, connections, credentials, dependents, lifecycle, moments, moving
from domain.actors import Actor, Standing, standing
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
    given: Mapping[str, str],
    *,
    now: datetime | None = None,
) -> str:
    """Connect a core app, or connect it again, and return the connection's id.

    `given` has one text for each of the vendor's credential fields; they are tried at the vendor
    before anything is saved, and kept as an authorization that sources can use too. Refuses
    `not_found`, `forbidden`, `invalid`, `already_connected`, `credentials_refused` and
    `check_failed`.
    """
    now = now or moments.now()
    target = _target(actor, property_id, app_slug, now)
    values = credentials.checked(target.vendor.fields, given)
    check = _try(target, values)
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
        connection.authorization_id = _authorize(
            session, who, connection, target, values, check, now
        )
        event = _move(verb).event
        note = f"Account: {check.account_name}" if check.account_name else ""
        connections.tell(session, who, "property", connection, event, before, now, note)
        return connection.id


def repair(
    actor: Actor,
    connection_id: str,
    given: Mapping[str, str],
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
    values = credentials.checked(target.vendor.fields, given)
    check = _try(target, values)
    with database.transaction() as session:
        who = connections.managing(session, actor, connection.property_id, now)
        connection = session.get_one(Connection, connection_id)
        database.lock(session, connection)
        _check_repairable(connection, app)
        authorization = session.get_one(Authorization, connection.authorization_id)
        dependents.hold(session, authorization)
        _same_account(authorization, check, app.name)
        was_broken = connection.status == "broken"
        authorizations.renew(session, who, authorization, values, check, now)
        if not was_broken:
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
        dependents.hold(session, authorization)
        if connection.status not in IN_USE or authorization.ciphertext != tried:
            return check.sentence
        if check.error == "refused":
            dependents.refuse(session, authorization, check.sentence, now)
        authorization.checked_at = now
        authorization.last_error = "" if check.ok else check.sentence
        if check.ok and connection.status == "broken" and actor is not None:
            _same_account(authorization, check, app.name)
            who = connections.managing(session, actor, connection.property_id, now)
            dependents.repair(session, who, authorization, now, "The credentials work again")
    return check.sentence


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


def _try(target: _Target, values: dict[str, str]) -> Check:
    check = _ask(target, values)
    if check.ok:
        return check
    if check.error == "refused":
        raise Refusal("credentials_refused", check.sentence)
    raise Refusal("check_failed", f"{check.sentence} Nothing was saved.", "platform")


def _ask(target: _Target, values: dict[str, str]) -> Check:
    return target.vendor.check(current().door, target.address, values)


def _authorize(
    session: Session,
    who: Standing,
    connection: Connection,
    target: _Target,
    values: dict[str, str],
    check: Check,
    now: datetime,
) -> str:
    """Return the authorization that opens the app from now on: the one from before, or a new one.

    One that sources still use stays theirs, unless it is of the same account.
    """
    known = session.get(Authorization, connection.authorization_id or "")
    if known is None or (known.status != "forgotten" and check.account_id != known.account_id):
        known = _new_authorization(who, connection.property_id, target, now)
        authorizations.keep(known, values, check, now)
        authorizations.announce_new(session, who, known, now)
    elif known.status == "forgotten":
        authorizations.keep(known, values, check, now)
        step = lifecycle.AUTHORIZATION.named("give")
        moving.move(session, "authorization", known, step, who, "property", now)
    else:
        authorizations.renew(session, who, known, values, check, now)
    return known.id


def _new_authorization(
    who: Standing, property_id: str, target: _Target, now: datetime
) -> Authorization:
    return Authorization(
        property_id=property_id,
        kind=target.vendor.key,
        name=target.app_name,
        method=target.vendor.key,
        address=target.address,
        ciphertext="",
        status="working",
        since=now,
        checked_at=now,
        created_by=who.person_id,
        created_at=now,
    )


def _same_account(authorization: Authorization, check: Check, app_name: str) -> None:
    authorizations.same_account(authorization, check, f"disconnect {app_name} and connect it again")


def _move(verb: str) -> Move:
    move = lifecycle.CORE.move(verb)
    assert move is not None, verb
    return move
