"""Mappings: how the records of a source become ours, edited by people, with every version kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from domain import connections, masking, moments, moving, references, samples, transfers
from domain.actors import Actor, Standing
from domain.mapping import discovery, preview, rows, suggestions, versions
from domain.mapping.discovery import SourceField
from domain.mapping.preview import Sample
from domain.mapping.rows import Row
from domain.mapping.suggestions import Suggestion
from domain.readiness import Missing, NotReady
from domain.references import Reference
from domain.refusals import Refusal, invalid, not_found
from domain.types_of_data import ALL, TypeOfData
from storage import database
from storage.properties import Property
from storage.sources import MappingVersion, Source, Transfer

SHOWN = 10  # sample records in a preview
LONGEST_NOTE = 300


@dataclass(frozen=True)
class Trial:
    """What a mapping makes of the sample records. `missing` is all that it lacks."""

    samples: tuple[Sample, ...]
    missing: tuple[Missing, ...]


@dataclass(frozen=True)
class Editor:
    """All that the mapping editor shows.

    version: give it back to `save`, which refuses when somebody else saved meanwhile.
    saved_by, saved_at: who made this version; empty and None when nothing has been mapped.
    references: fields that no row has to fill, for what they say is found by an id.
    fields: of the source, found in the sample records. Guests' data is masked for viewers.
    """

    transfer: transfers.Row
    type: TypeOfData
    source: str
    kind: str
    time_zone: str
    rows: tuple[Row, ...]
    version: int
    saved_by: str
    saved_at: datetime | None
    references: Mapping[str, Reference]
    fields: tuple[SourceField, ...]
    suggestions: tuple[Suggestion, ...]
    trial: Trial
    may_save: bool


@dataclass(frozen=True)
class Version:
    """One saved mapping; `changes` says in sentences what was different before."""

    number: int
    who: str
    at: datetime
    note: str
    changes: tuple[str, ...]
    is_current: bool


@dataclass(frozen=True)
class Copyable:
    """A mapping of the same type of data that could be copied."""

    transfer_id: str
    source: str
    kind: str
    property: str
    rows: int


def read(actor: Actor, transfer_id: str, *, now: datetime | None = None) -> Editor:
    """Return what the mapping editor shows; refuses `not_found` to strangers."""
    now = now or moments.now()
    with database.reading() as session:
        who, transfer = transfers.visible(session, actor, transfer_id, now)
        source = session.get_one(Source, transfer.source_id)
        of_type, mapping = ALL[transfer.type], rows.from_json(transfer.rows)
        found = discovery.fields(samples.of(session, transfer))
        saved = _version(session, transfer, transfer.version)
        return Editor(
            transfers.row_of(who, transfer),
            of_type,
            source.name,
            source.kind,
            _time_zone(session, transfer),
            mapping,
            transfer.version,
            saved.who if saved else "",
            saved.at if saved else None,
            _references(session, transfer, mapping),
            tuple(_shown_field(who, transfer, each) for each in found),
            suggestions.suggest(of_type, found, mapping) if _may_see(who, transfer) else (),
            _trial(session, who, transfer, mapping),
            who.manages(transfer.property_id),
        )


def try_out(
    actor: Actor, transfer_id: str, mapping: Sequence[Row], *, now: datetime | None = None
) -> Trial:
    """Return what an unsaved mapping makes of the sample records; saves nothing.

    Refuses `not_found`, `invalid` for what is no mapping, and `forbidden` to those who must not see
    guests' data: an expression that is true or not would tell it letter by letter.
    """
    now = now or moments.now()
    with database.reading() as session:
        who, transfer = transfers.visible(session, actor, transfer_id, now)
        if not _may_see(who, transfer):
            connections.managing(session, actor, transfer.property_id, now)
        return _trial(session, who, transfer, _checked(transfer, mapping))


def save(
    actor: Actor,
    transfer_id: str,
    mapping: Sequence[Row],
    note: str = "",
    *,
    expected_version: int,
    now: datetime | None = None,
) -> int:
    """Keep a mapping as the next version, and return its number; no change makes no version.

    A half-made mapping is kept too, but not for a transfer that is active. Refuses `not_found`,
    `forbidden`, `invalid`, `changed_meanwhile` when `expected_version` is not the last one any
    more, and `not_ready` as `transfers.activate` does.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who, transfer = transfers.mine(session, actor, transfer_id, now)
        return _save(session, who, transfer, mapping, note, expected_version, "mapping.saved", now)


