"""Sandboxes: a partner's own property with invented data, in which its programs are tried out.

Only a property can start a connection, and so it is here: the sandbox is a property, and the
partner's people are the ones who run it, so they press Connect in it as a hotel's people do in
theirs, and for nobody else. What they press goes through the very same functions: the connection
is Pending, the token is made, the partner is told with real signatures, and answers. No hotel is
in it, no other partner sees it, and no operator acts or counts in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from domain import (
    catalogue,
    connections,
    history,
    moments,
    sandbox_records,
    sources,
    tokens,
    value_mappings,
    value_suggestions,
    values,
)
from domain.actors import Actor, Standing
from domain.partners import belonging_to, working_for
from domain.refusals import Refusal, not_found
from domain.sandbox_records import Happened, Prepared
from domain.types_of_data import ALL
from domain.values import OPEN, Held, Wish
from storage import changes, database
from storage.apps import App
from storage.connections import Connection
from storage.partners import Partner
from storage.properties import Property
from storage.records import TABLES
from storage.sources import Source
from storage.value_mappings import ValueMapping

EVERY = timedelta(seconds=5)  # between two times at which something is made to happen
RESET_EVERY = timedelta(seconds=30)
_LIVING = ("pending", "active", "disabled")
_EXAMPLES = {
    "email": "sandbox@guests.example",
    "url": "https://sandbox.example",
    "number": "1",
}


@dataclass(frozen=True)
class Door:
    """An app of the partner, and its connection with the sandbox.

    `connection_id` and `status` are None when it was never connected; `masked` is the access
    token's mask, empty once the connection has ended.
    """

    app: str
    slug: str
    icon: str
    hue: int
    connection_id: str | None
    status: str | None
    masked: str

    @property
    def can_connect(self) -> bool:
        return self.status is None or self.status in catalogue.ENDED


@dataclass(frozen=True)
class Sandbox:
    """A partner's sandbox. `reset_at` is when its data were last as new, `happened_at` when
    something was last made to happen; `records` are the labels of the types and how many."""

    property_id: str
    name: str
    reset_at: datetime
    happened_at: datetime | None
    records: tuple[tuple[str, int], ...]
    doors: tuple[Door, ...]


def read(actor: Actor, partner_id: str, *, now: datetime | None = None) -> Sandbox | None:
    """Return a partner's sandbox, None while there is none; refuses `not_found` to strangers."""
    with database.reading() as session:
        working_for(session, actor, partner_id, now or moments.now())
        hotel = _property(session, partner_id)
        source = _source(session, hotel)
        if hotel is None or source is None:
            return None
        return Sandbox(
            hotel.id,
            hotel.name,
            source.since,
            source.called_at,
            tuple((ALL[key].label, _count(session, source, key)) for key in ALL),
            tuple(_door(session, hotel, app) for app in _apps(session, partner_id)),
        )


def make(actor: Actor, partner_id: str, *, now: datetime | None = None) -> None:
    """Make the sandbox of a partner, and connect it with each of its apps; one that was removed
    is taken up again. Refuses `not_found` (also to programs) and `wrong_state`."""
    now = now or moments.now()
    prepared = _prepared(actor, partner_id, now)
    with database.transaction() as session:
        who, partner = belonging_to(session, actor, partner_id, now)
        database.lock(session, partner)
        hotel = _property(session, partner_id)
        if _source(session, hotel) is not None:
            raise Refusal("wrong_state", "There is a sandbox already.", "partner")
        hotel = hotel or _new_property(session, partner, now)
        source = _new_source(session, hotel, who, now)
        sandbox_records.put_all(session, source, prepared, now)
        for app in _apps(session, partner_id):
            connections.ask(session, who, hotel.id, app, _answers(app), now)
        _note(session, who, hotel, "sandbox.made", now)


