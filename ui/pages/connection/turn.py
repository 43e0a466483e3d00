"""Whose turn it is on a connection: the steps so far, how long it takes, and what can be done."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from nicegui import ui

from domain.subscriptions import Notification, Page
from domain.support import Answer
from ui.components.ago import ago
from ui.components.callout import callout
from ui.components.steps import Step, steps
from ui.components.text import text
from ui.frame import Visit
from ui.look import STATUS
from ui.pages.connection.moves import Moves, not_yours
from ui.pages.usual import how_long
from ui.pages.whom import draw_step, icon_of

_STEPS_FOR = ("pending", "active", "rejected")


class TurnPanel:
    """The panel on top of the page; draws itself anew when what it says has changed."""

    def __init__(self, visit: Visit, moves: Moves, found: Page, answer: Answer) -> None:
        self._visit = visit
        self._moves = moves
        self._shown: tuple[object, ...] = ()
        self._panel = ui.element("div").classes("stack turn").props('aria-live="polite"')
        self.update(found, answer)

    def update(self, found: Page, answer: Answer) -> None:
        if _said(found, answer) == self._shown:
            return
        self._shown = _said(found, answer)
        self._panel.clear()
        with self._panel:
            self._draw(found, answer)

    def _draw(self, found: Page, answer: Answer) -> None:
        row, route = found.row, answer.route
        look = STATUS[row.status]
        is_state = route.tone == look.tone and row.status not in ("active", "connected")
        icon = look.icon if is_state else icon_of(answer)
        with callout(route.tone, route.title, route.problem, icon):
            with ui.element("div").classes("turn-more"):
                _draw_reason(found)
                _draw_since(found, self._visit.zone)
                if reason := not_yours(found):
                    text(reason, classes="muted")
            draw_step(answer)
            self._moves.draw(found)
        if row.kind == "integrated" and row.status in _STEPS_FOR:
            with ui.element("div").classes("card"):
                steps(_steps(found, self._visit.zone))


def _said(found: Page, answer: Answer) -> tuple[object, ...]:
    """Return everything that the panel shows, to compare."""
    return (
        answer.route,
        found.row,
        found.moves,
        found.reason,
        found.disabled_by,
        found.next_nudge_at,
        found.notifications,
    )


def _draw_reason(found: Page) -> None:
    if not found.reason:
        return
    who = {"rejected": f"{found.row.developer} wrote", "broken": f"{found.row.app_name} said"}
    text(f"{who.get(found.row.status, 'The reason given')}:", classes="muted")
    text(found.reason, "blockquote", "quote")


def _draw_since(found: Page, zone: str) -> None:
    row = found.row
    if row.status == "active":
        return  # the steps say since when
    with ui.element("div").classes("line small"):
        if row.status != "pending":
            ago(row.since, STATUS[row.status].label, zone)
        else:
            ago(row.requested_at, f"{found.requested_by} asked", zone)
            if not row.takes_longer:  # the sentence says it then
                text(how_long(row.usual), "span")


def _steps(found: Page, zone: str) -> list[Step]:
    """Return Requested → Partner notified → Partner activates → Active, as far as it has come."""
    row = found.row
    told, how = _told(found.notifications, zone)
    requested: Step = {
        "title": "Requested",
        "text": f"by {found.requested_by}, {_when(row.requested_at, zone)}",
        "state": "done",
    }
    notified: Step = {
        "title": "Partner notified",
        "text": how,
        "state": "done" if told or row.status != "pending" else "now",
    }
    if row.status == "rejected":
        when = _when(row.since, zone)
        return [requested, notified, {"title": "Rejected", "text": when, "state": "now"}]
    is_active = row.status == "active"
    answer: Step = {
        "title": _ANSWERS[row.activation == "automatic", is_active],
        "text": _activated(found, zone) if is_active else row.usual.words,
        "state": "done" if is_active else "now" if told else "next",
    }
    active: Step = {
        "title": "Active",
        "text": f"since {_when(row.since, zone)}" if is_active else "data can flow",
        "state": "done" if is_active else "next",
    }
    return [requested, notified, answer, active]


def _activated(found: Page, zone: str) -> str:
    """Return when it was activated last; it may have been paused and enabled again since."""
    moments = [line.at for line in found.history if line.event == "connection.activated"]
    return _when(max(moments), zone) if moments else ""


_ANSWERS = {  # by whether the app is automatic, and whether it is active
    (False, False): "Partner activates",
    (False, True): "Partner activated",
    (True, False): "Activates by itself",
    (True, True): "Activated by itself",
}


def _told(notifications: Sequence[Notification], zone: str) -> tuple[bool, str]:
    """Return whether the partner knows of the request, and how or why not in a few words."""
    if not notifications:
        return True, "in its Developer Hub"
    for each in notifications:
        if each.status == "delivered" and each.at is not None:
            return True, f"by {each.channel}, {_when(each.at, zone)}"
    last = notifications[-1]
    if last.status == "gave_up":
        return False, f"The {last.channel} could not be delivered. Please contact them."
    if last.status == "skipped":
        return False, "They have switched off their notifications. Please contact them."
    if last.tries:
        return False, f"The {last.channel} has not got through yet. We go on trying."
    return False, f"The {last.channel} is on its way"


def _when(at: datetime, zone: str) -> str:
    there = at.astimezone(ZoneInfo(zone))
    return f"{there.day} {there:%b, %H:%M}"
