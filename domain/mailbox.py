"""The demo's mailbox: whose letters somebody may read where no mail server takes them away."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from domain import moments
from domain.actors import Actor, Standing, in_person
from storage import database
from storage.partners import Partner
from storage.people import Invitation, Membership, Person


def addresses(actor: Actor, *, now: datetime | None = None) -> frozenset[str]:
    """Return the mail addresses, in small letters, that count as the actor's in a demo.

    Their own; those of the partners they work for, unless another partner names it too or somebody
    outside has an account with it; and those that they invited, as long as they are nobody else's:
    a stakeholder who invites somebody wants to see the letter arrive. Nobody reads another one's
    letters by writing down that address somewhere.
    """
    with database.reading() as session:
        who = in_person(session, actor, now or moments.now())
        partners = {role.place_id for role in who.roles if role.role == "partner"}
        theirs = _of_partners(session, col(Partner.id).in_(partners))
        theirs -= _of_partners(session, col(Partner.id).not_in(partners))
        theirs -= _accounts(session, theirs) - _colleagues(session, partners)
        invited = _invited(session, who)
        invited -= _accounts(session, invited) | _of_partners(session, sa.true())
        return frozenset({who.email} | theirs | invited)


def _of_partners(session: Session, condition: sa.ColumnElement[bool]) -> set[str]:
    rows = session.exec(select(Partner.mail_to, Partner.contact_email).where(condition))
    return {address.lower() for pair in rows for address in pair if address}


def _invited(session: Session, who: Standing) -> set[str]:
    rows = session.exec(select(Invitation.email).where(Invitation.invited_by == who.person_id))
    return set(rows)


def _accounts(session: Session, addresses: set[str]) -> set[str]:
    return set(session.exec(select(Person.email).where(col(Person.email).in_(addresses))))


def _colleagues(session: Session, partner_ids: set[str]) -> set[str]:
    rows = session.exec(
        select(Person.email)
        .join(Membership)
        .where(
            col(Membership.partner_id).in_(partner_ids),
            col(Membership.ended_at).is_(None),
        )
    )
    return set(rows)
