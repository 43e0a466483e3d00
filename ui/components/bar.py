"""A bar that is filled so far, and says in words how far: progress, or how near a limit is."""

from typing import Literal

from nicegui import ui

from ui.components.text import text


class Bar:
    """The drawn bar with its words below; `set` changes it in place."""

    def __init__(self, label: str, kind: Literal["progressbar", "meter"]) -> None:
        """`label` names it for screen readers, which read the words out as its value."""
        with ui.element("div").classes("gauge") as self._frame:
            self._bar = ui.element("div").classes("gauge-bar")
            self._bar.props["role"] = kind
            self._bar.props["aria-label"] = label
            self._bar.props["aria-valuemin"] = 0
            self._bar.props["aria-valuemax"] = 100
            with self._bar:
                self._filled = ui.element("span")
            self._words = text("", classes="gauge-words tabular")

    def set(self, share: float | None, words: str, tone: str = "info") -> None:
        """Fill a share from 0 to 1; None means that nobody knows how much there is to do."""
        percent = None if share is None else round(100 * min(1.0, max(0.0, share)), 1)
        self._frame.props["data-tone"] = tone
        self._bar.props.set_optional("aria-valuenow", percent)
        self._bar.props["aria-valuetext"] = words
        self._filled.classes(replace="unknown" if percent is None else "")
        self._filled.style(f"width: {30 if percent is None else percent}%")
        self._words.text = words


def progress(label: str) -> Bar:
    """Show how far something has come."""
    return Bar(label, "progressbar")


def meter(label: str) -> Bar:
    """Show how near something is to a limit."""
    return Bar(label, "meter")
