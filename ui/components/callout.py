"""The panel that says whose turn it is and what to do next."""

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import ui

from ui.components.icon import icon as draw
from ui.components.text import text as words

ICONS = {
    "ok": "circle-check",
    "warn": "hourglass",
    "bad": "triangle-alert",
    "info": "info",
    "muted": "circle-dashed",
}


@contextmanager
def callout(
    tone: str, title: str, text: str | None = None, icon: str | None = None
) -> Iterator[ui.element]:
    """Show a toned panel (ok, warn, bad, info or muted); the block holds its actions."""
    with ui.element("div").classes("callout").props(f'data-tone="{tone}"'):
        draw(icon or ICONS[tone], 20)
        with ui.element("div").classes("grow"):
            words(title, "p", "callout-title")
            if text:
                words(text)
            with ui.element("div").classes("actions") as actions:
                yield actions
