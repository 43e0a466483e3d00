"""Sources: the systems and files that a property's data comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col, select

from connectors.authorization import METHODS, Method
from connectors.source import Access, Check, Kind
from connectors.sources import KINDS
from domain import (
    authorization_pages,
    authorizations,
    connections,
    data_events,
    history,
    lifecycle,
    moments,
    moving,
    source_settings,
    twins,
    uploads,
)
from domain.actors import Actor, Standing, standing
from domain.authorizations import seeing
from domain.properties import checked_text
from domain.refusals import Refusal, invalid, not_found
from domain.twins import Twin
from domain.types_of_data import ALL
from storage import database
from storage.authorizations import Authorization
from storage.integrations import Integration
from storage.records import TABLES
from storage.sources import HookEvent, MappingVersion, Sample, Source, Transfer, Upload

MOST = 50  # sources of one property


@dataclass(frozen=True)
class Draft:
    """What a person chose for a new source.

    kind: a key of `connectors.sources.KINDS`. authorization_id: empty where the kind needs none.
    address: of a system that wants no credentials. settings: as the kind's fields ask for them.
    """

    kind: str
    name: str = ""
    authorization_id: str = ""
    address: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Offered:
    """A kind to choose from, with the ways to open it and what the property has for it already.

    read_by: the sources that read an account already, by authorizations that open it.
    """

    kind: Kind
    methods: tuple[Method, ...]
    authorizations: tuple[authorization_pages.Row, ...]
    read_by: Mapping[str, tuple[Twin, ...]]


@dataclass(frozen=True)
class Part:
    """A data transfer, as the list of sources shows it."""

    id: str
    type: str
    label: str
    status: str
    since: datetime


@dataclass(frozen=True)
class UploadedFile:
    """`size` in bytes."""

    type: str
    name: str
    size: int
    uploaded_at: datetime


@dataclass(frozen=True)
class Row:
    """A source. status: working or broken; `moves` is what this reader may do with it now."""

    id: str
    property_id: str
    name: str
    kind: str
    kind_name: str
    icon: str
    status: str
    since: datetime
    reason: str
    authorization_id: str | None
    authorization: str
    transfers: tuple[Part, ...]
    integrations: int
    moves: tuple[str, ...]
    created_at: datetime


@dataclass(frozen=True)
class Page:
    """All about one source. `addable` are the types of data that have no transfer yet; `twins` the
    other sources of the same account."""

    row: Row
    kind: Kind
    address: str
    settings: Mapping[str, Any]
    authorization: authorization_pages.Row | None
    uploads: tuple[UploadedFile, ...]
    addable: tuple[str, ...]
    twins: tuple[Twin, ...]
    history: tuple[history.Line, ...]


def offered(actor: Actor, property_id: str, *, now: datetime | None = None) -> tuple[Offered, ...]:
    """Return the kinds of source to choose from; refuses `not_found` to strangers."""
    now = now or moments.now()
    known = authorization_pages.of_property(actor, property_id, now=now)
    with database.reading() as session:
        opens = session.exec(
            select(Authorization).where(Authorization.property_id == property_id)
        ).all()
        read_by = {each.id: twins.through(session, each) for each in opens}
    return tuple(
        Offered(
            kind,
            tuple(METHODS[key] for key in kind.methods),
            tuple(row for row in known if row.kind == kind.key),
            {row.id: read_by.get(row.id, ()) for row in known if row.kind == kind.key},
        )
        for kind in KINDS.values()
    )


def of_property(actor: Actor, property_id: str, *, now: datetime | None = None) -> tuple[Row, ...]:
    """Return the sources of a property by name; refuses `not_found` to strangers."""
    now = now or moments.now()
    with database.reading() as session:
        who = seeing(session, actor, property_id, now)
        found = session.exec(
            select(Source).where(Source.property_id == property_id).order_by(col(Source.name))
        )
        return tuple(_row(session, who, source) for source in found)


def read(actor: Actor, source_id: str, *, now: datetime | None = None) -> Page:
    """Return one source; refuses `not_found` to strangers."""
    now = now or moments.now()
    with database.reading() as session:
        who, source = visible(session, actor, source_id, now)
        kind, row = KINDS[source.kind], _row(session, who, source)
        opens = session.get(Authorization, source.authorization_id or "")
        present = {part.type for part in row.transfers}
        labels = {part.id: part.label for part in row.transfers}
        return Page(
            row,
            kind,
            opens.address if opens else source.address,
            dict(source.settings),
            authorization_pages.row_of(session, who, opens, now) if opens else None,
            _uploads(session, source),
            tuple(key for key in ALL if key in kind.types and key not in present),
            twins.of(session, source),
            history.of_subjects(session, source.id, *labels, labels=labels),
        )


def add(actor: Actor, property_id: str, draft: Draft, *, now: datetime | None = None) -> str:
    """Add a source that answers, and return its id; it has no data transfers yet.

    The system is asked before anything is saved. Refuses `not_found`, `forbidden`, `invalid`,
    `credentials_refused`, `check_failed`.
    """
    now = now or moments.now()
    with database.reading() as session:
        connections.managing(session, actor, property_id, now)
        kind = _kind(draft.kind)
        settings = source_settings.checked(kind, draft.settings)
        opens = _authorization(session, property_id, kind, draft.authorization_id)
    address = "" if opens else authorizations.checked_address(kind, draft.address)
    check = _tried(kind, opens, address, settings, now) if kind.key != "file" else None
    with database.transaction() as session:
        who = connections.managing(session, actor, property_id, now)
        opens = _authorization(session, property_id, kind, draft.authorization_id, hold=True)
        if opens and check:
            authorizations.note_use(opens, check, now)
        _must_fit(session, property_id)
        source = Source(
            property_id=property_id,
            kind=kind.key,
            name=_checked_name(draft.name or kind.name),
            authorization_id=opens.id if opens else None,
            address=address,
            settings=settings,
            since=now,
            created_by=who.person_id,
            created_at=now,
        )
        _write(session, source)
        moving.tell(
            session, "source", source, "source.added", who, "property", now, before="absent"
        )
        return source.id


def rename(actor: Actor, source_id: str, name: str, *, now: datetime | None = None) -> None:
    """Call it something else; refuses `not_found`, `forbidden`, `invalid`."""
    now = now or moments.now()
    with database.transaction() as session:
        who, source = mine(session, actor, source_id, now)
        if (name := _checked_name(name)) == source.name:
            return
        note = f"{source.name} → {name}"
        source.name = name
        _write(session, source)
        moving.tell(session, "source", source, "source.renamed", who, "property", now, note=note)


def change_settings(
    actor: Actor, source_id: str, settings: Mapping[str, Any], *, now: datetime | None = None
) -> None:
    """Read it differently from now on, if it answers that way too; mappings stay.

    Refuses `not_found`, `forbidden`, `invalid`, `credentials_refused`, `check_failed`.
    """
    now = now or moments.now()
    with database.reading() as session:
        source = visible(session, actor, source_id, now)[1]
        connections.managing(session, actor, source.property_id, now)
        kind = KINDS[source.kind]
        opens = session.get(Authorization, source.authorization_id or "")
        checked = source_settings.checked(kind, settings)
    if kind.key != "file":
        authorizations.tried(kind, _access(opens, source.address, checked))
    with database.transaction() as session:
        who, source = mine(session, actor, source_id, now)
        source.settings = checked
        moving.tell(session, "source", source, "source.changed", who, "property", now)


def authorize(
    actor: Actor, source_id: str, authorization_id: str, *, now: datetime | None = None
) -> None:
    """Read a source that needed no credentials with these from now on, if it answers that way.

    Its mappings, integrations and history stay. Refuses `not_found`, `forbidden`, `invalid`,
    `wrong_state` when it has credentials already, `credentials_refused`, `check_failed`.
    """
    now = now or moments.now()
    with database.reading() as session:
        source = visible(session, actor, source_id, now)[1]
        connections.managing(session, actor, source.property_id, now)
        kind, settings = KINDS[source.kind], source.settings
        _must_be_unlocked(source)
        opens = _opening(session, source, authorization_id)
    check = _tried(kind, opens, "", settings, now)
    with database.transaction() as session:
        # In the order of `database.lock`: whoever repairs it takes the authorization first, too.
        source = visible(session, actor, source_id, now)[1]
        opens = _opening(session, source, authorization_id, hold=True)
        who, source = mine(session, actor, source_id, now)
        _must_be_unlocked(source)
        authorizations.note_use(opens, check, now)
        source.authorization_id, source.address = opens.id, ""
        session.add(source)
        moving.tell(session, "source", source, "source.changed", who, "property", now)


def upload(
    actor: Actor,
    source_id: str,
    type_key: str,
    name: str,
    content: bytes,
    *,
    now: datetime | None = None,
) -> None:
    """Keep the file that a type of data is read from, in place of the one before.

    Refuses `not_found`, `forbidden`, and `invalid` for a file that cannot be read, with what is
    wrong with it.
    """
    now = now or moments.now()
    with database.reading() as session:
        source = visible(session, actor, source_id, now)[1]
        connections.managing(session, actor, source.property_id, now)
    if source.kind != "file" or type_key not in KINDS["file"].types:
        raise invalid("Files are read by sources of the kind “file” only.")
    uploads.must_be_readable(source, type_key, name, content)
    with database.transaction() as session:
        who, source = mine(session, actor, source_id, now)
        uploads.keep(session, source, type_key, name, content, who.person_id, now)
        note = f"{ALL[type_key].label}: {uploads.tidy_name(name)}"
        moving.tell(session, "source", source, "source.uploaded", who, "property", now, note=note)


def remove(actor: Actor, source_id: str, *, now: datetime | None = None) -> None:
    """Forget a source with its mappings and all records that came from it.

    Refuses `not_found`, `forbidden`, and `in_use` while an integration reads it.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who, source = mine(session, actor, source_id, now)
        if names := session.exec(
            select(Integration.name).where(Integration.source_id == source.id)
        ).all():
            raise Refusal(
                "in_use", f"{source.name} is read by {', '.join(names)}. Remove that first."
            )
        data_events.tell_source_removed(session, source, now)
        remove_what_it_brought(session, source)
        step = lifecycle.SOURCE.named("remove")
        moving.tell(
            session,
            "source",
            source,
            step.event,
            who,
            "property",
            now,
            after=step.after,
            note=source.name,
        )
        session.flush()
        session.delete(source)


