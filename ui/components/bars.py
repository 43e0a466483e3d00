"""Bars: a few numbers side by side, each with its words and a way to what it counts."""

from collections.abc import Sequence
from dataclasses import dataclass

from nicegui import ui

from ui.components.text import text


@dataclass(frozen=True)
class Bar:
    """One number; `tone` is one of look.TONES, and says something only beside the words."""

    label: str
    number: int
    href: str
    tone: str = "info"


def bars(items: Sequence[Bar]) -> None:
    """Show the numbers as bars of one scale; those who cannot see them read words and numbers."""
    most = max((item.number for item in items), default=0) or 1
    with ui.element("ul").classes("bars"):
        for item in items:
            with ui.element("li"), ui.element("a").classes("bar-row") as link:
                link.props["href"] = item.href
                text(item.label, "span", "bar-label")
                with ui.element("span").classes("bar-track").props('aria-hidden="true"'):
                    bar = ui.element("span").classes("bar-fill")
                    bar.style(f"width: {round(100 * item.number / most)}%")
                    bar.props["data-tone"] = item.tone
                text(f"{item.number:,}", "span", "bar-number")
