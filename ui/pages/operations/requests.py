"""Requests: find what became of a request by the id that its answer carried."""

from urllib.parse import urlencode

from nicegui import ui

from domain import api_requests
from domain.api_requests import Found
from ui.ask import load
from ui.components.button import button
from ui.components.card import card
from ui.components.field import text_field
from ui.components.listing import Column, Listing
from ui.components.listing import Row as Line
from ui.components.page_title import page_title
from ui.frame import Visit
from ui.pages.requests_log import line

_COLUMNS: list[Column] = [
    {"key": "asked", "label": "Request", "kind": "strong", "sub": "request"},
    {"key": "partner", "label": "Partner", "kind": "text", "sub": "property"},
    {"key": "status", "label": "Answer", "kind": "badge", "sub": "code"},
    {"key": "took", "label": "Took", "kind": "number"},
    {"key": "at", "label": "When", "kind": "ago", "align": "end"},
]


async def page(visit: Visit) -> None:
    wanted = visit.query.get("id", "").strip()[:64]
    found = await load(api_requests.find, visit.actor, wanted) if wanted else ()
    with page_title("Requests", "Find what became of a program’s request, for 30 days."):
        pass
    with ui.element("div").classes("stack"):
        with card(), ui.element("div").classes("stack tight"):
            field = text_field(
                "Request id",
                value=wanted,
                hint="Every answer of the API has one in its header X-Request-Id.",
                on_enter=lambda: look(),
            )
            with ui.element("div").classes("actions"):
                button("Find", lambda: look(), kind="primary", icon="search")
        if wanted:
            Listing(
                _COLUMNS,
                [_line(each) for each in found],
                label="Requests with this id",
                empty="No request with this id in the last 30 days.",
                zone=visit.zone,
            )

    def look() -> None:
        wish = (field.value or "").strip()[:64]
        ui.navigate.to(f"/operations/requests?{urlencode({'id': wish})}")


def _line(found: Found) -> Line:
    place = f"/operations/connections/{found.connection_id}" if found.connection_id else None
    return {
        **line(found.row),
        "href": place,
        "partner": found.partner or "Nobody that is known",
        "property": found.property or None,
    }
