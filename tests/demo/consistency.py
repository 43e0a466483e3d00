"""What must be true of every world: checks that read the tables and return what is wrong."""

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session, col, func, select

from domain import attempts
from storage import database, encryption
from storage.authorizations import Authorization
from storage.cases import Case
from storage.connections import Connection, Token
from storage.history import HistoryRow
from storage.integrations import Integration, Reject, Run, RunPart
from storage.messages import Attempt, Endpoint, Message
from storage.records import TABLES
from storage.sources import MappingVersion, Source, Transfer

LIVING = ("pending", "active", "disabled")


def faults(now: datetime) -> list[str]:
    """Return a sentence for everything in the open database that contradicts something else."""
    with database.reading() as session:
        found = [
            *_statuses(session),
            *_tokens(session),
            *_messages(session),
            *_endpoints(session),
            *_future(session, now),
            *_states(session),
            *_mappings(session),
            *_runs(session),
            *_records(session),
            *_schedules(session, now),
        ]
    return [*found, *_queued()]


def _statuses(session: Session) -> Iterator[str]:
    for connection in session.exec(select(Connection)):
        last = session.exec(
            select(HistoryRow)
            .where(HistoryRow.connection_id == connection.id, HistoryRow.after != "")
            .where(HistoryRow.before != HistoryRow.after)
            .where(col(HistoryRow.subject_id).is_(None))  # not of one of its cases
            .order_by(col(HistoryRow.at).desc(), col(HistoryRow.id).desc())
        ).first()
        if last is None or last.after != connection.status:
            yield f"{connection.id} is {connection.status}, its history says {last}"
        elif last.at != connection.since:
            yield f"{connection.id} is {connection.status} since another time than {last.at}"


def _tokens(session: Session) -> Iterator[str]:
    for connection in session.exec(select(Connection)):
        owned = session.exec(select(Token).where(Token.connection_id == connection.id)).all()
        issued = [token for token in owned if token.status == "issued"]
        wanted = 1 if connection.status in LIVING else 0
        if len(issued) != wanted:
            yield f"{connection.id} ({connection.status}) has {len(issued)} issued tokens"
    for token in session.exec(select(Token)):
        clear = encryption.decrypt(token.ciphertext)
        if encryption.digest(clear) != token.token_hash or not clear.endswith(token.masked[-4:]):
            yield f"{token.id} does not hold what its hash and mask say"
        if token.delivered_at is None:
            yield f"{token.id} was never delivered"
        if token.first_used_at and token.first_used_at < token.issued_at:
            yield f"{token.id} was used before it was issued"


def _messages(session: Session) -> Iterator[str]:
    for message in session.exec(select(Message)):
        tries = session.exec(
            select(Attempt).where(Attempt.message_id == message.id).order_by(col(Attempt.number))
        ).all()
        if message.status != "delivered" or message.next_attempt_at is not None:
            yield f"{message.id} is {message.status}: it would be sent at the start"
        if [one.number for one in tries] != list(range(1, message.attempts + 1)):
            yield f"{message.id} counts {message.attempts} attempts and has others"
        if [one.ok for one in tries] != [False] * (len(tries) - 1) + [True]:
            yield f"{message.id} was not delivered by its last attempt alone"


def _endpoints(session: Session) -> Iterator[str]:
    for endpoint in session.exec(select(Endpoint)):
        if endpoint.status != "enabled" or endpoint.failing_since is not None:
            yield f"{endpoint.url} is in trouble"


def _future(session: Session, now: datetime) -> Iterator[str]:
    for row in session.exec(select(HistoryRow).where(col(HistoryRow.at) > now)):
        yield f"{row.event} happened in the future, at {row.at}"
    for message in session.exec(select(Message).where(col(Message.finished_at) > now)):
        yield f"{message.id} was delivered in the future"


def _states(session: Session) -> Iterator[str]:
    """What sources, transfers and integrations say of themselves is what their history says."""
    for table in (Authorization, Source, Transfer, Integration, Case):
        for row in session.exec(select(table)):
            last = session.exec(
                select(HistoryRow)
                .where(HistoryRow.subject_id == row.id, HistoryRow.after != "")
                .where(HistoryRow.before != HistoryRow.after)
                .order_by(col(HistoryRow.at).desc(), col(HistoryRow.id).desc())
            ).first()
            if last is None or last.after != row.status:
                yield f"{row.id} is {row.status}, its history says {last}"


def _mappings(session: Session) -> Iterator[str]:
    for transfer in session.exec(select(Transfer)):
        numbers = session.exec(
            select(MappingVersion.number).where(MappingVersion.transfer_id == transfer.id)
        ).all()
        if sorted(numbers) != list(range(1, transfer.version + 1)):
            yield f"{transfer.id} is at version {transfer.version} and has {sorted(numbers)}"


def _runs(session: Session) -> Iterator[str]:
    for run in session.exec(select(Run)):
        if run.status in ("queued", "running"):
            yield f"{run.id} is {run.status}: it would go on at the start"
        parts = session.exec(select(RunPart).where(RunPart.run_id == run.id)).all()
        for part in parts:
            counted = part.created + part.updated + part.unchanged + part.rejected
            if part.read != counted + part.not_subscribed:
                yield f"{run.id} read {part.read} {part.type} and tells of {counted}"
        rejected = sum(part.rejected for part in parts)
        kept = session.exec(select(func.count()).where(col(Reject.run_id) == run.id)).one()
        if kept != rejected or (run.status == "succeeded") != (not rejected):
            yield f"{run.id} {run.status} with {rejected} rejects, of which {kept} are kept"


def _records(session: Session) -> Iterator[str]:
    for source in session.exec(select(Source)):
        for key, table in TABLES.items():
            there = select(func.count()).where(
                col(table.source_id) == source.id, col(table.removed_at).is_(None)
            )
            parts = session.exec(
                select(RunPart)
                .join(Transfer, col(Transfer.id) == col(RunPart.transfer_id))
                .where(Transfer.source_id == source.id, RunPart.type == key)
            ).all()
            told = sum(part.created - part.deleted for part in parts)
            if session.exec(there).one() != told:
                yield f"{source.name} has other {key} than the {told} its runs tell of"


def _schedules(session: Session, now: datetime) -> Iterator[str]:
    for integration in session.exec(select(Integration).where(Integration.status == "active")):
        if integration.next_run_at is None or integration.next_run_at < now:
            yield f"{integration.name} was due at {integration.next_run_at}"


def _queued() -> Iterator[str]:
    """The jobs that the queue holds for the past's messages must find nothing to do."""
    with database.reading() as session:
        rows = session.exec(select(Message.id, Message.round, Message.attempts)).all()
    for message_id, round_number, count in rows:
        for number in range(1, count + 1):
            if attempts.begin(message_id, round_number, number) is not None:
                yield f"attempt {number} of {message_id} would be made again"
