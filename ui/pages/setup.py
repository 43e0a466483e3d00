"""Set up."""

from nicegui import ui

from ui.components.front import front


def install() -> None:
    """Register the page."""
    ui.page("/setup", title="Set up · Adjoin")(page)


async def page() -> None:
    with front("Set up"):
        pass
