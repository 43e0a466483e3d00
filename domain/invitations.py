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
    notices,
    passwords,
    people,
    places,
    sign_ins,
    throttle,
)
from domain.actors import Actor, Standing, roles_of, standing
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

    `place_key` is the id of a property or a partner, or "platform". Operators invite to a property
    or a partner only while nobody there manages it. Refuses `not_found`, `forbidden`, `invalid`,
    `already_member`, and `other_side` when an operator would join a property or a partner, or one
    of theirs would become an operator.
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
    Refuses `link_used`, `invalid`, `already_member`, `other_side`, `account_exists`, and
    `wrong_password`, whose tries count like failed sign-ins: `too_many_tries`.
    """
    now = now or moments.now()
    with database.reading() as session:
        email = _find(session, secret, now).email
        person = session.exec(select(Person).where(Person.email == email)).one_or_none()
        if person is not None:
            throttle.check(session, email, address, person.id, now)
    # Checked and hashed before the transaction: it takes long on purpose.
    is_right = person is None or passwords.matches(password, person.password_hash)
    account = person or people.new(email, name, password, now)
    with database.transaction() as session:
        invitation = _find(session, secret, now, hold=True)
        new = people.create(session, account) if person is None else None
        if member := new or (sign_ins.held(session, account) if is_right else None):
            _let_in(session, member, invitation, now)
            return sign_ins.begin(session, member, device, address, now)
        throttle.note_failure(session, email, address, now)
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
    """Make an invitation's link useless; refuses `not_found`, and `forbidden` to who neither
    manages the place nor made the invitation."""
    now = now or moments.now()
    with database.transaction() as session:
        who = standing(session, actor, now)
        invitation = session.get(Invitation, invitation_id)
        if invitation is None or not people.belongs(who, _place_key(invitation)):
            raise not_found("This invitation")
        if invitation.invited_by != who.person_id:
            people.check_manages(session, who, _place_key(invitation))
        invitation.withdrawn_at = now
        _record(session, "member.invitation_withdrawn", who, invitation, now)


def resend(actor: Actor, invitation_id: str, *, now: datetime | None = None) -> Sent:
    """Send an invitation again, with a new link that works for 7 days; the old one stops.

    One that ran out begins to work again. Refuses `not_found`, and `forbidden` to who could not
    invite to this place now.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who = standing(session, actor, now)
        invitation = session.get(Invitation, invitation_id)
        if invitation is None or not people.belongs(who, _place_key(invitation)):
            raise not_found("This invitation")
        people.check_manages(session, who, _place_key(invitation))
        _refuse_members(session, invitation.email, _place_key(invitation))
        secret = secrets.token_urlsafe(32)
        if not _renew(session, invitation, who, secret, now):
            raise not_found("This invitation")
        return _send(session, invitation, who, secret, now)


def _renew(
    session: Session, invitation: Invitation, who: Standing, secret: str, now: datetime
) -> bool:
    """Give an invitation another link; of two at once, or when it was just used, one is False."""
    return database.changes_a_row(
        session,
        sa.update(Invitation)
        .where(
            col(Invitation.id) == invitation.id,
            col(Invitation.accepted_at).is_(None),
            col(Invitation.withdrawn_at).is_(None),
        )
        .values(
            secret_hash=encryption.digest(secret),
            invited_by=who.person_id,
            expires_at=now + LIFETIME,
        ),
    )


def _send(
    session: Session, invitation: Invitation, who: Standing, secret: str, now: datetime
) -> Sent:
    """Queue the mail of an invitation; where no mail server is set up, return its link."""
    place = _place_name(session, invitation)
    letter = letters.invitation(who.who, place, _ROLE_WORDS[invitation.role], secret)
    messages.send_letter(session, invitation.email, letter, now, event="invitation")
    _record(session, "member.invited", who, invitation, now)
    session.flush()
    return Sent(invitation.id, None if current().post else link(f"/invitation/{secret}"))


