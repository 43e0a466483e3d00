"""The run that is on: how far it is, how fast, how much longer, and Cancel."""

from nicegui import ui

from domain.run_pages import Row
from ui.components.bar import progress
from ui.components.text import text
from ui.pages.integration.moves import Moves
from ui.pages.integration.words import progress as told
from ui.pages.integration.words import run_address


class Running:
    """A card that is there while something runs; its bar moves in place."""

    def __init__(self, moves: Moves) -> None:
        self._moves = moves
        self._run_id = ""
        self._card = ui.element("section").classes("card running")
        self._card.props["aria-label"] = "The run that is on"
        self._card.set_visibility(False)

    def show(self, run: Row | None) -> None:
        """Show how far `run` is, nothing when there is none."""
        self._card.set_visibility(run is not None)
        if run is None:
            self._run_id = ""
            self._card.clear()
            return
        if run.id != self._run_id:
            self._draw(run)
        share, words = told(run.progress, run.counts)
        self._bar.set(share, run.sentence or words)
        self._title.text = _title(run)

    def _draw(self, run: Row) -> None:
        self._run_id = run.id
        self._card.clear()
        with self._card:
            with ui.element("div").classes("running-head"):
                self._title = text("", "h2", "grow")
                link = text("Watch it closely", "a", "small")
                link.props["href"] = run_address(run.integration_id, run.id)
                self._moves.draw_cancel(run.id)
            self._bar = progress("Progress of the run")


def _title(run: Row) -> str:
    what = "dry run" if run.is_dry else "run"
    return f"A {what} is queued" if run.status == "queued" else f"A {what} is on"
