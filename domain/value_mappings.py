"""Value mappings: the hotel says what the values mean that an app needs, the partner may propose.

Every change is a version, with who made it. A mapping belongs to its connection and stays when
that ends, so that a reconnect finds it again.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from domain import (
    catalogue,
    connections,
    entries,
    history,
    moments,
    occasions,
    slots,
    value_events,
    value_suggestions,
    values,
)
from domain.actors import Actor, Standing
from domain.refusals import Refusal, invalid, not_found
from domain.slots import Slot
from domain.values import OPEN, Chosen, Held, Value, Wish
from storage import changes, database
from storage.apps import App
from storage.connections import Connection
from storage.value_mappings import ValueMapping, ValueMappingVersion

MOST_TOLD = 4  # changes in one line of the history


# What the hotel's managers do. Each returns the new version, refuses `not_found`, `forbidden`,
# `wrong_state` once the connection has ended, and `changed_meanwhile` when `expected_version` is
# not the last one any more.


def choose(
    actor: Actor,
    connection_id: str,
    slot_key: str,
    number: int,
    *,
    expected_version: int,
    now: datetime | None = None,
) -> int:
    """Choose a record of the hotel, by its number with us; refuses `invalid` for other ones."""

    def chosen(session: Session, connection: Connection, held: Held) -> Held:
        slot = slot_of(session, connection, slot_key)
        record = _record(session, connection, slot, number)
        return held | {slot_key: values.chosen(held.get(slot_key, OPEN), Wish(record))}

    return change(actor, connection_id, chosen, "values.mapped", expected_version, now)


def choose_none(
    actor: Actor,
    connection_id: str,
    slot_key: str,
    *,
    expected_version: int,
    now: datetime | None = None,
) -> int:
    """Say that a slot has no value at this hotel."""

    def none(value: Value) -> Value:
        return values.chosen(value, Wish(None))

    return _change_one(actor, connection_id, slot_key, none, "values.mapped", expected_version, now)


def clear(
    actor: Actor,
    connection_id: str,
    slot_key: str,
    *,
    expected_version: int,
    now: datetime | None = None,
) -> int:
    """Take back what was decided about a slot: it is open again."""
    return _change_one(
        actor, connection_id, slot_key, values.cleared, "values.mapped", expected_version, now
    )


def confirm(
    actor: Actor,
    connection_id: str,
    slot_key: str,
    *,
    expected_version: int,
    now: datetime | None = None,
) -> int:
    """Take what the partner proposes; refuses `invalid` when that is gone meanwhile."""

    def confirmed(session: Session, connection: Connection, held: Held) -> Held:
        slot = slot_of(session, connection, slot_key)
        value = values.of_slots(held, (slot,))[slot_key]
        if value.proposed is None:
            raise _nothing_proposed()
        if value.proposed.record:
            found = entries.of_chosen(session, [value.proposed.record])
            if getattr(found.get(value.proposed.record.place), "state", "") != "there":
                raise invalid("What was proposed is not in use any more. Choose another one.")
        return held | {slot_key: values.chosen(value, value.proposed)}

    return change(actor, connection_id, confirmed, "values.mapped", expected_version, now)


def dismiss(
    actor: Actor,
    connection_id: str,
    slot_key: str,
    *,
    expected_version: int,
    now: datetime | None = None,
) -> int:
    """Decline what the partner proposes; the same is not proposed again."""

    def dismissed(value: Value) -> Value:
        if value.proposed is None:
            raise _nothing_proposed()
        return values.dismissed(value)

    return _change_one(
        actor, connection_id, slot_key, dismissed, "values.dismissed", expected_version, now
    )


def accept_all(
    actor: Actor, connection_id: str, *, expected_version: int, now: datetime | None = None
) -> int:
    """Choose whatever is suggested with at least `slots.SURE` percent, as one version.

    `restore` of the version before takes all of it back. Refuses `invalid` when nothing is.
    """

    def accepted(session: Session, connection: Connection, held: Held) -> Held:
        declared = slots_of(session, connection)
        now_held = value_suggestions.as_now(session, held)
        found = value_suggestions.suggested(session, connection, now_held, declared)
        sure = {key: each.entry.as_chosen for key, each in found.items() if each.is_sure}
        if not sure:
            raise invalid(f"No suggestion is sure to {slots.SURE} % any more. Choose by hand.")
        return held | {
            key: values.chosen(held.get(key, OPEN), Wish(record)) for key, record in sure.items()
        }

    return change(actor, connection_id, accepted, "values.accepted", expected_version, now)


def restore(
    actor: Actor,
    connection_id: str,
    number: int,
    *,
    expected_version: int,
    now: datetime | None = None,
) -> int:
    """Take up what was decided in an earlier version, as a new one; 0 is before the first.

    What the partner proposes now stays proposed.
    """

    def restored(session: Session, connection: Connection, held: Held) -> Held:
        earlier: Held = {}
        if number:
            kept = session.exec(
                select(ValueMappingVersion).where(
                    ValueMappingVersion.connection_id == connection.id,
                    ValueMappingVersion.number == number,
                )
            ).one_or_none()
            if kept is None:
                raise not_found("This version of the mapping")
            earlier = values.from_json(kept.held)
        return {
            key: values.restored(held.get(key, OPEN), earlier.get(key, OPEN))
            for key in (*held, *(key for key in earlier if key not in held))
        }

    return change(actor, connection_id, restored, "values.restored", expected_version, now)


# Details


Making = Callable[[Session, Connection, Held], Held]


def _change_one(
    actor: Actor,
    connection_id: str,
    slot_key: str,
    make: Callable[[Value], Value],
    event: str,
    expected_version: int,
    now: datetime | None,
) -> int:
    def made(session: Session, connection: Connection, held: Held) -> Held:
        slot_of(session, connection, slot_key)
        return held | {slot_key: make(held.get(slot_key, OPEN))}

    return change(actor, connection_id, made, event, expected_version, now)


def change(
    author: Actor,
    connection_id: str,
    make: Making,
    event: str,
    expected_version: int,
    now: datetime | None,
    *,
    by: str = "property",
) -> int:
    """Make the next version, unless nothing changes; two at once make one, the other is refused."""
    now = now or moments.now()
    with database.transaction() as session:
        who, connection, side = connections.visible(session, author, connection_id, now)
        _check(session, connection, side, by)
        mapping = session.get(ValueMapping, connection.id)
        if mapping is not None:
            database.lock(session, mapping)
        _must_be_the_last(session, connection, mapping, expected_version)
        before = values.from_json(mapping.held) if mapping else {}
        after = values.from_json(values.as_json(make(session, connection, before)))
        if after == before:
            return expected_version
        keep(session, connection, mapping, before, after, event, who, side, now)
        return expected_version + 1


def keep(
    session: Session,
    connection: Connection,
    mapping: ValueMapping | None,
    before: Held,
    after: Held,
    event: str,
    who: Standing,
    side: str,
    now: datetime,
    *,
    said: Sequence[str] = (),
) -> None:
    """Store a version, with its line in the history, and see to it that the partner hears what was
    decided.

    `said` are the sentences for the history, in place of those that follow from the change.
    """
    mapping = mapping or ValueMapping(
        connection_id=connection.id, property_id=connection.property_id, version=0
    )
    mapping.version, mapping.held = mapping.version + 1, values.as_json(after)
    session.add(mapping)
    session.add(
        ValueMappingVersion(
            connection_id=connection.id,
            number=mapping.version,
            held=mapping.held,
            event=event,
            side=side,
            person_id=who.person_id,
            who=who.who,
            at=now,
        )
    )
    declared = slots_of(session, connection)
    said = said or values.changes(before, after, labels_of(declared))
    history.record(session, event, who, side, now, connection=connection, note=_in_short(said))
    shown = values.of_slots(after, declared)
    gone = [slot.label for slot in declared if shown[slot.key].gone]
    occasions.of_values(session, connection, event, gone, now)
    if values.changed(before, after):
        value_events.queue(session, connection, mapping.version)
    changes.announce(
        session,
        changes.Change("values", connection.id, connection.property_id, connection.partner_id),
    )


def _check(session: Session, connection: Connection, side: str, by: str) -> None:
    if side != by:
        words = "Only the partner’s program can propose values."
        if by == "property":
            managers = catalogue.managers_of(session, connection.property_id)
            words = catalogue.managers_only(managers)
        raise Refusal("forbidden", words)
    if connection.status in catalogue.ENDED:
        raise Refusal("wrong_state", ENDED_WORDS)


ENDED_WORDS = (
    "This connection has ended. Its mapping is kept, and can be changed after a reconnect."
)


def _must_be_the_last(
    session: Session, connection: Connection, mapping: ValueMapping | None, expected: int
) -> None:
    if (mapping.version if mapping else 0) == expected:
        return
    last = last_version(session, connection)
    by = f" by {last.who} at {last.at:%H:%M} UTC" if last else ""
    raise Refusal(
        "changed_meanwhile",
        f"This mapping was changed{by} meanwhile. Look at it again, then make your change.",
    )


def last_version(session: Session, connection: Connection) -> ValueMappingVersion | None:
    return session.exec(
        select(ValueMappingVersion)
        .where(ValueMappingVersion.connection_id == connection.id)
        .order_by(col(ValueMappingVersion.number).desc())
    ).first()


def slots_of(session: Session, connection: Connection) -> tuple[Slot, ...]:
    return slots.of(session.get_one(App, connection.app_id).slots)


def slot_of(session: Session, connection: Connection, key: str) -> Slot:
    found = next((slot for slot in slots_of(session, connection) if slot.key == key), None)
    if found is None:
        raise not_found("This value")
    return found


def labels_of(declared: Sequence[Slot]) -> dict[str, str]:
    return {slot.key: slot.label for slot in declared}


def held_by(session: Session, connection: Connection) -> Held:
    mapping = session.get(ValueMapping, connection.id)
    return values.from_json(mapping.held) if mapping else {}


def _record(session: Session, connection: Connection, slot: Slot, number: int) -> Chosen:
    found = entries.numbered(session, connection.property_id, slot.type, [number]).get(number)
    if found is None or found.state == "removed":
        raise invalid("This is not in the hotel’s lists any more. Choose another one.")
    return found.as_chosen


def _nothing_proposed() -> Refusal:
    return invalid("Nothing is proposed here any more.")


def _in_short(said: Sequence[str]) -> str:
    more = f" And {len(said) - MOST_TOLD} more." if len(said) > MOST_TOLD else ""
    return " ".join(said[:MOST_TOLD]) + more
