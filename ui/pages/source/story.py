"""The story of a source and its data transfers, growing as somebody looks."""

from collections.abc import Sequence

from domain.history import Line
from ui.components.ago import iso
from ui.components.timeline import Entry, Timeline
from ui.frame import Visit

_LOOKS = {
    "source.added": ("ok", "database"),
    "source.broken": ("bad", "triangle-alert"),
    "source.repaired": ("ok", "wrench"),
    "source.uploaded": ("info", "upload"),
    "source.changed": ("info", "settings"),
    "transfer.added": ("info", "plus"),
    "transfer.activated": ("ok", "circle-check"),
    "transfer.deactivated": ("muted", "circle-pause"),
    "transfer.paused": ("warn", "pause"),
    "transfer.removed": ("muted", "trash-2"),
    "mapping.saved": ("info", "route"),
    "mapping.restored": ("info", "undo-2"),
    "mapping.copied": ("info", "copy"),
}


class Story:
    """A timeline; `update` adds on top what is new."""

    def __init__(self, lines: Sequence[Line], visit: Visit) -> None:
        self._visit = visit
        self._told = {line.id for line in lines}
        self._timeline = Timeline([self._entry(line) for line in lines], visit.zone)

    def update(self, lines: Sequence[Line]) -> None:
        """Add the lines that are not told yet."""
        new = [line for line in lines if line.id not in self._told]
        for line in reversed(new):
            self._timeline.prepend(self._entry(line))
        self._told.update(line.id for line in new)

    def _entry(self, line: Line) -> Entry:
        tone, icon = _LOOKS.get(line.event, ("muted", "circle-dot"))
        side = self._visit.place.name if line.side == "property" else None
        return {
            "at": iso(line.at),
            "who": line.who,
            "side": side,
            "text": line.text,
            "detail": line.note or None,
            "tone": tone,
            "icon": icon,
        }
