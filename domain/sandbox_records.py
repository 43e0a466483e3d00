"""Sandbox records: puts invented records where a run would put those of a hotel, in one go."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from domain import data_events, invented
from domain.invented import Invented
from domain.types_of_data import ALL
from storage.records import LONGEST, TABLES, Record
from storage.sources import Source
from storage.upserts import Fresh, Upserts

RUN = "sandbox"  # in place of the id of a run
MADE, CHANGED, CANCELED = 3, 5, 2  # reservations at a time
MOST = 3000  # reservations that are made later on
_NEW = "R-new-"
_OURS = {*Record.model_fields, "raw"}

Prepared = Mapping[str, Sequence[Fresh]]


@dataclass(frozen=True)
class Happened:
    """How many reservations were made, changed and canceled."""

    made: int
    changed: int
    canceled: int


def prepare(today: date) -> Prepared:
    """Return all that there is on a day, ready to be written; it takes a moment."""
    return {
        key: [_fresh(key, record) for record in records]
        for key, records in invented.hotel(today).items()
    }


def put_all(session: Session, source: Source, prepared: Prepared, now: datetime) -> None:
    """Make a source have exactly these records, and tell the partner what has changed."""
    for type_key, records in prepared.items():
        _put(session, source, type_key, records, now)
        _remove_others(session, source, type_key, {each.external_id for each in records}, now)


def happen(session: Session, source: Source, now: datetime) -> Happened:
    """Make, change and cancel some reservations, and tell the partner."""
    number = _newcomers(session, source)
    made = [invented.newcomer(number + each, now.date()) for each in range(1, MADE + 1)]
    if number >= MOST:
        made = []
    upcoming = _upcoming(session, source, now.date(), CHANGED + CANCELED)
    changed = [_changed(each, now) for each in upcoming[:CHANGED]]
    canceled = [_canceled(each, now) for each in upcoming[CHANGED:]]
    stays = [*(stay for stay, _ in made), *changed, *canceled]
    _put(session, source, "guests", [_fresh("guests", guest) for _, guest in made], now)
    _put(session, source, "reservations", [_fresh("reservations", each) for each in stays], now)
    return Happened(len(made), len(changed), len(canceled))


# Details


def _put(
    session: Session, source: Source, type_key: str, records: Sequence[Fresh], now: datetime
) -> None:
    """Write what is new or has changed, once per transaction and type."""
    upserts = _upserts(source, type_key)
    known = upserts.known(session, [each.external_id for each in records], now)
    news = [each for each in records if _is_news(each, known)]
    upserts.write(session, news, now)
    written = upserts.known(session, [each.external_id for each in news], now)
    for change in ("created", "updated"):
        told = {
            held.id: key
            for key, held in written.items()
            if held.id is not None and (key in known) == (change == "updated")
        }
        data_events.tell_now(session, source.property_id, type_key, change, told, now)


def _is_news(record: Fresh, known: Mapping[str, Any]) -> bool:
    held = known.get(record.external_id)
    return held is None or held.is_removed or held.content_hash != record.content_hash


def _remove_others(
    session: Session, source: Source, type_key: str, kept: set[str], now: datetime
) -> None:
    table = _table(type_key)
    there = sa.select(table.c.id, table.c.external_id).where(
        table.c.source_id == source.id, table.c.removed_at.is_(None)
    )
    gone = {number: key for number, key in session.execute(there) if key not in kept}
    if gone:
        session.execute(
            sa.update(table)
            .where(table.c.id.in_(gone))
            .values(removed_at=now, changed_at=now, run_id=RUN)
        )
        data_events.tell_now(session, source.property_id, type_key, "removed", gone, now)


def _newcomers(session: Session, source: Source) -> int:
    """Return how many reservations were ever made later on; what was removed counts, too."""
    table = _table("reservations")
    query = sa.select(sa.func.count()).where(
        table.c.source_id == source.id, table.c.external_id.startswith(_NEW, autoescape=True)
    )
    return int(session.execute(query).scalar_one())


def _upcoming(session: Session, source: Source, today: date, most: int) -> list[Invented]:
    """Return confirmed stays of the days to come, those first that have not changed for longest."""
    table, columns = _table("reservations"), _columns("reservations")
    query = (
        sa.select(table.c.external_id, *(table.c[name] for name in columns))
        .where(
            table.c.source_id == source.id,
            table.c.status == "confirmed",
            table.c.arrival > today,
            table.c.removed_at.is_(None),
        )
        .order_by(table.c.changed_at, table.c.arrival, table.c.id)
        .limit(most)
    )
    return [Invented(row.external_id, _without_key(row)) for row in session.execute(query)]


def _without_key(row: sa.Row[Any]) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if name != "external_id"}


def _changed(stay: Invented, now: datetime) -> Invented:
    total = stay.values["total"] + 1900
    return stay.with_(total=total, balance=total, notes="Breakfast was added.", updated=now)


def _canceled(stay: Invented, now: datetime) -> Invented:
    return stay.with_(status="canceled", canceled=now, updated=now, balance=0)


def _fresh(type_key: str, record: Invented) -> Fresh:
    columns = _columns(type_key)
    values = {name: record.values.get(name) for name in columns}
    shown = {"id": record.key} | {key: value for key, value in values.items() if value is not None}
    raw = json.dumps(shown, default=str, ensure_ascii=False).encode()
    searched = [values[field.key] for field in ALL[type_key].fields[1:] if field.is_searched]
    search = " ".join([record.key, *filter(None, searched)]).lower()[:LONGEST]
    return Fresh(record.key, sha256(raw).digest(), search, raw, values)


def _upserts(source: Source, type_key: str) -> Upserts:
    return Upserts(
        type_key,
        _columns(type_key),
        property_id=source.property_id,
        source_id=source.id,
        run_id=RUN,
    )


def _columns(type_key: str) -> tuple[str, ...]:
    return tuple(column.name for column in _table(type_key).columns if column.name not in _OURS)


def _table(type_key: str) -> sa.Table:
    return TABLES[type_key].__table__  # type: ignore[attr-defined, no-any-return]
