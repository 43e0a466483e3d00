"""How a text would become another one: what is taken out, what is put in, and what stays."""

from collections.abc import Sequence
from typing import Any, Literal, TypedDict

from nicegui import ui

from ui.components.plain import keep

Kind = Literal["same", "out", "in", "gap"]


class Line(TypedDict):
    """One line. pieces: its parts in their order, each with whether that part has changed."""

    kind: Kind
    pieces: Sequence[tuple[bool, str]]


class Changed(TypedDict):
    """One text and its lines."""

    label: str
    lines: Sequence[Line]


class Difference(ui.element, component="difference.js"):
    """Each text under its label; signs and words say what the colours say."""

    def __init__(self, texts: Sequence[Changed]) -> None:
        super().__init__()
        keep(self, texts=list(texts))

    def _displayed_contents(self, *, only_visible: bool) -> list[Any]:
        found: list[Any] = []
        for changed in self._props["texts"]:
            found.append(changed["label"])
            found += ["".join(part for _, part in line["pieces"]) for line in changed["lines"]]
        return found
