"""People: their names and passwords, and who belongs to a place."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from domain import (
    cases,
    history,
    letters,
    messages,
    moments,
    notices,
    passwords,
    questions,
    sign_ins,
)
from domain.actors import Actor, Standing, in_person, roles_of, standing
from domain.properties import checked_text
from domain.refusals import Refusal, invalid, not_found
from storage import changes, database
from storage.people import Invitation, Membership, Person

LAST_ONE = "Somebody has to stay who can manage this. Invite another person first."
ROLES = {"property": ("manager", "viewer"), "partner": ("partner",), "platform": ("operator",)}


@dataclass(frozen=True)
class Member:
    membership_id: str
    name: str
    email: str
    role: str
    since: datetime
    is_me: bool


def members(actor: Actor, place_key: str, *, now: datetime | None = None) -> tuple[Member, ...]:
    """Return who belongs to a place; `place_key` is the id of a property or a partner, or
    "platform". Refuses `not_found` to whoever does not belong there (operators may look)."""
    with database.reading() as session:
        who = standing(session, actor, now or moments.now())
        if not belongs(who, place_key):
            raise not_found("This place")
        rows = session.exec(
            select(Membership, Person)
            .join(Person)
            .where(at_place(Membership, place_key), col(Membership.ended_at).is_(None))
            .order_by(Person.name)
        )
        return tuple(
            Member(m.id, p.name, p.email, m.role, m.created_at, p.id == who.person_id)
            for m, p in rows
        )


def remove(
    actor: Actor, membership_id: str, reason: str = "", *, now: datetime | None = None
) -> None:
    """End a membership: those who manage the place, and operators with a `reason` that it reads.

    Refuses `not_found`, `forbidden`, `invalid` when an operator gives no reason, and `last_one` for
    the last who can manage the place, so that no operator can empty it and let itself in.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who = standing(session, actor, now)
        membership = session.get(Membership, membership_id)
        if membership is None or membership.ended_at or not belongs(who, place_of(membership)):
            raise not_found("This member")
        reason = _checked_end(session, who, place_of(membership), reason)
        _hold_peers(session, membership)
        if is_last(session, membership):
            raise Refusal("last_one", LAST_ONE)
        if not _end(session, membership, now):
            raise not_found("This member")
        person = session.get_one(Person, membership.person_id)
        if membership.role == "operator":
            cases.free(session, who, person.id, now)
        note = f"{person.name}: {reason}" if reason else person.name
        _record(session, "member.removed", who, membership, now, note)
        if reason:
            _tell_place(session, who, membership, note, now)


def change_password(actor: Actor, current: str, new: str, *, now: datetime | None = None) -> None:
    """Change the person's own password and sign out all their other browsers.

    Refuses `wrong_password`, `too_many_tries` and `invalid`.
    """
    now = now or moments.now()
    with database.reading() as session:
        person = session.get_one(Person, in_person(session, actor, now).person_id)
    sign_ins.confirm_password(actor, current, now=now)
    passwords.check_new(new, person.email)
    # Hashed before the transaction: it takes long on purpose, and nobody should wait for it.
    password_hash = passwords.hashed(new)
    with database.transaction() as session:
        who = in_person(session, actor, now)
        mine = sign_ins.held(session, person)
        if mine is None:
            raise Refusal("wrong_password", "Your password was just changed somewhere else.")
        mine.password_hash, mine.password_changed_at = password_hash, now
        count = sign_ins.end_all_of(session, mine.id, now, but=actor.id)
        note = f"{sign_ins.in_words(count)} signed out"
        history.record(session, "password.changed", who, who.side, now, note=note)
        letter = letters.password_changed(mine.name)
        messages.send_letter(session, mine.email, letter, now, event="password.changed")


def rename(actor: Actor, name: str, *, now: datetime | None = None) -> None:
    """Change the person's own name; refuses `invalid`."""
    now = now or moments.now()
    with database.transaction() as session:
        who = in_person(session, actor, now)
        name = checked_name(name)
        session.get_one(Person, who.person_id).name = name
        note = f"{who.who} → {name}"
        history.record(session, "person.renamed", who, who.side, now, note=note)


def new(email: str, name: str, password: str, now: datetime) -> Person:
    """Return an account that is not kept yet; refuses `invalid`.

    Hashing takes long on purpose: call it before a transaction, and `create` inside.
    """
    email = checked_email(email)
    passwords.check_new(password, email)
    return Person(
        email=email,
        name=checked_name(name),
        password_hash=passwords.hashed(password),
        created_at=now,
        password_changed_at=now,
    )


def create(session: Session, person: Person) -> Person:
    """Keep a `new` account, in the transaction of the caller; refuses `account_exists`."""
    if not database.takes(session, person):
        raise Refusal(
            "account_exists", "Somebody just made an account with this e-mail address. Try again."
        )
    return person


def checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= 80 or not name.isprintable():
        raise invalid("Write your name, with 80 characters at most.")
    return name


def checked_email(email: str) -> str:
    email = email.strip().lower()
    if not questions.is_email(email):
        raise invalid("Write an e-mail address, such as maya@hotel.example.")
    return email


def belongs(who: Standing, place_key: str) -> bool:
    """Return whether somebody may see who belongs to a place."""
    return who.is_operator or who.sees_property(place_key) or who.belongs_to(place_key)


def check_manages(session: Session, who: Standing, place_key: str) -> None:
    """Refuse `forbidden` to whoever may not invite to a place and remove from it.

    Its own people may. Operators let the first one in; from then on the place decides alone, or
    an operator could let itself in and act on its behalf.
    """
    if who.manages(place_key) or who.belongs_to(place_key):
        return
    if not who.is_operator:
        raise Refusal("forbidden", "Only a manager can do this. Ask one of them.")
    if place_key != "platform" and _has_managers(session, place_key):
        raise Refusal(
            "forbidden",
            "There are people here who manage this themselves, so only they can invite and "
            "remove. Ask one of them.",
        )


def check_apart(session: Session, person_id: str, place_key: str) -> None:
    """Refuse `other_side` when a person would be an operator and belong to a hotel or a partner.

    Nobody may stand on both sides: an operator could activate or connect for others.
    """
    roles = roles_of(session, person_id)
    if any((role.role == "operator") != (place_key == "platform") for role in roles):
        raise Refusal(
            "other_side",
            "Nobody can be an operator and belong to a property or a partner too. Use another "
            "e-mail address.",
        )


def place_of(row: Membership) -> str:
    return row.property_id or row.partner_id or "platform"


def at_place(table: type[Membership], place_key: str) -> sa.ColumnElement[bool]:
    """Return the condition that a membership belongs to a place."""
    if place_key == "platform":
        return col(table.role) == "operator"
    return sa.or_(col(table.property_id) == place_key, col(table.partner_id) == place_key)


def announce(session: Session, row: Membership | Invitation) -> None:
    """Let the windows of a place know that its people have changed."""
    changes.announce(session, changes.Change("people", row.id, row.property_id, row.partner_id))
    if isinstance(row, Membership):
        notices.announce(session, row.person_id)  # who left reads no notices of the place


def _has_managers(session: Session, place_key: str) -> bool:
    managers = select(Membership.id).where(
        at_place(Membership, place_key),
        col(Membership.role).in_(("manager", "partner")),
        col(Membership.ended_at).is_(None),
    )
    return session.exec(managers).first() is not None


def _end(session: Session, membership: Membership, now: datetime) -> bool:
    return database.changes_a_row(
        session,
        sa.update(Membership)
        .where(col(Membership.id) == membership.id, col(Membership.ended_at).is_(None))
        .values(ended_at=now),
    )


def is_last(session: Session, membership: Membership) -> bool:
    """Return whether nobody would be left who can manage a place; viewers never could."""
    if membership.role == "viewer":
        return False
    return len(session.exec(_peers(membership)).all()) <= 1


def _hold_peers(session: Session, membership: Membership) -> None:
    # Held still, in one order for everybody: two managers may be removing each other right now.
    session.exec(_peers(membership).with_for_update()).all()


def _peers(membership: Membership) -> SelectOfScalar[Membership]:
    return (
        select(Membership)
        .where(
            at_place(Membership, place_of(membership)),
            Membership.role == membership.role,
            col(Membership.ended_at).is_(None),
        )
        .order_by(col(Membership.id))
    )


def _checked_end(session: Session, who: Standing, place_key: str, reason: str) -> str:
    """Return why a membership ends, empty for those who manage the place themselves."""
    if not who.is_operator:
        check_manages(session, who, place_key)
        return ""
    words, is_ours = "why; the people of that place read it", place_key == "platform"
    return checked_text(reason, words, optional=is_ours, longest=500)


def _tell_place(
    session: Session, who: Standing, membership: Membership, note: str, now: datetime
) -> None:
    """Let those who manage a place know that an operator has sent somebody away."""
    place_key = place_of(membership)
    notices.tell(
        session,
        notices.who_can_act(session, place_key),
        "people.removed",
        "An operator ended somebody’s access",
        f"{who.who} wrote: {note}",
        "/people",
        place_key,
        membership.id,
        now,
    )


def _record(
    session: Session, event: str, who: Standing, row: Membership, now: datetime, note: str
) -> None:
    side = "platform" if who.is_operator else "partner" if row.partner_id else "property"
    history.record(
        session,
        event,
        who,
        side,
        now,
        property_id=row.property_id,
        partner_id=row.partner_id,
        subject_id=row.person_id,
        before=row.role,
        note=note,
    )
    announce(session, row)
