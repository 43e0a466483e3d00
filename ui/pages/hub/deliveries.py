"""Deliveries: everything Adjoin had to tell this partner, the newest first."""

from collections.abc import Sequence
from urllib.parse import urlencode

from domain import deliveries
from domain.deliveries import Row
from ui.ask import load
from ui.components.ago import iso
from ui.components.button import button
from ui.components.chips import Chip, Chips
from ui.components.listing import Column, Listing
from ui.components.listing import Row as Line
from ui.components.page_title import page_title
from ui.frame import Visit
from ui.live import Change
from ui.pages.hub import words

FILTERS = {
    "": "All",
    "failing": "Failing",
    "waiting": "Waiting",
    "delivered": "Delivered",
    "gave_up": "Gave up",
    "skipped": "Skipped",
    "canceled": "Canceled",
}
COLUMNS: list[Column] = [
    {"key": "event", "label": "Event", "kind": "strong", "sub": "target"},
    {"key": "hotel", "label": "Property", "kind": "text", "sub": "app"},
    {"key": "status", "label": "Status", "kind": "badge"},
    {"key": "outcome", "label": "What came back", "kind": "text", "sub": "attempts"},
    {"key": "next", "label": "Next attempt", "kind": "ago"},
    {"key": "at", "label": "Queued", "kind": "ago", "align": "end"},
]


async def page(visit: Visit) -> None:
    status = visit.query.get("status", "")
    status = status if status in FILTERS else ""
    connection_id = visit.query.get("connection") or None

    async def read(before: str | None = None) -> list[Row]:
        found = await load(
            deliveries.of_partner,
            visit.actor,
            visit.place.id,
            status=status or None,
            connection_id=connection_id,
            before=before,
        )
        return list(found)

    rows = await read()
    with page_title("Deliveries", "Everything Adjoin told you by webhook or mail, live."):
        if connection_id:
            button("Deliveries of all connections", href=_address(status), icon="x")
    Chips(
        "Filter by status",
        [Chip(key, label, _address(key, connection_id)) for key, label in FILTERS.items()],
        status,
    )
    listing = Listing(
        COLUMNS, lines(rows), label="Deliveries", empty=_none(status), zone=visit.zone, whole=True
    ).classes("below")

    async def load_older() -> None:
        found = await read(before=rows[-1].id)
        rows.extend(found)
        listing.replace(lines(rows))
        older.set_visibility(len(found) == deliveries.PAGE)

    older = button("Load older", load_older, icon="chevron-down").classes("load-older")
    older.set_visibility(len(rows) == deliveries.PAGE)

    async def refresh() -> None:
        newest = await read()
        if not listing.is_deleted:
            rows[:] = _joined(newest, rows)
            listing.replace(lines(rows))

    async def heard(change: Change) -> None:
        if change.noun in ("message", "connection", "endpoint", "everything"):
            await refresh()

    visit.follow(heard)


def lines(rows: Sequence[Row]) -> list[Line]:
    """Return deliveries as lines of a Listing with COLUMNS."""
    return [
        {
            "id": row.id,
            "href": f"/hub/deliveries/{row.id}",
            "event": words.title(row),
            "target": words.target(row),
            "hotel": row.property_name or None,
            "app": row.app_name,
            "status": row.status,
            "outcome": row.last_outcome or None,
            "attempts": words.attempts(row.attempts) if row.attempts > 1 else None,
            "next": iso(row.next_attempt_at) if row.attempts and row.next_attempt_at else None,
            "at": iso(row.created_at),
        }
        for row in rows
    ]


def _joined(newest: list[Row], shown: list[Row]) -> list[Row]:
    """Return the newest rows, read afresh, and below them the older ones that were loaded."""
    if len(newest) < deliveries.PAGE:
        return newest
    last = newest[-1]
    older = [row for row in shown if (row.created_at, row.id) < (last.created_at, last.id)]
    return newest + older


def _address(status: str, connection_id: str | None = None) -> str:
    query = {"status": status, "connection": connection_id}
    chosen = urlencode({key: value for key, value in query.items() if value})
    return "/hub/deliveries" + (f"?{chosen}" if chosen else "")


def _none(status: str) -> str:
    if status == "failing":
        return "Nothing is failing. Whatever Adjoin tells you arrives."
    if status:
        return f"No delivery is in the state “{FILTERS[status]}”."
    return "Nothing has been sent to you yet. The first request of a hotel appears here at once."