def _drafted(
    session: Session, who: Standing, email: str, role: str, place_key: str, now: datetime
) -> Invitation:
    kind = _kind_of(session, place_key)
    if kind is None or not people.belongs(who, place_key):
        raise not_found("This place")
    people.check_manages(session, who, place_key)
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
    known = session.exec(select(Person.id).where(Person.email == email)).one_or_none()
    if known is not None:
        people.check_apart(session, known, place_key)
    for older in _open_rows(session, place_key, now):
        if older.email == email:
            older.withdrawn_at = now
    return invitation


def _kind_of(session: Session, place_key: str) -> str | None:
    if place_key == "platform":
        return "platform"
    if hotel := session.get(Property, place_key):
        return None if hotel.sandbox_of else "property"
    return "partner" if session.get(Partner, place_key) else None


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


def _find(session: Session, secret: str, now: datetime, *, hold: bool = False) -> Invitation:
    row = session.exec(
        select(Invitation).where(Invitation.secret_hash == encryption.digest(secret))
    ).one_or_none()
    if row is None or row.accepted_at or row.withdrawn_at or row.expires_at <= now:
        raise Refusal(
            "link_used",
            "This invitation was used already or is too old. Ask whoever "
            "invited you for a new one.",
        )
    if hold:
        _hold_place(session, row)
    _check_inviter(session, row)
    return row


def _hold_place(session: Session, invitation: Invitation) -> None:
    """Of two who would be the first one in at the same time, let one wait for the other."""
    table = Property if invitation.property_id else Partner
    place = session.get(table, invitation.property_id or invitation.partner_id or "")
    if place is not None:
        database.lock(session, place)


def _check_inviter(session: Session, invitation: Invitation) -> None:
    """Refuse `link_used` when whoever invited could not do so any more: they left, or they are an
    operator and the first one is in."""
    try:
        people.check_manages(session, _inviter(session, invitation), _place_key(invitation))
    except Refusal as refusal:
        raise Refusal(
            "link_used",
            "Whoever invited you cannot let anybody in any more. Ask somebody who manages "
            f"{_place_name(session, invitation)} for a new invitation.",
        ) from refusal


def _inviter(session: Session, invitation: Invitation) -> Standing:
    person = session.get_one(Person, invitation.invited_by)
    return Standing(person.name, person.id, person.email, roles_of(session, person.id))


def _take(session: Session, invitation: Invitation, now: datetime) -> None:
    taken = database.changes_a_row(
        session,
        sa.update(Invitation)
        .where(
            col(Invitation.id) == invitation.id,
            col(Invitation.accepted_at).is_(None),
            col(Invitation.withdrawn_at).is_(None),
        )
        .values(accepted_at=now),
    )
    if not taken:
        raise Refusal("link_used", "This invitation was just used.")


def _let_in(session: Session, person: Person, invitation: Invitation, now: datetime) -> None:
    _take(session, invitation, now)
    people.check_apart(session, person.id, _place_key(invitation))
    _refuse_members(session, person.email, _place_key(invitation))
    session.add(
        Membership(
            person_id=person.id,
            role=invitation.role,
            property_id=invitation.property_id,
            partner_id=invitation.partner_id,
            created_at=now,
        )
    )
    _record_joined(session, person, invitation, now)
    if invitation.role != "viewer":
        notices.hand_on(session, person.id, _place_key(invitation), now)


def _record_joined(session: Session, person: Person, invitation: Invitation, now: datetime) -> None:
    # Without a mail server the link is handed to the inviter, so an operator could open it itself,
    # under a new address that it invented, and be the first one in. Only mail proves whose an
    # address is. What can be done here is to write down who let whom in.
    inviter = _inviter(session, invitation)
    by = f"{inviter.who}, operator" if inviter.is_operator else inviter.who
    who, note = Standing(person.name, person.id), f"{person.email}, invited by {by}"
    _record(session, "member.joined", who, invitation, now, note=note)


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


def _record(
    session: Session,
    event: str,
    who: Standing,
    row: Invitation,
    now: datetime,
    *,
    note: str = "",
) -> None:
    side = "platform" if row.role == "operator" else "partner" if row.partner_id else "property"
    history.record(
        session,
        event,
        who,
        side,
        now,
        property_id=row.property_id,
        partner_id=row.partner_id,
        subject_id=row.id,
        after=row.role,
        note=note or row.email,
    )
    people.announce(session, row)
