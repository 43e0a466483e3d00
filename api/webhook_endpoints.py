"""Webhook endpoints of a partner, with a partner key: where it is told, of what, and replays."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import Field

from api import problems
from api.bodies import Body, judged_by, only_json
from api.callers import PartnerCaller
from api.moments import Moment
from domain import choices, endpoints, events, replays

router = APIRouter(
    prefix="/v1/webhook-endpoints",
    tags=["webhook-endpoints"],
    dependencies=[Depends(only_json)],
    responses=problems.RESPONSES,
)

Url = Annotated[
    str,
    Field(
        description="Starts with https:// and can be reached from the internet.",
        examples=["https://hooks.example.com/adjoin"],
        json_schema_extra={"format": "uri", "maxLength": endpoints.LONGEST_URL},
    ),
]


Choice = Annotated[
    str,
    judged_by(lambda name: choices.checked_events([name])[0]),
    Field(json_schema_extra={"enum": list(events.CHOICES)}),
]
Events = Annotated[
    list[Choice],
    Field(
        description="What it gets. Empty: everything but data events.",
        examples=[["connection.requested", "token.rotated", "reservation.updated"]],
        max_length=len(events.CHOICES),
    ),
]
PropertyIds = Annotated[
    list[str],
    Field(
        description="The properties that it is told about. Empty: all. Each must be connected.",
        max_length=1000,
    ),
]


class New(Body):
    url: Url
    events: Events = Field(default_factory=list)
    property_ids: PropertyIds = Field(default_factory=list)


class Change(Body):
    """Fields that are left out stay as they are."""

    url: Url | None = None
    events: Events | None = None
    property_ids: PropertyIds | None = None


class Example(Body):
    event: Annotated[
        str,
        judged_by(endpoints.checked_example),
        Field(
            description="The event of which an invented one is sent; it says “test”: true.",
            json_schema_extra={"enum": list(events.EVENTS)},
        ),
    ] = "endpoint.test"


class Since(Body):
    since: Annotated[Moment, Field(description="From this moment on.")]


@dataclass(frozen=True)
class Endpoint:
    """One endpoint, without its secret.

    `failures` are those in a row since `failing_since`. `delivered_at` is when it last took a
    delivery, `old_secret_until` when the secret before the last rotation stops signing.
    `replayable` counts what was skipped or given up. All moments are in UTC.
    """

    id: str
    url: str
    events: tuple[str, ...]
    property_ids: tuple[str, ...]
    status: Literal["enabled", "disabled"]
    disabled_by: Literal["partner", "adjoin"] | None
    disabled_why: str
    disabled_at: datetime | None
    failing_since: datetime | None
    failures: int
    delivered_at: datetime | None
    old_secret_until: datetime | None
    replayable: int
    created_at: datetime


@dataclass(frozen=True)
class Endpoints:
    """All endpoints of a partner; there are never more than a few."""

    data: tuple[Endpoint, ...]


@dataclass(frozen=True)
class NewEndpoint:
    """A new endpoint, and the secret that signs its deliveries: it is shown this once."""

    endpoint: Endpoint
    secret: str


@dataclass(frozen=True)
class NewSecret:
    """The new secret, shown this once. Until `old_secret_until` the old one signs, too."""

    id: str
    secret: str
    old_secret_until: datetime | None


@dataclass(frozen=True)
class Sent:
    """The delivery that is on its way: read it under /v1/deliveries."""

    delivery_id: str


@dataclass(frozen=True)
class Replayed:
    """How many deliveries are on their way once more.

    `more` is whether there may be others: ask again to send them, too.
    """

    queued: int
    more: bool


@router.get("", summary="List endpoints")
def all_of_them(caller: PartnerCaller) -> Endpoints:
    """Return all endpoints of the partner, the oldest first."""
    found = endpoints.of_partner(caller.actor, caller.partner_id)
    return Endpoints(tuple(map(_endpoint, found)))


@router.post("", status_code=201, summary="Add an endpoint")
def create(caller: PartnerCaller, new: New) -> NewEndpoint:
    """Add an endpoint, and return its secret for the only time.

    Answers 422 `invalid` for an address that may not be called, and when no endpoint would be left
    that gets access tokens.
    """
    made = endpoints.create(caller.actor, caller.partner_id, **new.model_dump())
    return NewEndpoint(_read(caller, made.endpoint_id), made.secret)


@router.get("/{endpoint_id}", summary="Read one endpoint")
def read(caller: PartnerCaller, endpoint_id: str) -> Endpoint:
    """Return one endpoint."""
    return _read(caller, endpoint_id)


@router.patch("/{endpoint_id}", summary="Change an endpoint")
def change(caller: PartnerCaller, endpoint_id: str, changed: Change) -> Endpoint:
    """Change address, events or properties; all of it or, if something is refused, none."""
    endpoints.change(caller.actor, endpoint_id, **changed.model_dump())
    return _read(caller, endpoint_id)


@router.delete("/{endpoint_id}", status_code=204, summary="Remove an endpoint")
def delete(caller: PartnerCaller, endpoint_id: str) -> None:
    """Forget an endpoint. What waits for it is canceled; another one can have it replayed."""
    endpoints.remove(caller.actor, endpoint_id)


@router.post("/{endpoint_id}/disable", summary="Disable an endpoint")
def disable(caller: PartnerCaller, endpoint_id: str) -> Endpoint:
    """Stop sending. What happens meanwhile is kept, and `replay-missing` sends it later."""
    endpoints.disable(caller.actor, endpoint_id)
    return _read(caller, endpoint_id)


@router.post("/{endpoint_id}/enable", summary="Enable an endpoint")
def enable(caller: PartnerCaller, endpoint_id: str) -> Endpoint:
    """Send again from now on."""
    endpoints.enable(caller.actor, endpoint_id)
    return _read(caller, endpoint_id)


@router.post("/{endpoint_id}/rotate-secret", summary="Rotate the secret")
def rotate_secret(caller: PartnerCaller, endpoint_id: str) -> NewSecret:
    """Make a new secret. For 24 hours deliveries are signed with both."""
    made = endpoints.rotate_secret(caller.actor, endpoint_id)
    return NewSecret(endpoint_id, made.secret, _read(caller, endpoint_id).old_secret_until)


@router.post("/{endpoint_id}/test", status_code=202, name="test", summary="Send an example")
def send_test(caller: PartnerCaller, endpoint_id: str, example: Example | None = None) -> Sent:
    """Send an invented event that says that it is a test: `endpoint.test`, or an example of any.

    Answers 409 `endpoint_disabled` while the endpoint is disabled.
    """
    event = (example or Example()).event
    return Sent(endpoints.send_example(caller.actor, endpoint_id, event))


@router.post("/{endpoint_id}/recover", status_code=202, summary="Send again what failed")
def recover(caller: PartnerCaller, endpoint_id: str, wish: Since) -> Replayed:
    """Send at once what failed since a moment: what was given up, and what waits to be tried again.

    Answers 409 `endpoint_disabled` while the endpoint is disabled.
    """
    return _replayed(partial(replays.recover, caller.actor, endpoint_id, wish.since))


@router.post("/{endpoint_id}/replay-missing", status_code=202, summary="Send what was never sent")
def replay_missing(caller: PartnerCaller, endpoint_id: str, wish: Since) -> Replayed:
    """Send what the endpoint was never sent since a moment: what was skipped while it was disabled,
    and what it asks for and only other endpoints got.

    Answers 409 `endpoint_disabled` while the endpoint is disabled.
    """
    return _replayed(partial(replays.replay_missing, caller.actor, endpoint_id, wish.since))


def _replayed(replay: Callable[[], int]) -> Replayed:
    queued = replay()
    return Replayed(queued, queued == replays.AT_ONCE)


def _read(caller: PartnerCaller, endpoint_id: str) -> Endpoint:
    return _endpoint(endpoints.read(caller.actor, endpoint_id))


def _endpoint(row: endpoints.Row) -> Endpoint:
    return Endpoint(
        row.id,
        row.url,
        row.events,
        row.property_ids,
        "disabled" if row.status == "disabled" else "enabled",
        None if row.disabled_by is None else "adjoin" if row.disabled_by == "adjoin" else "partner",
        row.disabled_why,
        row.disabled_at,
        row.failing_since,
        row.failures,
        row.worked_at,
        row.overlap_until,
        row.replayable,
        row.created_at,
    )
