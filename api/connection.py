"""The caller's own connection: read it, answer its request, end it."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import Field

from api import problems
from api.bodies import Body, judged_by, only_json
from api.callers import AnsweredCaller, AnyCaller
from domain import connections
from domain.callers import OwnConnection

router = APIRouter(
    prefix="/v1/connection",
    tags=["connection"],
    dependencies=[Depends(only_json)],
    responses=problems.RESPONSES,
)


class Rejection(Body):
    reason: Annotated[
        str,
        judged_by(partial(connections.checked_reason, demand=connections.WHY_REJECT)),
        Field(
            description="Why; the people of the property read it.",
            examples=["Your property is not in our system yet. Please sign up first."],
            json_schema_extra={"minLength": 1, "maxLength": connections.REASON_MAX},
        ),
    ]


class Farewell(Body):
    reason: Annotated[
        str,
        judged_by(connections.checked_reason),
        Field(
            description="Why; the people of the property read it.",
            json_schema_extra={"maxLength": connections.REASON_MAX},
        ),
    ] = ""


@dataclass(frozen=True)
class Moved:
    """The connection, and the state into which it was brought."""

    id: str
    status: Literal["active", "rejected", "disabled", "disconnected"]


@router.get("", summary="Read your connection")
def read(caller: AnyCaller) -> OwnConnection:
    """Return the connection of the token, in whatever state it is."""
    return caller.connection


@router.post("/activate", summary="Accept the request")
def activate(caller: AnyCaller) -> Moved:
    """Accept the request: the connection becomes active, and the token opens all of the API.

    Answers 409 `request_already_resolved` when it was activated before.
    """
    connections.activate(caller.actor, caller.connection.id)
    return Moved(caller.connection.id, "active")


@router.post("/reject", summary="Turn the request down")
def reject(caller: AnyCaller, rejection: Rejection) -> Moved:
    """Turn the request down, with a reason. The token stops working at once.

    Answers 409 `request_already_resolved` when it was activated before.
    """
    connections.reject(caller.actor, caller.connection.id, rejection.reason)
    return Moved(caller.connection.id, "rejected")


@router.post("/disconnect", summary="End the connection")
def disconnect(caller: AnsweredCaller, farewell: Farewell | None = None) -> Moved:
    """End the connection. The token stops working at once; the property can ask again.

    Answers 403 `connection_pending` while the request waits: reject it instead.
    """
    connections.disconnect(caller.actor, caller.connection.id, farewell.reason if farewell else "")
    return Moved(caller.connection.id, "disconnected")
