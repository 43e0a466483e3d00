"""Moves a row from one state to the next, with its history row and its news, in one transaction."""

from datetime import datetime
from typing import Protocol

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from domain import history, occasions
from domain.actors import Standing
from domain.lifecycle import Move
from domain.refusals import Refusal, not_found
from storage import changes, database


class Stateful(Protocol):
    """A row of a property that is in a state."""

    id: str
    property_id: str
    status: str


def move(
    session: Session,
    noun: str,
    row: Stateful,
    step: Move,
    who: Standing,
    side: str,
    now: datetime,
    *,
    note: str = "",
    **values: object,
) -> None:
    """Move `row` by a guarded update, setting `values` too; of two at once, one is refused.

    `noun` is the word of its changes: authorization, source, transfer, integration or run.
    Refuses `wrong_state`.
    """
    if side not in step.sides:
        raise Refusal("forbidden", f"You cannot {step.verb} this {noun}.")
    before, columns = row.status, sa.inspect(type(row)).columns
    if "since" in columns:
        values = {"since": now, **values}
    session.flush()
    statement = (
        sa.update(type(row))
        .where(columns["id"] == row.id, columns["status"].in_(step.before))
        .values(status=step.after, **values)
    )
    if not database.changes_a_row(session, statement):
        raise too_late(noun, before)
    session.refresh(row)
    tell(session, noun, row, step.event, who, side, now, before=before, note=note)


def tell(
    session: Session,
    noun: str,
    row: Stateful,
    event: str,
    who: Standing,
    side: str,
    now: datetime,
    *,
    before: str = "",
    after: str | None = None,
    note: str = "",
) -> None:
    """Write the history row of what happened to `row`, and let every open window know."""
    history.record(
        session,
        event,
        who,
        side,
        now,
        property_id=row.property_id,
        subject_id=row.id,
        before=before or row.status,
        after=row.status if after is None else after,
        note=note,
    )
    occasions.of_row(session, row, event, now)
    announce(session, noun, row)


def announce(session: Session, noun: str, row: Stateful) -> None:
    """Let every open window know that something about `row` is new."""
    changes.announce(session, changes.Change(noun, row.id, row.property_id))


def announce_progress(session: Session, row: Stateful) -> None:
    """Let the windows that show how far `row` is know; for all others nothing is new."""
    announce(session, "progress", row)


def hold(session: Session, row: SQLModel, what: str) -> None:
    """Let nobody else change `row`; refuses `not_found` when somebody has just removed it.

    `what` is how the refusal calls it: “This source”.
    """
    try:
        database.lock(session, row)
    except database.Gone as gone:
        raise not_found(what) from gone


def too_late(noun: str, status: str) -> Refusal:
    """Somebody was faster, or the button was an old one."""
    return Refusal(
        "wrong_state",
        f"This {noun} has changed meanwhile; it was {status}. Look at it again.",
    )
