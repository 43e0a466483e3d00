"""The durable job queue (DBOS Transact) inside our own database; the only module that knows it.

A job is enqueued in the caller's transaction, so it exists exactly when what it is about exists.
It runs at least once, also after kill -9, so every job must be safe to run from the start again.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, EnqueueOptions
from sqlmodel import Session

from storage import database

log = logging.getLogger("adjoin.jobs")

QUEUE = "adjoin"
LONG = "adjoin-long"  # for jobs of some twenty seconds that keep a core busy
APPLICATION_VERSION = "1"  # pinned: a new one would strand the jobs that wait
SIDE_BY_SIDE = 64  # jobs that run at once in one process
PER_DESTINATION = 8
LONG_SIDE_BY_SIDE = 2  # one more would only make pages wait
STUCK_AFTER = timedelta(minutes=5)
KEEP_FINISHED = timedelta(days=7)
_NOT_ENDED = ("ENQUEUED", "DELAYED", "PENDING")

Job = TypeVar("Job", bound=Callable[..., Any])
_client: DBOSClient | None = None
_is_running = False
_loop: asyncio.AbstractEventLoop | None = None
_schedules: list[tuple[str, str, Callable[..., Any]]] = []


def job(name: str) -> Callable[[Job], Job]:
    """Make a function (plain or async) a job that can be enqueued by `name`."""
    return lambda function: DBOS.workflow(name=name)(function)  # type: ignore[return-value]


def every(cron: str, name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Run a plain function by the clock, once for all processes; `cron` is in UTC."""

    def register(function: Callable[[], None]) -> Callable[[], None]:
        def tick(scheduled: datetime, context: Any) -> None:
            function()

        _schedules.append((name, cron, DBOS.workflow(name=name)(tick)))
        return function

    return register


def enqueue(
    session: Session,
    name: str,
    job_id: str,
    *arguments: Any,
    destination: str,
    delay_seconds: float | None = None,
    queue: str = QUEUE,
) -> None:
    """Enqueue the job `name` within the transaction of `session`.

    `job_id` makes it unique: a second job of the same id is ignored. `arguments` are plain values.
    Only a few jobs with the same `destination` run at once, so that one that hangs does not hold
    up the others; of those in the queue `LONG` only one. `delay_seconds` is how long it waits
    after now; None starts it at once.
    """
    options: EnqueueOptions = {
        "workflow_name": name,
        "queue_name": queue,
        "workflow_id": job_id,
        "app_version": APPLICATION_VERSION,
        "queue_partition_key": destination,
    }
    if delay_seconds is not None:
        options["delay_seconds"] = delay_seconds
    _queue_client().enqueue_in_transaction(session, options, *arguments)


async def start(executor_id: str) -> None:
    """Begin to run jobs in this process, on the running event loop.

    `executor_id` must last over restarts and belong to no other running process: jobs that this
    process had begun before it died are begun again when it returns.
    """
    global _is_running, _loop
    _loop = asyncio.get_running_loop()
    _configure(executor_id)
    DBOS.launch()
    await DBOS.register_queue_async(
        QUEUE,
        worker_concurrency=SIDE_BY_SIDE,
        partition_worker_concurrency=PER_DESTINATION,
        polling_interval_sec=0.2,
        on_conflict="always_update",
    )
    await DBOS.register_queue_async(
        LONG,
        worker_concurrency=LONG_SIDE_BY_SIDE,
        partition_concurrency=1,
        polling_interval_sec=0.2,
        on_conflict="always_update",
    )
    await DBOS.apply_schedules_async(
        [
            {"schedule_name": name, "workflow_fn": function, "schedule": cron}
            for name, cron, function in _schedules
        ]
    )
    _is_running = True


def stop() -> None:
    """Stop running jobs; those that do not end within three seconds are begun again.

    Blocks meanwhile, so call it in a thread: on their own event loop no job could end.
    """
    global _is_running
    _is_running = False
    DBOS.destroy(workflow_completion_timeout_sec=3)
    if _loop is not None and not _loop.is_closed():
        # The queue had made its threads the loop's own, and they ended with it.
        _loop.call_soon_threadsafe(_loop.set_default_executor, ThreadPoolExecutor())


