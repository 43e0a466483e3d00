"""The demo's world: fills an empty database once, and finds its programs again at later starts."""

import re
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from demo import cast, past, stage
from demo.cast import accounts
from demo.post_office import PostOffice
from demo.programs import Addresses, Receiver
from domain import history
from domain.actors import ADJOIN, standing
from storage import audit, database, tables
from storage.authorizations import Authorization
from storage.history import HistoryRow
from storage.messages import Endpoint
from storage.partners import Partner
from storage.people import Person

__all__ = ["accounts", "build"]

_DONE = "demo.prepared"


def build(programs: Addresses, now: datetime, post_office: PostOffice | None = None) -> None:
    """Fill the open, migrated database with the demo's hotels, partners, apps and their past.

    Call it before the job queue starts, with the programs running and an installation whose door
    allows them. A world that is there already stays as it is; only where a program has moved to
    another port, its address is corrected. The past's mails are put into `post_office`.
    Raises RuntimeError for a database that holds anything else.
    """
    if _is_there():
        _find_programs(programs)
        return
    _empty()
    past.play(stage.build(programs, now), post_office)
    with database.transaction() as session:
        # By the usual verb: a row without a stamp would look as if somebody had made it up.
        history.record(session, _DONE, standing(session, ADJOIN, now), "adjoin", now)


def _is_there() -> bool:
    done = select(HistoryRow.id).where(HistoryRow.event == _DONE)
    with database.reading() as session:
        return session.exec(done).first() is not None


def _empty() -> None:
    """Clear away a demo that was interrupted while it was built, and nothing else."""
    with database.transaction() as session:
        emails = set(session.exec(select(Person.email)))
        if emails and cast.OPERATOR not in emails:
            raise RuntimeError("This database holds data of its own. The demo needs an empty one.")
        audit.release(session.connection())
        for table in reversed(tables.metadata.sorted_tables):
            session.execute(sa.delete(table))
        audit.protect(session.connection())


def _find_programs(programs: Addresses) -> None:
    stage.point_vendors(programs)
    with database.transaction() as session:
        for receiver in programs.receivers:
            _point_endpoint(session, receiver)
        _point_authorizations(session, programs)


def _point_endpoint(session: Session, receiver: Receiver) -> None:
    """Correct the address of a program's endpoint; endpoints that people added stay."""
    rows = session.exec(
        select(Endpoint)
        .join(Partner)
        .where(
            Partner.name == receiver.name,
            col(Endpoint.url).like("http://127.0.0.1:%/adjoin"),
        )
        .order_by(col(Endpoint.created_at))
    )
    first = rows.first()
    if first is not None:
        first.url = receiver.hook


def _point_authorizations(session: Session, programs: Addresses) -> None:
    """Correct the addresses of the stand-in's systems; those of other systems stay."""
    of_stand_in = re.compile(r"http://127\.0\.0\.1:\d+(/(mews|cloudbeds|apaleo|boathouse)\b.*)")
    for authorization in session.exec(select(Authorization)):
        if found := of_stand_in.fullmatch(authorization.address):
            authorization.address = f"{programs.vendors}{found[1]}"
