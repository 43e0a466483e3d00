"""Builds a small platform for tests, straight into the tables, in a few milliseconds."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from connectors import webhook
from connectors.result import Result
from domain import attempts, connections, moments, passwords, sign_ins
from domain.actors import Actor
from storage import database, encryption, tables
from storage.apps import App
from storage.connections import Connection, Token
from storage.history import HistoryRow
from storage.messages import Endpoint, Message
from storage.partners import Partner
from storage.people import Membership, Person, SignIn
from storage.properties import Property
from tests import databases

PASSWORD = "correct horse 42"  # everybody's
ADDRESS = "198.51.100.7"  # from where everybody signed in
_NOBODY = Actor("person", "nobody")

Rows = list[SQLModel]


@dataclass
class World:
    """Two hotels, two partners, three apps, and everybody who works there.

    Olga is an operator. Maya manages Harbour Hotel, Noah may look at it. Charlie manages Alpine
    Lodge and must see nothing of Harbour Hotel. Dee works for D3x, whose app is activated by hand;
    Finn for FreeGuides, whose app becomes active by itself. Mews is a core app.

    Hotels, partners and endpoints are given by their ids, apps by their slugs: "d3x",
    "freeguides", "mews". `now` is when the world was made: tests pass it on, and add to it.
    """

    now: datetime
    hotel: str = ""
    lodge: str = ""
    d3x: str = ""
    freeguides: str = ""
    d3x_endpoint: str = ""
    freeguides_endpoint: str = ""
    olga: Actor = _NOBODY
    maya: Actor = _NOBODY
    noah: Actor = _NOBODY
    charlie: Actor = _NOBODY
    dee: Actor = _NOBODY
    finn: Actor = _NOBODY
    emails: dict[str, str] = field(default_factory=dict)  # by first name in small letters
    cookies: dict[str, str] = field(default_factory=dict)  # the secret of their sign-in, likewise

    def after(self, **span: float) -> datetime:
        """Return the moment `span` after `now`: `world.after(hours=25)`."""
        return self.now + timedelta(**span)

    def connect(self, slug: str = "d3x", *, now: datetime | None = None) -> str:
        """Let Maya connect an integrated app with Harbour Hotel; return the connection's id."""
        return connections.connect(self.maya, self.hotel, slug, now=now or self.now)

    def connect_active(self, *, now: datetime | None = None) -> str:
        """Let Maya connect D3x and Dee activate it; return the connection's id."""
        connection_id = self.connect("d3x", now=now)
        connections.activate(self.dee, connection_id, now=now or self.now)
        return connection_id


def build(*, now: datetime | None = None) -> World:
    """Fill the empty database that is open with a `World`."""
    world = World(now or moments.now().replace(microsecond=0))
    at = world.now
    with adding() as rows:
        world.hotel = add_property(rows, "Harbour Hotel", at, time_zone="Europe/Berlin")
        world.lodge = add_property(rows, "Alpine Lodge", at, time_zone="Europe/Zurich")
        world.d3x = add_partner(rows, "D3x Ltd", at, contact_email="help@d3x.example")
        world.freeguides = add_partner(
            rows, "FreeGuides", at, contact_email="help@freeguides.example"
        )
        world.olga = _resident(rows, world, "olga@platform.example", "operator")
        world.maya = _resident(rows, world, "maya@harbour.example", "manager", world.hotel)
        world.noah = _resident(rows, world, "noah@harbour.example", "viewer", world.hotel)
        world.charlie = _resident(rows, world, "charlie@alpine.example", "manager", world.lodge)
        world.dee = _resident(rows, world, "dee@d3x.example", "partner", world.d3x)
        world.finn = _resident(rows, world, "finn@freeguides.example", "partner", world.freeguides)
        world.d3x_endpoint = add_endpoint(rows, world.d3x, "https://hooks.d3x.example/a", at)
        world.freeguides_endpoint = add_endpoint(
            rows, world.freeguides, "https://hooks.freeguides.example/a", at
        )
        add_app(rows, "d3x", "D3x", at, partner_id=world.d3x)
        add_app(
            rows,
            "freeguides",
            "FreeGuides",
            at,
            partner_id=world.freeguides,
            activation="automatic",
        )
        add_app(rows, "mews", "Mews", at, kind="core", vendor="mews")
    return world