# For the other nouns of the domain


def visible(
    session: Session, actor: Actor, source_id: str, now: datetime
) -> tuple[Standing, Source]:
    """Return who looks, and at which source; refuses `not_found` to strangers."""
    who = standing(session, actor, now)
    source = session.get(Source, source_id)
    if source is None or not who.sees_property(source.property_id):
        raise not_found("This source")
    return who, source


def mine(session: Session, actor: Actor, source_id: str, now: datetime) -> tuple[Standing, Source]:
    """Return who acts, on which source, and hold it still; refuses `not_found`, `forbidden`."""
    _, source = visible(session, actor, source_id, now)
    who = connections.managing(session, actor, source.property_id, now)
    moving.hold(session, source, "This source")
    return who, source


# Details


def _kind(key: str) -> Kind:
    if key not in KINDS:
        raise invalid("Choose what kind of source it is.")
    return KINDS[key]


def _authorization(
    session: Session,
    property_id: str,
    kind: Kind,
    authorization_id: str,
    *,
    hold: bool = False,
) -> Authorization | None:
    """Return what opens a new source; refuses `invalid` when it doesn't.

    `hold` keeps it from being refused or removed before the source is there to hear of it.
    """
    if not authorization_id:
        # Any API may be open to everybody; a vendor's own never is.
        if kind.methods and kind.address:
            raise invalid(f"Choose the authorization that opens {kind.name}.")
        return None
    found = session.get(Authorization, authorization_id)
    if found is None or found.property_id != property_id or found.kind != kind.key:
        raise invalid(f"Choose an authorization for {kind.name}.")
    if hold:
        moving.hold(session, found, "This authorization")
    if found.status != "working":
        raise invalid(f"{found.name} does not work at the moment. Repair it first.")
    return found


