"""Choices: which events an endpoint asks for, of which properties; a token always finds a way."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from domain import events
from domain.refusals import invalid
from storage.connections import Connection
from storage.messages import Endpoint
from storage.partners import Partner

LIVING = ("pending", "active", "disabled")


def wants(endpoint: Endpoint, event: str, property_id: str | None) -> bool:
    """Return whether an endpoint asked for `event` about a property."""
    return events.is_wanted(event, property_id, endpoint.events, endpoint.property_ids)


def checked_events(names: Sequence[str]) -> list[str]:
    """Return the events chosen, in the order of the catalogue; refuses `invalid`."""
    unknown = next((name for name in names if name not in events.CHOICES), None)
    if unknown is not None:
        raise invalid(
            f"There is no event called {unknown[:60]} to ask for.", "partner", field="events"
        )
    return [name for name in events.CHOICES if name in names]


def checked_properties(
    session: Session, partner_id: str, property_ids: Sequence[str], before: Sequence[str] = ()
) -> list[str]:
    """Return the properties chosen, each once; refuses `invalid` for one that is not connected.

    `before` are those chosen already: they may stay when their connection has ended.
    """
    known = {*before, *connected(session, partner_id)}
    unknown = next((each for each in property_ids if each not in known), None)
    if unknown is not None:
        raise invalid(
            f"No property {unknown[:60]} is connected with you.", "partner", field="property_ids"
        )
    return list(dict.fromkeys(property_ids))


def connected(session: Session, partner_id: str) -> set[str]:
    """Return the ids of the properties that are connected with a partner, or ask to be."""
    found = session.exec(
        select(Connection.property_id).where(
            Connection.partner_id == partner_id, col(Connection.status).in_(LIVING)
        )
    )
    return set(found)


def check_token_arrives(session: Session, partner: Partner) -> None:
    """Refuse `invalid` when the access token of a new connection would reach nobody any more.

    A partner without any endpoint is written to, whatever it chose.
    """
    session.flush()
    if partner.notify_by_mail and partner.mail_to:
        return
    endpoints = session.exec(select(Endpoint).where(Endpoint.partner_id == partner.id)).all()
    if not endpoints or not partner.notify_by_webhook:
        return
    for event in events.CARRY_A_TOKEN:
        if not any(wants(each, event, None) for each in endpoints):
            raise invalid(
                f"Then nobody would get {event}, which carries the access token. Let one endpoint "
                "ask for it, for all properties, or turn on mail first.",
                "partner",
                field="events",
            )
