"""Every failure of the API in one shape: application/problem+json (RFC 9457).

`type` is the address of a page that explains the failure, and so is `code` its stable name.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from json import dumps
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import TypeAdapter
from starlette.exceptions import HTTPException

import logs
from api.notes import note
from domain.refusals import Refusal

PAGES = "/help/errors"
_MOST_ERRORS = 20
_LANGUAGE = "en"  # of every sentence in a problem


@dataclass(frozen=True)
class Kind:
    """One kind of failure: its HTTP status, its name, and what to do about it."""

    status: int
    title: str
    advice: str
    owner: str = "partner"


@dataclass(frozen=True)
class Problem:
    """The body of every failure. `type` and `help` lead to a page that explains it. `errors` are
    there when the body itself is wrong: each has a `detail` and the `pointer` (RFC 6901, as a
    fragment) of the value that it is about."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    owner: str
    help: str
    errors: Sequence[dict[str, str]] = ()


KINDS = {
    "malformed_body": Kind(
        400, "The body is not JSON", "Send one JSON object, in UTF-8 and not nested deeply."
    ),
    "invalid_cursor": Kind(
        400,
        "This cursor is not one of this list",
        "Send the “next_cursor” of the page before, with the same filters, or begin anew.",
    ),
    "unauthorized": Kind(
        401,
        "No valid access token or partner key",
        "Send “Authorization: Bearer adj_…” with the token of the connection, or a partner key "
        "(adp_…) where the partner as a whole is asked for. A token stops working when the "
        "connection ends, and 24 hours after it was rotated.",
    ),
    "token_revoked": Kind(
        401, "The access token was revoked", "Ask the property to connect or to rotate the token."
    ),
    "key_revoked": Kind(401, "The partner key was revoked", "Make another one in the hub."),
    "token_needed": Kind(
        403,
        "An access token is needed here",
        "Send the access token of the connection (adj_…); a partner key does not open this.",
    ),
    "partner_key_needed": Kind(
        403,
        "A partner key is needed here",
        "Make a partner key (adp_…) in the hub; the access token of a connection does not open "
        "this.",
    ),
    "forbidden": Kind(403, "Not yours to do", "The other side of the connection can do this."),
    "permission_missing": Kind(
        403,
        "The app has not asked for this",
        "Have the platform add the permission that the detail names to what the app asks for.",
    ),
    "connection_pending": Kind(
        403,
        "The connection is pending",
        "Activate the request, or reject it. Until then its token opens nothing else.",
    ),
    "connection_disabled": Kind(
        403,
        "The connection is disabled",
        "Whoever disabled it can enable it again. Until then its token opens nothing else.",
    ),
    "not_found": Kind(404, "Not found", "Compare the address with the description of the API."),
    "method_not_allowed": Kind(
        405, "Wrong method", "The header “Allow” of the answer names the methods that work here."
    ),
    "request_already_resolved": Kind(
        409,
        "The request was answered already",
        "Nothing is left to do. Read the connection to see its status.",
    ),
    "wrong_state": Kind(
        409, "Not possible in this state", "Read the connection to see its status."
    ),
    "disabled_by_other_side": Kind(
        409,
        "The property disabled it",
        "Only the property can enable it again. Ask the people there.",
        owner="property",
    ),
    "endpoint_disabled": Kind(
        409, "The endpoint is disabled", "Enable it first; what it missed can be replayed then."
    ),
    "endpoint_removed": Kind(
        409, "The endpoint was removed", "Add it again, and let it replay what it is missing."
    ),
    "canceled": Kind(
        409, "The delivery was canceled", "Nothing is left to do: it is no longer true."
    ),
    "request_in_progress": Kind(
        409,
        "The same request is being worked on",
        "Send it again in some seconds, with the same Idempotency-Key.",
    ),
    "precondition_failed": Kind(
        412,
        "It has changed since you read it",
        "Read it again, see whether what you want still fits, and send it with the new ETag.",
    ),
    "precondition_required": Kind(
        428,
        "The header If-Match is needed here",
        "Read it first, and send the ETag of that answer, so that nobody’s change is lost.",
    ),
    "body_too_large": Kind(413, "The body is too large", "Send less than 64 kB at once."),
    "unsupported_media_type": Kind(
        415,
        "The body does not say that it is JSON",
        "Send the header “Content-Type: application/json”.",
    ),
    "invalid": Kind(
        422, "Something in the request is wrong", "Put right what “errors” lists, and send again."
    ),
    "idempotency_key_reused": Kind(
        422,
        "The Idempotency-Key belongs to another request",
        "Use a new key for each request, and the same one only to send a request again.",
    ),
    "too_many_requests": Kind(
        429,
        "Too many requests",
        "Wait for the seconds that the header “Retry-After” gives. The header “RateLimit” of every "
        "answer says how many requests are left.",
    ),
    "internal_error": Kind(
        500,
        "Something went wrong on our side",
        "Try again later. If it stays, tell the platform the request id.",
        owner="platform",
    ),
}


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what the description of the API says about failures with these statuses."""
    schema = TypeAdapter(Problem).json_schema()
    return {
        status: {
            "description": " / ".join(
                f"`{code}`: {kind.title}" for code, kind in KINDS.items() if kind.status == status
            ),
            "content": {"application/problem+json": {"schema": schema}},
        }
        for status in statuses
    }


# What may happen to every request.
RESPONSES = responses(400, 401, 403, 404, 409, 413, 415, 422, 429, 500)
_OTHERWISE = Kind(409, "Not possible now", "The detail says why.")
_BY_STATUS = {400: "malformed_body", 401: "unauthorized"} | {
    KINDS[code].status: code
    for code in ("not_found", "method_not_allowed", "body_too_large", "unsupported_media_type")
}
_WORDS = {
    "missing": "This is needed.",
    "extra_forbidden": "This is not known here. Leave it out.",
    "string_type": "Write a text, in quotes.",
    "string_unicode": "This has characters that no text may have.",
    "model_attributes_type": "Send one JSON object.",
}


def install(api: FastAPI, *, base_url: str) -> None:
    """Answer every failure of `api` with a problem."""

    async def refused_by_domain(_: Request, refusal: Exception) -> Response:
        assert isinstance(refusal, Refusal)
        return refused(refusal, base_url=base_url)

    async def failed(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        code = _BY_STATUS.get(error.status_code, "internal_error")
        return answer(code, base_url=base_url, headers=error.headers)

    async def invalid(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        if any(complaint["type"] == "json_invalid" for complaint in error.errors()):
            return answer("malformed_body", base_url=base_url)
        return answer("invalid", base_url=base_url, errors=list(_complaints(error.errors())))

    async def unexpected(_: Request, __: Exception) -> Response:
        # The exception goes on to `Requests`, which writes it into the log.
        return answer("internal_error", base_url=base_url)

    api.add_exception_handler(Refusal, refused_by_domain)
    api.add_exception_handler(HTTPException, failed)
    api.add_exception_handler(RequestValidationError, invalid)
    api.add_exception_handler(Exception, unexpected)


def refused(refusal: Refusal, *, base_url: str) -> Response:
    """Return a refusal of the domain as a response."""
    # What is not there was named by the program, which alone can name something else.
    owner = "" if refusal.code == "not_found" else refusal.owner
    wrong = [{"detail": refusal.message, "pointer": f"#/{refusal.field}"}] if refusal.field else []
    return answer(refusal.code, refusal.message, owner=owner, base_url=base_url, errors=wrong)


def answer(
    code: str,
    detail: str = "",
    *,
    base_url: str,
    owner: str = "",
    headers: Mapping[str, str] | None = None,
    errors: Sequence[dict[str, str]] = (),
) -> Response:
    """Return the problem `code` as a response; `detail` is what is special this time.

    `owner` (property, partner, platform) can put it right.
    """
    kind = KINDS.get(code, _OTHERWISE)
    note(code=code)
    page = f"{base_url}{PAGES}/{code}"
    problem = Problem(
        page,
        kind.title,
        kind.status,
        detail or kind.advice,
        code,
        logs.request_id.get(),
        owner or kind.owner,
        page,
        errors,
    )
    shown = {name: value for name, value in asdict(problem).items() if name != "errors" or errors}
    more = {"WWW-Authenticate": 'Bearer realm="Adjoin"'} if kind.status == 401 else {}
    return Response(
        # A lone surrogate can be written in JSON, but not in UTF-8.
        dumps(shown, ensure_ascii=False).encode("utf-8", "replace"),
        kind.status,
        {"Content-Language": _LANGUAGE, **(headers or {}), **more},
        "application/problem+json",
    )


def _complaints(errors: Sequence[Any]) -> Iterator[dict[str, str]]:
    for error in errors[:_MOST_ERRORS]:
        where, *steps = error["loc"]
        detail = _WORDS.get(error["type"]) or error["msg"].removeprefix("Value error, ")
        if where == "body":
            yield {"detail": detail, "pointer": "#" + "".join(map(_step, steps))}
        else:
            yield {"detail": detail, where: str(steps[0])}


def _step(name: str | int) -> str:
    escaped = str(name).replace("~", "~0").replace("/", "~1")
    return "/" + quote(escaped, safe="~", errors="replace")
