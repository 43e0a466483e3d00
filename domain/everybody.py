"""Everybody with an account, where they work and as what: for operators."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from domain import moments, paging, people, places
from domain.actors import Actor, Role, Standing, operating
from domain.paging import Page
from domain.places import Place
from domain.refusals import Refusal, not_found
from storage import database
from storage.partners import Partner
from storage.people import Invitation, Membership, Person, SignIn
from storage.properties import Property

KEPT = timedelta(days=30)  # an invitation that was not accepted is shown that long after its end
MOST_INVITED = 100


@dataclass(frozen=True)
class Row:
    """Somebody. `seen_at` is when they last used Adjoin while signed in, None for never."""

    id: str
    name: str
    email: str
    places: tuple[Place, ...]
    seen_at: datetime | None


@dataclass(frozen=True)
class Held:
    """A role that somebody holds at a place. `why_not` says why an operator cannot end it."""

    membership_id: str
    place: Place
    since: datetime
    why_not: str


@dataclass(frozen=True)
class Sheet:
    """Everything that operators see of a person; `browsers` counts where they are signed in."""

    row: Row
    held: tuple[Held, ...]
    browsers: int
    since: datetime


@dataclass(frozen=True)
class Invited:
    """An invitation that nobody has accepted. `why_not` says why an operator cannot change it."""

    id: str
    email: str
    role: str
    place: str
    invited_by: str
    expires_at: datetime
    has_expired: bool
    why_not: str


def page(
    actor: Actor, *, text: str = "", number: int = 1, now: datetime | None = None
) -> Page[Row]:
    """Return a page of people by name; `text` looks in names, addresses and places, for operators.

    Refuses `not_found`.
    """
    with database.reading() as session:
        operating(session, actor, now or moments.now())
        query = select(Person).where(_found_by(text)).order_by(col(Person.name), col(Person.id))
        found, at = paging.cut(session, query, number)
        return Page(_rows(session, [person for (person,) in found]), at)


def read(actor: Actor, person_id: str, *, now: datetime | None = None) -> Sheet:
    """Return one person with their roles; for operators. Refuses `not_found`."""
    now = now or moments.now()
    with database.reading() as session:
        who = operating(session, actor, now)
        person = session.get(Person, person_id)
        if person is None:
            raise not_found("This person")
        alive = (
            select(func.count())
            .select_from(SignIn)
            .where(
                SignIn.person_id == person_id,
                col(SignIn.ended_at).is_(None),
                col(SignIn.expires_at) > now,
            )
        )
        return Sheet(
            _rows(session, [person])[0],
            _held(session, who, person_id),
            session.exec(alive).one(),
            person.created_at,
        )


def invited(actor: Actor, *, text: str = "", now: datetime | None = None) -> tuple[Invited, ...]:
    """Return who was invited and has not accepted, the latest first; for operators.

    Refuses `not_found`.
    """
    now = now or moments.now()
    with database.reading() as session:
        who = operating(session, actor, now)
        found = session.exec(
            select(Invitation, Person.name)
            .join(Person, col(Person.id) == Invitation.invited_by)
            .outerjoin(Property, col(Property.id) == Invitation.property_id)
            .outerjoin(Partner, col(Partner.id) == Invitation.partner_id)
            .where(
                col(Invitation.accepted_at).is_(None),
                col(Invitation.withdrawn_at).is_(None),
                col(Invitation.expires_at) > now - KEPT,
                paging.has_words(text, Invitation.email, Property.name, Partner.name),
            )
            .order_by(col(Invitation.created_at).desc())
            .limit(MOST_INVITED)
        )
        return tuple(_invited(session, who, row, by, now) for row, by in found)


def _found_by(text: str) -> sa.ColumnElement[bool]:
    """Return the condition that a person is found by their name, their address or a place."""
    lives = col(Membership.ended_at).is_(None)
    at_places = (
        sa.select(col(Membership.person_id))
        .outerjoin(Property, col(Property.id) == Membership.property_id)
        .outerjoin(Partner, col(Partner.id) == Membership.partner_id)
        .where(lives, paging.has_words(text, Property.name, Partner.name))
    )
    if not text.strip():
        return sa.true()
    mine = paging.has_words(text, Person.name, Person.email)
    return sa.or_(mine, col(Person.id).in_(at_places))


def _rows(session: Session, found: list[Person]) -> tuple[Row, ...]:
    ids = [person.id for person in found]
    roles: dict[str, list[Role]] = {person_id: [] for person_id in ids}
    memberships = select(Membership).where(
        col(Membership.person_id).in_(ids), col(Membership.ended_at).is_(None)
    )
    for row in session.exec(memberships):
        roles[row.person_id].append(_role(row))
    seen: dict[str, Any] = dict(
        session.exec(
            select(SignIn.person_id, func.max(SignIn.seen_at))
            .where(col(SignIn.person_id).in_(ids))
            .group_by(col(SignIn.person_id))
        ).all()
    )
    # Asked once for all of them, in the order in which each person's are shown.
    known = places.of(session, list({role for mine in roles.values() for role in mine}))
    return tuple(
        Row(
            person.id,
            person.name,
            person.email,
            tuple(place for place in known if Role(place.role, place.id) in roles[person.id]),
            seen.get(person.id),
        )
        for person in found
    )


def _held(session: Session, who: Standing, person_id: str) -> tuple[Held, ...]:
    rows = session.exec(
        select(Membership)
        .where(Membership.person_id == person_id, col(Membership.ended_at).is_(None))
        .order_by(col(Membership.created_at))
    )
    return tuple(
        Held(
            row.id,
            places.of(session, [_role(row)])[0],
            row.created_at,
            people.LAST_ONE if people.is_last(session, row) else "",
        )
        for row in rows
    )


def _invited(session: Session, who: Standing, row: Invitation, by: str, now: datetime) -> Invited:
    place_key = row.property_id or row.partner_id or "platform"
    why_not = ""
    try:
        people.check_manages(session, who, place_key)
    except Refusal as refusal:
        why_not = refusal.message
    return Invited(
        row.id,
        row.email,
        row.role,
        places.name_of(session, row.role, row.property_id, row.partner_id),
        by,
        row.expires_at,
        row.expires_at <= now,
        why_not,
    )


def _role(row: Membership) -> Role:
    return Role(row.role, row.property_id or row.partner_id or "")
