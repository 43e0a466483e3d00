"""One case, as each side reads it: whose turn it is, what was said, and what can be done."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from nicegui import ui

from domain import case_pages
from domain.case_pages import Page, Row
from domain.escalations import Escalation
from domain.refusals import not_found
from ui.ask import load
from ui.components.ago import ago
from ui.components.badge import badge
from ui.components.button import button
from ui.components.callout import callout
from ui.components.card import Fact, card, facts
from ui.components.page_title import breadcrumb
from ui.components.part import Part
from ui.components.text import text
from ui.components.thread import Thread
from ui.frame import Visit
from ui.live import Change, gathered
from ui.pages.case.messages import said
from ui.pages.case.moves import Moves
from ui.pages.case.reply import Reply
from ui.pages.case.words import name_of, state, turn
from ui.pages.story import times_in


@dataclass(frozen=True)
class Side:
    """From where a case is read: its list, the list's name, and where connections are shown."""

    path: str
    label: str
    connections: str
    belongs: Callable[[Visit, Row], bool]


HOTEL = Side(
    "/support", "Support", "/subscriptions", lambda visit, row: row.property_id == visit.place.id
)
PARTNER = Side(
    "/hub/cases", "Cases", "/hub/connections", lambda visit, row: row.partner_id == visit.place.id
)
PLATFORM = Side("/operations/cases", "Cases", "/operations/connections", lambda visit, row: True)


async def draw(visit: Visit, case_id: str, side: Side) -> None:
    """Draw the page of a case as `side` reads it, and let it follow what happens."""
    found = await load(case_pages.read, visit.actor, case_id)
    if not side.belongs(visit, found.row):
        raise not_found("This case")
    room = _Room(visit, found, side)

    async def heard(change: Change) -> None:
        if change.id == case_id or change.noun == "everything":
            await room.refresh()

    visit.follow(heard)


class _Room:
    """The parts of the page; each is drawn anew only when what it shows has changed."""

    def __init__(self, visit: Visit, found: Page, side: Side) -> None:
        self._visit, self._side = visit, side
        self._case_id = found.row.id
        self.refresh = gathered(self._refresh)
        self._moves = Moves(visit, self.refresh)
        path = f"{side.path}/{found.row.id}"
        self._draw_head(found)
        with ui.element("div").classes("columns"):
            with ui.element("div").classes("stack"):
                self._turn: Part[Page] = Part(self._draw_turn)
                self._agreement: Part[Page] = Part(self._draw_agreement)
                with card() as surface:
                    surface.props["role"] = "group"
                    self._thread = Thread(
                        said(found),
                        path=path,
                        zone=visit.zone,
                        label="What was said",
                    )
                self._reply = self._draw_reply(found)
            with ui.element("div").classes("stack"):
                with card("About this case", times_in(visit.zone), icon="info"):
                    self._facts: Part[Page] = Part(lambda it: facts(self._facts_of(it)))
                self._escalation: Part[Page] = Part(self._draw_escalation)
        self._show(found)

    async def _refresh(self) -> None:
        found = await load(case_pages.read, self._visit.actor, self._case_id)
        if not self._turn.is_deleted:
            self._show(found)

    def _show(self, found: Page) -> None:
        row = found.row
        self._badge.set(row.status, state(row, found.side))
        self._turn.show(found)
        self._thread.update_to(said(found))
        if self._reply:
            self._reply.show(is_open="write" in found.moves, is_mine=row.turn == found.side)
        self._agreement.show(found)
        self._facts.show(found)
        self._escalation.show(found)

    def _draw_head(self, found: Page) -> None:
        row = found.row
        breadcrumb([(self._side.label, self._side.path), (f"#{row.number}", None)])
        with ui.element("header").classes("case-head"):
            text(row.title, "h1")
            with ui.element("div").classes("line"):
                text(f"#{row.number}", "span", "number")
                self._badge = badge(row.status, state(row, found.side))
                text(f"{row.app} at {row.property}", "span", "muted")

    def _draw_reply(self, found: Page) -> Reply | None:
        if found.side == "viewer":
            text(
                f"The managers of {found.row.property} write here. You can read it all.",
                "p",
                "muted",
            )
            return None
        return Reply(self._visit, found.row.id, self.refresh)

    def _draw_turn(self, found: Page) -> None:
        told = turn(found.row, found.side, may_reopen="reopen" in found.moves)
        with callout(told.tone, told.title, told.sentence):
            self._moves.draw(found)

    def _draw_agreement(self, found: Page) -> None:
        if not found.needs_agreement:
            return
        with callout(
            "warn",
            "May the platform see the evidence?",
            f"{found.row.partner} has attached what Adjoin knows of this connection: its history, "
            "deliveries, requests and states. Tokens are masked, guests’ data stays out. You agree "
            "once for this case.",
            icon="shield-check",
        ):
            button("Agree", partial(self._moves.agree, found), kind="primary", icon="check")

    def _facts_of(self, found: Page) -> list[Fact]:
        row, zone = found.row, self._visit.zone
        shown: list[Fact] = [
            ("Connection", partial(self._draw_connection, row)),
            ("Reported by", found.opened_by),
            ("Reported", partial(ago, row.opened_at, zone=zone)),
        ]
        moments = {
            "First answer": row.first_answer_at,
            "Escalated": row.escalated_at,
            "Resolved": row.resolved_at,
        }
        for label, at in moments.items():
            if at is not None:
                shown.append((label, partial(ago, at, zone=zone)))
        if row.first_answer_at is None:
            shown.insert(3, ("First answer", "not yet"))
        if row.resolved_at is not None:
            shown.append(("Resolved by", name_of(row, row.resolved_by_side)))
        if found.side == "platform" and "assign" in found.moves:
            shown.append(("Assigned to", row.assigned or "nobody yet"))
        return shown

    def _draw_connection(self, row: Row) -> None:
        link = text(f"{row.app} at {row.property}", "a")
        link.props["href"] = f"{self._side.connections}/{row.connection_id}"

    def _draw_escalation(self, found: Page) -> None:
        if found.escalation is None and not found.packs:
            return
        said = "What Adjoin knows, without tokens and guests’ data."
        if found.escalation is not None:
            said = "Filled in at the escalation."
        with (
            card("For the engineer", said, icon="flag"),
            ui.element("div").classes("stack"),
        ):
            if found.escalation is not None:
                facts(_escalation_facts(found.escalation))
            _draw_packs(found)


def _escalation_facts(told: Escalation) -> list[Fact]:
    shown: list[Fact] = [
        ("Expected", partial(text, told.expected, classes="words")),
        ("What came", partial(text, told.came, classes="words")),
        ("Since", f"{told.since:%-d %B %Y}" if told.since else "not told"),
        ("Properties", f"{told.properties:,}"),
    ]
    if told.request_id:
        shown.append(("Request id", partial(text, told.request_id, "code")))
    return shown


def _draw_packs(found: Page) -> None:
    """Draw the evidence, or say why its reader has to wait for it."""
    if not found.packs:
        return
    if found.side == "platform" and found.agreed_at is None:
        with callout(
            "info",
            "The evidence waits for the hotel",
            f"{found.row.property} has not agreed yet that the platform reads it. They see a "
            "button for that on this page.",
            icon="lock-keyhole",
        ):
            pass
        return
    for pack in found.packs:
        with ui.element("div").classes("actions"):
            button("Read the evidence", href=f"/evidence/{pack.id}", icon="file-text")
