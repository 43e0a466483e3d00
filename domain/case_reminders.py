"""Reminders of cases: who is silent is asked again, by mail and by a notice, and not too often."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from domain import case_letters, case_news, connections, history, messages, moments
from domain.actors import ADJOIN, standing
from domain.case_sides import Held
from storage import changes, database, jobs
from storage.cases import Case
from storage.connections import Connection

# How long a side may be silent before it is reminded, each time once.
AFTER = {
    "partner": (timedelta(days=2), timedelta(days=5)),
    "platform": (timedelta(days=1),),
}


@jobs.every("*/10 * * * *", "case_reminders.remind")
def remind_on_time() -> None:
    """Look for reminders that are due."""
    remind()


def remind(*, now: datetime | None = None) -> int:
    """Send the reminders that are due, and return how many cases were reminded of.

    Who slept through the first one is sent the second only. The hotel is not reminded: it may have
    what it wanted.
    """
    now = now or moments.now()
    sent = 0
    for side, spans in AFTER.items():
        for number, span in reversed(list(enumerate(spans, start=1))):
            with database.reading() as session:
                due = session.exec(
                    select(Case.id).where(
                        Case.turn == side, Case.reminded < number, Case.turn_since <= now - span
                    )
                ).all()
            sent += sum(_remind_of(case_id, side, number, now) for case_id in due)
    return sent


def _remind_of(case_id: str, side: str, number: int, now: datetime) -> bool:
    with database.transaction() as session:
        claim = (
            sa.update(Case)
            .where(col(Case.id) == case_id, col(Case.turn) == side, col(Case.reminded) < number)
            .values(reminded=number)
        )
        if not database.changes_a_row(session, claim):
            return False
        held = _held(session, case_id, now)
        waited = moments.span(now - held.case.turn_since)
        for address, person_id in case_news.receivers(session, held, side):
            letter = case_letters.reminder(held, waited, side, person_id)
            messages.send_letter(session, address, letter, now, event="case.reminded")
        _note(session, held, now)
        case_news.notify(session, held, "reminder", now)
        return True


def _held(session: Session, case_id: str, now: datetime) -> Held:
    """Return the case as Adjoin itself holds it, who stands on no side."""
    case = session.get_one(Case, case_id)
    connection = session.get_one(Connection, case.connection_id)
    around = connections.around(session, connection)
    return Held(standing(session, ADJOIN, now), "adjoin", case, connection, *around)


def _note(session: Session, held: Held, now: datetime) -> None:
    case = held.case
    history.record(
        session,
        "case.reminded",
        held.who,
        "adjoin",
        now,
        connection=held.connection,
        subject_id=case.id,
        before=case.status,
        after=case.status,
        note=case.label,
    )
    changes.announce(session, changes.Change("case", case.id, case.property_id, case.partner_id))
