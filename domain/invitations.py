"""Invitations: a mail with a one-time link that lets somebody into a place."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from domain import (
    history,
    letters,
    messages,
    moments,
    passwords,
    people,
    places,
    sign_ins,
    throttle,
)
from domain.actors import Actor, Standing, standing
from domain.installation import current, link
from domain.refusals import Refusal, invalid, not_found
from storage import database, encryption
from storage.partners import Partner
from storage.people import Invitation, Membership, Person
from storage.properties import Property

LIFETIME = timedelta(days=7)
_ROLE_WORDS = {
    "manager": "a manager",
    "viewer": "a viewer",
    "partner": "a member",
    "operator": "an operator",
}


@dataclass(frozen=True)
class Open:
    """An invitation that waits to be accepted."""

    id: str
    email: str
    role: str
    place: str
    invited_by: str
    expires_at: datetime
    has_account: bool = False


@dataclass(frozen=True)
class Sent:
    """`link` is given only where no mail server is set up, so that it can be handed over."""

    id: str
    link: str | None


def invite(
    actor: Actor, email: str, role: str, place_key: str, *, now: datetime | None = None
) -> Sent:
    """Invite somebody to a place; an older invitation for the same place is replaced.

    `place_key` is the id of a property or a partner, or "platform". Refuses `not_found`,
    `forbidden`, `invalid` and `already_member`.
    """
    now = now or moments.now()
    email = people.checked_email(email)
    with database.transaction() as session:
        who = standing(session, actor, now)
        invitation = _drafted(session, who, email, role, place_key, now)
        secret = secrets.token_urlsafe(32)
        invitation.secret_hash = encryption.digest(secret)
        session.add(invitation)
        place = _place_name(session, invitation)
        letter = letters.invitation(who.who, place, _ROLE_WORDS[role], secret)
        messages.send_letter(session, email, letter, now, event="invitation")
        _record(session, "member.invited", who, invitation, now)
        session.flush()
        handed_over = None if current().post else link(f"/invitation/{secret}")
        return Sent(invitation.id, handed_over)


def read(secret: str, *, now: datetime | None = None) -> Open:
    """Return what an invitation is for; refuses `link_used` when it is too late."""
    with database.reading() as session:
        invitation = _find(session, secret, now or moments.now())
        return _open(session, invitation)


def accept(
    secret: str,
    name: str,
    password: str,
    *,
    device: str,
    address: str,
    now: datetime | None = None,
) -> str:
    """Accept an invitation and return the secret of a new sign-in.

    Who has an account already gives its password; everybody else chooses a name and a password.
    Refuses `link_used`, `invalid`, `already_member`, and `wrong_password`, whose tries count like
    failed sign-ins: `too_many_tries`.
    """
    now = now or moments.now()
    with database.transaction() as session:
        invitation = _find(session, secret, now)
        person = session.exec(select(Person).where(Person.email == invitation.email)).one_or_none()
        if person is not None:
            throttle.check(session, person.email, address, person.id, now)
        if person is None or passwords.matches(password, person.password_hash):
            _take(session, invitation, now)
            person = person or people.create(session, invitation.email, name, password, now)
            _refuse_members(session, person.email, _place_key(invitation))
            _let_in(session, person, invitation, now)
            return sign_ins.begin(session, person, device, address, now)
        throttle.note_failure(session, person.email, address, now)
    raise Refusal(
        "wrong_password",
        "That is not the password of your account with this e-mail address. Please try again.",
    )


def waiting(actor: Actor, place_key: str, *, now: datetime | None = None) -> tuple[Open, ...]:
    """Return the open invitations of a place; refuses `not_found` to whoever is not of it."""
    now = now or moments.now()
    with database.reading() as session:
        who = standing(session, actor, now)
        if not people.belongs(who, place_key):
            raise not_found("This place")
        return tuple(_open(session, row) for row in _open_rows(session, place_key, now))


def withdraw(actor: Actor, invitation_id: str, *, now: datetime | None = None) -> None:
    """Make an invitation's link useless; refuses `not_found`, `forbidden`."""
    now = now or moments.now()
    with database.transaction() as session:
        who = standing(session, actor, now)
        invitation = session.get(Invitation, invitation_id)
        if invitation is None or not people.belongs(who, _place_key(invitation)):
            raise not_found("This invitation")
        _may_invite(who, _place_key(invitation))
        invitation.withdrawn_at = now
        people.announce(session, invitation)


