"""What an app needs to know of a hotel, for those who read about it."""

from collections.abc import Sequence
from itertools import groupby

from nicegui import ui

from domain.slots import Slot
from domain.types_of_data import ALL
from ui.components.text import text


def draw_needed_values(slots: Sequence[Slot]) -> None:
    """Show the values that are mapped, each type of data under its name."""
    for type_key, found in groupby(slots, key=lambda slot: slot.type):
        text(ALL[type_key].label, "h3", "needed-type")
        with ui.element("ul").classes("needed"):
            for slot in found:
                with ui.element("li"):
                    text(slot.label, "span", "grow")
                    if slot.required:
                        text("required", "span", "badge").props('data-tone="muted"')
