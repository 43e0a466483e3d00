"""Proposals: what a partner's program wants the values to be; the hotel confirms each of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from domain import entries, value_mappings, values
from domain.actors import Actor
from domain.entries import Entry
from domain.refusals import Refusal
from domain.slots import Slot
from domain.values import OPEN, Held, Wish
from storage.apps import App
from storage.connections import Connection


@dataclass(frozen=True)
class Wanted:
    """What a program proposes for a slot: a record by our number or by its id at the source, or
    none on purpose when both are missing."""

    number: int | None = None
    external_id: str | None = None


def propose(
    actor: Actor,
    connection_id: str,
    wanted: Mapping[str, Wanted],
    *,
    expected_version: int,
    now: datetime | None = None,
) -> int:
    """Put what the partner proposes in place of what it proposed before, and return the version.

    Slots left out are not proposed for. What holds already, and what the hotel has dismissed, is
    no proposal. All of it is taken, or nothing. Refuses `not_found`, `forbidden`, `wrong_state`,
    `changed_meanwhile`, and `Unfit` with every slot that is wrong.
    """

    def proposed(session: Session, connection: Connection, held: Held) -> Held:
        declared = value_mappings.slots_of(session, connection)
        who = session.get_one(App, connection.app_id).name
        wishes = _wishes(session, connection, declared, wanted, who)
        return held | {
            slot.key: values.proposed(held.get(slot.key, OPEN), wishes.get(slot.key))
            for slot in declared
        }

    return value_mappings.change(
        actor, connection_id, proposed, "values.proposed", expected_version, now, by="partner"
    )


class Unfit(Refusal):
    """A proposal that cannot be taken; `errors` are sentences by the key of the slot."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("invalid", "Some of these values cannot be proposed.", "partner")
        self.errors = dict(errors)


# Details


def _wishes(
    session: Session,
    connection: Connection,
    declared: Sequence[Slot],
    wanted: Mapping[str, Wanted],
    who: str,
) -> dict[str, Wish]:
    known = {slot.key: slot for slot in declared}
    errors = {key: "The app has no such slot." for key in wanted if key not in known}
    wishes: dict[str, Wish] = {}
    for key, each in wanted.items():
        if key in errors:
            continue
        if each.number is None and each.external_id is None:
            wishes[key] = Wish(None, who)
            continue
        fitting = _meant(session, connection, known[key], each)
        if len(fitting) == 1:
            wishes[key] = Wish(fitting[0].as_chosen, who)
        elif fitting:
            errors[key] = "Several sources have a record with this id. Send our id instead."
        else:
            errors[key] = "The property has no such record in use."
    if errors:
        raise Unfit(errors)
    return wishes


def _meant(session: Session, connection: Connection, slot: Slot, wanted: Wanted) -> Sequence[Entry]:
    hotel = connection.property_id
    if wanted.number is not None:
        found = list(entries.numbered(session, hotel, slot.type, [wanted.number]).values())
    else:
        key = wanted.external_id or ""
        found = entries.named(session, hotel, slot.type, [key]).get(key, [])
    return [entry for entry in found if entry.state == "there"]
