"""Around every request: its id, one line in the log, and an answer even when we fail."""

import logging
import re
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import logs
from api import notes, problems
from api.notes import Note
from api.paths import is_api
from domain import api_requests
from domain.api_requests import Entry

log = logging.getLogger("adjoin.requests")

HEADER = "X-Request-Id"
_SANE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_QUIET = ("/_nicegui", "/assets/", "/healthz", "/readyz")
_LONGEST_METHOD = 16  # characters; HTTP allows any word
_NO_ANSWER = 499  # as nginx writes it down: the caller left before there was one
_UNEXPECTED = "Something went wrong on our side. Please try again."


class Requests:
    """Pure ASGI, around all that may fail: nothing that goes wrong inside remains unanswered."""

    def __init__(self, app: ASGIApp, *, base_url: str) -> None:
        self._app = app
        self._base_url = base_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        answer = Note(scope.get("method", "WEBSOCKET"), scope["path"])
        before = logs.request_id.set(_id_of(scope))
        noted_before = notes.current.set(answer)
        send = _noting(answer, send)
        try:
            await self._app(scope, receive, send)
        except Exception:
            log.exception("an unexpected failure")
            if scope["type"] == "websocket":
                raise
            if answer.status is None:
                await self._apologise(answer.path)(scope, receive, send)
        finally:
            _write_line(answer)
            if is_api(answer.path) and answer.is_kept:
                _keep(answer)
            notes.current.reset(noted_before)
            logs.request_id.reset(before)

    def _apologise(self, path: str) -> ASGIApp:
        if is_api(path):
            return problems.answer("internal_error", base_url=self._base_url)
        sentence = f"{_UNEXPECTED} If it stays: request id {logs.request_id.get()}"
        return PlainTextResponse(sentence, 500)


def _noting(answer: Note, send: Send) -> Send:
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


def _write_line(answer: Note) -> None:
    """Log the request: its path without the query string, in which sockets carry a password."""
    line: dict[str, Any] = {
        "method": answer.method,
        "path": logs.redact(answer.path)[:300],
        "status": answer.status or _NO_ANSWER,
        "duration_ms": round((time.perf_counter() - answer.began) * 1000, 1),
    }
    is_quiet = answer.path.startswith(_QUIET) and line["status"] < 400
    level = logging.DEBUG if is_quiet else logging.INFO
    words = "%(method)s %(path)s %(status)d, %(duration_ms)s ms"
    log.log(level, words, line, extra=logs.facts(**line))


def _keep(answer: Note) -> None:
    """Put the request into the log that its partner, the property and operators read."""
    duration = round((time.perf_counter() - answer.began) * 1000)
    api_requests.note(
        Entry(
            datetime.now(UTC),
            logs.request_id.get(),
            answer.method[:_LONGEST_METHOD],
            answer.endpoint,
            answer.status or _NO_ANSWER,
            answer.code,
            duration,
            *answer.whose,
        )
    )