def connect(actor: Actor, partner_id: str, slug: str, *, now: datetime | None = None) -> str:
    """Press Connect in the sandbox for one of the partner's apps; return the connection's id.

    Refuses `not_found` (also for apps of others) and `already_connected`.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who, hotel, _ = _mine(session, actor, partner_id, now)
        app = next((each for each in _apps(session, partner_id) if each.slug == slug), None)
        if app is None:
            raise not_found("This app")
        return connections.ask(session, who, hotel.id, app, _answers(app), now).id


def reveal_token(actor: Actor, connection_id: str, *, now: datetime | None = None) -> str:
    """Return the access token of a connection in clear. It opens invented data only, so that no
    password is asked. Refuses `not_found` and `no_token`."""
    now = now or moments.now()
    with database.transaction() as session:
        who, connection = _my_connection(session, actor, connection_id, now)
        return tokens.reveal_within(session, who, connection, now)


def rotate_token(actor: Actor, connection_id: str, *, now: datetime | None = None) -> str:
    """Make a new token, as a hotel would, and return its mask; the old one works for 24 hours
    more. Refuses `not_found` and `wrong_state`."""
    now = now or moments.now()
    with database.transaction() as session:
        who, connection = _my_connection(session, actor, connection_id, now)
        return tokens.rotate_within(session, who, connection, now).masked


def happen(actor: Actor, partner_id: str, *, now: datetime | None = None) -> Happened:
    """Make, change and cancel some reservations, and decide what is proposed for values.

    Refuses `not_found`, and `too_often`.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who, hotel, source = _mine(session, actor, partner_id, now)
        _not_too_often(source.called_at, EVERY, now)
        source.called_at = now
        for connection in _living(session, hotel):
            _decide(session, who, connection, now)
        happened = sandbox_records.happen(session, source, now)
        _announce(session, hotel)
        return happened


def reset(actor: Actor, partner_id: str, *, now: datetime | None = None) -> None:
    """Make the data as new, as of today; connections, tokens and mappings stay.

    Refuses `not_found`, and `too_often`.
    """
    now = now or moments.now()
    prepared = _prepared(actor, partner_id, now)
    with database.transaction() as session:
        who, hotel, source = _mine(session, actor, partner_id, now)
        _not_too_often(source.since, RESET_EVERY, now)
        source.since = now
        sandbox_records.put_all(session, source, prepared, now)
        _note(session, who, hotel, "sandbox.reset", now)


def remove(actor: Actor, partner_id: str, *, now: datetime | None = None) -> None:
    """Remove the data, and end the connections: their tokens stop at once.

    Their history stays, and they go on with new tokens when the sandbox is made again. Refuses
    `not_found`.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who, hotel, source = _mine(session, actor, partner_id, now)
        for connection in _living(session, hotel):
            verb = "withdraw" if connection.status == "pending" else "disconnect"
            why = "The sandbox was removed."
            connections.end_within(session, who, connection, "property", verb, why, now)
        sources.remove_what_it_brought(session, source)
        session.flush()
        session.delete(source)
        _note(session, who, hotel, "sandbox.removed", now)


# Details


def _prepared(actor: Actor, partner_id: str, now: datetime) -> Prepared:
    """Return all records for whoever may have them, before anybody else has to wait for that."""
    with database.reading() as session:
        belonging_to(session, actor, partner_id, now)
    return sandbox_records.prepare(now.date())


def _mine(
    session: Session, actor: Actor, partner_id: str, now: datetime
) -> tuple[Standing, Property, Source]:
    """Return a sandbox to one of its partner's people, and let nobody else change it meanwhile."""
    who, partner = belonging_to(session, actor, partner_id, now)
    database.lock(session, partner)
    hotel = _property(session, partner_id)
    source = _source(session, hotel)
    if hotel is None or source is None:
        raise not_found("The sandbox")
    return who, hotel, source


def _my_connection(
    session: Session, actor: Actor, connection_id: str, now: datetime
) -> tuple[Standing, Connection]:
    who, connection, _ = connections.visible(session, actor, connection_id, now)
    if not connection.in_sandbox or not who.belongs_to(connection.partner_id):
        raise not_found("This connection")
    return who, connection


def _property(session: Session, partner_id: str) -> Property | None:
    return session.exec(select(Property).where(Property.sandbox_of == partner_id)).one_or_none()


def _source(session: Session, hotel: Property | None) -> Source | None:
    return session.get(Source, _source_id(hotel)) if hotel else None