def history(actor: Actor, transfer_id: str, *, now: datetime | None = None) -> tuple[Version, ...]:
    """Return every version of a mapping, the newest first; refuses `not_found` to strangers."""
    now = now or moments.now()
    with database.reading() as session:
        _, transfer = transfers.visible(session, actor, transfer_id, now)
        found = session.exec(
            select(MappingVersion)
            .where(MappingVersion.transfer_id == transfer.id)
            .order_by(col(MappingVersion.number))
        ).all()
        told, before = [], rows.from_json([])
        for each in found:
            mapping = rows.from_json(each.rows)
            changes = versions.changes(ALL[transfer.type], before, mapping)
            is_current = each.number == transfer.version
            told.append(Version(each.number, each.who, each.at, each.note, changes, is_current))
            before = mapping
        return tuple(reversed(told))


def restore(
    actor: Actor,
    transfer_id: str,
    number: int,
    *,
    expected_version: int,
    now: datetime | None = None,
) -> int:
    """Take up an earlier version again, as a new one; refuses as `save` does."""
    now = now or moments.now()
    with database.transaction() as session:
        who, transfer = transfers.mine(session, actor, transfer_id, now)
        earlier = _version(session, transfer, number)
        if earlier is None:
            raise not_found("This version of the mapping")
        mapping, note = rows.from_json(earlier.rows), f"Version {number} again"
        return _save(
            session, who, transfer, mapping, note, expected_version, "mapping.restored", now
        )


def copyable(
    actor: Actor, transfer_id: str, *, now: datetime | None = None
) -> tuple[Copyable, ...]:
    """Return the mappings that could be copied here: of this type, at all of one's properties.

    Those of the same kind of source come first. Refuses `not_found` to strangers.
    """
    now = now or moments.now()
    with database.reading() as session:
        who, transfer = transfers.visible(session, actor, transfer_id, now)
        own = session.get_one(Source, transfer.source_id)
        places = [role.place_id for role in who.roles if who.sees_property(role.place_id)]
        found = session.exec(
            select(Transfer, Source, Property)
            .join(Source, col(Source.id) == col(Transfer.source_id))
            .join(Property, col(Property.id) == col(Transfer.property_id))
            .where(
                Transfer.type == transfer.type,
                Transfer.version > 0,
                Transfer.id != transfer.id,
                col(Transfer.property_id).in_(places),
            )
            .order_by(col(Property.name), col(Source.name))
        ).all()
        offers = [
            Copyable(each.id, source.name, source.kind, hotel.name, len(each.rows))
            for each, source, hotel in found
        ]
        return tuple(sorted(offers, key=lambda offer: offer.kind != own.kind))


def copy(
    actor: Actor,
    transfer_id: str,
    from_transfer_id: str,
    *,
    expected_version: int,
    now: datetime | None = None,
) -> int:
    """Take over the mapping of another source, as a new version; refuses as `save` does."""
    now = now or moments.now()
    with database.transaction() as session:
        _, original = transfers.visible(session, actor, from_transfer_id, now)
        who, transfer = transfers.mine(session, actor, transfer_id, now)
        if original.type != transfer.type:
            raise invalid("Copy the mapping of the same type of data.")
        source = session.get_one(Source, original.source_id)
        mapping, note = rows.from_json(original.rows), f"From {source.name}"
        return _save(session, who, transfer, mapping, note, expected_version, "mapping.copied", now)


# Details


