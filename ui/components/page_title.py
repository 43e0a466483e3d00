"""The top of a page: where we are, what this is, and what can be done here."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from nicegui import ui

from ui.components.text import text


@contextmanager
def page_title(title: str, lead: str | None = None) -> Iterator[ui.element]:
    """Show the page's h1 with one sentence below; the block's content sits at the right."""
    with ui.element("header").classes("page-title"):
        with ui.element("div").classes("grow"):
            text(title, "h1")
            if lead:
                text(lead, classes="lead")
        with ui.element("div").classes("actions") as actions:
            yield actions


def breadcrumb(items: Sequence[tuple[str, str | None]]) -> None:
    """Show the way here: (label, address) pairs, the last one without an address."""
    with (
        ui.element("nav").classes("breadcrumb").props('aria-label="Breadcrumb"'),
        ui.element("ol"),
    ):
        for label, href in items:
            with ui.element("li"):
                link = text(label, "a" if href else "span")
                if href:
                    link.props["href"] = href
                else:
                    link.props["aria-current"] = "page"
