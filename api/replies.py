"""Answers by mail: POST /in-mail/{secret}, a mail as the mail server has it, RFC 5322.

200 it was taken, or needs nobody (taken before, written by a program) · 400 no mail · 403 not from
somebody who may answer a case at the address that it went to · 404 no such address · 409 the case
takes no more answers · 413 over 35 MB · 422 nothing is written in it · 429 too many at once. A mail
server tells the writer about all that begins with a 4, but 429, and tries again later after 429
and 5xx.
"""

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from domain import replies
from domain.replies import PATH

MOST_AT_ONCE = 8  # mails that wait for their turn

router = APIRouter(include_in_schema=False)
# Reading a large mail takes a second: two at a time leave the other threads to others.
_threads = CapacityLimiter(2)
_OTHER_METHODS = ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"]
_ANSWERS = {
    replies.TAKEN: (200, "Taken."),
    replies.AGAIN: (200, "Taken before."),
    replies.IGNORED: (200, "A program wrote this, so it needs nobody."),
    replies.GARBLED: (400, "This is no mail."),
    replies.STRANGER: (
        403,
        "This was not taken. A case is answered from the address to which its mail went, by "
        "answering that mail, and only by somebody who still works there.",
    ),
    replies.CLOSED: (409, "This case is resolved and takes no more answers by mail."),
    replies.EMPTY: (422, "There is nothing written in this mail."),
}


@router.post(PATH + "/{secret:path}")
async def take(request: Request, secret: str) -> Response:
    """Take a mail; `?to=` is where it was delivered, if the mail server says so."""
    if not replies.is_open(secret.rstrip("/")):
        return _answer(404, "There is no such address.")
    if _threads.statistics().tasks_waiting >= MOST_AT_ONCE:
        return _answer(429, "Too many mails at once.", {"Retry-After": "5"})
    body = await request.body()
    to = request.query_params.get("to", "")
    said = await to_thread.run_sync(replies.receive, body, to, limiter=_threads)
    return _answer(*_ANSWERS[said])


@router.api_route(PATH + "/{secret:path}", methods=_OTHER_METHODS)
async def not_a_mail(secret: str) -> Response:
    """Say the same of every address, whether it is one or not."""
    return _answer(405, "Mails come as POST.", {"Allow": "POST"})


def _answer(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"detail": detail}, status, headers)
