"""Who mapped what and when: every version of a value mapping, each can be taken up again."""

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from domain import value_mappings, value_pages
from domain.value_pages import Page, Version
from ui.ask import act
from ui.components.ago import ago
from ui.components.badge import badge
from ui.components.button import button
from ui.components.dialog import Dialog
from ui.components.text import text
from ui.frame import Visit

_MOST = 60  # shown at once; older ones are in the history


class Versions:
    """The dialog; build it once with the page."""

    def __init__(self, visit: Visit, when_restored: Callable[[str], Awaitable[None]]) -> None:
        self._visit = visit
        self._when_restored = when_restored
        self._dialog = Dialog(wide=True)

    async def open(self, page: Page) -> None:
        """Show the versions of a mapping, the newest first."""
        found = await act(value_pages.versions, self._visit.actor, page.connection_id)
        if found.value is None:
            return
        with self._dialog.refill("Versions"):
            if not found.value:
                text("Nothing has been mapped yet.", classes="muted")
            with ui.element("ol").classes("versions"):
                for version in found.value[:_MOST]:
                    self._draw(page, version)
        self._dialog.open()

    def _draw(self, page: Page, version: Version) -> None:
        with ui.element("li"):
            with ui.element("div").classes("line"):
                text(f"Version {version.number}", "h3")
                if version.is_current:
                    badge("ok", "Now")
                text(version.who, "span", "muted")
                ago(version.at, zone=self._visit.zone).classes("muted")
                ui.element("span").classes("grow")
                if not version.is_current:
                    button(
                        "Restore",
                        partial(self._restore, page, version.number),
                        icon="undo-2",
                        small=True,
                        why_not=page.why_not or None,
                    )
            with ui.element("ul").classes("version-changes"):
                for sentence in version.changes:
                    text(sentence, "li")

    async def _restore(self, page: Page, number: int) -> None:
        outcome = await act(
            value_mappings.restore,
            self._visit.actor,
            page.connection_id,
            number,
            expected_version=page.version,
        )
        self._dialog.close()
        if outcome:
            await self._when_restored(f"Version {number} is in use again.")
