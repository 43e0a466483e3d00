"""Records of the property: pages of them, one of them, and the property itself."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from hashlib import blake2b
from typing import Any, Literal
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field, create_model

from api import problems, queries
from api.callers import BY_TOKEN, OpenCaller, caller_of
from api.paths import PREFIX
from domain import extracts, installation
from domain.callers import OwnProperty
from domain.extracts import Extract
from domain.refusals import not_found
from domain.shapes import tells_of_guests
from domain.shelves import PREFIXES, READS, number_of
from domain.types_of_data import ALL, PRIMARY_KEY, TypeOfData
from domain.types_of_data import Field as OfType

_ETAG = 16  # bytes
router = APIRouter(prefix="/v1", responses=problems.RESPONSES)


class Money(BaseModel):
    amount: int = Field(description="Minor units, cents say.")
    currency: str = Field(description="Three letters (ISO 4217).", examples=["EUR"])


class SourceOfRecord(BaseModel):
    id: str
    name: str = Field(description="As the property calls it.", examples=["Mews"])


@router.get("/property", tags=["property"], name="read", summary="Read the property")
def read_property(who: OpenCaller, request: Request) -> OwnProperty:
    """Return the hotel of the connection."""
    queries.check_empty(request.query_params)
    return who.connection.property


def path_of(of_type: TypeOfData) -> str:
    return f"/{of_type.key.replace('_', '-')}"


# Answers


def _add_routes(of_type: TypeOfData) -> None:
    """Add the two routes of a type: a page of its records, and one of them."""
    record, page = _models(of_type)
    many, permission = of_type.label.lower(), READS[of_type.key]
    router.add_api_route(
        path_of(of_type),
        _lister(of_type),
        name="list",
        tags=[of_type.key],
        response_model=page,
        summary=f"List {many}",
        description=_ABOUT_LISTS.format(many=many, permission=permission),
        responses=_NOT_MODIFIED,
        openapi_extra={
            "parameters": [*queries.described(of_type), _IF_NONE_MATCH],
            "security": BY_TOKEN,
        },
    )
    router.add_api_route(
        f"{path_of(of_type)}/{{id}}",
        _reader(of_type),
        name="read",
        tags=[of_type.key],
        response_model=record,
        summary=f"Read one of the {many}",
        description=f"Needs the permission `{permission}`. What is gone is not found.",
        responses=_NOT_MODIFIED,
        openapi_extra={"parameters": [_IF_NONE_MATCH], "security": BY_TOKEN},
    )


def _lister(of_type: TypeOfData) -> Callable[..., Response]:
    # Who calls is asked for here, not by `Depends`: that takes longer than to look it up.
    def list_them(request: Request) -> Response:
        who = caller_of(request)
        wanted = queries.wanted(of_type, request.query_params)
        found = extracts.page(who.actor, of_type.key, wanted)
        return _page(of_type, found, request)

    return list_them


def _reader(of_type: TypeOfData) -> Callable[..., Response]:
    def read(request: Request, id: str) -> Response:
        who = caller_of(request)
        queries.check_empty(request.query_params)
        number = number_of(of_type.key, id)
        if number is None:
            raise not_found(f"This {of_type.one}")
        body = _written(extracts.one(who.actor, of_type.key, number))
        return _answer(body, _tag_of(body), request, {})

    return read


def _page(of_type: TypeOfData, found: Extract, request: Request) -> Response:
    data = _written(found.data)
    # The cursor and the moment are others each time, so they don't count.
    tag = _tag_of(data, b"more" if found.next_cursor else b"")
    body = {
        "data": orjson.Fragment(data),
        "next_cursor": found.next_cursor,
        "synced_until": found.synced_until,
    }
    return _answer(_written(body), tag, request, _link(of_type, found, request))


def _link(of_type: TypeOfData, found: Extract, request: Request) -> dict[str, str]:
    if found.next_cursor is None:
        return {}
    asked = urlencode({**request.query_params, "cursor": found.next_cursor})
    address = f"{installation.current().base_url}{PREFIX}/v1{path_of(of_type)}?{asked}"
    return {"Link": f'<{address}>; rel="next"'}


def _answer(body: bytes, tag: str, request: Request, headers: Mapping[str, str]) -> Response:
    known = request.headers.get("if-none-match", "")
    headers = {"ETag": tag, **headers}
    if known and (known.strip() == "*" or tag in (each.strip() for each in known.split(","))):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


def _written(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_UTC_Z)


def _tag_of(*contents: bytes) -> str:
    """Return a weak entity tag (RFC 9110, 8.8.3) of what is shown."""
    found = blake2b(digest_size=_ETAG)
    for each in contents:
        found.update(each)
    return f'W/"{found.hexdigest()}"'


# How they are described

_ABOUT_LISTS = (
    "Without `updated_since`: all {many} that are there, in an order that stays while they change; "
    "follow `next_cursor` until it is null, and none is missing and none comes twice. With it: "
    "what has changed since, with what was removed (`removed_at`), in the order of the changes; "
    "one that changes meanwhile comes again. Keep `synced_until` and ask with it the next time. "
    "Needs the permission `{permission}`."
)
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "The ETag of an earlier answer: 304 if nothing has changed since.",
}
_NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "Nothing has changed"}}
_PYTHON: Mapping[str, Any] = {
    "text": str,
    "integer": int,
    "boolean": bool,
    "date": date,
    "moment": datetime,
    "money": Money,
}


def _models(of_type: TypeOfData) -> tuple[type[BaseModel], type[BaseModel]]:
    """Return the models of one record and of a page; they describe, nothing is checked by them."""
    name = of_type.one.title().replace(" ", "")
    fields = {
        each.key: _described(of_type, each) for each in of_type.fields if each is not PRIMARY_KEY
    }
    record: Any = create_model(  # type: ignore[call-overload]
        name,
        id=(str, Field(description="Its id here.", examples=[f"{PREFIXES[of_type.key]}_17"])),
        external_id=(str, Field(description="Its id in the source.")),
        source=(SourceOfRecord, Field(description="The system that it comes from.")),
        **fields,
        changed_at=(datetime, Field(description="When our copy was created, changed or removed.")),
        removed_at=(
            datetime | None,
            Field(description="When it was found to be gone at the source."),
        ),
    )
    page = create_model(
        of_type.label.title().replace(" ", ""),
        data=(list[record], Field(description="The records of this page.")),
        next_cursor=(
            str | None,
            Field(description="Send it as `cursor` for the next page; null on the last one."),
        ),
        synced_until=(
            datetime,
            Field(description="Send it as `updated_since` the next time; of the first page."),
        ),
    )
    return record, page


def _described(of_type: TypeOfData, each: OfType) -> tuple[Any, Any]:
    kind = Literal[each.choices] if each.kind == "choice" else _PYTHON[each.kind]
    told = kind if each.required else kind | None
    if of_type.key == "reservations" and tells_of_guests(each):
        meaning = f"{each.meaning} Only for apps with the permission `{extracts.GUESTS}`."
        return told, Field(None, description=meaning)
    return told, Field(description=each.meaning)


for _of_type in ALL.values():
    _add_routes(_of_type)
