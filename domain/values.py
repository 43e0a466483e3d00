"""Values: what a mapping holds for each slot of an app, and what changed between versions. Pure.

A mapping is kept as JSON: by the key of the slot, a `Value`. What is open and has nothing to tell
is left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from domain.slots import Completeness, Slot, completeness

GONE = {
    "removed": "was removed at the source",
    "inactive": "was made inactive at the source",
}
NO_MAPPING = "No mapping"


@dataclass(frozen=True)
class Chosen:
    """A record that was chosen: where to find it again, and how it was called then."""

    type: str
    source_id: str
    external_id: str
    name: str
    code: str = ""

    @property
    def place(self) -> tuple[str, str, str]:
        """What tells it from every other record, whatever it is called now."""
        return self.type, self.source_id, self.external_id

    @property
    def words(self) -> str:
        return f"“{self.name}” ({self.code})" if self.code else f"“{self.name}”"


@dataclass(frozen=True)
class Wish:
    """What somebody wants a slot to be: a record, or on purpose none."""

    record: Chosen | None
    who: str = ""

    @property
    def words(self) -> str:
        return self.record.words if self.record else NO_MAPPING

    def is_like(self, other: "Wish | None") -> bool:
        """Whether both want the same, whoever does."""
        if other is None or (self.record is None) != (other.record is None):
            return False
        return self.record is None or self.record.place == _place(other.record)


@dataclass(frozen=True)
class Value:
    """What a slot is. choice: open, record or none.

    proposed: what the partner wants it to be; dismissed: what the hotel did not want, so that it
    is not proposed again. gone: a key of GONE once the record was found missing, empty before.
    """

    choice: str = "open"
    record: Chosen | None = None
    proposed: Wish | None = None
    dismissed: Wish | None = None
    gone: str = ""

    @property
    def as_wish(self) -> Wish | None:
        return None if self.choice == "open" else Wish(self.record)

    @property
    def words(self) -> str:
        return {"open": "open", "none": NO_MAPPING}.get(self.choice) or (
            self.record.words if self.record else ""
        )


OPEN = Value()
Held = dict[str, Value]  # by the key of the slot


def chosen(value: Value, wish: Wish) -> Value:
    """Return a value once it is what somebody at the hotel wished; what the partner proposed
    instead is not wanted."""
    overruled = None if wish.is_like(value.proposed) else value.proposed or value.dismissed
    return Value("record" if wish.record else "none", wish.record, dismissed=overruled)


def cleared(value: Value) -> Value:
    """Return a value once nobody has decided about it."""
    return Value(proposed=value.proposed, dismissed=value.dismissed)


def dismissed(value: Value) -> Value:
    """Return a value without what the partner proposes, which is not proposed again."""
    return replace(value, proposed=None, dismissed=value.proposed or value.dismissed)


def restored(value: Value, earlier: Value) -> Value:
    """Return a value as it was decided earlier, with what is proposed now."""
    wish = earlier.as_wish
    if _are_alike(value, earlier):
        return value
    kept = Value(earlier.choice, earlier.record, value.proposed, value.dismissed)
    return replace(kept, proposed=None) if wish and wish.is_like(value.proposed) else kept


def proposed(value: Value, wish: Wish | None) -> Value:
    """Return a value with what the partner proposes now; None takes the proposal back.

    What holds already, and what the hotel has dismissed, is no proposal.
    """
    if wish is None or wish.is_like(value.as_wish) or wish.is_like(value.dismissed):
        return replace(value, proposed=None)
    if wish.is_like(value.proposed):
        return value
    return replace(value, proposed=wish, dismissed=None)


def of_slots(held: Held, slots: Sequence[Slot]) -> Held:
    """Return the value of every slot that the app has now; a record of another type than it asks
    for by now counts for nothing."""
    return {slot.key: _fitting(held.get(slot.key, OPEN), slot) for slot in slots}


def how_far(held: Held, slots: Sequence[Slot]) -> Completeness:
    """Return how many slots are mapped; a record that is gone at the source maps nothing."""
    fitting = of_slots(held, slots)
    choices = {key: "open" if value.gone else value.choice for key, value in fitting.items()}
    return completeness(slots, choices)


def changes(before: Held, after: Held, labels: Mapping[str, str]) -> tuple[str, ...]:
    """Return what differs between two versions, in sentences; `labels` by the key of the slot."""
    keys = dict.fromkeys((*labels, *before, *after))
    return tuple(
        f"{labels.get(key, key)}: {sentence}"
        for key in keys
        for sentence in _of_slot(before.get(key, OPEN), after.get(key, OPEN))
    )


def changed(before: Held, after: Held) -> tuple[str, ...]:
    """Return the slots whose value is another, whatever is proposed for them."""
    keys = dict.fromkeys((*before, *after))
    return tuple(key for key in keys if not _are_alike(before.get(key, OPEN), after.get(key, OPEN)))


def from_json(held: Mapping[str, Mapping[str, Any]]) -> Held:
    return {key: _value(each) for key, each in held.items()}


def as_json(held: Held) -> dict[str, dict[str, Any]]:
    """Return a mapping as it is kept."""
    return {key: _kept(value) for key, value in held.items() if value != OPEN}


# Details


def _place(record: Chosen | None) -> tuple[str, str, str] | None:
    return record.place if record else None


def _fitting(value: Value, slot: Slot) -> Value:
    if value.record and value.record.type != slot.type:
        value = replace(value, choice="open", record=None, gone="")
    if value.proposed and value.proposed.record and value.proposed.record.type != slot.type:
        value = replace(value, proposed=None)
    return value


def _are_alike(before: Value, after: Value) -> bool:
    return before.choice == after.choice and _place(before.record) == _place(after.record)


def _of_slot(before: Value, after: Value) -> Iterator[str]:
    if not _are_alike(before, after):
        was = "" if before.choice == "open" else f" (was {before.words})"
        yield f"now {after.words}{was}."
    elif after.gone and not before.gone:
        yield f"{after.words} {GONE[after.gone]}."
    elif before.gone and not after.gone:
        yield f"{after.words} is there again."
    if after.proposed and not after.proposed.is_like(before.proposed):
        yield f"{after.proposed.who} proposes {after.proposed.words}."
    elif before.proposed and not after.proposed and _are_alike(before, after):
        yield f"{before.proposed.words} is proposed no longer."


def _value(kept: Mapping[str, Any]) -> Value:
    return Value(
        kept.get("choice", "open"),
        _chosen(kept.get("record")),
        _wish(kept.get("proposed")),
        _wish(kept.get("dismissed")),
        kept.get("gone", ""),
    )


def _chosen(kept: Mapping[str, Any] | None) -> Chosen | None:
    return Chosen(**kept) if kept else None


def _wish(kept: Mapping[str, Any] | None) -> Wish | None:
    return None if kept is None else Wish(_chosen(kept["record"]), kept["who"])


def _kept(value: Value) -> dict[str, Any]:
    kept: dict[str, Any] = {"choice": value.choice}
    if value.record:
        kept["record"] = vars(value.record)
    for name in ("proposed", "dismissed"):
        wish: Wish | None = getattr(value, name)
        if wish:
            kept[name] = {"record": vars(wish.record) if wish.record else None, "who": wish.who}
    return kept | ({"gone": value.gone} if value.gone else {})
