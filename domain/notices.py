"""Notices: what needs a person now, wherever they work; told, read, and done once the need is gone.

A notice is one person's. It is shown to those only who still work at its place when they look.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, func, select

from domain import moments, places
from domain.actors import Actor, Role, in_person
from domain.places import Place
from domain.refusals import not_found
from storage import changes, database, ids, jobs
from storage.notices import STILL_OPEN, Notice
from storage.people import Membership

KEPT = timedelta(days=90)
MOST = 200  # of a person, in a list

# What each kind is called where somebody chooses among them.
KINDS = {
    "case": "Case",
    "case.evidence": "Evidence that the platform wants to read",
    "case.resolved": "Resolved case",
    "connection.broken": "Broken connection",
    "connection.rejected": "Rejected request",
    "connection.requested": "Waiting request",
    "integration.disabled": "Disabled integration",
    "transfer.paused": "Paused data transfer",
    "values.gone": "Mapped value gone",
    "endpoint.disabled": "Disabled endpoint",
    "people.removed": "Access ended by an operator",
    "app.texts": "New texts of an app",
    "app.texts_decided": "Your texts of an app",
}


# What is only to be read: reading it is all that it asks for.
NEWS = ("case.resolved", "people.removed", "app.texts_decided")


@dataclass(frozen=True)
class Row:
    """A notice. `href` opens it at its place, wherever its reader is; `place` is a place's name."""

    id: str
    at: datetime
    kind: str
    title: str
    text: str
    href: str
    place_key: str
    place: str
    is_read: bool
    is_done: bool


def tell(
    session: Session,
    people: Iterable[str],
    kind: str,
    title: str,
    text: str,
    path: str,
    place: str,
    about: str,
    now: datetime,
) -> None:
    """Give notice to people, by their ids, in the transaction of what it is about.

    `path` is a page of ours; `place` is where it is to be read: the id of a property or a partner,
    or "platform"; `about` is the id of its subject. A person is given one notice per kind and
    subject until it is cleared: telling it again brings it back as unread, with the new words.
    """
    said = {"title": title, "text": text, "path": path, "at": now, "place": place}
    # In one order for everybody, so that two who tell the same people never wait for each other.
    for person_id in sorted(set(people)):
        insert = sqlite.insert if database.is_sqlite() else postgresql.insert
        whose = {"person_id": person_id, "kind": kind, "about": about}
        session.execute(
            insert(Notice)
            .values(id=ids.new("ntc"), **whose, **said)
            .on_conflict_do_update(
                index_elements=list(whose),
                index_where=STILL_OPEN,
                set_={**said, "read_at": None, "digested_at": None},
            )
        )
        announce(session, person_id)


def clear(session: Session, kind: str, about: str, now: datetime | None = None) -> None:
    """Mark what was told as done for everybody: nobody needs to do anything about it any more."""
    still = select(Notice.person_id).where(
        Notice.kind == kind, Notice.about == about, col(Notice.done_at).is_(None)
    )
    people = sorted(session.exec(still))
    if not people:
        return
    session.execute(
        sa.update(Notice)
        .where(col(Notice.kind) == kind, col(Notice.about) == about, col(Notice.done_at).is_(None))
        .values(done_at=now or moments.now())
    )
    for person_id in people:
        announce(session, person_id)


def of_person(
    actor: Actor, *, with_done: bool = False, now: datetime | None = None
) -> tuple[Row, ...]:
    """Return what the person needs to know, the newest first; of all the places where they can
    act now. `with_done` adds what needs nobody any more."""
    with database.reading() as session:
        person_id, mine = _reader(session, actor, now or moments.now())
        query = select(Notice).where(visible(person_id, mine))
        if not with_done:
            query = query.where(col(Notice.done_at).is_(None))
        newest = query.order_by(col(Notice.at).desc(), col(Notice.id).desc()).limit(MOST)
        return tuple(_row(notice, mine) for notice in session.exec(newest))


def count_unread(actor: Actor, *, now: datetime | None = None) -> int:
    """Return how many notices need the person and were not read yet."""
    with database.reading() as session:
        person_id, mine = _reader(session, actor, now or moments.now())
        query = select(func.count()).select_from(Notice).where(visible(person_id, mine))
        return session.exec(query.where(*_UNREAD)).one()


