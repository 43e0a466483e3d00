"""Engines: the processes that run jobs give signs of life; one that falls silent is missed."""

import logging
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from domain import moments
from storage import database, jobs
from storage.engines import Engine

log = logging.getLogger("adjoin.engines")

EVERY = 20.0  # seconds between two signs of life
MISSED_AFTER = timedelta(seconds=90)
KEPT = timedelta(days=7)  # a process that never came back is forgotten after that


@dataclass(frozen=True)
class Row:
    """A process. `running` counts the jobs that it runs; `is_missed` when it fell silent."""

    id: str
    started_at: datetime
    seen_at: datetime
    running: int
    is_missed: bool


class Pulse:
    """Gives signs of life for this process, in a thread of its own, until it is stopped."""

    def __init__(self, engine_id: str) -> None:
        self._id = engine_id
        self._started_at = moments.now()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Say good-bye: a process that was stopped is not missed."""
        self._ended.set()
        self._thread.join()
        try:
            with database.transaction() as session:
                session.execute(sa.delete(Engine).where(col(Engine.id) == self._id))
        except Exception:
            log.warning("could not say good-bye", exc_info=True)

    def _run(self) -> None:
        while True:
            try:
                beat(self._id, self._started_at)
            except Exception:
                log.warning("no sign of life could be given", exc_info=True)
            if self._ended.wait(EVERY):
                return


def beat(engine_id: str, started_at: datetime, *, now: datetime | None = None) -> None:
    """Note that a process is alive, and forget those that never came back."""
    now = now or moments.now()
    with database.transaction() as session:
        engine = session.get(Engine, engine_id)
        if engine is None:
            session.add(Engine(id=engine_id, started_at=started_at, seen_at=now))
        else:
            engine.started_at, engine.seen_at = started_at, now
        session.execute(sa.delete(Engine).where(col(Engine.seen_at) < now - KEPT))


def all_of_them(session: Session, now: datetime) -> tuple[Row, ...]:
    """Return the processes that run jobs, or should, by name; in the caller's transaction."""
    running = jobs.running(session)
    return tuple(
        Row(
            engine.id,
            engine.started_at,
            engine.seen_at,
            running.get(engine.id, 0),
            now - engine.seen_at > MISSED_AFTER,
        )
        for engine in session.exec(select(Engine).order_by(Engine.id))
    )
