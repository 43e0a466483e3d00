"""Support: "Whom do I call?" What is wrong on a connection, whose turn it is, and the next step."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from domain import catalogue, moments, routes, signs
from domain.actors import Actor, standing
from domain.catalogue import Contact
from domain.refusals import not_found
from domain.routes import Facts, Route, Side
from domain.signs import Around
from storage import database
from storage.apps import App
from storage.connections import Connection
from storage.partners import Partner
from storage.people import Person
from storage.properties import Property

SIDES: dict[str, Side] = {"property": "property", "viewer": "property", "partner": "partner"}


@dataclass(frozen=True)
class Answer:
    """Whom its reader calls about one connection, and the way there.

    side: the reader's: property, viewer, partner or platform. apart: the route when the hotel's
    data are left aside, which are told of by themselves. contact: of the partner, for the
    partner of the hotel; None where the platform answers itself. takes_cases: whether a problem
    can be reported about it. why_not: why this reader cannot take the step, empty if they can.
    """

    connection_id: str
    app: str
    app_slug: str
    kind: str
    icon: str
    hue: int
    status: str
    hotel: str
    developer: str
    side: str
    route: Route
    apart: Route
    contact: Contact | None
    takes_cases: bool
    why_not: str

    @property
    def whom(self) -> str:
        """Who answers a case about it, as a sentence begins."""
        return "The platform’s own team" if self.kind == "core" else self.developer

    @property
    def draft(self) -> routes.Draft:
        return self.route.draft


def of_connection(actor: Actor, connection_id: str, *, now: datetime | None = None) -> Answer:
    """Return whom to call about a connection; refuses `not_found` to strangers."""
    now = now or moments.now()
    with database.reading() as session:
        who = standing(session, actor, now)
        found = _around(session, Connection.id == connection_id)
        side = who.side_of(found[0].connection) if found else None
        if side is None:
            raise not_found("This connection")
        facts = signs.of(session, found, now)[connection_id]
        return _answer(session, found[0], _seen_by(facts, side), side)


def of_property(
    actor: Actor, property_id: str, *, now: datetime | None = None
) -> tuple[Answer, ...]:
    """Return whom to call about each connection of a property, the worst first.

    Refuses `not_found` to strangers.
    """
    now = now or moments.now()
    with database.reading() as session:
        who = standing(session, actor, now)
        if not who.sees_property(property_id):
            raise not_found("This property")
        found = _around(session, Connection.property_id == property_id)
        side = "property" if who.manages(property_id) else "viewer"
        why_not = _why_not(session, property_id, side)
        facts = signs.of(session, found, now)
        answers = [
            _worded(each, facts[each.connection.id], side, _contact(each), why_not)
            for each in found
        ]
        return tuple(sorted(answers, key=lambda each: (routes.severity(each.route), each.app)))


# Details


def _around(session: Session, condition: object) -> list[Around]:
    found = session.exec(
        select(Connection, App, Property, Partner)
        .join(App, col(App.id) == Connection.app_id)
        .join(Property, col(Property.id) == Connection.property_id)
        .outerjoin(Partner, col(Partner.id) == Connection.partner_id)
        .where(condition)  # type: ignore[arg-type]
    )
    return [Around(*row) for row in found]


def _seen_by(facts: Facts, side: str) -> Facts:
    """Return the facts without a case that its reader must not know of."""
    is_hidden = side == "platform" and facts.case is not None and not facts.case.is_at_platform
    return replace(facts, case=None) if is_hidden else facts


def _answer(session: Session, of: Around, facts: Facts, side: str) -> Answer:
    contact = _asker(session, of) if side == "partner" else _contact(of)
    why_not = _why_not(session, of.hotel.id, side)
    return _worded(of, facts, side, contact, why_not)


def _worded(of: Around, facts: Facts, side: str, contact: Contact | None, why_not: str) -> Answer:
    app = of.app
    names, seen_by = of.names, SIDES.get(side, "platform")
    return Answer(
        of.connection.id,
        app.name,
        app.slug,
        app.kind,
        app.icon,
        app.hue,
        of.connection.status,
        of.hotel.name,
        names.developer,
        side,
        routes.route(facts, names, seen_by),
        routes.route(routes.apart(facts), names, seen_by),
        contact,
        facts.takes_cases and of.connection.status != "pending",
        why_not,
    )


def _contact(of: Around) -> Contact | None:
    return catalogue.contact_of(of.partner)


def _asker(session: Session, of: Around) -> Contact:
    """Return whom the partner asks at the hotel; no address once the connection has ended."""
    person = session.get_one(Person, of.connection.requested_by)
    has_ended = of.connection.status in catalogue.ENDED
    return Contact(person.name, "" if has_ended else person.email, "", "")


def _why_not(session: Session, property_id: str, side: str) -> str:
    if side != "viewer":
        return ""
    return catalogue.managers_only(catalogue.managers_of(session, property_id))
