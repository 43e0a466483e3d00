"""Partners: the third parties behind integrated apps, and how they want to be told."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from domain import choices, history, moments, people
from domain.actors import Actor, Standing, operating, standing
from domain.properties import checked_text
from domain.refusals import Refusal, invalid, not_found
from storage import changes, database
from storage.apps import App
from storage.connections import Connection
from storage.messages import Endpoint, Message
from storage.partners import Partner
from storage.people import Membership


@dataclass(frozen=True)
class Settings:
    """How a partner is reached, by hotels and by Adjoin."""

    name: str
    website: str
    contact_name: str
    contact_email: str
    contact_phone: str
    notify_by_webhook: bool
    notify_by_mail: bool
    mail_to: str
    token_in_mail: bool


@dataclass(frozen=True)
class Overview:
    """The numbers on a partner's first page."""

    waiting: int
    active: int
    apps: int
    failing_deliveries: int
    endpoint_status: str | None
    oldest_waiting: datetime | None


@dataclass(frozen=True)
class Row:
    """A partner, as operators list it; `people` counts its members."""

    id: str
    name: str
    contact_name: str
    contact_email: str
    contact_phone: str
    website: str
    apps: int
    people: int


def create(
    actor: Actor,
    name: str,
    *,
    contact_name: str = "",
    contact_email: str = "",
    website: str = "",
    now: datetime | None = None,
) -> str:
    """Add a partner and return its id; for operators. Refuses `not_found`, `invalid`."""
    now = now or moments.now()
    with database.transaction() as session:
        who = operating(session, actor, now)
        name = _checked_name(session, name)
        partner = Partner(
            name=name,
            contact_name=checked_text(contact_name, "the contact’s name", optional=True),
            contact_email=people.checked_email(contact_email) if contact_email else "",
            website=_checked_website(website),
            created_at=now,
        )
        if not database.takes(session, partner):
            raise _name_taken(name)
        history.record(
            session, "partner.created", who, "platform", now, partner_id=partner.id, note=name
        )
        return partner.id


def all_of_them(actor: Actor, *, now: datetime | None = None) -> tuple[Row, ...]:
    """Return every partner; for operators. Refuses `not_found`."""
    with database.reading() as session:
        operating(session, actor, now or moments.now())
        return _rows(session, sa.true())


def read(actor: Actor, partner_id: str, *, now: datetime | None = None) -> Row:
    """Return one partner; for operators. Refuses `not_found`."""
    with database.reading() as session:
        operating(session, actor, now or moments.now())
        found = _rows(session, col(Partner.id) == partner_id)
        if not found:
            raise not_found("This partner")
        return found[0]


def edit(
    actor: Actor,
    partner_id: str,
    name: str,
    *,
    contact_name: str = "",
    contact_email: str = "",
    contact_phone: str = "",
    website: str = "",
    now: datetime | None = None,
) -> None:
    """Change a partner's name and whom hotels contact; for operators. How it is told of requests
    is its own choice. Refuses `not_found`, `invalid`."""
    now = now or moments.now()
    with database.transaction() as session:
        who = operating(session, actor, now)
        partner = session.get(Partner, partner_id)
        if partner is None:
            raise not_found("This partner")
        name = _checked_name(session, name, partner_id)
        before = _described(partner)
        partner.name = name
        partner.contact_name = checked_text(contact_name, "the contact’s name", optional=True)
        partner.contact_email = people.checked_email(contact_email) if contact_email else ""
        partner.contact_phone = checked_text(contact_phone, "the phone number", optional=True)
        partner.website = _checked_website(website)
        if not database.takes(session, partner):
            raise _name_taken(name)
        note = history.said_changes(before, _described(partner))
        history.record(
            session, "partner.changed", who, "platform", now, partner_id=partner.id, note=note
        )
        changes.announce(session, changes.Change("partner", partner.id, None, partner.id))


def settings(actor: Actor, partner_id: str, *, now: datetime | None = None) -> Settings:
    """Return how a partner is reached; refuses `not_found` to strangers."""
    with database.reading() as session:
        partner = working_for(session, actor, partner_id, now or moments.now())[1]
        return Settings(**{name: getattr(partner, name) for name in Settings.__annotations__})


def save_contact(
    actor: Actor,
    partner_id: str,
    *,
    contact_name: str,
    contact_email: str,
    contact_phone: str,
    website: str,
    now: datetime | None = None,
) -> None:
    """Set whom hotels contact; refuses `not_found` (also to programs), `invalid`."""
    now = now or moments.now()
    with database.transaction() as session:
        who, partner = belonging_to(session, actor, partner_id, now)
        before = _described(partner)
        partner.contact_name = checked_text(contact_name, "the contact’s name")
        partner.contact_email = people.checked_email(contact_email)
        partner.contact_phone = checked_text(contact_phone, "the phone number", optional=True)
        partner.website = _checked_website(website)
        _record(session, who, partner, history.said_changes(before, _described(partner)), now)


