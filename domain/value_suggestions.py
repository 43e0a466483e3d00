"""Value suggestions: how the chosen records are now, and which ones would fit what is open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from domain import entries, slots, values
from domain.entries import Entry
from domain.slots import Candidate, Slot, Suggestion
from domain.values import Held, Value
from storage.connections import Connection

Found = Mapping[tuple[str, str, str], Entry]


@dataclass(frozen=True)
class Suggested:
    """What Adjoin would choose; it counts for nothing until somebody accepts it."""

    entry: Entry
    confidence: int
    reason: str

    @property
    def is_sure(self) -> bool:
        return self.confidence >= slots.SURE


def as_now(session: Session, held: Held) -> Held:
    """Return a mapping in which it is true now what is gone at the source."""
    found = entries.of_chosen(session, [value.record for value in held.values() if value.record])
    return {key: replace(value, gone=gone(value, found)) for key, value in held.items()}


def gone(value: Value, found: Found) -> str:
    if value.record is None:
        return ""
    entry = found.get(value.record.place)
    state = entry.state if entry else "removed"
    return "" if state == "there" else state


def suggested(
    session: Session, connection: Connection, held: Held, declared: Sequence[Slot]
) -> dict[str, Suggested]:
    """Return suggestions for what is open or gone, and nobody proposes anything for."""
    found: dict[str, tuple[Slot, Suggestion]] = {}
    fitting = values.of_slots(held, declared)
    lists: dict[str, Sequence[Candidate]] = {}
    for slot in declared:
        value = fitting[slot.key]
        if value.proposed or (value.choice != "open" and not value.gone):
            continue
        if slot.type not in lists:
            lists[slot.type] = entries.candidates(session, connection.property_id, slot.type)
        suggestion = for_slot(slot, value, lists[slot.type])
        if suggestion:
            found[slot.key] = slot, suggestion
    return _with_entries(session, connection, found)


def for_slot(slot: Slot, value: Value, candidates: Sequence[Candidate]) -> Suggestion | None:
    """Return what probably takes the place of a record that is gone, or what a slot means."""
    if value.record:
        return slots.replacement(value.record.name, value.record.code, candidates)
    return slots.suggest(slot, candidates)


def _with_entries(
    session: Session, connection: Connection, found: Mapping[str, tuple[Slot, Suggestion]]
) -> dict[str, Suggested]:
    numbers: dict[str, list[int]] = {}
    for slot, suggestion in found.values():
        numbers.setdefault(slot.type, []).append(suggestion.number)
    known = {
        type_key: entries.numbered(session, connection.property_id, type_key, wanted)
        for type_key, wanted in numbers.items()
    }
    return {
        key: Suggested(
            known[slot.type][suggestion.number], suggestion.confidence, suggestion.reason
        )
        for key, (slot, suggestion) in found.items()
        if suggestion.number in known[slot.type]
    }
