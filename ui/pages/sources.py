"""Sources: the systems and files that a property's data comes from."""

from collections.abc import Sequence

from nicegui import ui

from domain import authorization_pages, sources
from domain.sources import Row
from ui.ask import load
from ui.components import listing
from ui.components.ago import iso
from ui.components.button import button
from ui.components.empty import empty
from ui.components.listing import Column, Listing
from ui.components.page_title import page_title
from ui.frame import Visit
from ui.live import Change
from ui.pages.source.authorization_list import AuthorizationList
from ui.pages.source.words import counted, state, why_not

_COLUMNS: list[Column] = [
    {"key": "name", "label": "Source", "kind": "strong", "sub": "kind"},
    {"key": "status", "label": "Status", "kind": "badge"},
    {"key": "authorization", "label": "Authorization", "kind": "text", "sub": "opens"},
    {"key": "transfers", "label": "Data transfers", "kind": "text", "sub": "types"},
    {"key": "since", "label": "Since", "kind": "ago"},
]
_NOUNS = ("source", "transfer", "authorization", "everything")


async def page(visit: Visit) -> None:
    rows, opens = await _read(visit)
    with page_title("Sources", f"Where the data of {visit.place.name} comes from."):
        _add_button(visit)
    shown = _Shown(visit, ui.element("div"), rows)
    known = AuthorizationList(visit, opens)

    async def refresh(change: Change) -> None:
        if change.noun in _NOUNS:
            rows, opens = await _read(visit)
            shown.update(rows)
            known.update(opens)

    visit.follow(refresh)


async def _read(visit: Visit) -> tuple[list[listing.Row], Sequence[authorization_pages.Row]]:
    rows = await load(sources.of_property, visit.actor, visit.place.id)
    opens = await load(authorization_pages.of_property, visit.actor, visit.place.id)
    by_id = {each.id: each for each in opens}
    return [_row(row, by_id.get(row.authorization_id or "")) for row in rows], opens


def _add_button(visit: Visit) -> None:
    button("Add source", href="/sources/new", kind="primary", icon="plus", why_not=why_not(visit))


class _Shown:
    """The list, or the way to the first source while there is none."""

    def __init__(self, visit: Visit, room: ui.element, rows: list[listing.Row]) -> None:
        self._visit = visit
        self._room = room
        self._rows: list[listing.Row] | None = None
        self._listing: Listing | None = None
        self.update(rows)

    def update(self, rows: list[listing.Row]) -> None:
        """Show `rows`; nothing moves when they are the same."""
        if rows == self._rows:
            return
        self._rows = rows
        if self._listing is not None and rows:
            self._listing.replace(rows)
            return
        self._room.clear()
        self._listing = None
        with self._room:
            if rows:
                self._listing = Listing(_COLUMNS, rows, label="Sources", zone=self._visit.zone)
            else:
                self._draw_nothing()

    def _draw_nothing(self) -> None:
        with empty(
            "database",
            "No source yet",
            "Add the system that holds your reservations, or upload a table. Then choose what to "
            "bring in and say which field is which.",
        ):
            _add_button(self._visit)


def _row(row: Row, opens: authorization_pages.Row | None) -> listing.Row:
    active = sum(part.status == "active" for part in row.transfers)
    paused = sum(part.status == "paused" for part in row.transfers)
    status, words = state(row)
    return {
        "id": row.id,
        "href": f"/sources/{row.id}",
        "name": row.name,
        "kind": row.kind_name,
        "status": {"status": status, "text": words},
        "authorization": opens.name if opens else "None needed",
        "opens": _opens(opens),
        "transfers": f"{active} of {len(row.transfers)} active"
        + (f", {counted(paused, 'paused', 'paused')}" if paused else "")
        if row.transfers
        else "None yet",
        "types": ", ".join(part.label for part in row.transfers),
        "since": iso(row.since),
    }


def _opens(opens: authorization_pages.Row | None) -> str | None:
    if opens is None:
        return None
    if opens.status == "refused":
        return "Refused: repair it"
    if opens.expires == "expired":
        return "Expired"
    if opens.expires == "soon":
        return "Expires soon"
    return opens.account or ("Working" if opens.is_tried else "Not tried yet")
