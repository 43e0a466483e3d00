"""Sign-ins: rows of our own, listed for their owner, each of which can be ended."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from domain import history, moments, passwords, places, throttle
from domain.actors import Actor, Standing, in_person, roles_of
from domain.places import Place
from domain.refusals import Refusal, not_found
from storage import changes, database, encryption
from storage.people import Person, SignIn

LIFETIME = timedelta(days=14)
_SEEN_IS_NOTED_EVERY = timedelta(minutes=5)


@dataclass(frozen=True)
class Visitor:
    """Who looks at a page: the person, the places they have, and the one they look at now."""

    actor: Actor
    person_id: str
    name: str
    email: str
    places: tuple[Place, ...]
    place: Place | None


@dataclass(frozen=True)
class Device:
    """One browser in which the person is signed in."""

    id: str
    device: str
    address: str
    since: datetime
    seen_at: datetime
    is_this_one: bool


def sign_in(
    email: str, password: str, *, device: str, address: str, now: datetime | None = None
) -> str:
    """Sign a person in and return the secret for that browser's cookie.

    Refuses `wrong_credentials`, in the same words and time whether or not the account exists,
    and `too_many_tries`.
    """
    now = now or moments.now()
    email = email.strip().lower()[:254]
    with database.reading() as session:
        person = session.exec(select(Person).where(Person.email == email)).one_or_none()
        throttle.check(session, email, address, person.id if person else None, now)
    # Checked between two transactions: it takes long on purpose, and nobody should wait for it.
    is_right = passwords.matches(password, person.password_hash if person else None)
    with database.transaction() as session:
        if person is not None and is_right and held(session, person):
            wrong = throttle.forget(session, email, address)
            return begin(session, person, device, address, now, after=wrong)
        throttle.note_failure(session, email, address, now)
    raise Refusal("wrong_credentials", "The e-mail address or the password is wrong.")


def begin(
    session: Session, person: Person, device: str, address: str, now: datetime, *, after: int = 0
) -> str:
    """Make a sign-in for a person whose identity is certain, and return its secret.

    `after` is how many wrong passwords came before the right one.
    """
    secret = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            person_id=person.id,
            secret_hash=encryption.digest(secret),
            device=device[:200],
            address=address[:60],
            created_at=now,
            seen_at=now,
            expires_at=now + LIFETIME,
        )
    )
    note = f"{device[:200]}, {address[:60]}"
    if after:
        note += f", after {after} wrong password{'s' if after > 1 else ''}"
    who = Standing(person.name, person.id, roles=roles_of(session, person.id))
    history.record(session, "sign_in.began", who, who.side, now, note=note)
    return secret


def visit(secret: str | None, *, now: datetime | None = None) -> Visitor | None:
    """Return who visits with this cookie, None for strangers and ended sign-ins."""
    if not secret:
        return None
    now = now or moments.now()
    with database.reading() as session:
        found = _find(session, secret, now)
        if found is None:
            return None
        row, person = found
        mine = places.of(session, roles_of(session, person.id))
        visitor = Visitor(
            Actor("person", row.id),
            person.id,
            person.name,
            person.email,
            mine,
            places.chosen(mine, row.place),
        )
        must_note = now - row.seen_at > _SEEN_IS_NOTED_EVERY
    if must_note:
        _note_seen(visitor.actor.id, now)
    return visitor


def go_to(actor: Actor, place_key: str, *, now: datetime | None = None) -> None:
    """Let this browser look at another of the person's places; refuses `not_found`."""
    now = now or moments.now()
    with database.transaction() as session:
        who = in_person(session, actor, now)
        if place_key not in {place.key for place in places.of(session, who.roles)}:
            raise not_found("This place")
        session.get_one(SignIn, actor.id).place = place_key


def sign_out(actor: Actor, *, now: datetime | None = None) -> None:
    """End this sign-in; the windows that stay open can do nothing any more."""
    _end(actor, [actor.id], now or moments.now())


def end(actor: Actor, sign_in_id: str, *, now: datetime | None = None) -> None:
    """End one of the person's own sign-ins; refuses `not_found` for anybody else's."""
    now = now or moments.now()
    if sign_in_id not in {device.id for device in of_person(actor, now=now)}:
        raise not_found("This sign-in")
    _end(actor, [sign_in_id], now)


