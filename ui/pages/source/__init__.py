"""One source: its state, what opens it, what is brought in from it, and its story, all live."""

from collections.abc import Sequence

from nicegui import ui

from domain import hooks, sources, transfers
from domain.hooks import Row as Hook
from domain.integration_pages import Row as Flow
from domain.refusals import not_found
from domain.sources import Page
from domain.transfers import Row
from ui.ask import act, attempt, attempt_outside, load
from ui.components.badge import badge
from ui.components.button import button
from ui.components.callout import callout
from ui.components.card import Fact, card, facts
from ui.components.dialog import Dialog
from ui.components.field import text_field
from ui.components.menu import Item, Menu
from ui.components.notice import notice
from ui.components.page_title import breadcrumb
from ui.components.part import Part
from ui.components.text import text
from ui.components.tile import tile
from ui.frame import Visit
from ui.live import Change, gathered
from ui.pages.integration.words import listed
from ui.pages.source.authorization import AuthorizationCard, draw_trouble
from ui.pages.source.authorization_dialog import AuthorizationDialog
from ui.pages.source.files import FilesCard
from ui.pages.source.flows import draw_flows, draw_unused, flows_of, is_wanted
from ui.pages.source.flows import told as told_of_flows
from ui.pages.source.hook import HookPanel
from ui.pages.source.settings import SettingsForm, told
from ui.pages.source.transfer_list import TransfersCard, draw_paused
from ui.pages.source.transfer_moves import TransferMoves
from ui.pages.source.twins import draw_twins
from ui.pages.source.words import look, state, system, why_not
from ui.pages.story import Story

# Of the property, whichever it is: what they say of this source changes with them.
_NOUNS = ("source", "transfer", "integration", "everything")
_Read = tuple[Page, tuple[Row, ...], tuple[Flow, ...], Hook | None]


async def page(visit: Visit, source_id: str) -> None:
    found, rows, flows, hook = await _read(visit, source_id)
    if found.row.property_id != visit.place.id:
        raise not_found("This source")
    room = _Room(visit, found, rows, flows, hook)
    room.draw()
    visit.follow(room.follow)


async def _read(visit: Visit, source_id: str) -> _Read:
    found = await load(sources.read, visit.actor, source_id)
    rows = await load(transfers.of_source, visit.actor, source_id)
    flows = await flows_of(visit, source_id)
    calls = found.kind.hears is not None
    hook = await load(hooks.read, visit.actor, source_id) if calls else None
    return found, rows, flows, hook


