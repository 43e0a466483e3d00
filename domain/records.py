"""Records: the data that came in, searched, filtered, sorted and paged in the database."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa
import sqlalchemy.orm
from sqlmodel import Session, col, select

from domain import masking, moments, references
from domain.actors import Actor, standing
from domain.authorizations import seeing
from domain.references import Condition
from domain.refusals import invalid, not_found
from domain.types_of_data import ALL, PRIMARY_KEY, Field, TypeOfData
from storage import database
from storage.integrations import Integration, Run
from storage.records import LONGEST_NOTES, TABLES
from storage.sources import Source

MOST = 200  # records on a page
MOST_WORDS = 5  # in a search
SORTED_BY = {"reservations": "arrival", "guests": "last_name"}  # the others by their name
OPERATORS = ("is", "from", "to", "contains")
_UNSORTED = "Choose a field to sort by from the list."
_COMPARED = ("date", "moment", "integer", "number", "money")


class Filter(NamedTuple):
    """Only records of which this is true. field: a key of the type's fields.

    how: is, from (at least), to (at most), or contains. value: a text as people write it: for
    dates and moments 2026-12-24 (whole days in UTC), yes or no, minor units for money; an empty one
    with "is" finds what is empty.
    """

    field: str
    how: str
    value: str


@dataclass(frozen=True)
class Query:
    """What to look for. text: words that all must be found. sort: a key of the type's fields, empty
    for the usual one. page: from 1 on. removed: what is gone from the source instead of what is
    there."""

    text: str = ""
    filters: tuple[Filter, ...] = ()
    source_id: str = ""
    sort: str = ""
    descending: bool = False
    page: int = 1
    size: int = 50
    removed: bool = False


@dataclass(frozen=True)
class Row:
    """A record. values: by the keys of the type's fields, and `<key>_currency` for money; what
    tells about a guest is masked for viewers, also in an id."""

    id: int
    external_id: str
    source_id: str
    source: str
    values: Mapping[str, Any]
    first_seen_at: datetime
    seen_at: datetime
    removed_at: datetime | None

    @property
    def name(self) -> str:
        """What to call it where nothing else does: its key, or our number where that is masked."""
        return self.external_id if self.external_id != masking.MASK else f"#{self.id}"


@dataclass(frozen=True)
class Found:
    """One page of records; `total` is how many there are on all of them.

    filled: the fields that are filled by reference here: they cannot be sorted by, and are found.
    """

    type: TypeOfData
    rows: tuple[Row, ...]
    total: int
    page: int
    pages: int
    sources: Mapping[str, str]  # those of the property, names by their ids
    filled: frozenset[str]


class LastRun(NamedTuple):
    """The run that created or changed a record last."""

    id: str
    integration_id: str
    integration: str
    at: datetime


@dataclass(frozen=True)
class Page:
    """One record. run: None when it has been forgotten. raw: as the source gave it, masked for
    viewers where it tells about guests. targets: the records that it refers to, by the fields with
    their names."""

    type: TypeOfData
    property_id: str
    row: Row
    run: LastRun | None
    raw: Any
    targets: Mapping[str, references.Target]


def counts(actor: Actor, property_id: str, *, now: datetime | None = None) -> dict[str, int]:
    """Return how many records of each type a property has; refuses `not_found` to strangers."""
    with database.reading() as session:
        seeing(session, actor, property_id, now or moments.now())
        return {key: _count(session, key, _there(key, property_id)) for key in ALL}


def search(
    actor: Actor,
    property_id: str,
    type_key: str,
    query: Query | None = None,
    *,
    now: datetime | None = None,
) -> Found:
    """Return the records of one type that are looked for, a page of them.

    Viewers cannot search, filter or sort by what is masked for them. Refuses `not_found` to
    strangers and for unknown types, `invalid` for filters that make no sense.
    """
    query = query or Query()
    with database.reading() as session:
        who = seeing(session, actor, property_id, now or moments.now())
        of_type, may_see = _type(type_key), who.manages(property_id)
        filled = references.filled(session, type_key, _there(type_key, property_id))
        if query.sort in filled:
            raise invalid(_UNSORTED)
        conditions = _conditions(session, of_type, property_id, query, may_see)
        total = _count(session, type_key, conditions)
        size = max(1, min(query.size, MOST))
        pages = max(1, -(-total // size))
        page = max(1, min(query.page, pages))
        table: Any = TABLES[type_key]
        found = session.exec(
            select(table)
            .options(sa.orm.defer(table.raw))
            .where(*conditions)
            .order_by(*_order(of_type, query, may_see))
            .limit(size)
            .offset((page - 1) * size)
        ).all()
        names = _names(session, property_id)
        behind = references.names(session, type_key, found)
        rows = tuple(_row(of_type, record, names, behind, may_see) for record in found)
        return Found(of_type, rows, total, page, pages, names, filled)


def read(actor: Actor, type_key: str, record_id: int, *, now: datetime | None = None) -> Page:
    """Return one record with where it came from; refuses `not_found` to strangers."""
    with database.reading() as session:
        who = standing(session, actor, now or moments.now())
        of_type, table = _type(type_key), TABLES[type_key]
        record: Any = session.get(table, record_id) if 0 < record_id < 2**63 else None
        if record is None or not who.sees_property(record.property_id):
            raise not_found("This record")
        may_see = who.manages(record.property_id)
        names = _names(session, record.property_id)
        behind = references.names(session, type_key, [record])
        raw = orjson.loads(record.raw)
        return Page(
            of_type,
            record.property_id,
            _row(of_type, record, names, behind, may_see),
            _run(session, record.run_id),
            raw if may_see or not of_type.is_about_guests else masking.masked(raw),
            references.targets(session, type_key, record),
        )


# Details


def _type(key: str) -> TypeOfData:
    if key not in ALL:
        raise not_found("This type of data")
    return ALL[key]


def _there(type_key: str, property_id: str) -> list[Condition]:
    table: Any = TABLES[type_key]
    return [table.property_id == property_id, table.removed_at.is_(None)]


def _count(session: Session, type_key: str, conditions: list[Condition]) -> int:
    table = TABLES[type_key]
    query = sa.select(sa.func.count()).select_from(table).where(*conditions)
    return int(session.execute(query).scalar_one())


def _conditions(
    session: Session, of_type: TypeOfData, property_id: str, query: Query, may_see: bool
) -> list[Condition]:
    table: Any = TABLES[of_type.key]
    found = _there(of_type.key, property_id)
    if query.removed:
        found[1] = table.removed_at.is_not(None)
    if query.source_id:
        found.append(table.source_id == query.source_id)
    words = _words(query.text)
    of_words = [
        (
            _has_word(of_type, word, may_see),
            list(_names_word(session, of_type, property_id, word, may_see)),
        )
        for word in words
    ]
    if words and may_see and not query.removed and not any(named for _, named in of_words):
        # Asked for by itself, words are looked up in the index on `search`, without the records.
        found.append(table.id.in_(references.with_words(of_type.key, property_id, words)))
    else:
        found += [sa.or_(own, *named) for own, named in of_words]
    return found + [_meets(of_type, property_id, each, may_see) for each in query.filters]


def _words(text: str) -> list[str]:
    # SQLite refuses to look for what is longer than any text in these columns.
    return [word[:LONGEST_NOTES] for word in text.lower().split()[:MOST_WORDS]]


def having(of_type: TypeOfData, text: str, may_see: bool) -> list[Condition]:
    """Return what is true of the records that have all words of `text`; `may_see` is whether the
    reader may see guests' data, and so search in it."""
    return [_has_word(of_type, word, may_see) for word in _words(text)]


