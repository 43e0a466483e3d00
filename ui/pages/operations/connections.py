"""Connections: every one of every property, for operators to look at."""

from collections.abc import Sequence

from domain import subscriptions
from domain.subscriptions import Row
from ui.ask import load
from ui.components.ago import iso
from ui.components.chips import Chip, Chips
from ui.components.listing import Column, Listing
from ui.components.listing import Row as Line
from ui.components.page_title import page_title
from ui.frame import Visit
from ui.live import Change
from ui.look import STATUS

PATH = "/operations/connections"
_STATUSES = ("pending", "broken", "rejected", "active", "connected", "disabled", "disconnected")
COLUMNS: list[Column] = [
    {"key": "app", "label": "App", "kind": "strong", "sub": "developer"},
    {"key": "hotel", "label": "Property", "kind": "text"},
    {"key": "status", "label": "Status", "kind": "badge"},
    {"key": "turn", "label": "Whose turn", "kind": "text"},
    {"key": "since", "label": "Since", "kind": "ago"},
]


async def page(visit: Visit) -> None:
    wanted = visit.query.get("status", "")
    wanted = wanted if wanted in _STATUSES else ""
    rows = await load(subscriptions.all_of_them, visit.actor)
    with page_title(
        "Connections", "Of all properties. Operators look on: each side moves its own part."
    ):
        pass
    chips = _chips(wanted)
    listing = Listing(
        COLUMNS,
        lines(rows, wanted),
        label="Connections",
        search="Search properties, apps and partners",
        empty=_none(wanted),
        zone=visit.zone,
    ).classes("below")
    _count(chips, rows)

    async def refresh() -> None:
        now = await load(subscriptions.all_of_them, visit.actor)
        if not listing.is_deleted:
            listing.replace(lines(now, wanted))
            _count(chips, now)

    async def heard(change: Change) -> None:
        if change.noun in ("connection", "everything"):
            await refresh()

    visit.follow(heard)


def lines(rows: Sequence[Row], wanted: str = "") -> list[Line]:
    """Return connections as lines of a Listing with COLUMNS, of one status or all."""
    return [
        {
            "id": row.id,
            "href": f"{PATH}/{row.id}",
            "app": row.app_name,
            "developer": row.developer,
            "hotel": row.property_name,
            "status": row.status,
            "turn": row.turn.short,
            "since": iso(row.since),
        }
        for row in rows
        if wanted in ("", row.status)
    ]


def _chips(wanted: str) -> Chips:
    filters = [Chip("", "All", PATH)]
    for status in _STATUSES:
        filters.append(Chip(status, STATUS[status].label, f"{PATH}?status={status}"))
    return Chips("Filter by status", filters, wanted)


def _count(chips: Chips, rows: Sequence[Row]) -> None:
    chips.count("", len(rows))
    for status in _STATUSES:
        chips.count(status, sum(row.status == status for row in rows))


def _none(wanted: str) -> str:
    if wanted:
        return f"No connection is {STATUS[wanted].label.lower()}."
    return "No property has connected an app yet."