def _drafted(
    session: Session, who: Standing, email: str, role: str, place_key: str, now: datetime
) -> Invitation:
    kind = _kind_of(session, place_key)
    if kind is None or not people.belongs(who, place_key):
        raise not_found("This place")
    _may_invite(who, place_key)
    if role not in people.ROLES[kind]:
        raise invalid("Choose a role that exists there.")
    invitation = Invitation(
        email=email,
        role=role,
        property_id=place_key if kind == "property" else None,
        partner_id=place_key if kind == "partner" else None,
        secret_hash="",
        invited_by=who.person_id or "",
        created_at=now,
        expires_at=now + LIFETIME,
    )
    _refuse_members(session, email, place_key)
    for older in _open_rows(session, place_key, now):
        if older.email == email:
            older.withdrawn_at = now
    return invitation


def _kind_of(session: Session, place_key: str) -> str | None:
    if place_key == "platform":
        return "platform"
    if session.get(Property, place_key):
        return "property"
    return "partner" if session.get(Partner, place_key) else None


def _may_invite(who: Standing, place_key: str) -> None:
    if not people.may_manage_people(who, place_key):
        raise Refusal("forbidden", "Only a manager can invite people. Ask one of them.")


def _refuse_members(session: Session, email: str, place_key: str) -> None:
    member = session.exec(
        select(Membership)
        .join(Person)
        .where(
            Person.email == email,
            people.at_place(Membership, place_key),
            col(Membership.ended_at).is_(None),
        )
    ).first()
    if member is not None:
        raise Refusal("already_member", f"{email} belongs to this place already.")


def _find(session: Session, secret: str, now: datetime) -> Invitation:
    row = session.exec(
        select(Invitation).where(Invitation.secret_hash == encryption.digest(secret))
    ).one_or_none()
    if row is None or row.accepted_at or row.withdrawn_at or row.expires_at <= now:
        raise Refusal(
            "link_used",
            "This invitation was used already or is too old. Ask whoever "
            "invited you for a new one.",
        )
    return row


def _take(session: Session, invitation: Invitation, now: datetime) -> None:
    taken = database.changes_a_row(
        session,
        sa.update(Invitation)
        .where(col(Invitation.id) == invitation.id, col(Invitation.accepted_at).is_(None))
        .values(accepted_at=now),
    )
    if not taken:
        raise Refusal("link_used", "This invitation was just used.")


def _let_in(session: Session, person: Person, invitation: Invitation, now: datetime) -> None:
    session.add(
        Membership(
            person_id=person.id,
            role=invitation.role,
            property_id=invitation.property_id,
            partner_id=invitation.partner_id,
            created_at=now,
        )
    )
    _record(session, "member.joined", Standing(person.name, person.id), invitation, now)


def _open_rows(session: Session, place_key: str, now: datetime) -> list[Invitation]:
    if place_key == "platform":
        here = col(Invitation.role) == "operator"
    else:
        here = sa.or_(
            col(Invitation.property_id) == place_key, col(Invitation.partner_id) == place_key
        )
    return list(
        session.exec(
            select(Invitation).where(
                here,
                col(Invitation.accepted_at).is_(None),
                col(Invitation.withdrawn_at).is_(None),
                col(Invitation.expires_at) > now,
            )
        )
    )


def _open(session: Session, row: Invitation) -> Open:
    has_account = session.exec(select(Person.id).where(Person.email == row.email)).first()
    return Open(
        row.id,
        row.email,
        row.role,
        _place_name(session, row),
        session.get_one(Person, row.invited_by).name,
        row.expires_at,
        has_account is not None,
    )


def _place_key(row: Invitation) -> str:
    return row.property_id or row.partner_id or "platform"


def _place_name(session: Session, row: Invitation) -> str:
    return places.name_of(session, row.role, row.property_id, row.partner_id)


def _record(session: Session, event: str, who: Standing, row: Invitation, now: datetime) -> None:
    side = "platform" if row.role == "operator" else "partner" if row.partner_id else "property"
    history.record(
        session,
        event,
        who,
        side,
        now,
        property_id=row.property_id,
        partner_id=row.partner_id,
        note=row.email,
    )
    people.announce(session, row)