def _has_word(of_type: TypeOfData, word: str, may_see: bool) -> Condition:
    table: Any = TABLES[of_type.key]
    if may_see:
        return _contains(table.search, word)
    # What is masked must not be found either: searching would tell it letter by letter.
    shown = (
        field.key
        for field in of_type.fields
        if field.is_searched and may_ask(of_type, field, may_see)
    )
    return sa.or_(*(_says(word, getattr(table, key)) for key in shown))


def may_ask(of_type: TypeOfData, field: Field, may_see: bool) -> bool:
    """Whether a reader may search, filter or sort by a field: a guest’s key may be their mail
    address."""
    is_id = field.key in ids(of_type) and of_type.is_about_guests
    return may_see or not (field.is_personal or is_id)


def ids(of_type: TypeOfData) -> tuple[str, ...]:
    """Return the fields that tell records apart for programs: their own key, and those of what
    they refer to."""
    return (PRIMARY_KEY.key, *(each.id_field for each in references.of(of_type.key).values()))


def _names_word(
    session: Session, of_type: TypeOfData, property_id: str, word: str, may_see: bool
) -> Iterator[Condition]:
    """Yield what is true of records that are filled by reference to a name with a word in it.

    A word that is in no name yields nothing: it stays a matter of the index. Nor does a single
    letter, which is in nearly every name, nor a number among the names of people.
    """
    for key, reference in references.of(of_type.key).items():
        field = of_type.field(key)
        if field is None or not field.is_searched or not may_ask(of_type, field, may_see):
            continue
        is_number = any(each.isdigit() for each in word)
        if len(word) > 1 and not (field.is_personal and is_number):
            named = references.named(property_id, reference, [word], partial(_says, word))
            if session.execute(named.limit(1)).first():
                yield references.is_filled(of_type.key, key, named)


def _contains(column: Any, text: str) -> Condition:
    condition: Condition = column.contains(text, autoescape=True)
    return condition


def _says(text: str, column: Any) -> Condition:
    """Say that a column contains a text, which is in small letters, however it writes it."""
    written = sa.func.lower(sa.cast(column, sa.String))
    return sa.or_(*(_contains(written, spelling) for spelling in _spellings(text)))


