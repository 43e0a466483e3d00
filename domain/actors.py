"""Who acts, and what they may do at this moment: read afresh inside every transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session, col, select

from domain.refusals import Refusal, not_found
from storage.connections import Connection, Token
from storage.partner_keys import PartnerKey
from storage.partners import Partner
from storage.people import Membership, Person, SignIn

ActorKind = Literal["person", "token", "key", "adjoin"]


@dataclass(frozen=True)
class Actor:
    """Names who acts, without saying what they may do.

    `kind` "person" has the id of a sign-in, "token" the id of an access token, "key" the id of a
    partner key; "adjoin" is Adjoin itself, which only our own jobs can be.
    """

    kind: ActorKind
    id: str = ""


ADJOIN = Actor("adjoin")


@dataclass(frozen=True)
class Role:
    """One role of a person or a program; `place_id` is a property or a partner, empty for
    operators."""

    role: str
    place_id: str = ""


@dataclass(frozen=True)
class Standing:
    """What an actor may do now."""

    who: str
    person_id: str | None = None
    email: str = ""
    roles: tuple[Role, ...] = ()
    only_connection: str | None = None  # a token opens this connection and nothing else
    is_adjoin: bool = False

    @property
    def is_operator(self) -> bool:
        return Role("operator") in self.roles

    def manages(self, property_id: str) -> bool:
        return Role("manager", property_id) in self.roles

    def sees_property(self, property_id: str) -> bool:
        return self.manages(property_id) or Role("viewer", property_id) in self.roles

    def works_for(self, partner_id: str | None) -> bool:
        """Return whether this is one of a partner's people, or a program with one of its keys."""
        return bool(partner_id) and Role("partner", partner_id or "") in self.roles

    def belongs_to(self, partner_id: str | None) -> bool:
        """Return whether this is one of a partner's people, for what no program may do."""
        return self.person_id is not None and self.works_for(partner_id)

    @property
    def side(self) -> str:
        """Return the side on which a person works, empty without a role."""
        if self.is_operator:
            return "platform"
        kinds = {role.role for role in self.roles}
        return "partner" if "partner" in kinds else "property" if kinds else ""

    def side_of(self, connection: Connection) -> str | None:
        """Return on which side of `connection` the actor stands, None when it must see nothing.

        A viewer stands on no side that can move anything, but sees: "viewer".
        """
        if self.only_connection is not None:
            return "partner" if self.only_connection == connection.id else None
        if self.is_adjoin:
            return "adjoin"
        if self.manages(connection.property_id):
            return "property"
        if self.works_for(connection.partner_id):
            return "partner"
        if self.sees_property(connection.property_id):
            return "viewer"
        return "platform" if self.is_operator and not connection.in_sandbox else None


def standing(session: Session, actor: Actor, now: datetime) -> Standing:
    """Return what `actor` may do now; refuses `signed_out`, `token_revoked` and `key_revoked`."""
    if actor.kind == "adjoin":
        return Standing(who="Adjoin", is_adjoin=True)
    if actor.kind == "token":
        return _token_standing(session, actor.id, now)
    if actor.kind == "key":
        return _key_standing(session, actor.id)
    return _person_standing(session, actor.id, now)


def operating(session: Session, actor: Actor, now: datetime) -> Standing:
    """Return the standing of an operator; refuses `not_found` to everybody else."""
    who = standing(session, actor, now)
    if not who.is_operator:
        raise not_found("This page")
    return who


def in_person(session: Session, actor: Actor, now: datetime) -> Standing:
    """`standing` for what only people have, a password say; refuses `not_found` to programs."""
    who = standing(session, actor, now)
    if who.person_id is None:
        raise not_found("This page")
    return who


def _person_standing(session: Session, sign_in_id: str, now: datetime) -> Standing:
    row = session.exec(
        select(SignIn, Person).join(Person).where(SignIn.id == sign_in_id)
    ).one_or_none()
    if row is None or row[0].ended_at is not None or row[0].expires_at <= now:
        raise Refusal("signed_out", "You are signed out. Please sign in again.")
    person = row[1]
    return Standing(person.name, person.id, person.email, roles_of(session, person.id))


def roles_of(session: Session, person_id: str) -> tuple[Role, ...]:
    """Return the roles that a person holds now."""
    memberships = session.exec(
        select(Membership).where(
            Membership.person_id == person_id, col(Membership.ended_at).is_(None)
        )
    )
    return tuple(Role(m.role, m.property_id or m.partner_id or "") for m in memberships)


def _token_standing(session: Session, token_id: str, now: datetime) -> Standing:
    token = session.get(Token, token_id)
    if token is None or not is_alive(token, now):
        raise Refusal("token_revoked", "This access token is not valid any more.", "property")
    return Standing(who="the partner’s program", only_connection=token.connection_id)


def _key_standing(session: Session, key_id: str) -> Standing:
    key = session.get(PartnerKey, key_id)
    if key is None or key.revoked_at is not None:
        raise Refusal("key_revoked", "This partner key is not valid any more.", "partner")
    name = session.get_one(Partner, key.partner_id).name
    return Standing(f"{name} (key {key.name})", roles=(Role("partner", key.partner_id),))


def is_alive(token: Token, now: datetime) -> bool:
    """Return whether a token opens its connection: issued, or superseded less than 24 h ago."""
    if token.status == "issued":
        return True
    return token.status == "superseded" and token.expires_at is not None and token.expires_at > now
