"""My subscriptions: every connection of a property, those that need somebody first."""

from collections.abc import Callable, Sequence

from nicegui import ui

from domain import subscriptions
from domain.actors import Actor
from domain.places import Place
from domain.subscriptions import Row
from ui.ask import load
from ui.components import listing
from ui.components.ago import iso
from ui.components.button import button
from ui.components.chips import Chip, Chips
from ui.components.empty import empty
from ui.components.listing import Column, Listing
from ui.components.page_title import page_title
from ui.frame import Visit
from ui.live import Change

_COLUMNS: list[Column] = [
    {"key": "app", "label": "App", "kind": "strong", "sub": "developer"},
    {"key": "status", "label": "Status", "kind": "badge"},
    {"key": "turn", "label": "Whose turn", "kind": "text", "sub": "usual"},
    {"key": "since", "label": "Since", "kind": "ago"},
]
# What can be shown: its words, and which connections belong to it.
SHOWN: dict[str, tuple[str, Callable[[Row], bool]]] = {
    "": ("All", lambda row: True),
    "due": ("Need you", lambda row: row.is_due),
    "waiting": ("Wait for others", lambda row: row.turn.whose in ("partner", "platform")),
    "working": ("Work", lambda row: row.turn.whose == "nobody"),
}


_NONE = {
    "": "",
    "due": "No connection needs you.",
    "waiting": "No connection waits for somebody else.",
    "working": "No connection works yet.",
}


def shown(rows: Sequence[Row], key: str) -> tuple[Row, ...]:
    """Return the connections that the page shows under a key of SHOWN."""
    return tuple(row for row in rows if SHOWN[key][1](row))


# What may change whose turn it is on a connection.
_TOLD_BY = ("connection", "case", "integration", "transfer", "values", "endpoint", "everything")


async def page(visit: Visit) -> None:
    wanted = visit.query.get("show", "")
    wanted = wanted if wanted in SHOWN else ""
    found = await load(subscriptions.of_property, visit.actor, visit.place.id)
    with page_title("My subscriptions", f"Every app that {visit.place.name} has asked for."):
        button("Browse apps", href="/apps", icon="layout-grid")
    chips = Chips(
        "Filter your subscriptions",
        [Chip(key, label, _address(key)) for key, (label, _) in SHOWN.items()],
        wanted,
    )
    listed = _Shown(visit, ui.element("div").classes("below"), wanted, chips, found)

    async def refresh(change: Change) -> None:
        if change.noun in _TOLD_BY:
            listed.update(await load(subscriptions.of_property, visit.actor, visit.place.id))

    visit.follow(refresh)


def _address(key: str) -> str:
    return f"/subscriptions?show={key}" if key else "/subscriptions"


async def count(actor: Actor, place: Place) -> int:
    """Return how many connections the property should look at.

    None for a viewer: the number asks for something that only managers can do.
    """
    if place.role != "manager":
        return 0
    return await load(subscriptions.count_due, actor, place.id)


class _Shown:
    """The list, or the way to the first app while there is nothing to list."""

    def __init__(
        self, visit: Visit, room: ui.element, wanted: str, chips: Chips, found: tuple[Row, ...]
    ) -> None:
        self._visit, self._room = visit, room
        self._wanted, self._chips = wanted, chips
        self._rows: dict[str, listing.Row] = {}
        self._listing: Listing | None = None
        self.update(found)

    def update(self, found: tuple[Row, ...]) -> None:
        """Show `found`; rows that kept their place are changed where they stand."""
        for key in SHOWN:
            self._chips.count(key, len(shown(found, key)))
        rows = {row.id: _row(row) for row in shown(found, self._wanted)}
        if self._listing is None or not rows:
            self._rows = rows
            self._draw(is_new=not found)
        elif list(rows) != list(self._rows):
            self._listing.replace(list(rows.values()))
        else:
            for row_id, row in rows.items():
                if row != self._rows[row_id]:
                    self._listing.patch(row_id, row)
        self._rows = rows

    def _draw(self, *, is_new: bool) -> None:
        self._room.clear()
        self._listing = None
        with self._room:
            if is_new:
                _draw_nothing()
                return
            self._listing = Listing(
                _COLUMNS,
                list(self._rows.values()),
                label="Connections",
                empty=_NONE[self._wanted],
                search="Search your subscriptions" if len(self._rows) > 8 else None,
                zone=self._visit.zone,
            )


def _row(row: Row) -> listing.Row:
    return {
        "id": row.id,
        "href": f"/subscriptions/{row.id}",
        "app": row.app_name,
        "developer": f"by {row.developer}",
        "status": row.status,
        "turn": row.turn.short,
        "usual": _usual(row),
        "since": iso(row.since),
    }


def _usual(row: Row) -> str | None:
    if row.takes_longer:
        return f"longer than the usual {row.usual.words.removeprefix('usually ')}"
    return row.usual.words if row.status == "pending" else None


def _draw_nothing() -> None:
    with empty(
        "door-open",
        "Nothing is connected yet",
        "Choose an app and press Connect. Its partner opens the other side of the door, "
        "and here you see how far it is.",
    ):
        button("Browse apps", href="/apps", kind="primary", icon="layout-grid")
