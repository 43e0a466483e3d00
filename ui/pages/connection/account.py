"""The account behind a core connection: whose it is, when it was last checked, and how it went."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui

from domain import core, subscriptions
from domain.subscriptions import Page
from ui.ask import act_outside, load
from ui.components.ago import ago
from ui.components.button import button
from ui.components.card import card, facts
from ui.components.notice import notice
from ui.components.text import text
from ui.frame import Visit
from ui.pages.connection.moves import Moves, not_yours


class AccountCard:
    """The card; its facts and buttons follow the connection."""

    def __init__(
        self, visit: Visit, moves: Moves, found: Page, refresh: Callable[[], Awaitable[None]]
    ) -> None:
        self._visit = visit
        self._moves = moves
        self._refresh = refresh
        self._found = found
        with card("Credentials", f"With them we call {found.row.app_name}.", icon="lock-keyhole"):
            self._content = ui.element("div").classes("stack tight")
        self._draw()

    def update(self, found: Page) -> None:
        """Show what has become of the account."""
        before, self._found = self._found, found
        if (found.account, found.row.status) != (before.account, before.row.status):
            self._draw()

    def _draw(self) -> None:
        self._content.clear()
        with self._content:
            account, status = self._found.account, self._found.row.status
            if account is None or status == "disconnected":
                text("None are in use. Reconnecting asks for them again.", classes="muted")
                return
            items: list[tuple[str, Any]] = [
                ("Account", account.name or "without a name"),
                ("Last checked", lambda: ago(account.checked_at, zone=self._visit.zone)),
            ]
            if status == "broken":
                # The panel on top quotes what the vendor said; once is enough.
                items.append(("The answer", f"{self._found.row.app_name} refuses them"))
            elif account.last_error:
                items.append(("The answer", account.last_error))
            else:
                items.append(("The answer", f"{self._found.row.app_name} accepted them"))
            facts(items)
            self._draw_buttons(status)

    def _draw_buttons(self, status: str) -> None:
        why_not = not_yours(self._found)
        with ui.element("div").classes("actions"):
            button("Check now", self._check, icon="refresh-cw", why_not=why_not)
            if status == "broken":
                return  # Repair stands in the panel on top
            button(
                "Change credentials",
                lambda: self._moves.credentials.repair(self._found),
                icon="lock-keyhole",
                why_not=why_not,
            )

    async def _check(self) -> None:
        outcome = await act_outside(core.check_again, self._visit.actor, self._found.row.id)
        if outcome.value is None:
            return
        found = await load(subscriptions.read, self._visit.actor, self._found.row.id)
        is_fine = found.account is not None and not found.account.last_error
        notice(outcome.value, "ok" if is_fine else "bad")
        await self._refresh()
