"""Attachments of cases as downloads, for whoever may read the case.

What other people uploaded is never shown by a browser as a page of ours: it is saved as a file,
under the type that its content had when it was taken, and in a sandbox if it is opened after all.
"""

from urllib.parse import quote

from fastapi import Request
from fastapi.responses import Response
from nicegui import app

from domain import case_pages
from domain.refusals import Refusal
from ui.ask import load

_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}
_PLAIN = "".join(chr(code) for code in range(32, 127) if chr(code) not in '"\\%;/')


def install() -> None:
    """Register the route; the guard before it lets nobody in who has not signed in."""
    app.get("/attachments/{attachment_id}", include_in_schema=False)(_attachment)


def attachment_path(attachment_id: str) -> str:
    return f"/attachments/{attachment_id}"


async def _attachment(request: Request, attachment_id: str) -> Response:
    try:
        found = await load(case_pages.attachment, request.state.visitor.actor, attachment_id)
    except Refusal:
        return Response("There is no such file.", 404, _HEADERS, "text/plain")
    file, content = found
    headers = _HEADERS | {"Content-Disposition": disposition(file.name)}
    return Response(content, headers=headers, media_type=file.type)


def disposition(name: str) -> str:
    """Return the header that saves a file under `name`, which may hold any character."""
    plain = "".join(sign if sign in _PLAIN else "_" for sign in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
