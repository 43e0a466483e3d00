"""An app's door: an arched tile with its icon, in its own hue."""

from nicegui import ui

from ui.components.icon import icon


def tile(icon_name: str, hue: int, size: int = 44) -> ui.element:
    """Show the door of an app, 44 or 64 pixels wide; `hue` is an oklch angle, 0 to 360."""
    with ui.element("span").classes("tile") as door:
        door.style(f"--hue: {int(hue)}; --tile: {int(size)}px").props('aria-hidden="true"')
        icon(icon_name, round(size * 0.46))
    return door
