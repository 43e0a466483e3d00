"""What stands and falls with an authorization: core connections, sources, and what those feed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from domain import connections, lifecycle, moving
from domain.actors import ADJOIN, Standing, standing
from storage import database
from storage.apps import App
from storage.authorizations import Authorization
from storage.connections import Connection
from storage.sources import Source


@dataclass(frozen=True)
class Use:
    """What uses an authorization. noun: connection or source."""

    noun: str
    id: str
    name: str
    status: str


Listener = Callable[[Session, Source, str, datetime], None]
_when_broken: list[Listener] = []
_when_repaired: list[Listener] = []


def when_broken(listener: Listener) -> Listener:
    """Have `listener(session, source, sentence, now)` called within the transaction that breaks a
    source; for what a source feeds, which this module must not know."""
    _when_broken.append(listener)
    return listener


def when_repaired(listener: Listener) -> Listener:
    """The same, for a source that works again."""
    _when_repaired.append(listener)
    return listener


def hold(session: Session, authorization: Authorization) -> None:
    """Let nobody else change an authorization, nor the connections that use it."""
    for connection in _connections(session, authorization):
        database.lock(session, connection)
    database.lock(session, authorization)


def refuse(session: Session, authorization: Authorization, sentence: str, now: datetime) -> None:
    """Mark a working authorization refused, and break what uses it.

    `sentence` says why, in words for people. Whoever connected a core app is mailed.
    """
    authorization.last_error, authorization.checked_at = sentence, now
    if authorization.status != "working":
        return
    by = standing(session, ADJOIN, now)
    _move(session, authorization, "refuse", by, "adjoin", now, sentence)
    for connection in _connections(session, authorization, "connected"):
        _break_connection(session, by, connection, sentence, now)
    for source in sources_of(session, authorization.id, "working"):
        step = lifecycle.SOURCE.named("break")
        moving.move(
            session, "source", source, step, by, "adjoin", now, note=sentence, reason=sentence
        )
        for listener in _when_broken:
            listener(session, source, sentence, now)


def repair(
    session: Session, who: Standing, authorization: Authorization, now: datetime, note: str
) -> bool:
    """Let a refused authorization work again, with everything that broke; says whether it was."""
    if authorization.status != "refused":
        return False
    _move(session, authorization, "repair", who, "property", now, note)
    for connection in _connections(session, authorization, "broken"):
        step = lifecycle.CORE.named("repair")
        connections.move_row(session, connection, step, now, reason="")
        connections.tell(session, who, "property", connection, step.event, "broken", now, note)
    for source in sources_of(session, authorization.id, "broken"):
        step = lifecycle.SOURCE.named("repair")
        moving.move(session, "source", source, step, who, "property", now, note=note, reason="")
        for listener in _when_repaired:
            listener(session, source, note, now)
    return True


def uses(session: Session, authorization: Authorization) -> tuple[Use, ...]:
    """Return everything that uses an authorization, connections first."""
    found = session.exec(
        select(Connection, App).join(App).where(Connection.authorization_id == authorization.id)
    ).all()
    apps = tuple(Use("connection", each.id, app.name, each.status) for each, app in found)
    sources = sources_of(session, authorization.id)
    return (*apps, *(Use("source", each.id, each.name, each.status) for each in sources))


def sources_of(session: Session, authorization_id: str, status: str = "") -> list[Source]:
    """Return the sources that use an authorization, of one status or all."""
    query = select(Source).where(Source.authorization_id == authorization_id)
    if status:
        query = query.where(Source.status == status)
    return list(session.exec(query.order_by(col(Source.id))))


def _connections(
    session: Session, authorization: Authorization, status: str = ""
) -> list[Connection]:
    query = select(Connection).where(Connection.authorization_id == authorization.id)
    if status:
        query = query.where(Connection.status == status)
    return list(session.exec(query.order_by(col(Connection.id))))


def _break_connection(
    session: Session, by: Standing, connection: Connection, sentence: str, now: datetime
) -> None:
    step = lifecycle.CORE.named("break")
    connections.move_row(session, connection, step, now, reason=sentence)
    connections.tell(session, by, "adjoin", connection, step.event, "connected", now, sentence)
    connections.tell_requester(session, connection, step.event, now)


def _move(
    session: Session,
    authorization: Authorization,
    verb: str,
    who: Standing,
    side: str,
    now: datetime,
    note: str,
) -> None:
    step = lifecycle.AUTHORIZATION.named(verb)
    error = note if verb == "refuse" else ""
    moving.move(
        session, "authorization", authorization, step, who, side, now, note=note, last_error=error
    )
