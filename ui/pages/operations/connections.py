"""Connections: every one of every property, for operators to look at."""

from collections.abc import Mapping, Sequence

from nicegui import ui

from domain import subscriptions
from domain.paging import Page
from domain.subscriptions import Row
from ui.ask import load
from ui.components.ago import iso
from ui.components.chips import Chip, Chips
from ui.components.listing import Column
from ui.components.listing import Row as Line
from ui.components.page_title import page_title
from ui.components.recordtable import Head
from ui.frame import Visit
from ui.live import Change
from ui.look import STATUS
from ui.pages.operations.paged import Paged

PATH = "/operations/connections"
_STATUSES = ("pending", "broken", "rejected", "active", "connected", "disabled", "disconnected")
COLUMNS: list[Column] = [
    {"key": "app", "label": "App", "kind": "strong", "sub": "developer"},
    {"key": "number", "label": "Number", "kind": "mono"},
    {"key": "hotel", "label": "Property", "kind": "text"},
    {"key": "status", "label": "Status", "kind": "badge"},
    {"key": "turn", "label": "Whose turn", "kind": "text"},
    {"key": "since", "label": "Since", "kind": "ago"},
]
_HEADS: list[Head] = [
    {"key": "app", "label": "App", "kind": "text", "sub": "developer"},
    {"key": "number", "label": "Number", "kind": "text"},
    {"key": "hotel", "label": "Property", "kind": "text"},
    {"key": "status", "label": "Status", "kind": "badge"},
    {"key": "turn", "label": "Whose turn", "kind": "text"},
    {"key": "since", "label": "Since", "kind": "ago"},
]


async def page(visit: Visit) -> None:
    wanted = visit.query.get("status", "")
    wanted = wanted if wanted in _STATUSES else ""

    async def read(text: str, number: int) -> Page[Row]:
        _count(chips, await load(subscriptions.counts, visit.actor, text=text))
        return await load(subscriptions.page, visit.actor, text=text, status=wanted, number=number)

    with page_title(
        "Connections", "Of all properties. Operators look on: each side moves its own part."
    ):
        pass
    chips = _chips(wanted)
    with ui.element("div").classes("below"):
        paged = Paged(
            visit,
            _HEADS,
            read,
            _line,
            path=PATH,
            label="Connections",
            one="connection",
            search="Search numbers and names",
            empty=_none(wanted),
            status=wanted,
        )
        await paged.draw()

    async def heard(change: Change) -> None:
        if change.noun in ("connection", "everything"):
            await paged.refresh()

    visit.follow(heard)


def _line(row: Row) -> Line:
    look = STATUS[row.status]
    return {**_plain(row), "status": {"tone": look.tone, "text": look.label}}


def lines(rows: Sequence[Row]) -> list[Line]:
    """Return connections as lines of a Listing with COLUMNS."""
    return [{**_plain(row), "status": row.status} for row in rows]


def _plain(row: Row) -> Line:
    return {
        "id": row.id,
        "href": f"{PATH}/{row.id}",
        "number": row.number,
        "app": row.app_name,
        "developer": row.developer,
        "hotel": row.property_name,
        "turn": row.turn.short,
        "since": iso(row.since),
    }


def _chips(wanted: str) -> Chips:
    filters = [Chip("", "All", PATH)]
    for status in _STATUSES:
        filters.append(Chip(status, STATUS[status].label, f"{PATH}?status={status}"))
    return Chips("Filter by status", filters, wanted)


def _count(chips: Chips, counts: Mapping[str, int]) -> None:
    chips.count("", sum(counts.values()))
    for status in _STATUSES:
        chips.count(status, counts.get(status, 0))


def _none(wanted: str) -> str:
    if wanted:
        return f"No connection is {STATUS[wanted].label.lower()}."
    return "No property has connected an app yet."