def _opening(
    session: Session, source: Source, authorization_id: str, *, hold: bool = False
) -> Authorization:
    """Return what is to open a source that has none yet; refuses `invalid` what opens another."""
    kind = KINDS[source.kind]
    found = _authorization(session, source.property_id, kind, authorization_id, hold=hold)
    if found is None or found.address != source.address:
        raise invalid(f"Choose an authorization for {source.address or kind.name}.")
    return found


def _must_be_unlocked(source: Source) -> None:
    if source.authorization_id is not None:
        raise Refusal("wrong_state", "It has credentials already. Change those.")


def _tried(
    kind: Kind,
    opens: Authorization | None,
    address: str,
    settings: Mapping[str, Any],
    now: datetime,
) -> Check:
    """Return what a system says when it is asked for the first data; refuses as `add` does.

    Credentials that nobody could try before, and that it does not accept, are refused from now on.
    """
    try:
        return authorizations.tried(kind, _access(opens, address, settings))
    except Refusal as refusal:
        if refusal.code == "credentials_refused" and opens and not authorizations.is_tried(opens):
            authorizations.refused(opens.id, refusal.message, now=now)
        raise


def _access(opens: Authorization | None, address: str, settings: Mapping[str, Any]) -> Access:
    if opens is None:
        return Access(address, settings=settings)
    values = authorizations.values_of(opens)
    return Access(opens.address, opens.method, values, {**opens.settings, **settings})


