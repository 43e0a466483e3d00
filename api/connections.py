"""All connections of a partner, with a partner key: read them, answer requests, pause and end."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api import problems
from api.bodies import only_json
from api.callers import PartnerCaller, about
from api.connection import Farewell, Moved, Rejection
from domain import connections, partner_connections
from domain.partner_connections import PartnerConnection, PartnerConnections

router = APIRouter(
    prefix="/v1/connections",
    tags=["connections"],
    dependencies=[Depends(only_json)],
    responses=problems.RESPONSES,
)


class Wanted(BaseModel):
    """What a list is asked for."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["pending", "active", "disabled", "rejected", "disconnected"] | None = Field(
        None, description="Only those in this status."
    )
    cursor: str | None = Field(None, description="The `next_cursor` of the page before.")
    limit: int = Field(
        100,
        ge=1,
        le=1000,
        description="How many at most: 1 to 1000, and 100 when you leave it out.",
    )


@router.get("", summary="List connections")
def page(caller: PartnerCaller, wanted: Annotated[Wanted, Query()]) -> PartnerConnections:
    """Return the connections of all apps of the partner, the oldest first, page by page.

    A connection that changes meanwhile stays where it is in the list. Answers 400
    `invalid_cursor` to a cursor that is not one of this list.
    """
    return partner_connections.page(caller.actor, caller.partner_id, **wanted.model_dump())


@router.get("/{connection_id}", summary="Read one connection")
def read(caller: PartnerCaller, connection_id: str) -> PartnerConnection:
    """Return one connection, in whatever state it is."""
    found = partner_connections.read(caller.actor, connection_id)
    about(caller, connection_id)
    return found


@router.post("/{connection_id}/activate", summary="Accept a request")
def activate(caller: PartnerCaller, connection_id: str) -> Moved:
    """Accept the request: the connection becomes active, and its token opens all of the API.

    Answers 409 `request_already_resolved` when it was answered before.
    """
    connections.activate(caller.actor, connection_id)
    about(caller, connection_id)
    return Moved(connection_id, "active")


@router.post("/{connection_id}/reject", summary="Turn a request down")
def reject(caller: PartnerCaller, connection_id: str, rejection: Rejection) -> Moved:
    """Turn the request down, with a reason. Its token stops working at once.

    Answers 409 `request_already_resolved` when it was answered before.
    """
    connections.reject(caller.actor, connection_id, rejection.reason)
    about(caller, connection_id)
    return Moved(connection_id, "rejected")


@router.post("/{connection_id}/disable", summary="Pause a connection")
def disable(caller: PartnerCaller, connection_id: str, farewell: Farewell | None = None) -> Moved:
    """Pause an active connection. Its token opens nothing until you enable it again."""
    connections.disable(caller.actor, connection_id, farewell.reason if farewell else "")
    about(caller, connection_id)
    return Moved(connection_id, "disabled")


@router.post("/{connection_id}/enable", summary="Go on after a pause")
def enable(caller: PartnerCaller, connection_id: str) -> Moved:
    """Lift a pause.

    Answers 409 `disabled_by_other_side` when the property paused it: then only the property can.
    """
    connections.enable(caller.actor, connection_id)
    about(caller, connection_id)
    return Moved(connection_id, "active")


@router.post("/{connection_id}/disconnect", summary="End a connection")
def disconnect(
    caller: PartnerCaller, connection_id: str, farewell: Farewell | None = None
) -> Moved:
    """End the connection. Its token stops working at once; the property can ask again.

    Answers 409 `wrong_state` while the request waits: reject it instead.
    """
    connections.disconnect(caller.actor, connection_id, farewell.reason if farewell else "")
    about(caller, connection_id)
    return Moved(connection_id, "disconnected")
