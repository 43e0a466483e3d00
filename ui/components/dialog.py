"""A dialog that is built once per page and filled anew each time it opens."""

from collections.abc import Callable
from typing import Any

from nicegui import ui

from ui.components.button import Button, Handler, Kind
from ui.components.text import text

_PRESS_MAIN_BUTTON = """(event) => {
    if (!event.target.matches("input.box") || event.isComposing) return;
    event.preventDefault();
    const main = '.sheet-foot .btn:is([data-kind="primary"], [data-kind="danger"])';
    event.currentTarget.querySelector(main)?.click();
}"""


class Dialog:
    """A titled sheet over the page; focus moves in, Escape closes, focus returns.

    Build it once while the page is drawn; before opening, refill it:
    `with dialog.refill("Connect Akia"): …`, then `dialog.ask("Connect", connect)`; or, for another
    footer than Cancel and one button, `with dialog.footer: …` and `dialog.open()`.
    Enter in a field of one line presses the main button of the footer, if there is one.
    """

    def __init__(self, title: str = "", *, wide: bool = False) -> None:
        self._dialog = ui.dialog().props('transition-duration="140"')
        self._dialog.classes("dialog")
        sheet_classes = "sheet" + (" wide" if wide else "")
        with self._dialog, ui.element("div").classes(sheet_classes) as sheet:
            sheet.on("keydown.enter", js_handler=_PRESS_MAIN_BUTTON)
            with ui.element("div").classes("sheet-head"):
                self._title = text(title, "h2")
                Button("Close", self.close, kind="quiet", icon="x", hide_label=True, small=True)
            self.body = ui.element("div").classes("sheet-body")
            self.footer = ui.element("div").classes("sheet-foot")
        self._dialog.props(f'aria-labelledby="{self._title.html_id}"')

    def refill(self, title: str | None = None) -> ui.element:
        """Empty the body and the footer, set the title, and return the body to fill."""
        if title is not None:
            self._title.text = title
        self.body.clear()
        self.footer.clear()
        return self.body

    def ask(
        self, label: str, on_click: Handler, *, kind: Kind = "primary", icon: str | None = None
    ) -> None:
        """End it with Cancel and the main button, and show it; `on_click` closes it."""
        with self.footer:
            Button("Cancel", self.close)
            Button(label, on_click, kind=kind, icon=icon)
        self.open()

    def open(self) -> None:
        """Show it."""
        self._dialog.open()

    def close(self) -> None:
        """Hide it."""
        self._dialog.close()

    @property
    def is_open(self) -> bool:
        """Whether it is shown now."""
        return bool(self._dialog.value)

    def on_close(self, callback: Callable[[], Any]) -> None:
        """Call back after it was closed, whoever closed it."""
        self._dialog.on_value_change(lambda event: None if event.value else callback())
