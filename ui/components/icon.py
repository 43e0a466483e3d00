"""One Lucide icon from our own sprite (ui/assets/icons.svg)."""

from nicegui import ui


class Icon(ui.element, component="icon.js"):
    """A drawing that takes the colour of the text around it."""

    def __init__(self, name: str, size: int = 18, label: str | None = None) -> None:
        super().__init__()
        self._props.update({"name": name, "size": size})
        self._props.set_optional("label", label)

    def set(self, name: str) -> None:
        """Show another drawing."""
        self._props["name"] = name


def icon(name: str, size: int = 18, label: str | None = None) -> Icon:
    """Show the icon `name` (see ui/assets/icons/names.txt), `size` pixels wide.

    Without a `label` it is decoration and screen readers skip it.
    """
    return Icon(name, size, label)
