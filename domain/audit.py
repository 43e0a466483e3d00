"""The audit log, for operators: every row of the history, by filters, and one by one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from domain import history, kinds, moments, seals, tampering
from domain.actors import Actor, operating
from domain.refusals import invalid, not_found
from domain.tampering import Verdict
from storage import audit, database
from storage.apps import App
from storage.audit import Seal
from storage.connections import Connection
from storage.history import HistoryRow
from storage.partners import Partner
from storage.people import Person
from storage.properties import Property

PAGE = 50  # rows
SIDES = ("property", "partner", "platform", "adjoin")


@dataclass(frozen=True)
class Wanted:
    """Which rows; what is empty does not matter.

    since, until: moments, the second exclusive. event: one event, or one of kinds.KINDS. person:
    a part of a name or e-mail address. side: one of SIDES. connection: its id or its number.
    """

    since: datetime | None = None
    until: datetime | None = None
    event: str = ""
    person: str = ""
    side: str = ""
    property_id: str = ""
    partner_id: str = ""
    app_id: str = ""
    connection: str = ""


@dataclass(frozen=True)
class Row:
    """One row. `text` is what happened as people read it; `before` and `after` are states."""

    id: str
    at: datetime
    event: str
    text: str
    kind: str
    side: str
    who: str
    person_id: str | None
    before: str
    after: str
    note: str
    connection_id: str | None
    subject_id: str | None
    property_id: str | None
    partner_id: str | None
    property: str
    partner: str
    app: str


@dataclass(frozen=True)
class Found:
    """Rows, the newest first; `older` says after which row to go on, empty at the end."""

    rows: tuple[Row, ...]
    older: str


@dataclass(frozen=True)
class Detail:
    """One row, and how it stands in the chain: `state` is sealed, waiting or broken.

    `email` is that of the person, as it is now; `number`, `digest` and `sealed_at` are its seal's.
    """

    row: Row
    email: str
    state: str
    number: int | None
    digest: str
    sealed_at: datetime | None


@dataclass(frozen=True)
class End:
    """The end of the chain: the last seal, and how many rows wait for one."""

    number: int
    digest: str
    sealed_at: datetime | None
    waiting: int


@dataclass(frozen=True)
class Choices:
    """What can be filtered by: names by ids."""

    properties: dict[str, str]
    partners: dict[str, str]
    apps: dict[str, str]


def search(
    actor: Actor,
    wanted: Wanted,
    *,
    after: str = "",
    limit: int = PAGE,
    now: datetime | None = None,
) -> Found:
    """Return up to `limit` rows older than the row `after`, or the newest; for operators.

    Refuses `not_found`, and `invalid` for filters that are none.
    """
    with database.reading() as session:
        operating(session, actor, now or moments.now())
        return _found(session, wanted, after, limit)


def read(actor: Actor, row_id: str, *, now: datetime | None = None) -> Detail:
    """Return one row; for operators. Refuses `not_found`."""
    with database.reading() as session:
        operating(session, actor, now or moments.now())
        found = session.execute(_rows().where(col(HistoryRow.id) == row_id)).one_or_none()
        if found is None:
            raise not_found("This row")
        row: HistoryRow = found[0]
        person = session.get(Person, row.person_id or "")
        seal = session.exec(select(Seal).where(Seal.history_id == row.id)).one_or_none()
        return Detail(
            _row(found),
            person.email if person else "",
            _state(session, row, seal),
            seal.number if seal else None,
            seal.digest if seal else "",
            seal.at if seal else None,
        )


def end(actor: Actor, *, now: datetime | None = None) -> End:
    """Return where the chain ends; for operators. Refuses `not_found`."""
    with database.reading() as session:
        operating(session, actor, now or moments.now())
        last = audit.last(session)
        rows = session.exec(select(sa.func.count()).select_from(HistoryRow)).one()
        if last is None:
            return End(0, seals.BEGINNING, None, rows)
        return End(last.number, last.digest, last.at, max(0, rows - last.number))


def check(actor: Actor, *, now: datetime | None = None) -> Verdict:
    """Walk the whole chain, which takes some seconds for a hundred thousand rows; for operators.

    Refuses `not_found`.
    """
    now = now or moments.now()
    with database.reading() as session:
        operating(session, actor, now)
    return tampering.check(now=now)


def choices(actor: Actor, *, now: datetime | None = None) -> Choices:
    """Return what rows can be filtered by; for operators. Refuses `not_found`."""
    with database.reading() as session:
        operating(session, actor, now or moments.now())
        return Choices(
            *(
                dict(session.exec(select(table.id, table.name).order_by(table.name)).all())
                for table in (Property, Partner, App)
            )
        )


# Details


def _rows() -> sa.Select[Any]:
    app_id = sa.func.coalesce(Connection.app_id, HistoryRow.subject_id)
    names = (col(Property.name), col(Partner.name), col(App.name))
    found: sa.Select[Any] = sa.select(sa.inspect(HistoryRow), *names)
    return (
        found.select_from(HistoryRow)
        .outerjoin(Property, col(Property.id) == HistoryRow.property_id)
        .outerjoin(Partner, col(Partner.id) == HistoryRow.partner_id)
        .outerjoin(Connection, col(Connection.id) == HistoryRow.connection_id)
        .outerjoin(App, col(App.id) == app_id)
    )


def _found(session: Session, wanted: Wanted, after: str, limit: int) -> Found:
    query = _rows().where(*_conditions(wanted))
    if after:
        last = session.get(HistoryRow, after)
        if last is None:
            raise invalid("Go on from a row that is there.", "platform")
        here = sa.tuple_(col(HistoryRow.at), col(HistoryRow.id))
        query = query.where(here < sa.tuple_(sa.literal(last.at, _AT), sa.literal(last.id)))
    query = query.order_by(col(HistoryRow.at).desc(), col(HistoryRow.id).desc()).limit(limit + 1)
    rows = [_row(found) for found in session.execute(query)]
    return Found(tuple(rows[:limit]), rows[limit - 1].id if len(rows) > limit else "")


_AT = audit.tables_of(HistoryRow).c.at.type


def _conditions(wanted: Wanted) -> Iterator[sa.ColumnElement[bool]]:
    row = HistoryRow
    if wanted.since:
        yield col(row.at) >= wanted.since
    if wanted.until:
        yield col(row.at) < wanted.until
    if wanted.event:
        yield (
            _of_kind(wanted.event)
            if wanted.event in kinds.KINDS
            else col(row.event) == wanted.event
        )
    if wanted.side:
        yield col(row.side) == wanted.side
    if wanted.person:
        yield _of_person(wanted.person)
    if wanted.property_id:
        yield col(row.property_id) == wanted.property_id
    if wanted.partner_id:
        yield col(row.partner_id) == wanted.partner_id
    if wanted.app_id:
        theirs = select(Connection.id).where(Connection.app_id == wanted.app_id)
        yield col(row.connection_id).in_(theirs) | (col(row.subject_id) == wanted.app_id)
    if wanted.connection:
        yield _of_connection(wanted.connection)


def _of_kind(kind: str) -> sa.ColumnElement[bool]:
    event = col(HistoryRow.event)
    nouns = [event.startswith(f"{noun}.") for noun, its in kinds.NOUNS.items() if its == kind]
    others = [each for each, its in kinds.EVENTS.items() if its != kind]
    singles = [each for each, its in kinds.EVENTS.items() if its == kind]
    by_noun = sa.and_(sa.or_(sa.false(), *nouns), event.not_in(others))
    return sa.or_(by_noun, event.in_(singles))


def _of_person(text: str) -> sa.ColumnElement[bool]:
    text = text.strip()
    is_called = col(Person.email).icontains(text, autoescape=True)
    people = select(Person.id).where(is_called)
    return sa.or_(
        col(HistoryRow.who).icontains(text, autoescape=True),
        col(HistoryRow.person_id).in_(people),
        col(HistoryRow.subject_id).in_(people),
    )


def _of_connection(text: str) -> sa.ColumnElement[bool]:
    digits = text.strip().upper().removeprefix("C-")
    if digits.isascii() and digits.isdigit() and len(digits) < 10:
        numbered = select(Connection.id).where(Connection.number == int(digits))
        return col(HistoryRow.connection_id).in_(numbered)
    return col(HistoryRow.connection_id) == text.strip()


def _row(found: Any) -> Row:
    row, hotel, partner, app = found
    return Row(
        row.id,
        row.at,
        row.event,
        history.text(row),
        kinds.of(row.event),
        row.side,
        row.who,
        row.person_id,
        row.before,
        row.after,
        row.note,
        row.connection_id,
        row.subject_id,
        row.property_id,
        row.partner_id,
        hotel or "",
        partner or "",
        app or "",
    )


def _state(session: Session, row: HistoryRow, seal: Seal | None) -> str:
    if row.stamp and not seals.is_stamped(row.model_dump()):
        return "broken"
    if seal is None:
        return "waiting"
    before = session.get(Seal, seal.number - 1)
    if before is None and seal.number > 1:
        return "broken"
    digest = before.digest if before else seals.BEGINNING
    (link,) = audit.chain(session, seal.number - 1, 1)
    return "sealed" if seals.is_fitting(link, digest) else "broken"
