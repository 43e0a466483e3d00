"""The frame of the pages that explain the API, which everybody may read without signing in."""

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import ui

from ui import look
from ui.components.text import text

PAGES = {
    "/help": "Quick start",
    "/help/reference": "Reference",
    "/help/access": "Access",
    "/help/events": "Events",
    "/help/errors": "Errors",
}


@contextmanager
def guide(path: str, title: str, lead: str) -> Iterator[ui.element]:
    """Show the frame with `path` as the current page; the block fills it below the title."""
    ui.context.client.layout.classes("manual")
    with ui.element("header").classes("manual-top"):
        with _link("/", "manual-logo", "Adjoin"):
            logo = ui.element("img").props('alt="" width="26" height="26"')
            logo.props["src"] = look.asset("favicon.svg")
            text("Adjoin", "span")
        with ui.element("nav").props('aria-label="API"'):
            for address, label in PAGES.items():
                with _link(address, "", ""):
                    text(label, "span")
                if address == path:
                    ui.context.slot.children[-1].props('aria-current="page"')
    # NiceGUI draws all of it inside its own <main>.
    with ui.element("div").classes("manual-main"):
        text(title, "h1")
        text(lead, classes="lead")
        with ui.element("div").classes("manual-body") as body:
            yield body


def _link(address: str, classes: str, label: str) -> ui.element:
    shown = ui.element("a").classes(classes)
    shown.props["href"] = address
    if label:
        shown.props["aria-label"] = label
    return shown
