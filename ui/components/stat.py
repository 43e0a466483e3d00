"""One number that matters, with its name."""

from nicegui import ui

from ui.components.text import text


def stat(number: int | str, label: str, href: str | None = None) -> ui.element:
    """Show a number over its label; with `href` the whole of it is a link."""
    with ui.element("a" if href else "div").classes("stat") as figure:
        if href:
            figure.props["href"] = href
        text(str(number), "span", "stat-number")
        text(label, "span", "stat-label")
    return figure
