"""Case pages: what each side reads of cases, in lists and one by one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from domain import case_moves, case_sides, cases, escalations, evidence, moments
from domain.actors import Actor, Standing, operating, standing
from domain.case_sides import Held
from domain.escalations import Escalation
from domain.places import Place
from domain.refusals import not_found
from storage import database, encryption
from storage.apps import App
from storage.cases import Attachment, Case, CaseMessage, Pack
from storage.connections import Connection
from storage.partners import Partner
from storage.people import Person
from storage.properties import Property

MOST = 500  # cases in a list
NOBODY = "nobody"


@dataclass(frozen=True)
class Part:
    """A part of a list as programs read it: the newest first, by numbers, which stay.

    before: the number above it, None for the beginning. most: cases in it.
    """

    before: int | None
    most: int


@dataclass(frozen=True)
class Queue:
    """What operators look for: a status, the slug of an app, ids; `assigned` may be NOBODY."""

    status: str = ""
    app: str = ""
    property: str = ""
    partner: str = ""
    assigned: str = ""


@dataclass(frozen=True)
class Row:
    """A case in a list. `is_mine_to_answer`: the reader may write, and it is their side's turn.

    `status` and `turn` as in `storage.cases`; `partner` is empty for core apps, `assigned` as long
    as nobody takes care of it.
    """

    id: str
    number: int
    title: str
    status: str
    turn: str
    turn_since: datetime
    app: str
    app_slug: str
    property: str
    property_id: str
    partner: str
    partner_id: str | None
    connection_id: str
    opened_at: datetime
    changed_at: datetime
    first_answer_at: datetime | None
    escalated_at: datetime | None
    resolved_at: datetime | None
    resolved_by_side: str
    assigned: str
    assigned_to: str | None
    is_mine_to_answer: bool


@dataclass(frozen=True)
class File:
    """`size` is in bytes."""

    id: str
    name: str
    type: str
    size: int


@dataclass(frozen=True)
class Message:
    """What somebody wrote or did; `kind`, `side` and `via` as in `storage.cases`."""

    id: str
    at: datetime
    who: str
    side: str
    text: str
    kind: str
    via: str
    files: tuple[File, ...]


@dataclass(frozen=True)
class Operator:
    id: str
    name: str


@dataclass(frozen=True)
class Page:
    """A case as its reader may see it.

    `side` is the reader's: property, viewer, partner or platform. `moves` are open to them: write,
    escalate, return, resolve, reopen, assign. `people` are those to whom it can be assigned.
    """

    row: Row
    side: str
    opened_by: str
    messages: tuple[Message, ...]
    moves: tuple[str, ...]
    needs_agreement: bool
    agreed_at: datetime | None
    escalation: Escalation | None
    packs: tuple[evidence.Row, ...]
    people: tuple[Operator, ...]


def of_property(
    actor: Actor, property_id: str, status: str = "", *, now: datetime | None = None
) -> tuple[Row, ...]:
    """Return the cases of a property, the latest change first; refuses `not_found`."""
    with database.reading() as session:
        who = standing(session, actor, now or moments.now())
        if not who.sees_property(property_id):
            raise not_found("This property")
        side = "property" if who.manages(property_id) else "viewer"
        return _rows(session, side, status, col(Case.property_id) == property_id)


def of_partner(
    actor: Actor,
    partner_id: str,
    status: str = "",
    *,
    part: Part | None = None,
    now: datetime | None = None,
) -> tuple[Row, ...]:
    """Return the cases of a partner, the latest change first, or a part of them.

    Refuses `not_found`.
    """
    with database.reading() as session:
        if not standing(session, actor, now or moments.now()).works_for(partner_id):
            raise not_found("This partner")
        return _rows(session, "partner", status, col(Case.partner_id) == partner_id, part=part)


def of_connection(
    actor: Actor,
    connection_id: str,
    status: str = "",
    *,
    part: Part | None = None,
    now: datetime | None = None,
) -> tuple[Row, ...]:
    """Return the cases of a connection, the latest change first, or a part of them.

    Refuses `not_found`.
    """
    with database.reading() as session:
        who = standing(session, actor, now or moments.now())
        connection = session.get(Connection, connection_id)
        side = who.side_of(connection) if connection else None
        if side is None or side == "adjoin":
            raise not_found("This connection")
        mine = [col(Case.connection_id) == connection_id]
        if side == "platform":
            mine.append(_FOR_PLATFORM)
        return _rows(session, side, status, *mine, part=part)


def of_platform(
    actor: Actor, filters: Queue | None = None, *, now: datetime | None = None
) -> tuple[Row, ...]:
    """Return what operators work on, what waits longest first; refuses `not_found`."""
    wanted = filters or Queue()
    with database.reading() as session:
        operating(session, actor, now or moments.now())
        conditions = [_FOR_PLATFORM]
        if wanted.app:
            conditions.append(col(App.slug) == wanted.app)
        if wanted.property:
            conditions.append(col(Case.property_id) == wanted.property)
        if wanted.partner:
            conditions.append(col(Case.partner_id) == wanted.partner)
        if wanted.assigned:
            is_nobody = wanted.assigned == NOBODY
            assigned = col(Case.assigned_to)
            conditions.append(assigned.is_(None) if is_nobody else assigned == wanted.assigned)
        rows = _rows(session, "platform", wanted.status, *conditions)
        return tuple(sorted(rows, key=lambda row: (row.status == "resolved", row.opened_at)))


def count_due(actor: Actor, place: Place, *, now: datetime | None = None) -> int:
    """Return how many cases wait for an answer of a place's people; refuses `not_found`."""
    with database.reading() as session:
        if not _is_at(standing(session, actor, now or moments.now()), place):
            raise not_found("This place")
        of_place = {
            "property": col(Case.property_id) == place.id,
            "partner": col(Case.partner_id) == place.id,
            "platform": _FOR_PLATFORM,
        }[place.kind]
        return session.exec(
            select(func.count()).select_from(Case).where(Case.turn == place.kind, of_place)
        ).one()


