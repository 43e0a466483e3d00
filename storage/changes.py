"""Tells listeners, in this process and in others, what a committed transaction has changed."""

import json
import logging
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlmodel import Session

log = logging.getLogger("adjoin.changes")

ASKED_EVERY = 30  # seconds: a connection that was dropped on its way is noticed after that
_CHANNEL = "adjoin_changes"
# Who only listens sends nothing, so the operating system has to find out (seconds).
_KEPT_ALIVE: dict[str, Any] = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}
_process = uuid.uuid4().hex
_listeners: list[Callable[["Change"], None]] = []


@dataclass(frozen=True)
class Change:
    """What changed, by ids only: whoever shows it reads it again with the rights of its reader."""

    noun: str
    id: str
    property_id: str | None = None
    partner_id: str | None = None


def listen(listener: Callable[[Change], None]) -> Callable[[], None]:
    """Have `listener` called, in any thread, for every committed change; returns how to stop it."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


def announce(session: Session, change: Change) -> None:
    """Remember `change`, to be told once the transaction of `session` is committed."""
    pending = session.info.setdefault("changes", [])
    if change not in pending:
        pending.append(change)


def publish(session: Session) -> None:
    """Hand the changes to PostgreSQL, which delivers them to other processes at the commit."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for change in session.info.get("changes", []):
        payload = json.dumps({"process": _process, **asdict(change)})
        session.execute(sa.text("SELECT pg_notify(:c, :p)"), {"c": _CHANNEL, "p": payload})


def tell(session: Session) -> None:
    """Tell the listeners of this process; one that fails does not keep the others from hearing."""
    for change in session.info.pop("changes", []):
        _tell(change)


def _tell(change: Change) -> None:
    for listener in list(_listeners):
        try:
            listener(change)
        except Exception:
            log.exception("a listener failed on a change of %s", change.noun)


class Relay:
    """Listens to PostgreSQL for the changes of other processes and tells them here."""

    def __init__(self, url: str) -> None:
        self._url = url.replace("postgresql+psycopg://", "postgresql://")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="changes", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._follow()
            except psycopg.OperationalError:
                log.warning("the connection for changes was lost, trying again")
                self._stop.wait(1)
            except Exception:
                # A relay that died would leave every open window as it is, for good.
                log.exception("following changes failed, trying again")
                self._stop.wait(1)

    def _follow(self) -> None:
        with psycopg.connect(self._url, autocommit=True, **_KEPT_ALIVE) as connection:
            connection.execute(f"LISTEN {_CHANNEL}")
            # Whatever happened while nobody listened is unknown, so everybody reads again.
            _tell(Change("everything", ""))
            asked_at = time.monotonic()
            while not self._stop.is_set():
                for notification in connection.notifies(timeout=0.5):
                    change = json.loads(notification.payload)
                    if change.pop("process") != _process:
                        _tell(Change(**change))
                if time.monotonic() - asked_at > ASKED_EVERY:
                    connection.execute("SELECT 1")
                    asked_at = time.monotonic()
