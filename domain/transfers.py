"""Data transfers: one per type of data of a source, inactive until everything is in place."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from connectors.sources import KINDS
from domain import (
    connections,
    history,
    lifecycle,
    moments,
    moving,
    readiness,
    samples,
    sources,
)
from domain.actors import ADJOIN, Actor, Standing, standing
from domain.mapping import drift, rows
from domain.mapping.discovery import SourceField, fields
from domain.mapping.drift import Drift
from domain.readiness import Missing, NotReady
from domain.refusals import Refusal, invalid, not_found
from domain.types_of_data import ALL, TypeOfData
from storage import database
from storage.integrations import Integration, RunPart
from storage.properties import Property
from storage.sources import MappingVersion, Source, Transfer

Listener = Callable[[Session, Transfer, str, datetime], None]
_when_paused: list[Listener] = []


@dataclass(frozen=True)
class Row:
    """A data transfer. status: inactive, active or paused.

    mapped, required: how many fields a mapping fills, and how many of the required ones it lacks.
    sample_error: why the last try to read sample records failed. `moves` is what this reader may
    do with it now.
    """

    id: str
    source_id: str
    property_id: str
    type: str
    label: str
    status: str
    since: datetime
    reason: str
    version: int
    mapped: int
    lacking: int
    sampled_at: datetime | None
    sample_error: str
    drift: dict[str, Any]
    moves: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """All about one data transfer. `missing` is what keeps it from being active."""

    row: Row
    type: TypeOfData
    source: str
    kind: str
    missing: tuple[Missing, ...]
    history: tuple[history.Line, ...]


def of_source(actor: Actor, source_id: str, *, now: datetime | None = None) -> tuple[Row, ...]:
    """Return the data transfers of a source, in the order of the types of data.

    Refuses `not_found` to strangers.
    """
    now = now or moments.now()
    with database.reading() as session:
        who, source = sources.visible(session, actor, source_id, now)
        found = session.exec(select(Transfer).where(Transfer.source_id == source.id)).all()
        order = list(ALL)
        return tuple(
            row_of(who, each) for each in sorted(found, key=lambda each: order.index(each.type))
        )


def read(actor: Actor, transfer_id: str, *, now: datetime | None = None) -> Page:
    """Return one data transfer; refuses `not_found` to strangers."""
    now = now or moments.now()
    with database.reading() as session:
        who, transfer = visible(session, actor, transfer_id, now)
        source = session.get_one(Source, transfer.source_id)
        lines = history.of_subjects(session, transfer.id)
        is_manager = who.manages(transfer.property_id)
        return Page(
            row_of(who, transfer),
            ALL[transfer.type],
            source.name,
            source.kind,
            missing(session, transfer, with_values=is_manager),
            lines,
        )


def add(actor: Actor, source_id: str, type_key: str, *, now: datetime | None = None) -> str:
    """Add an inactive data transfer for a type of data, and return its id.

    Refuses `not_found`, `forbidden`, and `invalid` for a type that the source does not have, or
    that is there already.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who, source = sources.mine(session, actor, source_id, now)
        if type_key not in KINDS[source.kind].types or type_key not in ALL:
            raise invalid(f"{source.name} does not have this type of data. Choose another one.")
        transfer = Transfer(
            property_id=source.property_id,
            source_id=source.id,
            type=type_key,
            since=now,
            created_by=who.person_id,
            created_at=now,
        )
        there = invalid(f"{source.name} has a data transfer for {ALL[type_key].label} already.")
        session.add(transfer)
        try:
            session.flush()
        except IntegrityError as error:
            raise there from error
        note = ALL[type_key].label
        event = lifecycle.TRANSFER.named("add").event
        moving.tell(
            session,
            "transfer",
            transfer,
            event,
            who,
            "property",
            now,
            before="absent",
            note=note,
        )
        return transfer.id


