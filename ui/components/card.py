"""A surface that holds one subject, and the plain list of facts that often fills it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from nicegui import ui

from ui.components.icon import icon as draw
from ui.components.text import text

Fact = tuple[str, str | Callable[[], Any]]


@contextmanager
def card(
    title: str | None = None, lead: str | None = None, icon: str | None = None
) -> Iterator[ui.element]:
    """Show a card; a title makes it a labelled section of the page."""
    with ui.element("section" if title else "div").classes("card") as surface:
        if title:
            with ui.element("div").classes("card-head"):
                if icon:
                    draw(icon, 18)
                with ui.element("div").classes("grow"):
                    heading = text(title, "h2")
                    surface.props(f'aria-labelledby="{heading.html_id}"')
                    if lead:
                        text(lead, classes="muted")
        yield surface


def facts(items: Sequence[Fact]) -> ui.element:
    """Show a definition list of (label, value) pairs.

    A value is text, or a function that draws it (a badge, a link, a time).
    """
    with ui.element("dl").classes("facts") as listed:
        for label, value in items:
            text(label, "dt")
            if isinstance(value, str):
                text(value, "dd")
            else:
                with ui.element("dd"):
                    value()
    return listed
