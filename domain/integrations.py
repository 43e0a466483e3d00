"""Integrations: what shall flow from a source, how often, and who hears about it when it stops."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from connectors.sources import KINDS
from domain import (
    alerts,
    connections,
    lifecycle,
    meter,
    moments,
    moving,
    outcomes,
    plans,
    samples,
    schedules,
)
from domain.actors import Actor, Standing, standing
from domain.alerts import Recipient
from domain.mapping import compiled, rows
from domain.meter import Limits
from domain.properties import checked_text
from domain.readiness import AUTHORIZATION, Missing, NotReady
from domain.refusals import Refusal, invalid, not_found
from domain.schedules import Schedule
from domain.types_of_data import ALL
from storage import database
from storage.integrations import Alert, Integration, Reject, Run, RunPart, Seen
from storage.properties import Property
from storage.sources import Source, Transfer

MOST = 50  # integrations of one property


@dataclass(frozen=True)
class Draft:
    """What a person chose for an integration.

    wanted: the ticked kinds of change by type of data. name: empty takes the source's.
    """

    source_id: str
    name: str = ""
    wanted: Mapping[str, Sequence[str]] = field(default_factory=dict)
    schedule: Schedule = field(default_factory=Schedule)
    limits: Limits = field(default_factory=Limits)
    recipients: tuple[Recipient, ...] = ()


def create(actor: Actor, property_id: str, draft: Draft, *, now: datetime | None = None) -> str:
    """Keep a new integration as a draft, and return its id; nothing flows before `activate`.

    Refuses `not_found`, `forbidden`, `invalid`.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who = connections.managing(session, actor, property_id, now)
        source = session.get(Source, draft.source_id)
        if source is None or source.property_id != property_id:
            raise invalid("Choose a source of this property.")
        moving.hold(session, source, "This source")
        _must_fit(session, property_id)
        found = Integration(
            property_id=property_id,
            source_id=source.id,
            name="",
            since=now,
            created_by=who.person_id,
            created_at=now,
        )
        _fill(session, found, source, draft)
        moving.tell(
            session,
            "integration",
            found,
            lifecycle.INTEGRATION.named("create").event,
            who,
            "property",
            now,
            before="absent",
        )
        return found.id


def change(actor: Actor, integration_id: str, draft: Draft, *, now: datetime | None = None) -> None:
    """Want something else, at other times, or tell others; the source stays the same.

    Refuses `not_found`, `forbidden`, `invalid`.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who, found = mine(session, actor, integration_id, now)
        source = session.get_one(Source, found.source_id)
        if draft.source_id not in ("", source.id):
            raise invalid("An integration keeps its source. Create another one for this source.")
        before = found.schedule
        _fill(session, found, source, draft)
        if found.status == "active" and not found.wanted:
            raise invalid("Tick at least one kind of change, or disable it.")
        if found.status == "active" and found.schedule != before:
            found.next_run_at = outcomes.next_run(session, found, now)
        moving.tell(session, "integration", found, "integration.changed", who, "property", now)


def activate(actor: Actor, integration_id: str, *, now: datetime | None = None) -> None:
    """Let data flow from now on, and queue the first run.

    Refuses `not_found`, `forbidden`, `wrong_state`, and `not_ready` with the whole list of what is
    missing: a `readiness.NotReady` whose places are authorization, wanted, source (it has no data
    transfer) or transfer:<type>.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who, found = mine(session, actor, integration_id, now)
        step = lifecycle.INTEGRATION.named("activate")
        if found.status not in step.before:
            raise moving.too_late("integration", found.status)
        _must_be_ready(session, found)
        due = outcomes.next_run(session, found, now)
        moving.move(session, "integration", found, step, who, "property", now, next_run_at=due)
        if not _waits_for_a_person(found):
            plans.queue(session, found, "enable", who, "property", now)