def sample(actor: Actor, transfer_id: str, *, now: datetime | None = None) -> int:
    """Read some records of the source now, keep them to try mappings on, and return how many.

    Blocks on the network. Refuses `not_found`, `forbidden`, and what `samples.fetched` refuses,
    whose sentence is kept and shown until the next try.
    """
    now = now or moments.now()
    with database.reading() as session:
        transfer = visible(session, actor, transfer_id, now)[1]
        connections.managing(session, actor, transfer.property_id, now)
        source = session.get_one(Source, transfer.source_id)
    try:
        records = samples.fetched(source, transfer.type, now=now)
    except Refusal as refusal:
        _note_sample_error(transfer_id, refusal.message)
        raise
    with database.transaction() as session:
        _, transfer = mine(session, actor, transfer_id, now)
        samples.keep(session, transfer, records, now)
        moving.announce(session, "transfer", transfer)
    return len(records)


def activate(actor: Actor, transfer_id: str, *, now: datetime | None = None) -> None:
    """Make it active at once, or refuse `not_ready` with the whole list of what is missing.

    The refusal is a `readiness.NotReady`. Refuses `not_found`, `forbidden`, `wrong_state` too.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who, transfer = mine(session, actor, transfer_id, now)
        step = lifecycle.TRANSFER.named("activate")
        if transfer.status not in step.before:
            raise moving.too_late("data transfer", transfer.status)
        if lacking := missing(session, transfer):
            raise NotReady(lacking)
        moving.move(
            session,
            "transfer",
            transfer,
            step,
            who,
            "property",
            now,
            reason="",
            known_fields=known_now(session, transfer),
            drift={},
        )


def deactivate(actor: Actor, transfer_id: str, *, now: datetime | None = None) -> None:
    """Bring in nothing more of this type; mapping and records stay.

    Refuses `not_found`, `forbidden`, `wrong_state`.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who, transfer = mine(session, actor, transfer_id, now)
        step = lifecycle.TRANSFER.named("deactivate")
        moving.move(session, "transfer", transfer, step, who, "property", now, reason="")


