"""One data transfer: the mapping editor, what is missing before it can be active, its versions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from nicegui import ui

from domain import mappings
from domain.mapping import drafts
from domain.mapping.problems import problem_of
from domain.mapping.rows import Row, of_target
from domain.mappings import Editor, Trial
from domain.readiness import Missing
from domain.refusals import Refusal, not_found
from ui.ask import attempt, load, show
from ui.components.ago import ago
from ui.components.badge import badge
from ui.components.button import button
from ui.components.callout import callout
from ui.components.mapping import MappingEditor
from ui.components.menu import Menu
from ui.components.notice import notice
from ui.components.page_title import breadcrumb
from ui.components.part import Part
from ui.components.text import text
from ui.frame import Visit
from ui.live import Change, gathered
from ui.pages.source.missing import draw_missing
from ui.pages.source.transfer_moves import TransferMoves, items
from ui.pages.source.words import why_not
from ui.pages.transfer.copying import Copying
from ui.pages.transfer.values import (
    lost_paths,
    mended,
    offered_conversions,
    samples,
    standing,
    target_of,
    targets,
)
from ui.pages.transfer.versions import Versions

MOST_STEPS_BACK = 50


async def page(visit: Visit, source_id: str, transfer_id: str) -> None:
    editor, drafted = await _read(visit, transfer_id)
    row = editor.transfer
    if row.property_id != visit.place.id or row.source_id != source_id:
        raise not_found("This data transfer")
    room = Room(visit, editor, drafted)
    room.draw()
    visit.follow(room.follow)
    room.begin()


async def _read(visit: Visit, transfer_id: str) -> tuple[Editor, Trial | None]:
    """Return the mapping, and what its suggestions would do."""
    editor = await load(mappings.read, visit.actor, transfer_id)
    drafted = tuple(each.row for each in editor.suggestions)
    if not drafted:
        return editor, None
    return editor, await load(mappings.try_out, visit.actor, transfer_id, drafted)


class Room:
    """The parts of the page, and what happens when somebody maps."""

    def __init__(self, visit: Visit, editor: Editor, drafted: Trial | None) -> None:
        self._visit = visit
        self._editor = editor
        self._drafted = drafted
        self._steps: list[tuple[Row, ...]] = []  # mappings before what this visitor changed
        self.refresh = gathered(self._refresh)
        self._moves = TransferMoves(visit, self.refresh)
        self._versions = Versions(visit, self._replace)
        self._copying = Copying(visit, self._replace)

    def draw(self) -> None:
        editor = self._editor
        source = f"/sources/{editor.transfer.source_id}"
        label = editor.type.label
        breadcrumb([("Sources", "/sources"), (editor.source, source), (label, None)])
        self._draw_head()
        with ui.element("div").classes("stack"):
            self._missing = Part(self._draw_state, "contents")
            self._missing.show(_told(editor))
            self._mapping = self._draw_mapping()

    def _draw_head(self) -> None:
        editor = self._editor
        with ui.element("header").classes("sheet-title"):
            with ui.element("div").classes("grow"):
                with ui.element("div").classes("line"):
                    text(f"{editor.type.label} mapping", "h1")
                    self._badge = badge(editor.transfer.status)
                self._lead = Part(self._draw_lead, "lead")
                self._lead.show(editor.transfer.sampled_at)
            with ui.element("div").classes("actions"):
                reason = why_not(self._visit)
                button("Versions", self._open_versions, icon="history", kind="quiet")
                button("Copy from…", self._open_copying, icon="copy", kind="quiet", why_not=reason)
                button(
                    "Read samples", self._sample, icon="refresh-cw", kind="secondary",
                    why_not=reason,
                )  # fmt: skip
                self._gear = Menu("Data transfer", self._items(), self._choose)

    def _draw_mapping(self) -> MappingEditor:
        return MappingEditor(
            targets(self._editor),
            offered_conversions(),
            self._standing(),
            one=self._editor.type.one,
            zone=self._editor.time_zone,
            why_not=why_not(self._visit),
            on_pick=self._pick,
            on_accept=self._accept,
            on_keep=self._keep,
            on_clear=self._clear,
            on_try=self._try,
            on_undo=self._undo,
        )

    def _draw_state(self, told: tuple[Any, ...]) -> None:
        """Say whether it is active, paused, ready, or what is missing first."""
        row = self._editor.transfer
        if row.sample_error:
            with callout("bad", "The source could not be read", row.sample_error):
                button("Read samples", self._sample, small=True, icon="refresh-cw")
        if row.status == "paused":
            self._draw_paused()
        missing = self._editor.trial.missing
        if missing:
            draw_missing(missing, self._go, is_active=row.status == "active")
        elif row.status != "active":
            self._draw_ready()

    def _draw_paused(self) -> None:
        lost = lost_paths(self._editor)
        text_of_fix = (
            "Below, each row that lost its field says what it is probably called now."
            if lost
            else "The mapping fits the source again: press Activate to go on."
        )
        with callout("warn", "Paused: the source has changed", self._editor.transfer.reason):
            text(text_of_fix)

    def _draw_ready(self) -> None:
        reason = why_not(self._visit)
        with callout(
            "ok",
            "Everything is in place",
            "The primary key and all required fields are mapped, and the sample records convert.",
            icon="circle-check",
        ):
            button("Activate", self._activate, kind="primary", icon="play", why_not=reason)

    def _draw_lead(self, sampled_at: datetime | None) -> None:
        label = self._editor.type.label.lower()
        text(f"How the {label} of {self._editor.source} become yours. ", "span")
        if sampled_at is not None:
            ago(sampled_at, "Samples read", self._visit.zone)

    def begin(self) -> None:
        """Do what the address asks for: go to a field, or read the first samples."""
        if place := self._visit.query.get("at"):
            ui.timer(0.3, lambda: self._mapping.focus(target_of(place)), once=True)
        elif "new" in self._visit.query and self._editor.transfer.sampled_at is None:
            ui.timer(0.1, self._sample, once=True)

    # What people do

    async def _pick(self, target: str, path: str) -> None:
        editor = self._editor
        row = of_target(editor.rows, target)
        for lost in lost_paths(editor):
            if row and lost["target"] == target and lost["suggestion"] == path:
                await self._put(mended(row, lost["path"], path))
                return
        found = next((each for each in editor.fields if each.path == path), None)
        field = editor.type.field(target)
        if found and field:
            await self._put(drafts.row(field, found, editor.fields))

    async def _accept(self, wanted: list[str]) -> None:
        chosen = [each.row for each in self._editor.suggestions if each.row.target in wanted]
        if chosen and await self._save((*self._editor.rows, *chosen), wanted):
            count = "1 suggestion" if len(chosen) == 1 else f"{len(chosen)} suggestions"
            notice(f"{count} accepted. Undo takes them back.", title="Saved")

    async def _keep(self, given: Mapping[str, Any]) -> None:
        try:
            row = Row.from_json(dict(given))
        except ValueError as error:
            self._mapping.refuse(str(given["target"]), str(error))
            return
        field = self._editor.type.field(row.target)
        problem = problem_of(row, field, time_zone=self._editor.time_zone) if field else None
        if problem:
            self._mapping.refuse(row.target, problem)
            return
        await self._put(row)

    async def _clear(self, target: str) -> None:
        kept = tuple(row for row in self._editor.rows if row.target != target)
        await self._save(kept, [target])

    async def _undo(self) -> None:
        if not self._steps:
            return
        before = self._steps.pop()
        changed = [row.target for row in before if row not in self._editor.rows]
        if not await self._save(before, changed, note="Undo", is_undo=True):
            self._steps.append(before)

    async def _try(self, ticket: int, given: Mapping[str, Any]) -> None:
        """Show what an unsaved row would do; what it is not yet fit for is said beside it."""
        editor = self._editor
        try:
            row = Row.from_json(dict(given))
        except ValueError as error:
            self._mapping.tried(ticket, [], str(error))
            return
        field = editor.type.field(row.target)
        assert field is not None  # the component passes on targets that there are
        problem = problem_of(row, field, time_zone=editor.time_zone)
        outcome = await attempt(mappings.try_out, self._visit.actor, editor.transfer.id, (row,))
        if outcome.value is None:
            self._mapping.tried(ticket, [], outcome.refusal.message if outcome.refusal else "")
            return
        shown = [each["cells"].get(row.target) for each in samples(outcome.value)]
        cells = [] if problem else [cell for cell in shown if cell]
        self._mapping.tried(ticket, cells, problem)

    # Saving

    async def _put(self, row: Row) -> None:
        others = (each for each in self._editor.rows if each.target != row.target)
        await self._save((*others, row), [row.target])

    async def _save(
        self, rows: Sequence[Row], targets: Sequence[str], note: str = "", *, is_undo: bool = False
    ) -> bool:
        """Keep a mapping as the next version; a refusal is said at its row, or as a notice."""
        editor = self._editor
        outcome = await attempt(
            mappings.save,
            self._visit.actor,
            editor.transfer.id,
            tuple(rows),
            note,
            expected_version=editor.version,
        )
        if outcome.refusal is not None:
            await self._refused(outcome.refusal, targets)
            return False
        if not is_undo and outcome.value != editor.version:
            self._steps = [*self._steps, editor.rows][-MOST_STEPS_BACK:]
        await self._read(targets)
        return True

    async def _refused(self, refusal: Refusal, targets: Sequence[str]) -> None:
        if refusal.code == "changed_meanwhile":
            self._steps.clear()
            await self.refresh()
        if len(targets) == 1 and refusal.code != "signed_out":
            self._mapping.refuse(targets[0], refusal.message)
        else:
            show(refusal)

    async def _replace(self, words: str) -> None:
        """Show a mapping that was taken up as a whole: a restored version, or a copy."""
        self._steps = [*self._steps, self._editor.rows][-MOST_STEPS_BACK:]
        await self._read()
        notice(f"{words} Undo takes you back.", title="Saved")

    # Showing

    async def follow(self, change: Change) -> None:
        ours = (self._editor.transfer.id, self._editor.transfer.source_id)
        if change.id in ours or change.noun == "everything":
            await self.refresh()

    async def _refresh(self) -> None:
        await self._read()

    async def _read(self, fresh: Sequence[str] = ()) -> None:
        editor, self._drafted = await _read(self._visit, self._editor.transfer.id)
        if editor.version > self._editor.version and editor.saved_by != self._editor.saved_by:
            fresh = fresh or _changed(self._editor, editor)
        if editor == self._editor and not fresh:
            return
        self._editor = editor
        self._badge.set(editor.transfer.status)
        self._gear.set(self._items())
        self._missing.show(_told(editor))
        self._lead.show(editor.transfer.sampled_at)
        self._mapping.show(self._standing(), fresh)

    def _standing(self) -> Any:
        return standing(self._editor, self._drafted, can_undo=bool(self._steps))

    def _items(self) -> Any:
        found = items(self._editor.transfer.status, why_not(self._visit))
        return [item for item in found if item["key"] != "mapping"]

    # The rest of the page

    async def _choose(self, verb: str) -> None:
        await self._moves.make(verb, self._editor.transfer)

    async def _activate(self) -> None:
        await self._moves.make("activate", self._editor.transfer)

    async def _sample(self) -> None:
        await self._moves.sample(self._editor.transfer.id)
        await self.refresh()

    async def _open_versions(self) -> None:
        await self._versions.open(self._editor)

    async def _open_copying(self) -> None:
        await self._copying.open(self._editor)

    async def _go(self, missing: Missing) -> None:
        if missing.place == "authorization":
            ui.navigate.to(f"/sources/{self._editor.transfer.source_id}")
        elif missing.place == "sample":
            await self._sample()
        else:
            self._mapping.focus(target_of(missing.place))


def _told(editor: Editor) -> tuple[Any, ...]:
    """Return what the state of the page is told from."""
    row = editor.transfer
    lost = tuple(str(each) for each in lost_paths(editor))
    return (row.status, row.reason, row.sample_error, editor.trial.missing, lost)


def _changed(before: Editor, after: Editor) -> list[str]:
    return [row.target for row in after.rows if row not in before.rows]
