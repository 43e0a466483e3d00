"""Entries: the records of a hotel's own lists, as values that can be chosen for an app."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from domain.slots import Candidate
from domain.values import Chosen
from storage.records import TABLES
from storage.sources import Source

FOUND = 50  # entries of a search
COMPARED = 3_000  # entries that a suggestion is looked for among
MOST_WORDS = 5
_CODES = {"spaces": "number"}  # the others have a `code`


@dataclass(frozen=True)
class Entry:
    """A record as it is now. state: there, inactive or removed; source: its name."""

    number: int
    type: str
    source_id: str
    source: str
    external_id: str
    name: str
    code: str
    state: str

    @property
    def as_chosen(self) -> Chosen:
        return Chosen(self.type, self.source_id, self.external_id, self.name, self.code)


def find(
    session: Session, property_id: str, type_key: str, text: str = "", *, limit: int = FOUND
) -> tuple[Entry, ...]:
    """Return the entries of a property whose name, code or id has all words of `text`, those in
    use first; what was removed at the source is not offered."""
    table: Any = TABLES[type_key]
    words = text.lower().split()[:MOST_WORDS]
    return _entries(
        session,
        type_key,
        table.property_id == property_id,
        table.removed_at.is_(None),
        *(table.search.contains(word, autoescape=True) for word in words),
        limit=limit,
    )


def numbered(
    session: Session, property_id: str, type_key: str, numbers: Iterable[int]
) -> dict[int, Entry]:
    """Return entries by their numbers; those of other properties are not among them."""
    table: Any = TABLES[type_key]
    known = {number for number in numbers if 0 < number < 2**63}
    found = _entries(session, type_key, table.property_id == property_id, table.id.in_(known))
    return {entry.number: entry for entry in found}


def named(
    session: Session, property_id: str, type_key: str, external_ids: Iterable[str]
) -> dict[str, list[Entry]]:
    """Return entries by their ids at the source; two sources may use the same one."""
    table: Any = TABLES[type_key]
    wanted = table.external_id.in_(set(external_ids))
    found: dict[str, list[Entry]] = {}
    for entry in _entries(session, type_key, table.property_id == property_id, wanted):
        found.setdefault(entry.external_id, []).append(entry)
    return found


def of_chosen(session: Session, chosen: Iterable[Chosen]) -> dict[tuple[str, str, str], Entry]:
    """Return what chosen records are now, by their places; what is in no table is missing."""
    by_type: dict[str, set[tuple[str, str]]] = {}
    for each in chosen:
        by_type.setdefault(each.type, set()).add((each.source_id, each.external_id))
    found: dict[tuple[str, str, str], Entry] = {}
    for type_key, places in by_type.items():
        table: Any = TABLES[type_key]
        is_one = sa.or_(
            *(sa.and_(table.source_id == one, table.external_id == key) for one, key in places)
        )
        for entry in _entries(session, type_key, is_one):
            found[entry.as_chosen.place] = entry
    return found


def candidates(session: Session, property_id: str, type_key: str) -> Sequence[Candidate]:
    """Return what could be suggested: the entries of a property that are in use."""
    table: Any = TABLES[type_key]
    found = session.execute(
        sa.select(table.id, table.name, _code(type_key))
        .where(
            table.property_id == property_id,
            table.removed_at.is_(None),
            sa.or_(table.active.is_(None), table.active),
        )
        .order_by(table.name, table.id)
        .limit(COMPARED)
    )
    return [Candidate(number, name, code or "") for number, name, code in found]


# Details


def _entries(
    session: Session,
    type_key: str,
    *conditions: sa.ColumnElement[bool],
    limit: int | None = None,
) -> tuple[Entry, ...]:
    table: Any = TABLES[type_key]
    found = session.execute(
        select(
            table.id,
            table.source_id,
            table.external_id,
            table.name,
            _code(type_key),
            table.active,
            table.removed_at,
        )  # type: ignore[call-overload]
        .where(*conditions)
        .order_by(sa.func.coalesce(table.active, sa.true()).desc(), table.name, table.id)
        .limit(limit)
    ).all()
    names = _names(session, {source_id for _, source_id, *_ in found})
    return tuple(
        Entry(
            number,
            type_key,
            source_id,
            names.get(source_id, ""),
            external_id,
            name,
            code or "",
            "removed" if removed_at else "inactive" if active is False else "there",
        )
        for number, source_id, external_id, name, code, active, removed_at in found
    )


def _code(type_key: str) -> Any:
    return getattr(TABLES[type_key], _CODES.get(type_key, "code"))


def _names(session: Session, source_ids: Iterable[str]) -> dict[str, str]:
    query = select(Source.id, Source.name).where(col(Source.id).in_(set(source_ids)))
    return dict(session.exec(query).all())
