"""Tells the history of wrong passwords, counted by the quarter hour: guessing floods nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from domain import history, moments, throttle
from domain.actors import Standing, roles_of
from storage import database, encryption, jobs
from storage.history import HistoryRow
from storage.people import Person, SignInFailure

EVENT = "sign_in.failed"
MOST_NAMED = 20  # accounts that are told one by one in a quarter hour
_QUARTER = 15  # minutes
SOMEBODY = Standing("Somebody")


@jobs.every("*/15 * * * *", "guesses.tell")
def tell_now() -> None:
    """Tell of the quarter hour that has just ended."""
    tell(moments.now())


def tell(now: datetime) -> int:
    """Write a row for each account at which somebody guessed since the last time, up to the last
    full quarter of an hour; return how many rows. Accounts that don't exist share one.
    """
    until = now.replace(minute=now.minute // _QUARTER * _QUARTER, second=0, microsecond=0)
    with database.transaction() as session:
        guessed = _guessed(session, _told_until(session, now), until)
        known = _known(session) if guessed else {}
        named = [each for each in guessed if each.account in known][:MOST_NAMED]
        for each in named:
            _tell_of(session, known[each.account], each, until)
        others = [each for each in guessed if each not in named]
        if others:
            _tell_of_others(session, others, known, until)
        return len(named) + bool(others)


def _told_until(session: Session, now: datetime) -> datetime:
    told = session.exec(
        select(sa.func.max(HistoryRow.at)).where(HistoryRow.event == EVENT)
    ).one_or_none()
    return max(told or now - throttle.KEEP, now - throttle.KEEP)


def _guessed(session: Session, since: datetime, until: datetime) -> Sequence[sa.Row[Any]]:
    number = sa.func.count()
    return session.execute(
        sa.select(
            col(SignInFailure.account),
            number.label("number"),
            sa.func.count(col(SignInFailure.address).distinct()).label("addresses"),
            sa.func.min(col(SignInFailure.at), type_=SignInFailure.__table__.c.at.type).label("at"),  # type: ignore[attr-defined]
        )
        .where(col(SignInFailure.at) >= since, col(SignInFailure.at) < until)
        .group_by(col(SignInFailure.account))
        .order_by(number.desc(), col(SignInFailure.account))
    ).all()


def _known(session: Session) -> dict[str, tuple[str, str]]:
    """Return the ids and e-mail addresses of people by what failures call their accounts."""
    people = session.exec(select(Person.id, Person.email))
    return {encryption.digest(email): (person_id, email) for person_id, email in people}


def _tell_of(
    session: Session, person: tuple[str, str], guessed: sa.Row[Any], until: datetime
) -> None:
    person_id, email = person
    side = Standing("", roles=roles_of(session, person_id)).side
    note = f"{_tries(guessed.number)} for {email}, from {_addresses(guessed.addresses)}"
    _record(session, side, f"{note}, {_between(guessed.at, until)}", until, person_id)


def _tell_of_others(
    session: Session,
    others: Sequence[sa.Row[Any]],
    known: dict[str, tuple[str, str]],
    until: datetime,
) -> None:
    made_up = sum(each.account not in known for each in others)
    accounts = [f"{made_up} that do not exist"] if made_up else []
    if more := len(others) - made_up:
        accounts.append(f"{more} more accounts")
    tries = _tries(sum(each.number for each in others))
    between = _between(min(each.at for each in others), until)
    _record(session, "", f"{tries} for {' and '.join(accounts)}, {between}", until, None)


def _record(session: Session, side: str, note: str, until: datetime, person_id: str | None) -> None:
    history.record(session, EVENT, SOMEBODY, side, until, subject_id=person_id, note=note)


def _tries(number: int) -> str:
    return "1 wrong password" if number == 1 else f"{number:,} wrong passwords"


def _addresses(number: int) -> str:
    return "1 address" if number == 1 else f"{number:,} addresses"


def _between(first: datetime, until: datetime) -> str:
    first, until = first.astimezone(UTC), until.astimezone(UTC)
    begins = first - timedelta(minutes=first.minute % _QUARTER)
    return f"{begins:%H:%M} to {until:%H:%M} UTC"
