"""One connection, as operators see it: its story, without a token and without a button."""

from nicegui import ui

from domain import subscriptions, support
from domain.subscriptions import Page
from domain.support import Answer
from ui.ask import load
from ui.components.ago import ago
from ui.components.badge import badge
from ui.components.button import button
from ui.components.callout import callout
from ui.components.card import Fact, card, facts
from ui.components.page_title import breadcrumb
from ui.components.part import Part
from ui.components.text import text
from ui.components.tile import tile
from ui.frame import Visit
from ui.live import Change
from ui.pages.operations.connections import PATH
from ui.pages.story import Story, sides_of, times_in
from ui.pages.usual import activation_words, how_long
from ui.pages.whom import draw_card, draw_step, icon_of


async def page(visit: Visit, connection_id: str) -> None:
    async def read() -> tuple[Page, Answer]:
        found = await load(subscriptions.read, visit.actor, connection_id)
        return found, await load(support.of_connection, visit.actor, connection_id)

    sheet = Sheet(*await read(), visit.zone)

    async def refresh() -> None:
        sheet.show(*await read())

    async def heard(change: Change) -> None:
        if change.id == connection_id or change.noun in ("case", "everything"):
            await refresh()

    visit.follow(heard)


class Sheet:
    """What is drawn of one connection; `show` brings it up to date in place."""

    def __init__(self, page: Page, answer: Answer, zone: str) -> None:
        self._zone = zone
        self._draw_head(page)
        with ui.element("div").classes("columns"):
            with ui.element("div").classes("stack"):
                self._turn = Part(_draw_turn)
                lead = f"The same story that both sides read. {times_in(zone)}"
                with card("History", lead, icon="history"):
                    self._story = Story(page.history, zone, sides_of(page.row))
            with ui.element("div").classes("stack"):
                with card("Facts", icon="info"):
                    self._facts: Part[Page] = Part(lambda found: facts(self._facts_of(found)))
                self._whom = Part(draw_card)
        self.show(page, answer)

    def show(self, page: Page, answer: Answer) -> None:
        """Show where it stands now."""
        if self._turn.is_deleted:
            return
        self._badge.set(page.row.status)
        self._turn.show((page.reason, answer))
        self._whom.show(answer)
        self._facts.show(page)
        self._story.update(page.history)

    def _draw_head(self, page: Page) -> None:
        row = page.row
        name = f"{row.app_name} at {row.property_name}"
        breadcrumb([("Connections", PATH), (name, None)])
        with ui.element("header").classes("sheet-title"):
            tile(row.icon, row.hue, 64)
            with ui.element("div").classes("grow"):
                text(name, "h1")
                with ui.element("div").classes("line"):
                    self._badge = badge(row.status)
                    text(row.number, "code")
            with ui.element("div").classes("actions"):
                button(row.property_name, href=f"/operations/properties/{row.property_id}")
                button(row.app_name, href=f"/operations/apps/{row.app_slug}")

    def _facts_of(self, page: Page) -> list[Fact]:
        row = page.row
        return [
            ("Property", row.property_name),
            ("Developed by", row.developer),
            ("Activation", activation_words(row.activation, row.developer)),
            ("Usual time", how_long(row.usual)),
            ("Requested by", page.requested_by),
            ("Requested", lambda: ago(row.requested_at, zone=self._zone)),
            ("In this state since", lambda: ago(row.since, zone=self._zone)),
        ]


def _draw_turn(shown: tuple[str, Answer]) -> None:
    reason, answer = shown
    route = answer.route
    with callout(route.tone, route.title, route.problem, icon_of(answer)):
        if answer.status == "pending":
            text("Operators cannot do it for them.", classes="reason")
        if reason:
            text(f"The reason given: “{reason}”", classes="reason")
        draw_step(answer)