def disable(
    actor: Actor, integration_id: str, reason: str = "", *, now: datetime | None = None
) -> None:
    """Let nothing flow until it is enabled again; a run that is on is canceled.

    Refuses `not_found`, `forbidden`, `wrong_state`, `invalid`.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who, found = mine(session, actor, integration_id, now)
        reason = checked_text(reason, "the reason", optional=True, owner="property")
        moving.move(
            session,
            "integration",
            found,
            lifecycle.INTEGRATION.named("disable"),
            who,
            "property",
            now,
            note=reason,
            reason=reason,
            disabled_by="property",
            disabled_for="hand",
            next_run_at=None,
        )
        if run := plans.living(session, found):
            plans.cancel(session, run, who, "property", now)


def enable(actor: Actor, integration_id: str, *, now: datetime | None = None) -> None:
    """Let data flow again, once one page of the source could be read and mapped; then run.

    Blocks on the network. Refuses `not_found`, `forbidden`, `wrong_state`, `not_ready` as
    `activate` does, and `credentials_refused`, `source_broken`, `no_file`, `check_failed`.
    """
    now = now or moments.now()
    step = lifecycle.INTEGRATION.named("enable")
    with database.reading() as session:
        found = visible(session, actor, integration_id, now)[1]
        connections.managing(session, actor, found.property_id, now)
        if found.status not in step.before:
            raise moving.too_late("integration", found.status)
        _must_be_ready(session, found)
        source = session.get_one(Source, found.source_id)
        transfer = _first_transfer(session, found)
        zone = session.get_one(Property, found.property_id).time_zone
    _try_a_page(source, transfer, zone, now)
    with database.transaction() as session:
        who, found = mine(session, actor, integration_id, now)
        _must_be_ready(session, found)
        outcomes.enable(session, found, who, "property", now)
        if not _waits_for_a_person(found):
            plans.queue(session, found, "enable", who, "property", now)


def remove(actor: Actor, integration_id: str, *, now: datetime | None = None) -> None:
    """Forget an integration with its runs and rejected records; what came in stays.

    Refuses `not_found`, `forbidden`.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who, found = mine(session, actor, integration_id, now)
        if run := plans.living(session, found):
            plans.cancel(session, run, who, "property", now)
        step = lifecycle.INTEGRATION.named("remove")
        moving.tell(
            session,
            "integration",
            found,
            step.event,
            who,
            "property",
            now,
            after=step.after,
            note=found.name,
        )
        session.flush()
        runs = select(Run.id).where(Run.integration_id == found.id)
        parts = select(RunPart.id).where(col(RunPart.run_id).in_(runs))
        _delete(session, sa.delete(Seen).where(col(Seen.part_id).in_(parts)))
        for table in (Reject, RunPart):
            _delete(session, sa.delete(table).where(col(table.run_id).in_(runs)))
        _delete(session, sa.delete(Run).where(col(Run.integration_id) == found.id))
        _delete(session, sa.delete(Alert).where(col(Alert.integration_id) == found.id))
        session.expunge_all()
        _delete(session, sa.delete(Integration).where(col(Integration.id) == integration_id))


# For the other nouns of the domain


def visible(
    session: Session, actor: Actor, integration_id: str, now: datetime
) -> tuple[Standing, Integration]:
    """Return who looks, and at which integration; refuses `not_found` to strangers."""
    who = standing(session, actor, now)
    found = session.get(Integration, integration_id)
    if found is None or not who.sees_property(found.property_id):
        raise not_found("This integration")
    return who, found


def mine(
    session: Session, actor: Actor, integration_id: str, now: datetime
) -> tuple[Standing, Integration]:
    """Return who acts, on which integration, and hold it still; refuses `not_found`,
    `forbidden`."""
    _, found = visible(session, actor, integration_id, now)
    who = connections.managing(session, actor, found.property_id, now)
    moving.hold(session, session.get_one(Source, found.source_id), "This source")
    moving.hold(session, found, "This integration")
    return who, found


def missing(session: Session, found: Integration) -> tuple[Missing, ...]:
    """Return what keeps data from flowing, in the order in which a person would see to it."""
    source = session.get_one(Source, found.source_id)
    lacking = []
    if source.status == "broken":
        lacking.append(Missing(f"{source.name} is broken: {source.reason}", AUTHORIZATION))
    there = {key: each.status for key, each in plans.transfers_of(session, source.id).items()}
    if not found.wanted:
        return (*lacking, *_why_nothing_is_wanted(source, there))
    for key in plans.is_wanted(found, ALL):
        if there.get(key) != "active":
            lacking.append(_not_active(source, key, there.get(key)))
    return tuple(lacking)


