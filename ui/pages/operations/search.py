"""Search: one box for what operators are asked about, by number, request id or name."""

from itertools import groupby
from urllib.parse import urlencode

from nicegui import ui

from domain import lookups
from domain.lookups import Found, Hit
from ui.ask import load
from ui.components.ago import iso
from ui.components.button import button
from ui.components.empty import empty
from ui.components.field import text_field
from ui.components.listing import Column, Listing
from ui.components.listing import Row as Line
from ui.components.page_title import page_title
from ui.components.part import Part
from ui.components.text import text
from ui.frame import Visit
from ui.look import STATUS

PATH = "/operations/search"
PAUSE = 0.25  # seconds without typing before everything is searched
HINT = "A connection (C-10001), a case (#1001), a request id, or a name."
_LABELS = {
    "connection": "Connections",
    "case": "Cases",
    "request": "Requests of the last 30 days",
    "property": "Properties",
    "partner": "Partners",
    "app": "Apps",
    "person": "People",
}
_ONE = {
    "connection": "Connection",
    "case": "Case",
    "request": "Request",
    "property": "Property",
    "partner": "Partner",
    "app": "App",
    "person": "Person",
}


async def page(visit: Visit) -> None:
    wanted = visit.query.get("q", "").strip()[:200]
    with page_title("Search", "One box for everything that people ask you about."):
        pass
    with ui.element("div").classes("stack"):
        field = text_field(
            "What do you look for?",
            value=wanted,
            hint=HINT,
            autofocus=True,
            on_change=lambda _: soon(),
            on_enter=lambda: look(),
        )
        results: Part[tuple[str, Found]] = Part(lambda told: _draw(*told, visit.zone), "stack")
        timer = ui.timer(PAUSE, lambda: look(), active=False, once=False)

    async def look() -> None:
        timer.deactivate()
        text_ = (field.value or "").strip()[:200]
        ui.navigate.history.replace(f"{PATH}?{urlencode({'q': text_})}" if text_ else PATH)
        results.show((text_, await load(lookups.find, visit.actor, text_)))

    def soon() -> None:
        timer.deactivate()
        timer.activate()

    results.show((wanted, await load(lookups.find, visit.actor, wanted)))


def draw_box() -> None:
    """Show the box that leads here, for other pages of operators."""
    with ui.element("form").classes("search-box").props('method="get" role="search"') as form:
        form.props["action"] = PATH
        box = ui.element("input").classes("box").props('type="search" name="q" maxlength="200"')
        box.props["aria-label"] = "Search the platform"
        box.props["placeholder"] = "C-10001, #1001, a request id or a name"
        box.props["autocomplete"] = "off"
        with ui.element("button").classes("btn").props('type="submit" data-kind="secondary"'):
            text("Search", "span")


def _draw(wanted: str, found: Found, zone: str) -> None:
    if not wanted:
        return
    if not found.hits:
        with empty(
            "search",
            "Nothing goes by that",
            "Check the number or the spelling. Requests are kept for 30 days, and a case that is "
            "still between a hotel and its partner is theirs alone.",
        ):
            button("All connections", href="/operations/connections")
        return
    for kind, group in groupby(found.hits, key=lambda hit: hit.kind):
        with ui.element("section").classes("stack tight"):
            text(_LABELS[kind], "h2")
            hits = list(group)
            Listing(_columns(hits), [_line(hit) for hit in hits], label=_LABELS[kind], zone=zone)
            if kind in found.more:
                text("There are more: write more of the name to see others.", classes="muted")


def _columns(hits: list[Hit]) -> list[Column]:
    """Leave out what none of them has."""
    label = _ONE[hits[0].kind]
    found: list[Column] = [{"key": "title", "label": label, "kind": "strong", "sub": "about"}]
    if any(hit.status for hit in hits):
        found.append({"key": "status", "label": "Status", "kind": "badge"})
    if any(hit.at for hit in hits):
        found.append({"key": "at", "label": "When", "kind": "ago", "align": "end"})
    return found


def _line(hit: Hit) -> Line:
    return {
        "id": f"{hit.kind} {hit.id}",
        "href": hit.href or None,
        "title": hit.title,
        "about": hit.about,
        "status": _status(hit),
        "at": iso(hit.at) if hit.at else None,
    }


def _status(hit: Hit) -> str | dict[str, str] | None:
    if hit.kind == "request":
        tone = "ok" if hit.status < "4" else "warn" if hit.status < "5" else "bad"
        return {"status": tone, "text": hit.status}
    return hit.status if hit.status in STATUS else None
