"""Limits what a request may bring: small bodies, read whole before anything is done with them."""

import re

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from api import problems
from api.bodies import again
from api.paths import is_api, is_hook, is_mail
from domain import replies

API_LIMIT = 64_000  # bytes
HOOK_LIMIT = 256_000  # bytes
PAGE_LIMIT = 1_000_000  # bytes
UPLOAD_LIMIT = 51_000_000  # bytes; the domain takes files of 50 MB, and a form wraps them
_UPLOAD = re.compile(r"/_nicegui/client/[^/]+/upload/\d+")


class Limits:
    """Pure ASGI: answers 413 to a body over its limit, whether its length was declared or not.

    The body is collected here, so no verb has begun when a body turns out to be too long. Files
    that a page asked for are too large for that: they must say their length, and pass through.
    """

    def __init__(self, app: ASGIApp, *, base_url: str) -> None:
        self._app = app
        self._base_url = base_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _UPLOAD.fullmatch(scope["path"]):
            await self._pass_file(scope, receive, send)
            return
        limit = _limit_of(scope["path"])
        try:
            body = await _collect(receive, limit, _declared(scope))
        except _TooLong:
            await self._refuse(limit, scope, receive, send)
            return
        if body is not None:
            await self._app(scope, again(body, receive), send)

    async def _pass_file(self, scope: Scope, receive: Receive, send: Send) -> None:
        declared = _declared(scope)
        if not declared:
            answer = PlainTextResponse("A file has to say how long it is.", 411)
            await answer(scope, receive, send)
        elif declared > UPLOAD_LIMIT:
            await self._refuse(UPLOAD_LIMIT, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _refuse(self, limit: int, scope: Scope, receive: Receive, send: Send) -> None:
        sentence = f"This is too much at once: {limit // 1000} kB at most."
        if is_api(scope["path"]):
            answer = problems.answer("body_too_large", sentence, base_url=self._base_url)
            await answer(scope, receive, send)
        else:
            await PlainTextResponse(sentence, 413)(scope, receive, send)


def _limit_of(path: str) -> int:
    if is_api(path):
        return API_LIMIT
    if is_mail(path):
        # Only who knows the secret may have us hold so much.
        return replies.LARGEST if replies.is_open(replies.secret_in(path)) else API_LIMIT
    return HOOK_LIMIT if is_hook(path) else PAGE_LIMIT


class _TooLong(Exception):
    pass


async def _collect(receive: Receive, limit: int, declared: int) -> bytes | None:
    """Return the body, None when the sender left before its end."""
    if declared > limit:
        raise _TooLong
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > limit:
            raise _TooLong
        if not message.get("more_body", False):
            return bytes(body)


def _declared(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() and len(length) < 20 else 0
