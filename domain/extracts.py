"""Extracts: records of a property as the programs of its partners read them, page by page."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col

from domain import callers, cursors, drafts, moments
from domain.actors import Actor, is_alive, standing
from domain.cursors import Place
from domain.refusals import Refusal, not_found
from domain.shapes import shape
from domain.shelves import CATALOGUE, READS, number_of
from domain.types_of_data import ALL
from storage import database
from storage.apps import App
from storage.connections import Connection, Token
from storage.prepared import Prepared
from storage.records import TABLES

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
        rows = _rows(session, type_key, who, wanted, place)
    data = shape(type_key, who.sees_guests).told(rows[: wanted.limit])
    began = place.began if place else now
    following = None
    if len(rows) > wanted.limit:
        last = data[-1]
        number = number_of(type_key, last["id"]) or 0
        changed_at = datetime.fromisoformat(last["changed_at"])
        following = cursors.written(Place(number, changed_at, began), bound_to)
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
        standing(session, actor, now)
        raise not_found("This type of data")
    tokens: Sequence[Any] = _STANDING.rows(session.connection(), id=actor.id)
    if not tokens or not is_alive(tokens[0], now):
        raise Refusal("token_revoked", "This access token is not valid any more.", "property")
    found = tokens[0]
    if not (found.state == "pending" and type_key in CATALOGUE):
        callers.check_status(found.state)
    if READS[type_key] not in found.permissions:
        raise _missing(type_key)
    return _Reader(found.connection_id, found.property_id, GUESTS in found.permissions)


_STANDING = Prepared(
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


# Which part of a list is asked for: all that is there or what has changed, from its beginning or
# from where a page ended. Many records change at one moment, so the rest of it comes first: asked
# for together with what is later, SQLite would read the whole moment for each page.
_Part = Literal["all", "all after", "since", "same moment", "later"]


def _rows(
    session: Session, type_key: str, who: _Reader, wanted: Wanted, place: Place | None
) -> Sequence[Any]:
    """Return the rows of a page, and one more than fits: it says that there are more."""
    values: dict[str, Any] = {"property": who.property_id}
    if place:
        values |= {"moment": place.changed_at, "number": place.number}
    else:
        values["moment"] = wanted.updated_since
    rows: list[Any] = []
    for part in _parts(wanted, place):
        values["limit"] = wanted.limit + 1 - len(rows)
        if values["limit"]:
            rows += _asked(session, type_key, who, wanted, part, values)
    return rows


def _parts(wanted: Wanted, place: Place | None) -> tuple[_Part, ...]:
    if wanted.updated_since is None:
        return ("all after" if place else "all",)
    return ("same moment", "later") if place else ("since",)


def _asked(
    session: Session,
    type_key: str,
    who: _Reader,
    wanted: Wanted,
    part: _Part,
    values: Mapping[str, Any],
) -> Sequence[Any]:
    if wanted.ids is None and not wanted.filters:
        prepared = _prepared(type_key, who.sees_guests, part)
        return prepared.rows(session.connection(), **{name: values[name] for name in _NAMES[part]})
    c = _columns(type_key)
    query = _query(type_key, who.sees_guests, part)
    if wanted.ids is not None:
        query = query.where(c.id.in_(wanted.ids))
    for each in FILTERS[type_key]:
        if each.name in wanted.filters:
            query = query.where(_meets(type_key, each, wanted.filters[each.name]))
    return session.execute(query, values).all()


_NAMES: Mapping[_Part, tuple[str, ...]] = {
    "all": ("property", "limit"),
    "all after": ("property", "limit", "number"),
    "since": ("property", "limit", "moment"),
    "same moment": ("property", "limit", "moment", "number"),
    "later": ("property", "limit", "moment"),
}


@cache
def _prepared(type_key: str, sees_guests: bool, part: _Part) -> Prepared:
    return Prepared(_query(type_key, sees_guests, part), is_plain=True)


@cache
def _query(type_key: str, sees_guests: bool, part: _Part) -> sa.Select[*tuple[Any, ...]]:
    """Return the query of a part of a list without filters."""
    c = _columns(type_key)
    number = sa.bindparam("number", type_=c.id.type)
    moment = sa.bindparam("moment", type_=c.changed_at.type)
    conditions: Mapping[_Part, tuple[sa.ColumnElement[bool], ...]] = {
        "all": (c.removed_at.is_(None),),
        "all after": (c.removed_at.is_(None), c.id > number),
        "since": (c.changed_at >= moment,),
        "same moment": (c.changed_at == moment, c.id > number),
        "later": (c.changed_at > moment,),
    }
    is_all = part.startswith("all")
    return (
        shape(type_key, sees_guests)
        .query.where(c.property_id == sa.bindparam("property"), *conditions[part])
        .order_by(*((c.id,) if is_all else (c.changed_at, c.id)))
        .limit(sa.bindparam("limit"))
    )


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


def _columns(type_key: str) -> Any:
    return TABLES[type_key].__table__.c  # type: ignore[attr-defined]
