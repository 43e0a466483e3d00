"""Events: what a webhook may bring, with an example and the schema of each."""

import json
from itertools import groupby

from nicegui import ui

from domain.events import EVENTS, GROUPS, Event, example, schema
from ui.components.code import code_tabs
from ui.components.guide import guide
from ui.components.text import text


def draw() -> None:
    """Show all of them, by what they are about."""
    lead = "An endpoint gets the events that it asked for in the Developer Hub, or by the API."
    with guide("/help/events", "Events", lead):
        for group, events in groupby(EVENTS.values(), key=lambda event: event.group):
            with ui.element("section").classes("call-group"):
                text(GROUPS[group], "h2")
                for event in events:
                    _draw_event(event)


def _draw_event(event: Event) -> None:
    with ui.element("details").classes("call"):
        with ui.element("summary"):
            text(event.name, "code")
            text(event.meaning, "span", classes="call-title")
        with ui.element("div").classes("call-body"):
            described = json.dumps(schema(event.name), indent=2, ensure_ascii=False)
            code_tabs({"Example": example(event.name), "JSON Schema": described})
