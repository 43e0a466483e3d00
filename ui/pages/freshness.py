"""The card of a hotel's data: as of when each type is, and whether that is as it should be."""

from collections.abc import Sequence

from nicegui import ui

from domain.freshness import Row
from ui.components.ago import ago
from ui.components.badge import badge
from ui.components.card import card
from ui.components.strip import Strip
from ui.components.text import text

_STATES = {
    "fresh": ("ok", "Fresh"),
    "stale": ("warn", "Stale"),
    "stopped": ("bad", "Stopped"),
    "never": ("muted", "Not yet"),
}


def draw(rows: Sequence[Row], zone: str) -> None:
    """Draw the card, unless no data were ever asked for."""
    if not rows:
        return
    with card("Your data", "When each type last came in to the end.", icon="database"):
        with ui.element("ul").classes("rows freshness"):
            for row in rows:
                _draw_row(row, zone)
        text("All your data", "a", "more-link").props["href"] = "/records"


def _draw_row(row: Row, zone: str) -> None:
    tone, words = _STATES[row.state]
    with ui.element("li"):
        with ui.element("div").classes("grow"):
            with ui.element("p"):
                link = text(row.label, "a", "row-name")
                link.props["href"] = f"/integrations/{row.integration_id}"
                text(f" from {row.integration}", "span", "muted")
            text(row.words, classes="muted small")
        if row.as_of:
            ago(row.as_of, zone=zone).classes("muted small")
        if row.runs:
            Strip(row.runs)
        badge(tone, words)
