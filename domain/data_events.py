"""Data events: partners hear which records a run has changed, batch by batch, and read them then.

A job tells what a run has done, queued in the transaction in which the run ends. Each batch is one
transaction: its messages, and how far the telling has come (`RunPart.told_at` and `told_id`). So
whenever the job dies, it goes on where it stood, and no batch is told twice or left out. A record
that another run changes before it is told is told by that run, as created if it may be news.
"""

import logging
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session, col, select

from domain import choices, events, messages, moments
from domain.shelves import READS, path_of, public_id
from storage import changes, database, jobs
from storage.apps import App
from storage.connections import Connection
from storage.integrations import Integration, Run, RunPart
from storage.messages import Attempt, Endpoint, Message
from storage.records import TABLES, Record
from storage.sources import Source

log = logging.getLogger("adjoin.data_events")

JOB = "data_events.tell"
MOST = 250  # records in a message: with ids as long as UUIDs, it stays under 20 kB
KEEP = timedelta(days=30)
FORGOTTEN_AT_ONCE = 1000  # messages
# Clocks of several machines differ; it only helps to find where the records of a run begin.
SLACK = timedelta(minutes=5)
LONGEST_TELLING = timedelta(days=1)
_PAUSES = (0.2, 1.0, 4.0, 15.0)  # seconds between tries when the database does not answer

Change = sa.Row[Any]  # id, external_id, first_seen_at, changed_at, removed_at
Told = Mapping[int, str]


class Span(NamedTuple):
    """When a run began and ended, and when partners had been told of all that it has changed."""

    began: datetime | None
    ended: datetime | None
    told: datetime | None


def queue(session: Session, run: Run) -> None:
    """Queue the telling of what a run that ends now has changed, if it has changed anything."""
    if run.is_dry:
        return
    for part in session.exec(select(RunPart).where(RunPart.run_id == run.id)):
        if part.created or part.updated or part.deleted:
            jobs.enqueue(
                session, JOB, f"data-events-{part.id}", part.id, destination=run.property_id
            )


@jobs.job(JOB)
def work(part_id: str) -> None:
    """Tell all that a run has changed of one type of data: the job that the queue runs."""
    tell_all(part_id)


def tell_all(part_id: str) -> None:
    """Tell one batch after the other, from where the telling stands to its end."""
    for pause in (*_PAUSES, None):
        try:
            while tell(part_id):
                pass
            return
        except (IntegrityError, OperationalError):
            # The database hiccups, or an endpoint was removed in this very moment.
            if pause is None:
                raise
            log.warning("telling of %s broke off, it goes on in %s s", part_id, pause)
            time.sleep(pause)


def tell(part_id: str, *, now: datetime | None = None) -> bool:
    """Queue the events of the next batch; return whether there may be another one."""
    now = now or moments.now()
    with database.transaction() as session:
        part = session.get(RunPart, part_id)
        if part is None:
            return False
        database.lock(session, part)
        run = session.get_one(Run, part.run_id)
        listeners = _listeners(session, run.property_id, part.type)
        found = _changed(session, run, part) if listeners else ()
        if found:
            untold = (Span(run.started_at, None, None), *_untold(session, run, part))
            _tell(session, listeners, _folded(untold, part.type, found), now)
            part.told_at, part.told_id = found[-1].changed_at, found[-1].id
        if len(found) < MOST:
            part.told_all_at = now
        return len(found) == MOST


def tell_now(
    session: Session, property_id: str, type_key: str, change: str, records: Told, now: datetime
) -> None:
    """Queue the events of a change (created, updated, removed) that no run has brought.

    `records` are the numbers of the records, each with its id at the source.
    """
    listeners = _listeners(session, property_id, type_key)
    told = [
        {"id": public_id(type_key, number), "external_id": key} for number, key in records.items()
    ]
    name = events.name_of(type_key, change)
    for batch in range(0, len(told), MOST):
        _tell(session, listeners, {name: told[batch : batch + MOST]}, now)


def tell_source_removed(session: Session, source: Source, now: datetime) -> None:
    """Queue the event of a source that is about to be removed with all of its records, for those
    who may read any type of data that it has brought."""
    brought = [key for key, table in TABLES.items() if _has_records(session, table, source)]
    for connection, app in _connected(session, source.property_id):
        if types := [path_of(key) for key in brought if READS[key] in app.permissions]:
            more = {"source": {"id": source.id, "name": source.name}, "types": types}
            messages.tell_endpoints(session, connection, "source.removed", now, **more)


@jobs.every("47 3 * * *", "data_events.forget")
def forget_on_time() -> None:
    """Forget what is too old to be of use."""
    while forget(now=moments.now()):
        pass


