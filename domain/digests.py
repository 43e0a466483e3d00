"""Digests: one mail a day of what is new among a person's notices, for those who want it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from domain import messages, moments, notices, quiet_hours
from domain.actors import Actor, in_person, roles_of
from domain.installation import link
from domain.letters import FOOTER, Letter
from domain.places import Place
from domain.quiet_hours import Clock
from domain.refusals import invalid
from storage import database, jobs
from storage.notices import Notice
from storage.people import Person

CHOICES = ("off", "daily")
REST = timedelta(hours=20)  # between two mails; less than the shortest day that clocks can make
PATIENCE = timedelta(hours=12)  # for places that are quiet now, so that it stays one mail
MOST = 30  # notices in a mail


def chosen(actor: Actor, *, now: datetime | None = None) -> str:
    """Return whether the person is mailed: "off" or "daily"."""
    with database.reading() as session:
        who = in_person(session, actor, now or moments.now())
        return session.get_one(Person, who.person_id).digest


def choose(actor: Actor, choice: str, *, now: datetime | None = None) -> None:
    """Keep whether the person is mailed: "off" or "daily"; refuses `invalid`."""
    if choice not in CHOICES:
        raise invalid("Choose a mail every day, or none.")
    with database.transaction() as session:
        who = in_person(session, actor, now or moments.now())
        session.get_one(Person, who.person_id).digest = choice


@jobs.every("*/10 * * * *", "digests.send")
def send_on_time() -> None:
    """Look for mails that are due."""
    send()


def send(*, now: datetime | None = None) -> int:
    """Queue the mails that are due, and return how many; nobody is written to without news."""
    now = now or moments.now()
    with database.reading() as session:
        people = session.exec(
            select(Person.id)
            .where(
                Person.digest == "daily",
                col(Person.id).in_(select(Notice.person_id).where(*_NEW)),
            )
            .order_by(col(Person.id))
        ).all()
    return sum(_send_one(person_id, now) for person_id in people)


# Details

# What was neither read nor mailed nor done.
_NEW = (
    col(Notice.read_at).is_(None),
    col(Notice.done_at).is_(None),
    col(Notice.digested_at).is_(None),
)


def _send_one(person_id: str, now: datetime) -> bool:
    with database.transaction() as session:
        person = session.get_one(Person, person_id)
        mine = notices.places_of(session, roles_of(session, person_id))
        waiting = session.exec(
            select(Notice)
            .where(notices.visible(person_id, mine), *_NEW)
            .order_by(col(Notice.at).desc(), col(Notice.id).desc())
        ).all()
        clocks = {place: quiet_hours.clock_of(session, place) for place in mine}
        told = _due(waiting, clocks, now)
        if not told or not _take(session, person_id, now):
            return False
        for notice in told:
            notice.digested_at = now
        letter = _letter(told, mine)
        messages.send_letter(session, person.email, letter, now, event="notices.digest")
        return True


def _due(waiting: Sequence[Notice], clocks: dict[str, Clock], now: datetime) -> list[Notice]:
    """Return what goes into a mail now: nothing while it is early, or quiet somewhere."""
    due_at = [clocks[notice.place].next_mail(notice.at) for notice in waiting]
    late = [moment for moment in due_at if moment <= now]
    awake = [notice for notice in waiting if not clocks[notice.place].is_quiet(now)]
    if not late or (len(awake) < len(waiting) and now - min(late) < PATIENCE):
        return []
    return awake


def _take(session: Session, person_id: str, now: datetime) -> bool:
    """Claim the mail of a day; of two processes at once, one is told True."""
    rested = sa.or_(col(Person.digested_at).is_(None), col(Person.digested_at) <= now - REST)
    claim = (
        sa.update(Person)
        .where(col(Person.id) == person_id, col(Person.digest) == "daily", rested)
        .values(digested_at=now)
    )
    return database.changes_a_row(session, claim)


def _letter(told: Sequence[Notice], mine: dict[str, Place]) -> Letter:
    number = len(told)
    subject = "1 thing needs you" if number == 1 else f"{number} things need you"
    parts = [f"{subject} in Adjoin."]
    for key, place in mine.items():
        here = [notice for notice in told[:MOST] if notice.place == key]
        if here:
            parts.append("\n\n".join((f"{place.name}:", *map(_entry, here))))
    if number > MOST:
        parts.append(f"And {number - MOST} more:\n{link('/notices')}")
    parts.append(f"You asked for this mail once a day. Stop it here:\n{link('/account')}")
    return Letter(f"{subject} in Adjoin", "\n\n".join(parts) + FOOTER)


def _entry(notice: Notice) -> str:
    """Return a notice in three lines; breaks in other people’s words could pass for ours."""
    title, text = (" ".join(words.split()) for words in (notice.title, notice.text))
    return f"  {title}\n  {text}\n  {link(notices.href(notice))}"
