"""A row of filters, one of which is taken; each is a link, so that a choice can be shared."""

from collections.abc import Sequence
from dataclasses import dataclass

from nicegui import ui

from ui.components.text import text


@dataclass(frozen=True)
class Chip:
    """One filter: its key, its words, and where it leads."""

    key: str
    label: str
    href: str


class _Row(ui.element, component="chips.js"):
    """The place of the chips, which brings the one that is taken into view."""


class Chips:
    """The drawn row; `count` changes the number in one chip in place."""

    def __init__(self, label: str, chips: Sequence[Chip], current: str) -> None:
        self._counts = {}
        with _Row().classes("chips") as row:
            row.props["aria-label"] = label
            for chip in chips:
                with ui.element("a").classes("chip") as link:
                    link.props["href"] = chip.href
                    if chip.key == current:
                        link.props["aria-current"] = "true"
                    text(chip.label, "span")
                    self._counts[chip.key] = text("", "span", "chip-count")

    def count(self, key: str, number: int) -> None:
        """Show `number` in the chip `key`; 0 takes the number away."""
        self._counts[key].text = f"{number:,}" if number else ""