@contextmanager
def adding() -> Iterator[Rows]:
    """Collect rows, then write them in the order in which they refer to each other."""
    rows: Rows = []
    yield rows
    with database.transaction() as session:
        for table in tables.metadata.sorted_tables:
            session.add_all([row for row in rows if type(row).__tablename__ == table.name])
            session.flush()


def add_property(rows: Rows, name: str, now: datetime, **more: Any) -> str:
    """Add a hotel and return its id."""
    return _add(rows, Property(name=name, created_at=now, **more))


def add_partner(rows: Rows, name: str, now: datetime, **more: Any) -> str:
    """Add a partner and return its id."""
    contact = {"contact_name": f"{name} Support", "website": "https://partner.example"}
    return _add(rows, Partner(name=name, created_at=now, **(contact | more)))


def add_endpoint(rows: Rows, partner_id: str, url: str, now: datetime) -> str:
    """Add an enabled webhook endpoint and return its id."""
    secret = encryption.encrypt(webhook.new_secret())
    return _add(rows, Endpoint(partner_id=partner_id, url=url, secret=secret, created_at=now))


def add_app(rows: Rows, slug: str, name: str, now: datetime, **more: Any) -> str:
    """Add a published app and return its id; integrated and manual unless `more` says otherwise."""
    usual = {"kind": "integrated", "category": "Guest services", "tagline": f"{name} for hotels"}
    return _add(rows, App(slug=slug, name=name, created_at=now, published_at=now, **(usual | more)))


def add_person(
    rows: Rows,
    email: str,
    role: str,
    place_id: str = "",
    *,
    now: datetime,
    secret: str | None = None,
) -> Actor:
    """Add a person who is signed in, in a role at a place, and return them as an actor.

    Everybody's password is `PASSWORD`; the name is the first part of the e-mail address.
    """
    person = Person(
        email=email,
        name=email.partition("@")[0].capitalize(),
        password_hash=_password_hash(),
        created_at=now,
        password_changed_at=now,
    )
    _add(rows, person)
    add_role(rows, person.id, role, place_id, now=now)
    sign_in = SignIn(
        person_id=person.id,
        secret_hash=encryption.digest(secret or f"the cookie of {person.id}"),
        device="Chromium on Linux",
        address=ADDRESS,
        created_at=now,
        seen_at=now,
        expires_at=now + sign_ins.LIFETIME,
    )
    return Actor("person", _add(rows, sign_in))


def add_role(rows: Rows, person_id: str, role: str, place_id: str = "", *, now: datetime) -> None:
    """Give a person one more role."""
    place = {
        "manager": {"property_id": place_id},
        "viewer": {"property_id": place_id},
        "partner": {"partner_id": place_id},
        "operator": {},
    }[role]
    _add(rows, Membership(person_id=person_id, role=role, created_at=now, **place))


Snapshot = dict[str, list[tuple[Any, ...]]]


def snapshot() -> Snapshot:
    """Return every row of every table of ours, and how many jobs there are, as plain values."""
    with database.reading() as session:
        found = {
            table.name: sorted((tuple(row) for row in session.execute(sa.select(table))), key=repr)
            for table in tables.metadata.sorted_tables
        }
        return found | {"jobs": [(_count_jobs(session),)]}


