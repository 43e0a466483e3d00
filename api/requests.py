"""Around every request: its id, one line in the log, and an answer even when we fail."""

import logging
import re
import time
import uuid
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import logs
from api import problems
from api.paths import is_api

log = logging.getLogger("adjoin.requests")

HEADER = "X-Request-Id"
_SANE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_QUIET = ("/_nicegui", "/assets/", "/healthz", "/readyz")
_NO_ANSWER = 499  # as nginx writes it down: the caller left before there was one
_UNEXPECTED = "Something went wrong on our side. Please try again."


@dataclass
class _Answer:
    """What came of a request, as far as it went."""

    began: float = field(default_factory=time.perf_counter)
    status: int | None = None

    @property
    def milliseconds(self) -> float:
        return round((time.perf_counter() - self.began) * 1000, 1)


class Requests:
    """Pure ASGI, around all that may fail: nothing that goes wrong inside remains unanswered."""

    def __init__(self, app: ASGIApp, *, base_url: str) -> None:
        self._app = app
        self._base_url = base_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        answer = _Answer()
        before = logs.request_id.set(_id_of(scope))
        send = _noting(answer, send)
        try:
            await self._app(scope, receive, send)
        except Exception:
            log.exception("an unexpected failure")
            if scope["type"] == "websocket":
                raise
            if answer.status is None:
                await self._apologise(scope, receive, send)
        finally:
            _write_line(scope, answer)
            logs.request_id.reset(before)

    async def _apologise(self, scope: Scope, receive: Receive, send: Send) -> None:
        if is_api(scope["path"]):
            response = problems.answer("internal_error", base_url=self._base_url)
            await response(scope, receive, send)
        else:
            sentence = f"{_UNEXPECTED} If it stays: request id {logs.request_id.get()}"
            await PlainTextResponse(sentence, 500)(scope, receive, send)


def _noting(answer: _Answer, send: Send) -> Send:
    """Return a `send` that notes the status and puts the request's id on the answer."""

    async def send_and_note(message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.accept"):
            message.setdefault("headers", [])
            MutableHeaders(scope=message)[HEADER] = logs.request_id.get()
        if answer.status is None:
            answer.status = _status(message)
        await send(message)

    return send_and_note


def _status(message: Message) -> int | None:
    """Return the status that a message means, None when it means none."""
    if message["type"] == "websocket.accept":
        return 101
    if message["type"] == "websocket.close":
        return 403
    status: int | None = message.get("status")
    return status


def _id_of(scope: Scope) -> str:
    """Return the id that the caller gave its request if it is a sane one, a new one otherwise."""
    given = Headers(scope=scope).get(HEADER, "")
    return given if _SANE.fullmatch(given) else uuid.uuid4().hex


def _write_line(scope: Scope, answer: _Answer) -> None:
    """Log the request: its path without the query string, in which sockets carry a password."""
    method = scope.get("method", "WEBSOCKET")
    path = logs.redact(scope["path"])[:300]
    status = answer.status or _NO_ANSWER
    is_quiet = path.startswith(_QUIET) and status < 400
    log.log(
        logging.DEBUG if is_quiet else logging.INFO,
        "%s %s %d, %s ms",
        method,
        path,
        status,
        answer.milliseconds,
        extra=logs.facts(method=method, path=path, status=status, duration_ms=answer.milliseconds),
    )