def sign_out_everywhere(actor: Actor, *, now: datetime | None = None) -> int:
    """End all of the person's sign-ins but this one; return how many."""
    now = now or moments.now()
    with database.transaction() as session:
        who = in_person(session, actor, now)
        person = session.get_one(Person, who.person_id)
        database.lock(session, person)
        count = end_all_of(session, person.id, now, but=actor.id)
        note = in_words(count)
        history.record(session, "sign_in.ended_everywhere", who, who.side, now, note=note)
        return count


def of_person(actor: Actor, *, now: datetime | None = None) -> tuple[Device, ...]:
    """Return the browsers in which the person is signed in, the last seen first."""
    now = now or moments.now()
    with database.reading() as session:
        who = in_person(session, actor, now)
        rows = session.exec(
            select(SignIn)
            .where(
                SignIn.person_id == who.person_id,
                col(SignIn.ended_at).is_(None),
                col(SignIn.expires_at) > now,
            )
            .order_by(col(SignIn.seen_at).desc())
        )
        return tuple(
            Device(row.id, row.device, row.address, row.created_at, row.seen_at, row.id == actor.id)
            for row in rows
        )


def confirm_password(actor: Actor, password: str, *, now: datetime | None = None) -> None:
    """Make sure that the person at the keyboard knows the password; refuses `wrong_password`.

    Wrong tries count like failed sign-ins: `too_many_tries`.
    """
    now = now or moments.now()
    with database.reading() as session:
        who = in_person(session, actor, now)
        address = session.get_one(SignIn, actor.id).address
        throttle.check(session, who.email, address, who.person_id, now)
        person = session.get_one(Person, who.person_id)
    if passwords.matches(password, person.password_hash):
        return
    with database.transaction() as session:
        throttle.note_failure(session, who.email, address, now)
    raise Refusal("wrong_password", "That is not your password. Please try again.")


def held(session: Session, checked: Person) -> Person | None:
    """Hold an account still and return it, or None if its password is not the checked one any more.

    Checking a password takes long, so it happens before the transaction. Whoever signs in holds
    the account, and so does whoever changes the password and ends the sign-ins: one waits for the
    other, and no sign-in with an old password is left over.
    """
    person = session.get_one(Person, checked.id)
    database.lock(session, person)
    return person if person.password_hash == checked.password_hash else None


def end_all_of(session: Session, person_id: str, now: datetime, *, but: str = "") -> int:
    """End every sign-in of a person but one, in the transaction of the caller; return how many."""
    rows = session.exec(
        select(SignIn).where(
            SignIn.person_id == person_id,
            SignIn.id != but,
            col(SignIn.ended_at).is_(None),
            col(SignIn.expires_at) > now,
        )
    ).all()
    for row in rows:
        row.ended_at = now
        changes.announce(session, changes.Change("sign_in", row.id))
    return len(rows)


def in_words(count: int) -> str:
    """Return how many other browsers were signed out."""
    return "1 other browser" if count == 1 else f"{count or 'no'} other browsers"


def _end(actor: Actor, sign_in_ids: list[str], now: datetime) -> None:
    with database.transaction() as session:
        who = in_person(session, actor, now)
        for sign_in_id in sign_in_ids:
            row = session.get_one(SignIn, sign_in_id)
            row.ended_at = now
            note = f"{row.device}, {row.address}"
            history.record(session, "sign_in.ended", who, who.side, now, note=note)
            changes.announce(session, changes.Change("sign_in", sign_in_id))


def _find(session: Session, secret: str, now: datetime) -> tuple[SignIn, Person] | None:
    found = session.exec(
        select(SignIn, Person)
        .join(Person)
        .where(
            SignIn.secret_hash == encryption.digest(secret),
            col(SignIn.ended_at).is_(None),
            col(SignIn.expires_at) > now,
        )
    ).one_or_none()
    return None if found is None else (found[0], found[1])


def _note_seen(sign_in_id: str, now: datetime) -> None:
    with database.transaction() as session:
        row = session.get(SignIn, sign_in_id)
        if row is not None:
            row.seen_at = now
