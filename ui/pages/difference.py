"""What is different in an app's new texts, drawn for its partner and for operators."""

from collections.abc import Sequence

from domain.app_drafts import Change
from ui.components.difference import Changed, Difference, Line
from ui.components.text import text

SAME = "Hotels read exactly these texts by now."


def draw_difference(changes: Sequence[Change]) -> None:
    """Show every text that would become another one."""
    if changes:
        Difference([_changed(change) for change in changes])
    else:
        text(SAME, classes="muted")


def _changed(change: Change) -> Changed:
    lines: list[Line] = [
        {"kind": line.kind, "pieces": [(kind in ("out", "in"), part) for kind, part in line.pieces]}
        for line in change.lines
    ]
    return {"label": change.label, "lines": lines}
