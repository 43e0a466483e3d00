"""References: the names behind the ids in a record, where its source gives the two apart.

Mews, for one, says of a reservation which guest it is for, and who that is among its guests.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
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


def expected(
    type_key: str, targets: Collection[str], brought_in: Collection[str]
) -> dict[str, Reference]:
    """Return which fields of a type need not be mapped, since an id that is leads to a name. Pure.

    targets: the fields that a mapping fills. brought_in: the types that come from its source.
    """
    return {
        field: reference
        for field, reference in of(type_key).items()
        if field not in targets and reference.id_field in targets and reference.type in brought_in
    }


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


def named(
    property_id: str, reference: Reference, words: Sequence[str], fits: Callable[[Any], Condition]
) -> sa.Select[tuple[str, str]]:
    """Return the question for what is there now whose name `fits`: its source, and its id there.

    words: in small letters, all of the name that must be in it: by them, few names need be read.
    """
    table: Any = TABLES[reference.type]
    having = with_words(reference.type, property_id, words)
    return sa.select(table.source_id, table.external_id).where(
        table.id.in_(having), fits(_name(table, reference))
    )


def with_words(type_key: str, property_id: str, words: Sequence[str]) -> sa.Select[tuple[int]]:
    """Return the question for the numbers of what is there now and has all words in `search`."""
    table: Any = TABLES[type_key]
    return sa.select(table.id).where(
        table.property_id == property_id,
        table.removed_at.is_(None),
        # True of all, it has SQLite take the index on `search`: reading records takes three times
        # as long.
        table.search >= "",
        *(table.search.contains(word, autoescape=True) for word in words),
    )


def is_filled(type_key: str, field: str, among: sa.Select[tuple[str, str]]) -> Condition:
    """Return what is true of records whose name `field` is empty, and said by one of `among`."""
    table: Any = TABLES[type_key]
    id_column = getattr(table, of(type_key)[field].id_field)
    return sa.and_(
        sa.func.coalesce(getattr(table, field), "") == "",
        sa.tuple_(table.source_id, id_column).in_(among),
    )


def is_known(type_key: str, field: str) -> Condition:
    """Return what is true of records of which that came in what they refer to by `field`."""
    table: Any = TABLES[type_key]
    reference = of(type_key)[field]
    target: Any = TABLES[reference.type]
    known = sa.select(target.id).where(
        target.source_id == table.source_id,
        target.external_id == getattr(table, reference.id_field),
    )
    return sa.exists(known)


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
