"""The events that partners receive: their names and bodies. Pure."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class About:
    """The connection that an event is about, as partners see it."""

    id: str
    status: str
    app: str
    property_id: str
    property_name: str


EVENTS = {
    "connection.requested": "A property pressed Connect. Carries the access token.",
    "connection.activated": "The connection became active.",
    "connection.rejected": "You rejected the request.",
    "connection.disabled": "The connection was paused by the property or by you.",
    "connection.enabled": "A paused connection works again.",
    "connection.disconnected": "The connection ended and its token was revoked.",
    "token.rotated": "The property rotated the access token. Carries the new one.",
    "endpoint.test": "A test, sent because somebody pressed Send test event.",
}


CARRY_A_TOKEN = ("connection.requested", "token.rotated")
_STATUS_AFTER = {
    "connection.requested": "pending",
    "connection.rejected": "rejected",
    "connection.disabled": "disabled",
    "connection.disconnected": "disconnected",
}
_EXAMPLE_AT = datetime(2026, 11, 21, 14, 2, tzinfo=UTC)


def example(event: str) -> str:
    """Return the body of an invented `event`, indented for people to read."""
    status = _STATUS_AFTER.get(event, "active")
    about = About("con_01ka0example", status, "your-app", "pro_01ka0example", "Harbour Hotel")
    more = {}
    if event in CARRY_A_TOKEN:
        more["access_token"] = "adj_" + "0123456789ABCDEF" * 2 + "01234567"
    if event == "connection.rejected":
        more["reason"] = "We do not know this property code yet."
    return json.dumps(json.loads(body(event, _EXAMPLE_AT, about, **more)), indent=2)


def body(event: str, at: datetime, about: About, **more: str) -> str:
    """Return the JSON body of an event, in the shape of Standard Webhooks 1.0.0.

    `more` are further fields of `data`, for example `access_token`.
    """
    connection = {
        "id": about.id,
        "status": about.status,
        "app": about.app,
        "property": {"id": about.property_id, "name": about.property_name},
    }
    return json.dumps(
        {"type": event, "timestamp": at.isoformat(), "data": {"connection": connection, **more}},
        ensure_ascii=False,
        separators=(",", ":"),
    )
