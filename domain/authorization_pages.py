"""What pages show of authorizations: who uses them, when they were tried, and never the secrets."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from connectors.authorization import METHODS, Method
from connectors.sources import KINDS
from domain import dependents, history, moments
from domain.actors import Actor, Standing
from domain.authorizations import is_tried, seeing, visible
from domain.dependents import Use
from storage import database
from storage.authorizations import Authorization

EXPIRES_SOON = timedelta(days=14)


@dataclass(frozen=True)
class Row:
    """An authorization without its credentials.

    status: working or refused. is_tried: the system has said whose they are, or given data for
    them; before that, working says no more than that nobody has refused them. expires: None,
    "soon" (in 14 days) or "expired". moves: what this reader may do with it now.
    """

    id: str
    name: str
    kind: str
    kind_name: str
    method: str
    method_label: str
    address: str
    account: str
    status: str
    is_tried: bool
    since: datetime
    checked_at: datetime
    last_error: str
    last_used_at: datetime | None
    expires_at: datetime | None
    expires: str | None
    uses: tuple[Use, ...]
    moves: tuple[str, ...]
    created_at: datetime


@dataclass(frozen=True)
class Page:
    row: Row
    method: Method
    history: tuple[history.Line, ...]


def of_property(
    actor: Actor, property_id: str, kind: str = "", *, now: datetime | None = None
) -> tuple[Row, ...]:
    """Return the authorizations of a property, of one kind or all, by name.

    Refuses `not_found` to strangers.
    """
    now = now or moments.now()
    with database.reading() as session:
        who = seeing(session, actor, property_id, now)
        query = select(Authorization).where(
            Authorization.property_id == property_id, Authorization.status != "forgotten"
        )
        if kind:
            query = query.where(Authorization.kind == kind)
        found = session.exec(query.order_by(col(Authorization.name), col(Authorization.id)))
        return tuple(row_of(session, who, each, now) for each in found)


def read(actor: Actor, authorization_id: str, *, now: datetime | None = None) -> Page:
    """Return one authorization; refuses `not_found` to strangers."""
    now = now or moments.now()
    with database.reading() as session:
        who, found = visible(session, actor, authorization_id, now)
        lines = history.of_subjects(session, found.id)
        return Page(row_of(session, who, found, now), METHODS[found.method], lines)


def row_of(session: Session, who: Standing, row: Authorization, now: datetime) -> Row:
    """Return an authorization as its readers see it, without its credentials."""
    kind = KINDS.get(row.kind)
    return Row(
        row.id,
        row.name,
        row.kind,
        kind.name if kind else row.kind,
        row.method,
        METHODS[row.method].label,
        row.address,
        row.account_name or "",
        row.status,
        is_tried(row),
        row.since,
        row.checked_at,
        row.last_error,
        row.last_used_at,
        row.expires_at,
        _expires(row.expires_at, now),
        dependents.uses(session, row),
        ("check_again", "repair", "rename", "remove") if who.manages(row.property_id) else (),
        row.created_at,
    )


# Details


def _expires(at: datetime | None, now: datetime) -> str | None:
    if at is None or at - now > EXPIRES_SOON:
        return None
    return "expired" if at <= now else "soon"
