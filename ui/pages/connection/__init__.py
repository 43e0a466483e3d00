"""One connection: its state, whose turn it is, its token or account, and its story, all live."""

from nicegui import ui

from domain import api_requests, subscriptions, support, value_pages
from domain.api_requests import Row as Request
from domain.refusals import not_found
from domain.subscriptions import Page, Row
from domain.support import Answer
from domain.value_pages import Summary
from ui.ask import load
from ui.components.badge import badge
from ui.components.button import button
from ui.components.card import card, facts
from ui.components.page_title import breadcrumb
from ui.components.part import Part
from ui.components.text import text
from ui.components.tile import tile
from ui.frame import Visit
from ui.live import Change, gathered
from ui.pages.connection.account import AccountCard
from ui.pages.connection.moves import Moves
from ui.pages.connection.token import TokenCard
from ui.pages.connection.turn import TurnPanel
from ui.pages.requests_log import RequestsLog
from ui.pages.story import Story, sides_of, times_in
from ui.pages.value_mapping.card import draw_summary
from ui.pages.whom import draw_card


async def page(visit: Visit, connection_id: str) -> None:
    found = await load(subscriptions.read, visit.actor, connection_id)
    if found.row.property_id != visit.place.id:
        raise not_found("This connection")
    mapped = await load(value_pages.summary, visit.actor, connection_id)
    room = _Room(visit, found, await load(support.of_connection, visit.actor, connection_id))
    room.draw(mapped, await load(api_requests.of_connection, visit.actor, connection_id))
    visit.follow(room.follow)


_READERS = {
    "integrated": "The same story that the partner reads.",
    "core": "Everything that happened, and who did it.",
}


# What is said about whose turn it is follows from these, too.
_CONCERNS = ("message", "case", "source", "transfer", "integration", "endpoint", "everything")


class _Room:
    """The parts of the page, and how they hear of changes."""

    def __init__(self, visit: Visit, found: Page, answer: Answer) -> None:
        self._visit = visit
        self._found = found
        self._answer = answer
        self.refresh = gathered(self._refresh)
        self._moves = Moves(visit, self.refresh)

    def draw(self, mapped: Summary | None, asked: tuple[Request, ...]) -> None:
        found, visit = self._found, self._visit
        breadcrumb([("My subscriptions", "/subscriptions"), (found.row.app_name, None)])
        self._draw_head()
        with ui.element("div").classes("stack"):
            self._turn = TurnPanel(visit, self._moves, found, self._answer)
            with ui.element("div").classes("columns keys-first"):
                lead = f"{_READERS[found.row.kind]} {times_in(visit.zone)}"
                with ui.element("div").classes("stack"):
                    with card("History", lead, icon="history"):
                        self._story = Story(
                            found.history, visit.zone, sides_of(found.row), visit.place.key
                        )
                    self._log = self._draw_log(asked)
                with ui.element("div").classes("stack"):
                    self._whom = Part(draw_card, "contents")
                    self._whom.show(self._answer)
                    self._mapped: Part[Summary | None] = Part(self._draw_mapped, "contents")
                    self._mapped.show(mapped)
                    self._keys = self._draw_keys()
                    self._answers = ui.element("div").classes("contents")
                    self._draw_answers()

    def _draw_keys(self) -> TokenCard | AccountCard:
        if self._found.row.kind == "core":
            return AccountCard(self._visit, self._moves, self._found, self.refresh)
        return TokenCard(self._visit, self._found)

    def _draw_log(self, asked: tuple[Request, ...]) -> RequestsLog | None:
        if self._found.row.kind == "core":
            return None
        who = self._found.row.developer
        lead = f"What {who}’s program asked about it in the last 30 days. {who} reads the same."
        of_it, whose = api_requests.of_connection, self._found.row.id
        return RequestsLog(self._visit, of_it, whose, asked, lead)

    def _draw_mapped(self, mapped: Summary | None) -> None:
        draw_summary(self._found.row.id, mapped)

    async def follow(self, change: Change) -> None:
        if change.id == self._found.row.id or change.noun in _CONCERNS:
            await self.refresh()

    async def _refresh(self) -> None:
        """Read the connection again, and change on the page what has become different."""
        before, visit = self._found, self._visit
        self._found = found = await load(subscriptions.read, visit.actor, before.row.id)
        mapped = await load(value_pages.summary, visit.actor, before.row.id)
        answer = await load(support.of_connection, visit.actor, before.row.id)
        self._badge.set(found.row.status)
        self._mapped.show(mapped)
        self._turn.update(found, answer)
        self._whom.show(answer)
        self._keys.update(found)
        self._story.update(found.history)
        if self._log:
            await self._log.refresh()
        if found.answers != before.answers:
            self._draw_answers()

    def _draw_head(self) -> None:
        row = self._found.row
        with ui.element("header").classes("sheet-title"):
            tile(row.icon, row.hue, 64)
            with ui.element("div").classes("grow"):
                with ui.element("div").classes("line"):
                    text(row.app_name, "h1")
                    self._badge = badge(row.status)
                    text(row.number, "code")
                text(_lead(row), classes="lead")
            with ui.element("div").classes("actions"):
                button("About this app", href=f"/apps/{row.app_slug}", icon="info", kind="quiet")

    def _draw_answers(self) -> None:
        self._answers.clear()
        with self._answers:
            if self._found.answers:
                with card("Your answers", "Given when Connect was pressed.", icon="list-checks"):
                    facts(self._found.answers)


def _lead(row: Row) -> str:
    if row.kind == "core":
        return f"{row.property_name}’s connection, supported by the platform"
    return f"{row.property_name}’s connection with {row.developer}"