def restore(taken: Snapshot) -> None:
    """Put the rows of our tables back as they were at `snapshot`; jobs stay."""
    ours = tables.metadata.sorted_tables
    emptied = [f'DELETE FROM "{table.name}"' for table in reversed(ours)]
    with database.transaction() as session:
        # PostgreSQL takes them all at once, SQLite one by one.
        with databases.unguarded(session.connection()):
            for statement in emptied if database.is_sqlite() else ["; ".join(emptied)]:
                session.connection().exec_driver_sql(statement)
        for table in ours:
            names = [column.name for column in table.columns]
            rows = [dict(zip(names, row, strict=True)) for row in taken[table.name]]
            if rows:
                session.execute(sa.insert(table), rows)


def token_of(connection_id: str) -> str:
    """Return the newest issued access token of a connection in clear."""
    with database.reading() as session:
        token = session.exec(
            select(Token).where(Token.connection_id == connection_id, Token.status == "issued")
        ).one()
        return encryption.decrypt(token.ciphertext)


def connection(connection_id: str) -> Connection:
    """Return the row of a connection as it is now."""
    with database.reading() as session:
        return session.get_one(Connection, connection_id)


def messages_of(connection_id: str, event: str = "") -> list[Message]:
    """Return the messages about a connection, the oldest first; of one event, or all."""
    with database.reading() as session:
        query = select(Message).where(Message.connection_id == connection_id)
        if event:
            query = query.where(Message.event == event)
        return list(session.exec(query.order_by(col(Message.id))))


def message(message_id: str) -> Message:
    """Return the row of a message as it is now."""
    with database.reading() as session:
        return session.get_one(Message, message_id)


def body_of(message: Message) -> str:
    """Return the body of a message in clear."""
    return encryption.decrypt(message.body)


def events_of(connection_id: str) -> list[str]:
    """Return the events in the history of a connection, the oldest first."""
    with database.reading() as session:
        rows = session.exec(
            select(HistoryRow.event)
            .where(HistoryRow.connection_id == connection_id)
            .order_by(col(HistoryRow.at), col(HistoryRow.id))
        )
        return list(rows)


def attempt(
    message_id: str, *, now: datetime, code: int | None = 200, retry_after: int | None = None
) -> bool:
    """Make the next attempt of a message, without the network: the receiver answers `code`.

    None means that it did not answer. Returns False when it was not the message's turn.
    """
    with database.reading() as session:
        message = session.get_one(Message, message_id)
    parcel = attempts.begin(message_id, message.round, message.attempts + 1, now=now)
    if parcel is None:
        return False
    attempts.end(parcel, answered(code, retry_after=retry_after), now=now)
    return True


def answered(code: int | None, *, retry_after: int | None = None) -> Result:
    """Return the result of an attempt that the receiver answered with `code`."""
    ok = code is not None and 200 <= code < 300
    error = None if ok else "timeout" if code is None else f"http_{code // 100}xx"
    sentence = f"The receiver answered {code}." if code else "The receiver did not answer in time."
    return Result(
        ok=ok,
        code=code,
        duration_ms=12,
        body="",
        error=error,
        sentence=sentence,
        retry_after=retry_after,
        gone=code == 410,
    )


def look_up(host: str, port: int) -> list[str]:
    """Find addresses without a network: every name under .example is somewhere public."""
    if host.endswith(".example"):
        return ["93.184.215.14"]
    if host in ("localhost", "127.0.0.1"):
        return ["127.0.0.1"]
    raise OSError("no such name in the tests")


@cache
def _password_hash() -> str:
    return passwords.hashed(PASSWORD)


def _resident(rows: Rows, world: World, email: str, role: str, place_id: str = "") -> Actor:
    name = email.partition("@")[0]
    world.emails[name] = email
    world.cookies[name] = f"the cookie of {name}"
    return add_person(rows, email, role, place_id, now=world.now, secret=world.cookies[name])


def _count_jobs(session: Session) -> int:
    schema = None if database.is_sqlite() else "dbos"
    jobs = sa.table("workflow_status", schema=schema)
    return session.execute(sa.select(sa.func.count()).select_from(jobs)).scalar_one()


def _add(rows: Rows, row: Any) -> str:
    rows.append(row)
    return str(row.id)
