"""What can be done with an integration: its buttons, its menu, and what is asked before."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from domain import integrations, lifecycle, runs
from domain.integration_pages import Row
from domain.readiness import NotReady
from ui.ask import act, attempt, attempt_outside, show
from ui.components.button import button
from ui.components.callout import callout
from ui.components.dialog import Dialog
from ui.components.field import text_field
from ui.components.menu import Item, Menu
from ui.components.notice import notice
from ui.components.text import text
from ui.frame import Visit
from ui.pages.integration.words import follows
from ui.pages.source.words import why_not


class Moves:
    """Makes the moves; build it once with the page."""

    def __init__(self, visit: Visit, refresh: Callable[[], Awaitable[None]]) -> None:
        self._visit = visit
        self._refresh = refresh
        self._dialog = Dialog()

    def draw_head(self, row: Row) -> None:
        """Draw what can always be done: run it, try it, change it, stop it."""
        button("Run now", self._run_now(row), icon="play", why_not=self._why_no_run(row))
        button("Dry run", self._dry_run(row), icon="eye", why_not=self._why_no_dry_run(row))
        address = f"/integrations/{row.id}/settings"
        button("Settings", href=address, icon="settings", kind="quiet", hide_label=True)
        Menu("More", self._items(row), lambda key: self._choose(key, row), icon="ellipsis")

    def draw_activate(self, row: Row) -> None:
        why = why_not(self._visit)
        button("Activate", self._activate(row), kind="primary", icon="play", why_not=why)

    def draw_enable(self, row: Row) -> None:
        why = why_not(self._visit)
        button("Enable", self._enable(row), kind="primary", icon="play", why_not=why)

    def draw_cancel(self, run_id: str) -> None:
        """Draw the button that stops a run."""

        async def cancel() -> None:
            if await act(runs.cancel, self._visit.actor, run_id):
                notice("What it has brought in so far stays.", title="Canceled")

        button("Cancel", cancel, icon="x", small=True, why_not=why_not(self._visit))

    def _items(self, row: Row) -> list[Item]:
        reason = why_not(self._visit)
        found: list[Item] = []
        if "disable" in lifecycle.INTEGRATION.open_to(row.status, "property"):
            words: Item = {"key": "disable", "label": "Disable", "icon": "pause"}
            found.append({**words, "why_not": reason})
        remove: Item = {"key": "remove", "label": "Remove", "icon": "trash-2", "tone": "bad"}
        return [*found, {**remove, "why_not": reason}]

    def _why_no_run(self, row: Row) -> str | None:
        if reason := why_not(self._visit):
            return reason
        if row.status == "draft":
            return "Activate it first. A dry run shows what would come in."
        if row.status == "disabled":
            return "It is disabled. Enable it first."
        return "It is running already." if row.running else None

    def _why_no_dry_run(self, row: Row) -> str | None:
        if reason := why_not(self._visit):
            return reason
        return "It is running already." if row.running else None

    def _run_now(self, row: Row) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            if await act(runs.run_now, self._visit.actor, row.id):
                notice("You can watch it here.", title="The run begins")

        return run

    def _dry_run(self, row: Row) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            outcome = await act(runs.dry_run, self._visit.actor, row.id)
            if outcome.value is not None:
                notice("It writes no record.", title="The dry run begins")
                ui.navigate.to(f"/integrations/{row.id}/runs/{outcome.value}")

        return run

    def _activate(self, row: Row) -> Callable[[], Awaitable[None]]:
        async def activate() -> None:
            outcome = await attempt(integrations.activate, self._visit.actor, row.id)
            if outcome.refusal is None:
                notice(follows(row.schedule), title="Active")
            elif isinstance(outcome.refusal, NotReady):
                await self._refresh()  # the panel lists what is missing
                show(outcome.refusal)
            else:
                show(outcome.refusal)

        return activate

    def _enable(self, row: Row) -> Callable[[], Awaitable[None]]:
        async def enable() -> None:
            outcome = await attempt_outside(integrations.enable, self._visit.actor, row.id)
            if outcome.refusal is None:
                notice(f"One page of {row.source} could be read. Data flows again.", title="Active")
            else:
                await self._refresh()
                show(outcome.refusal)

        return enable

    def _choose(self, verb: str, row: Row) -> None:
        if verb == "disable":
            self._ask_disable(row)
        else:
            self._ask_remove(row)

    def _ask_disable(self, row: Row) -> None:
        with self._dialog.refill(f"Disable {row.name}"):
            refused = ui.element("div").classes("refused")
            text(
                "Nothing flows until somebody enables it again. A run that is on is canceled; "
                "all records stay.",
                classes="dialog-lead",
            )
            reason = text_field("Reason", multiline=True, hint="It stays in the history.")
            reason.props["optional"] = True

        async def disable() -> None:
            refused.clear()
            outcome = await attempt(
                integrations.disable, self._visit.actor, row.id, str(reason.value or "")
            )
            if outcome.refusal is None:
                self._dialog.close()
                notice("Nothing flows until it is enabled again.", title="Disabled")
                return
            with refused, callout("bad", "Nothing has changed", outcome.refusal.message):
                pass

        self._dialog.ask("Disable", disable, icon="pause")

    def _ask_remove(self, row: Row) -> None:
        async def remove() -> None:
            if await act(integrations.remove, self._visit.actor, row.id):
                self._dialog.close()
                notice(f"{row.name} is gone. What it brought in stays.", title="Removed")
                ui.navigate.to("/integrations")

        with self._dialog.refill(f"Remove {row.name}"):
            text(
                "Its runs and rejected records go. The records that it brought in stay, and so "
                "do the source and its mappings. This cannot be undone.",
                classes="dialog-lead",
            )
        self._dialog.ask("Remove", remove, kind="danger", icon="trash-2")
