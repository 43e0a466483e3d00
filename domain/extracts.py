"""Extracts: records of a property as the programs of its partners read them, page by page."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from domain import callers, cursors, drafts, moments
from domain.actors import Actor, is_alive
from domain.cursors import Place
from domain.refusals import Refusal, not_found
from domain.shapes import shape
from domain.shelves import CATALOGUE, READS, number_of
from domain.types_of_data import ALL
from storage import database
from storage.apps import App
from storage.connections import Connection, Token
from storage.records import TABLES
from storage.sources import Source

MOST, USUAL = 1000, 100  # records on a page
MOST_IDS = 100
# A run writes its records within a moment of what they say as the moment of their change.
OVERLAP = timedelta(seconds=10)
GUESTS = READS["guests"]


class Filter(NamedTuple):
    """One way to ask for some records only.

    kind: choice (values with commas between them), date, boolean or text. how: among, from (at
    least), to (at most), is, or found.
    """

    name: str
    field: str
    kind: str
    how: str
    meaning: str


_OF_CATALOGUE = (
    Filter(
        "active",
        "active",
        "boolean",
        "is",
        "true: those in use, or of which the source does not say; false: those out of use.",
    ),
    Filter("q", "search", "text", "found", "Words of the name, the code or an id; all must occur."),
)
FILTERS: Mapping[str, tuple[Filter, ...]] = {
    "reservations": (
        Filter("status", "status", "choice", "among", "One status, or several with commas."),
        Filter("arrival_from", "arrival", "date", "from", "The first day of arrival."),
        Filter("arrival_to", "arrival", "date", "to", "The last day of arrival."),
        Filter("departure_from", "departure", "date", "from", "The first day of departure."),
        Filter("departure_to", "departure", "date", "to", "The last day of departure."),
    ),
    "guests": (),
    **dict.fromkeys(CATALOGUE, _OF_CATALOGUE),
}


@dataclass(frozen=True)
class Wanted:
    """What a program asks for.

    limit: records on a page, 1 to MOST. cursor: where a page ended, empty for the first one.
    updated_since: only what has changed since then, in the order of the changes, and with what was
    removed; None for all that is there, in the order of the numbers. ids: numbers of records, None
    for all. filters: by their names, values as their kind says.
    """

    limit: int = USUAL
    cursor: str = ""
    updated_since: datetime | None = None
    ids: tuple[int, ...] | None = None
    filters: Mapping[str, Any] = field(default_factory=dict)


class Extract(NamedTuple):
    """A page of records, each as the API shows it.

    next_cursor: None on the last page. synced_until: to be asked for as `updated_since` the next
    time, so that nothing is missed.
    """

    data: list[dict[str, Any]]
    next_cursor: str | None
    synced_until: datetime


def page(actor: Actor, type_key: str, wanted: Wanted, *, now: datetime | None = None) -> Extract:
    """Return a page of records of one type, for the program that holds an access token.

    However the data change meanwhile, no record that was there all the time is missing or comes
    twice in the order of the numbers; in that of the changes, one that changes comes again.
    Refuses `token_revoked`, `connection_pending`, `connection_disabled`, `permission_missing`,
    `invalid_cursor`, and `not_found` to whoever is not here with a token.
    """
    now = now or moments.now()
    with database.reading() as session:
        who = _reader(session, actor, type_key, now)
        bound_to = f"{who.connection_id} {type_key} {_spelt(wanted)}"
        place = cursors.read(wanted.cursor, bound_to) if wanted.cursor else None
        rows = session.execute(_question(type_key, who, wanted, place)).all()
        sources = _sources(session, who.property_id)
    data = shape(type_key, who.sees_guests).told(rows[: wanted.limit], sources)
    began = place.began if place else now
    following = None
    if len(rows) > wanted.limit:
        last = data[-1]
        number = number_of(type_key, last["id"]) or 0
        following = cursors.written(Place(number, last["changed_at"], began), bound_to)
    return Extract(data, following, began - OVERLAP)


def one(actor: Actor, type_key: str, number: int, *, now: datetime | None = None) -> dict[str, Any]:
    """Return one record as the API shows it; refuses as `page`, and `not_found`."""
    wanted = Wanted(limit=1, ids=(number,))
    found = page(actor, type_key, wanted, now=now).data
    if not found:
        raise not_found(f"This {ALL[type_key].one}")
    return found[0]


# Who reads


class _Reader(NamedTuple):
    """The connection for which a program reads. sees_guests: whether its app asked for guests."""

    connection_id: str
    property_id: str
    sees_guests: bool


def _reader(session: Session, actor: Actor, type_key: str, now: datetime) -> _Reader:
    if type_key not in ALL or actor.kind != "token":
        raise not_found("This type of data")
    found: Any = session.execute(_STANDING, {"id": actor.id}).one_or_none()
    if found is None or not is_alive(found, now):
        raise Refusal("token_revoked", "This access token is not valid any more.", "property")
    if not (found.state == "pending" and type_key in CATALOGUE):
        callers.check_status(found.state)
    if READS[type_key] not in found.permissions:
        raise _missing(type_key)
    return _Reader(found.connection_id, found.property_id, GUESTS in found.permissions)


_STANDING: sa.Select[*tuple[Any, ...]] = (
    sa.select(
        col(Token.status),
        col(Token.expires_at),
        col(Connection.id).label("connection_id"),
        col(Connection.property_id),
        col(Connection.status).label("state"),
        col(App.permissions),
    )
    .join(Connection, col(Connection.id) == col(Token.connection_id))
    .join(App, col(App.id) == col(Connection.app_id))
    .where(col(Token.id) == sa.bindparam("id"))
)


def _missing(type_key: str) -> Refusal:
    name = READS[type_key]
    return Refusal(
        "permission_missing",
        f"Your app has not asked to read {ALL[type_key].label.lower()}. Have the platform add "
        f"“{drafts.PERMISSIONS[name]}” ({name}) to what it asks properties for.",
        "partner",
    )


# What is asked for


def _question(type_key: str, who: _Reader, wanted: Wanted, place: Place | None) -> sa.Select[Any]:
    """Return the query of a page, with one record more than fits: it says that there are more."""
    c = _columns(type_key)
    query = shape(type_key, who.sees_guests).query.where(c.property_id == who.property_id)
    if wanted.ids is not None:
        query = query.where(c.id.in_(wanted.ids))
    for each in FILTERS[type_key]:
        if each.name in wanted.filters:
            query = query.where(_meets(type_key, each, wanted.filters[each.name]))
    if wanted.updated_since is None:
        query = query.where(c.removed_at.is_(None)).order_by(c.id)
        after = c.id > place.number if place else None
    else:
        query = query.order_by(c.changed_at, c.id)
        after = _changed_after(c, place) if place else c.changed_at >= wanted.updated_since
    return (query if after is None else query.where(after)).limit(wanted.limit + 1)


def _changed_after(c: Any, place: Place) -> sa.ColumnElement[bool]:
    then = sa.literal(place.changed_at, c.changed_at.type)
    later: sa.ColumnElement[bool] = sa.tuple_(c.changed_at, c.id) > sa.tuple_(
        then, sa.literal(place.number)
    )
    return later


def _meets(type_key: str, wanted: Filter, value: Any) -> sa.ColumnElement[bool]:
    column: Any = _columns(type_key)[wanted.field]
    condition: sa.ColumnElement[bool]
    if wanted.how == "among":
        condition = column.in_(value)
    elif wanted.how == "found":
        words = [column.contains(word, autoescape=True) for word in value.lower().split()]
        condition = sa.and_(sa.true(), *words)
        if (number := number_of(type_key, value.strip())) is not None:
            condition = sa.or_(condition, _columns(type_key).id == number)
    elif wanted.how == "is":
        condition = column.is_not(False) if value else column.is_(False)
    else:
        condition = column >= value if wanted.how == "from" else column <= value
    return condition


def _spelt(wanted: Wanted) -> str:
    """Return what makes a list another list, as a text."""
    since = wanted.updated_since and wanted.updated_since.astimezone(UTC).isoformat()
    filters = sorted((name, str(value)) for name, value in wanted.filters.items())
    return json.dumps([since, wanted.ids, filters])


def _sources(session: Session, property_id: str) -> dict[str, str]:
    """Return the names of a property's sources by their ids."""
    query = select(Source.id, Source.name).where(Source.property_id == property_id)
    return dict(session.exec(query).all())


def _columns(type_key: str) -> Any:
    return TABLES[type_key].__table__.c  # type: ignore[attr-defined]
