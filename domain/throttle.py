"""Failed sign-ins: slows down guessing without locking honest people out.

Three counts over a quarter of an hour: per account and address (somebody at that place guesses),
per address (somebody tries many accounts), per account from anywhere (many places guess one).
An address from which that account signed in before suffers from the first only: everybody in a
hotel shares one, and a colleague's mistakes, or a guest's, must not lock the others out.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from domain.refusals import Refusal
from storage import encryption
from storage.people import SignIn, SignInFailure

WINDOW = timedelta(minutes=15)
KEEP = timedelta(days=1)
PER_ACCOUNT_AND_ADDRESS = 10
PER_ADDRESS = 50
PER_ACCOUNT = 100


def check(session: Session, email: str, address: str, person_id: str | None, now: datetime) -> None:
    """Refuse `too_many_tries` when an account or an address has failed too often lately."""
    account = _account(email)
    here = _failures(session, now, account=account, address=address)
    from_address = _failures(session, now, address=address)
    anywhere = _failures(session, now, account=account)
    is_too_much = from_address >= PER_ADDRESS or anywhere >= PER_ACCOUNT
    if here >= PER_ACCOUNT_AND_ADDRESS or (
        is_too_much and not _is_known(session, person_id, address)
    ):
        raise Refusal(
            "too_many_tries",
            "Too many wrong tries. Please wait a quarter of an hour and try again.",
        )


def note_failure(session: Session, email: str, address: str, now: datetime) -> None:
    """Count one wrong password."""
    session.add(SignInFailure(account=_account(email), address=address, at=now))
    session.execute(sa.delete(SignInFailure).where(col(SignInFailure.at) < now - KEEP))


def forget(session: Session, email: str, address: str) -> int:
    """Forget the failures of an account at an address, after it signed in there; return how many
    there were."""
    theirs = sa.delete(SignInFailure).where(
        col(SignInFailure.account) == _account(email), col(SignInFailure.address) == address
    )
    return len(session.execute(theirs.returning(col(SignInFailure.id))).all())


def _failures(session: Session, now: datetime, **where: str) -> int:
    statement = (
        select(sa.func.count())
        .select_from(SignInFailure)
        .where(col(SignInFailure.at) > now - WINDOW)
    )
    return session.exec(statement.filter_by(**where)).one()


def _is_known(session: Session, person_id: str | None, address: str) -> bool:
    if person_id is None:
        return False
    known = select(SignIn.id).where(SignIn.person_id == person_id, SignIn.address == address)
    return session.exec(known).first() is not None


def _account(email: str) -> str:
    return encryption.digest(email.strip().lower())
