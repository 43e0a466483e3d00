"""The demo's mailbox: whose letters somebody may read where no mail server takes them away."""

from datetime import datetime

from sqlmodel import Session, col, select

from domain import moments
from domain.actors import Actor, Standing, in_person
from storage import database
from storage.partners import Partner
from storage.people import Invitation


def addresses(actor: Actor, *, now: datetime | None = None) -> frozenset[str]:
    """Return the mail addresses, in small letters, that count as the actor's in a demo.

    Their own, those of the partners they work for, and those that they invited: a stakeholder who
    invites somebody wants to see the letter arrive.
    """
    with database.reading() as session:
        who = in_person(session, actor, now or moments.now())
        found = {who.email, *_of_partners(session, who), *_invited(session, who)}
        return frozenset(address.lower() for address in found if address)


def _of_partners(session: Session, who: Standing) -> list[str]:
    ids = [role.place_id for role in who.roles if role.role == "partner"]
    rows = session.exec(
        select(Partner.mail_to, Partner.contact_email).where(col(Partner.id).in_(ids))
    )
    return [address for pair in rows for address in pair]


def _invited(session: Session, who: Standing) -> list[str]:
    return list(
        session.exec(select(Invitation.email).where(Invitation.invited_by == who.person_id))
    )
