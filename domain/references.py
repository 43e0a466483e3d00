"""References: the names behind the ids in a record, where its source gives the two apart.

Mews, for one, says of a reservation which guest it is for, and who that is among its guests.
"""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from storage.records import TABLES

# Field of a reservation: the field with the id, the type of what it names, and its words there.
_BEHIND = {
    "guest_name": ("guest_id", "guests", ("first_name", "last_name")),
    "space_name": ("space_id", "spaces", ("name",)),
    "rate_name": ("rate_id", "rates", ("name",)),
}


class Reference(NamedTuple):
    """Where a name comes from that its own record does not say: an id, and the type it is of."""

    id_field: str
    type: str


def filled(
    type_key: str, targets: Collection[str], brought_in: Collection[str]
) -> dict[str, Reference]:
    """Return which fields of a type have their names by an id, and from where. Pure.

    targets: the fields that a mapping fills. brought_in: the types that come from its source.
    """
    if type_key != "reservations":
        return {}
    return {
        field: Reference(id_field, of_type)
        for field, (id_field, of_type, _) in _BEHIND.items()
        if field not in targets and id_field in targets and of_type in brought_in
    }


def names(session: Session, type_key: str, records: Sequence[Any]) -> dict[tuple[int, str], str]:
    """Return what empty name fields of these records would say: by record id and field.

    One question for each kind of name, however many records there are.
    """
    if type_key != "reservations":
        return {}
    found: dict[tuple[int, str], str] = {}
    for field, (id_field, of_type, words) in _BEHIND.items():
        asking = [each for each in records if not getattr(each, field) and getattr(each, id_field)]
        wanted = {(each.source_id, getattr(each, id_field)) for each in asking}
        known = _known(session, of_type, words, wanted)
        for each in asking:
            if name := known.get((each.source_id, getattr(each, id_field))):
                found[each.id, field] = name
    return found


def _known(
    session: Session, of_type: str, words: Sequence[str], wanted: set[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    if not wanted:
        return {}
    table: Any = TABLES[of_type]
    query = sa.select(
        table.source_id, table.external_id, *(getattr(table, word) for word in words)
    ).where(
        table.source_id.in_({source_id for source_id, _ in wanted}),
        table.external_id.in_({key for _, key in wanted}),
    )
    return {
        (source_id, key): " ".join(filter(None, said))
        for source_id, key, *said in session.execute(query)
    }
