"""A button that can be waited for, refused with a reason, or simply be a link."""

from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any, Literal

from nicegui.elements.mixins.disableable_element import DisableableElement
from nicegui.elements.mixins.text_element import TextElement

Kind = Literal["primary", "secondary", "quiet", "danger"]
Handler = Callable[[], Any] | Callable[[], Awaitable[Any]]


class Button(TextElement, DisableableElement, component="button.js"):
    """A real <button>, or a real <a> when it has an address."""

    def __init__(
        self,
        label: str,
        on_click: Handler | None = None,
        *,
        kind: Kind = "secondary",
        icon: str | None = None,
        why_not: str | None = None,
        href: str | None = None,
        small: bool = False,
        hide_label: bool = False,
    ) -> None:
        super().__init__(text=label)
        self._on_click = on_click
        self._running = False
        self._props.update({"kind": kind, "small": small, "hide-label": hide_label})
        self._props.set_optional("icon", icon)
        self._props.set_optional("href", href)
        self.refuse(why_not)
        if on_click:
            self._props["handled"] = True  # the browser waits for "done" before the next click
            self.on("click", self._click, [])

    def refuse(self, why_not: str | None) -> None:
        """Disable it and say why; None enables it again."""
        self._props.set_optional("why-not", why_not)
        self.enabled = why_not is None

    async def _click(self) -> None:
        """Run the handler once; clicks that arrive while it runs are the same click."""
        if self._running or not self.enabled:
            return
        self._running = True
        # A live refresh may delete the part around the button while the handler waits. Held on
        # to, it still leads to the window, in which the handler tells what came of it.
        around = self.parent_slot.parent if self.parent_slot else None
        try:
            result = self._on_click() if self._on_click else None
            if isawaitable(result):
                await result
        finally:
            del around
            self._running = False
            if not self.is_deleted:
                self.run_method("done")

    def _text_to_model_text(self, text: str) -> None:
        self._props["label"] = text

    def _handle_text_change(self, text: str) -> None:
        self._text_to_model_text(text)

    def _handle_enabled_change(self, enabled: bool) -> None:
        self._props["disabled"] = not enabled

    def _displayed_contents(self, *, only_visible: bool) -> list[Any]:
        return [self._props.get("label"), self._props.get("why-not")]


def button(
    label: str,
    on_click: Handler | None = None,
    *,
    kind: Kind = "secondary",
    icon: str | None = None,
    why_not: str | None = None,
    href: str | None = None,
    small: bool = False,
    hide_label: bool = False,
) -> Button:
    """Show a button.

    `on_click` takes no arguments; while an async one runs the button is busy and ignores clicks.
    `why_not` disables it and is shown as the reason, on hover, on focus and to screen readers.
    `href` makes it a link. `hide_label` shows only the icon; the label stays its name.
    """
    return Button(
        label,
        on_click,
        kind=kind,
        icon=icon,
        why_not=why_not,
        href=href,
        small=small,
        hide_label=hide_label,
    )
