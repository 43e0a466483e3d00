"""Deliveries to a partner, with a partner key: what was sent, what came of it, and resend."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api import problems
from api.bodies import only_json
from api.callers import PartnerCaller
from api.moments import Moment
from domain import deliveries

router = APIRouter(
    prefix="/v1/deliveries",
    tags=["deliveries"],
    dependencies=[Depends(only_json)],
    responses=problems.RESPONSES,
)

Status = Literal["waiting", "sending", "delivered", "gave_up", "canceled", "skipped"]


class Wanted(BaseModel):
    """What a list is asked for."""

    model_config = ConfigDict(extra="forbid")

    status: Status | Literal["failing"] | None = Field(
        None, description="Only those in this status; failing: tried in vain so far."
    )
    endpoint: str | None = Field(None, description="Only those to the endpoint of this id.")
    event: str | None = Field(None, description="Only those of this event.")
    since: Moment | None = Field(None, description="Only those queued from this moment on.")
    cursor: str | None = Field(None, description="The `next_cursor` of the page before.")
    limit: int = Field(
        100,
        ge=1,
        le=1000,
        description="How many at most: 1 to 1000, and 100 when you leave it out.",
    )


@dataclass(frozen=True)
class Delivery:
    """One message to one destination; its id is the `webhook-id`.

    `target` is the endpoint's address or a mail address, empty once the endpoint was removed.
    `attempts` are those that ended in this round. `is_test` is whether somebody sent it to try the
    endpoint. All moments are in UTC.
    """

    id: str
    event: str
    channel: Literal["webhook", "mail"]
    endpoint_id: str | None
    target: str
    connection_id: str | None
    status: Status
    attempts: int
    last_outcome: str
    created_at: datetime
    next_attempt_at: datetime | None
    is_test: bool


@dataclass(frozen=True)
class Deliveries:
    """A page of deliveries; `next_cursor` leads to the next one, and is null on the last."""

    data: tuple[Delivery, ...]
    next_cursor: str | None


@dataclass(frozen=True)
class Attempt:
    """One try. `error` is a class such as timeout, `response` the beginning of the answer."""

    number: int
    trigger: Literal["scheduled", "manual"]
    at: datetime
    duration_ms: int
    ok: bool
    code: int | None
    error: str | None
    sentence: str
    response: str
    target: str


@dataclass(frozen=True)
class FullDelivery:
    """One delivery with its attempts, the last one first.

    `body` is what the webhook carries, its access token masked; null for mail.
    """

    delivery: Delivery
    finished_at: datetime | None
    can_resend: bool
    body: dict[str, Any] | None
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True)
class Resent:
    """The delivery for which one more attempt is on its way."""

    delivery_id: str


@router.get("", summary="List deliveries")
def page(caller: PartnerCaller, wanted: Annotated[Wanted, Query()]) -> Deliveries:
    """Return what was sent to the partner, the newest first, page by page.

    Answers 400 `invalid_cursor` to a cursor that is not one of this list.
    """
    rows = deliveries.of_partner(
        caller.actor,
        caller.partner_id,
        status=wanted.status,
        endpoint_id=wanted.endpoint,
        event=wanted.event,
        since=wanted.since,
        before=wanted.cursor,
        # One more, to know whether there is another page.
        limit=wanted.limit + 1,
    )
    is_last = len(rows) <= wanted.limit
    shown = tuple(map(_delivery, rows[: wanted.limit]))
    return Deliveries(shown, None if is_last else shown[-1].id)


@router.get("/{delivery_id}", summary="Read one delivery")
def read(caller: PartnerCaller, delivery_id: str) -> FullDelivery:
    """Return one delivery with every attempt."""
    found = deliveries.read(caller.actor, delivery_id)
    return FullDelivery(
        _delivery(found.row),
        found.finished_at,
        found.can_resend,
        json.loads(found.event) if found.event else None,
        tuple(Attempt(**asdict(each)) for each in found.tries),
    )


@router.post("/{delivery_id}/resend", status_code=202, summary="Send a delivery again")
def resend(caller: PartnerCaller, delivery_id: str) -> Resent:
    """Make one more attempt at once, with the same `webhook-id`; the schedule goes on unchanged.

    Answers 409 `canceled` when what it would tell is no longer true, and `endpoint_disabled` or
    `endpoint_removed` when there is nowhere to send it.
    """
    deliveries.resend(caller.actor, delivery_id)
    return Resent(delivery_id)


def _delivery(row: deliveries.Row) -> Delivery:
    return Delivery(**{name: getattr(row, name) for name in Delivery.__dataclass_fields__})