class _Room:
    """The parts of the page, and how they hear of changes."""

    def __init__(
        self,
        visit: Visit,
        found: Page,
        rows: Sequence[Row],
        flows: tuple[Flow, ...],
        hook: Hook | None,
    ) -> None:
        self._visit = visit
        self._found = found
        self._rows = tuple(rows)
        self._flows = flows
        self._hook = hook
        self.refresh = gathered(self._refresh)
        self._dialog = Dialog(wide=True)
        self._credentials = AuthorizationDialog(visit)
        self._moves = TransferMoves(visit, self.refresh)

    def draw(self) -> None:
        visit, found, rows = self._visit, self._found, self._rows
        breadcrumb([("Sources", "/sources"), (found.row.name, None)])
        self._draw_head()
        with ui.element("div").classes("stack"):
            self._trouble = Part(self._draw_trouble, "stack")
            with ui.element("div").classes("columns story-below"):
                with ui.element("div").classes("stack"):
                    self._transfers = TransfersCard(visit, self._moves, found, rows)
                    if found.row.kind == "file":
                        self._files = FilesCard(visit, self._moves, found, rows, self.refresh)
                with ui.element("div").classes("stack"):
                    if found.row.kind != "file":
                        self._opens = AuthorizationCard(visit, self._credentials, found)
                    self._settings = Part(self._draw_settings, "contents")
                    self._feeds: Part[object] = Part(lambda _: draw_flows(self._flows), "contents")
                    if self._hook is not None:
                        with card("Calls", icon="webhook"):
                            self._calls = HookPanel(visit, self._hook)
                self._draw_story()
        self._show()

    def _draw_story(self) -> None:
        with card("History", icon="history"):
            self._story = Story(
                self._found.history,
                self._visit.zone,
                {"property": self._visit.place.name},
                self._visit.place.key,
                first=8,
            )

    def _draw_head(self) -> None:
        row = self._found.row
        with ui.element("header").classes("sheet-title"):
            tile(*look(row.kind), 64)
            with ui.element("div").classes("grow"):
                with ui.element("div").classes("line"):
                    self._title = text(row.name, "h1")
                    self._badge = badge(*state(row))
                text(f"{row.kind_name} source of {self._visit.place.name}", classes="lead")
            with ui.element("div").classes("actions"):
                reason = why_not(self._visit)
                found: list[Item] = [
                    {"key": "rename", "label": "Rename", "icon": "pencil", "why_not": reason},
                    {
                        "key": "remove",
                        "label": "Remove",
                        "icon": "trash-2",
                        "tone": "bad",
                        "why_not": reason,
                    },
                ]
                Menu("What to do with this source", found, self._choose, kind="secondary")

    def _draw_trouble(self, _: object) -> None:
        draw_trouble(self._visit, self._found, self._credentials)
        draw_paused(self._rows)
        draw_twins(self._found.twins)
        active = [row for row in self._rows if row.status == "active"]
        if unused := [row.label.lower() for row in active if not is_wanted(self._flows, row.type)]:
            draw_unused(self._visit, self._found.row.id, listed(unused), self._flows)

    def _draw_settings(self, found: Page) -> None:
        if not found.kind.settings:
            return
        with card("Settings", icon="settings"):
            address: list[Fact] = [("Address", found.address)] if found.address else []
            facts([*address, *told(found.kind, found.settings)])
            with ui.element("div").classes("actions"):
                button(
                    "Change settings",
                    self._ask_settings,
                    icon="pencil",
                    why_not=why_not(self._visit),
                )

    async def follow(self, change: Change) -> None:
        known = {self._found.row.id, *(row.id for row in self._rows)}
        if self._found.authorization is not None:
            known.add(self._found.authorization.id)
        if change.id in known or change.noun in _NOUNS:
            await self.refresh()

    async def _refresh(self) -> None:
        """Read the source again, and change on the page what has become different."""
        self._found, self._rows, self._flows, self._hook = await _read(
            self._visit, self._found.row.id
        )
        self._show()

    def _show(self) -> None:
        found = self._found
        self._title.text = found.row.name
        self._badge.set(*state(found.row))
        self._trouble.show(
            (
                found.row,
                found.authorization,
                found.twins,
                self._rows,
                told_of_flows(self._flows),
            )
        )
        self._feeds.show(told_of_flows(self._flows))
        self._transfers.update(found, self._rows)
        if found.row.kind == "file":
            self._files.update(found, self._rows)
        else:
            self._opens.update(found)
        self._settings.show(found)
        if self._hook is not None:
            self._calls.update(self._hook)
        self._story.update(found.history)

    # What can be done with the source itself

    def _choose(self, verb: str) -> None:
        if verb == "rename":
            self._ask_name()
        else:
            self._ask_remove()

    def _ask_name(self) -> None:
        with self._dialog.refill("Rename this source"):
            name = text_field("Name", value=self._found.row.name, required=True, autofocus=True)

        async def rename() -> None:
            outcome = await attempt(
                sources.rename, self._visit.actor, self._found.row.id, str(name.value or "")
            )
            if outcome.refusal is not None:
                name.error(outcome.refusal.message).focus()
            else:
                self._dialog.close()

        self._dialog.ask("Rename", rename)

    def _ask_remove(self) -> None:
        async def remove() -> None:
            if await act(sources.remove, self._visit.actor, self._found.row.id):
                self._dialog.close()
                notice(f"{self._found.row.name} is gone.", title="Removed")
                ui.navigate.to("/sources")

        with self._dialog.refill(f"Remove {self._found.row.name}"):
            text(
                "Its data transfers, mappings and files go, and all records that came from it. "
                "This cannot be undone. The authorization stays.",
                classes="dialog-lead",
            )
        self._dialog.ask("Remove", remove, kind="danger", icon="trash-2")

    def _ask_settings(self) -> None:
        found = self._found
        with self._dialog.refill("Settings"):
            refused = ui.element("div").classes("refused")
            text(f"{system(found.kind)} is asked with them before they are saved.", classes="muted")
            with ui.element("div"):
                form = SettingsForm(found.kind, found.settings)

        async def save() -> None:
            refused.clear()
            if wrong := form.complaints():
                wrong[0].focus()
                return
            outcome = await attempt_outside(
                sources.change_settings, self._visit.actor, found.row.id, form.answers
            )
            if outcome.refusal is None:
                self._dialog.close()
                notice("The next sample and the next run use them.", title="Saved")
                return
            if field := form.named(outcome.refusal.field):
                field.error(outcome.refusal.message).focus()
                return
            with refused, callout("bad", "Nothing was saved", outcome.refusal.message):
                pass

        self._dialog.ask("Test and save", save, icon="plug-zap")
