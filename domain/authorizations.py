"""Authorizations: credentials to a third party's system, tried before they are kept."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from connectors.authorization import METHODS, Method
from connectors.door import Blocked
from connectors.source import Access, Kind
from connectors.sources import KINDS
from connectors.vendor import Check
from domain import connections, credentials, dependents, lifecycle, moments, moving
from domain.actors import Actor, Standing, standing
from domain.installation import current
from domain.properties import checked_text
from domain.refusals import Owner, Refusal, invalid, not_found
from storage import database, encryption, jobs
from storage.authorizations import Authorization
from storage.connections import Connection
from storage.sources import Source

log = logging.getLogger("adjoin.authorizations")

CHECK_JOB = "authorizations.check"
ADDRESS = "address"  # how a refusal calls the field of the base address


@dataclass(frozen=True)
class Draft:
    """What a person chose and typed in for a new authorization.

    kind: a key of `connectors.sources.KINDS`. method: one of that kind's. values: a text for each
    field of the method. address: empty takes the kind's own. settings: of the kind, where it needs
    them to try the credentials. name: empty takes one made of kind and account.
    """

    kind: str
    method: str
    values: Mapping[str, str] = field(repr=False)
    address: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""


def add(actor: Actor, property_id: str, draft: Draft, *, now: datetime | None = None) -> str:
    """Keep credentials that the other system accepts, and return the authorization's id.

    They are tried before anything is saved. Refuses `not_found`, `forbidden`, `invalid`,
    `credentials_refused`, `check_failed`.
    """
    now = now or moments.now()
    with database.reading() as session:
        connections.managing(session, actor, property_id, now)
    kind, method, given = checked(draft)
    if method.kept:
        raise invalid(f"{method.label}: agree in the browser first.")
    address = checked_address(kind, draft.address)
    check = tried(kind, Access(address, method.key, given, dict(draft.settings)))
    with database.transaction() as session:
        who = connections.managing(session, actor, property_id, now)
        return create(session, who, property_id, draft, given, check, now).id


def rename(actor: Actor, authorization_id: str, name: str, *, now: datetime | None = None) -> None:
    """Call it something else; refuses `not_found`, `forbidden`, `invalid`."""
    now = now or moments.now()
    name = _checked_name(name)
    with database.transaction() as session:
        who, row = _mine(session, actor, authorization_id, now)
        if name == row.name:
            return
        note = f"{row.name} → {name}"
        row.name = name
        _tell(session, row, "authorization.renamed", who, now, note)


def check_again(actor: Actor, authorization_id: str, *, now: datetime | None = None) -> str:
    """Try the kept credentials now, and return what was said in a sentence.

    A refusal breaks whatever uses them; being unreachable breaks nothing. Credentials that work
    again repair it. Refuses `not_found`, `forbidden`, `wrong_state`, `other_account`.
    """
    now = now or moments.now()
    with database.reading() as session:
        _, row = visible(session, actor, authorization_id, now)
        connections.managing(session, actor, row.property_id, now)
        _must_be_kept(row)
    return _recheck(authorization_id, now, actor)


def repair(
    actor: Actor,
    authorization_id: str,
    values: Mapping[str, str],
    *,
    now: datetime | None = None,
) -> None:
    """Give new credentials of the same account; whatever broke works again, as it was.

    Works on a refused authorization, and on a working one whose credentials are to be changed.
    Refuses as `add` does, and `other_account`.
    """
    now = now or moments.now()
    with database.reading() as session:
        _, row = visible(session, actor, authorization_id, now)
        connections.managing(session, actor, row.property_id, now)
        _must_be_kept(row)
        settings = settings_of(session, row)
    kind, method = KINDS[row.kind], METHODS[row.method]
    if method.kept:
        raise invalid(f"{method.label}: agree in the browser again.")
    given = credentials.checked(method.fields, values)
    check = tried(kind, Access(row.address, method.key, given, settings))
    with database.transaction() as session:
        who, row = _mine(session, actor, authorization_id, now)
        _must_be_kept(row)
        same_account(row, check, f"add another authorization for {kind.name}")
        renew(session, who, row, given, check, now)


def remove(actor: Actor, authorization_id: str, *, now: datetime | None = None) -> None:
    """Forget credentials that nothing uses; refuses `not_found`, `forbidden`, `in_use`."""
    now = now or moments.now()
    with database.transaction() as session:
        who, row = _mine(session, actor, authorization_id, now)
        if uses := [use for use in dependents.uses(session, row) if use.status != "disconnected"]:
            names = ", ".join(use.name for use in uses)
            raise Refusal("in_use", f"{row.name} is used by {names}. Change or remove that first.")
        _detach_ended_connections(session, row)
        step = lifecycle.AUTHORIZATION.named("remove")
        _tell(session, row, step.event, who, now, row.name, after=step.after)
        session.flush()
        session.delete(row)


@jobs.every("41 * * * *", "authorizations.check_all")
def check_every_hour() -> None:
    """Find credentials that are refused before a run needs them; each is a job of its own."""
    hour = moments.now().strftime("%Y-%m-%dT%H")
    for authorization_id, kind in _used_by_sources():
        with database.transaction() as session:
            job_id = f"check-{authorization_id}-{hour}"
            jobs.enqueue(session, CHECK_JOB, job_id, authorization_id, destination=f"vendor-{kind}")


@jobs.job(CHECK_JOB)
def check(authorization_id: str) -> None:
    """Try one authorization: the job that the queue runs."""
    try:
        _recheck(authorization_id, moments.now())
    except Exception:
        # Whatever is wrong with one authorization, the others are checked all the same.
        log.exception("authorization %s could not be checked", authorization_id)


def refused(authorization_id: str, sentence: str, *, now: datetime) -> None:
    """Take note that a system refused these credentials in the middle of a run; for our jobs."""
    with database.transaction() as session:
        row = session.get(Authorization, authorization_id)
        if row is not None:
            dependents.hold(session, row)
            dependents.refuse(session, row, sentence, now)


# For the other nouns of the domain


def seeing(session: Session, actor: Actor, property_id: str, now: datetime) -> Standing:
    """Return the standing of somebody who may look at a property; refuses `not_found`."""
    who = standing(session, actor, now)
    if not who.sees_property(property_id):
        raise not_found("This property")
    return who


def visible(
    session: Session, actor: Actor, authorization_id: str, now: datetime
) -> tuple[Standing, Authorization]:
    """Return who looks, and at which authorization; refuses `not_found` to strangers."""
    who = standing(session, actor, now)
    row = session.get(Authorization, authorization_id)
    if row is None or not who.sees_property(row.property_id):
        raise not_found("This authorization")
    return who, row


def tried(kind: Kind, access: Access) -> Check:
    """Return what a system says to credentials that it accepts; blocks on the network.

    Refuses `credentials_refused`, and `check_failed` when it could not say; with the `field` of a
    setting, when that is why.
    """
    check = kind.check(current().door, access)
    if check.ok:
        return check
    if check.error == "refused":
        raise Refusal("credentials_refused", check.sentence)
    owner: Owner = "property" if check.field else "platform"
    message = f"{check.sentence} Nothing was saved."
    raise Refusal("check_failed", message, owner, field=check.field)


def checked(draft: Draft) -> tuple[Kind, Method, dict[str, str]]:
    """Return whose system it is, how it is opened, and what was typed in; refuses `invalid`."""
    kind = KINDS.get(draft.kind)
    if kind is None or not kind.methods:
        raise invalid("Choose which system the credentials are for.")
    if draft.method not in kind.methods:
        raise invalid(f"{kind.name} cannot be opened that way. Choose another one.")
    method = METHODS[draft.method]
    return kind, method, credentials.checked(method.fields, draft.values)


def checked_address(kind: Kind, address: str) -> str:
    """Return the base address of a system without a slash at its end; refuses `invalid`."""
    address = address.strip().rstrip("/") or kind.address
    if complaint := address_problem(kind, address):
        raise invalid(complaint, field=ADDRESS)
    if address:
        try:
            current().door.check(address)
        except Blocked as blocked:
            raise invalid(blocked.reason, field=ADDRESS) from blocked
    return address


def address_problem(kind: Kind, address: str) -> str | None:
    """Return what is wrong with a base address as it is written, None when it can be tried."""
    if not address.strip() and kind.needs_address:
        return "Write the address where the system answers."
    if "?" in address or "#" in address:
        return "Leave out what follows “?” or “#” in the address: paths are added to it."
    return None


def create(
    session: Session,
    who: Standing,
    property_id: str,
    draft: Draft,
    values: Mapping[str, str],
    check: Check,
    now: datetime,
) -> Authorization:
    """Keep credentials that were accepted as a new authorization; refuses `invalid`."""
    kind = KINDS[draft.kind]
    row = Authorization(
        property_id=property_id,
        kind=kind.key,
        name=_checked_name(draft.name or _proposed(kind, draft.address, check)),
        method=draft.method,
        address=checked_address(kind, draft.address),
        settings=dict(draft.settings),
        ciphertext="",
        status="working",
        since=now,
        checked_at=now,
        created_by=who.person_id,
        created_at=now,
    )
    keep(row, values, check, now)
    announce_new(session, who, row, now)
    return row


def keep(row: Authorization, values: Mapping[str, str], check: Check, now: datetime) -> None:
    """Store credentials that were accepted, and forget what was done with others before."""
    row.ciphertext = encryption.encrypt(json.dumps(dict(values)))
    row.account_id, row.account_name = check.account_id, check.account_name
    row.last_error, row.checked_at, row.last_used_at = "", now, None
    note_use(row, check, now)


def is_tried(row: Authorization) -> bool:
    """Whether the system has said whose the credentials are, or has given data for them."""
    return row.account_id is not None or row.last_used_at is not None


def note_use(row: Authorization, check: Check, now: datetime) -> None:
    """Take note that a check read data with these credentials, if it did."""
    if check.gave_data:
        row.last_used_at = now


def renew(
    session: Session,
    who: Standing,
    row: Authorization,
    values: Mapping[str, str],
    check: Check,
    now: datetime,
) -> None:
    """Store new credentials of the same account, and let what broke work again."""
    keep(row, values, check, now)
    if not dependents.repair(session, who, row, now, "With new credentials"):
        _tell(session, row, "authorization.credentials_changed", who, now)


def announce_new(session: Session, who: Standing, row: Authorization, now: datetime) -> None:
    """Add the row of a new authorization, and say so."""
    session.add(row)
    session.flush()
    _tell(session, row, "authorization.added", who, now, _of_account(row), before="absent")


def same_account(row: Authorization, check: Check, instead: str) -> None:
    """Refuse `other_account` when credentials belong to somebody else than the ones before."""
    if row.account_id and check.account_id != row.account_id:
        raise Refusal(
            "other_account",
            f"These credentials belong to {check.account_name or 'another account'}, but the ones "
            f"before to {row.account_name or 'a different one'}. To change the account, {instead}.",
        )


def settings_of(session: Session, row: Authorization) -> dict[str, Any]:
    """Return what credentials are tried with: what a source that they open reads, if there is one.

    Without it, an API that is described by settings can be asked for nothing that needs them.
    """
    opened = dependents.sources_of(session, row.id)
    return {**row.settings, **(opened[0].settings if opened else {})}


def values_of(row: Authorization) -> dict[str, str]:
    """Return the credentials in the clear."""
    found: dict[str, str] = json.loads(encryption.decrypt(row.ciphertext))
    return found


# Details


def _recheck(authorization_id: str, now: datetime, actor: Actor | None = None) -> str:
    """Try the kept credentials; what was changed meanwhile is left as it is.

    `actor` is the person who asked for it, who repairs what was broken if they work again.
    """
    with database.reading() as session:
        row = session.get(Authorization, authorization_id)
        if row is None or row.status == "forgotten":
            return ""
        tried_text, kind = row.ciphertext, KINDS[row.kind]
        settings = settings_of(session, row)
        access = Access(row.address, row.method, values_of(row), settings)
    check = kind.check(current().door, access)
    with database.transaction() as session:
        row = session.get_one(Authorization, authorization_id)
        dependents.hold(session, row)
        if row.status == "forgotten" or row.ciphertext != tried_text:
            return check.sentence
        if check.error == "refused":
            dependents.refuse(session, row, check.sentence, now)
        row.checked_at, row.last_error = now, "" if check.ok else check.sentence
        note_use(row, check, now)
        if check.ok and row.status == "refused" and actor is not None:
            same_account(row, check, f"add another authorization for {kind.name}")
            who = connections.managing(session, actor, row.property_id, now)
            dependents.repair(session, who, row, now, "The credentials work again")
    return check.sentence


def _checked_name(name: str) -> str:
    return checked_text(name, "the name", longest=80, owner="property")


def _proposed(kind: Kind, address: str, check: Check) -> str:
    return ", ".join(filter(None, (kind.called(address), check.account_name)))[:80]


def _of_account(row: Authorization) -> str:
    return f"Account: {row.account_name}" if row.account_name else ""


def _mine(
    session: Session, actor: Actor, authorization_id: str, now: datetime
) -> tuple[Standing, Authorization]:
    _, row = visible(session, actor, authorization_id, now)
    who = connections.managing(session, actor, row.property_id, now)
    try:
        dependents.hold(session, row)
    except database.Gone as gone:
        raise not_found("This authorization") from gone
    return who, row


def _must_be_kept(row: Authorization) -> None:
    if row.status == "forgotten":
        raise Refusal("wrong_state", "These credentials were deleted. Add an authorization anew.")


def _detach_ended_connections(session: Session, row: Authorization) -> None:
    ended = select(Connection).where(Connection.authorization_id == row.id)
    for connection in session.exec(ended):
        connection.authorization_id = None


def _used_by_sources() -> list[tuple[str, str]]:
    """Return what only sources use; core connections have a check of their own."""
    opens_an_app = select(Connection.authorization_id).where(Connection.status == "connected")
    with database.reading() as session:
        found = session.exec(
            select(Authorization.id, Authorization.kind)
            .where(
                Authorization.status == "working",
                col(Authorization.id).in_(select(Source.authorization_id)),
                col(Authorization.id).not_in(
                    opens_an_app.where(col(Connection.authorization_id).is_not(None))
                ),
            )
            .order_by(col(Authorization.id))
        )
        return list(found)


def _tell(
    session: Session,
    row: Authorization,
    event: str,
    who: Standing,
    now: datetime,
    note: str = "",
    **states: str,
) -> None:
    moving.tell(session, "authorization", row, event, who, "property", now, note=note, **states)
