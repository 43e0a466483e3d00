"""Everything that is missing before a data transfer can be active, each with its way there."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from nicegui import ui

from domain.readiness import Missing
from ui.components.button import button
from ui.components.callout import callout
from ui.components.text import text

_WORDS = {"authorization": "Repair it", "sample": "Read samples"}


def draw_missing(
    missing: Sequence[Missing], on_go: Callable[[Missing], Any], *, is_active: bool = False
) -> None:
    """Draw the list; `on_go` follows the button of one of them."""
    count = "One thing is" if len(missing) == 1 else f"{len(missing)} things are"
    title = f"{count} wrong" if is_active else f"{count} missing before Activate"
    tone = "bad" if is_active else "info"
    with callout(tone, title, icon="list-checks"), ui.element("ul").classes("missing"):
        for each in missing:
            with ui.element("li"):
                text(each.sentence, "span", "grow")
                words = _WORDS.get(each.place, "Go there")
                button(words, partial(on_go, each), small=True, kind="quiet")
