"""A chart of runs: what was read, what changed and how long it took, one column for each run."""

from collections.abc import Sequence
from typing import Any, TypedDict

from nicegui import ui

from ui.components.plain import keep


class Point(TypedDict):
    """One run; `at` is ISO 8601 text, `status` a key of look.STATUS."""

    id: str
    href: str
    at: str
    status: str
    read: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    not_subscribed: int
    deleted: int
    seconds: float | None


class RunChart(ui.element, component="runchart.js"):
    """Three small drawings above each other, with the same runs from left to right.

    Each has a scale of its own: a handful of changes is not lost beside thousands of records that
    stayed the same. For those who cannot see it, it is a table.
    """

    def __init__(self, points: Sequence[Point], *, zone: str = "UTC") -> None:
        """Show `points`, the oldest first."""
        super().__init__()
        self._points = list(points)
        self._props["zone"] = zone
        keep(self, points=self._points)

    def replace(self, points: Sequence[Point]) -> None:
        """Show other runs."""
        if list(points) == self._points:
            return
        self._points = list(points)
        keep(self, points=self._points)
        self.update()

    @property
    def points(self) -> list[Point]:
        """What is shown."""
        return list(self._points)

    def _displayed_contents(self, *, only_visible: bool) -> list[Any]:
        return [point["read"] for point in self._points]