def _source_id(hotel: Property) -> str:
    """Return an id that is the same once it is made again, so that mapped values are found."""
    return hotel.id.replace("pro_", "src_")


def _new_property(session: Session, partner: Partner, now: datetime) -> Property:
    hotel = Property(
        name=f"{partner.name} sandbox",
        city="Nowhere",
        time_zone="Europe/Berlin",
        created_at=now,
        sandbox_of=partner.id,
    )
    session.add(hotel)
    session.flush()
    return hotel


def _new_source(session: Session, hotel: Property, who: Standing, now: datetime) -> Source:
    source = Source(
        id=_source_id(hotel),
        property_id=hotel.id,
        kind="sandbox",
        name="Invented data",
        since=now,
        created_by=who.person_id,
        created_at=now,
    )
    session.add(source)
    session.flush()
    return source


def _apps(session: Session, partner_id: str) -> Sequence[App]:
    """Return the apps of a partner, those that no hotel can see yet among them."""
    return session.exec(
        select(App)
        .where(App.partner_id == partner_id, App.kind != "core", col(App.retired_at).is_(None))
        .order_by(App.name)
    ).all()


def _living(session: Session, hotel: Property) -> list[Connection]:
    found = session.exec(
        select(Connection)
        .where(Connection.property_id == hotel.id, col(Connection.status).in_(_LIVING))
        .order_by(col(Connection.id))
    ).all()
    for connection in found:
        database.lock(session, connection)
    return [connection for connection in found if connection.status in _LIVING]


def _door(session: Session, hotel: Property, app: App) -> Door:
    connection = connections.for_app(session, hotel.id, app)
    token = tokens.current(session, connection.id) if connection else None
    return Door(
        app.name,
        app.slug,
        app.icon,
        app.hue,
        connection.id if connection else None,
        connection.status if connection else None,
        token.masked if token else "",
    )


def _answers(app: App) -> dict[str, str]:
    """Return what the sandbox answers at Connect."""
    return {question["key"]: _answer(question) for question in app.questions}


def _answer(question: dict[str, Any]) -> str:
    if question["kind"] == "choice":
        return str(question["choices"][0])
    return _EXAMPLES.get(question["kind"], "SANDBOX-1")


def _decide(session: Session, who: Standing, connection: Connection, now: datetime) -> None:
    """Confirm what the partner's program proposes, and choose what is surely meant."""
    mapping = session.get(ValueMapping, connection.id)
    if mapping is not None:
        database.lock(session, mapping)
    before = values.from_json(mapping.held) if mapping else {}
    after = before | _decided(session, connection, before)
    if after != before:
        value_mappings.keep(
            session, connection, mapping, before, after, "values.mapped", who, "property", now
        )


def _decided(session: Session, connection: Connection, held: Held) -> Held:
    declared = value_mappings.slots_of(session, connection)
    found = value_suggestions.suggested(session, connection, held, declared)
    sure = {
        key: values.chosen(held.get(key, OPEN), Wish(each.entry.as_chosen))
        for key, each in found.items()
        if each.is_sure
    }
    proposed = {
        key: values.chosen(value, value.proposed)
        for key, value in values.of_slots(held, declared).items()
        if value.proposed
    }
    return sure | proposed


def _count(session: Session, source: Source, type_key: str) -> int:
    table: Any = TABLES[type_key]
    there = (table.source_id == source.id, table.removed_at.is_(None))
    return session.exec(select(func.count()).select_from(table).where(*there)).one()


def _not_too_often(last: datetime | None, every: timedelta, now: datetime) -> None:
    if last is not None and now - last < every:
        seconds = int((last + every - now).total_seconds()) + 1
        raise Refusal("too_often", f"Just done. Try again in {seconds} s.", "partner")


def _note(session: Session, who: Standing, hotel: Property, event: str, now: datetime) -> None:
    history.record(session, event, who, "partner", now, partner_id=hotel.sandbox_of)
    _announce(session, hotel)


def _announce(session: Session, hotel: Property) -> None:
    changes.announce(session, changes.Change("sandbox", hotel.id, None, hotel.sandbox_of))
