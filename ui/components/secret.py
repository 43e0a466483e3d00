"""A secret that is masked until it is asked for, and hides again by itself."""

from collections.abc import Callable
from typing import Any

from nicegui import ui


class Secret(ui.element, component="secret.js"):
    """The masked value with a Show button; the value itself never becomes part of the page."""

    def __init__(
        self,
        masked: str,
        on_show: Callable[[], Any] | None = None,
        *,
        label: str = "Access token",
        why_not: str | None = None,
    ) -> None:
        super().__init__()
        self._props.update({"masked": masked, "label": label})
        self._props.set_optional("why-not", why_not)
        if on_show:
            self.on("show", lambda: on_show(), [])

    def reveal(self, value: str, seconds: int = 60) -> None:
        """Show the value with a Copy button, for `seconds`."""
        self.run_method("reveal", value, seconds)

    def set(self, masked: str) -> None:
        """Hide it and show another mask, after a rotation."""
        self._props["masked"] = masked
        self.run_method("hide")

    def _displayed_contents(self, *, only_visible: bool) -> list[Any]:
        return [self._props["label"], self._props["masked"], self._props.get("why-not")]


def secret(
    masked: str,
    on_show: Callable[[], Any] | None = None,
    *,
    label: str = "Access token",
    why_not: str | None = None,
) -> Secret:
    """Show `masked` ("E0D4…9E1D"). `on_show` asks for the password, then calls `.reveal(value)`."""
    return Secret(masked, on_show, label=label, why_not=why_not)


def copyable(value: str, label: str) -> Secret:
    """Show a value that is no secret (an address, a code) with a Copy button."""
    field = Secret(value, label=label)
    field.props["plain"] = True
    return field
