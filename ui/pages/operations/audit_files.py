"""The audit log as a download: streamed, so that a log of any length can be taken along."""

from fastapi import Request
from fastapi.responses import Response, StreamingResponse
from nicegui import app

from domain import audit_files, moments
from domain.refusals import Refusal
from ui.ask import load
from ui.pages.operations.audit import FILES
from ui.pages.operations.audit_wish import Wish

_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl"}
_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}


def install() -> None:
    """Register the route; the guard before it lets nobody in who has not signed in."""
    app.get(FILES + ".{shape}", include_in_schema=False)(_file)


async def _file(request: Request, shape: str) -> Response:
    visitor = request.state.visitor
    zone = visitor.place.time_zone if visitor.place else "UTC"
    wanted = Wish.of(request.query_params, zone).wanted
    try:
        pieces = await load(audit_files.export, visitor.actor, wanted, shape)
    except Refusal:
        return Response("There is no such file.", 404, _HEADERS, "text/plain")
    name = f"audit-{moments.now():%Y-%m-%d-%H%M}.{shape}"
    headers = _HEADERS | {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(pieces, headers=headers, media_type=_TYPES[shape])
