"""Pages and parts with nothing to show: not yet, not here, not now."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

from nicegui import ui

from ui.components.button import button
from ui.components.icon import icon as draw
from ui.components.text import text as words


@contextmanager
def empty(icon: str, title: str, text: str, *, level: str = "h2") -> Iterator[ui.element]:
    """Show an empty state; the block holds the action that fills it."""
    with ui.element("div").classes("empty"):
        with ui.element("div").classes("empty-door").props('aria-hidden="true"'):
            draw(icon, 26)
        words(title, level)
        words(text, classes="muted")
        with ui.element("div").classes("actions") as actions:
            yield actions


def not_found(what: str = "page", back: str = "/", back_label: str = "Go to the start") -> None:
    """Show that `what` isn't here, or isn't for this visitor: the same words for both."""
    with empty(
        "door-closed",
        f"There is no such {what}",
        "It may have been removed, or it belongs to another property. "
        "Check the address, or switch the property at the top.",
        level="h1",
    ):
        button(back_label, href=back, kind="primary", icon="arrow-left")


def failed(title: str, text: str, on_retry: Callable[[], Any] | None = None) -> ui.element:
    """Show that loading failed, in words, with a way to try again."""
    with ui.element("div").classes("empty").props('role="alert" data-tone="bad"') as state:
        with ui.element("div").classes("empty-door").props('aria-hidden="true"'):
            draw("cloud-off", 26)
        words(title, "h2")
        words(text, classes="muted")
        if on_retry:
            with ui.element("div").classes("actions"):
                button("Try again", on_retry, kind="primary", icon="rotate-cw")
    return state


def skeleton(kind: Literal["list", "cards", "page"] = "list") -> ui.element:
    """Show the shape of what is being loaded; delete it when the content is there."""
    with ui.element("div").classes(f"skeleton skeleton-{kind}") as shape:
        shape.props('role="status" aria-label="Loading"')
        for _ in range({"list": 5, "cards": 6, "page": 3}[kind]):
            ui.element("span")
    return shape
