"""What a dry run would change, record by record."""

from collections.abc import Sequence

from nicegui import ui

from domain.run_pages import Cell, Preview
from domain.types_of_data import ALL
from ui.components.badge import badge
from ui.components.card import card
from ui.components.text import text
from ui.pages.integration.words import CHANGES

_TONES = {
    "created": "ok",
    "updated": "info",
    "canceled": "warn",
    "deleted": "bad",
    "status_changed": "info",
}
_SHOWN, _OPEN = 100, 3


def draw_previews(shown: tuple[bool, str, Sequence[Preview]]) -> None:
    """Draw the card; `shown` is whether the run is dry, its status, and what it would change."""
    is_dry, status, previews = shown
    if not is_dry or not status.startswith("succeeded"):
        return
    lead = "Some of it; the numbers above count all." if previews else None
    with card("What would change", lead, icon="eye"):
        if not previews:
            text("Nothing: every record is here already, as it is.", classes="muted")
        with ui.element("ul").classes("previews"):
            for index, preview in enumerate(previews[:_SHOWN]):
                _draw(preview, is_open=index < _OPEN)


def _draw(preview: Preview, *, is_open: bool) -> None:
    with ui.element("li"), ui.element("details").classes("event") as details:
        details.props["open"] = is_open
        with ui.element("summary"):
            text(preview.external_id, "code")
            badge(_TONES.get(preview.change, "muted"), _would(preview.change))
            text(ALL[preview.type].one.capitalize(), "span", "muted")
        with ui.element("table").classes("cells"):
            with ui.element("thead"), ui.element("tr"):
                for head in ("Field", "Now", "Then"):
                    text(head, "th").props('scope="col"')
            with ui.element("tbody"):
                for cell in preview.cells:
                    _draw_cell(cell)


def _would(change: str) -> str:
    if change == "status_changed":
        return "Would change its status"
    return f"Would be {CHANGES.get(change, change).lower()}"


def _draw_cell(cell: Cell) -> None:
    with ui.element("tr"):
        text(cell.label, "th").props('scope="row"')
        text(cell.before or "–", "td", "" if cell.before else "muted")
        text(cell.after or "–", "td", "" if cell.after else "muted")
