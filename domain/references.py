"""References: the names behind the ids in a record, where its source gives the two apart.

Mews, for one, says of a reservation which guest it is for, and who that is among its guests.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from storage.records import TABLES

Condition = sa.ColumnElement[bool]
_SAMPLE = 200  # records by which is told whether a source gives names apart


@dataclass(frozen=True)
class Reference:
    """How a field says a name. id_field: the field with the id; type: the type of what it is the
    id of; words: which of its fields make the name."""

    id_field: str
    type: str
    words: tuple[str, ...]


# By the field with the name.
_OF_RESERVATIONS = {
    "guest_name": Reference("guest_id", "guests", ("first_name", "last_name")),
    "space_name": Reference("space_id", "spaces", ("name",)),
    "rate_name": Reference("rate_id", "rates", ("name",)),
}


class Target(NamedTuple):
    """A record that another one refers to."""

    type: str
    id: int


def of(type_key: str) -> Mapping[str, Reference]:
    """Return the references of a type, by the field with the name."""
    return MappingProxyType(_OF_RESERVATIONS if type_key == "reservations" else {})


def names(session: Session, type_key: str, records: Sequence[Any]) -> dict[tuple[int, str], str]:
    """Return what empty name fields of these records would say: by record id and field.

    One question for each kind of name, however many records there are.
    """
    found: dict[tuple[int, str], str] = {}
    for field, reference in of(type_key).items():
        asking = [each for each in records if _asks(each, field, reference)]
        wanted = {(each.source_id, getattr(each, reference.id_field)) for each in asking}
        known = _known(session, reference, wanted)
        for each in asking:
            if name := known.get((each.source_id, getattr(each, reference.id_field))):
                found[each.id, field] = name
    return found


def targets(session: Session, type_key: str, record: Any) -> dict[str, Target]:
    """Return the records that one refers to, as far as they came in, by the field with the name."""
    found = {}
    for field, reference in of(type_key).items():
        table: Any = TABLES[reference.type]
        query = sa.select(table.id).where(
            table.source_id == record.source_id,
            table.external_id == getattr(record, reference.id_field),
        )
        if (number := session.execute(query).scalar()) is not None:
            found[field] = Target(reference.type, number)
    return found


def filled(session: Session, type_key: str, there: Sequence[Condition]) -> frozenset[str]:
    """Return the fields that are filled by reference, told by the newest records of a property.

    A source that gives names apart does so for all its records.
    """
    if not of(type_key):
        return frozenset()
    table: Any = TABLES[type_key]
    columns = [
        getattr(table, name) for field, by in of(type_key).items() for name in (field, by.id_field)
    ]
    query = sa.select(*columns).where(*there).order_by(table.id.desc()).limit(_SAMPLE)
    newest = session.execute(query).all()
    return frozenset(
        field
        for field, reference in of(type_key).items()
        if any(_asks(each, field, reference) for each in newest)
    )


def keys(
    property_id: str, reference: Reference, words: Sequence[str], fits: Callable[[Any], Condition]
) -> sa.Select[tuple[str, str]]:
    """Return the question for what is referred to whose name `fits`: its source and its id there.

    words: in small letters, all of the name that must be in it. They are looked up in the index on
    `search` first, so that few names are read; that is for what is there now.
    """
    table: Any = TABLES[reference.type]
    query = sa.select(table.source_id, table.external_id).where(table.property_id == property_id)
    if words:
        has_words = (table.search.contains(word, autoescape=True) for word in words)
        there = (table.property_id == property_id, table.removed_at.is_(None))
        query = query.where(table.id.in_(sa.select(table.id).where(*there, *has_words)))
    return query.where(fits(_name(table, reference)))


def refers(field: str, type_key: str, among: sa.Select[tuple[str, str]]) -> Condition:
    """Return what is true of records whose `field` is filled by reference to one of `among`."""
    table: Any = TABLES[type_key]
    id_column = getattr(table, of(type_key)[field].id_field)
    is_empty = sa.func.coalesce(getattr(table, field), "") == ""
    is_among = sa.tuple_(table.source_id, id_column).in_(among)
    return sa.and_(is_empty, id_column.is_not(None), is_among)


# Details


def _asks(record: Any, field: str, reference: Reference) -> bool:
    """Say whether a name is to be found behind an id."""
    return not getattr(record, field) and bool(getattr(record, reference.id_field))


def _name(table: Any, reference: Reference) -> Any:
    """Return the name as the database says it, as `names` does."""
    said: Any = ""
    for word in reference.words:
        said = said + sa.func.coalesce(" " + getattr(table, word), "")
    return sa.func.trim(said)


def _known(
    session: Session, reference: Reference, wanted: set[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    if not wanted:
        return {}
    table: Any = TABLES[reference.type]
    query = sa.select(
        table.source_id, table.external_id, *(getattr(table, word) for word in reference.words)
    ).where(
        table.source_id.in_({source_id for source_id, _ in wanted}),
        table.external_id.in_({key for _, key in wanted}),
    )
    return {
        (source_id, key): " ".join(filter(None, said))
        for source_id, key, *said in session.execute(query)
    }
