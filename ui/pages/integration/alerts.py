"""Who is mailed about an integration, and about what."""

from collections.abc import Sequence

from domain.alerts import Recipient
from ui.components.card import card, facts
from ui.components.text import text


def draw_alerts(recipients: Sequence[Recipient]) -> None:
    """Draw the card."""
    with card("Mails go to", icon="mail"):
        if not recipients:
            text("Nobody. Add somebody in the settings.", classes="muted")
            return
        facts([(each.email, _about(each)) for each in recipients])


def _about(recipient: Recipient) -> str:
    told = []
    if recipient.on_disabled:
        told.append("disabled")
    if recipient.on_failed:
        told.append("failed run")
    if recipient.rejects_above is not None:
        told.append(f"rejects above {recipient.rejects_above:g} %")
    return ", ".join(told) or "nothing is ticked"
