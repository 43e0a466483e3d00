"""Who changed which row and when: every version of a mapping, each can be taken up again."""

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from domain import mappings
from domain.mappings import Editor, Version
from ui.ask import act
from ui.components.ago import ago
from ui.components.badge import badge
from ui.components.button import button
from ui.components.dialog import Dialog
from ui.components.text import text
from ui.frame import Visit
from ui.pages.source.words import why_not

_MOST = 60  # shown at once; older ones are in the history


class Versions:
    """The dialog; build it once with the page."""

    def __init__(self, visit: Visit, when_restored: Callable[[str], Awaitable[None]]) -> None:
        self._visit = visit
        self._when_restored = when_restored
        self._dialog = Dialog(wide=True)

    async def open(self, editor: Editor) -> None:
        """Show the versions of a mapping, the newest first."""
        found = await act(mappings.history, self._visit.actor, editor.transfer.id)
        if found.value is None:
            return
        with self._dialog.refill("Versions"):
            if not found.value:
                text("Nothing has been saved yet.", classes="muted")
            with ui.element("ol").classes("versions"):
                for version in found.value[:_MOST]:
                    self._draw(editor, version)
        self._dialog.open()

    def _draw(self, editor: Editor, version: Version) -> None:
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
                        partial(self._restore, editor, version.number),
                        icon="undo-2",
                        small=True,
                        why_not=why_not(self._visit),
                    )
            if version.note:
                text(version.note, classes="version-note")
            with ui.element("ul").classes("version-changes"):
                for sentence in version.changes:
                    with ui.element("li"):
                        _draw_sentence(sentence)

    async def _restore(self, editor: Editor, number: int) -> None:
        outcome = await act(
            mappings.restore,
            self._visit.actor,
            editor.transfer.id,
            number,
            expected_version=editor.version,
        )
        self._dialog.close()
        if outcome:
            await self._when_restored(f"Version {number} is in use again.")


def _draw_sentence(sentence: str) -> None:
    """Draw a sentence in which paths stand between backticks."""
    for index, part in enumerate(sentence.split("`")):
        if part:
            text(part, "code" if index % 2 else "span")
