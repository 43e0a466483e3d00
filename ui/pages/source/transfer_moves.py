"""What can be done with a data transfer: its gear, and the dialogs that open before."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui

from domain import lifecycle, transfers
from domain.readiness import AUTHORIZATION, Missing, NotReady
from domain.transfers import Row
from ui.ask import act, act_outside, attempt, show
from ui.components.button import button
from ui.components.dialog import Dialog
from ui.components.menu import Item
from ui.components.notice import notice
from ui.components.text import text
from ui.frame import Visit
from ui.pages.source.missing import draw_missing
from ui.pages.source.words import counted

_LOOKS: dict[str, Item] = {
    "mapping": {"label": "Mapping", "icon": "route"},
    "activate": {"label": "Activate", "icon": "play"},
    "deactivate": {"label": "Deactivate", "icon": "pause"},
    "remove": {"label": "Remove", "icon": "trash-2", "tone": "bad"},
}


def items(status: str, why_not: str | None) -> list[Item]:
    """Return the gear's entries for a transfer in a state; `why_not` refuses all but looking."""
    open_moves = lifecycle.TRANSFER.open_to(status, "property")
    found: list[Item] = []
    for key, look in _LOOKS.items():
        if key == "mapping":
            found.append({"key": key, **look})
        elif key in open_moves:
            found.append({"key": key, **look, "why_not": why_not})
    return found


class TransferMoves:
    """Makes the moves; build it once with the page."""

    def __init__(
        self,
        visit: Visit,
        refresh: Callable[[], Awaitable[None]],
        on_go: Callable[[Missing], Any] | None = None,
    ) -> None:
        """`on_go` leads to what is missing; without it, the mapping's page is opened there."""
        self._visit = visit
        self._refresh = refresh
        self._on_go = on_go
        self._dialog = Dialog()

    async def make(self, verb: str, row: Row) -> None:
        """Make a move, after asking where it takes something away."""
        if verb == "mapping":
            ui.navigate.to(_address(row))
        elif verb == "activate":
            await self._activate(row)
        elif verb == "deactivate":
            await self._deactivate(row)
        elif verb == "remove":
            self._ask_remove(row)

    async def sample(self, transfer_id: str) -> None:
        """Read sample records now; why it failed stays on the page."""
        outcome = await act_outside(transfers.sample, self._visit.actor, transfer_id)
        if outcome.value is not None:
            notice(f"{counted(outcome.value, 'record')} read from the source.", title="Samples")

    async def _activate(self, row: Row) -> None:
        outcome = await attempt(transfers.activate, self._visit.actor, row.id)
        if outcome:
            notice(f"{row.label} can be brought in now.", title="Active")
            await self._refresh()
        elif isinstance(outcome.refusal, NotReady):
            self._show_missing(row, outcome.refusal)
        elif outcome.refusal is not None:
            show(outcome.refusal)

    def _show_missing(self, row: Row, refusal: NotReady) -> None:
        def go(missing: Missing) -> Any:
            self._dialog.close()
            if self._on_go is not None:
                return self._on_go(missing)
            if missing.place == AUTHORIZATION:
                ui.navigate.to(f"/sources/{row.source_id}")
            else:
                ui.navigate.to(f"{_address(row)}?at={missing.place}")
            return None

        with self._dialog.refill(f"{row.label}: not yet"):
            draw_missing(refusal.missing, go)
        with self._dialog.footer:
            button("Close", self._dialog.close)
        self._dialog.open()

    async def _deactivate(self, row: Row) -> None:
        if await act(transfers.deactivate, self._visit.actor, row.id):
            notice(f"{row.label} are no longer brought in. The mapping stays.", title="Inactive")
            await self._refresh()

    def _ask_remove(self, row: Row) -> None:
        async def remove() -> None:
            if await act(transfers.remove, self._visit.actor, row.id):
                self._dialog.close()
                notice("The data transfer and its mapping are gone.", title="Removed")
                self._when_removed(row)

        with self._dialog.refill(f"Remove {row.label.lower()}"):
            text(
                "Its mapping goes with all versions, and the sample records too. Records that were "
                "brought in stay. To pause it, choose Deactivate instead.",
                classes="dialog-lead",
            )
        self._dialog.ask("Remove", remove, kind="danger", icon="trash-2")

    def _when_removed(self, row: Row) -> Any:
        if ui.context.client.sub_pages_router.current_path.startswith(_address(row)):
            ui.navigate.to(f"/sources/{row.source_id}")


def _address(row: Row) -> str:
    return f"/sources/{row.source_id}/transfers/{row.id}"
