"""A button that opens a short list of things to do, such as the gear of a row."""

from collections.abc import Callable, Sequence
from inspect import isawaitable
from typing import Any, TypedDict

from nicegui import ui

from ui.components.button import Kind


class Item(TypedDict, total=False):
    """One thing to do: its key, its words, a drawing; `sub` explains, `why_not` refuses it.

    `tone` "bad" colours what destroys something.
    """

    key: str
    label: str
    icon: str
    sub: str
    why_not: str | None
    tone: str


class Menu(ui.element, component="menu.js"):
    """Opens on a click or the down key; arrows move, Escape closes."""

    def __init__(
        self,
        label: str,
        items: Sequence[Item],
        on_choose: Callable[[str], Any],
        *,
        icon: str = "settings",
        kind: Kind = "quiet",
        small: bool = False,
        hide_label: bool = True,
    ) -> None:
        """Show a button called `label`; `on_choose(key)` follows what was chosen.

        `hide_label` shows only the icon; the label stays its name.
        """
        super().__init__()
        self._on_choose = on_choose
        self._running = False
        self._props.update({"label": label, "icon": icon, "kind": kind, "small": small})
        self._props["hide-label"] = hide_label
        self.set(items)
        self.on("choose", lambda event: self._choose(event.args))

    def set(self, items: Sequence[Item]) -> None:
        """Offer something else."""
        self._props["items"] = [dict(item) for item in items]

    async def _choose(self, key: Any) -> None:
        """Pass on what is offered and not refused; what a browser sends may be forged."""
        offered = [item["key"] for item in self._props["items"] if not item.get("why_not")]
        if self._running or key not in offered:
            return
        self._running = True
        around = self.parent_slot.parent if self.parent_slot else None  # see Button
        try:
            result = self._on_choose(key)
            if isawaitable(result):
                await result
        finally:
            del around
            self._running = False

    def _displayed_contents(self, *, only_visible: bool) -> list[Any]:
        found = [self._props["label"]]
        for item in self._props["items"]:
            found += [item["label"], item.get("why_not")]
        return found


def menu(
    label: str,
    items: Sequence[Item],
    on_choose: Callable[[str], Any],
    *,
    icon: str = "settings",
    kind: Kind = "quiet",
    small: bool = False,
    hide_label: bool = True,
) -> Menu:
    """Show a button with a menu; see `Menu`."""
    return Menu(label, items, on_choose, icon=icon, kind=kind, small=small, hide_label=hide_label)
