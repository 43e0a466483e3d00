"""Everything that is missing before a data transfer can be active, each with its way there."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from nicegui import ui

from domain.readiness import Missing
from ui.components.button import button
from ui.components.callout import callout
from ui.components.text import text
from ui.pages.integration.words import listed

_WORDS = {"authorization": "Repair it", "sample": "Read samples"}

Go = Callable[[Missing], Any]


def draw_missing(
    missing: Sequence[Missing],
    on_go: Go,
    *,
    is_active: bool = False,
    suggested: Mapping[str, str] | None = None,
) -> None:
    """Draw the list; `on_go` follows the button of one of them.

    suggested: the labels of fields by the places for which a suggestion waits.
    """
    waiting = {each.place: each for each in missing if each.place in (suggested or {})}
    lines = [each for each in missing if each.place not in waiting]
    if suggested and waiting:
        first, *_ = waiting
        lines.insert(0, Missing(_waiting([suggested[place] for place in waiting]), first))
    tone = "bad" if is_active else "info"
    title = _title(len(missing), is_active=is_active, are_fields=len(waiting) == len(missing))
    with callout(tone, title, icon="list-checks"), ui.element("ul").classes("missing"):
        for line in lines:
            draw_line(line, on_go)


def draw_line(missing: Missing, on_go: Go) -> None:
    """Draw one thing that is missing, in a list of them."""
    with ui.element("li"):
        text(missing.sentence, "span", "grow")
        words = _WORDS.get(missing.place, "Go there")
        button(words, partial(on_go, missing), small=True, kind="quiet")


def _title(count: int, *, is_active: bool, are_fields: bool) -> str:
    if are_fields:
        what = "One required field is" if count == 1 else f"{count} required fields are"
    else:
        what = "One thing is" if count == 1 else f"{count} things are"
    return f"{what} wrong" if is_active else f"{what} missing before Activate"


def _waiting(labels: Sequence[str]) -> str:
    if len(labels) == 1:
        return f"{labels[0]}: a suggestion waits. Accept it, or choose another field."
    return f"{listed(labels)}: a suggestion waits for each. Accept them, or choose other fields."
