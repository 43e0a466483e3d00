"""The card of a source's data transfers: what is brought in, how far it is, and its gear."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from nicegui import ui

from domain import transfers
from domain.sources import Page
from domain.transfers import Row
from domain.types_of_data import ALL
from ui.ask import act
from ui.components.ago import ago
from ui.components.badge import badge
from ui.components.button import Kind, button
from ui.components.callout import callout
from ui.components.card import card
from ui.components.menu import Item, Menu
from ui.components.part import Part
from ui.components.text import text
from ui.frame import Visit
from ui.pages.source.transfer_moves import TransferMoves, items
from ui.pages.source.words import counted, why_not


class TransfersCard:
    """The card; `update` follows the source and its transfers."""

    def __init__(
        self, visit: Visit, moves: TransferMoves, found: Page, rows: Sequence[Row]
    ) -> None:
        self._visit = visit
        self._moves = moves
        self._found = found
        lead = "One for each type of data. Each is inactive until its mapping is in place."
        with card("Data transfers", lead, icon="arrow-left-right"):
            self._part = Part(self._draw, "stack")
        self.update(found, rows)

    def update(self, found: Page, rows: Sequence[Row]) -> None:
        """Show what has become of them."""
        self._found = found
        self._part.show((tuple(rows), found.addable, found.row.name))

    def _draw(self, shown: tuple[tuple[Row, ...], tuple[str, ...], str]) -> None:
        rows, addable, _ = shown
        if rows:
            with ui.element("ul").classes("rows"):
                for row in rows:
                    self._draw_row(row)
        else:
            text(
                "Nothing is brought in yet. Add the first type of data; a good one to begin with "
                "are the reservations.",
                classes="muted",
            )
        with ui.element("div").classes("actions"):
            self._draw_add(addable, is_first=not rows)

    def _draw_row(self, row: Row) -> None:
        with ui.element("li"):
            with ui.element("div").classes("grow"):
                name = text(row.label, "a", "row-name")
                name.props["href"] = _address(row)
                with ui.element("p").classes("muted small"):
                    text(_progress(row), "span")
                    if row.sampled_at is not None:
                        ago(row.sampled_at, " · samples read", self._visit.zone)
            badge(row.status)
            with ui.element("div").classes("line above"):
                if not row.mapped:
                    button("Map its fields", href=_address(row), small=True, icon="route")
                Menu(
                    f"What to do with {row.label.lower()}",
                    items(row.status, why_not(self._visit)),
                    partial(self._choose, row),
                    small=True,
                )

    async def _choose(self, row: Row, verb: str) -> None:
        await self._moves.make(verb, row)

    def _draw_add(self, addable: Sequence[str], *, is_first: bool) -> None:
        kind: Kind = "primary" if is_first else "secondary"
        if reason := why_not(self._visit):
            button("Add data transfer", kind=kind, icon="plus", why_not=reason)
        elif addable:
            found: list[Item] = [{"key": key, "label": ALL[key].label} for key in addable]
            Menu(
                "Add data transfer", found, self._add, icon="plus", kind=kind, hide_label=False
            ).classes("start")

    async def _add(self, type_key: str) -> None:
        outcome = await act(transfers.add, self._visit.actor, self._found.row.id, type_key)
        if outcome.value is None:
            return
        if self._found.row.kind != "file" or self._has_file(type_key):
            ui.navigate.to(f"/sources/{self._found.row.id}/transfers/{outcome.value}?new=1")

    def _has_file(self, type_key: str) -> bool:
        return any(each.type == type_key for each in self._found.uploads)


def draw_paused(rows: Sequence[Row]) -> None:
    """Say on top of the page which transfers stopped because the source has changed."""
    for row in rows:
        lost: list[dict[str, Any]] = row.drift.get("missing", [])
        is_paused = row.status == "paused"
        if not is_paused and not lost:
            continue
        title = f"{row.label} {'are paused' if is_paused else 'lack a field'}: the source changed"
        words = None if lost else row.reason or None
        with callout("warn" if is_paused else "info", title, words, icon="circle-pause"):
            with ui.element("ul").classes("points turn-more"):
                for each in lost:
                    with ui.element("li").classes("lost"):
                        text(lost_words(row, each), "span")
            button("Open the mapping", href=_address(row), kind="primary", icon="route")


def _address(row: Row) -> str:
    return f"/sources/{row.source_id}/transfers/{row.id}"


def lost_words(row: Row, each: dict[str, Any]) -> str:
    """Say what the source has no longer, what that filled, and what it may be called now."""
    of_type = ALL.get(row.type)
    field = of_type.field(each["target"]) if of_type else None
    label = field.label if field else each["target"]
    now = f"; it is probably called “{each['suggestion']}” now" if each["suggestion"] else ""
    return f"“{each['path']}”, which fills {label}, is gone{now}."


def _progress(row: Row) -> str:
    if not row.mapped:
        return "Not mapped yet"
    mapped = f"{counted(row.mapped, 'field')} mapped"
    return f"{mapped}, {row.lacking} required missing" if row.lacking else mapped