def still_to_run(job_ids: Iterable[str]) -> set[str]:
    """Return which of these jobs have not ended: they wait in the queue, or run."""
    wanted = list(job_ids)
    if not wanted:
        return set()
    found = _queue_client().list_workflows(
        workflow_ids=wanted, status=list(_NOT_ENDED), load_input=False, load_output=False
    )
    return {workflow.workflow_id for workflow in found}


@dataclass(frozen=True)
class Backlog:
    """Jobs that have not ended: they wait, wait for their time, or run. `oldest` is since when the
    first of those that wait could have begun."""

    waiting: int
    delayed: int
    running: int
    oldest: datetime | None


def backlog(session: Session) -> Backlog:
    """Return how many jobs there are to do."""
    jobs = _table()
    rows = session.execute(
        sa.select(jobs.c.status, sa.func.count(), sa.func.min(jobs.c.created_at))
        .where(jobs.c.status.in_(_NOT_ENDED), jobs.c.queue_name.in_((QUEUE, LONG)))
        .group_by(jobs.c.status)
    )
    found = {status: (number, oldest) for status, number, oldest in rows}
    waiting, oldest = found.get("ENQUEUED", (0, None))
    return Backlog(
        waiting,
        found.get("DELAYED", (0, None))[0],
        found.get("PENDING", (0, None))[0],
        None if oldest is None else datetime.fromtimestamp(oldest / 1000, UTC),
    )


def running(session: Session) -> dict[str, int]:
    """Return how many jobs each process runs now, by its executor id."""
    jobs = _table()
    rows = session.execute(
        sa.select(jobs.c.executor_id, sa.func.count())
        .where(jobs.c.status == "PENDING", jobs.c.queue_name.in_((QUEUE, LONG)))
        .group_by(jobs.c.executor_id)
    )
    return {executor: number for executor, number in rows if executor}


def _table() -> sa.TableClause:
    """Return the queue's own table of jobs; asked itself, for it may hold many thousands."""
    names = ("status", "queue_name", "executor_id", "created_at")
    columns: list[sa.ColumnClause[Any]] = [sa.column(name) for name in names]
    return sa.table("workflow_status", *columns, schema=None if database.is_sqlite() else "dbos")


def is_running() -> bool:
    """Return whether this process takes jobs from the queue and runs them."""
    return _is_running


def migrate(url: str) -> None:
    """Create or update the queue's own tables in the database at `url`."""
    DBOS.migrate(url)


@every("* * * * *", "jobs.rescue")
def rescue() -> None:
    """Give the jobs of a process that never came back to those that run."""
    before = (datetime.now(UTC) - STUCK_AFTER).isoformat()
    for queue in (QUEUE, LONG):
        for stuck in DBOS.list_workflows(
            status="PENDING", dequeued_before=before, queue_name=queue, load_input=False
        ):
            log.warning("job %s did not come back, it is begun again", stuck.workflow_id)
            DBOS.resume_workflow(stuck.workflow_id, queue_name=queue)


@every("17 3 * * *", "jobs.purge")
def purge() -> None:
    """Forget jobs that ended long ago; what they did is recorded in our own tables."""
    before = (datetime.now(UTC) - KEEP_FINISHED).isoformat()
    while ended := DBOS.list_workflows(
        completed_before=before, limit=500, load_input=False, load_output=False
    ):
        DBOS.delete_workflows([workflow.workflow_id for workflow in ended])


def _configure(executor_id: str) -> None:
    DBOS(
        config={
            "name": "adjoin",
            "system_database_engine": database.engine(),
            "application_version": APPLICATION_VERSION,
            "executor_id": executor_id,
            "log_level": "WARNING",
        }
    )


def _queue_client() -> DBOSClient:
    global _client
    if _client is None:
        _client = DBOSClient(system_database_engine=database.engine())
        database.when_closing(_forget_client)
    return _client


def _forget_client() -> None:
    global _client
    if _client is not None:
        _client.destroy()
    _client = None
