"""The story of one connection: the same for hotel, partner and operator, growing as they look."""

from collections.abc import Sequence

from domain.history import Line
from domain.subscriptions import Page
from ui.components.ago import iso
from ui.components.timeline import Entry, Timeline

# What kind of event wears which tone and icon.
_LOOKS = {
    "connection.requested": ("warn", "hourglass"),
    "connection.activated": ("ok", "circle-check"),
    "connection.rejected": ("bad", "circle-x"),
    "connection.disabled": ("muted", "circle-pause"),
    "connection.enabled": ("ok", "play"),
    "connection.disconnected": ("muted", "unplug"),
    "connection.connected": ("ok", "plug-zap"),
    "connection.broken": ("bad", "triangle-alert"),
    "connection.repaired": ("ok", "wrench"),
    "connection.credentials_changed": ("info", "lock-keyhole"),
    "connection.nudged": ("warn", "bell"),
    "connection.reminded": ("warn", "bell"),
    "token.rotated": ("info", "refresh-cw"),
    "token.revealed": ("warn", "eye"),
    "token.delivered": ("ok", "send"),
    "token.opened": ("info", "mail-open"),
    "token.first_used": ("ok", "arrow-left-right"),
    "message.gave_up": ("bad", "circle-alert"),
}


class Story:
    """A timeline of a connection's history; `update` adds on top what is new."""

    def __init__(self, page: Page, zone: str) -> None:
        """Draw the history of `page` here, with its times in `zone`."""
        self._told = {line.id for line in page.history}
        self._timeline = Timeline(_entries(page, page.history), zone)

    def update(self, page: Page) -> None:
        """Add the lines of `page` that are not told yet."""
        new = [line for line in page.history if line.id not in self._told]
        for entry in reversed(_entries(page, new)):
            self._timeline.prepend(entry)
        self._told.update(line.id for line in new)


def times_in(zone: str) -> str:
    """Say once which clock the times of a story are read from."""
    return f"Times in {zone.replace('_', ' ')}."


def _entries(page: Page, lines: Sequence[Line]) -> list[Entry]:
    sides = {
        "property": page.row.property_name,
        "partner": page.row.developer,
        "platform": "Platform",
    }
    return [_entry(line, sides.get(line.side)) for line in lines]


def _entry(line: Line, side: str | None) -> Entry:
    tone, icon = _LOOKS.get(line.event, ("muted", "circle-dot"))
    return {
        "at": iso(line.at),
        "who": line.who,
        "side": side,
        "text": line.text,
        "detail": line.note or None,
        "tone": tone,
        "icon": icon,
    }
