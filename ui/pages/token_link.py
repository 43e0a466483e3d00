"""The one-time link by which an access token travels in mail: pressing the button uses it up.

Mail scanners follow links by themselves, so opening the page shows and changes nothing.
"""

from nicegui import ui

from domain import token_links
from domain.token_links import Opened
from ui.ask import attempt, load
from ui.components.button import button
from ui.components.card import facts
from ui.components.code import code_block
from ui.components.front import front
from ui.components.text import text

_TOO_LATE = (
    "It opens once, within 7 days. Press Resend in your Developer Hub to get a new one, or ask the "
    "property to rotate the token."
)


def install() -> None:
    """Register the page."""
    ui.page("/token/{secret}", title="Access token · Adjoin")(page)


async def page(secret: str) -> None:
    if not await load(token_links.is_open, secret):
        with front("This link is used up", _TOO_LATE):
            button("Go to the Developer Hub", href="/hub/deliveries", icon="arrow-right")
        return
    with front(
        "An access token for you", "It is shown once. Have a safe place for it ready."
    ) as at:
        text(
            "The token lets a program act for one property towards one app. It belongs into that "
            "program’s secrets, not into a mail or a chat.",
            classes="muted",
        )

        async def show() -> None:
            outcome = await attempt(token_links.open_once, secret)
            at.clear()
            with at:
                if outcome.value is not None:
                    _draw_token(outcome.value)
                elif outcome.refusal is not None:
                    text(outcome.refusal.message).props('role="alert"')

        button("Show the access token", show, kind="primary", icon="key-round")


def _draw_token(opened: Opened) -> None:
    facts([("App", opened.app), ("Property", opened.property_name)])
    code_block(opened.token, "Access token")
    text(
        "Copy it now: this link does not open again. Should it get lost, the property can find it "
        "again or rotate it.",
        classes="muted",
    ).props('role="status"')
    text("Your program sends it with every call:", classes="muted")
    code_block("GET /api/v1/connection\nAuthorization: Bearer adj_…", "HTTP")
