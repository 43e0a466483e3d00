"""Rows to look through: a table on wide screens, a list of cards on phones."""

from collections.abc import Callable, Sequence
from typing import Any, TypedDict

from nicegui import ui

from ui.components.plain import keep

Row = dict[str, Any]


class Column(TypedDict, total=False):
    """One column.

    `kind` is text, strong, badge, ago, time, mono, number, link, links or actions; `align` start
    or end. `sub` names a second key, shown small below the value: text, or {label, href} for a
    link.
    """

    key: str
    label: str
    kind: str
    align: str
    sub: str


class Listing(ui.element, component="listing.js"):
    """Rows in the order given; each needs an `id`, and an `href` if it leads somewhere."""

    def __init__(
        self,
        columns: Sequence[Column],
        rows: Sequence[Row],
        *,
        label: str,
        on_act: Callable[[dict[str, Any]], Any] | None = None,
        on_open: Callable[[Any], Any] | None = None,
        search: str | None = None,
        empty: str = "Nothing here yet.",
        zone: str = "UTC",
        whole: bool = False,
    ) -> None:
        """Show `rows` under the name `label` (for screen readers).

        Values by kind: badge a key of look.STATUS or {status, text}; ago and time ISO 8601 text;
        link {label, href}; links a list of those, each a mere word without its href; actions a list
        of {action, label, kind, icon, why_not}.
        `on_act({"row": id, "action": action})` follows a row's buttons, `on_open(id)` a plain
        click on the row. `search` is the placeholder of a search box; `zone` the time zone.
        `whole` shows every row at once, for a page that loads more by itself.
        """
        super().__init__()
        self._rows = {row["id"]: dict(row) for row in rows}
        self._props.update(
            {
                "columns": list(columns),
                "label": label,
                "empty": empty,
                "zone": zone,
                "opens": on_open is not None,
                "whole": whole,
            }
        )
        keep(self, rows=list(self._rows.values()))
        self._props.set_optional("search", search)
        if on_act:
            self.on("act", lambda event: self._act(on_act, event.args))
        if on_open:
            self.on("open", lambda event: self._open(on_open, event.args))

    # What a browser sends may be forged: only ids of rows that are shown are passed on.

    def _act(self, on_act: Callable[[dict[str, Any]], Any], wish: Any) -> Any:
        if not isinstance(wish, dict) or not self._shows(wish.get("row")):
            return None
        action = wish.get("action")
        return on_act({"row": wish["row"], "action": action}) if isinstance(action, str) else None

    def _open(self, on_open: Callable[[Any], Any], row_id: Any) -> Any:
        return on_open(row_id) if self._shows(row_id) else None

    def _shows(self, row_id: Any) -> bool:
        return isinstance(row_id, str | int) and row_id in self._rows

    def patch(self, row_id: Any, changes: Row) -> None:
        """Change some values of one row in place; a row that isn't shown is ignored."""
        if row_id not in self._rows:
            return
        self._rows[row_id].update(changes)
        self.run_method("patch", row_id, changes)

    def replace(self, rows: Sequence[Row]) -> None:
        """Show other rows."""
        self._rows = {row["id"]: dict(row) for row in rows}
        keep(self, rows=list(self._rows.values()))
        self.update()

    def _displayed_contents(self, *, only_visible: bool) -> list[Any]:
        if not self._rows:
            return [self._props["empty"]]
        return [value for row in self._rows.values() for value in row.values() if value is not None]
