"""The daily mail of notices: whether I want it, and between which hours a hotel does not."""

from nicegui import ui

from domain import digests, quiet_hours
from ui.ask import act, attempt, load
from ui.components.button import button
from ui.components.card import card
from ui.components.field import choice_cards, text_field
from ui.components.notice import notice
from ui.components.text import text
from ui.frame import Visit

_CHOICES = {
    "off": ("No mail", "The bell at the top of every page tells you."),
    "daily": ("Once a day", "One mail in the morning, and none when nothing is new."),
}
_AT_HOTELS = (
    "It goes at 7 in the morning on the hotel’s clocks, or when the quiet hours end that its "
    "managers have set."
)
_ONLY_MANAGERS = "Only a manager can change this. Ask one of them."


async def draw_choice(visit: Visit) -> None:
    """Draw the card in which a person chooses whether notices come by mail, too."""
    chosen = await load(digests.chosen, visit.actor)

    async def choose(_: object) -> None:
        if await act(digests.choose, visit.actor, choice.value):
            notice("You get a mail once a day." if choice.value == "daily" else "You get no mail.")

    with card("Notices by mail", "What needs you, in one mail a day.", icon="mail"):
        choice = choice_cards("Mail of what needs you", _CHOICES, value=chosen, on_change=choose)
        when = _AT_HOTELS if visit.place.kind == "property" else "It goes at 7 in the morning, UTC."
        text(f"{when} Mails about cases and alerts come at once.", classes="muted small")


async def draw_quiet_hours(visit: Visit) -> None:
    """Draw the card in which managers choose the quiet hours of their hotel."""
    clock = await load(quiet_hours.read, visit.actor, visit.place.id)
    may_change = visit.place.role == "manager"

    async def save() -> None:
        outcome = await attempt(
            quiet_hours.choose, visit.actor, visit.place.id, begin.value or "", end.value or ""
        )
        begin.error(outcome.refusal.message if outcome.refusal else None)
        if outcome:
            notice("The quiet hours are saved.")

    with card(
        "Quiet hours",
        f"Between these times, on the clocks of {visit.place.name}, no daily mail goes out.",
        icon="moon",
    ):
        if not may_change:
            hours = f"{clock.quiet_from} to {clock.quiet_to}" if clock.quiet_from else "None"
            text(hours)
            text(_ONLY_MANAGERS, classes="muted small")
            return
        with ui.element("div").classes("halves"):
            begin = text_field("From", value=clock.quiet_from, type="time")
            end = text_field("To", value=clock.quiet_to, type="time", on_enter=save)
        text("Leave both empty for none.", classes="muted small")
        with ui.element("div").classes("actions"):
            button("Save quiet hours", save, kind="primary")