def remove(actor: Actor, transfer_id: str, *, now: datetime | None = None) -> None:
    """Forget a data transfer with every version of its mapping; the records that came stay.

    Refuses `not_found`, `forbidden`, and `in_use` while an active integration brings it in.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who, transfer = mine(session, actor, transfer_id, now)
        if names := _wanted_by(session, transfer):
            raise Refusal("in_use", f"{', '.join(names)} brings this in. Disable that first.")
        step = lifecycle.TRANSFER.named("remove")
        moving.tell(
            session,
            "transfer",
            transfer,
            step.event,
            who,
            "property",
            now,
            after=step.after,
            note=ALL[transfer.type].label,
        )
        session.flush()
        # Whoever refers to it ends first, or finds nothing to refer to.
        session.refresh(transfer, with_for_update=True)
        of_it = col(RunPart.transfer_id) == transfer.id
        session.execute(sa.update(RunPart).where(of_it).values(transfer_id=None))
        session.execute(
            sa.delete(MappingVersion).where(col(MappingVersion.transfer_id) == transfer.id)
        )
        samples.forget(session, transfer.id)
        session.delete(transfer)


# For our own jobs


def note_drift(
    session: Session, transfer: Transfer, records: Sequence[Any], now: datetime
) -> Drift | None:
    """Compare records with what was known of the source; pause when the mapping cannot go on.

    Within the transaction of its caller. A vanished optional field is noted and shown; a vanished
    primary key or required field pauses an active transfer. Returns the difference, None when
    there is nothing to compare.
    """
    if not records or not transfer.known_fields:
        return None
    database.lock(session, transfer)
    known = [SourceField(**{**each, "examples": ()}) for each in transfer.known_fields]
    mapping = rows.from_json(transfer.rows)
    found = drift.compare(mapping, ALL[transfer.type], known, fields(records))
    written = _written(found)
    is_new = transfer.drift != written
    transfer.drift, transfer.drift_checked_at = written, now
    broken = [each for each in found.missing if each.breaks]
    if broken and transfer.status == "active":
        # The editor, and Activate, must see the records that the mapping does not fit.
        samples.keep(session, transfer, list(records), now)
        why = f"The source has no “{broken[0].path}” any more. Look at the mapping."
        pause(session, transfer, why, now)
    elif is_new:
        moving.announce(session, "transfer", transfer)
    return found


def pause(session: Session, transfer: Transfer, reason: str, now: datetime) -> None:
    """Stop an active data transfer by ourselves, within the transaction of the caller."""
    by = standing(session, ADJOIN, now)
    step = lifecycle.TRANSFER.named("pause")
    moving.move(session, "transfer", transfer, step, by, "adjoin", now, note=reason, reason=reason)
    for listener in _when_paused:
        listener(session, transfer, reason, now)


def when_paused(listener: Listener) -> Listener:
    """Have `listener(session, transfer, reason, now)` called within the transaction that pauses a
    transfer; for what it feeds, which this module must not know."""
    _when_paused.append(listener)
    return listener


# For the other nouns of the domain


def visible(
    session: Session, actor: Actor, transfer_id: str, now: datetime
) -> tuple[Standing, Transfer]:
    """Return who looks, and at which transfer; refuses `not_found` to strangers."""
    who = standing(session, actor, now)
    transfer = session.get(Transfer, transfer_id)
    if transfer is None or not who.sees_property(transfer.property_id):
        raise not_found("This data transfer")
    return who, transfer


def mine(
    session: Session, actor: Actor, transfer_id: str, now: datetime
) -> tuple[Standing, Transfer]:
    """Return who acts, on which transfer, and hold it still; refuses `not_found`, `forbidden`."""
    _, transfer = visible(session, actor, transfer_id, now)
    who = connections.managing(session, actor, transfer.property_id, now)
    moving.hold(session, transfer, "This data transfer")
    return who, transfer


def missing(
    session: Session,
    transfer: Transfer,
    mapping: Sequence[rows.Row] | None = None,
    *,
    with_values: bool = True,
) -> tuple[Missing, ...]:
    """Return what keeps a transfer from being active, with its mapping or with another one."""
    source = session.get_one(Source, transfer.source_id)
    return readiness.missing(
        ALL[transfer.type],
        rows.from_json(transfer.rows) if mapping is None else mapping,
        samples.of(session, transfer),
        time_zone=session.get_one(Property, transfer.property_id).time_zone,
        broken=f"{source.name} is broken: {source.reason}" if source.status == "broken" else "",
        with_values=with_values or not ALL[transfer.type].is_about_guests,
    )


def known_now(session: Session, transfer: Transfer) -> list[dict[str, Any]]:
    """Return the fields that the source has in its sample records, to compare with later on.

    Without examples, which may tell about guests.
    """
    return [
        {key: value for key, value in asdict(each).items() if key != "examples"}
        for each in fields(samples.of(session, transfer))
    ]


def row_of(who: Standing, transfer: Transfer) -> Row:
    """Return a transfer as its readers see it."""
    of_type = ALL[transfer.type]
    filled = {row["target"] for row in transfer.rows}
    return Row(
        transfer.id,
        transfer.source_id,
        transfer.property_id,
        transfer.type,
        of_type.label,
        transfer.status,
        transfer.since,
        transfer.reason,
        transfer.version,
        len(filled),
        sum(field.key not in filled for field in of_type.required),
        transfer.sampled_at,
        transfer.sample_error,
        transfer.drift,
        lifecycle.TRANSFER.open_to(transfer.status, "property")
        if who.manages(transfer.property_id)
        else (),
    )


# Details


def _written(found: Drift) -> dict[str, Any]:
    """Return a difference as it is stored; nothing when there is none."""
    if not found.missing and not found.new:
        return {}
    return {"missing": [asdict(each) for each in found.missing], "new": list(found.new)}


def _note_sample_error(transfer_id: str, sentence: str) -> None:
    with database.transaction() as session:
        transfer = session.get(Transfer, transfer_id)
        if transfer is not None:
            transfer.sample_error = sentence
            moving.announce(session, "transfer", transfer)


def _wanted_by(session: Session, transfer: Transfer) -> list[str]:
    active = select(Integration).where(
        Integration.source_id == transfer.source_id, Integration.status == "active"
    )
    return [each.name for each in session.exec(active) if each.wanted.get(transfer.type)]
