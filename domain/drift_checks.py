"""Every night: a source that has changed is found before a run finds it."""

import logging
from datetime import datetime

from sqlmodel import col, select

from domain import moments, samples, transfers
from domain.refusals import Refusal
from storage import database, jobs
from storage.sources import Source, Transfer

log = logging.getLogger("adjoin.drift")

JOB = "drift.check"


@jobs.every("23 2 * * *", "drift.check_all")
def check_every_night() -> None:
    """Queue a check of each active data transfer, so that no slow source holds up another."""
    day = moments.now().strftime("%Y-%m-%d")
    for transfer_id, kind in _active():
        with database.transaction() as session:
            job_id = f"drift-{transfer_id}-{day}"
            jobs.enqueue(session, JOB, job_id, transfer_id, destination=f"vendor-{kind}")


@jobs.job(JOB)
def check(transfer_id: str) -> None:
    """Check one transfer: the job that the queue runs."""
    try:
        check_one(transfer_id, now=moments.now())
    except Exception:
        # It is checked again tomorrow; a job that raises would be lost without a word of ours.
        log.exception("the source of %s could not be checked", transfer_id)


def check_one(transfer_id: str, *, now: datetime) -> None:
    """Read sample records of an active transfer and compare them with what was known.

    A source that cannot be read just now is left for tomorrow, or for the next run to tell of.
    """
    with database.reading() as session:
        transfer = session.get(Transfer, transfer_id)
        if transfer is None or transfer.status != "active":
            return
        source = session.get_one(Source, transfer.source_id)
    try:
        records = samples.fetched(source, transfer.type, now=now)
    except Refusal as refusal:
        log.info("the source of %s was not read: %s", transfer_id, refusal.code)
        return
    with database.transaction() as session:
        transfer = session.get(Transfer, transfer_id)
        if transfer is not None and records:
            samples.keep(session, transfer, records, now)
            transfers.note_drift(session, transfer, records, now)


def _active() -> list[tuple[str, str]]:
    with database.reading() as session:
        found = session.exec(
            select(Transfer.id, Source.kind)
            .join(Source, col(Source.id) == col(Transfer.source_id))
            .where(Transfer.status == "active", Source.status == "working", Source.kind != "file")
            .order_by(col(Transfer.id))
        )
        return list(found)
