"""Connections: every hotel that uses one of this partner's apps, whoever's turn it is."""

from collections.abc import Sequence
from urllib.parse import urlencode

from domain import subscriptions
from domain.subscriptions import Row
from ui.ask import load
from ui.components.ago import iso
from ui.components.button import button
from ui.components.chips import Chip, Chips
from ui.components.listing import Column, Listing
from ui.components.listing import Row as Line
from ui.components.page_title import page_title
from ui.frame import Visit
from ui.live import Change

FILTERS = {
    "": "All",
    "pending": "Pending",
    "active": "Active",
    "disabled": "Disabled",
    "rejected": "Rejected",
    "disconnected": "Disconnected",
}
COLUMNS: list[Column] = [
    {"key": "hotel", "label": "Property", "kind": "strong"},
    {"key": "app", "label": "App", "kind": "text"},
    {"key": "status", "label": "Status", "kind": "badge"},
    {"key": "turn", "label": "Whose turn", "kind": "text"},
    {"key": "since", "label": "Since", "kind": "ago", "align": "end"},
]


async def page(visit: Visit) -> None:
    wanted = visit.query.get("status", "")
    wanted = wanted if wanted in FILTERS else ""
    app = visit.query.get("app") or None

    async def read() -> list[Row]:
        rows = await load(subscriptions.of_partner, visit.actor, visit.place.id)
        return [row for row in rows if app in (None, row.app_slug)]

    rows = await read()
    with page_title("Connections", "Every hotel that shares a door with one of your apps."):
        if app:
            button("Connections of all apps", href=_address(wanted), icon="x")
    chips = Chips(
        "Filter by status",
        [Chip(key, label, _address(key, app)) for key, label in FILTERS.items()],
        wanted,
    )
    listing = Listing(
        COLUMNS,
        _lines(rows, wanted),
        label="Connections",
        search="Search hotels and apps",
        empty=_none(wanted),
        zone=visit.zone,
    ).classes("below")
    _count(chips, rows)

    async def refresh() -> None:
        now = await read()
        if not listing.is_deleted:
            listing.replace(_lines(now, wanted))
            _count(chips, now)

    async def heard(change: Change) -> None:
        if change.noun in ("connection", "everything"):
            await refresh()

    visit.follow(heard)


def _lines(rows: Sequence[Row], wanted: str) -> list[Line]:
    return [
        {
            "id": row.id,
            "href": f"/hub/connections/{row.id}",
            "hotel": row.property_name,
            "app": row.app_name,
            "status": row.status,
            "turn": row.turn.short,
            "since": iso(row.since),
        }
        for row in rows
        if wanted in ("", row.status)
    ]


def _count(chips: Chips, rows: Sequence[Row]) -> None:
    chips.count("", len(rows))
    for status in filter(None, FILTERS):
        chips.count(status, sum(row.status == status for row in rows))


def _address(status: str, app: str | None = None) -> str:
    chosen = urlencode({key: it for key, it in {"status": status, "app": app}.items() if it})
    return "/hub/connections" + (f"?{chosen}" if chosen else "")


def _none(wanted: str) -> str:
    if wanted:
        return f"No connection is {FILTERS[wanted].lower()}."
    return "No hotel has asked for your apps yet. The first request appears here at once."
