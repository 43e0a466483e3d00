"""The card of a source's uploaded files: one per type of data, replaced by the next upload."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from nicegui import events, ui

from domain import sources, uploads
from domain.sources import Page
from domain.transfers import Row
from domain.types_of_data import ALL
from ui.ask import act_outside
from ui.components.ago import ago
from ui.components.button import Kind, button
from ui.components.card import card
from ui.components.notice import notice
from ui.components.part import Part
from ui.components.text import text
from ui.frame import Visit
from ui.pages.source.transfer_moves import TransferMoves
from ui.pages.source.words import why_not


class FilesCard:
    """The card; `update` follows the source."""

    def __init__(
        self,
        visit: Visit,
        moves: TransferMoves,
        found: Page,
        rows: Sequence[Row],
        refresh: Callable[[], Awaitable[None]],
    ) -> None:
        self._visit = visit
        self._moves = moves
        self._refresh = refresh
        lead = "CSV or Excel (.xlsx). An upload takes the place of the one before."
        with card("Files", lead, icon="file-text") as self._room:
            self._part = Part(self._draw, "stack tight")
        self.update(found, rows)

    def update(self, found: Page, rows: Sequence[Row]) -> None:
        """Show what was uploaded for the data transfers that there are."""
        self._source_id = found.row.id
        self._part.show((found.uploads, tuple((row.id, row.type, row.label) for row in rows)))

    def _draw(self, shown: tuple[Any, tuple[tuple[str, str, str], ...]]) -> None:
        files, rows = {each.type: each for each in shown[0]}, shown[1]
        if not rows:
            text("Add a data transfer first; then upload its file here.", classes="muted")
            return
        with ui.element("ul").classes("rows"):
            for transfer_id, type_key, label in rows:
                with ui.element("li"):
                    with ui.element("div").classes("grow"):
                        text(label, "strong")
                        self._draw_file(files.get(type_key))
                    self._draw_upload(transfer_id, type_key, has_file=type_key in files)

    def _draw_file(self, file: sources.UploadedFile | None) -> None:
        with ui.element("p").classes("muted small"):
            if file is None:
                text("No file yet", "span")
                return
            text(f"{file.name}, {_size(file.size)}", "span")
            ago(file.uploaded_at, " · uploaded", self._visit.zone)

    def _draw_upload(self, transfer_id: str, type_key: str, *, has_file: bool) -> None:
        label = f"{'Replace the file of' if has_file else 'Upload'} {ALL[type_key].label.lower()}"
        kind: Kind = "secondary" if has_file else "primary"
        if reason := why_not(self._visit):
            button(label, icon="upload", small=True, why_not=reason)
            return
        hidden = ui.upload(
            on_upload=partial(self._take, transfer_id, type_key),
            on_rejected=lambda: notice(
                f"Choose a CSV or Excel file of {uploads.LARGEST // 1_000_000} MB at most.", "bad"
            ),
            max_file_size=uploads.LARGEST,
            auto_upload=True,
        )
        hidden.props('accept=".csv,.tsv,.txt,.xlsx"').classes("upload-hidden")
        opener = button(label, kind=kind, icon="upload", small=True)
        # The browser opens its dialog only straight from the click, not after a round trip.
        opener.on("click", js_handler=f"() => getElement({hidden.id}).$refs.qRef.pickFiles()")

    async def _take(
        self, transfer_id: str, type_key: str, event: events.UploadEventArguments
    ) -> None:
        content = await event.file.read()
        event.sender.run_method("reset")
        with self._room:  # what was pressed is drawn anew as soon as the file is kept
            outcome = await act_outside(
                sources.upload,
                self._visit.actor,
                self._source_id,
                type_key,
                event.file.name,
                content,
            )
            if outcome:
                await self._moves.sample(transfer_id)
                await self._refresh()


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, size // 1000)} kB"
