"""The events that partners receive: their names and bodies. Pure."""

import json
from dataclasses import dataclass
from datetime import datetime


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
