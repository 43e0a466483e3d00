"""Properties: the hotels of the platform."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from domain import history, moments, paging
from domain.actors import Actor, operating
from domain.paging import Page
from domain.refusals import Owner, invalid, not_found
from storage import changes, database
from storage.connections import Connection
from storage.people import Membership
from storage.properties import Property


@dataclass(frozen=True)
class Row:
    id: str
    name: str
    city: str
    country: str
    time_zone: str
    people: int
    connections: int


def create(
    actor: Actor,
    name: str,
    *,
    city: str = "",
    country: str = "",
    time_zone: str = "UTC",
    now: datetime | None = None,
) -> str:
    """Add a property and return its id; for operators. Refuses `not_found`, `invalid`."""
    now = now or moments.now()
    with database.transaction() as session:
        who = operating(session, actor, now)
        hotel = Property(
            name=checked_text(name, "the name of the property"),
            city=checked_text(city, "the city", optional=True),
            country=checked_text(country, "the country", optional=True),
            time_zone=_checked_zone(time_zone),
            created_at=now,
        )
        session.add(hotel)
        session.flush()
        history.record(
            session, "property.created", who, "platform", now, property_id=hotel.id, note=name
        )
        return hotel.id


def page(
    actor: Actor, *, text: str = "", number: int = 1, now: datetime | None = None
) -> Page[Row]:
    """Return a page of the properties by name, with their numbers; for operators.

    `text` looks in their names and places. Refuses `not_found`.
    """
    with database.reading() as session:
        operating(session, actor, now or moments.now())
        found = paging.has_words(text, Property.name, Property.city, Property.country)
        query = select(Property).where(is_hotel(), found)
        query = query.order_by(col(Property.name), col(Property.id))
        hotels, at = paging.cut(session, query, number)
        return Page(_rows(session, [hotel for (hotel,) in hotels]), at)


def read(actor: Actor, property_id: str, *, now: datetime | None = None) -> Row:
    """Return one property; for operators. Refuses `not_found`."""
    with database.reading() as session:
        operating(session, actor, now or moments.now())
        hotel = session.get(Property, property_id)
        if hotel is None or hotel.sandbox_of is not None:
            raise not_found("This property")
        return _rows(session, [hotel])[0]


def edit(
    actor: Actor,
    property_id: str,
    name: str,
    *,
    city: str = "",
    country: str = "",
    time_zone: str = "UTC",
    now: datetime | None = None,
) -> None:
    """Change what a property is called and where it is; for operators.

    Refuses `not_found`, `invalid`.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who = operating(session, actor, now)
        hotel = session.get(Property, property_id)
        if hotel is None or hotel.sandbox_of is not None:
            raise not_found("This property")
        before = _described(hotel)
        hotel.name = checked_text(name, "the name of the property")
        hotel.city = checked_text(city, "the city", optional=True)
        hotel.country = checked_text(country, "the country", optional=True)
        hotel.time_zone = _checked_zone(time_zone)
        note = history.said_changes(before, _described(hotel))
        history.record(
            session, "property.changed", who, "platform", now, property_id=hotel.id, note=note
        )
        changes.announce(session, changes.Change("property", hotel.id, hotel.id))


def is_hotel() -> sa.ColumnElement[bool]:
    """Return the condition that a property is a hotel, and no partner's sandbox."""
    return col(Property.sandbox_of).is_(None)


def is_of_hotel(property_id: Any) -> sa.ColumnElement[bool]:
    """Return the condition that a row, by its property, is not about a partner's sandbox."""
    sandboxes = sa.select(col(Property.id)).where(~is_hotel())
    return sa.or_(property_id.is_(None), property_id.not_in(sandboxes))


def zones() -> tuple[str, ...]:
    """Return the time zones to choose from, such as Europe/Berlin, in order."""
    places = (name for name in available_timezones() if "/" in name)
    return ("UTC", *sorted(name for name in places if not name.startswith(_NO_PLACE)))


_NO_PLACE = (
    "Etc/",
    "SystemV/",
    "posix/",
    "right/",
    "US/",
    "Canada/",
    "Brazil/",
    "Chile/",
    "Mexico/",
)


def checked_text(
    text: str,
    what: str,
    *,
    optional: bool = False,
    longest: int = 120,
    owner: Owner = "platform",
) -> str:
    """Return `text` with its spaces tidied; refuses `invalid` when it is empty or too long."""
    text = " ".join(text.split())
    if not text and not optional:
        raise invalid(f"Write {what}.", owner)
    if len(text) > longest or not text.isprintable():
        raise invalid(f"Write {what} with {longest} ordinary characters at most.", owner)
    return text


def _rows(session: Session, hotels: Sequence[Property]) -> tuple[Row, ...]:
    ids = [hotel.id for hotel in hotels]
    people = dict(
        session.exec(
            select(Membership.property_id, func.count())
            .where(col(Membership.ended_at).is_(None), col(Membership.property_id).in_(ids))
            .group_by(col(Membership.property_id))
        ).all()
    )
    connections = dict(
        session.exec(
            select(Connection.property_id, func.count())
            .where(col(Connection.property_id).in_(ids))
            .group_by(col(Connection.property_id))
        ).all()
    )
    return tuple(
        Row(
            hotel.id,
            hotel.name,
            hotel.city,
            hotel.country,
            hotel.time_zone,
            people.get(hotel.id, 0),
            connections.get(hotel.id, 0),
        )
        for hotel in hotels
    )


def _described(hotel: Property) -> dict[str, object]:
    return {
        "Name": hotel.name,
        "City": hotel.city,
        "Country": hotel.country,
        "Time zone": hotel.time_zone,
    }


def _checked_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise invalid("Choose a time zone such as Europe/Berlin.", "platform") from error
    return name
