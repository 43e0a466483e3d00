"""Idempotency-Key: a program that got no answer sends its request again, and nothing happens twice.

A key is remembered for its caller for 24 hours, with the answer. An answer is kept unless it was
about who asks (401, 403), how often (429), or a fault of ours: those say "try again".
"""

import hashlib
import re
from typing import Any

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.bodies import again
from api.callers import bearer_of, identify
from domain import idempotency
from domain.idempotency import Answer, Work
from domain.refusals import Refusal

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
_METHODS = frozenset({"POST", "PUT"})
_SANE = re.compile(r"[\x21-\x7e]{1,255}")
_KEPT_HEADERS = ("content-type", "content-language", "etag", "location")
_NOT_KEPT = frozenset({401, 403, 429})
_PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": (
        "A new one for each request, and the same one to send a request again: within 24 hours it "
        "gets the first answer once more, and nothing happens twice."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
_WRONG = "Send 1 to 255 visible characters, such as a UUID, and only one such header."


def described(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the description of the API with the header at each operation that takes it."""
    for operations in schema["paths"].values():
        for method in _METHODS & {name.upper() for name in operations}:
            operation = operations[method.lower()]
            operation.setdefault("parameters", []).append(_PARAMETER)
    return schema


class Idempotency:
    """Pure ASGI, around the routes of the API; a request without the header passes as it is."""

    def __init__(self, app: ASGIApp, *, base_url: str) -> None:
        self._app = app
        self._base_url = base_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        keys = headers.getlist(HEADER)
        if not keys or scope["method"] not in _METHODS:
            await self._app(scope, receive, send)
            return
        if len(keys) > 1 or not _SANE.fullmatch(keys[0]):
            errors = [{"detail": _WRONG, "header": HEADER}]
            answer = problems.answer("invalid", base_url=self._base_url, errors=errors)
            await answer(scope, receive, send)
            return
        await self._work_once(keys[0], scope, receive, send)

    async def _work_once(self, key: str, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            caller = await to_thread.run_sync(identify, bearer_of(scope))
        except Refusal:
            await self._app(scope, receive, send)  # which says so, in its words
            return
        body = (await receive()).get("body", b"")  # `Limits` has collected it
        try:
            begun = await to_thread.run_sync(
                idempotency.begin, caller, key, _fingerprint(scope, body)
            )
        except Refusal as refusal:
            answer = problems.refused(refusal, base_url=self._base_url)
            await answer(scope, receive, send)
            return
        if isinstance(begun, Answer):
            headers = {**begun.headers, REPLAYED: "true"}
            await Response(begun.body, begun.status, headers)(scope, receive, send)
        else:
            await self._work(begun, scope, again(body, receive), send)

    async def _work(self, work: Work, scope: Scope, receive: Receive, send: Send) -> None:
        noted = _Noted(send)
        try:
            await self._app(scope, receive, noted)
        except Exception:
            await to_thread.run_sync(idempotency.give_up, work)
            raise
        answer = noted.answer
        if answer is None or answer.status in _NOT_KEPT or answer.status >= 500:
            await to_thread.run_sync(idempotency.give_up, work)
        else:
            await to_thread.run_sync(idempotency.end, work, answer)
        await noted.pass_on()


class _Noted:
    """Holds an answer back until it is kept, so that nobody asks for it before it is there."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._messages: list[Message] = []

    async def __call__(self, message: Message) -> None:
        self._messages.append(message)

    @property
    def answer(self) -> Answer | None:
        if not self._messages:
            return None
        start, *pieces = self._messages
        headers = Headers(raw=start["headers"])
        kept = {name: headers[name] for name in _KEPT_HEADERS if name in headers}
        return Answer(start["status"], kept, b"".join(piece.get("body", b"") for piece in pieces))

    async def pass_on(self) -> None:
        for message in self._messages:
            await self._send(message)


def _fingerprint(scope: Scope, body: bytes) -> str:
    """Return a hash of what is asked; who asks is not part of it."""
    parts = (scope["method"].encode(), scope["path"].encode(errors="surrogatepass"))
    # What was read before is part of a wish: else a 412 would be the answer for a day.
    expected = Headers(scope=scope).get("if-match", "").encode()
    return hashlib.sha256(b"\0".join((*parts, scope["query_string"], expected, body))).hexdigest()
