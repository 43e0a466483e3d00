"""What an endpoint shall get: the events and the properties, to be chosen in a dialog."""

from collections.abc import Sequence

from nicegui import ui

from domain import events
from domain.endpoints import Choosable, Row
from ui.components.field import choice_cards
from ui.components.text import text
from ui.components.ticktree import Branch, TickTree
from ui.pages.hub import words

USUAL, SOME = "usual", "some"
PROPERTIES = "properties"
_EVENTS = {
    USUAL: (
        "Everything about connections",
        "Requests, tokens, mappings, and what we add there. No data events.",
    ),
    SOME: ("Only what I tick", "Data events, too: which records have changed."),
}
_HOTELS = {
    USUAL: ("All properties", "Those that connect later, too."),
    SOME: ("Only some", "This endpoint hears nothing of the others."),
}


class Wishes:
    """The two choices; read `events` and `property_ids`, which are empty for no choice."""

    def __init__(
        self, choosable: Choosable, chosen: Sequence[str] = (), property_ids: Sequence[str] = ()
    ) -> None:
        self._which = choice_cards("Events", _EVENTS, value=SOME if chosen else USUAL)
        with ui.element("div").classes("below") as some:
            self._events = TickTree("Events", branches(choosable), _grouped(chosen or events.USUAL))
        some.bind_visibility_from(self._which, "value", value=SOME)
        with ui.element("div").classes("below"):
            self._of = choice_cards("Properties", _HOTELS, value=SOME if property_ids else USUAL)
        with ui.element("div").classes("below") as few:
            self._hotels = TickTree(
                "Properties", _hotels(choosable), {PROPERTIES: list(property_ids)}
            )
            if not choosable.properties:
                text("No property is connected with you yet.", classes="muted")
        few.bind_visibility_from(self._of, "value", value=SOME)

    @property
    def events(self) -> list[str]:
        """The events that were ticked."""
        ticked = [name for names in self._events.value.values() for name in names]
        return ticked if self._which.value == SOME else []

    @property
    def property_ids(self) -> list[str]:
        """The ids of the properties that were ticked."""
        return self._hotels.value.get(PROPERTIES, []) if self._of.value == SOME else []

    def check(self) -> bool:
        """Return whether something was ticked wherever it is needed; if not, say so there."""
        lacks_events = self._which.value == SOME and not self.events
        lacks_hotels = self._of.value == SOME and not self.property_ids
        self._events.error("Tick one event at least." if lacks_events else None)
        self._hotels.error("Tick one property at least." if lacks_hotels else None)
        return not lacks_events and not lacks_hotels

    def error(self, sentence: str) -> None:
        """Show what is wrong with the choice."""
        is_of_events = self._which.value == SOME
        (self._events if is_of_events else self._hotels).error(sentence)


def branches(choosable: Choosable) -> list[Branch]:
    """Return the events that can be chosen, by what they are about."""
    found: dict[str, Branch] = {}
    for name in events.CHOICES:
        row = events.EVENTS[name]
        branch = found.setdefault(
            row.group, {"key": row.group, "label": events.GROUPS[row.group], "leaves": []}
        )
        branch["leaves"].append({"key": name, "label": words.change(name).capitalize()})
        if row.type_of_data and row.type_of_data not in choosable.types:
            branch["note"] = "No app of yours may read these, so nothing would come."
    return list(found.values())


def said(row: Row) -> str:
    """Return in words which events an endpoint gets."""
    return ", ".join(row.events) or "everything about connections"


def hotels(row: Row, choosable: Choosable) -> str:
    """Return in words of which properties an endpoint hears."""
    names = [choosable.properties.get(each, "a property") for each in row.property_ids]
    return ", ".join(names) or "all"


def _grouped(names: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(events.EVENTS[name].group, []).append(name)
    return found


def _hotels(choosable: Choosable) -> list[Branch]:
    if not choosable.properties:
        return []
    leaves = [{"key": each, "label": name} for each, name in choosable.properties.items()]
    return [{"key": PROPERTIES, "label": "Properties", "leaves": leaves}]  # type: ignore[typeddict-item]
