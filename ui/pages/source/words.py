"""Words and drawings for sources that several pages share."""

from connectors.source import Kind
from connectors.sources import KINDS
from domain.authorization_pages import Row as Authorization
from domain.sources import Row
from ui.frame import Visit

NOT_TRIED = "Whether it accepts the credentials shows when the first type of data is read."


def look(kind: str) -> tuple[str, int]:
    """Return the icon and the hue of a kind of source, by its key."""
    return KINDS[kind].icon, KINDS[kind].hue


def system(kind: Kind) -> str:
    """Return what to call the other side in a sentence: a vendor by name, an API by what it is."""
    return kind.name if kind.address else "The other system"


def state(row: Row) -> tuple[str, str | None]:
    """Return the badge of a source, in the list and on its page: a key of look.STATUS, and words
    where they are not its own. That the system answers is no comfort while nothing comes in."""
    transfers = [part.status for part in row.transfers]
    if row.status != "working":
        return row.status, None
    if "paused" in transfers:
        return "warn", "Data paused"
    return (row.status, None) if "active" in transfers else ("muted", "Brings nothing in")


def authorization_state(row: Authorization) -> tuple[str, str | None]:
    """Return the badge of an authorization and its own words, no better than what is known."""
    if row.status != "working":
        return row.status, None
    if row.expires is not None:
        return "warn", {"soon": "Expires soon", "expired": "Expired"}[row.expires]
    return (row.status, None) if row.is_tried else ("muted", "Not tried yet")


def learned(row: Authorization) -> str:
    """Say what the other system has let us know of credentials that it did not refuse."""
    kind = KINDS[row.kind]
    if row.is_tried:
        return f"{system(kind)} accepted the credentials."
    return f"{kind.called(row.address)} answers. {NOT_TRIED}"


def why_not(visit: Visit) -> str | None:
    """Return why this visitor may only look, None when they may change things."""
    if visit.place.role == "manager":
        return None
    return f"Only a manager of {visit.place.name} can do this."


def counted(number: int, one: str, several: str = "") -> str:
    """Return "1 field", "3 fields"."""
    return f"{number} {one if number == 1 else several or one + 's'}"
