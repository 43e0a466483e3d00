"""The ID finder: one search over everything that a property has, by name, code or ID."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm
from sqlmodel import Session, select

from domain import masking, moments, records, references
from domain.actors import Actor
from domain.authorizations import seeing
from domain.shelves import number_of, public_id
from domain.types_of_data import ALL, TypeOfData
from storage import database
from storage.records import TABLES
from storage.sources import Source

OF_EACH = 8  # records of each type that are shown
LONGEST = 100  # characters of a search
# What people call a record of these types, and its short code; the others have a name and a code.
_NAMES = {"reservations": ("guest_name",), "guests": ("first_name", "last_name")}
_CODES = {"reservations": "number", "guests": "", "spaces": "number"}
# Short lists first: what is mapped is mostly there.
_ORDER = (
    "accounting_categories",
    "products",
    "services",
    "rates",
    "spaces",
    "reservations",
    "guests",
)


@dataclass(frozen=True)
class Hit:
    """A record. name: masked for viewers where it tells about a guest; external_id: its ID at the
    source; public_id: its ID in the Connector API; source: its name."""

    type: str
    number: int
    name: str
    code: str
    external_id: str
    public_id: str
    source: str
    is_active: bool


@dataclass(frozen=True)
class Found:
    """What was found; `more` are the types of which there is more than is shown."""

    hits: tuple[Hit, ...]
    more: tuple[str, ...]


def find(actor: Actor, property_id: str, text: str, *, now: datetime | None = None) -> Found:
    """Return the records whose name, code or ID has all words of `text`, some of each type.

    Nothing is found for an empty text, and what is masked for viewers is not searched. Refuses
    `not_found` to strangers.
    """
    text = text.strip()[:LONGEST]
    with database.reading() as session:
        who = seeing(session, actor, property_id, now or moments.now())
        if not text:
            return Found((), ())
        may_see = who.manages(property_id)
        sources = select(Source.id, Source.name).where(Source.property_id == property_id)
        names = dict(session.exec(sources).all())
        hits: list[Hit] = []
        more: list[str] = []
        for of_type in (ALL[key] for key in _ORDER):
            found = _of_type(session, of_type, property_id, list(names), text, may_see)
            hits += _hits(session, of_type, found[:OF_EACH], names, may_see)
            if len(found) > OF_EACH:
                more.append(of_type.key)
        return Found(tuple(hits), tuple(more))


# Details


def _of_type(
    session: Session,
    of_type: TypeOfData,
    property_id: str,
    sources: Sequence[str],
    text: str,
    may_see: bool,
) -> list[Any]:
    """Return the first records of a type, one more than is shown; what has just this ID is first.

    Which ones is asked of an index alone, in its order: a hundred thousand are neither read nor
    sorted.
    """
    table: Any = TABLES[of_type.key]
    there = (table.property_id == property_id, table.removed_at.is_(None))
    has_words = select(table.id).where(*there, *records.having(of_type, text, may_see))
    asked = [
        select(table.id).where(*there, table.source_id.in_(sources), table.external_id == text),
        has_words.order_by(table.search, table.id).limit(OF_EACH + 1),
    ]
    if (number := number_of(of_type.key, text.lower())) is not None:
        asked.insert(0, select(table.id).where(*there, table.id == number))
    numbers = dict.fromkeys(number for query in asked for number in session.exec(query))
    query = select(table).options(sa.orm.defer(table.raw)).where(table.id.in_(list(numbers)))
    read = {record.id: record for record in session.exec(query)}
    return [read[number] for number in numbers if number in read]


def _hits(
    session: Session,
    of_type: TypeOfData,
    found: list[Any],
    names: dict[str, str],
    may_see: bool,
) -> Iterator[Hit]:
    behind = references.names(session, of_type.key, found)
    for record in found:
        yield Hit(
            of_type.key,
            record.id,
            _name(of_type, record, behind, may_see),
            getattr(record, _CODES.get(of_type.key, "code"), None) or "",
            masking.key(of_type, record.external_id, may_see),
            public_id(of_type.key, record.id),
            names.get(record.source_id, ""),
            getattr(record, "active", None) is not False,
        )


def _name(
    of_type: TypeOfData, record: Any, behind: dict[tuple[int, str], str], may_see: bool
) -> str:
    keys = _NAMES.get(of_type.key, ("name",))
    words = [getattr(record, key) or behind.get((record.id, key), "") for key in keys]
    name = " ".join(filter(None, words))
    is_personal = any(field.is_personal for field in of_type.fields if field.key in keys)
    return masking.masked_text(name) if is_personal and not may_see else name
