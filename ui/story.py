"""The story of a connection as rows of a timeline: the same words for everybody who reads it."""

from collections.abc import Iterable

from domain.history import Line
from domain.subscriptions import Row
from ui.components.ago import iso
from ui.components.timeline import Entry

# What kind of news each event is, and its drawing.
_MARKS = {
    "connection.requested": ("warn", "hourglass"),
    "connection.activated": ("ok", "circle-check"),
    "connection.rejected": ("bad", "circle-x"),
    "connection.disabled": ("muted", "circle-pause"),
    "connection.enabled": ("ok", "play"),
    "connection.disconnected": ("muted", "unplug"),
    "connection.connected": ("ok", "plug-zap"),
    "connection.broken": ("bad", "triangle-alert"),
    "connection.repaired": ("ok", "wrench"),
    "connection.nudged": ("info", "bell"),
    "connection.reminded": ("info", "bell"),
    "token.issued": ("muted", "key-round"),
    "token.rotated": ("info", "refresh-cw"),
    "token.revoked": ("muted", "ban"),
    "token.revealed": ("info", "eye"),
    "token.delivered": ("muted", "send"),
    "token.opened": ("muted", "mail-open"),
    "token.first_used": ("muted", "key-round"),
    "message.gave_up": ("bad", "circle-x"),
}


def story(lines: Iterable[Line], row: Row) -> list[Entry]:
    """Return the history of the connection `row`, in the order given, for a Timeline."""
    sides = {"property": row.property_name, "partner": row.developer, "platform": "Platform"}
    return [_entry(line, sides.get(line.side)) for line in lines]


def _entry(line: Line, side: str | None) -> Entry:
    tone, icon = _MARKS.get(line.event, ("muted", "circle-dot"))
    return {
        "at": iso(line.at),
        "who": line.who,
        "side": side,
        "text": line.text,
        "detail": line.note or None,
        "tone": tone,
        "icon": icon,
    }
