"""How far something has come: Requested → Partner notified → Partner activates → Active."""

from collections.abc import Sequence
from typing import Any, Literal, TypedDict

from nicegui import ui


class Step(TypedDict):
    """One step: its name, a short text below it, and where it stands."""

    title: str
    text: str
    state: Literal["done", "now", "next"]


class Steps(ui.element, component="steps.js"):
    """An ordered list drawn as a line of doors; across on wide pages, down on phones."""

    def __init__(self, items: Sequence[Step]) -> None:
        super().__init__()
        self._props["items"] = list(items)

    def set(self, items: Sequence[Step]) -> None:
        """Show another standing."""
        self._props["items"] = list(items)

    def _displayed_contents(self, *, only_visible: bool) -> list[Any]:
        return [words for item in self._props["items"] for words in (item["title"], item["text"])]


def steps(items: Sequence[Step]) -> Steps:
    """Show progress: a list of {title, text, state}, state being done, now or next."""
    return Steps(items)
