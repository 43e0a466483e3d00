"""Places: the properties, partners and the operators' room that a person can look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from domain.actors import Role
from storage.partners import Partner
from storage.properties import Property

_ROLE_WORDS = {
    "manager": "Manager",
    "viewer": "Viewer",
    "partner": "Partner",
    "operator": "Operator",
}


@dataclass(frozen=True)
class Place:
    """`kind` is property, partner or platform; `id` is empty for the platform."""

    key: str
    kind: str
    id: str
    name: str
    role: str
    time_zone: str = "UTC"

    @property
    def role_words(self) -> str:
        return _ROLE_WORDS[self.role]


def of(session: Session, roles: Sequence[Role]) -> tuple[Place, ...]:
    """Return the places that go with `roles`: properties by name, then partners, the platform."""
    ids = [role.place_id for role in roles if role.place_id]
    # Every page asks for them, and some people look after dozens: two questions for all of them.
    of_hotels = select(Property).where(col(Property.id).in_(ids))
    of_partners = select(Partner).where(col(Partner.id).in_(ids))
    hotels = {hotel.id: hotel for hotel in session.exec(of_hotels)}
    partners = {partner.id: partner for partner in session.exec(of_partners)}
    found = [_place(role, hotels, partners) for role in roles]
    order = ("property", "partner", "platform")
    return tuple(sorted(found, key=lambda place: (order.index(place.kind), place.name)))


def chosen(places: Sequence[Place], key: str | None) -> Place | None:
    """Return the place that a browser looks at: the chosen one if it is still there."""
    return next((place for place in places if place.key == key), places[0] if places else None)


def name_of(session: Session, role: str, property_id: str | None, partner_id: str | None) -> str:
    """Return the name of the place that a membership or invitation belongs to."""
    return of(session, [Role(role, property_id or partner_id or "")])[0].name


def _place(role: Role, hotels: Mapping[str, Property], partners: Mapping[str, Partner]) -> Place:
    if role.role == "operator":
        return Place("platform", "platform", "", "Platform", role.role)
    if role.role == "partner":
        partner = partners[role.place_id]
        return Place(partner.id, "partner", partner.id, partner.name, role.role)
    hotel = hotels[role.place_id]
    return Place(hotel.id, "property", hotel.id, hotel.name, role.role, hotel.time_zone)
