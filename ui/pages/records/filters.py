"""The filters above the records: those that are on, and a line to add one more."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from nicegui import ui

from domain.records import Filter, may_ask
from domain.types_of_data import Field, TypeOfData
from ui.components.button import button
from ui.components.dialog import Dialog
from ui.components.field import SelectField, TextField, segments, select_field, text_field
from ui.components.part import Part
from ui.components.text import text
from ui.pages.records.wish import Wish

_TEXT = {"contains": "contains", "is": "is exactly"}
_RANGE = {"from": "from", "to": "up to", "is": "is exactly"}
_IS = {"is": "is"}
_EVERY = ""


class Filters:
    """The drawn tools; `on_change(**wanted)` follows what is wanted differently."""

    def __init__(
        self,
        of_type: TypeOfData,
        wish: Wish,
        sources: Mapping[str, str],
        on_change: Callable[..., Awaitable[None]],
        *,
        may_see: bool = True,
    ) -> None:
        self._type = of_type
        self._wish = wish
        self._sources = sources
        self._on_change = on_change
        self._offered = {
            field.key: field
            for field in of_type.fields
            if _can_be_compared(field) and may_ask(of_type, field, may_see)
        }
        self._dialog = Dialog()
        with ui.element("div").classes("records-filters"):
            segments(
                "Which records",
                {"there": "There now", "gone": "Gone"},
                value="gone" if wish.removed else "there",
                on_change=lambda event: on_change(removed=event.value == "gone"),
            )
            self._on = Part(self._draw_on, "chips")
            button("Add a filter", self._ask, icon="filter", kind="quiet")
        self.show(wish)

    def show(self, wish: Wish) -> None:
        """Show which filters are on."""
        self._wish = wish
        self._on.show((wish.filters, wish.source_id))

    def _draw_on(self, shown: tuple[tuple[Filter, ...], str]) -> None:
        filters, source_id = shown
        if source_id:
            name = self._sources.get(source_id, "an unknown source")
            self._draw_chip(f"from {name}", partial(self._on_change, source_id=""))
        for each in filters:
            rest = tuple(other for other in filters if other is not each)
            self._draw_chip(self._words(each), partial(self._on_change, filters=rest))

    def _draw_chip(self, words: str, on_remove: Callable[[], Awaitable[None]]) -> None:
        with ui.element("span").classes("chip filter-chip"):
            text(words, "span")
            button(
                f"Without “{words}”", on_remove, icon="x", kind="quiet", small=True, hide_label=True
            )

    def _words(self, each: Filter) -> str:
        field = self._type.field(each.field)
        label = field.label if field else each.field
        if each.how == "is" and not each.value:
            return f"{label} is empty"
        how = {"contains": "contains", "from": "from", "to": "up to", "is": "is"}[each.how]
        return f"{label} {how} {_read(each.value)}"

    # One more

    def _ask(self) -> None:
        with self._dialog.refill("Add a filter"):
            options = {key: field.label for key, field in self._offered.items()}
            if len(self._sources) > 1:
                options = {_EVERY: "Source", **options}
            self._field = select_field(
                "Field", options, required=True, on_change=lambda _: self._draw_rest()
            )
            self._rest = ui.element("div").classes("fields")
        with self._dialog.footer:
            button("Cancel", self._dialog.close)
            button("Add filter", self._add, kind="primary", icon="check")
        self._how: SelectField | None = None
        self._value: TextField | SelectField | None = None
        self._dialog.open()

    def _draw_rest(self) -> None:
        self._rest.clear()
        self._how = None
        field = self._offered.get(str(self._field.value))
        with self._rest:
            if field is None:
                self._value = select_field("Source", dict(self._sources), required=True)
                return
            hows = _hows(field)
            if len(hows) > 1:
                self._how = select_field("How", hows, value=next(iter(hows)))
            self._value = _ask_value(field)

    async def _add(self) -> None:
        if self._value is None:
            self._field.error("Choose a field.").focus()
            return
        value = str(self._value.value or "").strip()
        field = self._offered.get(str(self._field.value))
        if field is None:
            if not value:
                self._value.error("Choose a source.").focus()
                return
            self._dialog.close()
            await self._on_change(source_id=value)
            return
        how = str(self._how.value) if self._how is not None else "is"
        if not value and how != "is":
            self._value.error("Write something to compare with.").focus()
            return
        self._dialog.close()
        wanted = Filter(field.key, how, value)
        await self._on_change(filters=(*self._wish.filters, wanted))


def _read(value: str) -> str:
    """Return what a filter compares with as people read it."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value.replace("_", " ")
    return f"{day.day} {day:%b %Y}"


def _can_be_compared(field: Field) -> bool:
    """Say whether a field can be filtered by; amounts of money differ in their currencies."""
    return field.kind not in ("money", "list")


def _hows(field: Field) -> dict[str, str]:
    if field.kind in ("choice", "boolean"):
        return _IS
    return _TEXT if field.kind == "text" else _RANGE


def _ask_value(field: Field) -> Any:
    if field.kind == "choice":
        options = {choice: choice.replace("_", " ").capitalize() for choice in field.choices}
        return select_field(field.label, options, required=True)
    if field.kind == "boolean":
        return select_field(field.label, {"yes": "Yes", "no": "No"}, required=True)
    shape = "date" if field.kind in ("date", "moment") else "text"
    return text_field(field.label, hint="Leave it empty to find what has none.", type=shape)