def read(actor: Actor, case_id: str, *, now: datetime | None = None) -> Page:
    """Return a case with all that was said; refuses `not_found` to strangers."""
    now = now or moments.now()
    with database.reading() as session:
        held = case_sides.found_for(session, standing(session, actor, now), case_id)
        return _page(session, held, now)


def by_number(actor: Actor, number: int, *, now: datetime | None = None) -> Page:
    """`read`, by the number that people call it."""
    now = now or moments.now()
    with database.reading() as session:
        who = standing(session, actor, now)
        case = session.exec(select(Case).where(Case.number == number)).one_or_none()
        return _page(session, case_sides.found_for(session, who, case.id if case else ""), now)


def attachment(
    actor: Actor, attachment_id: str, *, now: datetime | None = None
) -> tuple[File, bytes]:
    """Return a file of a case and what is in it; refuses `not_found` to strangers."""
    with database.reading() as session:
        who = standing(session, actor, now or moments.now())
        row = session.get(Attachment, attachment_id)
        case_sides.found_for(session, who, row.case_id if row else "", what="This file")
        assert row is not None
        return _file(row), encryption.decrypt_bytes(row.content)


# Details

_FOR_PLATFORM: sa.ColumnElement[bool] = sa.or_(
    col(Case.route) == "core", col(Case.escalated_at).is_not(None)
)


def _is_at(who: Standing, place: Place) -> bool:
    if place.kind == "property":
        return who.sees_property(place.id)
    return who.works_for(place.id) if place.kind == "partner" else who.is_operator


def _rows(
    session: Session,
    side: str,
    status: str,
    *conditions: sa.ColumnElement[bool],
    part: Part | None = None,
) -> tuple[Row, ...]:
    query: Any = (
        select(Case, App, Property, Partner, Person)  # type: ignore[call-overload]
        .join(App, col(App.id) == Case.app_id)
        .join(Property, col(Property.id) == Case.property_id)
        .join(Partner, col(Partner.id) == Case.partner_id, isouter=True)
        .join(Person, col(Person.id) == Case.assigned_to, isouter=True)
        .where(*conditions)
    )
    if status:
        query = query.where(Case.status == status)
    if part is not None:
        if part.before is not None:
            query = query.where(col(Case.number) < part.before)
        query = query.order_by(col(Case.number).desc()).limit(part.most)
        return tuple(_row(side, *found) for found in session.exec(query))
    # However many were resolved since, none that is open is left out.
    query = query.order_by(
        col(Case.status) == "resolved", col(Case.changed_at).desc(), col(Case.number).desc()
    )
    rows = (_row(side, *found) for found in session.exec(query.limit(MOST)))
    return tuple(sorted(rows, key=lambda row: (row.changed_at, row.number), reverse=True))


