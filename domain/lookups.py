"""Lookups: one search over everything that operators are asked about, by number, id or name."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from domain import connections, moments, paging, properties
from domain.actors import Actor, operating
from storage import database
from storage.api_requests import ApiRequest
from storage.apps import App
from storage.cases import Case
from storage.connections import Connection
from storage.partners import Partner
from storage.people import Person
from storage.properties import Property

T = TypeVar("T", bound=SQLModel)

MOST = 8  # of each kind
_CONNECTION = re.compile(r"(?:c-?\s*)?(\d{1,9})", re.IGNORECASE)
_CASE = re.compile(r"#?\s*(\d{1,9})")
SHORTEST = 2  # characters of a name: one letter would find everything


@dataclass(frozen=True)
class Hit:
    """Something that was found. `status` is that of a connection, a case or a request; empty else.

    `at` is when a request came, None else.
    """

    kind: str
    id: str
    title: str
    about: str
    href: str
    status: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Found:
    """What was found, the most exact first; `more` are the kinds of which there is more."""

    hits: tuple[Hit, ...]
    more: tuple[str, ...]


def find(actor: Actor, text: str, *, now: datetime | None = None) -> Found:
    """Return what goes by a number, a request id or a name; for operators. Refuses `not_found`.

    Numbers are those of connections (C-10001 or 10001) and cases (#1001 or 1001). What operators
    may not open is not found either: sandboxes, and cases between a hotel and a partner only.
    """
    wanted = " ".join(text.split())[: paging.LONGEST]
    with database.reading() as session:
        operating(session, actor, now or moments.now())
        if not wanted:
            return Found((), ())
        hits: list[Hit] = []
        more: list[str] = []
        for search in _SEARCHES:
            found = search(session, wanted)
            hits += found[:MOST]
            more += [hit.kind for hit in found[MOST : MOST + 1]]
        return Found(tuple(hits), tuple(more))


def _numbered_connections(session: Session, text: str) -> list[Hit]:
    number = _CONNECTION.fullmatch(text)
    return _connections(session, col(Connection.number) == int(number[1])) if number else []


def _numbered_cases(session: Session, text: str) -> list[Hit]:
    number = _CASE.fullmatch(text)
    return _cases(session, col(Case.number) == int(number[1])) if number else []


def _requests(session: Session, text: str) -> list[Hit]:
    found = session.exec(
        select(ApiRequest, Partner.name, Property.name)
        .outerjoin(Partner, col(Partner.id) == ApiRequest.partner_id)
        .outerjoin(Property, col(Property.id) == ApiRequest.property_id)
        .where(ApiRequest.request_id == text, properties.is_of_hotel(col(ApiRequest.property_id)))
        .order_by(col(ApiRequest.id).desc())
        .limit(MOST + 1)
    )
    return [
        Hit(
            "request",
            row.id,
            f"{row.method} {row.endpoint or '(no such address)'}",
            " · ".join(filter(None, (partner or "Nobody that is known", hotel, row.code))),
            _page_of(row),
            str(row.status),
            row.at,
        )
        for row, partner, hotel in found
    ]


def _page_of(row: ApiRequest) -> str:
    if row.connection_id:
        return f"/operations/connections/{row.connection_id}"
    return f"/operations/partners/{row.partner_id}" if row.partner_id else ""


def _named_properties(session: Session, text: str) -> list[Hit]:
    found = _named(
        session, text, Property, Property.name, Property.city, among=properties.is_hotel()
    )
    return [
        Hit(
            "property",
            row.id,
            row.name,
            ", ".join(filter(None, (row.city, row.country))),
            f"/operations/properties/{row.id}",
        )
        for row in found
    ]


def _named_partners(session: Session, text: str) -> list[Hit]:
    found = _named(session, text, Partner, Partner.name, Partner.contact_email)
    return [
        Hit("partner", row.id, row.name, row.contact_email, f"/operations/partners/{row.id}")
        for row in found
    ]


def _named_apps(session: Session, text: str) -> list[Hit]:
    found = _named(session, text, App, App.name, App.slug)
    return [
        Hit("app", row.id, row.name, f"/apps/{row.slug}", f"/operations/apps/{row.slug}")
        for row in found
    ]


def _named_people(session: Session, text: str) -> list[Hit]:
    found = _named(session, text, Person, Person.name, Person.email)
    return [
        Hit("person", row.id, row.name, row.email, f"/operations/people/{row.id}") for row in found
    ]


def _connections_by_name(session: Session, text: str) -> list[Hit]:
    if len(text) < SHORTEST:
        return []
    return _connections(session, paging.has_words(text, App.name, Property.name, Partner.name))


def _cases_by_title(session: Session, text: str) -> list[Hit]:
    if len(text) < SHORTEST:
        return []
    return _cases(session, paging.has_words(text, Case.title))


# In the order in which they are shown: whoever types a number means what has it.
_SEARCHES: tuple[Callable[[Session, str], list[Hit]], ...] = (
    _numbered_connections,
    _numbered_cases,
    _requests,
    _named_properties,
    _named_partners,
    _named_apps,
    _named_people,
    _cases_by_title,
    _connections_by_name,
)


def _connections(session: Session, condition: sa.ColumnElement[bool]) -> list[Hit]:
    found = session.execute(
        sa.select(Connection, col(App.name), col(Property.name))
        .join(App, col(App.id) == Connection.app_id)
        .join(Property, col(Property.id) == Connection.property_id)
        .outerjoin(Partner, col(Partner.id) == Connection.partner_id)
        .where(condition, col(Connection.in_sandbox).is_(False))
        .order_by(col(Connection.number).desc())
        .limit(MOST + 1)
    )
    return [
        Hit(
            "connection",
            row.id,
            f"{app} at {hotel}",
            connections.label(row.number),
            f"/operations/connections/{row.id}",
            row.status,
        )
        for row, app, hotel in found
    ]


def _cases(session: Session, condition: sa.ColumnElement[bool]) -> list[Hit]:
    theirs = (col(Case.route) == "core") | col(Case.escalated_at).is_not(None)
    found = session.execute(
        sa.select(Case, col(App.name), col(Property.name))
        .join(App, col(App.id) == Case.app_id)
        .join(Property, col(Property.id) == Case.property_id)
        .where(condition, theirs)
        .order_by(col(Case.number).desc())
        .limit(MOST + 1)
    )
    return [
        Hit(
            "case",
            row.id,
            row.title,
            f"#{row.number} · {app} at {hotel}",
            f"/operations/cases/{row.id}",
            row.status,
        )
        for row, app, hotel in found
    ]


def _named(
    session: Session,
    text: str,
    table: type[T],
    *columns: object,
    among: sa.ColumnElement[bool] | None = None,
) -> list[T]:
    """Return the rows with all words of a text in their columns, the first of which names them."""
    if len(text) < SHORTEST:
        return []
    query = sa.select(table).where(paging.has_words(text, *columns))
    if among is not None:
        query = query.where(among)
    return list(session.scalars(query.order_by(columns[0]).limit(MOST + 1)))  # type: ignore[arg-type]
