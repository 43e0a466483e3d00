"""The history of something, newest first, in groups of days; filtered by kind, with permalinks."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from nicegui import ui

from ui.components.plain import keep


class Entry(TypedDict, total=False):
    """One row of history.

    `at` is ISO 8601 with an offset; `side` says where the person stands ("Harbour Hotel", "D3x");
    `text` is what happened, `detail` the words given with it; `tone` and `icon` as in look.
    `id` makes a permalink to the row, `kind` is the filter under which it stands.
    """

    id: str
    kind: str
    at: str
    who: str
    side: str | None
    text: str
    detail: str | None
    tone: str
    icon: str


class Timeline(ui.element, component="timeline.js"):
    """Rows that can grow at the top while somebody is looking."""

    def __init__(
        self,
        rows: Sequence[Entry],
        zone: str = "UTC",
        empty: str = "Nothing has happened yet.",
        *,
        kinds: Mapping[str, str] | None = None,
        place: str = "",
        first: int = 40,
    ) -> None:
        """Show `rows`; `kinds` are the labels of their kinds, in the order of the filters.

        `place` is the key of the place to which a permalink leads whoever has several. `first` is
        how many are shown before somebody asks for older ones.
        """
        super().__init__()
        self._rows = list(rows)
        self._props.update({"zone": zone, "empty": empty, "first": first})
        self._props.update({"kinds": dict(kinds or {})})
        self._props.set_optional("place", place or None)
        keep(self, rows=self._rows)

    def prepend(self, row: Entry) -> None:
        """Add what just happened, without sending the rest again."""
        self._rows.insert(0, row)
        self.run_method("prepend", row)

    def replace(self, rows: Sequence[Entry]) -> None:
        """Show other rows."""
        self._rows = list(rows)
        keep(self, rows=self._rows)
        self.update()

    def _displayed_contents(self, *, only_visible: bool) -> list[Any]:
        if not self._rows:
            return [self._props["empty"]]
        return [row.get(key) for row in self._rows for key in ("who", "side", "text", "detail")]
