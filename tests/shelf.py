"""Fills the records of two hotels for tests, and connects one of them with an app that reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from domain import connections
from domain.actors import Actor
from domain.shelves import PREFIXES, READS
from storage import database
from storage.apps import App
from storage.cases import Case
from storage.connections import Connection, Token
from storage.records import TABLES
from tests import builders, pantry
from tests.builders import World

EVERYTHING = tuple(dict.fromkeys(READS.values()))
FIRST_DAY = date(2026, 12, 1)
CASE = 900  # the number of a case that is open with D3x
# What each type needs besides a name; the others have no more than that.
_ONE_OF_EACH: dict[str, dict[str, Any]] = {
    "guests": {"last_name": "Guest 1", "email": "guest1@mail.example"},
    "spaces": {"name": "101", "kind": "room", "active": True},
    "rates": {"name": "Best available", "base_price": 12_900, "base_price_currency": "EUR"},
    "products": {"name": "Breakfast", "code": "BF", "price": 1900, "price_currency": "EUR"},
    "services": {"name": "Stay", "active": True},
    "accounting_categories": {"name": "Room revenue", "code": "4000", "active": False},
}


@dataclass
class Shelf:
    """Harbour Hotel's records and its connection with D3x; Alpine Lodge has records, too."""

    world: World
    source: str
    connection: str

    @property
    def actor(self) -> Actor:
        """D3x's program, with the access token of the connection."""
        return token_of(self.connection)

    def add(self, numbers: Iterable[int], at: datetime, *, status: str = "confirmed") -> None:
        """Bring in reservations as a run would: `res-1` arrives on the first day."""
        with database.transaction() as session:
            add_reservations(session, self.world.hotel, self.source, numbers, at, status=status)

    def add_products(self, count: int) -> None:
        """Bring in so many products more."""
        rows = [
            _row(self.world.hotel, self.source, f"pro-{n}", self.world.now) | {"name": f"Extra {n}"}
            for n in range(count)
        ]
        with database.transaction() as session:
            session.execute(sa.insert(TABLES["products"]), rows)

    def change(self, key: str, at: datetime, **values: Any) -> None:
        """Change a reservation as a run would."""
        _update(self.source, key, changed_at=at, **values)

    def remove(self, key: str, at: datetime) -> None:
        """Find a reservation gone, as a run would."""
        _update(self.source, key, changed_at=at, removed_at=at)


def fill(
    world: World, count: int = 5, permissions: Sequence[str] = EVERYTHING, *, active: bool = True
) -> Shelf:
    """Bring in so many reservations and one record of each other type, at both hotels."""
    permit(permissions)
    with database.transaction() as session:
        source = pantry.add_source(session, world.hotel, "Mews", world.now)
        other = pantry.add_source(session, world.lodge, "Apaleo", world.now)
        add_reservations(session, world.hotel, source, range(1, count + 1), world.now)
        add_reservations(session, world.lodge, other, range(1, 4), world.now)
        for type_key, values in _ONE_OF_EACH.items():
            for hotel, of in ((world.hotel, source), (world.lodge, other)):
                row = _row(hotel, of, f"{type_key}-1", world.now) | values
                row["search"] = f"{type_key}-1 {values.get('name', '')} {values.get('code', '')}"
                row["search"] = row["search"].lower()
                session.execute(sa.insert(TABLES[type_key]), [row])
    connection = world.connect_active() if active else world.connect()
    _add_case(world, connection)
    return Shelf(world, source, connection)


def ids(filled: Shelf) -> dict[str, str]:
    """Return the ids of what is D3x's at Harbour Hotel, by the words in the API's paths: its
    connection, endpoint and delivery, and one record of each type."""
    message = builders.messages_of(filled.connection, "connection.requested")[0]
    found = {
        "connection_id": filled.connection,
        "endpoint_id": filled.world.d3x_endpoint,
        "delivery_id": message.id,
        "number": str(CASE),
    }
    with database.reading() as session:
        for key, table in TABLES.items():
            first: Any = sa.func.min(table.id)
            of_hotel = table.property_id == filled.world.hotel
            number = session.execute(sa.select(first).where(of_hotel)).scalar_one()
            found[key.replace("_", "-")] = f"{PREFIXES[key]}_{number}"
    return found


def permit(permissions: Sequence[str], slug: str = "d3x") -> None:
    """Let an app ask for these permissions."""
    with database.transaction() as session:
        statement = sa.update(App).where(col(App.slug) == slug)
        session.execute(statement.values(permissions=list(permissions)))


def token_of(connection_id: str) -> Actor:
    """Return the program with the newest token of a connection."""
    with database.reading() as session:
        query = select(Token.id).where(Token.connection_id == connection_id)
        found = session.exec(query.order_by(col(Token.id).desc())).first()
    return Actor("token", found or "")


def add_reservations(
    session: Session,
    property_id: str,
    source_id: str,
    numbers: Iterable[int],
    at: datetime,
    *,
    status: str = "confirmed",
) -> None:
    rows = [
        _row(property_id, source_id, f"res-{n}", at)
        | {
            "number": f"{1000 + n}",
            "status": status,
            "arrival": FIRST_DAY + timedelta(days=n % 300),
            "departure": FIRST_DAY + timedelta(days=n % 300 + 2),
            "created": at,
            "guest_id": f"gue-{n}",
            "guest_name": f"Guest {n}",
            "notes": f"Note about guest {n}",
            "space_name": "101",
            "adults": 2,
            "total": 25_000 + n,
            "total_currency": "EUR",
        }
        for n in numbers
    ]
    if rows:
        session.execute(sa.insert(TABLES["reservations"]), rows)


def _add_case(world: World, connection_id: str) -> None:
    """Add a case straight into the tables: a verb would tell everybody of it."""
    with database.transaction() as session:
        connection = session.get_one(Connection, connection_id)
        case = Case(
            number=CASE,
            connection_id=connection.id,
            app_id=connection.app_id,
            property_id=connection.property_id,
            partner_id=connection.partner_id,
            route="integrated",
            title="Breakfast is missing",
            status="open_with_partner",
            turn="partner",
            turn_since=world.now,
            opened_by=connection.requested_by,
            opened_at=world.now,
            changed_at=world.now,
        )
        session.add(case)


def _row(property_id: str, source_id: str, external_id: str, at: datetime) -> dict[str, Any]:
    return {
        "property_id": property_id,
        "source_id": source_id,
        "external_id": external_id,
        "run_id": "run_1",
        "content_hash": b"",
        "search": external_id,
        "first_seen_at": at,
        "seen_at": at,
        "changed_at": at,
        "raw": b"{}",
    }


def _update(source_id: str, key: str, **values: Any) -> None:
    table: Any = TABLES["reservations"]
    with database.transaction() as session:
        session.execute(
            sa.update(table)
            .where(table.source_id == source_id, table.external_id == key)
            .values(values)
        )


def add_charlies(world: World) -> str:
    """Let Charlie connect D3x with Alpine Lodge; return the active connection's id."""
    connection = connections.connect(world.charlie, world.lodge, "d3x", now=world.now)
    connections.activate(world.dee, connection, now=world.now)
    return connection
