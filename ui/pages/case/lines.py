"""A case in a list, as hotel, partner and platform see it there, and which lists it belongs to."""

from domain.case_pages import Row
from ui.components.ago import iso
from ui.components.listing import Row as Line
from ui.pages.case.words import short, state


def line(row: Row, side: str, path: str) -> Line:
    """Return a case as a line of a list for `side`, leading to its page under `path`."""
    return {
        "id": row.id,
        "href": f"{path}/{row.id}",
        "title": row.title,
        "number": f"#{row.number}",
        "app": row.app,
        "hotel": row.property,
        "status": {"status": row.status, "text": state(row, side)},
        "turn": short(row, side),
        "age": iso(row.opened_at),
        "changed": iso(row.changed_at),
    }


def belongs(row: Row, wanted: str) -> bool:
    """Return whether a case is in a list: all, open, mine (to answer), or one of its states."""
    if wanted == "mine":
        return row.is_mine_to_answer
    if wanted == "open":
        return row.status != "resolved"
    return wanted in ("all", row.status)
