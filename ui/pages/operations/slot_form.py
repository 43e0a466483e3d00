"""The values that an app needs to know of a hotel, as a small form that grows."""

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui import ui

from domain import slots
from domain.types_of_data import ALL
from ui.components.button import button
from ui.components.field import checkbox, select_field, text_field
from ui.components.text import text


class SlotForm:
    """A list of values to add to and take from; `value` is what it says now."""

    def __init__(self, declared: Sequence[Mapping[str, Any]]) -> None:
        self._slots: list[_Slot] = []
        self._none = text("It needs none: there is nothing to map after Connect.", classes="muted")
        self._list = ui.element("ol").classes("question-list")
        for slot in declared:
            self._add(slot)
        with ui.element("div").classes("actions"):
            button("Add a value", lambda: self._add({}), icon="plus")
        self._count()

    @property
    def value(self) -> list[dict[str, Any]]:
        return [slot.value for slot in self._slots]

    def _add(self, declared: Mapping[str, Any]) -> None:
        with self._list:
            slot = _Slot(declared, self._remove)
        self._slots.append(slot)
        self._count()

    def _remove(self, slot: "_Slot") -> None:
        self._slots.remove(slot)
        slot.element.delete()
        self._count()

    def _count(self) -> None:
        self._none.set_visibility(not self._slots)


class _Slot:
    """One value. Its key stays, so that what hotels have mapped keeps its place."""

    def __init__(self, declared: Mapping[str, Any], on_remove: Any) -> None:
        self._key = declared.get("key", "")
        with ui.element("li").classes("question") as self.element:
            with ui.element("div").classes("halves"):
                self._label = text_field(
                    "What the app calls it", value=declared.get("label", ""), required=True
                )
                self._type = select_field(
                    "Chosen from the hotel’s",
                    {key: ALL[key].label for key in slots.TYPES},
                    value=declared.get("type", next(iter(slots.TYPES))),
                )
            self._hint = text_field(
                "Hint",
                value=declared.get("hint", ""),
                optional=True,
                hint="What the app does with it, for whoever maps it.",
            )
            with ui.element("div").classes("line between"):
                self._required = checkbox(
                    "The app cannot do without it", value=bool(declared.get("required"))
                )
                button("Remove", lambda: on_remove(self), kind="quiet", icon="trash-2", small=True)

    @property
    def value(self) -> dict[str, Any]:
        return {
            "key": self._key,
            "label": self._label.value,
            "type": self._type.value,
            "hint": self._hint.value,
            "required": self._required.value,
        }