def _save(
    session: Session,
    who: Standing,
    transfer: Transfer,
    mapping: Sequence[Row],
    note: str,
    expected_version: int,
    event: str,
    now: datetime,
) -> int:
    mapping = _checked(transfer, mapping)
    _must_be_the_last(session, transfer, expected_version)
    before = rows.from_json(transfer.rows)
    if mapping == before and transfer.version:
        return transfer.version
    if transfer.status == "active" and (lacking := transfers.missing(session, transfer, mapping)):
        raise NotReady(lacking)
    changed = versions.changes(ALL[transfer.type], before, mapping)
    transfer.rows, transfer.version = rows.as_json(mapping), transfer.version + 1
    if transfer.status == "active":
        transfer.known_fields, transfer.drift = transfers.known_now(session, transfer), {}
    session.add(
        MappingVersion(
            transfer_id=transfer.id,
            number=transfer.version,
            rows=transfer.rows,
            note=_checked_note(note),
            person_id=who.person_id,
            who=who.who,
            at=now,
        )
    )
    count = "1 change" if len(changed) == 1 else f"{len(changed)} changes"
    words = f"Version {transfer.version}: {count}"
    moving.tell(session, "transfer", transfer, event, who, "property", now, note=words)
    return transfer.version


def _checked(transfer: Transfer, mapping: Sequence[Row]) -> tuple[Row, ...]:
    """Return rows as they will be read again; refuses `invalid` what could not be."""
    try:
        kept = rows.from_json(rows.as_json(mapping))
    except ValueError as error:
        raise invalid(str(error)) from error
    of_type = ALL[transfer.type]
    if unknown := next((row.target for row in kept if of_type.field(row.target) is None), None):
        raise invalid(f"A {of_type.one} has no field called {unknown[:60]}.")
    order = [field.key for field in of_type.fields]
    return tuple(sorted(kept, key=lambda row: order.index(row.target)))


def _must_be_the_last(session: Session, transfer: Transfer, expected_version: int) -> None:
    if transfer.version == expected_version:
        return
    last = _version(session, transfer, transfer.version)
    by = f" by {last.who} at {last.at:%H:%M} UTC" if last else ""
    raise Refusal(
        "changed_meanwhile",
        f"This mapping was saved{by}, while you were editing. Load it again, then make your "
        "changes once more.",
    )


def _checked_note(note: str) -> str:
    note = " ".join(note.split())
    if len(note) > LONGEST_NOTE or not note.isprintable():
        raise invalid(f"Keep the note under {LONGEST_NOTE} ordinary characters.")
    return note


def _version(session: Session, transfer: Transfer, number: int) -> MappingVersion | None:
    return session.exec(
        select(MappingVersion).where(
            MappingVersion.transfer_id == transfer.id, MappingVersion.number == number
        )
    ).one_or_none()


def _references(
    session: Session, transfer: Transfer, mapping: Sequence[Row]
) -> dict[str, Reference]:
    brought_in = session.exec(
        select(Transfer.type).where(
            Transfer.source_id == transfer.source_id, Transfer.status != "inactive"
        )
    ).all()
    return references.expected(transfer.type, {row.target for row in mapping}, brought_in)


def _time_zone(session: Session, transfer: Transfer) -> str:
    return session.get_one(Property, transfer.property_id).time_zone


def _trial(session: Session, who: Standing, transfer: Transfer, mapping: Sequence[Row]) -> Trial:
    records = samples.of(session, transfer)[:SHOWN]
    shown = preview.preview(
        ALL[transfer.type], mapping, records, time_zone=_time_zone(session, transfer)
    )
    may_see = _may_see(who, transfer)
    return Trial(
        shown if may_see else tuple(_masked(sample) for sample in shown),
        transfers.missing(session, transfer, mapping, with_values=may_see),
    )


def _may_see(who: Standing, transfer: Transfer) -> bool:
    """Whether somebody may see what sample records hold: managers, and what is about no guest."""
    return who.manages(transfer.property_id) or not ALL[transfer.type].is_about_guests


def _shown_field(who: Standing, transfer: Transfer, found: SourceField) -> SourceField:
    if _may_see(who, transfer):
        return found
    return replace(found, examples=tuple(map(masking.masked_text, found.examples)))


def _masked(sample: Sample) -> Sample:
    cells = tuple(
        replace(
            cell,
            before=masking.masked_text(cell.before),
            after=masking.masked_text(cell.after),
            error="This value cannot be converted." if cell.error else None,
        )
        for cell in sample.cells
    )
    key = sample.key and masking.plain_id(sample.key)
    return replace(sample, key=key, before=masking.masked(sample.before), cells=cells)
