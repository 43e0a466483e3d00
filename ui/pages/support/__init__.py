"""Support for a hotel: whom to call about what, and every case that it has reported."""

from collections.abc import Sequence

from domain import case_pages, support
from domain.actors import Actor
from domain.case_pages import Row
from domain.places import Place
from ui.ask import load
from ui.components.button import button
from ui.components.chips import Chip, Chips
from ui.components.listing import Column, Listing
from ui.components.page_title import page_title
from ui.components.text import text
from ui.frame import Visit
from ui.live import Change
from ui.pages.case.lines import belongs, line
from ui.pages.case.opening import Opening
from ui.pages.whom import Whom

PATH = "/support"
_USUAL = "all"
# What says nothing of whom to call.
_WITHOUT_NEWS = ("run", "progress", "notice", "people")
_ONLY_MANAGERS = "Only a manager of this property can report a problem."
_FILTERS = {"": "All", "open": "Open", "mine": "Your turn", "resolved": "Resolved"}
_NONE = {
    "": "Nothing was reported yet.",
    "open": "No case is open.",
    "mine": "No case waits for you.",
    "resolved": "No case was resolved yet.",
}
_COLUMNS: list[Column] = [
    {"key": "title", "label": "Case", "kind": "strong", "sub": "number"},
    {"key": "app", "label": "App", "kind": "text"},
    {"key": "status", "label": "State", "kind": "badge"},
    {"key": "turn", "label": "Whose turn", "kind": "text"},
    {"key": "changed", "label": "Last word", "kind": "ago", "align": "end"},
]


async def page(visit: Visit) -> None:
    wanted = visit.query.get("show", "")
    wanted = wanted if wanted in _FILTERS else ""
    answers = await load(support.of_property, visit.actor, visit.place.id)
    rows = await load(case_pages.of_property, visit.actor, visit.place.id)
    opening = Opening(visit)
    why_not = None if visit.place.role == "manager" else _ONLY_MANAGERS
    with page_title("Support", "What does not work, whose turn it is, and whom to call."):
        button(
            "Report a problem", opening.choose, kind="primary", icon="life-buoy", why_not=why_not
        )
    head = Whom(visit, answers)
    text("Your cases", "h2", "section-title")
    chips = Chips(
        "Filter the cases",
        [Chip(key, label, _address(key)) for key, label in _FILTERS.items()],
        wanted,
    )
    listing = Listing(
        _COLUMNS,
        [],
        label="Cases",
        search="Search your cases" if len(rows) > 8 else None,
        empty=_NONE[wanted],
        zone=visit.zone,
    ).classes("below")

    def show(found: Sequence[Row]) -> None:
        listing.replace(
            [line(row, "property", PATH) for row in found if belongs(row, wanted or _USUAL)]
        )
        for key in _FILTERS:
            chips.count(key, sum(belongs(row, key or _USUAL) for row in found))

    async def refresh() -> None:
        now = await load(support.of_property, visit.actor, visit.place.id)
        found = await load(case_pages.of_property, visit.actor, visit.place.id)
        if not listing.is_deleted:
            head.show(now)
            show(found)

    async def heard(change: Change) -> None:
        if change.noun not in _WITHOUT_NEWS:
            await refresh()

    show(rows)
    visit.follow(heard)
    about = visit.query.get("about")
    if about and why_not is None:
        await opening.ask(about)


async def count(actor: Actor, place: Place) -> int:
    """Return how many cases wait for an answer of the property; none for a viewer."""
    if place.role != "manager":
        return 0
    return await load(case_pages.count_due, actor, place)


def _address(key: str) -> str:
    return f"{PATH}?show={key}" if key else PATH