def save_notifications(
    actor: Actor,
    partner_id: str,
    *,
    by_webhook: bool,
    by_mail: bool,
    mail_to: str,
    token_in_mail: bool,
    now: datetime | None = None,
) -> None:
    """Set how Adjoin tells the partner; refuses `not_found` (also to programs), `invalid`."""
    now = now or moments.now()
    with database.transaction() as session:
        who, partner = belonging_to(session, actor, partner_id, now)
        if not by_webhook and not by_mail:
            raise invalid("Choose a webhook, mail, or both: requests must reach you.", "partner")
        mail_to = people.checked_email(mail_to) if mail_to or by_mail else ""
        before = _told(partner)
        partner.notify_by_webhook, partner.notify_by_mail = by_webhook, by_mail
        partner.mail_to, partner.token_in_mail = mail_to, token_in_mail
        choices.check_token_arrives(session, partner)
        _record(session, who, partner, history.said_changes(before, _told(partner)), now)


def overview(actor: Actor, partner_id: str, *, now: datetime | None = None) -> Overview:
    """Return the numbers of a partner's first page; refuses `not_found` to strangers."""
    with database.reading() as session:
        working_for(session, actor, partner_id, now or moments.now())
        statuses = dict(
            session.exec(
                select(Connection.status, func.count())
                .where(Connection.partner_id == partner_id)
                .group_by(Connection.status)
            ).all()
        )
        oldest = session.exec(
            select(sa.func.min(Connection.requested_at)).where(
                Connection.partner_id == partner_id, Connection.status == "pending"
            )
        ).one()
        endpoint = session.exec(select(Endpoint).where(Endpoint.partner_id == partner_id)).first()
        return Overview(
            statuses.get("pending", 0),
            statuses.get("active", 0),
            session.exec(select(func.count()).where(App.partner_id == partner_id)).one(),
            session.exec(select(func.count()).where(failing(partner_id))).one(),
            endpoint.status if endpoint else None,
            oldest,
        )


def working_for(
    session: Session, actor: Actor, partner_id: str, now: datetime
) -> tuple[Standing, Partner]:
    """Return a partner to one of its people or programs; refuses `not_found` to all others."""
    who = standing(session, actor, now)
    partner = session.get(Partner, partner_id)
    if partner is None or not who.works_for(partner_id):
        raise not_found("This partner")
    return who, partner


def belonging_to(
    session: Session, actor: Actor, partner_id: str, now: datetime
) -> tuple[Standing, Partner]:
    """Return a partner to one of its people; refuses `not_found` to programs, too."""
    who, partner = working_for(session, actor, partner_id, now)
    if who.person_id is None:
        raise not_found("This partner")
    return who, partner


def failing(partner_id: str) -> sa.ColumnElement[bool]:
    """Return the condition for messages that were tried in vain: given up, or to be tried again."""
    return (col(Message.partner_id) == partner_id) & in_vain()


def in_vain() -> sa.ColumnElement[bool]:
    """Return the same condition for the messages of all partners."""
    is_late = col(Message.status).in_(("waiting", "sending")) & (col(Message.attempts) > 0)
    has_ended = col(Message.status) == "gave_up"
    return has_ended | is_late


def _rows(session: Session, condition: sa.ColumnElement[bool]) -> tuple[Row, ...]:
    apps = dict(
        session.exec(select(App.partner_id, func.count()).group_by(col(App.partner_id))).all()
    )
    members = dict(
        session.exec(
            select(Membership.partner_id, func.count())
            .where(col(Membership.ended_at).is_(None))
            .group_by(col(Membership.partner_id))
        ).all()
    )
    return tuple(
        Row(
            partner.id,
            partner.name,
            partner.contact_name,
            partner.contact_email,
            partner.contact_phone,
            partner.website,
            apps.get(partner.id, 0),
            members.get(partner.id, 0),
        )
        for partner in session.exec(select(Partner).where(condition).order_by(Partner.name))
    )


def _described(partner: Partner) -> dict[str, object]:
    return {
        "Name": partner.name,
        "Contact": partner.contact_name,
        "Mail": partner.contact_email,
        "Phone": partner.contact_phone,
        "Website": partner.website,
    }


def _told(partner: Partner) -> dict[str, object]:
    return {
        "By webhook": "yes" if partner.notify_by_webhook else "no",
        "By mail": "yes" if partner.notify_by_mail else "no",
        "Mail to": partner.mail_to,
        "Token in the mail": "yes" if partner.token_in_mail else "no",
    }


def _checked_name(session: Session, name: str, partner_id: str = "") -> str:
    name = checked_text(name, "the name of the partner")
    same = select(Partner.id).where(Partner.name == name, Partner.id != partner_id)
    if session.exec(same).first():
        raise _name_taken(name)
    return name


def _name_taken(name: str) -> Refusal:
    return invalid(f"There is a partner called {name} already.", "platform")


def _checked_website(text: str) -> str:
    text = text.strip()
    if text and not text.startswith(("https://", "http://")):
        raise invalid("Write the website as an address that starts with https://.", "partner")
    return checked_text(text, "the website", optional=True, longest=300)


def _record(session: Session, who: Standing, partner: Partner, note: str, now: datetime) -> None:
    history.record(
        session, "partner.changed", who, "partner", now, partner_id=partner.id, note=note
    )
    changes.announce(session, changes.Change("partner", partner.id, None, partner.id))
