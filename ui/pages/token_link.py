"""Access token."""

from nicegui import ui

from ui.components.front import front


def install() -> None:
    """Register the page."""
    ui.page("/token/{secret}", title="Access token · Adjoin")(page)


async def page(secret: str) -> None:
    with front("Access token"):
        pass
