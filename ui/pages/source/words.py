"""Words and drawings for sources that several pages share."""

from connectors.source import Kind
from connectors.sources import KINDS
from ui.frame import Visit


def look(kind: str) -> tuple[str, int]:
    """Return the icon and the hue of a kind of source, by its key."""
    return KINDS[kind].icon, KINDS[kind].hue


def system(kind: Kind) -> str:
    """Return what to call the other side in a sentence: a vendor by name, an API by what it is."""
    return kind.name if kind.address else "The other system"


def why_not(visit: Visit) -> str | None:
    """Return why this visitor may only look, None when they may change things."""
    if visit.place.role == "manager":
        return None
    return f"Only a manager of {visit.place.name} can do this."


def counted(number: int, one: str, several: str = "") -> str:
    """Return "1 field", "3 fields"."""
    return f"{number} {one if number == 1 else several or one + 's'}"
