"""Cases of a partner's connections, and passing them on to the platform, from its own dashboard.

With an access token those of one connection, with a partner key those of all.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from api import problems
from api.bodies import Body, only_json
from api.callers import EitherCaller, about
from api.moments import Day
from domain import case_letters, case_pages, case_words, cases, escalations
from domain.callers import PartnerCaller
from domain.case_pages import Page, Part, Row
from domain.escalations import Escalation
from domain.installation import link

router = APIRouter(
    prefix="/v1/escalations",
    tags=["escalations"],
    dependencies=[Depends(only_json)],
    responses=problems.RESPONSES,
)
_LARGEST_NUMBER = 2**31 - 1
Status = Literal["open_with_partner", "escalated", "resolved"]
Number = Annotated[int, Path(ge=1, le=_LARGEST_NUMBER, description="What people call it: #1001.")]


class Hotel(BaseModel):
    id: str
    name: str


class CaseRow(BaseModel):
    """A case. `turn` is who should write next; moments are in UTC."""

    number: int = Field(description="What people call it: #1001.")
    title: str = Field(description="What does not work, in the words of the property.")
    status: Status
    turn: Literal["property", "partner", "platform", "nobody"]
    connection: str = Field(description="The id of the connection that it is about.")
    app: str
    property: Hotel
    opened_at: datetime
    changed_at: datetime
    first_answer_at: datetime | None
    escalated_at: datetime | None
    resolved_at: datetime | None
    page: str = Field(description="Where people read it, in the Developer Hub.")


class CaseRows(BaseModel):
    """A page of cases; `next_cursor` leads to the next one, and is null on the last."""

    data: list[CaseRow]
    next_cursor: str | None


class CaseFile(BaseModel):
    name: str
    type: str
    size: int = Field(description="In bytes.")


class Said(BaseModel):
    """What somebody wrote or did. `text` is plain text, whatever stands in it."""

    at: datetime
    side: Literal["property", "partner", "platform", "adjoin"]
    who: str
    kind: str = Field(description="`message`, or what it did: `opened`, `escalated`, `resolved`, …")
    text: str
    files: list[CaseFile] = Field(description="To be downloaded in the Developer Hub.")


class Thread(CaseRow):
    messages: list[Said] = Field(description="The oldest first.")


class Wanted(BaseModel):
    """What the list is asked for."""

    model_config = ConfigDict(extra="forbid")

    status: Status | None = Field(None, description="Only those in this status.")
    cursor: str | None = Field(
        None, pattern="^[1-9][0-9]{0,8}$", description="The `next_cursor` of the page before."
    )
    limit: int = Field(
        100,
        ge=1,
        le=case_pages.MOST,
        description=f"How many at most: 1 to {case_pages.MOST}, and 100 when you leave it out.",
    )


class Wish(Body):
    """What an engineer of the platform needs to know."""

    case: int = Field(ge=1, le=_LARGEST_NUMBER, description="The number of an open case.")
    text: str = Field(
        min_length=1,
        max_length=case_words.LONGEST,
        description="What you have tried and found. All who read the case read it.",
        examples=["We send the product as documented; the answer leaves it out."],
    )
    expected: str = Field(min_length=1, max_length=escalations.SHORT)
    came: str = Field(min_length=1, max_length=escalations.SHORT, description="What came instead.")
    request_id: str = Field(
        "", max_length=100, description="The `X-Request-Id` of an answer that was wrong."
    )
    since: Day | None = Field(None, description="The first day on which it happened.")
    properties: int = Field(
        1, ge=1, le=escalations.MOST_PROPERTIES, description="How many properties have it."
    )


@router.get("", summary="List cases")
def page(caller: EitherCaller, wanted: Annotated[Wanted, Query()]) -> CaseRows:
    """Return cases, the newest first: of the token's connection, or of all with a key."""
    status = wanted.status or ""
    part = Part(int(wanted.cursor) if wanted.cursor else None, wanted.limit + 1)
    if isinstance(caller, PartnerCaller):
        rows = case_pages.of_partner(caller.actor, caller.partner_id, status, part=part)
    else:
        rows = case_pages.of_connection(caller.actor, caller.connection.id, status, part=part)
    shown, has_more = rows[: wanted.limit], len(rows) > wanted.limit
    return CaseRows(
        data=[CaseRow(**_told(row)) for row in shown],
        next_cursor=str(shown[-1].number) if has_more else None,
    )


@router.post("", summary="Escalate a case")
def escalate(caller: EitherCaller, wish: Wish) -> Thread:
    """Pass an open case on to the platform, with what you have found.

    Evidence is attached by itself: history, deliveries, requests and states of the connection,
    without tokens and without guests' data. Answers 409 `wrong_state` when the case was escalated
    or resolved before.
    """
    found = case_pages.by_number(caller.actor, wish.case)
    facts = Escalation(
        wish.text, wish.expected, wish.came, wish.request_id, wish.since, wish.properties
    )
    cases.escalate(caller.actor, found.row.id, facts, via="api")
    return _thread(caller, case_pages.by_number(caller.actor, wish.case))


@router.get("/{number}", summary="Read one case")
def read(caller: EitherCaller, number: Number) -> Thread:
    """Return a case with all that was said."""
    return _thread(caller, case_pages.by_number(caller.actor, number))


# Details

_SAME = (
    "number",
    "title",
    "status",
    "opened_at",
    "changed_at",
    "first_answer_at",
    "escalated_at",
    "resolved_at",
)


def _thread(caller: EitherCaller, found: Page) -> Thread:
    if isinstance(caller, PartnerCaller):
        about(caller, found.row.connection_id)
    said = [Said.model_validate(each, from_attributes=True) for each in found.messages]
    return Thread(**_told(found.row), messages=said)


def _told(row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _SAME} | {
        "turn": row.turn or "nobody",
        "connection": row.connection_id,
        "app": row.app_slug,
        "property": Hotel(id=row.property_id, name=row.property),
        "page": link(f"{case_letters.PATHS['partner']}/{row.id}"),
    }