def changes_of(source: Source, key: str) -> tuple[str, ...]:
    offer = KINDS[source.kind].types[key]
    return tuple(change for change in ALL[key].changes if change in offer.changes)


# Details


def _fill(session: Session, found: Integration, source: Source, draft: Draft) -> None:
    name = draft.name or source.name
    found.name = checked_text(name, "the name of the integration", longest=80, owner="property")
    found.wanted = _checked_wanted(source, draft.wanted)
    if draft.schedule.kind == "webhook" and KINDS[source.kind].hears is None:
        raise invalid(f"{source.name} never calls. Choose when it runs.")
    found.schedule = schedules.as_json(schedules.checked(draft.schedule))
    found.limits = meter.as_json(meter.checked(draft.limits))
    session.add(found)
    session.flush()
    alerts.keep(session, found, alerts.checked(draft.recipients))


def _checked_wanted(source: Source, wanted: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the ticked kinds of change in our order; refuses `invalid` what cannot be had."""
    offers = KINDS[source.kind].types
    for key, changes in wanted.items():
        if key not in offers or key not in ALL or not set(changes) <= set(changes_of(source, key)):
            raise invalid(f"{source.name} cannot bring this in. Load the page again.")
    return {
        key: [change for change in changes_of(source, key) if change in wanted[key]]
        for key in ALL
        if wanted.get(key)
    }


def _must_fit(session: Session, property_id: str) -> None:
    present = select(func.count()).where(col(Integration.property_id) == property_id)
    if session.exec(present).one() >= MOST:
        raise invalid(f"A property can have {MOST} integrations. Remove one first.")


def _why_nothing_is_wanted(source: Source, there: Mapping[str, str]) -> tuple[Missing, ...]:
    """Ask for ticks only where something can be ticked, and else for what has to come first."""
    active = [ALL[key].label for key in ALL if there.get(key) == "active"]
    if active:
        can = f"{', '.join(active)} of {source.name} can come in. Tick what you want."
        return (Missing(can, "wanted"),)
    if there:
        return tuple(_not_active(source, key, there[key]) for key in ALL if key in there)
    return (Missing(f"{source.name} has no data transfer yet. Add one first.", "source"),)


def _not_active(source: Source, key: str, status: str | None) -> Missing:
    """Say what to do, there, before a type of data can come in. status: None for no transfer."""
    what = f"{ALL[key].label} of {source.name}"
    sentence = f"{what} are not active: finish the mapping and press Activate there."
    if status is None:
        sentence = f"{what} have no data transfer yet. Add it first."
    elif status == "paused":
        sentence = f"{what} are paused, because the source has changed: put the mapping right."
    return Missing(sentence, f"transfer:{key}")


def _must_be_ready(session: Session, found: Integration) -> None:
    if lacking := missing(session, found):
        raise NotReady(lacking)


def _first_transfer(session: Session, found: Integration) -> Transfer:
    there = plans.transfers_of(session, found.source_id)
    return there[plans.is_wanted(found, there)[0]]


def _try_a_page(source: Source, transfer: Transfer, time_zone: str, now: datetime) -> None:
    records = samples.fetched(source, transfer.type, now=now)
    of_type, mapping = ALL[transfer.type], rows.from_json(transfer.rows)
    mapped = compiled.compile(of_type, mapping, time_zone=time_zone)
    if records and all(mapped(record).errors for record in records):
        raise Refusal(
            "check_failed",
            f"{source.name} answers, but none of the {len(records)} {of_type.label.lower()} that "
            "were tried can be taken. Look at the mapping.",
        )


def _waits_for_a_person(found: Integration) -> bool:
    return schedules.from_json(found.schedule).kind == "by_hand"


def _delete(session: Session, statement: sa.Delete) -> None:
    session.execute(statement.execution_options(synchronize_session=False))
