"""One data transfer: the mapping editor, what is missing before it can be active, its versions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from nicegui import ui

from domain.integration_pages import Row as Flow
from domain.mappings import Editor
from domain.readiness import AUTHORIZATION, SAMPLE, Missing
from domain.refusals import not_found
from ui.components.ago import ago
from ui.components.badge import badge
from ui.components.button import button
from ui.components.mapping import MappingEditor
from ui.components.menu import Item, Menu
from ui.components.page_title import breadcrumb
from ui.components.part import Part
from ui.components.text import text
from ui.frame import Visit
from ui.live import Change, gathered
from ui.pages.source.flows import flows_of
from ui.pages.source.transfer_moves import TransferMoves, items
from ui.pages.source.words import why_not
from ui.pages.transfer.copying import Copying
from ui.pages.transfer.editing import Editing, Loaded, read
from ui.pages.transfer.state import Ways, draw_state, told
from ui.pages.transfer.values import offered_conversions, standing, target_of, targets
from ui.pages.transfer.versions import Versions


async def page(visit: Visit, source_id: str, transfer_id: str) -> None:
    loaded = await read(visit, transfer_id)
    row = loaded[0].transfer
    if row.property_id != visit.place.id or row.source_id != source_id:
        raise not_found("This data transfer")
    room = _Room(visit, loaded, await flows_of(visit, source_id))
    room.draw()
    visit.follow(room.follow)
    room.begin()


class _Room:
    """The parts of the page, and how they hear of changes."""

    def __init__(self, visit: Visit, loaded: Loaded, flows: tuple[Flow, ...]) -> None:
        self._visit = visit
        self._flows = flows
        self._why_not = why_not(visit)
        self._editing = Editing(visit, loaded, self._show)
        self._refresh = gathered(self._editing.refresh)
        self._moves = TransferMoves(visit, self._refresh, self._go)
        self._versions = Versions(visit, self._editing.replaced)
        self._copying = Copying(visit, self._editing.replaced)

    @property
    def _editor(self) -> Editor:
        return self._editing.editor

    def draw(self) -> None:
        editor = self._editor
        source = f"/sources/{editor.transfer.source_id}"
        breadcrumb([("Sources", "/sources"), (editor.source, source), (editor.type.label, None)])
        self._draw_head()
        with ui.element("div").classes("stack"):
            self._state = Part(self._draw_state, "stack tight")
            self._state.show(told(self._editor, self._flows))
            self._editing.mapping = self._draw_mapping()

    def begin(self) -> None:
        """Do what the address asks for: go to a field, or read the first samples."""
        query, sampled_at = self._visit.query, self._editor.transfer.sampled_at
        if place := query.get("at"):
            ui.timer(0.3, lambda: self._editing.mapping.focus(target_of(place)), once=True)
        elif "new" in query and sampled_at is None and self._why_not is None:
            ui.timer(0.1, self._sample, once=True)

    async def follow(self, change: Change) -> None:
        ours = (self._editor.transfer.id, self._editor.transfer.source_id)
        if change.noun in ("integration", "everything"):
            self._flows = await flows_of(self._visit, self._editor.transfer.source_id)
            self._state.show(told(self._editor, self._flows))
        if change.id in ours or change.noun == "everything":
            await self._refresh()

    def _draw_head(self) -> None:
        editor = self._editor
        with ui.element("header").classes("sheet-title"):
            with ui.element("div").classes("grow"):
                with ui.element("div").classes("line"):
                    text(f"{editor.type.label} mapping", "h1")
                    self._badge = badge(editor.transfer.status)
                self._lead = Part(self._draw_lead, "lead")
                self._lead.show(editor.transfer.sampled_at)
            with ui.element("div").classes("actions mapping-moves"):
                reason = self._why_not
                button("Versions", self._open_versions, icon="history", kind="quiet")
                button("Copy from…", self._open_copying, icon="copy", kind="quiet", why_not=reason)
                button("Read samples", self._sample, icon="refresh-cw", why_not=reason)
                self._gear = Menu("What to do with this data transfer", self._items(), self._make)

    def _draw_lead(self, sampled_at: datetime | None) -> None:
        text(f"From {self._editor.source} · ", "span")
        if sampled_at is None:
            text("no samples read yet", "span")
        else:
            ago(sampled_at, "samples read", self._visit.zone)

    def _draw_mapping(self) -> MappingEditor:
        editing = self._editing
        return MappingEditor(
            targets(self._editor),
            offered_conversions(),
            self._standing(),
            one=self._editor.type.one,
            zone=self._editor.time_zone,
            why_not=self._why_not,
            on_pick=editing.pick,
            on_accept=editing.accept,
            on_keep=editing.keep,
            on_clear=editing.clear,
            on_try=editing.try_out,
            on_undo=editing.undo,
        )

    def _draw_state(self, _: Any) -> None:
        ways = Ways(self._go, self._editing.pick, self._sample, self._activate)
        draw_state(self._visit, self._editor, self._flows, ways)

    def _show(self, fresh: Sequence[str]) -> None:
        """Show what has become different, where it stands."""
        editor = self._editor
        self._badge.set(editor.transfer.status)
        self._gear.set(self._items())
        self._state.show(told(self._editor, self._flows))
        self._lead.show(editor.transfer.sampled_at)
        self._editing.mapping.show(self._standing(), fresh)

    def _standing(self) -> Any:
        editing = self._editing
        return standing(editing.editor, editing.drafted, can_undo=editing.can_undo)

    def _items(self) -> list[Item]:
        return items(self._editor.transfer.status, self._why_not)[1:]  # the mapping is here

    async def _make(self, verb: str) -> None:
        await self._moves.make(verb, self._editor.transfer)

    async def _activate(self) -> None:
        await self._make("activate")

    async def _sample(self) -> None:
        await self._moves.sample(self._editor.transfer.id)
        await self._refresh()

    async def _open_versions(self) -> None:
        await self._versions.open(self._editor)

    async def _open_copying(self) -> None:
        await self._copying.open(self._editor)

    async def _go(self, missing: Missing) -> None:
        if missing.place == AUTHORIZATION:
            ui.navigate.to(f"/sources/{self._editor.transfer.source_id}")
        elif missing.place == SAMPLE:
            await self._sample()
        else:
            self._editing.mapping.focus(target_of(missing.place))
