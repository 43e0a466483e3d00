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
    with card(
        "Your data",
        "When each type was last read to its end. The bars are its latest runs.",
        icon="database",
    ):
        for integration_id in dict.fromkeys(row.integration_id for row in rows):
            _draw_group([row for row in rows if row.integration_id == integration_id], zone)
        text("All your data", "a", "more-link").props["href"] = "/records"


def _draw_group(rows: Sequence[Row], zone: str) -> None:
    """Draw what one integration brings in; what is as it should be says when it comes once."""
    first = rows[0]
    fresh = next((row.words for row in rows if row.state == "fresh"), "")
    with ui.element("div").classes("freshness-head"):
        name = text(first.integration, "a", "row-name")
        name.props["href"] = f"/integrations/{first.integration_id}"
        if fresh:
            text(fresh, "span", "muted small")
    with ui.element("ul").classes("rows freshness"):
        for row in rows:
            _draw_row(row, zone)


def _draw_row(row: Row, zone: str) -> None:
    tone, words = _STATES[row.state]
    with ui.element("li"):
        with ui.element("div").classes("grow"):
            text(row.label)
            if row.state != "fresh":
                text(row.words, classes="muted small")
        if row.as_of:
            ago(row.as_of, zone=zone).classes("muted small")
        if row.runs:
            Strip(row.runs)
        badge(tone, words)