def read(actor: Actor, notice_id: str, *, now: datetime | None = None) -> None:
    """Note that the person has read a notice of theirs; refuses `not_found`."""
    now = now or moments.now()
    with database.transaction() as session:
        person_id, mine = _reader(session, actor, now)
        notice = session.exec(
            select(Notice).where(Notice.id == notice_id, visible(person_id, mine))
        ).one_or_none()
        if notice is None:
            raise not_found("This notice")
        if notice.read_at is None:
            _note_read(notice, now)
            announce(session, person_id)


def read_all(actor: Actor, *, now: datetime | None = None) -> int:
    """Note that the person has read everything, and return how much that was."""
    now = now or moments.now()
    with database.transaction() as session:
        person_id, mine = _reader(session, actor, now)
        unread = session.exec(select(Notice).where(visible(person_id, mine), *_UNREAD)).all()
        for notice in unread:
            _note_read(notice, now)
        if unread:
            announce(session, person_id)
        return len(unread)


def hand_on(session: Session, person_id: str, place: str, now: datetime) -> None:
    """Give somebody who is new at a place notice of all that needs its people already."""
    open_ones = select(Notice).where(Notice.place == place, col(Notice.done_at).is_(None))
    for each in session.exec(open_ones.order_by(col(Notice.at))).all():
        said = each.kind, each.title, each.text, each.path
        tell(session, [person_id], *said, place, each.about, now)


def who_can_act(session: Session, place: str) -> tuple[str, ...]:
    """Return the ids of the people to tell at a place: the managers of a property, everybody at a
    partner, every operator for "platform"."""
    at_place = sa.or_(col(Membership.property_id) == place, col(Membership.partner_id) == place)
    if place == "platform":
        at_place = col(Membership.role) == "operator"
    return tuple(
        session.exec(
            select(Membership.person_id).where(
                at_place, col(Membership.role) != "viewer", col(Membership.ended_at).is_(None)
            )
        )
    )


def places_of(session: Session, roles: Iterable[Role]) -> dict[str, Place]:
    """Return the places where somebody can act, by their keys: viewers only look on."""
    found = places.of(session, [role for role in roles if role.role != "viewer"])
    return {place.key: place for place in found}


def visible(person_id: str, mine: Iterable[str]) -> sa.ColumnElement[bool]:
    """Return the condition that a notice is a person's, at one of these places."""
    return sa.and_(col(Notice.person_id) == person_id, col(Notice.place).in_(tuple(mine)))


def announce(session: Session, person_id: str) -> None:
    """Let every open window of a person know that their notices are others now."""
    changes.announce(session, changes.Change("notice", person_id))


@jobs.every("41 3 * * *", "notices.forget")
def forget_every_night() -> None:
    """Forget what is old."""
    forget()


def forget(*, now: datetime | None = None) -> None:
    """Delete the notices that came more than 90 days ago."""
    with database.transaction() as session:
        old = col(Notice.at) < (now or moments.now()) - KEPT
        session.execute(sa.delete(Notice).where(old))


# Details

_UNREAD = (col(Notice.read_at).is_(None), col(Notice.done_at).is_(None))


def _note_read(notice: Notice, now: datetime) -> None:
    notice.read_at = now
    if notice.kind in NEWS:
        notice.done_at = now


def _reader(session: Session, actor: Actor, now: datetime) -> tuple[str, dict[str, Place]]:
    """Return who looks, and the places where they can act now."""
    who = in_person(session, actor, now)
    return who.person_id or "", places_of(session, who.roles)


def _row(notice: Notice, mine: dict[str, Place]) -> Row:
    return Row(
        notice.id,
        notice.at,
        notice.kind,
        notice.title,
        notice.text,
        href(notice),
        notice.place,
        mine[notice.place].name,
        notice.read_at is not None,
        notice.done_at is not None,
    )


def href(notice: Notice) -> str:
    """Return the address of what a notice is about; it names the place, so that it opens there."""
    path, hash_, anchor = notice.path.partition("#")
    return f"{path}{'&' if '?' in path else '?'}place={notice.place}{hash_}{anchor}"
