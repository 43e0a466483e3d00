"""Occasions: what gives people notice that something needs them, and what shows that it is done.

Each is called in the transaction of what happened, by the one who wrote it into the history. Who
looks after a case is told by the cases themselves.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, select

from domain import moments, notices
from domain.types_of_data import ALL
from storage.apps import App
from storage.connections import Connection
from storage.integrations import Integration
from storage.messages import Endpoint
from storage.notices import Notice
from storage.partners import Partner
from storage.properties import Property
from storage.sources import Source, Transfer

# What an event of a connection shows to be done.
_DONE = {
    "connection.activated": ("connection.requested",),
    "connection.rejected": ("connection.requested",),
    "connection.requested": ("connection.rejected",),
    "connection.connected": ("connection.broken",),
    "connection.repaired": ("connection.broken",),
    "connection.disconnected": (
        "connection.requested",
        "connection.rejected",
        "connection.broken",
        "values.gone",
    ),
}
_ASKS_PARTNER = ("connection.requested", "connection.nudged", "connection.reminded")
_ASKS_HOTEL = ("connection.rejected", "connection.broken")


def of_connection(
    session: Session, connection: Connection, event: str, who: str, now: datetime
) -> None:
    """Note an event of a connection; `who` is the name of who brought it about."""
    for kind in _DONE.get(event, ()):
        notices.clear(session, kind, connection.id, now)
    if event in _ASKS_PARTNER:
        _ask_partner(session, connection, event, who, now)
    elif event in _ASKS_HOTEL:
        _ask_hotel(session, connection, event, now)


def of_row(session: Session, row: object, event: str, now: datetime) -> None:
    """Note an event of an integration, a data transfer or a source."""
    if isinstance(row, Integration):
        _of_integration(session, row, event, now)
    elif isinstance(row, Transfer):
        _of_transfer(session, row, event, now)
    elif isinstance(row, Source) and event == "source.removed":
        _forget_transfers(session, row, now)


def of_endpoint(session: Session, endpoint: Endpoint, event: str, now: datetime) -> None:
    """Note an event of a webhook endpoint: one that its partner disabled needs nobody."""
    if event == "endpoint.disabled" and endpoint.disabled_by == "adjoin":
        _tell(
            session,
            endpoint.partner_id,
            "endpoint.disabled",
            "A webhook endpoint was disabled",
            f"{endpoint.url}: {endpoint.disabled_why} Nothing is lost: enable it and replay what "
            "it missed.",
            "/hub/endpoint",
            endpoint.id,
            now,
        )
    elif event in ("endpoint.disabled", "endpoint.enabled", "endpoint.removed"):
        notices.clear(session, "endpoint.disabled", endpoint.id, now)


def of_values(
    session: Session, connection: Connection, event: str, gone: Iterable[str], now: datetime
) -> None:
    """Note a new version of a value mapping; `gone` are the labels of what the source lacks."""
    lost = ", ".join(gone)
    if not lost:
        notices.clear(session, "values.gone", connection.id, now)
    elif event == "values.gone":
        _tell(
            session,
            connection.property_id,
            "values.gone",
            f"{session.get_one(App, connection.app_id).name} lacks a value",
            f"What was chosen for {lost} is gone at the source. Choose what takes its place.",
            f"/subscriptions/{connection.id}/mapping",
            connection.id,
            now,
        )


# Details


def _ask_partner(
    session: Session, connection: Connection, event: str, who: str, now: datetime
) -> None:
    app = session.get_one(App, connection.app_id)
    if app.activation == "automatic" or not connection.partner_id or connection.in_sandbox:
        return  # nobody has to press anything
    hotel = session.get_one(Property, connection.property_id).name
    waited = moments.span(now - connection.requested_at)
    title, text = {
        "connection.requested": (f"{hotel} wants to connect {app.name}", "It is your turn."),
        "connection.nudged": (f"{hotel} is waiting for {app.name}", f"{who} asks you to look."),
        "connection.reminded": (f"{hotel} still waits for {app.name}", f"It asked {waited} ago."),
    }[event]
    _tell(
        session,
        connection.partner_id,
        "connection.requested",
        title,
        f"{text} Activate the request, or reject it and say why.",
        f"/hub/connections/{connection.id}",
        connection.id,
        now,
    )


def _ask_hotel(session: Session, connection: Connection, event: str, now: datetime) -> None:
    app = session.get_one(App, connection.app_id)
    partner = session.get(Partner, connection.partner_id or "")
    developer = partner.name if partner else app.name
    title, text = {
        "connection.rejected": (
            f"{app.name} was rejected",
            f"{developer} wrote why. Put it right, then press Reconnect.",
        ),
        "connection.broken": (
            f"{app.name} needs new credentials",
            "It refuses those that it has. Press Repair; nothing is lost.",
        ),
    }[event]
    where = connection.property_id, f"/subscriptions/{connection.id}"
    _tell(session, where[0], event, title, text, where[1], connection.id, now)


def _of_integration(session: Session, row: Integration, event: str, now: datetime) -> None:
    if event == "integration.disabled" and row.disabled_by == "adjoin":
        _tell(
            session,
            row.property_id,
            event,
            f"{row.name} disabled itself",
            row.reason,
            f"/integrations/{row.id}",
            row.id,
            now,
        )
    elif event in ("integration.enabled", "integration.removed"):
        notices.clear(session, "integration.disabled", row.id, now)


def _of_transfer(session: Session, row: Transfer, event: str, now: datetime) -> None:
    if event == "transfer.paused":
        source = session.get_one(Source, row.source_id)
        _tell(
            session,
            row.property_id,
            event,
            f"{ALL[row.type].label} of {source.name} are paused",
            row.reason,
            f"/sources/{row.source_id}/transfers/{row.id}",
            row.id,
            now,
        )
    elif event in ("transfer.activated", "transfer.deactivated", "transfer.removed"):
        notices.clear(session, "transfer.paused", row.id, now)


def _forget_transfers(session: Session, source: Source, now: datetime) -> None:
    """Note that the transfers of a source have gone together with it."""
    below = col(Notice.path).startswith(f"/sources/{source.id}/", autoescape=True)
    told = select(Notice.about).where(Notice.kind == "transfer.paused", below).distinct()
    for transfer_id in session.exec(told).all():
        notices.clear(session, "transfer.paused", transfer_id, now)


def _tell(
    session: Session,
    place: str,
    kind: str,
    title: str,
    text: str,
    path: str,
    about: str,
    now: datetime,
) -> None:
    people = notices.who_can_act(session, place)
    notices.tell(session, people, kind, title, text, path, place, about, now)
