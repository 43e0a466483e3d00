"""Value pages: what people see of a value mapping: its rows, how far it is, and its versions."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from domain import (
    catalogue,
    entries,
    moments,
    slots,
    value_mappings,
    value_suggestions,
    values,
)
from domain.actors import Actor, Standing, standing
from domain.entries import Entry
from domain.refusals import not_found
from domain.slots import Completeness, Slot
from domain.value_suggestions import Found, Suggested
from domain.values import Chosen, Held, Value
from storage import database
from storage.apps import App
from storage.connections import Connection
from storage.properties import Property
from storage.value_mappings import ValueMapping, ValueMappingVersion

INSIDE = ("property", "viewer", "partner")
_STATUS = {"record": "mapped", "none": "none", "open": "open"}


@dataclass(frozen=True)
class Shown:
    """A chosen record. number: None when it is in no table any more; name and code as they are
    now, or were then. state: there, inactive or removed; source: its name, may be empty."""

    number: int | None
    name: str
    code: str
    external_id: str
    source: str
    state: str


@dataclass(frozen=True)
class Proposal:
    """What the partner wants a slot to be: a record, or none on purpose."""

    record: Shown | None
    who: str


@dataclass(frozen=True)
class Row:
    """One slot. status: open, mapped, none, proposed or gone; gone: why, in words. is_none: it was
    decided that it has no value, whatever is proposed."""

    slot: Slot
    status: str
    is_none: bool
    record: Shown | None
    proposal: Proposal | None
    suggested: Suggested | None
    gone: str


@dataclass(frozen=True)
class Page:
    """The value mapping of a connection, as its reader may see it.

    version: give it back to every verb. why_not: why this reader cannot change it, empty if they
    can. saved_by, saved_at: who made this version; empty and None before the first.
    """

    connection_id: str
    property_id: str
    app: str
    app_slug: str
    hotel: str
    side: str
    version: int
    saved_by: str
    saved_at: datetime | None
    rows: tuple[Row, ...]
    how_far: Completeness
    why_not: str

    @property
    def sure(self) -> int:
        """How many suggestions may be accepted together."""
        return sum(bool(row.suggested and row.suggested.is_sure) for row in self.rows)


@dataclass(frozen=True)
class Summary:
    """How far a mapping is, for the page of its connection. open: labels of required slots that
    have no value; gone: sentences; proposed: how many proposals wait for the hotel."""

    how_far: Completeness
    open: tuple[str, ...]
    gone: tuple[str, ...]
    proposed: int


@dataclass(frozen=True)
class Version:
    """One version; `changes` says in sentences what was different before."""

    number: int
    who: str
    at: datetime
    changes: tuple[str, ...]
    is_current: bool


def read(actor: Actor, connection_id: str, *, now: datetime | None = None) -> Page:
    """Return the mapping of a connection with suggestions for what is open.

    Suggestions are for the hotel's own people. Refuses `not_found` to strangers.
    """
    with database.reading() as session:
        who, connection, side = _seen(session, actor, connection_id, now or moments.now())
        return _page(session, who, connection, side)


def summary(actor: Actor, connection_id: str, *, now: datetime | None = None) -> Summary | None:
    """Return how far a mapping is, None for an app that needs none; refuses `not_found`."""
    with database.reading() as session:
        _, connection, _ = _seen(session, actor, connection_id, now or moments.now())
        declared = value_mappings.slots_of(session, connection)
        if not declared:
            return None
        held = values.of_slots(
            value_suggestions.as_now(session, value_mappings.held_by(session, connection)), declared
        )
        how_far = values.how_far(held, declared)
        labels = {slot.key: slot.label for slot in declared}
        return Summary(
            how_far,
            tuple(labels[key] for key in how_far.lacking),
            tuple(_gone_words(labels[key], value) for key, value in held.items() if value.gone),
            sum(value.proposed is not None for value in held.values()),
        )


def search(
    actor: Actor, connection_id: str, slot_key: str, text: str, *, now: datetime | None = None
) -> tuple[Entry, ...]:
    """Return the hotel's records that could be chosen for a slot, by name, code or id.

    Refuses `not_found` to strangers, and to partners, who read the catalogue through the API.
    """
    with database.reading() as session:
        _, connection, side = _seen(session, actor, connection_id, now or moments.now())
        if side == "partner":
            raise not_found("This connection")
        slot = value_mappings.slot_of(session, connection, slot_key)
        return entries.find(session, connection.property_id, slot.type, text)


def versions(
    actor: Actor, connection_id: str, *, now: datetime | None = None
) -> tuple[Version, ...]:
    """Return every version of a mapping, the newest first; refuses `not_found` to strangers."""
    with database.reading() as session:
        _, connection, _ = _seen(session, actor, connection_id, now or moments.now())
        labels = value_mappings.labels_of(value_mappings.slots_of(session, connection))
        found = session.exec(
            select(ValueMappingVersion)
            .where(ValueMappingVersion.connection_id == connection.id)
            .order_by(col(ValueMappingVersion.number))
        ).all()
        told: list[Version] = []
        before: Held = {}
        for each in found:
            held = values.from_json(each.held)
            said = values.changes(before, held, labels)
            told.append(Version(each.number, each.who, each.at, said, each is found[-1]))
            before = held
        return tuple(reversed(told))


# Details


def _seen(
    session: Session, actor: Actor, connection_id: str, now: datetime
) -> tuple[Standing, Connection, str]:
    who = standing(session, actor, now)
    connection = session.get(Connection, connection_id)
    side = who.side_of(connection) if connection else None
    if connection is None or side not in INSIDE:
        raise not_found("This connection")
    return who, connection, side


def _gone_words(label: str, value: Value) -> str:
    return f"{label}: {value.words} {values.GONE[value.gone]}."


def _page(session: Session, who: Standing, connection: Connection, side: str) -> Page:
    app = session.get_one(App, connection.app_id)
    declared = slots.of(app.slots)
    mapping = session.get(ValueMapping, connection.id)
    held = values.of_slots(
        value_suggestions.as_now(session, value_mappings.held_by(session, connection)), declared
    )
    offered = (
        {}
        if side == "partner"
        else value_suggestions.suggested(session, connection, held, declared)
    )
    wanted = [each.proposed.record for each in held.values() if each.proposed]
    chosen = [each.record for each in held.values()]
    found = entries.of_chosen(session, [each for each in (*chosen, *wanted) if each])
    last = value_mappings.last_version(session, connection)
    return Page(
        connection.id,
        connection.property_id,
        app.name,
        app.slug,
        session.get_one(Property, connection.property_id).name,
        side,
        mapping.version if mapping else 0,
        last.who if last else "",
        last.at if last else None,
        tuple(_row(slot, held[slot.key], offered.get(slot.key), found) for slot in declared),
        values.how_far(held, declared),
        _why_not(session, who, connection, side),
    )


def _row(slot: Slot, value: Value, suggested: Suggested | None, found: Found) -> Row:
    proposal = None
    if value.proposed:
        record = value.proposed.record
        proposal = Proposal(_shown(record, found) if record else None, value.proposed.who)
    status = "gone" if value.gone else "proposed" if proposal else _STATUS[value.choice]
    return Row(
        slot,
        status,
        value.choice == "none",
        _shown(value.record, found) if value.record else None,
        proposal,
        suggested,
        f"{value.words} {values.GONE[value.gone]}." if value.gone else "",
    )


def _shown(record: Chosen, found: Found) -> Shown:
    entry = found.get(record.place)
    if entry is None:
        return Shown(None, record.name, record.code, record.external_id, "", "removed")
    return _of_entry(entry)


def _of_entry(entry: Entry) -> Shown:
    return Shown(entry.number, entry.name, entry.code, entry.external_id, entry.source, entry.state)


def _why_not(session: Session, who: Standing, connection: Connection, side: str) -> str:
    if side == "partner":
        hotel = session.get_one(Property, connection.property_id).name
        return f"{hotel} decides what its values mean. Your program can propose them."
    if not who.manages(connection.property_id):
        return catalogue.managers_only(catalogue.managers_of(session, connection.property_id))
    return value_mappings.ENDED_WORDS if connection.status in catalogue.ENDED else ""
