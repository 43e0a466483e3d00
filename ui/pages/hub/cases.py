"""Cases: what hotels reported about this partner's apps, whoever's turn it is."""

from collections.abc import Sequence
from urllib.parse import urlencode

from domain import case_pages
from domain.actors import Actor
from domain.case_pages import Row
from domain.places import Place
from ui.ask import load
from ui.components.button import button
from ui.components.chips import Chip, Chips
from ui.components.listing import Column, Listing
from ui.components.page_title import page_title
from ui.frame import Visit
from ui.live import Change
from ui.pages.case.lines import belongs, line

PATH = "/hub/cases"
_USUAL = "open"
_FILTERS = {
    "": "Open",
    "mine": "Your turn",
    "escalated": "Escalated",
    "resolved": "Resolved",
    "all": "All",
}
_NONE = {
    "": "No case is open. What a hotel reports about one of your apps appears here at once.",
    "mine": "No case waits for you.",
    "escalated": "No case is with the platform.",
    "resolved": "No case was resolved yet.",
    "all": "No hotel has reported anything yet.",
}
_COLUMNS: list[Column] = [
    {"key": "title", "label": "Case", "kind": "strong", "sub": "number"},
    {"key": "hotel", "label": "Property", "kind": "text"},
    {"key": "app", "label": "App", "kind": "text"},
    {"key": "status", "label": "State", "kind": "badge"},
    {"key": "turn", "label": "Whose turn", "kind": "text"},
    {"key": "age", "label": "Reported", "kind": "ago", "align": "end"},
]


async def page(visit: Visit) -> None:
    wanted = visit.query.get("show", "")
    wanted = wanted if wanted in _FILTERS else ""
    app = visit.query.get("app") or None

    async def read() -> list[Row]:
        rows = await load(case_pages.of_partner, visit.actor, visit.place.id)
        return [row for row in rows if app in (None, row.app_slug)]

    rows = await read()
    with page_title("Cases", "What hotels report about your apps. You answer first."):
        if app:
            button("Cases of all apps", href=_address(wanted), icon="x")
    chips = Chips(
        "Filter the cases",
        [Chip(key, label, _address(key, app)) for key, label in _FILTERS.items()],
        wanted,
    )
    listing = Listing(
        _COLUMNS,
        [],
        label="Cases",
        search="Search hotels, apps and cases",
        empty=_NONE[wanted],
        zone=visit.zone,
    ).classes("below")

    def show(found: Sequence[Row]) -> None:
        listing.replace(
            [line(row, "partner", PATH) for row in found if belongs(row, wanted or _USUAL)]
        )
        for key in _FILTERS:
            chips.count(key, sum(belongs(row, key or _USUAL) for row in found))

    async def heard(change: Change) -> None:
        if change.noun in ("case", "everything"):
            now = await read()
            if not listing.is_deleted:
                show(now)

    show(rows)
    visit.follow(heard)


async def count(actor: Actor, place: Place) -> int:
    """Return how many cases wait for an answer of the partner."""
    return await load(case_pages.count_due, actor, place)


def _address(key: str, app: str | None = None) -> str:
    chosen = urlencode({name: it for name, it in {"show": key, "app": app}.items() if it})
    return PATH + (f"?{chosen}" if chosen else "")
