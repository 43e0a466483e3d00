"""Webhooks and mail: where Adjoin tells this partner what happens, and how to check it is us."""

from nicegui import ui

from domain import endpoints, partners
from domain.endpoints import Choosable, Row
from ui.ask import attempt_outside, load
from ui.components.button import button
from ui.components.card import card
from ui.components.dialog import Dialog
from ui.components.empty import empty
from ui.components.page_title import page_title
from ui.components.text import text
from ui.frame import Visit
from ui.live import Change
from ui.pages.hub import guide, reach
from ui.pages.hub.endpoint import EndpointCard, address_field, settled, show_secret
from ui.pages.hub.wishes import Wishes


async def page(visit: Visit) -> None:
    settings = await load(partners.settings, visit.actor, visit.place.id)
    rows = await load(endpoints.of_partner, visit.actor, visit.place.id)
    choosable = await load(endpoints.choosable, visit.actor, visit.place.id)
    dialog = Dialog()
    dialog.on_close(dialog.refill)  # nothing of a secret stays in the page

    def ask_new() -> None:
        shown.ask_new()

    with page_title("Webhooks & mail", "How Adjoin tells you what happens, and how you check it."):
        button("All events", href="/hub/events", icon="list")
        button("Add endpoint", ask_new, kind="primary", icon="plus")
    with ui.element("div").classes("columns"):
        with ui.element("div").classes("stack"):
            shown = Endpoints(visit, dialog)
        with ui.element("div").classes("stack"):
            reach.draw_notifications(visit, settings)
            reach.draw_contact(visit, settings)
    with ui.element("div").classes("stack below"):
        guide.draw()
    shown.show(rows, choosable)

    async def refresh() -> None:
        rows = await load(endpoints.of_partner, visit.actor, visit.place.id)
        shown.show(rows, await load(endpoints.choosable, visit.actor, visit.place.id))

    async def heard(change: Change) -> None:
        if change.noun == "message":
            await shown.hear(change.id)
        if change.noun in ("endpoint", "message", "connection", "everything"):
            await refresh()

    visit.follow(heard)


class Endpoints:
    """The cards of all endpoints, or how to begin when there is none."""

    def __init__(self, visit: Visit, dialog: Dialog) -> None:
        self._visit, self._dialog = visit, dialog
        self._choosable = Choosable({}, ())
        self._cards: dict[str, EndpointCard] = {}
        self._list = ui.element("div").classes("stack")
        with (
            card() as self._none,
            empty(
                "webhook",
                "No endpoint yet",
                "An endpoint is an address of yours that Adjoin calls when a hotel connects. Until "
                "then Adjoin writes to your contact address instead.",
            ),
        ):
            button("Add endpoint", self.ask_new, kind="primary", icon="plus")

    def show(self, rows: tuple[Row, ...], choosable: Choosable) -> None:
        """Show these endpoints; each card is changed only where its endpoint has changed."""
        if self._list.is_deleted:
            return
        self._choosable = choosable
        for gone in self._cards.keys() - {row.id for row in rows}:
            self._cards.pop(gone).element.delete()
        for row in rows:
            if row.id in self._cards:
                self._cards[row.id].show(row, choosable)
            else:
                with self._list:
                    self._cards[row.id] = EndpointCard(self._visit, self._dialog, row, choosable)
        self._list.set_visibility(bool(rows))
        self._none.set_visibility(not rows)

    async def hear(self, message_id: str) -> None:
        """Pass on that a message has changed."""
        for shown in list(self._cards.values()):
            await shown.hear(message_id)

    def ask_new(self) -> None:
        """Ask for a new endpoint in the dialog."""
        with self._dialog.refill("Add an endpoint"):
            text(
                "Adjoin calls it with a POST for every event. You get the secret that signs them "
                "in the next step.",
                classes="dialog-lead",
            )
            field = address_field()
            with ui.element("div").classes("below"):
                wish = Wishes(self._choosable)

        async def add() -> None:
            if not wish.check():
                return
            outcome = await attempt_outside(
                endpoints.create,
                self._visit.actor,
                self._visit.place.id,
                field.value,
                events=wish.events,
                property_ids=wish.property_ids,
            )
            if outcome.refusal is not None and "access token" in outcome.refusal.message:
                wish.error(outcome.refusal.message)
            elif settled(outcome, field) and outcome.value is not None:
                show_secret(self._dialog, outcome.value.secret)

        self._dialog.ask("Add endpoint", add, kind="primary", icon="plus")