def _row(
    side: str,
    case: Case,
    app: App,
    hotel: Property,
    partner: Partner | None,
    assigned: Person | None,
) -> Row:
    return Row(
        id=case.id,
        number=case.number,
        title=case.title,
        status=case.status,
        turn=case.turn,
        turn_since=case.turn_since,
        app=app.name,
        app_slug=app.slug,
        property=hotel.name,
        property_id=hotel.id,
        partner=partner.name if partner else "",
        partner_id=case.partner_id,
        connection_id=case.connection_id,
        opened_at=case.opened_at,
        changed_at=case.changed_at,
        first_answer_at=case.first_answer_at,
        escalated_at=case.escalated_at,
        resolved_at=case.resolved_at,
        resolved_by_side=case.resolved_by_side,
        assigned=assigned.name if assigned else "",
        assigned_to=case.assigned_to,
        is_mine_to_answer=case.turn == side,
    )


def _page(session: Session, held: Held, now: datetime) -> Page:
    case = held.case
    assigned = session.get(Person, case.assigned_to) if case.assigned_to else None
    opened_by = session.get(Person, case.opened_by)
    messages = _messages(session, case)
    words = [each.text for each in messages if each.kind == "escalated"]
    operators: Sequence[Person] = ()
    if held.side == "platform":
        operators = case_sides.people(session, case, "platform")
    return Page(
        row=_row(held.side, case, held.app, held.hotel, held.partner, assigned),
        side=held.side,
        opened_by=opened_by.name if opened_by else "",
        messages=messages,
        moves=_moves(held, now),
        needs_agreement=held.side == "property" and cases.needs_agreement(case),
        agreed_at=case.agreed_at,
        escalation=escalations.kept(words[-1] if words else "", case.facts),
        packs=_packs(session, case),
        people=tuple(Operator(each.id, each.name) for each in operators),
    )


def _moves(held: Held, now: datetime) -> tuple[str, ...]:
    if held.side == "viewer":
        return ()
    found = case_moves.open_to(held)
    if held.case.status == "resolved":
        return found if cases.may_be_reopened(held.case, now) else ()
    assigns = held.side == "platform" and held.case.status != "open_with_partner"
    return ("write", *found, *(("assign",) if assigns else ()))


def _messages(session: Session, case: Case) -> tuple[Message, ...]:
    said = session.exec(
        select(CaseMessage)
        .where(CaseMessage.case_id == case.id)
        .order_by(col(CaseMessage.at), col(CaseMessage.id))
    )
    files = _files(session, case)
    return tuple(
        Message(
            each.id,
            each.at,
            each.who,
            each.side,
            each.text,
            each.kind,
            each.via,
            tuple(files.get(each.id, ())),
        )
        for each in said
    )


def _files(session: Session, case: Case) -> Mapping[str, Iterable[File]]:
    """Return the files of each message, without reading what is in them."""
    of = Attachment
    rows = session.execute(
        sa.select(of.message_id, of.id, of.name, of.type, of.size)  # type: ignore[call-overload]
        .where(of.case_id == case.id)
        .order_by(of.id)
    )
    found: dict[str, list[File]] = {}
    for message_id, *told in rows:
        found.setdefault(message_id, []).append(File(*told))
    return found


def _packs(session: Session, case: Case) -> tuple[evidence.Row, ...]:
    rows = session.exec(
        select(col(Pack.id), col(Pack.at), col(Pack.who))
        .where(Pack.case_id == case.id)
        .order_by(col(Pack.at).desc(), col(Pack.id).desc())
    )
    return tuple(evidence.Row(*row) for row in rows)


def _file(row: Attachment) -> File:
    return File(row.id, row.name, row.type, row.size)
