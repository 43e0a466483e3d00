"""Words and drawings for sources that several pages share."""

from connectors.source import Kind
from connectors.sources import KINDS
from domain.sources import Row
from ui.frame import Visit


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


def why_not(visit: Visit) -> str | None:
    """Return why this visitor may only look, None when they may change things."""
    if visit.place.role == "manager":
        return None
    return f"Only a manager of {visit.place.name} can do this."


def counted(number: int, one: str, several: str = "") -> str:
    """Return "1 field", "3 fields"."""
    return f"{number} {one if number == 1 else several or one + 's'}"
