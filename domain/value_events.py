"""Value events: partners hear which values of a mapping were decided, once for changes that come
one after the other.

Somebody who maps the values of a hotel makes a version with every choice. Each queues a job that
waits a little; the first of them tells all that was decided until then, the others find nothing
left to tell.
"""

from datetime import datetime

from sqlmodel import Session, select

from domain import catalogue, messages, moments, values
from domain.values import Held
from storage import changes, database, jobs
from storage.connections import Connection
from storage.value_mappings import ValueMapping, ValueMappingVersion

JOB = "value_events.tell"
WAIT = 10  # seconds


def queue(session: Session, connection: Connection, version: int) -> None:
    """Queue the telling of what was decided up to a version."""
    jobs.enqueue(
        session,
        JOB,
        f"values-{connection.id}-{version}",
        connection.id,
        version,
        destination=connection.property_id,
        delay_seconds=WAIT,
    )


@jobs.job(JOB)
def work(connection_id: str, version: int) -> None:
    """Tell what was decided: the job that the queue runs."""
    tell(connection_id, version)


def tell(connection_id: str, version: int, *, now: datetime | None = None) -> bool:
    """Queue the event of all that was decided since the last one; return whether there was one.

    `version` is what has to be told by now. What was decided and taken back is not told, and
    neither is anything of a connection that has ended.
    """
    now = now or moments.now()
    with database.transaction() as session:
        connection = session.get_one(Connection, connection_id)
        database.lock(session, connection)
        mapping = session.get_one(ValueMapping, connection_id)
        database.lock(session, mapping)
        if mapping.told_version >= version:
            return False
        before = _held_at(session, connection_id, mapping.told_version)
        decided = values.changed(before, values.from_json(mapping.held))
        mapping.told_version = mapping.version
        if not decided or connection.status in catalogue.ENDED:
            return False
        more = {"version": mapping.version, "slots": list(decided)}
        messages.tell_endpoints(session, connection, "mapping.changed", now, **more)
        changes.announce(session, changes.Change("message", "", None, connection.partner_id))
        return True


def _held_at(session: Session, connection_id: str, number: int) -> Held:
    """Return what a mapping held in one of its versions; 0 is before the first."""
    kept = session.exec(
        select(ValueMappingVersion).where(
            ValueMappingVersion.connection_id == connection_id,
            ValueMappingVersion.number == number,
        )
    ).one_or_none()
    return values.from_json(kept.held) if kept else {}