def _spellings(text: str) -> list[str]:
    """Return how small letters may stand where SQLite has made capitals small: it knows those of
    English only. A function of our own would have to take its turn for every record."""
    starts = re.sub(r"\b[^\x00-\x7f]", lambda found: found[0].upper(), text)
    capitals = "".join(each if each.isascii() else each.upper() for each in text)
    return list(dict.fromkeys((text, starts, capitals)))


def _meets(of_type: TypeOfData, property_id: str, wanted: Filter, may_see: bool) -> Condition:
    field = of_type.field(wanted.field)
    if field is None or wanted.how not in OPERATORS or not may_ask(of_type, field, may_see):
        raise invalid("Choose a field to filter by from the list.")
    own = _fits(field, wanted, getattr(TABLES[of_type.key], field.key))
    reference = references.of(of_type.key).get(field.key)
    if reference is None:
        return own
    words = _words(wanted.value)
    if not words and wanted.how == "is":
        return sa.and_(own, sa.not_(references.is_known(of_type.key, field.key)))
    named = references.named(property_id, reference, words, partial(_fits, field, wanted))
    return sa.or_(own, references.is_filled(of_type.key, field.key, named))


def _fits(field: Field, wanted: Filter, column: Any) -> Condition:
    if wanted.how == "contains":
        return _says(wanted.value.lower().strip()[:LONGEST_NOTES], column)
    if wanted.how == "is" and not wanted.value.strip():
        is_empty: Condition = column.is_(None)
        return is_empty
    return _compared(field, column, wanted)


def _compared(field: Field, column: Any, wanted: Filter) -> Condition:
    value = _value(field, wanted.value.strip())
    condition: Condition
    if wanted.how != "is" and field.kind not in _COMPARED:
        raise invalid(f"{field.label} cannot be compared. Choose “is” or “contains”.")
    if field.kind == "moment":
        ends = value + timedelta(days=1)
        condition = {
            "is": sa.and_(column >= value, column < ends),
            "from": column >= value,
            "to": column < ends,
        }[wanted.how]
    elif wanted.how == "is":
        condition = column == value
    else:
        condition = column >= value if wanted.how == "from" else column <= value
    return condition


def _value(field: Field, text: str) -> Any:
    """Return what a person wrote as a value of a field; refuses `invalid`."""
    try:
        if field.kind in ("date", "moment"):
            day = date.fromisoformat(text)
            if day == date.max:
                raise ValueError
            return day if field.kind == "date" else datetime.combine(day, time(), UTC)
        if field.kind in ("integer", "number", "money"):
            number = int(text)
            if abs(number) >= 2**63:
                raise ValueError
            return number
        if field.kind == "boolean":
            return {"yes": True, "no": False, "true": True, "false": False}[text.lower()]
    except (ValueError, KeyError) as error:
        wanted = {"date": "2026-12-24", "moment": "2026-12-24", "boolean": "yes or no"}
        example = wanted.get(field.kind, "a whole number")
        raise invalid(f"{field.label}: write it like {example}.") from error
    return text


def _order(of_type: TypeOfData, query: Query, may_see: bool) -> list[Any]:
    """Return what to sort by; the usual way is answered from an index."""
    table: Any = TABLES[of_type.key]
    field = of_type.field(query.sort or SORTED_BY.get(of_type.key, "name"))
    if field is None:
        raise invalid(_UNSORTED)
    columns = (
        [table.id]
        if not may_ask(of_type, field, may_see)
        else [
            getattr(table, field.key),
            table.id,
        ]
    )
    ordered = [column.desc() if query.descending else column.asc() for column in columns]
    if not field.required:
        ordered[0] = ordered[0].nulls_last()
    return ordered


def _names(session: Session, property_id: str) -> dict[str, str]:
    query = select(Source.id, Source.name).where(Source.property_id == property_id)
    return dict(session.exec(query.order_by(col(Source.name))).all())


def _row(
    of_type: TypeOfData,
    record: Any,
    names: Mapping[str, str],
    behind: Mapping[tuple[int, str], str],
    may_see: bool,
) -> Row:
    values = {}
    keys = ids(of_type)
    for field in of_type.fields:
        value = getattr(record, field.key)
        if value is None:
            value = behind.get((record.id, field.key))
        if field.is_personal and not may_see and value is not None:
            value = masking.MASK
        elif field.key in keys and value is not None:
            value = masking.key(of_type, value, may_see)
        values[field.key] = value
        if field.kind == "money":
            values[f"{field.key}_currency"] = getattr(record, f"{field.key}_currency")
    return Row(
        record.id,
        values[PRIMARY_KEY.key],
        record.source_id,
        names.get(record.source_id, ""),
        values,
        record.first_seen_at,
        record.seen_at,
        record.removed_at,
    )


def _run(session: Session, run_id: str) -> LastRun | None:
    run = session.get(Run, run_id)
    if run is None:
        return None
    integration = session.get_one(Integration, run.integration_id)
    return LastRun(run.id, integration.id, integration.name, run.ended_at or run.queued_at)
