"""Sign in."""

from nicegui import ui

from ui.components.front import front


def install() -> None:
    """Register the page."""
    ui.page("/sign-in", title="Sign in · Adjoin")(page)


async def page() -> None:
    with front("Sign in"):
        pass
