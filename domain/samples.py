"""Samples: some records as a source gives them now, kept encrypted to try mappings on."""

from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlmodel import Session, col, select

from connectors.source import Fault, Wanted
from connectors.sources import KINDS
from domain import accesses, authorizations
from domain.installation import current
from domain.refusals import Refusal
from storage import encryption
from storage.sources import Sample, Source, Transfer

MOST = 50  # records
PAGES = 5  # pages that are asked for them, at most: some are empty
LARGEST = 2_000_000  # bytes


def fetched(source: Source, type_key: str, *, now: datetime) -> list[Any]:
    """Return records that the source gives now; blocks on the network, in no transaction.

    A refusal of the credentials breaks whatever uses them. Refuses `credentials_refused`,
    `source_broken`, `no_file`, and `check_failed` when the source could not be read just now.
    """
    access = accesses.of_source(source.id, type_key, now=now)
    read, records, cursor = KINDS[source.kind].read, list[Any](), None
    try:
        for _ in range(PAGES):
            page = read(current().door, access, Wanted(type_key, cursor=cursor, count=MOST))
            records += page.records[: MOST - len(records)]
            cursor = page.cursor
            if cursor is None or len(records) >= MOST:
                break
    except Fault as fault:
        raise refusal(source, fault, now) from fault
    return records


def refusal(source: Source, fault: Fault, now: datetime) -> Refusal:
    """Return a fault of a source as a refusal, after taking note of refused credentials."""
    if fault.error == "refused" and source.authorization_id:
        authorizations.refused(source.authorization_id, fault.sentence, now=now)
        return Refusal("credentials_refused", fault.sentence)
    return Refusal("check_failed", fault.sentence, accesses.owner_of(fault))


def keep(session: Session, transfer: Transfer, records: list[Any], now: datetime) -> None:
    """Store records as the sample of a transfer; as many of them as fit."""
    kept = records[:MOST]
    while len(written := orjson.dumps(kept, default=str)) > LARGEST and kept:
        kept = kept[: len(kept) // 2]
    row = _row(session, transfer) or Sample(transfer_id=transfer.id, content="")
    row.content = encryption.encrypt(written.decode())
    transfer.sampled_at, transfer.sample_error = now, ""
    session.add(row)
    session.flush()


def of(session: Session, transfer: Transfer) -> list[Any]:
    """Return the kept records of a transfer; none when none were ever read."""
    row = _row(session, transfer)
    if row is None:
        return []
    kept: list[Any] = orjson.loads(encryption.decrypt(row.content))
    return kept


def forget(session: Session, *transfer_ids: str) -> None:
    """Delete the kept records of some transfers."""
    session.execute(sa.delete(Sample).where(col(Sample.transfer_id).in_(transfer_ids)))


def _row(session: Session, transfer: Transfer) -> Sample | None:
    return session.exec(select(Sample).where(Sample.transfer_id == transfer.id)).one_or_none()
