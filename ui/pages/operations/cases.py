"""Cases: the operators' queue of escalations and of what was reported about core apps."""

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from nicegui import ui

from domain import case_pages
from domain.actors import Actor
from domain.case_pages import Queue, Row
from domain.places import Place
from ui.ask import load
from ui.components.button import button
from ui.components.chips import Chip, Chips
from ui.components.field import select_field
from ui.components.listing import Column, Listing
from ui.components.listing import Row as Line
from ui.components.page_title import page_title
from ui.frame import Visit
from ui.live import Change
from ui.pages.case.lines import belongs, line

PATH = "/operations/cases"
_USUAL = "open"
_STATES = {
    "": "Open",
    "mine": "Your turn",
    "escalated": "Escalated",
    "open_with_platform": "Core apps",
    "resolved": "Resolved",
    "all": "All",
}
# In the address and in the domain; "property" in an address would choose a place of the visitor's.
_FILTERS = {"app": "app", "hotel": "property", "partner": "partner", "assigned": "assigned"}
_ANY = ""
_COLUMNS: list[Column] = [
    {"key": "title", "label": "Case", "kind": "strong", "sub": "number"},
    {"key": "app", "label": "App", "kind": "text", "sub": "partner"},
    {"key": "hotel", "label": "Property", "kind": "text"},
    {"key": "status", "label": "State", "kind": "badge", "sub": "turn"},
    {"key": "assigned", "label": "Assigned to", "kind": "text"},
    {"key": "age", "label": "Reported", "kind": "ago", "align": "end"},
]


async def page(visit: Visit) -> None:
    queue = _Queue(visit)
    await queue.read()
    with page_title(
        "Cases", "Escalations, and what hotels report about core apps. The oldest first."
    ):
        if queue.is_narrowed:
            button("Take the filters away", href=PATH, icon="x")
    queue.draw()

    async def heard(change: Change) -> None:
        if change.noun in ("case", "everything"):
            await queue.refresh()

    visit.follow(heard)


async def count(actor: Actor, place: Place) -> int:
    """Return how many cases wait for an answer of the platform."""
    return await load(case_pages.count_due, actor, place)


class _Queue:
    """The list with its filters, which stand in the page's address."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        asked = {key: visit.query.get(key, "")[:64] for key in _FILTERS}
        self._wanted = {key: value for key, value in asked.items() if value}
        self._state = visit.query.get("state", "")
        if self._state not in _STATES:
            self._state = ""
        self._all: tuple[Row, ...] = ()
        self._rows: tuple[Row, ...] = ()

    @property
    def is_narrowed(self) -> bool:
        return bool(self._wanted)

    async def read(self) -> None:
        self._all = await load(case_pages.of_platform, self._visit.actor, Queue())
        self._rows = self._all
        if self._wanted:
            queue = Queue(**{_FILTERS[key]: value for key, value in self._wanted.items()})
            self._rows = await load(case_pages.of_platform, self._visit.actor, queue)

    def draw(self) -> None:
        self._chips = Chips(
            "Filter by state",
            [Chip(key, label, self._address(state=key)) for key, label in _STATES.items()],
            self._state,
        )
        with ui.element("div").classes("filters"):
            self._draw_choice("app", "App", lambda row: (row.app_slug, row.app))
            self._draw_choice("hotel", "Property", lambda row: (row.property_id, row.property))
            self._draw_choice(
                "partner", "Partner", lambda row: (row.partner_id or "", row.partner or "")
            )
            self._draw_choice(
                "assigned",
                "Assigned to",
                lambda row: (row.assigned_to or "nobody", row.assigned or "Nobody yet"),
            )
        self._listing = Listing(
            _COLUMNS,
            [],
            label="Cases",
            search="Search cases",
            empty="No case is like this.",
            zone=self._visit.zone,
        )
        self._show()

    async def refresh(self) -> None:
        await self.read()
        if not self._listing.is_deleted:
            self._show()

    def _show(self) -> None:
        self._listing.replace(
            [_line(row) for row in self._rows if belongs(row, self._state or _USUAL)]
        )
        for key in _STATES:
            self._chips.count(key, sum(belongs(row, key or _USUAL) for row in self._rows))

    def _draw_choice(self, key: str, label: str, of: Callable[[Row], tuple[str, str]]) -> None:
        found = sorted({of(row) for row in self._all if of(row)[0]}, key=lambda it: it[1].lower())
        choices = {_ANY: "Any"} | dict(found)
        chosen = self._wanted.get(key, _ANY)
        if chosen not in choices:
            choices[chosen] = "Not in this list"
        select_field(
            label,
            choices,
            value=chosen,
            on_change=lambda event: ui.navigate.to(self._address(**{key: event.value or ""})),
        )

    def _address(self, **changed: str) -> str:
        wanted: Mapping[str, str] = {"state": self._state, **self._wanted, **changed}
        chosen = urlencode({key: value for key, value in wanted.items() if value})
        return PATH + (f"?{chosen}" if chosen else "")


def _line(row: Row) -> Line:
    return line(row, "platform", PATH) | {
        "partner": row.partner or "Core app",
        "assigned": row.assigned or None,
    }