def forget(*, now: datetime) -> int:
    """Delete data events a month after they were told; return how many: what changed is read
    through the API with `updated_since`."""
    names = [name for name, event in events.EVENTS.items() if event.type_of_data]
    with database.transaction() as session:
        old = session.exec(
            select(Message.id)
            .where(
                col(Message.event).in_(names),
                col(Message.created_at) < now - KEEP,
                col(Message.status).not_in(messages.OPEN),
            )
            .limit(FORGOTTEN_AT_ONCE)
        ).all()
        for statement in (
            sa.delete(Attempt).where(col(Attempt.message_id).in_(old)),
            sa.delete(Message).where(col(Message.id).in_(old)),
        ):
            session.execute(statement.execution_options(synchronize_session=False))
        return len(old)


# Details


def _tell(
    session: Session,
    listeners: Sequence[Connection],
    by_event: Mapping[str, list[dict[str, str]]],
    now: datetime,
) -> None:
    for name, records in by_event.items():
        for connection in listeners:
            messages.tell_endpoints(session, connection, name, now, records=records)
    for partner_id in {connection.partner_id for connection in listeners}:
        changes.announce(session, changes.Change("message", "", None, partner_id))


def _listeners(session: Session, property_id: str, type_key: str) -> list[Connection]:
    """Return the active connections whose apps may read a type of data, and whose partners asked
    an endpoint of theirs to be told."""
    found = _connected(session, property_id)
    readers = [each for each, app in found if READS[type_key] in app.permissions]
    endpoints = session.exec(
        select(Endpoint).where(
            col(Endpoint.partner_id).in_({each.partner_id for each in readers if each.partner_id})
        )
    ).all()
    names = [events.name_of(type_key, change) for change in events.CHANGES]
    asking = {
        endpoint.partner_id
        for endpoint in endpoints
        if any(choices.wants(endpoint, name, property_id) for name in names)
    }
    return [each for each in readers if each.partner_id in asking]


def _connected(session: Session, property_id: str) -> Sequence[tuple[Connection, App]]:
    """Return the active connections of a property, each with its app."""
    return session.exec(
        select(Connection, App)
        .join(App, col(App.id) == col(Connection.app_id))
        .where(Connection.property_id == property_id, Connection.status == "active")
        .order_by(col(Connection.id))
    ).all()


def _has_records(session: Session, table: type[Record], source: Source) -> bool:
    of_source = select(table.id).where(
        table.source_id == source.id, col(table.removed_at).is_(None)
    )
    return session.exec(of_source.limit(1)).first() is not None


def _changed(session: Session, run: Run, part: RunPart) -> Sequence[Change]:
    """Return the next records that a run was the last to change, in the order of their changes."""
    table: sa.Table = TABLES[part.type].__table__  # type: ignore[attr-defined]
    c = table.c
    began = (run.started_at or run.queued_at) - SLACK
    query = sa.select(c.id, c.external_id, c.first_seen_at, c.changed_at, c.removed_at).where(
        c.property_id == run.property_id, c.changed_at >= began, c.run_id == run.id
    )
    if part.told_at is not None:
        is_same = (c.changed_at == part.told_at) & (c.id > part.told_id)
        query = query.where((c.changed_at > part.told_at) | is_same)
    return session.execute(query.order_by(c.changed_at, c.id).limit(MOST)).all()


def _untold(session: Session, run: Run, part: RunPart) -> Sequence[Span]:
    """Return the runs of the same source, begun before, whose telling had not ended when this one
    began: what they have made and this one has changed may be news to partners."""
    if run.started_at is None:
        return ()
    source = select(Integration.source_id).where(Integration.id == run.integration_id)
    found = session.execute(
        sa.select(col(Run.started_at), col(Run.ended_at), col(RunPart.told_all_at))
        .join(RunPart, col(RunPart.run_id) == col(Run.id))
        .join(Integration, col(Integration.id) == col(Run.integration_id))
        .where(
            col(Integration.source_id) == source.scalar_subquery(),
            col(RunPart.type) == part.type,
            col(RunPart.created) > 0,
            col(Run.is_dry).is_(False),
            col(Run.id) != run.id,
            col(Run.started_at).between(run.started_at - LONGEST_TELLING, run.started_at),
            col(RunPart.told_all_at).is_(None) | (col(RunPart.told_all_at) >= run.started_at),
        )
    )
    return [Span(*row) for row in found]


def _folded(
    untold: Sequence[Span], type_key: str, found: Sequence[Change]
) -> dict[str, list[dict[str, str]]]:
    """Return the records by the names of their events: each record is told by one event."""
    folded: dict[str, list[dict[str, str]]] = {}
    for record in found:
        name = events.name_of(type_key, _change(untold, record))
        told = {"id": public_id(type_key, record.id), "external_id": record.external_id}
        folded.setdefault(name, []).append(told)
    return folded


def _change(untold: Sequence[Span], record: Change) -> str:
    if record.removed_at is not None:
        return "removed"
    return "created" if any(_was_made_in(span, record) for span in untold) else "updated"


def _was_made_in(span: Span, record: Change) -> bool:
    """Whether a run has made a record, and it was changed before the run was told of."""
    if span.began is None or record.first_seen_at < span.began:
        return False
    is_within = span.ended is None or record.first_seen_at <= span.ended
    return is_within and (span.told is None or record.changed_at <= span.told)
