"""Evidence for a case: to read in the portal, to print, and as a file for programs."""

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import Response
from nicegui import app, ui

from domain import evidence, evidence_pages
from domain.evidence import Page
from domain.evidence_pages import Section
from domain.refusals import Refusal
from ui.ask import load
from ui.components.button import button
from ui.components.callout import callout
from ui.components.card import card, facts
from ui.components.listing import Listing
from ui.components.page_title import breadcrumb, page_title
from ui.components.text import text
from ui.frame import Visit

_HEADERS = {
    "Content-Security-Policy": evidence_pages.POLICY,
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}
_CASES = {"property": "/support", "partner": "/hub/cases", "platform": "/operations/cases"}
Writing = Callable[[Page], str | bytes]


async def page(visit: Visit, pack_id: str) -> None:
    try:
        found = await load(evidence.read, visit.actor, pack_id)
    except Refusal as refusal:
        if refusal.code != "not_agreed":
            raise
        with callout("info", "Not yet", refusal.message, icon="lock-keyhole"):
            pass
        return
    _draw(visit, found)


def install() -> None:
    """Register the downloads; the guard before them lets nobody in who has not signed in."""
    app.get("/evidence/{pack_id}/print", include_in_schema=False)(_print)
    app.get("/evidence/{pack_id}/json", include_in_schema=False)(_json)


async def _print(request: Request, pack_id: str) -> Response:
    return await _answer(request, pack_id, evidence_pages.as_html, "text/html")


async def _json(request: Request, pack_id: str) -> Response:
    answer = await _answer(request, pack_id, evidence.as_json, "application/json")
    if answer.status_code == 200:
        answer.headers["Content-Disposition"] = f'attachment; filename="evidence-{pack_id}.json"'
    return answer


async def _answer(request: Request, pack_id: str, write: Writing, media_type: str) -> Response:
    try:
        found = await load(evidence.read, request.state.visitor.actor, pack_id)
    except Refusal as refusal:
        status = 403 if refusal.code == "not_agreed" else 404
        return Response(refusal.message, status, _HEADERS, "text/plain")
    return Response(write(found), headers=_HEADERS, media_type=media_type)


def _draw(visit: Visit, found: Page) -> None:
    about = found.content["connection"]
    cases = _CASES[visit.place.kind]
    breadcrumb([(f"Case #{found.number}", f"{cases}/{found.case_id}"), ("Evidence", None)])
    with page_title("Evidence", f"{about['app']} at {about['property']}, as it was then."):
        _outside(button("Print", href=f"/evidence/{found.row.id}/print", icon="file-text"))
        download = button("Download JSON", href=f"/evidence/{found.row.id}/json", icon="download")
        download.props["download"] = True
    with ui.element("div").classes("stack"):
        for sentence in found.content["left_out"]:
            text(sentence, classes="muted")
        for section in evidence_pages.sections(found.content):
            _draw_section(section)


def _outside(link: ui.element) -> None:
    """Open a link in a window of its own: it leads to no page of the portal."""
    link.props["target"] = "_blank"


def _draw_section(section: Section) -> None:
    with card(section.title, section.lead or None):
        if section.facts:
            facts(section.facts)
        if section.rows:
            wide = ui.element("div").classes("wide-table")
            # What can be scrolled must be reached by the keyboard, too.
            wide.props["tabindex"], wide.props["role"] = "0", "region"
            wide.props["aria-label"] = f"Table: {section.title}"
            with wide:
                _draw_table(section)


def _draw_table(section: Section) -> None:
    Listing(
        [{"key": str(at), "label": label} for at, label in enumerate(section.columns)],
        [
            {"id": str(number)} | {str(at): cell for at, cell in enumerate(row)}
            for number, row in enumerate(section.rows)
        ],
        label=section.title,
    )
