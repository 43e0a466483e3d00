"""Value drift: what is mapped but gone at the source is found after a run, told once, and cleared
when it returns or something else is mapped."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, select

from domain import alerts, catalogue, moments, value_mappings, value_suggestions, values
from domain.actors import ADJOIN, standing
from domain.slots import Slot
from domain.value_suggestions import Suggested
from domain.values import Held
from storage import database
from storage.apps import App
from storage.connections import Connection
from storage.integrations import Integration
from storage.value_mappings import ValueMapping


@dataclass(frozen=True)
class _Drift:
    """What a mapping is after a run; the slots whose record is gone now, or there again."""

    after: Held
    gone: tuple[str, ...]
    returned: tuple[str, ...]


def check(integration_id: str, *, now: datetime | None = None) -> None:
    """Compare what a property has mapped with what the source of an integration has now.

    What is new is a version of its mapping, a line in the history of its connection, and, where a
    record is gone, one mail to whoever is mailed about the integration.
    """
    with database.reading() as session:
        integration = session.get(Integration, integration_id)
        if integration is None:
            return
        mapped = session.exec(
            select(ValueMapping.connection_id).where(
                ValueMapping.property_id == integration.property_id
            )
        ).all()
    for connection_id in mapped:
        _check(integration_id, connection_id, now or moments.now())


def _check(integration_id: str, connection_id: str, now: datetime) -> None:
    with database.transaction() as session:
        connection = session.get_one(Connection, connection_id)
        database.lock(session, connection)
        mapping = session.get_one(ValueMapping, connection_id)
        database.lock(session, mapping)
        integration = session.get(Integration, integration_id)
        if integration is None or connection.status in catalogue.ENDED:
            return
        before = values.from_json(mapping.held)
        drift = _drift(session, before, integration.source_id)
        if drift.after != before:
            _tell(session, integration, connection, mapping, before, drift, now)


def _drift(session: Session, before: Held, source_id: str) -> _Drift:
    ours = {
        key: value
        for key, value in before.items()
        if value.record is not None and value.record.source_id == source_id
    }
    found = value_suggestions.as_now(session, ours)
    gone = tuple(key for key, value in found.items() if value.gone and not ours[key].gone)
    returned = tuple(key for key, value in found.items() if ours[key].gone and not value.gone)
    changed = {key: replace(before[key], gone=found[key].gone) for key in (*gone, *returned)}
    return _Drift(before | changed, gone, returned)


def _tell(
    session: Session,
    integration: Integration,
    connection: Connection,
    mapping: ValueMapping,
    before: Held,
    drift: _Drift,
    now: datetime,
) -> None:
    """Keep the new version; it is said what could take the place of what is gone."""
    declared = value_mappings.slots_of(session, connection)
    shown = values.of_slots(drift.after, declared)
    instead = value_suggestions.suggested(session, connection, shown, declared)
    said = [
        *(_gone_words(slot, shown, instead) for slot in declared if slot.key in drift.gone),
        *(_back_words(slot, shown) for slot in declared if slot.key in drift.returned),
    ]
    value_mappings.keep(
        session,
        connection,
        mapping,
        before,
        drift.after,
        "values.gone" if drift.gone else "values.returned",
        standing(session, ADJOIN, now),
        "adjoin",
        now,
        said=said,
    )
    lost = said[: sum(slot.key in drift.gone for slot in declared)]
    if lost:
        app = session.get_one(App, connection.app_id)
        alerts.tell_values_gone(session, integration, app.name, connection.id, lost, now)


def _gone_words(slot: Slot, held: Held, instead: Mapping[str, Suggested]) -> str:
    value = held[slot.key]
    words = f"{slot.label}: {value.words} {values.GONE.get(value.gone, '')}."
    if found := instead.get(slot.key):
        words += f" Suggested instead: {found.entry.as_chosen.words}, {found.confidence} % sure."
    return words


def _back_words(slot: Slot, held: Held) -> str:
    return f"{slot.label}: {held[slot.key].words} is there again."
