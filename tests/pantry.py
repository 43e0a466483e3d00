"""Builds a hotel's own lists for tests, and an app that needs to know what is in them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from storage import database
from storage.apps import App
from storage.records import TABLES
from storage.sources import Source
from tests.builders import World

SLOTS: list[dict[str, Any]] = [
    {
        "key": "room_revenue",
        "label": "Room revenue",
        "type": "accounting_categories",
        "required": True,
    },
    {"key": "breakfast", "label": "Breakfast", "type": "products", "required": True},
    {"key": "parking", "label": "Parking", "type": "products", "hint": "Per night."},
    {"key": "minibar", "label": "Minibar", "type": "products"},
]


@dataclass
class Pantry:
    """Harbour Hotel's lists and its active connection with D3x. Numbers by the records' ids."""

    world: World
    connection: str
    source: str
    numbers: dict[str, int] = field(default_factory=dict)

    def change(self, external_id: str, **values: Any) -> None:
        """Change a product as a run would."""
        table: Any = TABLES["products"]
        with database.transaction() as session:
            session.execute(sa.update(table).where(table.external_id == external_id).values(values))


def stock(world: World) -> Pantry:
    """Let D3x need four values, and fill the lists of Harbour Hotel and of Alpine Lodge."""
    with database.transaction() as session:
        session.execute(
            sa.update(App)
            .where(col(App.slug) == "d3x")
            .values(
                slots=SLOTS,
                permissions=["products:read", "accounting:read"],
            )
        )
        source = add_source(session, world.hotel, "Mews", world.now)
        other = add_source(session, world.lodge, "Mews", world.now)
    pantry = Pantry(world, world.connect_active(), source)
    with database.transaction() as session:
        for type_key, external_id, name, code in (
            ("accounting_categories", "acc-1", "Room revenue", "4000"),
            ("accounting_categories", "acc-2", "Food", "4100"),
            ("products", "pro-1", "Breakfast buffet", "BREAKFAST"),
            ("products", "pro-2", "Parking space", "PRK"),
            ("products", "pro-3", "Dog bed", "DOG"),
        ):
            pantry.numbers[external_id] = add(
                session, type_key, world.hotel, source, external_id, world.now, name, code
            )
        pantry.numbers["lodge"] = add(
            session, "products", world.lodge, other, "pro-1", world.now, "Brotzeit", "BREAKFAST"
        )
    return pantry


def add_source(session: Session, property_id: str, name: str, now: datetime) -> str:
    source = Source(property_id=property_id, kind="mews", name=name, since=now, created_at=now)
    session.add(source)
    session.flush()
    return source.id


def add(
    session: Session,
    type_key: str,
    property_id: str,
    source_id: str,
    external_id: str,
    now: datetime,
    name: str,
    code: str = "",
    **more: Any,
) -> int:
    """Add a record as a run would, and return its number."""
    record: Any = TABLES[type_key](
        property_id=property_id,
        source_id=source_id,
        external_id=external_id,
        run_id="run_1",
        content_hash=b"",
        search=f"{external_id} {name} {code}".lower(),
        first_seen_at=now,
        seen_at=now,
        changed_at=now,
        name=name,
        code=code or None,
        raw=b"{}",
        **more,
    )
    session.add(record)
    session.flush()
    return int(record.id)
