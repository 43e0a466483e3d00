"""A strip of the latest runs: one small mark for each, and the same in words."""

from collections import Counter
from collections.abc import Sequence

from nicegui import ui

from ui.look import STATUS


class Strip(ui.element, component="strip.js"):
    """Marks from left to right, the newest at the right: how high says how well it went."""

    def __init__(self, statuses: Sequence[str]) -> None:
        """Show `statuses`, keys of look.STATUS, the oldest first."""
        super().__init__()
        counts = Counter(STATUS[each].label.lower() for each in statuses)
        told = ", ".join(f"{number} {words}" for words, number in counts.items())
        self._props["tones"] = [STATUS[each].tone for each in statuses]
        self._props["label"] = f"The last {len(statuses)} runs: {told}" if statuses else "No runs"
