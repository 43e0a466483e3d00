"""Webhooks and mail: where Adjoin tells this partner what happens, and how to check it is us."""

from nicegui import ui

from domain import endpoints, partners
from domain.endpoints import Row
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


async def page(visit: Visit) -> None:
    settings = await load(partners.settings, visit.actor, visit.place.id)
    rows = await load(endpoints.of_partner, visit.actor, visit.place.id)
    dialog = Dialog()
    dialog.on_close(dialog.refill)  # nothing of a secret stays in the page
    with page_title("Webhooks & mail", "How Adjoin tells you what happens, and how you check it."):
        button("Add endpoint", lambda: _ask_new(visit, dialog), kind="primary", icon="plus")
    with ui.element("div").classes("columns"):
        with ui.element("div").classes("stack"):
            shown = Endpoints(visit, dialog)
        with ui.element("div").classes("stack"):
            reach.draw_notifications(visit, settings)
            reach.draw_contact(visit, settings)
    with ui.element("div").classes("stack below"):
        guide.draw()
    shown.show(rows)

    async def refresh() -> None:
        shown.show(await load(endpoints.of_partner, visit.actor, visit.place.id))

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
            button("Add endpoint", lambda: _ask_new(visit, dialog), kind="primary", icon="plus")

    def show(self, rows: tuple[Row, ...]) -> None:
        """Show these endpoints; each card is changed only where its endpoint has changed."""
        if self._list.is_deleted:
            return
        for gone in self._cards.keys() - {row.id for row in rows}:
            self._cards.pop(gone).element.delete()
        for row in rows:
            if row.id in self._cards:
                self._cards[row.id].show(row)
            else:
                with self._list:
                    self._cards[row.id] = EndpointCard(self._visit, self._dialog, row)
        self._list.set_visibility(bool(rows))
        self._none.set_visibility(not rows)

    async def hear(self, message_id: str) -> None:
        """Pass on that a message has changed."""
        for shown in list(self._cards.values()):
            await shown.hear(message_id)


def _ask_new(visit: Visit, dialog: Dialog) -> None:
    with dialog.refill("Add an endpoint"):
        text(
            "Adjoin calls it with a POST for every event. You get the secret that signs them in "
            "the next step.",
            classes="dialog-lead",
        )
        field = address_field()

    async def add() -> None:
        outcome = await attempt_outside(endpoints.create, visit.actor, visit.place.id, field.value)
        if settled(outcome, field) and outcome.value is not None:
            show_secret(dialog, outcome.value.secret)

    dialog.ask("Add endpoint", add, kind="primary", icon="plus")
