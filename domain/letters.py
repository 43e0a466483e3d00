"""The mails that Adjoin writes: plain words, what happened, whose turn it is, what to do next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from textwrap import indent

from sqlmodel import Session

from domain import moments, token_links
from domain.installation import link
from storage import encryption
from storage.apps import App
from storage.connections import Connection, Token
from storage.partners import Partner
from storage.properties import Property

# Signs that turn the direction of writing: with them, a text reads otherwise than it is written.
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@dataclass(frozen=True)
class Letter:
    """`headers`: beside the usual ones, by their names."""

    subject: str
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)


def to_partner(
    session: Session,
    event: str,
    partner: Partner,
    app: App,
    hotel: Property,
    connection: Connection,
    token: Token | None,
    now: datetime,
) -> Letter:
    """Return the mail to a partner about an event of a connection."""
    subject, first = _HEADLINES[event]
    names = {"app": app.name, "hotel": hotel.name}
    parts = [first.format(**names)]
    if token is not None:
        parts.append(_token_part(session, partner, token, now))
    if event == "connection.requested":
        parts.append(_what_to_do(app))
    if event == "connection.rejected" and connection.reason:
        parts.append(f"The reason you gave:\n\n{quoted(connection.reason)}")
    parts.append(
        f"The connection in your Developer Hub:\n{link(f'/hub/connections/{connection.id}')}"
    )
    return Letter(subject.format(**names), "\n\n".join(parts) + FOOTER)


_HEADLINES = {
    "connection.requested": (
        "{hotel} wants to connect {app}",
        "{hotel} has pressed Connect for {app}.",
    ),
    "connection.activated": ("{app} is active at {hotel}", "{app} is now active at {hotel}."),
    "connection.rejected": (
        "You rejected the request of {hotel}",
        "The request of {hotel} to connect {app} was rejected.",
    ),
    "connection.disabled": (
        "{app} is paused at {hotel}",
        "The connection of {app} with {hotel} is paused. Its access token answers 403 until the "
        "side that paused it enables it again.",
    ),
    "connection.enabled": (
        "{app} works again at {hotel}",
        "The connection of {app} with {hotel} is enabled again.",
    ),
    "connection.disconnected": (
        "{hotel} and {app} are disconnected",
        "The connection of {app} with {hotel} has ended. Its access token no longer works. Please "
        "delete the data of this property that you no longer need.",
    ),
    "token.rotated": (
        "New access token for {app} at {hotel}",
        "{hotel} has rotated the access token of {app}.",
    ),
}

FOOTER = "\n\n--\nAdjoin, the integrations portal\n"


def _token_part(session: Session, partner: Partner, token: Token, now: datetime) -> str:
    if partner.token_in_mail:
        return f"Access token: {encryption.decrypt(token.ciphertext)}"
    secret = token_links.make(session, token, now)
    return "The access token waits behind this link. It opens once, within 7 days:\n" + link(
        f"/token/{secret}"
    )


def _what_to_do(app: App) -> str:
    if app.activation == "automatic":
        return "You need not do anything: the connection becomes active by itself."
    return (
        "It is your turn. Press Activate or Reject in your Developer Hub:\n"
        + link("/hub/requests")
        + "\nor call POST /api/v1/connection/activate with the access token."
    )


def nudge(app: App, hotel: Property, connection: Connection, who: str, now: datetime) -> Letter:
    """Return the mail with which a hotel asks a partner to look at its request."""
    waited = moments.span(now - connection.requested_at)
    return Letter(
        f"{hotel.name} is waiting for {app.name}",
        f"{who} of {hotel.name} asks you to look at their request to connect {app.name}. "
        f"It has been waiting for {waited}.\n\n"
        f"Activate or reject it here:\n{link(f'/hub/connections/{connection.id}')}{FOOTER}",
    )


def reminder(app: App, hotel: Property, connection: Connection, now: datetime) -> Letter:
    """Return the mail that reminds a partner of a request that waits."""
    waited = moments.span(now - connection.requested_at)
    return Letter(
        f"Still waiting: {hotel.name} and {app.name}",
        f"{hotel.name} pressed Connect for {app.name} {waited} ago and is still waiting for you."
        f"\n\nActivate or reject it here:\n{link(f'/hub/connections/{connection.id}')}{FOOTER}",
    )


def to_hotel(
    event: str, app: App, hotel: Property, connection: Connection, by: Partner | None = None
) -> Letter | None:
    """Return the mail that tells a hotel what became of its connection, None where none is due.

    `by` is the partner if it was the partner that moved it.
    """
    page = link(f"/subscriptions/{connection.id}?property={hotel.id}")
    if event == "connection.activated":
        return Letter(
            f"{app.name} is active at {hotel.name}",
            f"{app.name} is connected and active at {hotel.name}.\n\n{page}{FOOTER}",
        )
    if event == "connection.rejected":
        return Letter(
            f"{app.name} did not accept the connection with {hotel.name}",
            f"{app.name} has rejected the request of {hotel.name}. {_reason(connection)}"
            f"You can put this right and connect again:\n{page}{FOOTER}",
        )
    if event == "connection.broken":
        return Letter(
            f"{app.name} no longer accepts the credentials of {hotel.name}",
            f"The connection of {hotel.name} with {app.name} is broken: its credentials are "
            f"refused. It is your turn: enter working ones, everything else is kept.\n\n"
            f"{page}{FOOTER}",
        )
    if by is not None and event in _MOVED_BY_PARTNER:
        subject, happened, next_step = _MOVED_BY_PARTNER[event]
        names = {"app": app.name, "hotel": hotel.name, "partner": by.name}
        return Letter(
            subject.format(**names),
            f"{happened.format(**names)} {_reason(connection)}{next_step.format(**names)}"
            f"\n\n{_contact(by)}The connection in Adjoin:\n{page}{FOOTER}",
        )
    return None


_MOVED_BY_PARTNER = {
    "connection.disabled": (
        "{app} was paused at {hotel} by {partner}",
        "{partner} has paused the connection of {app} with {hotel}. Until it is enabled again, no "
        "data flows.",
        "Only {partner} can enable it again, so it is their turn.",
    ),
    "connection.enabled": (
        "{app} works again at {hotel}",
        "{partner} has enabled the connection of {app} with {hotel} again.",
        "There is nothing for you to do.",
    ),
    "connection.disconnected": (
        "{app} was disconnected from {hotel} by {partner}",
        "{partner} has ended the connection of {app} with {hotel}. Its access token no longer "
        "works.",
        "Mappings and history are kept. You can connect again at any time.",
    ),
}


def _reason(connection: Connection) -> str:
    if not connection.reason:
        return ""
    return f"They wrote:\n\n{quoted(connection.reason)}\n\n"


def quoted(words: str) -> str:
    """Mark every line of what somebody else wrote, so that none can pass for ours."""
    return indent(words, "    > ", lambda line: True)


def _contact(partner: Partner) -> str:
    ways = (partner.contact_name, partner.contact_email, partner.contact_phone)
    told = ", ".join(way for way in ways if way)
    return f"Your contact at {partner.name}: {told}\n\n" if told else ""


def invitation(inviter: str, place: str, role: str, secret: str) -> Letter:
    """Return the mail that invites somebody to a place in a role."""
    return Letter(
        f"{inviter} invites you to {place}",
        f"{inviter} invites you to Adjoin as {role} of {place}.\n\n"
        f"Accept within 7 days; the link works once:\n{link(f'/invitation/{secret}')}{FOOTER}",
    )


def endpoint_disabled(partner: str, url: str, why: str) -> Letter:
    """Return the mail that tells a partner that its webhook endpoint was disabled."""
    return Letter(
        f"Your webhook endpoint was disabled: {partner}",
        f"Adjoin stopped sending to {url}.\n\n{why}\n\n"
        "What happens meanwhile is kept. When your endpoint works again, enable it and replay "
        f"what was skipped:\n{link('/hub/endpoint')}{FOOTER}",
    )


def password_changed(name: str) -> Letter:
    """Return the mail that tells somebody that their password was changed."""
    return Letter(
        "Your Adjoin password was changed",
        f"{name}, your password was just changed and every other browser was signed out.\n\n"
        f"If it was not you, tell your manager or operator at once.{FOOTER}",
    )
