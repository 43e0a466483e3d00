"""The value mapping of one connection: what the app needs to know, and what the hotel means."""

from nicegui import ui

from domain import value_pages
from domain.refusals import not_found
from domain.value_pages import Page
from ui.ask import load
from ui.components.ago import ago
from ui.components.button import button
from ui.components.callout import callout
from ui.components.empty import empty
from ui.components.page_title import breadcrumb
from ui.components.part import Part
from ui.components.text import text
from ui.components.valuemap import ValueMap
from ui.frame import Visit
from ui.live import Change, gathered
from ui.pages.value_mapping.deciding import Deciding
from ui.pages.value_mapping.versions import Versions


async def page(visit: Visit, connection_id: str) -> None:
    found = await load(value_pages.read, visit.actor, connection_id)
    if found.property_id != visit.place.id:
        raise not_found("This connection")
    room = _Room(visit, found)
    room.draw()
    visit.follow(room.follow)


class _Room:
    """The parts of the page, and how they hear of changes."""

    def __init__(self, visit: Visit, found: Page) -> None:
        self._visit = visit
        self._deciding = Deciding(visit, found, self._show)
        self._refresh = gathered(self._deciding.refresh)
        self._versions = Versions(visit, self._deciding.replaced)

    def draw(self) -> None:
        found = self._deciding.page
        breadcrumb(
            [
                ("My subscriptions", "/subscriptions"),
                (found.app, f"/subscriptions/{found.connection_id}"),
                ("Value mapping", None),
            ]
        )
        with ui.element("header").classes("sheet-title"):
            with ui.element("div").classes("grow"):
                text("Value mapping", "h1")
                text(f"What {found.app} needs to know of {found.hotel}", classes="lead")
                self._saved: Part[Page] = Part(self._draw_saved, "muted")
            with ui.element("div").classes("actions"):
                button("Versions", self._open_versions, icon="history", kind="quiet")
                button("ID finder", href="/find", icon="search", kind="quiet")
        self._saved.show(found)
        if not found.rows:
            with empty("circle-check", f"{found.app} needs nothing", "There is nothing to map."):
                pass
            return
        with ui.element("div").classes("stack"):
            self._closed: Part[str] = Part(_draw_closed)
            self._closed.show(found.why_not)
            self._deciding.component = self._draw_map(found)

    async def follow(self, change: Change) -> None:
        """What a run has brought in can be chosen once it has ended."""
        is_mine = change.id == self._deciding.page.connection_id
        if is_mine or change.noun in ("integration", "everything"):
            await self._refresh()

    def _draw_map(self, found: Page) -> ValueMap:
        deciding = self._deciding
        return ValueMap(
            deciding.standing,
            why_not=found.why_not or None,
            on_find=deciding.find,
            on_choose=deciding.choose,
            on_none=deciding.choose_none,
            on_clear=deciding.clear,
            on_confirm=deciding.confirm,
            on_dismiss=deciding.dismiss,
            on_all=deciding.accept_all,
            on_undo=deciding.undo,
        )

    def _draw_saved(self, found: Page) -> None:
        if found.saved_at is not None:
            ago(found.saved_at, f"Last changed by {found.saved_by}", self._visit.zone)

    def _show(self, fresh: list[str]) -> None:
        """Show what has become different, where it stands."""
        found = self._deciding.page
        if self._saved.is_deleted:
            return
        self._saved.show(found)
        if found.rows and self._deciding.component:
            self._closed.show(found.why_not)
            self._deciding.component.show(self._deciding.standing, found.why_not or None, fresh)

    async def _open_versions(self) -> None:
        await self._versions.open(self._deciding.page)


def _draw_closed(why_not: str) -> None:
    if why_not:
        with callout("muted", "You can look, but not change anything", why_not, "eye"):
            pass
