"""Notices: everything that needs or needed you, at all the places where you work."""

from domain import notices
from domain.notices import Row
from ui.ask import act, load
from ui.components.ago import iso
from ui.components.button import button
from ui.components.chips import Chip, Chips
from ui.components.listing import Column, Listing
from ui.components.listing import Row as Line
from ui.components.notice import notice
from ui.components.page_title import page_title
from ui.frame import Visit
from ui.live import Change, gathered

_COLUMNS: list[Column] = [
    {"key": "title", "label": "What", "kind": "strong", "sub": "text"},
    {"key": "kind", "label": "Kind", "kind": "text", "sub": "place"},
    {"key": "at", "label": "Since", "kind": "ago"},
    {"key": "state", "label": "State", "kind": "badge"},
]
_NONE = {
    "": "Nothing needs you now. What does appears here, and under the bell.",
    "all": "Nothing has needed you in the last 90 days.",
}


async def page(visit: Visit) -> None:
    shows = "all" if visit.query.get("show") == "all" else ""

    async def read() -> tuple[Row, ...]:
        return await load(notices.of_person, visit.actor, with_done=shows == "all")

    async def read_all() -> None:
        if await act(notices.read_all, visit.actor):
            notice("Everything is marked as read.")

    rows = await read()
    with page_title(
        "Notices", "What needs you, wherever you work. It goes by itself once it is done."
    ):
        button("Daily mail", href="/account#mail", icon="mail", kind="quiet")
        mark = button("Mark all read", read_all, icon="check")
    Chips(
        "Filter",
        [Chip("", "Needs you", "/notices"), Chip("all", "Also what is done", "/notices?show=all")],
        shows,
    )
    listing = Listing(_COLUMNS, [], label="Notices", empty=_NONE[shows], zone=visit.zone)
    listing.classes("below")

    def show(rows: tuple[Row, ...]) -> None:
        listing.replace([_line(row) for row in rows])
        has_unread = any(not row.is_read and not row.is_done for row in rows)
        mark.refuse(None if has_unread else "Everything is read already.")

    show(rows)

    async def refresh() -> None:
        found = await read()
        if not listing.is_deleted:
            show(found)

    renew = gathered(refresh)

    async def heard(change: Change) -> None:
        if change.noun in ("notice", "everything"):
            await renew()

    visit.follow(heard)


def _line(row: Row) -> Line:
    return {
        "id": row.id,
        "href": row.href,
        "title": row.title,
        "text": row.text,
        "kind": notices.KINDS.get(row.kind, "Notice"),
        "place": row.place,
        "at": iso(row.at),
        "state": _state(row),
    }


def _state(row: Row) -> dict[str, str]:
    if row.is_done:
        return {"status": "ok", "text": "Done"}
    return {"status": "muted", "text": "Read"} if row.is_read else {"status": "info", "text": "New"}