def _must_fit(session: Session, property_id: str) -> None:
    present = session.exec(
        select(sa.func.count()).select_from(Source).where(Source.property_id == property_id)
    ).one()
    if present >= MOST:
        raise invalid(f"A property can have {MOST} sources. Remove one first.")


def _checked_name(name: str) -> str:
    return checked_text(name, "the name of the source", longest=80, owner="property")


def _write(session: Session, source: Source) -> None:
    # Put into words beforehand: after a failed flush the session can read nothing more.
    words = f"There is a source called {source.name} already. Choose another name."
    taken = invalid(words, field="name")
    session.add(source)
    try:
        session.flush()
    except IntegrityError as error:
        raise taken from error


def remove_what_it_brought(session: Session, source: Source) -> None:
    """Forget the transfers, mappings and records of a source."""
    transfers = select(Transfer.id).where(Transfer.source_id == source.id)
    # Whoever adds something to one of them ends first, or finds nothing to add it to.
    session.exec(transfers.with_for_update()).all()
    for of_transfer in (MappingVersion, Sample):
        _delete(session, of_transfer, col(of_transfer.transfer_id).in_(transfers))
    of_source: tuple[Any, ...] = (Transfer, Upload, HookEvent, *TABLES.values())
    for table in of_source:
        _delete(session, table, col(table.source_id) == source.id)


def _delete(session: Session, table: type[SQLModel], which: sa.ColumnElement[bool]) -> None:
    # There may be a hundred thousand of them, and nobody in this session knows one.
    session.execute(sa.delete(table).where(which).execution_options(synchronize_session=False))


def _uploads(session: Session, source: Source) -> tuple[UploadedFile, ...]:
    rows = session.exec(
        select(Upload.type, Upload.name, Upload.size, Upload.uploaded_at).where(
            Upload.source_id == source.id
        )
    )
    return tuple(UploadedFile(*row) for row in rows)


def _row(session: Session, who: Standing, source: Source) -> Row:
    kind = KINDS[source.kind]
    opens = session.get(Authorization, source.authorization_id or "")
    reading = select(sa.func.count()).where(col(Integration.source_id) == source.id)
    return Row(
        source.id,
        source.property_id,
        source.name,
        source.kind,
        kind.name,
        kind.icon,
        source.status,
        source.since,
        source.reason,
        source.authorization_id,
        opens.name if opens else "",
        _parts(session, source),
        session.exec(reading).one(),
        _MOVES if who.manages(source.property_id) else (),
        source.created_at,
    )


_MOVES = ("rename", "change_settings", "upload", "remove")


def _parts(session: Session, source: Source) -> tuple[Part, ...]:
    rows = session.exec(
        select(Transfer.id, Transfer.type, Transfer.status, Transfer.since).where(
            Transfer.source_id == source.id
        )
    ).all()
    order = list(ALL)
    return tuple(
        Part(key, type_key, ALL[type_key].label, status, since)
        for key, type_key, status, since in sorted(rows, key=lambda row: order.index(row[1]))
    )
