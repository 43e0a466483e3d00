"""The events that partners receive, in one table: name, meaning, body, schema and example. Pure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from domain.shelves import path_of, public_id
from domain.types_of_data import ALL, TypeOfData

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class About:
    """The connection that an event is about, as partners see it."""

    id: str
    status: str
    app: str
    property_id: str
    property_name: str


@dataclass(frozen=True)
class Event:
    """One kind of event.

    group: a key of GROUPS. carries: what `data` has beside the connection, each with its JSON
    Schema. invented: an example of each. optional: those that may be missing. status: of the
    connection, in the example.
    """

    name: str
    group: str
    meaning: str
    carries: Mapping[str, Schema] = field(default_factory=dict)
    invented: Mapping[str, Any] = field(default_factory=dict)
    optional: tuple[str, ...] = ()
    status: str = "active"

    @property
    def carries_a_token(self) -> bool:
        return "access_token" in self.carries

    @property
    def type_of_data(self) -> str | None:
        """The key of the type of data that it is about, None for all other events."""
        return self.group if self.group in ALL else None


def _text(meaning: str) -> dict[str, Any]:
    return {"type": "string", "description": meaning}


_TOKEN: dict[str, Schema] = {"access_token": _text("Opens this connection in the Connector API.")}
_AN_EXAMPLE = {"access_token": "adj_" + "0123456789ABCDEF" * 2 + "01234567"}
_REASON: dict[str, Schema] = {"reason": _text("Why, in the words of whoever did it.")}
_WHY = {"reason": "We do not know this property code yet."}
_MAPPING: dict[str, Schema] = {
    "version": {"type": "integer", "description": "The version of the mapping that holds now."},
    "slots": {
        "type": "array",
        "items": {"type": "string"},
        "description": "The keys of the slots whose values have changed.",
    },
}
_SOURCE: dict[str, Schema] = {
    "source": {
        "type": "object",
        "required": ["id", "name"],
        "properties": {"id": _text("The “source.id” of its records."), "name": _text("Its name.")},
    },
    "types": {
        "type": "array",
        "minItems": 1,
        "items": {"enum": [path_of(key) for key in ALL]},
        "description": "The types of data of which it had records, as in the paths of the API.",
    },
}
_RECORD = {
    "type": "object",
    "required": ["id", "external_id"],
    "properties": {
        "id": _text("Its id in the Connector API: read it there."),
        "external_id": _text("Its id in the system of the property."),
    },
}
_RECORDS: dict[str, Schema] = {
    "records": {"type": "array", "minItems": 1, "maxItems": 500, "items": _RECORD}
}
_CONNECTION = {
    "type": "object",
    "required": ["id", "status", "app", "property"],
    "properties": {
        "id": _text("The id of the connection."),
        "status": {
            "enum": ["pending", "active", "disabled", "rejected", "disconnected"],
            "description": "Its status when this happened.",
        },
        "app": _text("The last part of your app’s address, /apps/…"),
        "property": {
            "type": "object",
            "required": ["id", "name"],
            "properties": {"id": _text("The id of the hotel."), "name": _text("Its name.")},
        },
    },
}
_TEST = {
    "const": True,
    "description": "There only when somebody pressed Send example: all of it is invented.",
}

_CASE: dict[str, Schema] = {
    "case": {
        "type": "object",
        "required": ["number", "title", "status", "turn"],
        "properties": {
            "number": {"type": "integer", "description": "Read it there: /escalations/{number}."},
            "title": _text("What does not work, in the words of the property."),
            "status": {
                "enum": ["open_with_partner", "escalated", "resolved"],
                "description": "Its status when this happened.",
            },
            "turn": {
                "enum": ["property", "partner", "platform", "nobody"],
                "description": "Who should write next.",
            },
        },
    }
}


def _case(status: str, turn: str) -> dict[str, Any]:
    title = "Breakfast is missing on some bills"
    return {"case": {"number": 1001, "title": title, "status": status, "turn": turn}}


GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "connection": "Connections",
        "token": "Access tokens",
        "mapping": "Value mapping",
        "case": "Cases",
        "source": "Sources",
        "endpoint": "Endpoints",
        **{key: of_type.label for key, of_type in ALL.items()},
    }
)
_ABOUT_CONNECTIONS = (
    Event(
        "connection.requested",
        "connection",
        "A property pressed Connect. Carries the access token.",
        _TOKEN,
        _AN_EXAMPLE,
        status="pending",
    ),
    Event("connection.activated", "connection", "The connection became active."),
    Event(
        "connection.rejected",
        "connection",
        "You rejected the request.",
        _REASON,
        _WHY,
        status="rejected",
    ),
    Event(
        "connection.disabled",
        "connection",
        "The connection was paused by the property or by you.",
        _REASON,
        {"reason": "The front desk is being moved."},
        ("reason",),
        "disabled",
    ),
    Event("connection.enabled", "connection", "A paused connection works again."),
    Event(
        "connection.disconnected",
        "connection",
        "The connection ended and its token was revoked.",
        _REASON,
        {"reason": "The season is over."},
        ("reason",),
        "disconnected",
    ),
    Event(
        "token.rotated",
        "token",
        "The property rotated the access token. Carries the new one.",
        _TOKEN,
        _AN_EXAMPLE,
    ),
    Event(
        "mapping.changed",
        "mapping",
        "The property confirmed values of its mapping. Read the mapping again. What is confirmed "
        "one after the other is told at once.",
        _MAPPING,
        {"version": 4, "slots": ["room_revenue", "breakfast"]},
    ),
    Event(
        "case.opened",
        "case",
        "A property reports that something does not work. It waits for your answer.",
        _CASE,
        _case("open_with_partner", "partner"),
    ),
    Event(
        "case.answered",
        "case",
        "The property or the platform wrote in a case.",
        _CASE,
        _case("open_with_partner", "partner"),
    ),
    Event(
        "case.returned",
        "case",
        "The platform gave an escalated case back to you.",
        _CASE,
        _case("open_with_partner", "partner"),
    ),
    Event(
        "case.resolved",
        "case",
        "A case was resolved, by any side.",
        _CASE,
        _case("resolved", "nobody"),
    ),
    Event(
        "case.reopened",
        "case",
        "The property reopened a case that was resolved.",
        _CASE,
        _case("open_with_partner", "partner"),
    ),
    Event(
        "source.removed",
        "source",
        "The property removed a source, and all records that came from it are gone. Forget those "
        "that you have of it: they are not told one by one.",
        _SOURCE,
        {"source": {"id": "src_01ka0example", "name": "Mews"}, "types": ["reservations", "guests"]},
    ),
    Event("endpoint.test", "endpoint", "A test, sent because somebody pressed Send test event."),
)
CHANGES: Mapping[str, str] = MappingProxyType(
    {
        "created": "New {many} came in. Carries their ids: read them through the API.",
        "updated": "{many} changed, or came back. Carries their ids: read them through the API.",
        "removed": "{many} are gone at the source. Carries their ids.",
    }
)


def name_of(type_key: str, change: str) -> str:
    """Return the event of a type of data and a change: `accounting_category.updated`."""
    return f"{ALL[type_key].one.replace(' ', '_')}.{change}"


def _about_data(of_type: TypeOfData, change: str) -> Event:
    many = of_type.label if CHANGES[change].startswith("{") else of_type.label.lower()
    records = [
        {"id": public_id(of_type.key, number), "external_id": f"{of_type.one[0].upper()}-{number}"}
        for number in (17, 18)
    ]
    return Event(
        name_of(of_type.key, change),
        of_type.key,
        CHANGES[change].format(many=many),
        _RECORDS,
        {"records": records},
    )


EVENTS: Mapping[str, Event] = MappingProxyType(
    {
        event.name: event
        for event in (
            *_ABOUT_CONNECTIONS,
            *(_about_data(of_type, change) for of_type in ALL.values() for change in CHANGES),
        )
    }
)
CARRY_A_TOKEN = tuple(name for name, event in EVENTS.items() if event.carries_a_token)
# What an endpoint may ask for; the test comes whenever somebody presses its button.
CHOICES = tuple(name for name, event in EVENTS.items() if event.group != "endpoint")
# What an endpoint gets that asked for nothing in particular.
USUAL = tuple(
    name for name in CHOICES if EVENTS[name].type_of_data is None and EVENTS[name].group != "case"
)
_EXAMPLE_AT = datetime(2026, 11, 21, 14, 2, tzinfo=UTC)


def is_wanted(
    event: str, property_id: str | None, wanted: Iterable[str], property_ids: Iterable[str]
) -> bool:
    """Return whether an endpoint gets `event` about a property: it asked for the events `wanted`
    and for some properties, or for nothing in particular (see USUAL)."""
    only = tuple(property_ids)
    return event in (tuple(wanted) or USUAL) and (not only or property_id in only)


def example(event: str) -> str:
    """Return the body of an invented `event`, indented for people to read."""
    return json.dumps(json.loads(_invented(event, _EXAMPLE_AT)), indent=2, ensure_ascii=False)


def example_to_send(event: str, at: datetime) -> str:
    """Return the body of an invented `event` that says of itself that it is a test."""
    return _invented(event, at, test=True)


def body(event: str, at: datetime, about: About, **more: Any) -> str:
    """Return the JSON body of an event, in the shape of Standard Webhooks 1.0.0.

    `more` are further fields of `data`, as its row in EVENTS says.
    """
    connection = {
        "id": about.id,
        "status": about.status,
        "app": about.app,
        "property": {"id": about.property_id, "name": about.property_name},
    }
    moment = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return json.dumps(
        {"type": event, "timestamp": moment, "data": {"connection": connection, **more}},
        ensure_ascii=False,
        separators=(",", ":"),
    )


def schema(event: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the body of `event`. Fields may be added to it later."""
    row = EVENTS[event]
    needed = [name for name in row.carries if name not in row.optional]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": event,
        "description": row.meaning,
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"const": event},
            "timestamp": {
                "type": "string",
                "format": "date-time",
                "description": "When it happened, in UTC. A repeat has the same.",
            },
            "data": {
                "type": "object",
                "required": ["connection", *needed],
                "properties": {"connection": _CONNECTION, **row.carries, "test": _TEST},
            },
        },
    }


def _invented(event: str, at: datetime, **more: Any) -> str:
    row = EVENTS[event]
    about = About("con_01ka0example", row.status, "your-app", "pro_01ka0example", "Harbour Hotel")
    return body(event, at, about, **row.invented, **more)
