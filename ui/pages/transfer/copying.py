"""Takes over the mapping of another source, for the same type of data."""

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from connectors.sources import KINDS
from domain import mappings
from domain.mappings import Copyable, Editor
from ui.ask import act
from ui.components.button import button
from ui.components.dialog import Dialog
from ui.components.text import text
from ui.frame import Visit


class Copying:
    """The dialog; build it once with the page."""

    def __init__(self, visit: Visit, when_copied: Callable[[str], Awaitable[None]]) -> None:
        self._visit = visit
        self._when_copied = when_copied
        self._dialog = Dialog()

    async def open(self, editor: Editor) -> None:
        """Show which mappings could be copied here."""
        found = await act(mappings.copyable, self._visit.actor, editor.transfer.id)
        if found.value is None:
            return
        with self._dialog.refill("Copy a mapping"):
            if not found.value:
                text(
                    f"No other source of yours has a mapping of {editor.type.label.lower()} yet.",
                    classes="muted",
                )
            else:
                text(
                    "It takes the place of the mapping here; Undo brings that back. Rows whose "
                    "field this source lacks say so.",
                    classes="muted",
                )
                with ui.element("ul").classes("rows"):
                    for offer in found.value:
                        self._draw(editor, offer)
        self._dialog.open()

    def _draw(self, editor: Editor, offer: Copyable) -> None:
        kind = KINDS[offer.kind].name if offer.kind in KINDS else offer.kind
        with ui.element("li"):
            with ui.element("div").classes("grow"):
                text(offer.source, "strong")
                rows = "1 row" if offer.rows == 1 else f"{offer.rows} rows"
                text(f"{kind} · {offer.property} · {rows}", classes="muted small")
            button("Copy", partial(self._copy, editor, offer), icon="copy", small=True)

    async def _copy(self, editor: Editor, offer: Copyable) -> None:
        outcome = await act(
            mappings.copy,
            self._visit.actor,
            editor.transfer.id,
            offer.transfer_id,
            expected_version=editor.version,
        )
        self._dialog.close()
        if outcome:
            await self._when_copied(f"The mapping of {offer.source} was copied.")
