"""Calls of sources: POST /in/{secret}, answered at once; whatever has to follow is stored by then.

200 it was received, once or again · 400 no call of this kind of source · 403 about an account that
is not the source's · 404 no such address · 405 another method · 413 over 256 kB · 429 too much at
once. Vendors take all but 2xx for a failure and call again. No cookie is read or set.
"""

import asyncio

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from domain import hooks
from domain.hooks import PATH

MOST_WAITING = 16_000_000  # bytes of calls to one address
MOST_AT_ALL = 4 * MOST_WAITING  # of calls to whatever address, made-up ones too

router = APIRouter(include_in_schema=False)
# Threads of their own: whoever calls all the time must not use up those of the API.
_threads = CapacityLimiter(4)
_OTHER_METHODS = ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"]
_ANSWERS = {
    hooks.RECEIVED: (200, "Received."),
    hooks.GARBLED: (400, "This is not a call of the system that this address is for."),
    hooks.FOREIGN: (403, "This is about an account that this address is not for."),
    hooks.UNKNOWN: (404, "There is no such address. It may have been renewed."),
}


@router.post(PATH + "/{secret:path}")
async def call(request: Request, secret: str) -> Response:
    """Take a call."""
    body = await request.body()
    secret = secret.rstrip("/")
    if not hooks.is_shaped(secret):
        return _answer(*_ANSWERS[hooks.UNKNOWN])
    try:
        said = await _gathering.take(secret, body)
    except _TooMuch:
        return _answer(429, "Too many calls at once. Call again in a second.", {"Retry-After": "1"})
    return _answer(*_ANSWERS[said])


@router.api_route(PATH + "/{secret:path}", methods=_OTHER_METHODS)
async def not_a_call(secret: str) -> Response:
    """Say the same of every address, whether it is one or not."""
    return _answer(405, "Calls come as POST.", {"Allow": "POST"})


def _answer(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"detail": detail}, status, headers)


class _TooMuch(Exception):
    pass


class _Gathering:
    """Calls to one address that come while others are looked at wait, and are looked at together.

    So a thousand calls a second cost the database as much as a few dozen, and each is answered only
    after a look that began after it came.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, list[tuple[bytes, asyncio.Future[str]]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._held = 0  # bytes

    async def take(self, secret: str, body: bytes) -> str:
        """Return what became of a call; raises _TooMuch."""
        if self._held + len(body) > MOST_AT_ALL:
            raise _TooMuch
        self._held += len(body)
        try:
            return await self._answered(secret, body)
        finally:
            self._held -= len(body)

    async def _answered(self, secret: str, body: bytes) -> str:
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        if secret in self._waiting:
            waiting = self._waiting[secret]
            if sum(len(each) for each, _ in waiting) + len(body) > MOST_WAITING:
                raise _TooMuch
            waiting.append((body, answer))
        else:
            self._waiting[secret] = [(body, answer)]
            task = asyncio.create_task(self._work_off(secret))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await answer

    async def _work_off(self, secret: str) -> None:
        while calls := self._waiting[secret]:
            self._waiting[secret] = []
            bodies = [body for body, _ in calls]
            try:
                said = await to_thread.run_sync(hooks.receive, secret, bodies, limiter=_threads)
            except Exception as error:
                for _, answer in calls:
                    if not answer.done():
                        answer.set_exception(error)
            else:
                for (_, answer), each in zip(calls, said, strict=True):
                    if not answer.done():  # unless its caller has left
                        answer.set_result(each)
        del self._waiting[secret]


_gathering = _Gathering()
