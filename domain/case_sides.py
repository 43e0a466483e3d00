"""Who may see a case, on which side each of them stands, and who is told of news about it.

A case between a hotel and a partner is not the platform's, until the partner escalates it.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from domain import connections
from domain.actors import Actor, Standing, standing
from domain.refusals import not_found
from storage import database
from storage.apps import App
from storage.cases import Case, CaseMessage
from storage.connections import Connection
from storage.partners import Partner
from storage.people import Membership, Person
from storage.properties import Property

SIDES = ("property", "partner", "platform")


@dataclass(frozen=True)
class Held:
    """A case for who acts on it: `side` is property, viewer, partner or platform."""

    who: Standing
    side: str
    case: Case
    connection: Connection
    app: App
    partner: Partner | None
    hotel: Property

    def name_of(self, side: str) -> str:
        """Return what a side is called."""
        names = {"property": self.hotel.name, "partner": self.developer}
        return names.get(side, "the platform")

    @property
    def developer(self) -> str:
        return self.partner.name if self.partner else self.app.name


def hold(session: Session, actor: Actor, case_id: str, now: datetime) -> Held:
    """Return a case that nobody else can change until the end; refuses `not_found`."""
    return hold_for(session, standing(session, actor, now), case_id)


def hold_for(session: Session, who: Standing, case_id: str) -> Held:
    """`hold`, for somebody whose standing is known."""
    held = found_for(session, who, case_id)
    database.lock(session, held.case)
    return held


def found_for(session: Session, who: Standing, case_id: str, *, what: str = "This case") -> Held:
    """Return a case to be read; refuses `not_found`, and calls it `what`."""
    case = session.get(Case, case_id)
    connection = session.get(Connection, case.connection_id) if case else None
    side = side_of(who, case, connection) if case and connection else None
    if case is None or connection is None or side is None:
        raise not_found(what)
    return Held(who, side, case, connection, *connections.around(session, connection))


def side_of(who: Standing, case: Case, connection: Connection) -> str | None:
    """Return on which side of a case somebody stands, None when they must see nothing of it."""
    side = who.side_of(connection)
    if side == "platform" and not is_for_platform(case):
        return None
    return None if side == "adjoin" else side


def is_for_platform(case: Case) -> bool:
    """Return whether operators may read a case: it is about a core app, or was escalated."""
    return case.route == "core" or case.escalated_at is not None


def sides_of(case: Case) -> tuple[str, ...]:
    """Return which sides take part in a case."""
    if case.route == "core":
        return ("property", "platform")
    return SIDES if is_for_platform(case) else ("property", "partner")


def people(session: Session, case: Case, side: str) -> list[Person]:
    """Return everybody who can act on a side now."""
    at_side = {
        "property": sa.and_(
            col(Membership.property_id) == case.property_id, col(Membership.role) == "manager"
        ),
        "partner": sa.and_(
            col(Membership.partner_id) == case.partner_id, col(Membership.role) == "partner"
        ),
        "platform": col(Membership.role) == "operator",
    }[side]
    rows = session.exec(
        select(Person)
        .join(Membership)
        .where(at_side, col(Membership.ended_at).is_(None))
        .order_by(Person.name, Person.id)
    )
    return list(rows)


def concerned(session: Session, case: Case, side: str) -> list[Person]:
    """Return who of a side is told by mail: who takes care of it or has written in it, as long as
    they are still there; if there is nobody like that, everybody."""
    there = people(session, case, side)
    if side == "platform":
        known = {case.assigned_to}
    else:
        known = set(
            session.exec(
                select(CaseMessage.person_id).where(
                    CaseMessage.case_id == case.id, CaseMessage.side == side
                )
            )
        )
    return [person for person in there if person.id in known] or there
