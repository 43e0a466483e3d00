"""The story of a connection, a source or an integration: one for all who read it, growing live."""

from collections.abc import Mapping, Sequence

from domain import kinds, subscriptions
from domain.history import Line
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
    "values.mapped": ("ok", "arrow-left-right"),
    "values.accepted": ("ok", "list-checks"),
    "values.restored": ("info", "undo-2"),
    "values.proposed": ("info", "handshake"),
    "values.dismissed": ("muted", "ban"),
    "values.gone": ("bad", "triangle-alert"),
    "values.returned": ("ok", "circle-check"),
    "token.revealed": ("warn", "eye"),
    "token.delivered": ("ok", "send"),
    "token.opened": ("info", "mail-open"),
    "token.first_used": ("ok", "arrow-left-right"),
    "message.gave_up": ("bad", "circle-alert"),
    "case.opened": ("warn", "life-buoy"),
    "case.answered": ("info", "mail"),
    "case.escalated": ("warn", "arrow-up-right"),
    "case.returned": ("info", "undo-2"),
    "case.resolved": ("ok", "circle-check"),
    "case.reopened": ("warn", "refresh-cw"),
    "case.assigned": ("info", "user-round"),
    "case.evidence_agreed": ("info", "shield"),
    "case.reminded": ("warn", "bell"),
    "rejects.downloaded": ("info", "download"),
    "source.added": ("ok", "database"),
    "source.broken": ("bad", "triangle-alert"),
    "source.repaired": ("ok", "wrench"),
    "source.uploaded": ("info", "upload"),
    "source.changed": ("info", "settings"),
    "source.hook_shown": ("warn", "eye"),
    "source.hook_renewed": ("info", "refresh-cw"),
    "transfer.added": ("info", "plus"),
    "transfer.activated": ("ok", "circle-check"),
    "transfer.deactivated": ("muted", "circle-pause"),
    "transfer.paused": ("warn", "pause"),
    "transfer.removed": ("muted", "trash-2"),
    "mapping.saved": ("info", "route"),
    "mapping.restored": ("info", "undo-2"),
    "mapping.copied": ("info", "copy"),
    "integration.created": ("info", "plus"),
    "integration.changed": ("info", "settings"),
    "integration.activated": ("ok", "circle-check"),
    "integration.enabled": ("ok", "play"),
    "integration.disabled": ("bad", "circle-pause"),
}


class Story:
    """A timeline of a history, which its reader filters by kind; `update` adds what is new."""

    def __init__(
        self,
        lines: Sequence[Line],
        zone: str,
        sides: Mapping[str, str],
        place: str = "",
        *,
        first: int = 40,
    ) -> None:
        """Draw `lines`, the newest `first` of them at once, with their times in `zone`.

        `sides` says what the sides are called that are to be named beside who it was. `place` is
        the key of the place that the page belongs to: a permalink names it.
        """
        self._sides = sides
        self._told = {line.id for line in lines}
        self._timeline = Timeline(
            [self._entry(line) for line in lines], zone, kinds=kinds.KINDS, place=place, first=first
        )

    def update(self, lines: Sequence[Line]) -> None:
        """Add those of `lines` that are not told yet."""
        new = [line for line in lines if line.id not in self._told]
        for line in reversed(new):
            self._timeline.prepend(self._entry(line))
        self._told.update(line.id for line in new)

    def _entry(self, line: Line) -> Entry:
        tone, icon = _LOOKS.get(line.event, ("muted", "circle-dot"))
        return {
            "id": line.id,
            "kind": line.kind,
            "at": iso(line.at),
            "who": line.who,
            "side": self._sides.get(line.side),
            "text": ": ".join(filter(None, (line.about, line.text))),
            "detail": line.note if line.note != line.about else None,
            "tone": tone,
            "icon": icon,
        }


def sides_of(row: subscriptions.Row) -> dict[str, str]:
    """Return what the sides of a connection are called."""
    return {"property": row.property_name, "partner": row.developer, "platform": "Platform"}


def times_in(zone: str) -> str:
    """Say once which clock the times of a story are read from."""
    return f"Times in {zone.replace('_', ' ')}."
