"""A small button that copies a text that stands beside it, such as an address to call."""

from typing import Any

from nicegui import ui


class Copy(ui.element, component="copy.js"):
    """Named "Copy …" for screen readers; says so once it has copied."""

    def __init__(self, value: str) -> None:
        super().__init__()
        self._props["value"] = value

    def _displayed_contents(self, *, only_visible: bool) -> list[Any]:
        return [f"Copy {self._props['value']}"]


def copy(value: str) -> Copy:
    """Show the button for `value`."""
    return Copy(value)
