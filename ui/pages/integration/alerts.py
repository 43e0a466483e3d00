"""Who is mailed about an integration, and about what."""

from collections.abc import Sequence

from nicegui import ui

from domain.alerts import Recipient
from ui.components.card import card
from ui.components.text import text


def draw_alerts(recipients: Sequence[Recipient]) -> None:
    """Draw the card."""
    with card("Mails go to", icon="mail"):
        if not recipients:
            text("Nobody. Add somebody in the settings.", classes="muted")
            return
        with ui.element("ul").classes("stack tight"):
            for each in recipients:
                with ui.element("li").classes("mailed"):
                    text(each.email, "strong")
                    text(_about(each), classes="muted small")


def _about(recipient: Recipient) -> str:
    told = []
    if recipient.on_disabled:
        told.append("disabled")
    if recipient.on_failed:
        told.append("failed run")
    if recipient.rejects_above is not None:
        told.append(f"rejects above {recipient.rejects_above:g} %")
    return ", ".join(told) or "nothing is ticked"
