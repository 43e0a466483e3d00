"""A part of a page that is drawn anew when, and only when, what it shows has changed."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from nicegui import ui

T = TypeVar("T")


class Part(Generic[T]):
    """Whoever types or tabs elsewhere on the page is not disturbed when this part changes."""

    def __init__(self, draw: Callable[[T], Any], classes: str = "") -> None:
        """Reserve the place here; `draw(value)` fills it."""
        self._draw = draw
        self._shown: list[T] = []
        self._holder = ui.element("div").classes(classes)
        self._holder.set_visibility(False)

    @property
    def is_deleted(self) -> bool:
        """Whether the page has gone meanwhile."""
        return self._holder.is_deleted

    def show(self, value: T) -> None:
        """Show `value`, unless it is shown already; a part in which nothing is drawn is hidden."""
        if self.is_deleted or [value] == self._shown:
            return
        self._shown = [value]
        self._holder.clear()
        with self._holder:
            self._draw(value)
        self._holder.set_visibility(bool(self._holder.default_slot.children))
