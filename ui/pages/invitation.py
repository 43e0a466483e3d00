"""Invitation."""

from nicegui import ui

from ui.components.front import front


def install() -> None:
    """Register the page."""
    ui.page("/invitation/{secret}", title="Invitation · Adjoin")(page)


async def page(secret: str) -> None:
    with front("Invitation"):
        pass
