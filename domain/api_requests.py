"""The request log: what partners' programs asked of the API in the last 30 days, and what came.

Of a request it keeps where and when and how it ended, never what it carried. Lines wait in memory
and are written together every second, so that a read costs no write; kill -9 loses that second.
"""

import logging
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from domain import moments
from domain.actors import Actor, standing
from domain.refusals import not_found
from storage import api_requests as table
from storage import database, ids, jobs
from storage.api_requests import ApiRequest
from storage.connections import Connection

log = logging.getLogger("adjoin.requests")

KEPT = timedelta(days=30)
PAGE = 20
EVERY = 1.0  # seconds
MOST_WAITING = 20_000  # more than a process can answer in the seconds that a database may be away
_AT_ONCE = 5_000
OUTCOMES = {"": (100, 599), "ok": (100, 399), "refused": (400, 499), "failed": (500, 599)}

_waiting: deque["Entry"] = deque(maxlen=MOST_WAITING)
_one_writes = threading.Lock()


@dataclass(frozen=True)
class Entry:
    """One request. `endpoint` is as in the description of the API, without ids; `code` is that of
    the problem with which it was answered, empty when all went well; `status` is HTTP's."""

    at: datetime
    request_id: str
    method: str
    endpoint: str
    status: int
    code: str
    duration_ms: int
    connection_id: str | None = None
    partner_id: str | None = None
    property_id: str | None = None


@dataclass(frozen=True)
class Row:
    """One line of the log."""

    id: str
    at: datetime
    request_id: str
    method: str
    endpoint: str
    status: int
    code: str
    duration_ms: int


def note(entry: Entry) -> None:
    """Have a request written with the next batch; the oldest that wait give way to too many."""
    _waiting.append(entry)


def write() -> None:
    """Write what waits. What the database does not take now stays for the next time."""
    with _one_writes:
        batch = [_waiting.popleft() for _ in range(len(_waiting))]
        if not batch:
            return
        try:
            table.add([{"id": ids.new("req"), **vars(entry)} for entry in batch])
        except Exception:
            log.warning("the request log could not be written", exc_info=True)
            room = MOST_WAITING - len(_waiting)
            _waiting.extendleft(reversed(batch[max(0, len(batch) - room) :]))


class Writer:
    """Writes what waits every second, in a thread of its own, and once more at its end."""

    def __init__(self) -> None:
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="request log", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Write the last lines, and return when they are written."""
        self._ended.set()
        self._thread.join()
        write()

    def _run(self) -> None:
        while not self._ended.wait(EVERY):
            write()


def of_connection(
    actor: Actor,
    connection_id: str,
    *,
    outcome: str = "",
    before: str | None = None,
    now: datetime | None = None,
) -> tuple[Row, ...]:
    """Return the last requests with the tokens of a connection and about it, newest first.

    `outcome` is a key of OUTCOMES, `before` the id of the last row that is there already. Refuses
    `not_found` to strangers.
    """
    with database.reading() as session:
        who = standing(session, actor, now or moments.now())
        connection = session.get(Connection, connection_id)
        if connection is None or who.side_of(connection) is None:
            raise not_found("This connection")
        return _rows(session, col(ApiRequest.connection_id) == connection_id, outcome, before)


def of_partner(
    actor: Actor,
    partner_id: str,
    *,
    outcome: str = "",
    before: str | None = None,
    now: datetime | None = None,
) -> tuple[Row, ...]:
    """Return the last requests of all programs of a partner, as `of_connection`."""
    with database.reading() as session:
        if not standing(session, actor, now or moments.now()).works_for(partner_id):
            raise not_found("This partner")
        return _rows(session, col(ApiRequest.partner_id) == partner_id, outcome, before)


@jobs.every("29 3 * * *", "api_requests.forget")
def forget() -> None:
    """Forget requests after 30 days."""
    forget_before(moments.now() - KEPT)


def forget_before(moment: datetime) -> None:
    """Forget requests from before a moment, some at a time so that nobody has to wait."""
    while table.forget(moment, _AT_ONCE):
        pass


def _rows(
    session: Session, condition: sa.ColumnElement[bool], outcome: str, before: str | None
) -> tuple[Row, ...]:
    first, last = OUTCOMES[outcome]
    wanted = [condition, col(ApiRequest.status).between(first, last)]
    if before is not None:
        wanted.append(col(ApiRequest.id) < before)
    found: Sequence[ApiRequest] = session.exec(
        select(ApiRequest).where(*wanted).order_by(col(ApiRequest.id).desc()).limit(PAGE)
    ).all()
    return tuple(map(_row, found))


def _row(request: ApiRequest) -> Row:
    return Row(
        request.id,
        request.at,
        request.request_id,
        request.method,
        request.endpoint,
        request.status,
        request.code,
        request.duration_ms,
    )
