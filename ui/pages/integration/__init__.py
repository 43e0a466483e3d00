"""One integration: its state and what to do next, its run, its errors and its story, all live."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from nicegui import ui

from domain import integration_pages, run_pages
from domain.integration_pages import Page
from domain.refusals import not_found
from domain.run_pages import Row as Run
from ui.ask import load
from ui.components.ago import ago
from ui.components.badge import badge
from ui.components.bar import meter
from ui.components.card import Fact, card, facts
from ui.components.page_title import breadcrumb
from ui.components.part import Part
from ui.components.text import text
from ui.components.tile import tile
from ui.frame import Visit
from ui.live import Change, gathered
from ui.pages.integration.alerts import draw_alerts
from ui.pages.integration.moves import Moves
from ui.pages.integration.run_list import RunsCard
from ui.pages.integration.running import Running
from ui.pages.integration.state import is_first_run, state
from ui.pages.integration.turn import TurnPanel
from ui.pages.integration.words import tone, wanted
from ui.pages.source.words import look
from ui.pages.story import Story


async def page(visit: Visit, integration_id: str) -> None:
    found, rows = await _read(visit, integration_id)
    if found.row.property_id != visit.place.id:
        raise not_found("This integration")
    room = _Room(visit, found, rows)
    room.draw()
    visit.follow(room.follow)


async def _read(visit: Visit, integration_id: str) -> tuple[Page, tuple[Run, ...]]:
    found = await load(integration_pages.read, visit.actor, integration_id)
    return found, await load(run_pages.of_integration, visit.actor, integration_id)


class _Room:
    """The parts of the page, and how they hear of changes."""

    def __init__(self, visit: Visit, found: Page, rows: tuple[Run, ...]) -> None:
        self._visit = visit
        self._found = found
        self._rows = rows
        self.refresh = gathered(self._refresh)
        self._moves = Moves(visit, self.refresh)

    def draw(self) -> None:
        visit, row = self._visit, self._found.row
        breadcrumb([("Integrations", "/integrations"), (row.name, None)])
        self._draw_head()
        with ui.element("div").classes("stack"):
            self._turn = TurnPanel(visit, self._moves)
            self._running = Running(self._moves)
            with ui.element("div").classes("thirds"):
                with card("Errors", icon="gauge"):
                    self._meter = meter("Failed runs on the way to where it disables itself")
                    self._last_failure = Part(self._draw_last_failure)
                self._pace = Part(self._draw_pace, "contents")
                self._who = Part(draw_alerts, "contents")
            self._runs = RunsCard(visit, row.id, self._rows)
            with ui.element("div").classes("halves"):
                self._what = Part(self._draw_what, "contents")
                with card("History", icon="clipboard-list"):
                    self._story = Story(
                        self._found.history,
                        visit.zone,
                        {"property": visit.place.name},
                        visit.place.key,
                    )
        self._show()

    def _draw_head(self) -> None:
        row = self._found.row
        with ui.element("header").classes("sheet-title"):
            tile(*look(row.kind), 64)
            with ui.element("div").classes("grow"):
                with ui.element("div").classes("line"):
                    self._title = text(row.name, "h1")
                    self._badge = badge(*state(row))
                self._lead = text("", classes="lead")
            self._verbs = Part(self._draw_verbs, "actions")

    def _draw_verbs(self, _: object) -> None:
        self._moves.draw_head(self._found.row)

    def _draw_last_failure(self, at: datetime | None) -> None:
        if at is not None:
            with ui.element("p").classes("muted small"):
                ago(at, "Last failed run", self._visit.zone)

    def _draw_pace(self, found: Page) -> None:
        row = found.row
        with card("Pace", icon="clock"):
            source: Fact = ("Source", lambda: _link(row.source, f"/sources/{row.source_id}"))
            never = "the first run is on" if is_first_run(row) else "nothing has come in yet"
            fresh: Fact = ("Fresh as of", self._time(row.last_success_at, never))
            paced = [source, ("Runs", row.schedule.words), fresh]
            if row.schedule.kind == "webhook":
                paced.append(("Last call received", self._time(row.called_at, "none yet")))
            facts(paced)

    def _time(self, at: datetime | None, otherwise: str) -> str | Callable[[], Any]:
        return (lambda: ago(at, zone=self._visit.zone)) if at else otherwise

    def _draw_what(self, found: Page) -> None:
        with card("What comes in", icon="list-checks"):
            facts(wanted(found.row) or [("Nothing", "No kind of change is ticked.")])

    async def follow(self, change: Change) -> None:
        row = self._found.row
        known = {row.id, row.source_id, *(run.id for run in self._runs.rows)}
        if change.id in known or change.noun in ("transfer", "everything"):
            await self.refresh()

    async def _refresh(self) -> None:
        """Read the integration again, and change on the page what has become different."""
        self._found, self._rows = await _read(self._visit, self._found.row.id)
        if not self._lead.is_deleted:
            self._show()

    def _show(self) -> None:
        found, row = self._found, self._found.row
        self._title.text = row.name
        self._badge.set(*state(row))
        self._lead.text = f"Brings data in from {row.source}, {row.schedule.words}"
        self._verbs.show((row.status, row.running, row.name))
        failures = (run for run in self._rows if run.status == "failed" and not run.is_dry)
        failed = next(failures, None)
        self._turn.show(found, failed.owner if failed else None)
        self._last_failure.show(failed.queued_at if failed else None)
        self._running.show(next((run for run in self._rows if run.id == row.running), None))
        self._runs.update(self._rows)
        self._meter.set(row.meter.share, row.meter.words, tone(row.meter))
        self._pace.show(found)
        self._what.show(found)
        self._who.show(found.recipients)
        self._story.update(found.history)


def _link(label: str, address: str) -> None:
    text(label, "a").props["href"] = address
