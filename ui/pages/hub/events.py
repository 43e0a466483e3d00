"""The catalogue of events: what Adjoin tells partners, with schema and example, to be tried out."""

import json
from collections.abc import Sequence
from functools import partial

from nicegui import ui

from domain import endpoints, events
from domain.endpoints import Row
from domain.events import Event
from ui.ask import act, load
from ui.components.button import button
from ui.components.card import card
from ui.components.code import code_tabs
from ui.components.dialog import Dialog
from ui.components.field import select_field
from ui.components.notice import notice
from ui.components.page_title import breadcrumb, page_title
from ui.components.text import text
from ui.frame import Visit

_LEADS = {
    "connection": "Every endpoint gets these, unless it asks for something else.",
    "token": "These carry an access token: at least one endpoint has to ask for them, or mail.",
    "endpoint": "Sent when somebody presses a button, to that endpoint alone.",
}
_OF_DATA = "Only for endpoints that ask for them, about active connections."


async def page(visit: Visit) -> None:
    rows = await load(endpoints.of_partner, visit.actor, visit.place.id)
    dialog = Dialog()
    breadcrumb([("Webhooks & mail", "/hub/endpoint"), ("Events", None)])
    with page_title("Events", "What Adjoin tells your endpoints, as JSON in the body of a POST."):
        button("Choose what you get", href="/hub/endpoint", icon="webhook")
    for group, label in events.GROUPS.items():
        found = [event for event in events.EVENTS.values() if event.group == group]
        lead = _LEADS.get(group) or (_OF_DATA if found[0].type_of_data else None)
        icon = "table-2" if found[0].type_of_data else "webhook"
        with card(label, lead, icon=icon) as surface:
            surface.classes("below")
            for event in found:
                _draw(visit, dialog, rows, event)


def _draw(visit: Visit, dialog: Dialog, rows: Sequence[Row], event: Event) -> None:
    """Draw one event; what it carries is drawn when somebody wants to see it."""
    with ui.element("details").classes("event") as details:
        with ui.element("summary"):
            text(event.name, "code")
            text(event.meaning, "span", "muted")
        body = ui.element("div").classes("stack tight")

    def fill() -> None:
        if body.default_slot.children:
            return
        schema = json.dumps(events.schema(event.name), indent=2, ensure_ascii=False)
        with body:
            code_tabs({"Example": events.example(event.name), "JSON Schema": schema})
            with ui.element("div").classes("actions"):
                button(
                    "Send example",
                    partial(_ask, visit, dialog, rows, event),
                    icon="send",
                    small=True,
                    why_not=None if rows else "Add an endpoint first.",
                )

    details.on("toggle", fill, [])


def _ask(visit: Visit, dialog: Dialog, rows: Sequence[Row], event: Event) -> None:
    with dialog.refill("Send an example"):
        text(
            f"An invented {event.name} is signed and sent. It says of itself that it is a test "
            "(“test”: true), and what it carries opens nothing.",
            classes="dialog-lead",
        )
        target = select_field("To", {row.id: row.url for row in rows}, value=rows[0].id)

    async def send() -> None:
        outcome = await act(endpoints.send_example, visit.actor, target.value, event.name)
        if outcome.value is not None:
            dialog.close()
            notice("See under Deliveries what your endpoint answers.", title="On its way")

    dialog.ask("Send example", send, icon="send")
