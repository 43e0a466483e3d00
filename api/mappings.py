"""The value mapping of the caller's connection: read it, and propose values; the hotel decides."""

import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, Field, model_validator

from api import problems, queries
from api.bodies import Body, only_json
from api.callers import AnyCaller, OpenCaller
from domain import callers, proposals, slots, value_pages
from domain.actors import Actor
from domain.proposals import Unfit, Wanted
from domain.refusals import Refusal
from domain.shelves import number_of, public_id
from domain.value_pages import Page, Row, Shown

_ETAG = 4  # bytes, beside the version
# A proxy that compresses answers makes every tag a weak one, and so it comes back.
_VERSION = re.compile(r'(?:W/)?"([0-9]{1,9})(\.[0-9a-f]+)?"')
router = APIRouter(
    prefix="/v1/mappings",
    tags=["mappings"],
    dependencies=[Depends(only_json)],
    responses=problems.RESPONSES,
)


class MappedRecord(BaseModel):
    id: str | None = Field(
        description="Its id here; null when it is gone for good.", examples=["prd_17"]
    )
    external_id: str = Field(description="Its id in the system of the property.")
    name: str
    code: str | None


class Proposed(BaseModel):
    choice: Literal["record", "none"]
    record: MappedRecord | None


class MappedValue(BaseModel):
    """What a slot of the app means at this property."""

    label: str
    type: str = Field(description="The type of data that it is chosen from.")
    required: bool
    choice: Literal["record", "none", "open"] = Field(
        description="`none`: the property has no such value, on purpose."
    )
    record: MappedRecord | None
    gone: Literal["removed", "inactive"] | None = Field(
        description="The record is no longer in use at the property, which was told."
    )
    proposed: Proposed | None = Field(description="What you proposed and nobody has confirmed yet.")


class ValueMapping(BaseModel):
    version: int
    values: dict[str, MappedValue] = Field(description="By the key of the slot.")


class Reference(Body):
    """A record of the property: by our id or by its own, one of the two."""

    id: str | None = Field(None, max_length=100, examples=["prd_17"])
    external_id: str | None = Field(None, min_length=1, max_length=300)

    @model_validator(mode="after")
    def _is_one(self) -> "Reference":
        if (self.id is None) == (self.external_id is None):
            raise ValueError("Send either “id” or “external_id”.")
        return self


class Choice(Body):
    choice: Literal["record", "none", "open"] = Field(
        description="`open` takes a proposal back, and so does leaving the slot out."
    )
    record: Reference | None = None

    @model_validator(mode="after")
    def _fits(self) -> "Choice":
        if (self.choice == "record") != (self.record is not None):
            raise ValueError("Send “record” with the choice “record”, and with no other.")
        return self


class Proposals(Body):
    values: dict[str, Choice] = Field(
        description="What you propose, by the key of the slot.", max_length=slots.MOST
    )


# Described by hand: a program needs it, and who leaves it out is told more than that.
IfMatch = Annotated[str | None, Header(include_in_schema=False)]
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "pattern": f"^{_VERSION.pattern}$", "examples": ['"3.1f2a9c04"']},
    "description": "The `ETag` of the mapping as you read it: nobody’s change is lost.",
}


@router.get(
    "",
    response_model=ValueMapping,
    responses={304: {"description": "As it was"}},
    summary="Read the value mapping",
)
def read(caller: AnyCaller, request: Request) -> Response:
    """Return the value mapping; also while the request is pending."""
    queries.check_empty(request.query_params)
    if caller.connection.status != "pending":
        callers.check_open(caller)
    answer = _answer(caller.actor, caller.connection.id)
    known = request.headers.get("if-none-match", "")
    if answer.headers["etag"] in (each.strip().removeprefix("W/") for each in known.split(",")):
        return Response(status_code=304, headers={"ETag": answer.headers["etag"]})
    return answer


@router.put(
    "",
    response_model=ValueMapping,
    responses=problems.responses(412, 428),
    summary="Propose values",
    openapi_extra={"parameters": [_IF_MATCH]},
)
def put(caller: OpenCaller, wanted: Proposals, if_match: IfMatch = None) -> Response:
    """Propose values, in place of what you proposed before; the property confirms each of them.

    What holds already, and what the property has declined, is not proposed again. Answers 428
    without `If-Match` and 412 when the mapping has changed since.
    """
    page = value_pages.read(caller.actor, caller.connection.id)
    expected = _expected(if_match)
    try:
        wishes = _wishes(page, wanted.values)
        proposals.propose(caller.actor, page.connection_id, wishes, expected_version=expected)
    except Unfit as unfit:
        raise _invalid(unfit.errors) from unfit
    except Refusal as refusal:
        if refusal.code == "changed_meanwhile":
            raise Refusal("precondition_failed", refusal.message, "partner") from refusal
        raise
    return _answer(caller.actor, caller.connection.id)


# Details


def _answer(actor: Actor, connection_id: str) -> Response:
    page = value_pages.read(actor, connection_id)
    told = ValueMapping(
        version=page.version, values={row.slot.key: _value(row) for row in page.rows}
    )
    body = told.model_dump_json().encode("utf-8", "replace")
    # A record may get another name at the property without a new version of the mapping.
    tag = f'"{page.version}.{blake2b(body, digest_size=_ETAG).hexdigest()}"'
    return Response(body, headers={"ETag": tag}, media_type="application/json")


def _value(row: Row) -> MappedValue:
    slot, proposal = row.slot, row.proposal
    return MappedValue(
        label=slot.label,
        type=slot.type,
        required=slot.required,
        choice="record" if row.record else "none" if row.is_none else "open",
        record=_record(slot.type, row.record),
        gone=_gone(row.record),
        proposed=Proposed(
            choice="record" if proposal.record else "none",
            record=_record(slot.type, proposal.record),
        )
        if proposal
        else None,
    )


def _record(type_key: str, shown: Shown | None) -> MappedRecord | None:
    if shown is None:
        return None
    return MappedRecord(
        id=public_id(type_key, shown.number) if shown.number else None,
        external_id=shown.external_id,
        name=shown.name,
        code=shown.code or None,
    )


def _gone(shown: Shown | None) -> Literal["removed", "inactive"] | None:
    if shown is None or shown.state == "there":
        return None
    return "inactive" if shown.state == "inactive" else "removed"


def _expected(if_match: str | None) -> int:
    """Return the version that a program has read; refuses `precondition_required`."""
    found = _VERSION.fullmatch(if_match.strip()) if if_match else None
    if found is None:
        raise Refusal(
            "precondition_required",
            "Send the ETag of the mapping as you read it in the header “If-Match”.",
            "partner",
        )
    return int(found[1])


def _wishes(page: Page, values: Mapping[str, Choice]) -> dict[str, Wanted]:
    types = {row.slot.key: row.slot.type for row in page.rows}
    return {
        key: _wanted(types.get(key, ""), each.record)
        for key, each in values.items()
        if each.choice != "open"
    }


def _wanted(type_key: str, record: Reference | None) -> Wanted:
    if record is None or not type_key:
        return Wanted()  # a slot that there is not is refused by its key
    if record.id is None:
        return Wanted(external_id=record.external_id)
    return Wanted(number=number_of(type_key, record.id) or 0)


def _invalid(errors: Mapping[str, str]) -> RequestValidationError:
    return RequestValidationError(
        [
            {"loc": ("body", "values", key), "msg": sentence, "type": "refused"}
            for key, sentence in errors.items()
        ]
    )
